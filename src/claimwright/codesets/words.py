"""Find short clinical texts by their words: synonyms, abbreviations, word starts and a misspelling are forgiven."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, cached_property, lru_cache
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


def packed(documents: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """What a `WordIndex` is made of. Each document is a key and its texts; the first text is its title.

    Two lines of the keys and of how many words each title has; then, by word, the numbers of the documents that have it in their
    title, and of those that have it elsewhere.
    """
    keys: list[str] = []
    lengths: list[int] = []
    postings: dict[str, tuple[dict[int, None], dict[int, None]]] = {}
    for number, (key, texts) in enumerate(documents):
        keys.append(key)
        title = words(texts[0])
        lengths.append(len(title))
        for word in title:
            postings.setdefault(word, ({}, {}))[0][number] = None
        for word in {word for text in texts[1:] for word in words(text)}.difference(title):
            postings.setdefault(word, ({}, {}))[1][number] = None
    rows = ("\t".join((word, *(" ".join(map(str, numbers)) for numbers in postings[word]))) for word in sorted(postings))
    return "\n".join((" ".join(keys), " ".join(map(str, lengths)), *rows))


class Postings(dict[str, dict[int, float]]):
    """Words to the documents that have them, a title weighing more; read when a word is first asked for."""

    def __init__(self, rows: dict[str, str]) -> None:
        """The numbers by word, as `packed`."""
        self.rows = rows

    def __missing__(self, word: str) -> dict[int, float]:
        """Read a word's numbers."""
        titles, _, others = self.rows[word].partition("\t")
        found = self[word] = dict.fromkeys(map(int, titles.split()), 1.0)
        found.update(dict.fromkeys(map(int, others.split()), 0.75))
        return found


class WordIndex:
    """An inverted index over texts by key; rare words weigh more, longer texts a little less."""

    def __init__(self, packed: str, usual: frozenset[str] = frozenset()) -> None:
        """Over documents that were `packed`; `usual` names keys to prefer."""
        keys, lengths, *rows = packed.split("\n")
        self.keys = keys.split()
        self.lengths = list(map(int, lengths.split()))
        self.preference = [1.3 if key in usual else 1.0 for key in self.keys]
        split = (row.partition("\t") for row in rows)
        self.postings = Postings({word: numbers for word, _, numbers in split})
        self.words = list(self.postings.rows)  # sorted

    @cached_property
    def spelling(self) -> Spelling:
        """Made when the first word is misspelt."""
        return Spelling(self.words)

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
        known = word in self.postings.rows
        if known:
            yield word, 1.0
        if len(word) >= (3 if last else 5):
            yield from ((other, 0.7) for other in self._beginning(word) if other != word)
        if not known and len(word) >= 4:
            yield from ((other, 0.6) for other in self.spelling.near(word))

    def _beginning(self, start: str) -> Iterator[str]:
        for place in range(bisect_left(self.words, start), len(self.words)):
            if not self.words[place].startswith(start):
                return
            yield self.words[place]

    def knows(self, word: str) -> bool:
        """Whether some text has a word, or one that begins with it."""
        one = _singular(word.lower())
        return one in self.postings.rows or next(self._beginning(one), None) is not None

    def spelled(self, text: str) -> str:
        """A text with each word that no text has, nor a synonym, put as the most usual of those it is nearest to."""
        return " ".join(self._spelled(word) for word in _WORD.findall(text.lower()))

    def _spelled(self, word: str) -> str:
        one = _singular(word)
        if len(one) < 4 or word in _IGNORED or one in self.postings.rows or one in _said_words():
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
