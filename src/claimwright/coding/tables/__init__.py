"""The reader's knowledge as data: one fact a line, columns between bars, `#` begins a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from itertools import chain


def lines(name: str) -> Iterator[str]:
    """The lines of a table that say something."""
    text = resources.files(__name__).joinpath(name + ".txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def rows(name: str) -> Iterator[tuple[str, ...]]:
    """Rows of a table, cells trimmed."""
    for line in lines(name):
        yield tuple(cell.strip() for cell in line.split("|"))


def patterns(name: str, cells: int = 1) -> Iterator[tuple[str, ...]]:
    """Rows that end in a pattern, which may hold bars of its own and keeps its blanks."""
    for line in lines(name):
        *head, pattern = line.split(" | ", cells)
        yield (*(cell.strip() for cell in head), pattern.strip())


def listed(cell: str) -> list[str]:
    """The parts of a cell between semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip()]


NAME = re.compile(r"\[[a-z_.]+\](?: whole)?$")


@lru_cache(maxsize=1)
def _cues() -> dict[str, re.Pattern[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for line in chain.from_iterable(map(lines, ("cues", "cues_hospital", "cues_past"))):
        if NAME.match(line):
            name = line
            found[name] = []
        else:
            found[name].append(line)
    return {name[1 : name.index("]")]: _pattern(name, parts) for name, parts in found.items()}


def _pattern(name: str, parts: list[str]) -> re.Pattern[str]:
    joined = "|".join(parts)
    return re.compile(joined if name.endswith(" whole") else rf"\b(?:{joined})\b", re.IGNORECASE)


def cue(name: str) -> re.Pattern[str]:
    """A wording of the table of cues."""
    return _cues()[name]


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    return {name: tuple(listed(words)) for name, words in rows("words")}


def word_list(name: str) -> tuple[str, ...]:
    """A list of the table of words."""
    return _words()[name]
