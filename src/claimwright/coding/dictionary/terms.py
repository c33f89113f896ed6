"""The compiled table of terms, read a line at a time as notes ask for it."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import NamedTuple

SIDES = {"r": "right", "l": "left", "b": "bilateral"}


class Entry(NamedTuple):
    """A term under the words that find it."""

    code: str
    sides: dict[str, str]  # side, to its code
    source: str  # letters: see the table's head
    words: tuple[str, ...]  # essential, in the term's order
    rest: tuple[str, ...]  # those that did not find it
    optional: tuple[str, ...]


class Terms:
    """Anchors, each one word or two in order, to their terms."""

    def __init__(self, text: str) -> None:
        """The table's text; lines are only cut here, and read when first asked for."""
        self.packed = dict(line.split("\t", 1) for line in text.split("\n") if "\t" in line and line[0] != "#")
        self.read: dict[str, tuple[Entry, ...]] = {}
        self.anchors = {word for anchor in self.packed for word in anchor.split(" ")}

    def under(self, anchor: str) -> tuple[Entry, ...]:
        """The terms of an anchor."""
        found = self.read.get(anchor)
        if found is None:
            held = self.packed.get(anchor)
            found = tuple(_entry(packed, anchor) for packed in held.split(";")) if held else ()
            self.read[anchor] = found
        return found


def _entry(packed: str, anchor: str) -> Entry:
    said, _, besides = packed.partition(" (")
    code, source, *words = said.split(" ")
    known = anchor.split(" ")
    rest = tuple(word for word in words if word not in known)
    code, _, sides = code.partition("/")
    sided = {SIDES[sides[place]]: code[:-1] + sides[place + 1] for place in range(0, len(sides), 2)}
    return Entry(code, sided, source, tuple(words), rest, tuple(besides[:-1].split(" ")) if besides else ())


@lru_cache(maxsize=1)
def terms() -> Terms:
    """The package's table, once a process."""
    text = resources.files(__package__).joinpath("data", "terms.txt").read_text(encoding="utf-8")
    return Terms(text)
