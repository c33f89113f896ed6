"""Mention mode without learning: how good a candidate is, and which to keep where several claim the same words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from claimwright.coding.dictionary.synonyms import content
from claimwright.coding.dictionary.tables import lines

if TYPE_CHECKING:
    from claimwright.coding.dictionary.search import Candidate

THRESHOLD = 0.0


@cache
def faint() -> frozenset[str]:
    """Terms that count for less."""
    return frozenset(" ".join(sorted(content(term))) for line in lines("faint") for term in line.split(";"))


def score(one: Candidate) -> float:
    """How well the words fit the term, by hand: more words and few between are better."""
    points = (
        0.3 * one.words
        + 0.7 * one.said
        + 0.3 * one.optional
        - 0.02 * one.unsaid
        - 0.35 * one.gap
        - 0.3 * one.clauses
        - 0.1 * one.inverted
    )
    points -= 0.5 * (one.source[0] == "o") + 0.3 * (one.source[0] in "sed")
    points -= 1.0 * (one.words < 3 and " ".join(sorted(one.term.split())) in faint())
    return points - 0.7 * (one.side == "ignored")


def choose(candidates: Sequence[Candidate], threshold: float = THRESHOLD) -> list[Candidate]:
    """The best candidate of each place, none overlapping a better one, each code once."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda candidate: -candidate.score):
        if one.score < threshold:
            break
        if not any(one.document == other.document and one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    codes: dict[str, Candidate] = {}
    for one in kept:
        codes.setdefault(one.code, one)
    return list(codes.values())
