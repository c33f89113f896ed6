"""Find the official terms whose essential words all stand near each other in one sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from functools import cache, partial
from itertools import pairwise

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

    def __init__(self, text: str, document: int, words: list[str], begins: Sequence[int], ends: Sequence[int]) -> None:
        """The words of a text from one place to another, and the characters at which each begins and ends."""
        self.text, self.document = text, document
        self.words, self.begins, self.ends = words, begins, ends
        self.roots = roots_of(words)
        self.places: list[Place] = []
        self.where: dict[str, list[Place]] = {}

    def understand(self, note: Callable[[], Collection[str]]) -> None:
        """Work out what the words mean."""
        self.places = meanings(self.words, self.roots, note, terms().spelling)
        where = self.where
        for place in self.places:
            if place[0] in where:
                where[place[0]].append(place)
            else:
                where[place[0]] = [place]

    def borders(self, first: int, last: int) -> int:
        """Commas, brackets and joining words between two words."""
        count, text, words = 0, self.text, self.words
        end = self.ends[first]
        for place in range(first + 1, last + 1):
            between = text[end : self.begins[place]]
            end = self.ends[place]
            count += words[place] in JOINING or (between != " " and not BORDERS.isdisjoint(between))
        return count

    def says(self, word: str, first: int, last: int) -> bool:
        """Whether a root is said between two words."""
        return any(first <= place[1] <= last for place in self.where.get(word, ()))


def find(text: str, on: date | None = None) -> list[Candidate]:
    """Candidates of one document, in order of place."""
    tokens = [token.span() for token in TOKEN.finditer(text)]  # no word crosses the end of a sentence
    if not tokens:
        return []
    begins, ends = zip(*tokens, strict=True)
    cuts = [0, *(bisect_left(begins, one.end()) for one in BREAK.finditer(text)), len(tokens)]
    (found,) = _found([_sentences(text, TOKEN.findall(text), begins, ends, cuts)], on)
    return found


def find_each(texts: Sequence[str], on: date | None = None) -> list[list[Candidate]]:
    """The same for many documents, each on its own: a step of all of them before the next is quicker."""
    from claimwright.coding.dictionary.cut import cut  # numpy takes a while to load

    return _found([_sentences(text, *places) for text, places in zip(texts, cut(texts), strict=True)], on)


def find_in(note: Note, on: date | None = None) -> list[Candidate]:
    """Candidates of an encounter, sentence by sentence as the reader cut them."""
    sentences = []
    for one in note.sentences:
        text = note.documents[one.document].text
        tokens = [token.span() for token in TOKEN.finditer(text, one.start, one.end)]
        begins, ends = [begin for begin, _ in tokens], [end for _, end in tokens]
        words = TOKEN.findall(text, one.start, one.end)
        sentences += _sentences(text, words, begins, ends, (0, len(tokens)), one.document)
    (found,) = _found([sentences], on)
    return found


def _sentences(
    text: str, words: list[str], begins: Sequence[int], ends: Sequence[int], cuts: Sequence[int], document: int = 0
) -> list[_Sentence]:
    """Those that have words: all words with their places, and before which of them a sentence begins."""
    return [
        _Sentence(text, document, words[first:last], begins[first:last], ends[first:last])
        for first, last in pairwise(cuts)
        if first < last
    ]


def _found(texts: Sequence[list[_Sentence]], on: date | None) -> list[list[Candidate]]:
    """The candidates of each text, of which each step is done for all before the next: what it asks stays at hand."""
    for sentences in texts:
        said = cache(partial(_said, sentences))
        for sentence in sentences:
            sentence.understand(said)
    matched = [[(sentence, held) for sentence in sentences if (held := list(_matches(sentence)))] for sentences in texts]
    return [[one for sentence, held in matches for one in _candidates(sentence, held, on)] for matches in matched]


def _said(sentences: Sequence[_Sentence]) -> frozenset[str]:
    return frozenset(word for sentence in sentences for word in sentence.roots)


def _candidates(sentence: _Sentence, matches: Sequence[tuple[Entry, list[Place]]], on: date | None) -> Iterator[Candidate]:
    best: dict[tuple[str, int, int], tuple[float, Entry, _Fit, str]] = {}
    for entry, held in matches:
        fit = _fit(sentence, entry, held)
        first, last, said, optional, gap, clauses, _, changed = fit
        for named, side in _sided(entry, sentence, first, last) if entry.sides else ((entry.code, ""),):
            code = valid(named, on)
            points = score(entry.prior, said, optional, gap, clauses, changed, side)
            key = (code, first, last)
            if code and (key not in best or points > best[key][0]):
                best[key] = (points, entry, fit, side)
    for (code, first, last), (points, entry, fit, side) in best.items():
        _, _, said, optional, gap, clauses, inverted, changed = fit
        place, words = (sentence.begins[first], sentence.ends[last]), len(entry.words)
        counts = (words, said, optional, len(entry.optional) - optional, gap, clauses, inverted, changed)
        yield Candidate(code, *place, entry.term, entry.source, *counts, side, points, sentence.document)


def _matches(sentence: _Sentence) -> Iterator[tuple[Entry, list[Place]]]:
    """Terms and the places of their words."""
    known = terms()
    single, paired = known.single, known.paired
    where = sentence.where
    for one in sentence.places:
        if one[0] in single and one[3] < 2:
            for entry in known.of_one(single[one[0]]):
                yield entry, [one]
    places = [(place, partners) for place in sentence.places if (partners := paired[place[0]])]
    roots, begins = [place[0] for place, _ in places], [place[1] for place, _ in places]
    words = {"", *where}
    for number, (one, partners) in enumerate(places, 1):
        stop = bisect_right(begins, one[2] + REACH, number)
        if partners.keys().isdisjoint(roots[number:stop]):
            continue
        for two, _ in places[number:stop]:
            line = partners.get(two[0])
            if line is None:
                continue
            for _, entry in known.of_two(line).of(words):
                if not entry.rest:
                    if one[3] < 2 or two[3] < 2:
                        yield entry, [one, two]
                elif held := _complete(entry, one, two, where):
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


# how a term's words stand in a sentence: first, last, said, optional, gap, clauses, inverted, changed; as in `Candidate`
_Fit = tuple[int, int, int, int, int, int, int, int]


def _fit(sentence: _Sentence, entry: Entry, held: list[Place]) -> _Fit:
    _, first, last, how = held[0]
    changed, inverted, said = int(how > 0), 0, last - first + 1
    if len(held) == 1 and first == last and not entry.optional:
        return first, last, 1, 0, 0, 0, 0, changed
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
    return first, last, said, besides, gap, clauses, inverted, changed


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
