"""How often a suggestion like this one was right: the table of calibration, counted on annotated notes.

A suggestion's likeness is three plain things: whether the rules suggest it, where it stands in the note, and what kind of code it
is. `bench/coding_calibration.py` counts the table and shows how it holds on notes that it has not seen.
"""

from __future__ import annotations

from functools import lru_cache

from claimwright.coding.candidates import Candidate
from claimwright.coding.describe import is_symptom
from claimwright.coding.tables import rows

SURE = 0.95  # from here a suggestion is in the auto lane
PRIOR = {
    "suggested": (0.85, 4.0),
    "below": (0.1, 4.0),
}  # what is believed before any note is seen, and how many notes that is worth
GROUPS = {
    "statement": "title",
    "opening": "opening",
    "plan title": "opening",
    "preprocedure": "opening",
    "impression": "opening",
    "assessment": "told",
    "detail": "told",
    "plan": "told",
    "procedure": "told",
    "cc": "history",
    "hpi": "history",
    "indication": "history",
    "other": "history",
    "": "rule",
}


def likeness(candidate: Candidate, suggested: bool) -> tuple[str, str, str]:
    """Suggested or below, group of places, kind of code."""
    kind = "status" if candidate.code[0] in "VWXYZ" else "symptom" if is_symptom(candidate.code) else "problem"
    return "suggested" if suggested else "below", GROUPS.get(candidate.place, "elsewhere"), kind


@lru_cache(maxsize=1)
def _counted() -> dict[tuple[str, str, str], tuple[int, int]]:
    return {(lane, group, kind): (int(right), int(seen)) for lane, group, kind, right, seen in rows("calibration")}


def probability(candidate: Candidate, suggested: bool) -> float:
    """The share of right ones among those like it, drawn towards the prior where few were seen; 0 to 1."""
    return _share(likeness(candidate, suggested))


@lru_cache(maxsize=100)  # there are some dozens
def _share(like: tuple[str, str, str]) -> float:
    return smoothed(like[0], *_counted().get(like, (0, 0)))


def smoothed(lane: str, right: int, seen: int) -> float:
    """Right of seen, with the prior's notes counted in."""
    belief, weight = PRIOR[lane]
    return (right + belief * weight) / (seen + weight)
