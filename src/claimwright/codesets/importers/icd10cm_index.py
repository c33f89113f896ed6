"""The ICD-10-CM Alphabetic Index, external cause index, neoplasm table and drug table (XML), and the index as CSV."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, cast

from claimwright.codesets.importers.layout import Context, Layout, Names, ends, header, named_day, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row
from claimwright.effective import Period

COLUMNS = ("term", "code", "see", "column")
_CSV: Names = {
    "level": ("level",),
    "term": ("term",),
    "see": ("see",),
    "see_also": ("seealso",),
    "extra": ("nonessmodif",),
    "code": ("code",),
}


def _is_index(member: Member) -> bool:
    return "<ICD10CM.index" in member.head


def read_xml(member: Member, context: Context) -> Iterator[Contents]:
    """Main terms and the terms below them, each with its whole path; table cells keep the name of their column."""
    found: list[Row] = []
    heads: dict[str, str] = {}
    title = year = ""
    path: list[str] = []
    try:
        with member.stream() as stream:
            for event, element in ET.iterparse(cast(BinaryIO, stream), events=("start", "end")):
                if event == "start":
                    if element.tag in ("mainTerm", "term"):
                        path.append("")
                elif element.tag in ("mainTerm", "term"):
                    found += _entries(path, element, heads)
                    path.pop()
                    if element.tag == "mainTerm":
                        element.clear()
                elif element.tag == "title" and path:
                    path[-1] = _words(element)
                elif element.tag == "head":
                    heads[element.get("col", "")] = element.text or ""
                elif element.tag == "version":
                    year = (element.text or "").strip()
                elif element.tag == "title" and not title:
                    title = element.text or ""
    except ET.ParseError as problem:
        raise Refused(f"line {problem.position[0]}: the XML is damaged or cut short ({problem})") from None
    period = _period(member, context, year)
    yield Contents(table=_table(heads, title), version=str(period.start), period=period, columns=COLUMNS, rows=found)


def _table(heads: dict[str, str], title: str) -> str:
    if heads:
        return "icd10cm-neoplasms" if heads.get("1", "").startswith("Neoplasm") else "icd10cm-drugs"
    return "icd10cm-external-causes" if "EXTERNAL" in title.upper() else "icd10cm-index"


def _words(title: ET.Element) -> str:
    return re.sub(r"\s+", " ", " ".join(title.itertext())).strip()


def _entries(path: list[str], term: ET.Element, heads: dict[str, str]) -> Iterator[Row]:
    """The rows of one term: its code, or a code for each column of a table, or only where to look."""
    whole = ", ".join(path)
    see = "; ".join(part.text or "" for part in term if part.tag in ("see", "seeAlso", "subcat"))
    codes = [(part.text or "", "") for part in term if part.tag in ("code", "manif")]
    codes += [(part.text or "", heads.get(part.get("col", ""), "")) for part in term if part.tag == "cell"]
    told = [(code.strip(), column) for code, column in codes if any(char.isdigit() for char in code)]
    for code, column in told or ([("", "")] if see else []):
        yield lead(whole), (whole, code, see, column)


def lead(path: str) -> str:
    """The first word of a main term, under which the index keeps it and to which "see" leads."""
    return re.split(r"[\s,(]", path.strip(), maxsplit=1)[0].lower()


def _period(member: Member, context: Context, year: str) -> Period:
    start = context.stated.start or named_day(member.name)
    if start is None and year.isdigit():
        start = date(int(year) - 1, 10, 1)
    if start is None:
        raise Refused("neither the file nor its name says from when it holds; add --from YYYY-MM-DD")
    if (start.month, start.day) == (1, 1):
        start = date(start.year - 1, 10, 1)  # named for a fiscal year
    return Period(start, context.stated.end or ends(start, "fiscal"))


def read_csv(member: Member, context: Context) -> Iterator[Contents]:
    """The index flattened to rows with their level."""
    found: list[Row] = []
    path: list[str] = []
    for line, row in rows(member, _CSV):
        if not row["level"].isdigit() or int(row["level"]) > len(path):
            raise Refused(f"line {line}: level {row['level'][:5]!r} does not follow the one before")
        path = [*path[: int(row["level"])], " ".join(filter(None, (row["term"], row["extra"])))]
        see = "; ".join(filter(None, (row["see"], row["see_also"])))
        whole = ", ".join(path)
        if row["code"] or see:
            found.append((lead(whole), (whole, row["code"], see, "")))
    period = _period(member, context, "")
    yield Contents(table="icd10cm-index", version=str(period.start), period=period, columns=COLUMNS, rows=found)


LAYOUTS = (
    Layout("icd10cm-index-xml", "ICD-10-CM index, neoplasm or drug table (XML)", _is_index, read_xml),
    Layout("icd10cm-index-csv", "ICD-10-CM index (CSV)", lambda member: header(member.records, _CSV) is not None, read_csv),
)
