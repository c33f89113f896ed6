"""The compiled table of terms, read a line at a time as notes ask for it."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator
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
    term: str  # the essential words with a space between


class Pair(NamedTuple):
    """The terms that two words find, numbered, by the first word that they need besides; by none where they need no other."""

    needed: frozenset[str]
    terms: dict[str, list[tuple[int, Entry]]]

    def of(self, words: set[str]) -> list[tuple[int, Entry]]:
        """In order, those whose first word besides is among the words of a sentence, which have none ("") too."""
        held = words & self.needed
        if len(held) < 2:
            return self.terms[held.pop()] if held else []
        return sorted(one for word in held for one in self.terms[word])


class Partners(dict[str, dict[str, int]]):
    """Words to those that find terms together with them, each with the place of its line; made when a word is first asked for."""

    def __init__(self, text: bytes, places: dict[str, str]) -> None:
        """The table's text, and the places of its lines by each of their two words."""
        self.text, self.places = text, places

    def __missing__(self, word: str) -> dict[str, int]:
        """Look at the lines of a word, if it has any."""
        found: dict[str, int] = {}
        self[word] = found
        for place in map(int, self.places.get(word, "").split()):
            first, _, second = self.text[place : self.text.index(b"\t", place)].decode().partition(" ")
            found[second if first == word else first] = place
        return found


class Terms:
    """Terms by the one word or the two words that find them."""

    def __init__(self, text: bytes, places: str) -> None:
        """The table's text and the places of its lines (`places_of`); lines are read when first asked for."""
        self.text = text
        self.alone: dict[int, list[Entry]] = {}  # places of lines, to their terms
        self.pairs: dict[int, Pair] = {}
        rows = [row.split("\t") for row in places.splitlines()]
        self.single = {word: int(alone) for word, alone, _ in rows if alone}
        paired = {word: others for word, _, others in rows if others}
        self.paired = Partners(text, paired)
        known = (*self.single, *paired, *phrases())
        self.spelling = Spelling(roots() | dict(zip(known, known, strict=True)))

    def of_one(self, place: int) -> list[Entry]:
        """The terms of one word, by the place of its line."""
        found = self.alone.get(place)
        if found is None:
            found = self.alone[place] = list(self._entries(place))
        return found

    def of_two(self, place: int) -> Pair:
        """The terms that two words find."""
        found = self.pairs.get(place)
        if found is None:
            held: dict[str, list[tuple[int, Entry]]] = {}
            for number, entry in enumerate(self._entries(place)):
                held.setdefault(entry.rest[0] if entry.rest else "", []).append((number, entry))
            found = self.pairs[place] = Pair(frozenset(held), held)
        return found

    def _entries(self, place: int) -> Iterator[Entry]:
        middle = self.text.index(b"\t", place)
        known = set(self.text[place:middle].decode().split(" "))
        for term in self.text[middle + 1 : self.text.index(b"\n", middle)].decode().split(";"):
            yield _entry(term, known)


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
    return Entry(code, sided, source, tuple(words), rest, optional, prior(code, source, tuple(words)), " ".join(words))


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
