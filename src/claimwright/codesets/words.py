"""Find short clinical texts by their words: synonyms, abbreviations, word starts and a misspelling are forgiven."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from claimwright.codesets.starter import table

_WORD = re.compile(r"[a-z0-9]+")
_IGNORED = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with", "w", "due", "pt"}
)


def words(text: str) -> list[str]:
    """A text's words in lower case, singular, without the little ones."""
    return [_singular(word) for word in _WORD.findall(text.lower().replace("'s", "")) if word not in _IGNORED]


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    """A crude singular, the same for texts and questions; it need not be English."""
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1] if word.endswith("s") else word


@cache
def _synonyms() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """What people write -> the words of the classification; several rows are alternatives."""
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for row in table("synonyms").rows:
        found.setdefault(tuple(words(row["said"])), []).append(tuple(words(row["means"])))
    return {said: tuple(means) for said, means in found.items()}


class WordIndex:
    """An inverted index over texts by key; rare words weigh more, longer texts a little less."""

    def __init__(self, documents: Iterable[tuple[str, tuple[str, ...]]], usual: frozenset[str] = frozenset()) -> None:
        """Each document is a key and its texts; the first text is its title. `usual` names keys to prefer."""
        self.keys: list[str] = []
        self.lengths: list[int] = []
        self.preference: list[float] = []
        self.postings: dict[str, dict[int, float]] = {}
        for number, (key, texts) in enumerate(documents):
            self.keys.append(key)
            self.preference.append(1.3 if key in usual else 1.0)
            title = words(texts[0])
            self.lengths.append(len(title))
            for text in texts[1:]:
                for word in words(text):
                    self.postings.setdefault(word, {})[number] = 0.75
            for word in title:
                self.postings.setdefault(word, {})[number] = 1.0
        self.by_start = _by_start(self.postings)

    def search(self, text: str, limit: int) -> list[str]:
        """Keys, best first."""
        scores: dict[int, float] = {}
        for alternative in _readings(words(text)):
            for number, score in self._score(alternative).items():
                if score > scores.get(number, 0.0):
                    scores[number] = score
        ranked = sorted(scores, key=lambda number: (-scores[number], self.lengths[number], self.keys[number]))
        return [self.keys[number] for number in ranked[:limit]]

    def _score(self, asked: tuple[str, ...]) -> dict[int, float]:
        scores: dict[int, float] = {}
        hits: dict[int, int] = {}
        for position, word in enumerate(asked):
            for number, weight in self._matching(word, last=position == len(asked) - 1).items():
                scores[number] = scores.get(number, 0.0) + weight
                hits[number] = hits.get(number, 0) + 1
        # All words asked for count most, then how little else the text says.
        return {
            number: score * self.preference[number] * (hits[number] / len(asked)) ** 2 / (1 + 0.04 * self.lengths[number])
            for number, score in scores.items()
        }

    def _matching(self, word: str, last: bool) -> dict[int, float]:
        found: dict[int, float] = {}
        for like, closeness in self._like(word, last):
            posting = self.postings[like]
            rarity = math.log(1 + len(self.keys) / len(posting)) * closeness
            for number, weight in posting.items():
                if rarity * weight > found.get(number, 0.0):
                    found[number] = rarity * weight
        return found

    def _like(self, word: str, last: bool) -> Iterator[tuple[str, float]]:
        """The index's words for a word asked: itself, words that begin with it, or a near misspelling."""
        if word in self.postings:
            yield word, 1.0
        near = self.by_start.get(word[:2], ())
        if len(word) >= (3 if last else 5):
            yield from ((other, 0.7) for other in near if other != word and other.startswith(word))
        if word not in self.postings and len(word) >= 4:
            yield from ((other, 0.6) for other in self._misspelt(word))

    def _misspelt(self, word: str) -> list[str]:
        allowed = 1 if len(word) < 8 else 2
        candidates = (other for start in _starts(word) for other in self.by_start.get(start, ()))
        return [other for other in dict.fromkeys(candidates) if _near(word, other, allowed)]


def _by_start(postings: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in postings:
        found.setdefault(word[:2], []).append(word)
    return {start: tuple(sorted(group)) for start, group in found.items()}


def _starts(word: str) -> set[str]:
    """The first two letters as typed, swapped, or with one of them missing."""
    return {word[:2], word[1::-1], word[0] + word[2], word[1:3]}


def _near(one: str, other: str, allowed: int) -> bool:
    """Whether two words differ by at most `allowed` letters typed wrong, missing, extra or swapped."""
    if abs(len(one) - len(other)) > allowed:
        return False
    previous: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, previous, row = previous, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > allowed:
            return False
    return row[-1] <= allowed


def _readings(asked: list[str]) -> list[tuple[str, ...]]:
    """The question as asked, and with synonyms put in for the words they stand for; eight readings at most."""
    readings: list[tuple[str, ...]] = [()]
    position = 0
    while position < len(asked):
        said, means = _longest(asked, position)
        readings = [reading + choice for reading in readings for choice in (said, *means)][:8]
        position += len(said)
    return readings


def _longest(asked: list[str], position: int) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    for length in range(min(4, len(asked) - position), 0, -1):
        said = tuple(asked[position : position + length])
        if said in _synonyms():
            return said, _synonyms()[said]
    return (asked[position],), ()
