"""Whom a procedure is for: the ages and the sex in its definition, and the ages a vaccine is licensed for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from typing import Literal

from claimwright.codesets.code_spans import Spans, among, spans
from claimwright.codesets.starter import row_period, table
from claimwright.effective import Period
from claimwright.parties import Struct

_WORDS = {"d": "day", "m": "month", "y": "year"}


class Ages(Struct):
    """Completed days, months or years from and through; an end of None is open."""

    low: int
    low_unit: str
    high: int | None = None
    high_unit: str = "y"

    def covers(self, birth: date, on: date) -> bool:
        """Whether a person born on a day is of this age on another."""
        return self.low <= age_in(self.low_unit, birth, on) and (
            self.high is None or age_in(self.high_unit, birth, on) <= self.high
        )

    @property
    def said(self) -> str:
        """The ages in words."""
        high, unit = self.high, _WORDS[self.high_unit]
        if high is None:
            return f"{self.low} {_WORDS[self.low_unit]}s and over"
        if self.low == 0:
            return f"under 1 {unit}" if high == 0 else f"through {high} {unit}s"
        low = str(self.low) if self.low_unit == self.high_unit else f"{self.low} {_WORDS[self.low_unit]}s"
        return f"{low} to {high} {unit}s"


class ProcedureLimit(Struct):
    """One row: codes for one sex, for some ages, or both."""

    codes: Spans
    sex: Literal["", "F", "M"]
    ages: tuple[Ages, ...]
    by: Literal["definition", "license"]
    period: Period
    why: str

    def speaks_of(self, code: str) -> bool:
        """Whether the row is about a code."""
        return among(code, self.codes)

    def of_age(self, birth: date, on: date) -> bool:
        """Whether the patient's age fits."""
        return not self.ages or any(ages.covers(birth, on) for ages in self.ages)

    @property
    def ages_said(self) -> str:
        """The ages in words."""
        return " or ".join(ages.said for ages in self.ages)


def age_in(unit: str, birth: date, on: date) -> int:
    """Completed days (d), months (m) or years (y) from birth to a day."""
    if unit == "d":
        return (on - birth).days
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    return months if unit == "m" else months // 12


def ages_of(text: str) -> tuple[Ages, ...]:
    """Ages as tables write them: `0y-4y 71y-`."""
    return tuple(map(_ages, text.split()))


def _ages(text: str) -> Ages:
    low, _, high = text.partition("-")
    if not high:
        return Ages(low=int(low[:-1]), low_unit=low[-1])
    return Ages(low=int(low[:-1]), low_unit=low[-1], high=int(high[:-1]), high_unit=high[-1])


@lru_cache(maxsize=65_536)
def limits_of(code: str) -> tuple[ProcedureLimit, ...]:
    """The rows that speak of a procedure."""
    return tuple(row for row in _rows() if row.speaks_of(code))


def limits_on(code: str, on: date) -> Iterator[ProcedureLimit]:
    """The rows that speak of a procedure on a day."""
    return (row for row in limits_of(code) if row.period.covers(on))


def sex_of(code: str, on: date) -> str:
    """The sex a procedure is for, or nothing."""
    return next((row.sex for row in limits_on(code, on) if row.sex), "")


@cache
def _rows() -> tuple[ProcedureLimit, ...]:
    return tuple(
        ProcedureLimit(
            codes=spans(row["codes"]),
            sex="F" if row["sex"] == "F" else "M" if row["sex"] == "M" else "",
            ages=ages_of(row["ages"]),
            by="license" if row["by"] == "license" else "definition",
            period=row_period(row),
            why=row["why"],
        )
        for row in table("procedure_limits").rows
    )
