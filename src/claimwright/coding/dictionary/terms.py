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
    rest: tuple[str, ...]  # those that did not find it, the longest first: a text seldom has it
    optional: tuple[str, ...]
    prior: float  # what the term is worth before it is said


class Partners(dict[str, dict[str, int]]):
    """Words to those that find terms together with them, each with the place of its line; made when a word is first asked for."""

    def __init__(self, text: bytes, places: dict[str, str]) -> None:
        """The table's text, and the places of its lines by each of their two words."""
        self.text, self.places = text, places

    def __missing__(self, word: str) -> dict[str, int]:
        """Look at the lines of a word; one without lines is not remembered."""
        places = self.places.get(word)
        if places is None:
            return {}
        found = self[word] = {}
        for place in map(int, places.split(" ")):
            first, _, second = self.text[place : self.text.index(b"\t", place)].decode().partition(" ")
            found[second if first == word else first] = place
        return found


class Terms:
    """Terms by the one word or the two words that find them."""

    def __init__(self, text: bytes, places: str) -> None:
        """The table's text and the places of its lines (`places_of`); lines are read when first asked for."""
        self.text = text
        self.read: dict[int, tuple[Entry, ...]] = {}  # places of lines, to their terms
        rows = [row.split("\t") for row in places.splitlines()]
        self.single = {word: int(alone) for word, alone, _ in rows if alone}
        paired = {word: others for word, _, others in rows if others}
        self.paired = Partners(text, paired)
        known = (*self.single, *paired, *phrases())
        self.spelling = Spelling(roots() | dict(zip(known, known, strict=True)))

    def of_one(self, word: str) -> tuple[Entry, ...]:
        """The terms of one word."""
        return self._terms(self.single[word], {word}) if word in self.single else ()

    def of_two(self, one: str, two: str) -> tuple[Entry, ...]:
        """The terms that two words find."""
        return self._terms(self.paired[one][two], {one, two})

    def _terms(self, place: int, words: set[str]) -> tuple[Entry, ...]:
        found = self.read.get(place)
        if found is None:
            packed = self.text[self.text.index(b"\t", place) + 1 : self.text.index(b"\n", place)].decode()
            found = self.read[place] = tuple(_entry(term, words) for term in packed.split(";"))
        return found


def places_of(text: bytes) -> str:
    """Rows of a word, the place of the line that it finds alone, and those of the lines that it finds with another."""
    single: dict[str, int] = {}
    paired: defaultdict[str, list[int]] = defaultdict(list)
    place = 0
    for line in text.splitlines(keepends=True):
        if not line.startswith(b"#"):
            words = line[: line.index(b"\t")].decode().split(" ")
            if len(words) == 1:
                single[words[0]] = place
            else:
                for word in words:
                    paired[word].append(place)
        place += len(line)
    return "".join(
        f"{word}\t{single.get(word, '')}\t{' '.join(map(str, paired.get(word, ())))}\n"
        for word in sorted(single.keys() | paired.keys())
    )


def _entry(packed: str, known: set[str]) -> Entry:
    said, _, besides = packed.partition(" (")
    code, source, *words = said.split(" ")
    code, _, sides = code.partition("/")
    sided = {SIDES[sides[place]]: code[:-1] + sides[place + 1] for place in range(0, len(sides), 2)}
    rest = tuple(sorted(set(words) - known, key=lambda word: (-len(word), word)))
    optional = tuple(besides[:-1].split(" ")) if besides else ()
    return Entry(code, sided, source, tuple(words), rest, optional, prior(code, source, tuple(words)))


@lru_cache(maxsize=1)
def terms() -> Terms:
    """The package's table, once a process."""
    data = resources.files(__package__).joinpath("data")
    text, places = data.joinpath("terms.txt").read_bytes(), data.joinpath("places.txt").read_text(encoding="utf-8")
    collecting = gc.isenabled()
    gc.disable()  # all of it stays: collecting meanwhile finds nothing
    try:
        return Terms(text, places)
    finally:
        if collecting:
            gc.enable()
