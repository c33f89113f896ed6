"""Find the official terms whose essential words all stand near each other in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from claimwright.coding.dictionary.choosing import score
from claimwright.coding.dictionary.editions import valid
from claimwright.coding.dictionary.synonyms import Place, Word, meanings, words_of
from claimwright.coding.dictionary.terms import Entry, terms
from claimwright.coding.note import Note

REACH = 9  # words between the two that find a term
BESIDE = 3  # words around a term in which those that may be said besides are looked for
SIDED = ("right", "left", "bilateral")
BREAK = re.compile(r"[.!?](?=\s|$)|[;\n]")
BORDER = re.compile(r"[,:()]")
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


class Candidate(msgspec.Struct):
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
    """A sentence, its words and what they may mean."""

    def __init__(self, text: str, words: Sequence[Word], places: list[Place], document: int) -> None:
        self.text, self.words, self.places, self.document = text, words, places, document
        self.where: dict[str, list[Place]] = {}
        for place in places:
            self.where.setdefault(place[0], []).append(place)
        self._borders: list[int] = []

    def borders(self, first: int, last: int) -> int:
        """Commas, brackets and joining words between two words."""
        if not self._borders:
            count = 0
            end = self.words[0].start
            for word in self.words:
                count += word.text.lower() in JOINING or BORDER.search(self.text, end, word.start) is not None
                end = word.end
                self._borders.append(count)
        return self._borders[last] - self._borders[first]

    def says(self, word: str, first: int, last: int) -> bool:
        """Whether a root is said between two words."""
        held = self.where.get(word)
        return held is not None and any(first <= place[1] <= last for place in held)


def find(text: str, on: date | None = None) -> list[Candidate]:
    """Candidates of one document, in order of place."""
    ends = [one.end() for one in BREAK.finditer(text)]
    bounds = pairwise((0, *ends, len(text)))
    return _found([(text, words_of(text, start, end), 0) for start, end in bounds if end > start], on)


def find_in(note: Note, on: date | None = None) -> list[Candidate]:
    """Candidates of an encounter, sentence by sentence as the reader cut them."""
    read = ((note.documents[one.document].text, one) for one in note.sentences)
    return _found([(text, words_of(text, one.start, one.end), one.document) for text, one in read], on)


def _found(sentences: list[tuple[str, list[Word], int]], on: date | None) -> list[Candidate]:
    held: list[frozenset[str]] = []

    def note() -> frozenset[str]:
        if not held:
            held.append(frozenset(word.root for _, words, _ in sentences for word in words))
        return held[0]

    found: list[Candidate] = []
    for text, words, document in sentences:
        if words:
            found += _candidates(_Sentence(text, words, meanings(words, note), document), on)
    return found


def _candidates(sentence: _Sentence, on: date | None) -> Iterable[Candidate]:
    best: dict[tuple[str, int, int], Candidate] = {}
    for entry, held in _matches(sentence):
        first = min(place[1] for place in held)
        last = max(place[2] for place in held)
        for named, side in _sided(entry, sentence, first, last):
            code = valid(named, on)
            if not code:
                continue
            candidate = _candidate(sentence, entry, code, side, held, first, last)
            key = (code, first, last)
            other = best.get(key)
            if other is None or candidate.score > other.score:
                best[key] = candidate
    return best.values()


def _matches(sentence: _Sentence) -> Iterator[tuple[Entry, list[Place]]]:
    """Terms and the places of their words."""
    known = terms()
    single, paired = known.single, known.paired
    places = sentence.places
    for number, one in enumerate(places, 1):
        word, _, end, how = one
        if how < 2 and word in single:
            for entry in known.of_one(word):
                yield entry, [one]
        partners = paired.get(word)
        if partners is None:
            continue
        for two in places[number:]:
            if two[1] - end > REACH:
                break
            if two[0] in partners:
                for entry in known.of_two(word, two[0]):
                    held = _complete(entry, one, two, sentence.where) if entry.rest else [one, two]
                    if held and any(place[3] < 2 for place in held):
                        yield entry, held


def _complete(entry: Entry, one: Place, two: Place, where: dict[str, list[Place]]) -> list[Place]:
    """The places of all words of a term of which two are found, nearest first; none if one is missing or far."""
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
    return held


def _sided(entry: Entry, sentence: _Sentence, first: int, last: int) -> Iterator[tuple[str, str]]:
    """The code of the side that is said near, then the unsided one."""
    if not entry.sides:
        yield entry.code, ""
        return
    near = [side for side in SIDED if sentence.says(side, first - BESIDE - 1, last + BESIDE + 1)]
    side = "bilateral" if len(near) > 1 else near[0] if near else ""
    said = "unsided"
    both = side == "bilateral" and side not in entry.sides  # no code for both: one for each
    for one in ("right", "left") if both else (side,):
        if one in entry.sides:
            yield entry.sides[one], "said"
            said = "ignored"
    yield entry.code, said


def _candidate(sentence: _Sentence, entry: Entry, code: str, side: str, held: list[Place], first: int, last: int) -> Candidate:
    besides = gap = clauses = inverted = 0
    changed = sum(place[3] > 0 for place in held)
    said = 1
    if entry.optional:
        besides = sum(sentence.says(word, first - BESIDE, last + BESIDE) for word in entry.optional)
    if last > first:
        covered = {index for place in held for index in range(place[1], place[2] + 1)}
        said = len(covered)
        gap = last - first + 1 - said
        clauses = sentence.borders(first, last)
        order = {place[0]: place[1] for place in held}
        inverted = sum(order[after] < order[before] for before, after in pairwise(entry.words))
    return Candidate(
        code=code,
        start=sentence.words[first].start,
        end=sentence.words[last].end,
        term=" ".join(entry.words),
        source=entry.source,
        words=len(entry.words),
        said=said,
        optional=besides,
        unsaid=len(entry.optional) - besides,
        gap=gap,
        clauses=clauses,
        inverted=inverted,
        changed=changed,
        side=side,
        score=score(entry.prior, said, besides, gap, clauses, changed, side),
        document=sentence.document,
    )
