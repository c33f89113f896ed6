"""Services that charts tell in a free order of words: "impacted wax, right ear - removed with a curette"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from claimwright.coding.acts import unread
from claimwright.coding.case import Case
from claimwright.coding.lexicon import Entry, Hit
from claimwright.coding.note import Sentence
from claimwright.coding.tables import patterns
from claimwright.coding.words import normal

UNREAD = frozenset(("pmh", "psh", "fh", "sh", "ros", "meds", "allergies"))
LONG = 9  # as many words as the longest phrase, so that no shorter phrase of another service counts beside it


class Wording(NamedTuple):
    """A row of the table."""

    entry: Entry
    pattern: re.Pattern[str]
    also: frozenset[str]  # words of which the note has one, beside that by which the row is held
    in_line: bool  # nothing that it finds holds a line break


# parts of a pattern that stop at a line break, and those that may not
STOPPING = re.compile(r"\[\^[^\]]*\\n[^\]]*\]")
CROSSING = re.compile(r"\\[sWDZn]|\[\^|\$")


@lru_cache(maxsize=1)
def _wordings() -> dict[str, tuple[int, list[Wording]]]:
    """The wordings by the words of which a note must have one, each word with its number."""
    held: dict[str, tuple[int, list[Wording]]] = {}
    for code, words, pattern in patterns("wordings", 2):
        told = code.startswith("!")
        words, _, also = words.partition("&")
        entry = Entry("service", code.lstrip("!"), LONG, own=not told)
        compiled = re.compile(rf"\b(?:{pattern})(?!\w)", re.I)
        in_line = not CROSSING.search(STOPPING.sub("", pattern))
        row = Wording(entry, compiled, frozenset(map(normal, also.split())), in_line)
        for word in words.split():
            held.setdefault(normal(word), (len(held), []))[1].append(row)
    return held


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(_wordings())


def add(case: Case) -> None:
    """Put what the wordings find among the services that the note names; the place is that of the word it ends with."""
    table, words = _wordings(), case.reading.note.said
    seen = set()
    for _, rows in sorted(map(table.__getitem__, words & _beginnings())):
        for row in rows:
            if id(row) in seen:
                continue
            seen.add(id(row))
            if (row.also and row.also.isdisjoint(words)) or not case.spots.somewhere(row.pattern):
                continue
            for document, start, stop in _lines(case, row.pattern) if row.in_line else _documents(case):
                for found in row.pattern.finditer(case.reading.note.documents[document].text, start, stop):
                    _put(case, row.entry, document, found.end() - 1)


def _documents(case: Case) -> Iterator[tuple[int, int, int]]:
    return ((number, 0, len(one.text)) for number, one in enumerate(case.reading.note.documents))


def _lines(case: Case, pattern: re.Pattern[str]) -> Iterator[tuple[int, int, int]]:
    """The lines of the sentences that have what a pattern needs, and of what stands right before these."""
    note = case.reading.note
    numbers = case.spots.of(pattern)
    if numbers is None:
        yield from _documents(case)
        return
    last, read = -1, 0  # how far which document was read
    for number in numbers:
        one, before = note.sentences[number], note.sentences[number - 1]
        text = note.documents[one.document].text
        read = read if one.document == last else 0
        start = text.rfind("\n", 0, before.end) + 1 if number and before.document == one.document else 0
        stop = text.find("\n", one.end)
        stop = stop if stop >= 0 else len(text)
        if stop > read:
            yield one.document, max(start, read), stop
        last, read = one.document, max(read, stop)


def _put(case: Case, entry: Entry, document: int, end: int) -> None:
    sentences = case.reading.note.sentences
    at = bisect_right(sentences, (document, end), key=_begins) - 1
    sentence = sentences[max(0, at)]
    if at < 0 or sentence.document != document or not sentence.start <= end < sentence.end:
        return
    if sentence.section in UNREAD and unread(case, sentence):
        return
    last = next((index for index, (start, stop) in reversed([*enumerate(sentence.places)]) if start <= end), None)
    held = case.keys("service").setdefault(entry.key, [])
    if last is None or any(number == at and (entry.own or not hit.entry.own) for number, hit in held):
        return
    hit = Hit(entry, last, last)
    held.insert(0, (at, hit))
    case.hits("service").append((at, hit))
    case.reading.hits["service"].setdefault(at, []).append(hit)


def _begins(sentence: Sentence) -> tuple[int, int]:
    return sentence.document, sentence.start
