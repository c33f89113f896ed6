"""Mention mode's auto lane: what the text denies, doubts or tells of others needs a second look, however sure the ranker is.

ICD-10-CM OCG IV.H, IV.J, I.C.21.c.4: the same standing of words as the reader of visits gives them.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from claimwright.coding.assertion import standing
from claimwright.coding.marks import crossed_out
from claimwright.coding.mentions import Reading, find
from claimwright.coding.model import Document, Evidence, Suggestion
from claimwright.coding.note import read

STANDING = ("affirmed", "historical", "resolved")  # of this patient, be it over


def looked_over(text: str, suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """The suggestions, none in the auto lane of which no words stand in `text` as this patient's own."""
    held = tuple(suggestions)
    if not any(one.auto for one in held):
        return held
    reading = find(read([Document(kind="progress", text=text)]))
    return tuple(
        one if not one.auto or any(_own(reading, words) for words in one.evidence) else msgspec.structs.replace(one, auto=False)
        for one in held
    )


def _own(reading: Reading, words: Evidence) -> bool:
    """Whether the words stand undenied, undoubted and of no other person."""
    for number, sentence in enumerate(reading.note.sentences):
        if sentence.start <= words.start < sentence.end:
            inside = [at for at, (start, end) in enumerate(sentence.places) if start < words.end and words.start < end]
            if not inside or crossed_out(sentence.source, words.start, words.end):
                return not inside
            return standing(inside[0], inside[-1], reading.scopes[number], sentence.section) in STANDING
    return True
