"""The dictionary's tables: text, a fact a line, columns between bars, `#` begins a comment."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources


def lines(name: str) -> Iterator[str]:
    """The lines of a table that say something."""
    text = resources.files(__package__).joinpath("data", name + ".txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line


def rows(name: str) -> Iterator[tuple[str, list[str]]]:
    """Rows of two cells: a first word or phrase, and what the second cell lists between semicolons."""
    for line in lines(name):
        first, _, rest = line.partition("|")
        yield first.strip(), [part.strip() for part in rest.split(";") if part.strip()]


@cache
def pairs(name: str) -> dict[str, str]:
    """Each listed word to the first of its row, which also stands for itself."""
    found: dict[str, str] = {}
    for first, others in rows(name):
        for word in (first, *others):
            found[word] = first
    return found


@cache
def word_set(name: str) -> frozenset[str]:
    """A list of the table of words."""
    return frozenset(dict(rows("words"))[name])
