"""CMS's list of ICD-10-CM codes that are exempt from reporting whether they were present on admission."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.codesets import icd10cm
from claimwright.codesets.importers.layout import Context, Layout, Names, checked, ends, header, named_day, rows
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents, Row
from claimwright.effective import Period

FIRST, LAST = "B90.0", "Z99.89"
"""The ends of the whole list; the lists of what was added and deleted, in the same archive, have other ones."""
_NEEDED: Names = {"code": ("poaexemptcode",), "text": ("description",)}
_YEAR = re.compile(r"ord(?:er)?(?:fy)?(?:20)?(\d\d)\b", re.IGNORECASE)


def _whole(member: Member) -> bool:
    found = header(member.records, _NEEDED)
    if found is None:
        return False
    place, columns = found
    below = member.records[place + 1 : place + 2]
    return bool(below) and below[0][columns["code"] : columns["code"] + 1] == [FIRST]


def read(member: Member, context: Context) -> Iterator[Contents]:
    """The codes of a fiscal year, which is in the heading of the first column (OrdFY25, Order2023) or in the file's name."""
    found: list[Row] = []
    last = ""
    for line, row in rows(member, _NEEDED):
        last = checked(line, "code", row["code"], r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")
        found.append((icd10cm.plain(last), (row["text"].strip('"'),)))
    if last != LAST:
        raise Refused(f"the list ends with {last} and not with {LAST}; it is cut short")
    start = context.stated.start or _fiscal(member)
    if start is None:
        raise Refused("neither the file nor its name says for which year it is; add --from YYYY-MM-DD")
    period = Period(start, context.stated.end or ends(start, "fiscal"))
    year = start.year + (start.month > 9)
    yield Contents(table="poa-exempt", version=f"FY{year}", period=period, columns=("description",), rows=found)


def _fiscal(member: Member) -> date | None:
    if said := _YEAR.match(member.head):
        return date(1999 + int(said[1]), 10, 1)
    named = named_day(member.name)
    return named and (date(named.year - 1, 10, 1) if (named.month, named.day) == (1, 1) else named)


LAYOUTS = (Layout("poa-exempt", "ICD-10-CM codes exempt from presence on admission (POA)", _whole, read),)
