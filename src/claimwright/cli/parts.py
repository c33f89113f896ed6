"""A file of claims in parts that can be read apart: each begins with the levels above its first claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from claimwright.x12.tokens import Delimiters, Tokens

SIZE = 1 << 20  # characters; some thousand claims
_SUBSCRIBER = "22"  # HL03 where a level begins that holds all of its claims


class Part(NamedTuple):
    """Whole claims, and how far their segments' numbers in the part are from those in the file."""

    number: int
    text: bytes
    shift: int


def parts(stream: BinaryIO, size: int = SIZE) -> Iterator[Part]:
    """The parts of a file in its order."""
    cutter, tokens = _Cutter(), Tokens(stream)
    for rows in tokens.batches():
        line = tokens.line - len(rows)
        for row in rows:
            line += 1
            if cutter.may_cut(row, tokens.delimiters) and (cutter.size >= size or row.startswith("ISA")) and cutter.rows:
                yield cutter.cut(line)
            cutter.take(row, tokens.delimiters)
    if cutter.rows:
        yield cutter.cut(0)


class _Cutter:
    """Gathers a part, and remembers what stands above the next claim."""

    def __init__(self) -> None:
        self.number = 0
        self.rows: list[str] = []
        self.size = 0
        self.above: list[str] = []  # of the part: what was put before its own rows
        self.first = 1  # the number in the file of the part's first own segment
        self.header: list[str] = []  # from ISA to the first level
        self.provider: list[str] = []  # the latest level of a billing provider
        self.inside: list[str] | None = None  # which of them the next segment belongs to
        self.marks = Delimiters()

    def may_cut(self, row: str, marks: Delimiters) -> bool:
        """Whether a part may begin with a segment."""
        return row.startswith(("ISA", "ST" + marks.element)) or self._level(row, marks) == _SUBSCRIBER

    def _level(self, row: str, marks: Delimiters) -> str:
        return row.split(marks.element, 4)[3] if row.startswith("HL" + marks.element) and row.count(marks.element) > 2 else ""

    def cut(self, line: int) -> Part:
        """The part so far; the next one begins at a segment of the file."""
        marks = self.marks
        text = marks.segment.join([*self.above, *self.rows, ""])
        one_byte = any(mark > "\x7f" for mark in marks)
        part = Part(self.number, text.encode("latin-1" if one_byte else "utf-8", "replace"), self.first - 1 - len(self.above))
        self.number, self.rows, self.size, self.first = self.number + 1, [], 0, line
        return part

    def take(self, row: str, marks: Delimiters) -> None:
        """The next segment."""
        if not self.rows:
            self.above = [] if row.startswith("ISA") else self._levels_above(row, marks)
        self.rows.append(row)
        self.size += len(row)
        self.marks = marks
        if row.startswith("ISA"):
            self.header, self.provider, self.inside = [], [], self.header
            self.inside = self.header
        elif row.startswith("GS" + marks.element):
            self.header, self.provider = self.header[:1], []
            self.inside = self.header
        elif row.startswith("ST" + marks.element):
            self.header, self.provider = self.header[:2], []
            self.inside = self.header
        elif row.startswith("HL" + marks.element):
            self.inside = None
            if self._level(row, marks) == "20":
                self.provider = self.inside = []
        if self.inside is not None:
            self.inside.append(row)

    def _levels_above(self, row: str, marks: Delimiters) -> list[str]:
        if row.startswith("ST" + marks.element):
            return self.header[:2]
        return [*self.header, *self.provider]
