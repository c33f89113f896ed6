"""Candidates by date of service: the codes of other editions that stood or stand for one."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from claimwright.codesets import icd10cm
from claimwright.coding.dictionary.tables import lines


@lru_cache(maxsize=1)
def _former() -> dict[str, date]:
    """Codes that were complete until a day, and have codes below them since."""
    found = {}
    for line in lines("former"):
        code, until = line.split("|")
        found[code.strip()] = date.fromisoformat(until.strip())
    return found


@lru_cache(maxsize=200_000)
def valid(code: str, on: date | None) -> str:
    """The code that stood for this one on a date: itself, or the one it was split from; empty if it was not yet known."""
    if on is None:
        return code
    former = _former()
    for length in range(3, len(code)):
        until = former.get(code[:length].rstrip("."))
        if until is not None and on <= until:
            return code[:length].rstrip(".")
    found = icd10cm.lookup(code, on)
    if found is not None:
        return code
    parent = code[:-1].rstrip(".")
    while len(parent) >= 3:
        held = icd10cm.lookup(parent, on)
        if held is not None:
            return parent if held.billable else ""
        parent = parent[:-1].rstrip(".")
    return ""


def padded(code: str) -> str:
    """A code that takes a 7th character, written with X to six: W19 is W19.XXX."""
    if not icd10cm.needs_seventh(code):
        return code
    plain = icd10cm.plain(code).ljust(6, "X")
    return icd10cm.dotted(plain)
