"""Whether a note is written in Spanish, which the reader does not read: it then says so rather than code what looks alike."""

from __future__ import annotations

from itertools import chain

from claimwright.coding.note import Note
from claimwright.coding.tables import word_list

SPANISH, ENGLISH = frozenset(word_list("spanish")), frozenset(word_list("english"))
SENTENCES = 40  # enough to tell
LEAST = 4  # words
SHARE = 0.15


def spanish(note: Note) -> bool:
    """Whether a note is in Spanish; worked out once."""
    if note.spanish is None:
        note.spanish = _spanish(note)
    return note.spanish


def _spanish(note: Note) -> bool:
    """Enough of the small words of Spanish, and more of them than of the English ones."""
    if SPANISH.isdisjoint(note.said):
        return False
    words = list(chain.from_iterable(sentence.words for sentence in note.sentences[:SENTENCES]))
    told = len(list(filter(SPANISH.__contains__, words)))
    return told >= max(LEAST, SHARE * len(words)) and told > len(list(filter(ENGLISH.__contains__, words)))
