"""The ICD-10-CM tabular list (XML): every code with its notes."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date

from claimwright.codesets import tabular
from claimwright.codesets.importers.layout import Context, Layout, ends, named_day
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row
from claimwright.effective import Period

NOTES = ("inclusions", "includes", "excludes1", "excludes2", "code_first", "use_additional", "code_also")


def read(member: Member, context: Context) -> Iterator[Contents]:
    """Chapters, blocks and codes with their own notes, the notes of a kind parted by line ends."""
    with member.stream() as stream:
        text = stream.read()
    try:
        nodes = tabular.read(io.BytesIO(text))
    except ET.ParseError as problem:
        raise Refused(f"line {problem.position[0]}: the XML is damaged or cut short ({problem})") from None
    found: list[Row] = [(node.code, _facts(node)) for node in nodes.values()]
    year = (ET.fromstring(text).findtext("version") or "").strip()
    start = context.stated.start or named_day(member.name) or (date(int(year) - 1, 10, 1) if year.isdigit() else None)
    if start is None:
        raise Refused("neither the file nor its name says for which year it is; add --from YYYY-MM-DD")
    if (start.month, start.day) == (1, 1):
        start = date(start.year - 1, 10, 1)  # named for a fiscal year
    period = Period(start, context.stated.end or ends(start, "fiscal"))
    columns = ("description", "parent", "chapter", *NOTES, "sevenths")
    yield Contents(table="icd10cm-tabular", version=str(start), period=period, columns=columns, rows=found)


def _facts(node: tabular.Node) -> tuple[str, ...]:
    notes = ("\n".join(getattr(node, kind)) for kind in NOTES)
    sevenths = "\n".join(f"{character} {meaning}" for character, meaning in node.sevenths.items())
    return node.description, node.parent, node.chapter, *notes, sevenths


LAYOUTS = (Layout("icd10cm-tabular", "ICD-10-CM tabular list (XML)", lambda member: "<ICD10CM.tabular" in member.head, read),)
