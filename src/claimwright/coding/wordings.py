"""Services that charts tell in a free order of words: "impacted wax, right ear - removed with a curette"."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

from claimwright.coding.acts import unread
from claimwright.coding.case import Case
from claimwright.coding.lexicon import Entry, Hit
from claimwright.coding.note import Sentence
from claimwright.coding.tables import patterns
from claimwright.coding.words import normal

UNREAD = frozenset(("pmh", "psh", "fh", "sh", "ros", "meds", "allergies"))
LONG = 9  # as many words as the longest phrase, so that no shorter phrase of another service counts beside it


Wording = tuple[Entry, re.Pattern[str], frozenset[str]]


@lru_cache(maxsize=1)
def _wordings() -> dict[str, list[Wording]]:
    """The wordings by the words of which a note must have one, with those of which it must have another."""
    held: dict[str, list[Wording]] = {}
    for code, words, pattern in patterns("wordings", 2):
        told = code.startswith("!")
        words, _, also = words.partition("&")
        entry = Entry("service", code.lstrip("!"), LONG, own=not told)
        row = entry, re.compile(rf"\b(?:{pattern})(?!\w)", re.I), frozenset(map(normal, also.split()))
        for word in words.split():
            held.setdefault(normal(word), []).append(row)
    return held


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(_wordings())


def add(case: Case) -> None:
    """Put what the wordings find among the services that the note names; the place is that of the word it ends with."""
    note, table = case.reading.note, _wordings()
    said = _beginnings().intersection(note.words)
    rows = {id(row): row for word in table if word in said for row in table[word]} if said else {}
    for entry, pattern, also in rows.values():
        if (also and also.isdisjoint(note.words)) or not case.spots.somewhere(pattern):
            continue
        for number, document in enumerate(note.documents):
            for found in pattern.finditer(document.text):
                _put(case, entry, number, found.end() - 1)


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
