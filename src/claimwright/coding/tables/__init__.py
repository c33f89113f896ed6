"""The reader's knowledge as data: one fact a line, columns between bars, `#` begins a comment."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources


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


def listed(cell: str) -> list[str]:
    """The parts of a cell between semicolons."""
    return [part.strip() for part in cell.split(";") if part.strip()]
