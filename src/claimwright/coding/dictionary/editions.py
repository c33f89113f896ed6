"""Candidates by date of service: the codes of other editions that stood or stand for one."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from claimwright.codesets import icd10cm
from claimwright.coding.dictionary.tables import lines


@lru_cache(maxsize=1)
def _former() -> dict[str, tuple[date, str]]:
    """The last day on which a code was complete, or on which another stood for it; and that other."""
    found = {}
    for line in lines("former"):
        code, until, *instead = (cell.strip() for cell in line.split("|"))
        found[code] = (date.fromisoformat(until), instead[0] if instead else code)
    return found


@lru_cache(maxsize=200_000)
def valid(code: str, on: date | None) -> str:
    """The code that stood for this one on a date: itself, or the one it was split from; empty if it was not yet known."""
    if on is None:
        return code
    former = _former()
    for length in range(3, len(code) + 1):
        until, instead = former.get(code[:length], (date.min, ""))
        if on <= until:
            return instead
    if icd10cm.lookup(code, on) is not None:
        return code
    parent = next((held for length in range(len(code) - 1, 2, -1) if (held := icd10cm.lookup(code[:length], on))), None)
    return parent.code if parent is not None and parent.billable else ""


def padded(code: str) -> str:
    """A code that takes a 7th character, written with X to six: W19 is W19.XXX."""
    if not icd10cm.needs_seventh(code):
        return code
    plain = icd10cm.plain(code).ljust(6, "X")
    return icd10cm.dotted(plain)
