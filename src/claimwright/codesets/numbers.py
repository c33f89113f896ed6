"""Complete lists of bare code numbers, without texts: enough to say that a code is in no list, or no longer in use."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from claimwright.codesets.starter import table


class Numbers(NamedTuple):
    """The codes in use, those that ended (with the day from which they are no longer used), and the list's version."""

    codes: frozenset[str]
    ended: dict[str, date]
    version: str

    def ended_by(self, code: str, on: date | None) -> bool:
        """Whether a code was no longer in use on a day; never, where the day is not known."""
        return on is not None and code in self.ended and on >= self.ended[code]

    def has(self, code: str) -> bool:
        """Whether a code is or was in the list."""
        return code in self.codes or code in self.ended


@cache
def numbers(name: str) -> Numbers:
    """One list by its name: carc, rarc, taxonomy, modifier, revenue, country ..."""
    rows = [row for row in table("code_numbers").rows if row["list"] == name]
    codes = frozenset(code for row in rows if not row["ended"] for code in row["codes"].split())
    ended = {code: date.fromisoformat(row["ended"]) for row in rows if row["ended"] for code in row["codes"].split()}
    return Numbers(codes, ended, rows[0]["version"])
