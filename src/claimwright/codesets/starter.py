"""Read the small dated tables that travel with the package. Each says its source, version and period at its head."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from claimwright.effective import Period
from claimwright.parties import Struct

LONG_AGO = date(2000, 1, 1)
"""Where a table does not say since when a row holds."""


class Table(Struct):
    """Rows as written, and where they come from."""

    name: str
    source: str
    version: str
    period: Period
    rows: tuple[dict[str, str], ...]

    @property
    def cited(self) -> str:
        """The table in a few words, for a message or a citation."""
        return f"{self.source}, version {self.version}"


@cache
def table(name: str) -> Table:
    """One table of the package by its file name without ending."""
    lines = files("claimwright.codesets").joinpath("data", f"{name}.csv").read_text(encoding="utf-8").splitlines()
    head = dict(_head(lines))
    rows = tuple(csv.DictReader(line for line in lines if not line.startswith("#")))
    return Table(name=head["name"], source=head["source"], version=head["version"], period=_period(head["period"]), rows=rows)


def _head(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if not line.startswith("# "):
            return
        name, _, value = line[2:].partition(": ")
        yield name, value


def _period(text: str) -> Period:
    start, _, end = text.partition("/")
    return Period(date.fromisoformat(start), date.fromisoformat(end) if end else None)


def row_period(row: dict[str, str]) -> Period:
    """The period in a row's `start` and `end` columns; an empty start is long ago, an empty end is open."""
    start, end = row.get("start"), row.get("end")
    return Period(date.fromisoformat(start) if start else LONG_AGO, date.fromisoformat(end) if end else None)
