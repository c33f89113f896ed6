"""Find short clinical texts by their words: synonyms, abbreviations, word starts and a misspelling are forgiven."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from heapq import nsmallest

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


@cache
def _said_words() -> frozenset[str]:
    return frozenset(word for said in _synonyms() for word in said)


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
        self.spelling = Spelling(self.postings)

    def search(self, text: str, limit: int) -> list[str]:
        """Keys, best first."""
        scores: dict[int, float] = {}
        for alternative in readings(words(text)):
            for number, score in self._score(alternative).items():
                if score > scores.get(number, 0.0):
                    scores[number] = score
        ranked = nsmallest(limit, scores, key=lambda number: (-scores[number], self.lengths[number], self.keys[number]))
        return [self.keys[number] for number in ranked]

    def _score(self, asked: tuple[str, ...]) -> dict[int, float]:
        """All words asked for count most, then how little else the text says; texts have one of the two rarest words."""
        matching = [self._matching(word, last=place == len(asked) - 1) for place, word in enumerate(asked)]
        none: dict[int, float] = {}
        rarest, second, *usual = (*sorted(filter(None, matching), key=len), none, none)
        scores = dict(rarest)
        for number, weight in second.items():
            scores[number] = scores.get(number, 0.0) + weight
        hits = {number: (number in rarest) + (number in second) for number in scores}
        for word in usual:
            for number in scores.keys() & word.keys():
                scores[number] += word[number]
                hits[number] += 1
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
        return self.spelling.near(word)

    def spelled(self, text: str) -> str:
        """A text with each word that no text has, nor a synonym, put as the most usual of those it is nearest to."""
        return " ".join(self._spelled(word) for word in _WORD.findall(text.lower()))

    def _spelled(self, word: str) -> str:
        one = _singular(word)
        if len(one) < 4 or word in _IGNORED or one in self.postings or one in _said_words():
            return word
        near = self.spelling.near(one)
        return max(near, key=lambda other: len(self.postings[other])) + word[len(one) :] if near else word


class Spelling:
    """Words by their pairs of letters, to find those that a misspelt one may stand for."""

    def __init__(self, known: Iterable[str]) -> None:
        """Words of four letters and more; shorter ones have too many neighbors."""
        self.by_pair: dict[str, list[str]] = {}
        for word in known:
            if len(word) > 3:
                for pair in _pairs(word):
                    self.by_pair.setdefault(pair, []).append(word)

    def near(self, word: str) -> list[str]:
        """The known words that differ least, by at most one letter (two from seven letters on), best first."""
        allowed = 1 if len(word) < 7 else 2
        shared = Counter(other for pair in _pairs(word) for other in self.by_pair.get(pair, ()))
        enough = max(2, len(word) + 1 - 3 * allowed)  # a wrong letter breaks two pairs, two swapped ones break three
        likely = (other for other, count in shared.items() if count >= enough)
        distances = ((distance, other) for other in likely if (distance := _distance(word, other, allowed)) <= allowed)
        ranked = sorted(distances)
        return [other for distance, other in ranked if distance == ranked[0][0]]


def _pairs(word: str) -> set[str]:
    around = f"^{word}$"
    return {around[place : place + 2] for place in range(len(around) - 1)}


def _by_start(postings: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in postings:
        found.setdefault(word[:2], []).append(word)
    return {start: tuple(sorted(group)) for start, group in found.items()}


def _distance(one: str, other: str, allowed: int) -> int:
    """How many letters were typed wrong, left out, added or swapped; more than `allowed` is just more."""
    if abs(len(one) - len(other)) > allowed:
        return allowed + 1
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
            return allowed + 1
    return row[-1]


def readings(asked: list[str]) -> list[tuple[str, ...]]:
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
