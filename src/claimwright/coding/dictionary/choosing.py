"""Mention mode without learning: how good a candidate is, and which to keep where several claim the same words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from claimwright.coding.dictionary.synonyms import content
from claimwright.coding.dictionary.tables import lines

if TYPE_CHECKING:
    from claimwright.coding.dictionary.search import Candidate

THRESHOLD = -0.7  # of the scores below; rounded from a fit to CodiEsp dev, as the weights are
CHAPTERS = {"Z": 1.0, "S": 0.9, "T": 0.9, "O": 1.6, "P": 1.6, "C": 0.6, "D": 0.6, "Q": 0.7}  # seldom meant by few words


@cache
def faint() -> frozenset[str]:
    """Terms that count for less, their words sorted."""
    return frozenset(" ".join(sorted(content(term))) for line in lines("faint") for term in line.split(";"))


def prior(code: str, source: str, words: tuple[str, ...]) -> float:
    """What a term is worth by itself: its words and sources, and how seldom its chapter is meant by few words."""
    points = -1.9 + 0.7 * min(len(words), 4) + 0.5 * (len(words) == 1) - CHAPTERS.get(code[0], 0.0)
    points += 0.75 * ("i" in source) + 0.35 * ("t" in source) + 1.7 * ("m" in source) + 0.2 * len(source)
    points -= 0.9 * (source[0] == "o") + 0.6 * ("o" in source) + 2.0 * (source == "e") + 4.0 * (source == "d")
    if len(words) < 3 and " ".join(sorted(words)) in faint():
        points -= 3.0
    return points


def score(worth: float, said: int, optional: int, gap: int, clauses: int, changed: int, side: str) -> float:
    """How well a place fits a term, about the log odds that a coder of everything mentioned would take the code."""
    points = worth + 0.7 * optional - 0.25 * min(said, 4) - 0.7 * min(changed, 3) - 0.3 * gap - 0.1 * clauses
    return points - 1.3 * (side == "ignored")


def choose(candidates: Sequence[Candidate], threshold: float = THRESHOLD) -> list[Candidate]:
    """The best candidates: none whose words a better or an unbroken longer one over the same place has too, each code once."""
    good = [(one, frozenset(one.term.split())) for one in candidates if one.score >= threshold]
    good.sort(key=lambda pair: (-pair[0].score, pair[0].start))
    longer = [(one, words) for one, words in good if len(words) > 1 and not one.gap and not one.clauses]
    kept: list[tuple[Candidate, frozenset[str]]] = []
    codes: dict[str, Candidate] = {}
    for one, words in good:
        if any(_meet(one, other) and (words <= others or _place(one) == _place(other)) for other, others in kept):
            continue
        if any(words < others and _within(one, other) for other, others in longer):
            continue
        kept.append((one, words))
        codes.setdefault(one.code, one)
    return list(codes.values())


def _place(one: Candidate) -> tuple[int, int, int]:
    return one.document, one.start, one.end


def _meet(one: Candidate, other: Candidate) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end


def _within(one: Candidate, other: Candidate) -> bool:
    return one.document == other.document and other.start <= one.start and one.end <= other.end
