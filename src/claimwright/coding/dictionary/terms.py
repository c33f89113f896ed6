"""The compiled table of terms, read a line at a time as notes ask for it."""

from __future__ import annotations

import gc
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from claimwright.coding.dictionary.choosing import prior
from claimwright.coding.dictionary.spelling import Spelling
from claimwright.coding.dictionary.stems import roots
from claimwright.coding.dictionary.synonyms import phrases

SIDES = {"r": "right", "l": "left", "b": "bilateral"}


class Entry(NamedTuple):
    """A term under the words that find it."""

    code: str
    sides: dict[str, str]  # side, to its code
    source: str  # letters: see the table's head
    words: tuple[str, ...]  # essential, in the term's order
    rest: frozenset[str]  # those that did not find it
    optional: tuple[str, ...]
    prior: float  # what the term is worth before it is said


class Terms:
    """Terms by the one word or the two words that find them."""

    def __init__(self, text: str) -> None:
        """The table's text; lines are only cut here, and read when first asked for."""
        self.single: dict[str, str | tuple[Entry, ...]] = {}
        self.paired: dict[str, dict[str, str | tuple[Entry, ...]]] = {}
        paired = self.paired
        for line in text.split("\n"):
            anchor, tab, packed = line.partition("\t")
            if not tab or line[0] == "#":
                continue
            first, _, second = anchor.partition(" ")
            if not second:
                self.single[first] = packed
                continue
            held = paired.get(first)
            if held is None:
                paired[first] = {second: packed}
            else:
                held[second] = packed
            held = paired.get(second)
            if held is None:
                paired[second] = {first: packed}
            else:
                held[first] = packed
        known = self.single.keys() | self.paired.keys() | phrases().keys()
        self.spelling = Spelling(roots() | {word: word for word in known})

    def of_one(self, word: str) -> tuple[Entry, ...]:
        """The terms of one word."""
        found = self.single.get(word, ())
        if isinstance(found, str):
            found = self.single[word] = tuple(_entry(packed, {word}) for packed in found.split(";"))
        return found

    def of_two(self, one: str, two: str) -> tuple[Entry, ...]:
        """The terms that two words find."""
        found = self.paired[one][two]
        if isinstance(found, str):
            found = tuple(_entry(packed, {one, two}) for packed in found.split(";"))
            self.paired[one][two] = self.paired[two][one] = found
        return found


def _entry(packed: str, known: set[str]) -> Entry:
    said, _, besides = packed.partition(" (")
    code, source, *words = said.split(" ")
    code, _, sides = code.partition("/")
    sided = {SIDES[sides[place]]: code[:-1] + sides[place + 1] for place in range(0, len(sides), 2)}
    rest = frozenset(words) - known
    optional = tuple(besides[:-1].split(" ")) if besides else ()
    return Entry(code, sided, source, tuple(words), rest, optional, prior(code, source, tuple(words)))


@lru_cache(maxsize=1)
def terms() -> Terms:
    """The package's table, once a process."""
    text = resources.files(__package__).joinpath("data", "terms.txt").read_text(encoding="utf-8")
    collecting = gc.isenabled()
    gc.disable()  # all of it stays: collecting meanwhile finds nothing
    try:
        return Terms(text)
    finally:
        if collecting:
            gc.enable()
