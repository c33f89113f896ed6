"""ICD-10-PCS: the official tables (XML), and lists of its codes as CSV."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, cast

from claimwright.codesets.importers.layout import Context, Layout, Names, checked, ends, header, named_day, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row
from claimwright.effective import Period

_CODES: Names = {"code": ("code",), "billable": ("valid",), "short": ("descriptionshort",), "long": ("descriptionlong",)}
COLUMNS = ("billable", "short", "long")
CHARACTER = r"[0-9A-HJ-NP-Z]"


def _period(member: Member, context: Context, year: str = "") -> tuple[Period, str]:
    start = context.stated.start or named_day(member.name) or (date(int(year), 1, 1) if year.isdigit() else None)
    if start is None:
        raise Refused("neither the file nor its name says for which year it is; add --from YYYY-MM-DD")
    if (start.month, start.day) == (1, 1):
        start = date(start.year - 1, 10, 1)  # named for a fiscal year
    return Period(start, context.stated.end or ends(start, "fiscal")), f"FY{start.year + (start.month > 9)}"


def read_codes(member: Member, context: Context) -> Iterator[Contents]:
    """Order, code, whether it is complete, short and long title."""
    found: list[Row] = []
    for line, row in rows(member, _CODES):
        code = checked(line, "code", row["code"], rf"{CHARACTER}{{3}}|{CHARACTER}{{7}}")
        short = "" if row["short"] == row["long"] else row["short"]
        found.append((code, (checked(line, "valid", row["billable"], "[01]"), short, row["long"])))
    period, version = _period(member, context)
    yield Contents(table="icd10pcs", version=version, period=period, columns=COLUMNS, rows=found)


def read_tables(member: Member, context: Context) -> Iterator[Contents]:
    """Each row of a table: the first three characters, then what may stand in each of the others."""
    found: list[Row] = []
    year = ""
    try:
        with member.stream() as stream:
            for _, element in ET.iterparse(cast(BinaryIO, stream)):
                if element.tag == "version":
                    year = (element.text or "").strip()
                elif element.tag == "pcsTable":
                    found += _rows_of(element)
                    element.clear()
    except ET.ParseError as problem:
        raise Refused(f"line {problem.position[0]}: the XML is damaged or cut short ({problem})") from None
    period, version = _period(member, context, year)
    columns = ("title", "part", "approach", "device", "qualifier")
    yield Contents(table="icd10pcs-tables", version=version, period=period, columns=columns, rows=found)


def _rows_of(table: ET.Element) -> Iterator[Row]:
    heads = [axis.find("label") for axis in table.findall("axis")]
    key = "".join(label.get("code", "") for label in heads if label is not None)
    title = ", ".join(label.text or "" for label in heads if label is not None)
    for row in table.findall("pcsRow"):
        axes = (" ".join(label.get("code", "") for label in axis.findall("label")) for axis in row.findall("axis"))
        yield key, (title, *axes)


LAYOUTS = (
    Layout("icd10pcs-csv", "ICD-10-PCS codes (CSV)", lambda member: header(member.records, _CODES) is not None, read_codes),
    Layout("icd10pcs-tables", "ICD-10-PCS tables (XML)", lambda m: bool(re.search(r"<ICD10PCS\.tabular", m.head)), read_tables),
)
