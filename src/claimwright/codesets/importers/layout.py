"""What every importer shares: the shape of a layout, periods, and rows found by the names of their columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta

import msgspec

from claimwright.codesets.building import Builder
from claimwright.codesets.importers.source import Member, Refused
from claimwright.codesets.releases import Contents
from claimwright.effective import Period

LONG_AGO = date(2000, 1, 1)
UNDATED = "undated"


class Stated(msgspec.Struct, frozen=True):
    """What the user says of a file: from when and until when it holds, and which table it is, where the file is silent."""

    start: date | None = None
    end: date | None = None
    table: str = ""

    @property
    def given(self) -> bool:
        """Whether anything is said."""
        return bool(self.start or self.end or self.table)


class Context(msgspec.Struct, frozen=True):
    """What an importer may know besides the file: what the user states, and the store for tables that build on another."""

    stated: Stated
    builder: Builder


class Layout(msgspec.Struct, frozen=True):
    """One file layout: how to tell it, how to read it. Of those that would take a file, the lowest `order` reads it."""

    name: str
    title: str
    recognises: Callable[[Member], bool]
    read: Callable[[Member, Context], Iterator[Contents]]
    order: int = 50
    instead_of: tuple[str, ...] = ()  # layouts not needed where this one is in the same archive


def normal(name: str) -> str:
    """A column's name without case, spaces and signs."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


Names = Mapping[str, tuple[str, ...]]


def header(records: Iterable[list[str]], needed: Names) -> tuple[int, dict[str, int]] | None:
    """The place of the header among the first records and of each column needed in it, by any of its usual names."""
    for place, cells in enumerate(records):
        found = _columns([normal(cell) for cell in cells], needed)
        if len(found) == len(needed):
            return place, found
    return None


def _columns(cells: list[str], wanted: Names) -> dict[str, int]:
    places = {field: next((cells.index(name) for name in names if name in cells), -1) for field, names in wanted.items()}
    return {field: place for field, place in places.items() if place >= 0}


def rows(member: Member, needed: Names, optional: Names | None = None) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows below the header as our fields, with their line. A row with fewer cells than the header's is refused."""
    places: dict[str, int] | None = None
    width = 0
    for line, cells in member.cells():
        if places is None:
            found = _columns([normal(cell) for cell in cells], needed)
            if len(found) == len(needed):
                places = found | _columns([normal(cell) for cell in cells], optional or {})
                width = max(places.values()) + 1
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < width:
            raise Refused(f"line {line}: {width} columns expected, {len(cells)} found; the file is damaged or cut short")
        row = {field: cells[place].strip() for field, place in places.items()}
        yield line, row | {field: "" for field in optional or {} if field not in places}


def checked(line: int, what: str, value: str, pattern: str) -> str:
    """A value that must look so, or a refusal that says where it does not."""
    if not re.fullmatch(pattern, value):
        raise Refused(f"line {line}: {what} {value[:30]!r} is not as expected")
    return value


def at_least_one(found: list[tuple[str, tuple[str, ...]]]) -> list[tuple[str, tuple[str, ...]]]:
    """The rows, if there are any."""
    if not found:
        raise Refused("the file has a heading and no rows")
    return found


CODE = r"[A-Z0-9]{5}"
"""A CPT or HCPCS code."""


def iso(line: int, what: str, text: str) -> str:
    """A date written YYYYMMDD, MM/DD/YYYY or YYYY-MM-DD as YYYY-MM-DD; an empty one stays empty."""
    text = text.strip()
    if not text:
        return ""
    forms = ((r"(\d{4})-?(\d\d)-?(\d\d)", (1, 2, 3)), (r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", (3, 1, 2)))
    for form, order in forms:
        if parts := re.fullmatch(form, text.split(" ")[0].split("T")[0]):
            try:
                return str(date(*(int(parts[one]) for one in order)))
            except ValueError:
                break
    raise Refused(f"line {line}: {what} {text[:20]!r} is not a date")


_MONTHS = dict(jan=1, feb=2, mar=3, apr=4, may=5, jun=6, jul=7, aug=8, sep=9, oct=10, nov=11, dec=12)
_MONTH = "|".join(_MONTHS)
_IN_NAME = (
    (r"(?<!\d)(?P<m>\d\d)-(?P<d>\d\d)-(?P<y>20\d\d)", "day"),
    (r"(?<!\d)(?P<y>20\d\d)-?(?P<m>[01]\d)-?(?P<d>[0-3]\d)(?!\d)", "day"),
    (rf"(?P<mon>{_MONTH})[a-z]*[-_ ]+(?P<d>\d{{1,2}})[-_, ]+(?P<y>20\d\d)", "day"),
    (r"v(?P<ncci>\d\d)(?P<q>\d)r\d", "quarter"),
    (r"(?P<y>20\d\d)[-_ ]?q(?P<q1>[1-4])", "quarter"),
    (r"(?<!\d)(?P<yy>\d\d)[a-z]*q(?P<q1>[1-4])", "quarter"),
    (rf"(?P<y>20\d\d)[-_ ]*(?P<mon>{_MONTH})", "month"),
    (rf"(?P<mon>{_MONTH})[a-z]*[-_ ]*(?P<y>20\d\d)", "month"),
    (rf"(?<!\d)(?P<yy>\d\d)[-_]?(?P<mon>{_MONTH})", "month"),
    (r"(?P<y>20\d\d)[-_](?P<m>0[1-9]|1[0-2])(?!\d)", "month"),
    (r"(?P<yq>20\d\d[1-4])(?!\d)", "quarter"),
    (r"(?<!\d)(?P<y>20\d\d)(?!\d)", "year"),
)


def named_day(text: str) -> date | None:
    """The first day that a file's name or title speaks of; None if it speaks of none."""
    for pattern, _ in _IN_NAME:
        if found := re.search(pattern, text.lower()):
            try:
                return _day(found.groupdict())
            except ValueError:
                continue
    return None


def _day(parts: dict[str, str | None]) -> date:
    if ncci := parts.get("ncci"):  # version 32.2: the third quarter of 2026
        return date(1994 + int(ncci), 3 * int(parts["q"] or 0) + 1, 1)
    if quarter := parts.get("yq"):
        return date(int(quarter[:4]), 3 * int(quarter[4]) - 2, 1)
    year = int(parts.get("y") or f"20{parts['yy']}")
    if quarter := parts.get("q1"):
        return date(year, 3 * int(quarter) - 2, 1)
    month = _MONTHS[parts["mon"]] if parts.get("mon") else int(parts.get("m") or 1)  # type: ignore[index]
    return date(year, month, int(parts.get("d") or 1))


def period_of(context: Context, said: str, life: str) -> tuple[Period, str]:
    """When a file holds and what to call the release: as the user states, else by the date in its title or name.

    `life` is how long such a file holds: quarter, year (to its end), fiscal (to the end of September), open.
    Raises Refused where nobody says from when; an open list without a date is said to be undated instead.
    """
    start = context.stated.start or named_day(said)
    if start is None:
        if life == "open":
            return Period(LONG_AGO, context.stated.end), UNDATED
        raise Refused("neither the file nor its name says from when it holds; add --from YYYY-MM-DD")
    return Period(start, context.stated.end or ends(start, life)), str(start)


def ends(start: date, life: str) -> date | None:
    """The last day of a release that begins on a day."""
    if life == "quarter":
        month = 3 * ((start.month - 1) // 3) + 4
        return date(start.year + month // 13, (month - 1) % 12 + 1, 1) - timedelta(days=1)
    if life == "year":
        return date(start.year, 12, 31)
    if life == "fiscal":
        return date(start.year + (start.month > 9), 9, 30)
    return None
