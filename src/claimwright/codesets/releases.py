"""What a release of an official table is: its period, its version, and the file it came from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from claimwright.effective import Period
from claimwright.parties import Struct

Row = tuple[str, tuple[str, ...]]
"""A key (mostly the code) and the values of the table's columns, as text."""


class Release(Struct):
    """One imported release of a table, or one part of it where the publisher cuts it into several files."""

    table: str
    version: str
    part: str
    period: Period
    columns: tuple[str, ...]
    file: str
    sha256: str
    rows: int
    imported_at: str
    number: int = 0  # its place in the store

    @property
    def cited(self) -> str:
        """The release in a few words, for a message or a citation."""
        return f"{self.table} {self.version} ({self.period.start} to {self.period.end or 'now'})"

    def cited_on(self, on: date) -> str:
        """The release and its file; says so where its period is over on the date, or has not begun."""
        late = "" if self.period.covers(on) else f"; not the release of {on}"
        return f"{self.cited}, {self.file}{late}"


class Contents(Struct):
    """One table as read from a file, before it is stored."""

    table: str
    version: str
    period: Period
    columns: tuple[str, ...]
    rows: Iterable[Row] = ()
    part: str = ""
    pairs: Pairs | None = None  # procedure pairs have a denser form than rows


class Terms(Struct):
    """When and how a pair of procedures holds. Indicator 0 never both, 1 with a modifier, 9 ended the day it began."""

    effective: date | None
    deleted: date | None
    indicator: str
    rationale: str

    def covers(self, on: date) -> bool:
        """Whether the pair holds on a date."""
        begun = self.effective is None or self.effective <= on
        return self.indicator != "9" and begun and (self.deleted is None or on <= self.deleted)


class Pairs(Struct):
    """Procedure pairs: for each column-1 code a block of column-2 codes and the number of the terms of each."""

    blocks: dict[int, bytes]
    terms: tuple[Terms, ...]
    rows: int
