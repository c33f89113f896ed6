"""NCCI procedure-to-procedure edits: the official tab-delimited parts (ccipra, ccioph) and the same as CSV."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.codesets.importers.layout import Context, Layout, Names, ends, header, named_day
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.packing import number, pack
from claimwright.codesets.releases import Contents, Pairs, Terms
from claimwright.effective import Period

COLUMNS = ("column1", "column2", "effective", "deleted", "indicator", "rationale")
_CSV: Names = {
    "column1": ("column1",),
    "column2": ("column2",),
    "deleted": ("deletiondate",),
    "indicator": ("modifierindicator",),
    "rationale": ("rationale", "ptpeditrationale"),
}
_WHY = (
    ("misuse", "misuse"),
    ("mutually exclusive", "exclusive"),
    ("preparation/monitoring", "practice"),
    ("anesthesia service included", "anesthesia"),
    ("standards of medical", "practice"),
    ("more extensive", "extensive"),
    ("separate procedure", "separate"),
    ("sequential", "sequential"),
    ("panel", "panel"),
    ("procedure code definition", "definition"),
    ("instruction", "instruction"),
    ("gender", "definition"),
)
_SETTINGS = (
    ("prac", "practitioner"),
    ("ccipra", "practitioner"),
    ("ccioph", "outpatient"),
    ("out", "outpatient"),
    ("hosp", "outpatient"),
)
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)")


def _official(member: Member) -> bool:
    if member.delimiter != "\t":
        return False
    wide = [cells for cells in member.records if len(cells) >= 6]
    return any(_row(cells) for cells in wide)


def _row(cells: list[str]) -> bool:
    return bool(
        re.fullmatch(r"[A-Z0-9]{5}", cells[0].strip())
        and re.fullmatch(r"[A-Z0-9]{5}", cells[1].strip())
        and _DAY.fullmatch(cells[3].strip())
        and cells[5].strip() in ("0", "1", "9")
    )


class _Table:
    """Pairs as they come: numbers and the terms they hold under, by column-1 code."""

    def __init__(self) -> None:
        self.entries: dict[str, array[int]] = {}
        self.numbers: dict[str, int] = {}
        self.terms: dict[tuple[str, str, str, str], int] = {}
        self.rows = 0

    def add(self, column1: str, column2: str, effective: str, deleted: str, indicator: str, rationale: str) -> None:
        """One row. Raises ValueError if a code is none."""
        second = self.numbers.get(column2)
        if second is None:
            second = self.numbers[column2] = number(column2)
        key = (effective, deleted, indicator, rationale)
        place = self.terms.get(key)
        if place is None:
            if indicator not in ("0", "1", "9"):
                raise ValueError(indicator)
            if not rationale or any(day and not _DAY.fullmatch(day) for day in (effective, deleted)):
                raise ValueError(f"{effective} {deleted} {rationale}".strip())
            place = self.terms[key] = len(self.terms)
        held = self.entries.get(column1)
        if held is None:
            number(column1)
            held = self.entries[column1] = array("Q")
        held.append(second << 32 | place)
        self.rows += 1

    def packed(self) -> Pairs:
        """The pairs, dense."""
        return Pairs(
            blocks={number(column1): pack(entries) for column1, entries in self.entries.items()},
            terms=tuple(
                Terms(effective=_day(effective), deleted=_day(deleted), indicator=indicator, rationale=_why(rationale))
                for effective, deleted, indicator, rationale in self.terms
            ),
            rows=self.rows,
        )

    def begins(self) -> date | None:
        """The quarter that the rows themselves tell: the last one that pairs begin in, or the one after the last that ended."""
        days = [day for effective, deleted, _, _ in self.terms if (day := _day(effective) or _after(_day(deleted)))]
        days += [day for _, deleted, _, _ in self.terms if (day := _after(_day(deleted)))]
        return max(days, default=None)


def _after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


def _day(text: str) -> date | None:
    parts = _DAY.fullmatch(text)
    return date(*(int(part) for part in parts.groups())) if parts else None


def _why(rationale: str) -> str:
    said = rationale.lower()
    return next((why for words, why in _WHY if words in said), "instruction")


def _setting(member: Member, context: Context) -> str:
    """Practitioner or outpatient hospital: as stated, else by the name; the content of the two does not tell them apart."""
    if context.stated.table:
        return context.stated.table
    setting = next((setting for words, setting in _SETTINGS if words in member.name.lower()), "")
    if not setting:
        raise Refused("the file does not say whose pairs these are; add --as ncci-practitioner or --as ncci-outpatient")
    return f"ncci-{setting}"


def _finish(member: Member, context: Context, table: _Table) -> Contents:
    if not table.rows:
        raise Refused("the file has a heading and no pairs")
    start = context.stated.start or named_day(member.name) or table.begins()
    if start is None:
        raise Refused("neither the file nor its name says from when it holds; add --from YYYY-MM-DD")
    part = re.search(r"[-_](f\d)\b", member.name.lower())
    return Contents(
        table=_setting(member, context),
        version=str(start),
        part=part[1] if part else "",
        period=Period(start, context.stated.end or ends(start, "quarter")),
        columns=COLUMNS,
        pairs=table.packed(),
    )


def read_official(member: Member, context: Context) -> Iterator[Contents]:
    """Column 1, column 2, in existence before 1996, effective, deletion or `*`, indicator, rationale, below a notice."""
    table = _Table()
    line = 0
    try:
        for line, cells in member.cells():
            if not any(cells) or (not table.rows and not (len(cells) >= 6 and _row(cells))):
                continue
            if len(cells) < 7 or not cells[6]:
                raise Refused(f"line {line}: 7 columns expected, {len(cells)} found; the file is damaged or cut short")
            column1, column2, _, effective, deleted, indicator, rationale = (cell.strip() for cell in cells[:7])
            table.add(column1, column2, effective, "" if deleted == "*" else deleted, indicator, rationale)
    except ValueError as problem:
        raise _unlike(line, problem) from None
    yield _finish(member, context, table)


def read_csv(member: Member, context: Context) -> Iterator[Contents]:
    """Column 1, column 2, deletion date, indicator, rationale: without the day on which a pair began."""
    table = _Table()
    found = header(member.records, _CSV)
    if found is None:
        return
    place, columns = found
    first, second, deleted, indicator, rationale = (columns[name] for name in _CSV)
    width = max(columns.values()) + 1
    line = 0
    try:
        for line, cells in member.cells():
            if line <= place + 1 or not cells:
                continue
            if len(cells) < width:
                raise Refused(f"line {line}: {width} columns expected, {len(cells)} found; the file is damaged or cut short")
            table.add(cells[first], cells[second], "", cells[deleted], cells[indicator], cells[rationale])
    except ValueError as problem:
        raise _unlike(line, problem) from None
    yield _finish(member, context, table)


def _unlike(line: int, problem: ValueError) -> Refused:
    return Refused(f"line {line}: {str(problem)[:20]!r} is not as expected: two codes, dates, indicator 0, 1 or 9, and why")


LAYOUTS = (
    Layout("ncci-pairs", "NCCI procedure pairs (tab-delimited)", _official, read_official),
    Layout("ncci-pairs-csv", "NCCI procedure pairs (CSV)", lambda member: header(member.records, _CSV) is not None, read_csv),
)
