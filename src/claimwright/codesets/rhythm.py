"""How often a list is released, so that one which must have a newer release is told from one that is current."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import Literal

from claimwright.codesets.starter import table

State = Literal["current", "out of date", "superseded", "earlier", "coming"]
A_YEAR = timedelta(days=366)
_VERSION = re.compile(r"(20\d\d)(?:[-.](\d\d))?")


@cache
def _months(name: str) -> tuple[int, ...]:
    said = {row["table"]: row["months"] for row in table("publishers").rows}
    return tuple(int(month) for month in said.get(name, "").split())


def due(name: str, since: date) -> date:
    """The day on which the release after that of a day is out; where a list has no rhythm, when it is a year old."""
    days = (date(year, month, 1) for year in (since.year, since.year + 1) for month in _months(name))
    return next((day for day in days if day > since), since + A_YEAR)


def dated(version: str, otherwise: date) -> date:
    """The day in a version such as 2026-08, 2026.07 or 2018; without one another day."""
    found = _VERSION.fullmatch(version)
    return date(int(found[1]), int(found[2] or 1), 1) if found else otherwise
