"""Find the official terms whose essential words all stand near each other in one sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import msgspec

from claimwright.coding.dictionary.choosing import score
from claimwright.coding.dictionary.editions import valid
from claimwright.coding.dictionary.stems import TOKEN
from claimwright.coding.dictionary.synonyms import Place, meanings, roots_of
from claimwright.coding.dictionary.terms import Entry, terms
from claimwright.coding.note import Note

REACH = 9  # words between the two that find a term
BESIDE = 3  # words around a term in which those that may be said besides are looked for
SIDED = ("right", "left", "bilateral")
BREAK = re.compile(r"[.!?](?=\s|$)|[;\n]")
BORDERS = frozenset(",:()")
JOINING = frozenset({"and", "but", "with", "or", "that", "which", "who"})
SOURCES = {
    "t": "tabular title",
    "h": "tabular heading, of which the code is the default",
    "o": "other, or only in other diseases",
    "n": "inclusion term",
    "i": "index entry",
    "s": "index cross-reference",
    "m": "neoplasm table",
    "d": "drug table",
    "e": "external cause",
}


class Candidate(msgspec.Struct, gc=False):
    """A code that words of a text name. Counts are of words that say something."""

    code: str
    start: int  # characters of the document
    end: int
    term: str  # the roots of the official term's essential words
    source: str  # letters of SOURCES: all lists that have the term, the first the tabular list's
    words: int  # essential words of the term, all found
    said: int  # words of the text that say them
    optional: int  # words of the term that may be said besides, and are
    unsaid: int  # and are not
    gap: int  # words between that the term does not have
    clauses: int  # clause borders crossed
    inverted: int  # neighbouring words that stand in another order than in the term
    changed: int  # words found by a synonym, an abbreviation or a misspelling
    side: str = ""  # the term has codes by side: "said", "unsided", or "ignored" for the unsided code although one is said
    score: float = 0.0
    document: int = 0


class _Sentence:
    """A sentence: its words, their roots and what they may mean."""

    def __init__(self, text: str, start: int, end: int, document: int, spans: Sequence[tuple[int, int]] = ()) -> None:
        """The characters [start, end) of a text, with the places of the words where they are known."""
        self.text, self.start, self.end, self.document = text, start, end, document
        self.words: list[str] = [text[one:other] for one, other in spans] if spans else TOKEN.findall(text, start, end)
        self.roots = roots_of(self.words)
        self.places: list[Place] = []
        self.where: dict[str, list[Place]] = {}
        self._spans = spans

    def understand(self, note: Callable[[], Collection[str]]) -> None:
        """Work out what the words mean."""
        self.places = meanings(self.words, self.roots, note, terms().spelling)
        where = self.where
        for place in self.places:
            if place[0] in where:
                where[place[0]].append(place)
            else:
                where[place[0]] = [place]

    @property
    def spans(self) -> Sequence[tuple[int, int]]:
        """Where in the text the words stand."""
        if not self._spans:
            self._spans = [token.span() for token in TOKEN.finditer(self.text, self.start, self.end)]
        return self._spans

    def borders(self, first: int, last: int) -> int:
        """Commas, brackets and joining words between two words."""
        count, spans = 0, self.spans
        for place in range(first + 1, last + 1):
            between = self.text[spans[place - 1][1] : spans[place][0]]
            count += self.words[place] in JOINING or (between != " " and not BORDERS.isdisjoint(between))
        return count

    def says(self, word: str, first: int, last: int) -> bool:
        """Whether a root is said between two words."""
        return any(first <= place[1] <= last for place in self.where.get(word, ()))


def find(text: str, on: date | None = None) -> list[Candidate]:
    """Candidates of one document, in order of place."""
    ends = [0, *(one.end() for one in BREAK.finditer(text)), len(text)]
    spans = [token.span() for token in TOKEN.finditer(text)]  # no word crosses the end of a sentence
    places = [bisect_left(spans, (end,)) for end in ends]
    sentences = [
        _Sentence(text, start, end, 0, spans[first:last])
        for (start, end), (first, last) in zip(pairwise(ends), pairwise(places), strict=True)
        if first < last
    ]
    return _found(sentences, on)


def find_in(note: Note, on: date | None = None) -> list[Candidate]:
    """Candidates of an encounter, sentence by sentence as the reader cut them."""
    texts = [document.text for document in note.documents]
    return _found([_Sentence(texts[one.document], one.start, one.end, one.document) for one in note.sentences], on)


def _found(sentences: list[_Sentence], on: date | None) -> list[Candidate]:
    said = cache(lambda: frozenset(word for sentence in sentences for word in sentence.roots))
    found: list[Candidate] = []
    for sentence in sentences:
        if sentence.words:
            sentence.understand(said)
            found += _candidates(sentence, on)
    return found


def _candidates(sentence: _Sentence, on: date | None) -> Iterator[Candidate]:
    best: dict[tuple[str, int, int], tuple[float, Entry, _Fit, str]] = {}
    for entry, held in _matches(sentence):
        fit = _fit(sentence, entry, held)
        sided = _sided(entry, sentence, fit.first, fit.last) if entry.sides else ((entry.code, ""),)
        for named, side in sided:
            code = valid(named, on)
            points = score(entry.prior, fit.said, fit.optional, fit.gap, fit.clauses, fit.changed, side)
            key = (code, fit.first, fit.last)
            if code and (key not in best or points > best[key][0]):
                best[key] = (points, entry, fit, side)
    spans = sentence.spans if best else []
    for (code, first, last), (points, entry, fit, side) in best.items():
        _, _, said, optional, gap, clauses, inverted, changed = fit
        place, words = (spans[first][0], spans[last][1]), len(entry.words)
        counts = (words, said, optional, len(entry.optional) - optional, gap, clauses, inverted, changed)
        yield Candidate(code, *place, " ".join(entry.words), entry.source, *counts, side, points, sentence.document)


def _matches(sentence: _Sentence) -> Iterator[tuple[Entry, list[Place]]]:
    """Terms and the places of their words."""
    known = terms()
    single, paired = known.single, known.paired
    where = sentence.where
    for one in sentence.places:
        if one[3] < 2 and one[0] in single:
            for entry in known.of_one(one[0]):
                yield entry, [one]
    places = [(place, partners) for place in sentence.places if (partners := paired[place[0]])]
    roots, begins = [place[0] for place, _ in places], [place[1] for place, _ in places]
    for number, (one, partners) in enumerate(places, 1):
        stop = bisect_right(begins, one[2] + REACH, number)
        if partners.keys().isdisjoint(roots[number:stop]):
            continue
        for two, _ in places[number:stop]:
            if two[0] in partners:
                for entry in known.of_two(one[0], two[0]):
                    if not entry.rest:
                        if one[3] < 2 or two[3] < 2:
                            yield entry, [one, two]
                    elif entry.rest[0] in where and (held := _complete(entry, one, two, where)):
                        yield entry, held


def _complete(entry: Entry, one: Place, two: Place, where: dict[str, list[Place]]) -> list[Place]:
    """The places of all words of a term of which two are found, nearest first; none if one is missing or far or all are weak."""
    held = [one, two]
    for word in entry.rest:
        others = where.get(word)
        if others is None:
            return []
        nearest = others[0]
        if len(others) > 1:
            nearest = min(others, key=lambda place: abs(place[1] - one[1]) + abs(place[1] - two[1]))
        if min(abs(nearest[1] - one[2]), abs(nearest[1] - two[2])) > REACH:
            return []
        held.append(nearest)
    return held if any(place[3] < 2 for place in held) else []


class _Fit(NamedTuple):
    """How a term's words stand in a sentence; as in `Candidate`."""

    first: int
    last: int
    said: int
    optional: int
    gap: int
    clauses: int
    inverted: int
    changed: int


def _fit(sentence: _Sentence, entry: Entry, held: list[Place]) -> _Fit:
    _, first, last, how = held[0]
    changed, inverted, said = int(how > 0), 0, last - first + 1
    if len(held) == 1 and first == last and not entry.optional:
        return _Fit(first, last, 1, 0, 0, 0, 0, changed)
    if len(held) == 2 and first == last and held[1][1] == held[1][2]:  # the usual case, without sets
        word, other, _, how = held[1]
        changed += how > 0
        said = 1 + (other != first)
        inverted = int((other < first) == (entry.words[-1] == word) and other != first)
        first, last = (first, other) if first < other else (other, first)
    elif len(held) > 1:
        covered = set(range(first, last + 1))
        for _, begin, end, how in held[1:]:
            changed += how > 0
            covered.update(range(begin, end + 1))
        first, last, said = min(covered), max(covered), len(covered)
        order = {place[0]: place[1] for place in held}
        for before, after in pairwise(entry.words):
            inverted += order[after] < order[before]
    besides, where = 0, sentence.where
    for word in entry.optional:
        if word in where:
            besides += sentence.says(word, first - BESIDE, last + BESIDE)
    clauses = sentence.borders(first, last) if last > first else 0
    between = sentence.roots[first : last + 1]
    gap = max(0, len(between) - between.count("") - said)
    return _Fit(first, last, said, besides, gap, clauses, inverted, changed)


def _sided(entry: Entry, sentence: _Sentence, first: int, last: int) -> Iterator[tuple[str, str]]:
    """The code of the side that is said near, then the unsided one."""
    near = [side for side in SIDED if sentence.says(side, first - BESIDE - 1, last + BESIDE + 1)]
    side = "bilateral" if len(near) > 1 else near[0] if near else ""
    said = "unsided"
    both = side == "bilateral" and side not in entry.sides  # no code for both: one for each
    for one in ("right", "left") if both else (side,):
        if one in entry.sides:
            yield entry.sides[one], "said"
            said = "ignored"
    yield entry.code, said
