"""The compiled table of terms, read a line at a time as notes ask for it."""

from __future__ import annotations

import gc
from collections import defaultdict
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


class Partners(dict[str, dict[str, str]]):
    """Words to those that find terms together with them, each with its line of the table; made when a word is first asked for."""

    def __init__(self, lines: dict[str, list[str]]) -> None:
        """The lines of the table by each of their two words."""
        self.lines = lines

    def __missing__(self, word: str) -> dict[str, str]:
        """Cut the lines of a word; one without lines is not remembered."""
        lines = self.lines.get(word)
        if lines is None:
            return {}
        found = self[word] = {}
        for line in lines:
            first, _, second = line[: line.index("\t")].partition(" ")
            found[second if first == word else first] = line
        return found


class Terms:
    """Terms by the one word or the two words that find them."""

    def __init__(self, text: str) -> None:
        """The table's text; lines are only sorted out here, and read when first asked for."""
        self.single: dict[str, str | tuple[Entry, ...]] = {}
        self.read: dict[str, tuple[Entry, ...]] = {}  # lines of two words, to their terms
        lines: defaultdict[str, list[str]] = defaultdict(list)
        for line in text.split("\n"):
            tab = line.find("\t")
            if tab < 0 or line[0] == "#":
                continue
            first, _, second = line[:tab].partition(" ")
            if second:
                lines[first].append(line)
                lines[second].append(line)
            else:
                self.single[first] = line[tab + 1 :]
        self.paired = Partners(dict(lines))
        known = self.single.keys() | lines.keys() | phrases().keys()
        self.spelling = Spelling(roots() | {word: word for word in known})

    def of_one(self, word: str) -> tuple[Entry, ...]:
        """The terms of one word."""
        found = self.single.get(word, ())
        if isinstance(found, str):
            found = self.single[word] = tuple(_entry(packed, {word}) for packed in found.split(";"))
        return found

    def of_two(self, one: str, two: str) -> tuple[Entry, ...]:
        """The terms that two words find."""
        line = self.paired[one][two]
        found = self.read.get(line)
        if found is None:
            packed = line[line.index("\t") + 1 :]
            found = self.read[line] = tuple(_entry(one_term, {one, two}) for one_term in packed.split(";"))
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
