"""How often a service is covered: rows of codes, how many times in which span, and for whom."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Literal

from claimwright.codesets.procedure_limits import Ages, ages_of
from claimwright.codesets.starter import row_period, table
from claimwright.effective import Period
from claimwright.parties import Struct


class Frequency(Struct):
    """So many times in a span. Conditions are diagnoses (as they begin) or modifiers (`-KX`) of the line."""

    procedures: frozenset[str]
    counts: frozenset[str]  # the codes that count, most often the same
    times: Decimal  # 0: no limit, the row says only whom it is for
    units: bool  # units of service are counted, else days of service
    span: str  # 11m full calendar months between two, 60d days, month, year, life
    ages: tuple[Ages, ...]
    purpose: tuple[str, ...]  # what the line is for, and what is counted with it
    with_one_of: tuple[str, ...]
    without: tuple[str, ...]
    filing: frozenset[str]  # SBR09 codes it holds for; empty: all
    severity: Literal["deny", "warn"]
    period: Period
    citation: str

    @property
    def days(self) -> int:
        """The most days between two that are too near; 0: a lifetime."""
        if self.span in _DAYS:
            return _DAYS[self.span]
        number = int(self.span[:-1] or 0)
        return number if self.span[-1:] == "d" else (number + 1) * 31

    def too_near(self, done: date, on: date) -> bool:
        """Whether a day lies within the span of an earlier one."""
        return done < on and (self.span == "life" or on < self.again(done))

    def again(self, done: date) -> date:
        """The first day after the span that an earlier service began."""
        if self.span == "life":
            return date.max
        if self.span == "year":
            return date(done.year + 1, 1, 1)
        if self.span[-1:] == "d":
            return done + timedelta(days=int(self.span[:-1]))
        months = done.year * 12 + done.month + (0 if self.span == "month" else int(self.span[:-1]))
        return date(months // 12, months % 12 + 1, 1)

    @property
    def said(self) -> str:
        """How often, in words."""
        number_of = f"{self.times:f} unit{'' if self.times == 1 else 's'}"
        times = number_of if self.units else "once" if self.times == 1 else f"{self.times:f} times"
        if self.span in _WORDS:
            return f"{times} {_WORDS[self.span]}"
        number = int(self.span[:-1])
        return f"{times} in {number} days" if self.span[-1] == "d" else f"{times} in {number + 1} months"


_DAYS = {"life": 0, "year": 366, "month": 31, "": 1}
_WORDS = {"life": "in a lifetime", "year": "a calendar year", "month": "a calendar month", "": ""}


@cache
def frequencies() -> tuple[Frequency, ...]:
    """The rows that travel with the package, in the order in which they are asked."""
    return tuple(_frequency(row) for row in table("frequency").rows)


def _frequency(row: dict[str, str]) -> Frequency:
    procedures = frozenset(row["procedures"].split())
    return Frequency(
        procedures=procedures,
        counts=frozenset(row["counts"].split()) or procedures,
        times=Decimal(row["times"].removesuffix("u")),
        units=row["times"].endswith("u"),
        span=row["span"],
        ages=ages_of(row["ages"]),
        purpose=tuple(row["purpose"].split()),
        with_one_of=tuple(row["with"].split()),
        without=tuple(row["without"].split()),
        filing=frozenset(row["filing"].split()),
        severity="deny" if row["severity"] == "deny" else "warn",
        period=row_period(row),
        citation=row["citation"],
    )
