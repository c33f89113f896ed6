"""Find the official terms whose essential words all stand near each other in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from claimwright.coding.dictionary.choosing import score
from claimwright.coding.dictionary.editions import valid
from claimwright.coding.dictionary.stems import TOKEN
from claimwright.coding.dictionary.synonyms import Place, content, meanings
from claimwright.coding.dictionary.terms import Entry, terms
from claimwright.coding.note import Note

REACH = 9  # words between the two that find a term
BREAK = re.compile(r"[.!?](?=\s|$)|[;\n]")
CLAUSE = re.compile(r"[,:()]|\b(?:and|but|with|or|that|which|who)\b", re.I)

SIDED = ("right", "left", "bilateral")
SOURCES = {
    "t": "tabular title",
    "h": "tabular heading",
    "o": "other specified",
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


def find(text: str, on: date | None = None) -> list[Candidate]:
    """Candidates of one document, in order of place, best first at each place."""
    found: list[Candidate] = []
    whole = frozenset(content(text))
    start = 0
    for stop in [*(one.end() for one in BREAK.finditer(text)), len(text)]:
        if stop > start:
            spans = [token.span() for token in TOKEN.finditer(text, start, stop)]
            found += _sentence(text, spans, on, 0, whole)
        start = stop
    return found


def find_in(note: Note, on: date | None = None) -> list[Candidate]:
    """Candidates of an encounter, sentence by sentence as the reader cut them."""
    found: list[Candidate] = []
    whole = frozenset(word for document in note.documents for word in content(document.text))
    for sentence in note.sentences:
        text = note.documents[sentence.document].text
        spans = [token.span() for token in TOKEN.finditer(text, sentence.start, sentence.end)]
        found += _sentence(text, spans, on, sentence.document, whole)
    return found


def _sentence(
    text: str, spans: Sequence[tuple[int, int]], on: date | None, document: int, whole: frozenset[str]
) -> list[Candidate]:
    known = terms()
    said = meanings(text, spans, whole)
    where: dict[str, list[Place]] = {}
    for place in said:
        where.setdefault(place[0], []).append(place)
    places = [place for place in said if place[0] in known.anchors]
    best: dict[tuple[str, int, int], Candidate] = {}
    for entry, held in _matches(places, where):
        for code, side in _sided(entry, held, where):
            held_code = valid(code, on)
            if not held_code:
                continue
            candidate = _candidate(text, spans, entry, held_code, held, where, document)
            candidate.side = side
            candidate.score = score(candidate)
            key = (held_code, candidate.start, candidate.end)
            other = best.get(key)
            if other is None or candidate.score > other.score:
                best[key] = candidate
    return list(best.values())


def _sided(entry: Entry, held: list[Place], where: dict[str, list[Place]]) -> Iterator[tuple[str, str]]:
    """The code of the side that is said near, then the unsided one."""
    said = "unsided"
    if entry.sides:
        first, last = min(place[1] for place in held), max(place[2] for place in held)
        near = {side for side in SIDED if any(first - 4 <= place[1] <= last + 4 for place in where.get(side, ()))}
        side = "bilateral" if len(near) > 1 else next(iter(near), "")
        both = side == "bilateral" and side not in entry.sides  # no code for both: one for each
        for one in ("right", "left") if both else (side,):
            if one in entry.sides:
                yield entry.sides[one], "said"
                said = "ignored"
    yield entry.code, said if entry.sides else ""


def _matches(places: list[Place], where: dict[str, list[Place]]) -> Iterator[tuple[Entry, list[Place]]]:
    """Terms and the places of their words."""
    known = terms()
    packed = known.packed
    count = len(places)
    for number, one in enumerate(places):
        if one[0] in packed and one[3] < 2:
            for entry in known.under(one[0]):
                yield entry, [one]
        for later in range(number + 1, count):
            two = places[later]
            if two[1] - one[2] > REACH:
                break
            anchor = f"{one[0]} {two[0]}" if one[0] < two[0] else f"{two[0]} {one[0]}"
            if anchor not in packed:
                continue
            for entry in known.under(anchor):
                held = [one, two]
                for word in entry.rest:
                    others = where.get(word)
                    if others is None:
                        break
                    nearest = min(others, key=lambda place: abs(place[1] - one[1]) + abs(place[1] - two[1]))
                    if min(abs(nearest[1] - one[2]), abs(nearest[1] - two[2])) > REACH:
                        break
                    held.append(nearest)
                else:
                    if any(place[3] < 2 for place in held):
                        yield entry, held


def _candidate(
    text: str,
    spans: Sequence[tuple[int, int]],
    entry: Entry,
    code: str,
    held: list[Place],
    where: dict[str, list[Place]],
    document: int,
) -> Candidate:
    first = min(place[1] for place in held)
    last = max(place[2] for place in held)
    besides = sum(1 for word in entry.optional if any(first - 3 <= place[1] <= last + 3 for place in where.get(word, ())))
    order = {place[0]: place[1] for place in held}
    ordered = [order[word] for word in entry.words]
    covered = {index for place in held for index in range(place[1], place[2] + 1)}
    between = text[spans[first][0] : spans[last][1]]
    return Candidate(
        code=code,
        start=spans[first][0],
        end=spans[last][1],
        term=" ".join(entry.words),
        source=entry.source,
        words=len(entry.words),
        said=len(covered),
        optional=besides,
        unsaid=len(entry.optional) - besides,
        gap=last - first + 1 - len(covered),
        clauses=len(CLAUSE.findall(between)) if last > first else 0,
        inverted=sum(1 for before, after in pairwise(ordered) if after < before),
        changed=sum(place[3] > 0 for place in held),
        document=document,
    )
