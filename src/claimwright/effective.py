"""Dated values: every table row says from when to when it holds, and every look-up takes a date of service."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

import msgspec


class Period(msgspec.Struct, frozen=True):
    """From `start` through `end`, both included; an open end is None."""

    start: date
    end: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the date lies inside."""
        return self.start <= on and (self.end is None or on <= self.end)


class HasPeriod(Protocol):
    """Anything that carries its own period."""

    @property
    def period(self) -> Period: ...


T = TypeVar("T", bound=HasPeriod)


def as_of(rows: Iterable[T], on: date) -> T | None:
    """The row in force on a date; of several, the one that began last."""
    held = [row for row in rows if row.period.covers(on)]
    return max(held, key=lambda row: row.period.start, default=None)


def age_on(birth: date, on: date) -> int:
    """Completed years of age on a date."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
