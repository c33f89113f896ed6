"""Whether a note is written in Spanish, which the reader does not read: it then says so rather than code what looks alike."""

from __future__ import annotations

from claimwright.coding.note import Note
from claimwright.coding.tables import word_list

SPANISH, ENGLISH = frozenset(word_list("spanish")), frozenset(word_list("english"))
SENTENCES = 40  # enough to tell
LEAST = 4  # words
SHARE = 0.15


def spanish(note: Note) -> bool:
    """Enough of the small words of Spanish, and more of them than of the English ones."""
    words = [word for sentence in note.sentences[:SENTENCES] for word in sentence.words]
    told = sum(word in SPANISH for word in words)
    return told >= max(LEAST, SHARE * len(words)) and told > sum(word in ENGLISH for word in words)
