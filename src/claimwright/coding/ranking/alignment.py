"""Where the translation has the words of an annotated mention: the corpus's projected places, mended by words that go together.

The places were projected by machine: one in ten is missing or beside the point. A word of the original is found again by the
words that its mentions are translated with elsewhere, or by likeness (nefropatía, nephropathy).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from claimwright.coding.ranking.corpus import Case, Named, plain_letters
from claimwright.coding.ranking.words import STOP

ALIKE = 0.72  # likeness from which two words count as the same
LIKELY = 0.25  # strength of a word's translation that counts
BETTER = 0.3  # by how much a new place must be stronger than the projected one
_SOUNDS = (
    *(("cion", "tion"), ("ph", "f"), ("qu", "c"), ("k", "c"), ("th", "t"), ("ch", "c"), ("rh", "r"), ("h", "")),
    *(("y", "i"), ("ae", "e"), ("oe", "e"), ("z", "s")),
)


def mended(cases: Sequence[Case]) -> list[Case]:
    """The cases with better places for their mentions."""
    strength = _Strength(cases)
    for one in cases:
        named = [_mended(one, held, strength) for held in one.named]
        unplaced: list[tuple[str, str]] = []
        for original, code in one.unplaced:
            lines = one.where.get(code, frozenset())
            best = max((_placed(one, line, original, strength) for line in sorted(lines)), default=(0.0, ()))
            if best[0] >= LIKELY:
                named.append(_named(best[1], code, original))
            else:
                unplaced.append((original, code))
        one.named, one.unplaced = named, unplaced
    return list(cases)


def _mended(one: Case, named: Named, strength: _Strength) -> Named:
    inside = sum(
        max((strength(word, one, index) for index in range(named.first, named.last + 1)), default=0.0)
        for word in named.original.split(" ")
    )
    better, places = _placed(one, one.lines[named.first], named.original, strength)
    return _named(places, named.code, named.original) if better > inside + BETTER else named


def _named(places: tuple[int, ...], code: str, original: str) -> Named:
    return Named(places[0], places[-1], code, original, places)


def _placed(one: Case, line: int, original: str, strength: _Strength) -> tuple[float, tuple[int, ...]]:
    """Strength and words of the best place in a line."""
    words = [index for index, held in enumerate(one.lines) if held == line and one.text.words[index] not in STOP]
    total, places = 0.0, []
    for said in original.split(" "):
        held = [(strength(said, one, index), index) for index in words]
        best = max((value for value, _ in held), default=0.0)
        if best >= LIKELY:
            total += best
            places.append([index for value, index in held if value >= best - 1e-9])
    if not places:
        return 0.0, ()
    anchor = min(places, key=len)[0]
    chosen = {min(held, key=lambda index: abs(index - anchor)) for held in places}
    return total, tuple(sorted(chosen))


class _Strength:
    """How surely a word of the translation stands for a word of the original."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.both: dict[str, Counter[str]] = defaultdict(Counter)
        self.said: Counter[str] = Counter()
        self.heard: Counter[str] = Counter()
        for one in cases:
            for named in one.named:
                words = {one.text.words[index] for index in range(named.first, named.last + 1)} - STOP
                self.heard.update(words)
                for original in named.original.split(" "):
                    self.said[original] += 1
                    self.both[original].update(words)

    def __call__(self, original: str, one: Case, index: int) -> float:
        """From 0 to 1."""
        word = one.text.words[index]
        together = self.both[original][word] if original in self.both else 0
        often = together / self.said[original] * (together / self.heard[word]) ** 0.5 if together > 1 else 0.0
        return max(often, alike(original, plain_letters(one.text.written[index].lower())))


@lru_cache(maxsize=500_000)
def alike(original: str, word: str) -> float:
    """Likeness of two words once spelling is leveled, 0 below ALIKE."""
    if len(original) < 4 or len(word) < 4:
        return 1.0 if original == word and len(word) > 1 else 0.0
    one, two = _leveled(original), _leveled(word)
    if one[:2] != two[:2]:
        return 0.0
    shared = next((place for place, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    ratio = SequenceMatcher(None, one, two, autojunk=False).ratio()
    ratio = max(ratio, 0.55 + 0.05 * shared) if shared >= 5 else ratio
    return min(1.0, ratio) if ratio >= ALIKE else 0.0


@lru_cache(maxsize=50_000)
def _leveled(word: str) -> str:
    for one, two in _SOUNDS:
        word = word.replace(one, two)
    return re.sub(r"(.)\1", r"\1", word)
