"""A file of claims in parts that can be read apart: each begins with the levels above its first claim."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from claimwright.x12.tokens import Delimiters, Tokens

SIZE = 1 << 20  # characters; some thousand claims
_PROVIDER, _SUBSCRIBER = "20", "22"  # HL03 of the levels that hold all of their claims


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
            if cutter.rows and (row.startswith("ISA") or (cutter.size >= size and cutter.may_cut(row, tokens.delimiters))):
                yield cutter.cut(line, inside=row.startswith("HL"))
            cutter.take(row, tokens.delimiters)
    if cutter.rows:
        yield cutter.cut(0, inside=False)


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
        return row.startswith("ST" + marks.element) or self._level(row, marks) in (_PROVIDER, _SUBSCRIBER)

    def _level(self, row: str, marks: Delimiters) -> str:
        return row.split(marks.element, 4)[3] if row.startswith("HL" + marks.element) and row.count(marks.element) > 2 else ""

    def cut(self, line: int, *, inside: bool) -> Part:
        """The part so far, its set ended if the cut is inside one; the next part begins at a segment of the file."""
        marks = self.marks
        end = [f"SE{marks.element}{marks.element}"] if inside else []
        text = marks.segment.join([*self.above, *self.rows, *end, ""])
        encoding = "latin-1" if any(mark > "\x7f" for mark in marks) else "utf-8"
        part = Part(self.number, text.encode(encoding, "replace"), self.first - 1 - len(self.above))
        self.number, self.rows, self.size, self.first = self.number + 1, [], 0, line
        return part

    def take(self, row: str, marks: Delimiters) -> None:
        """The next segment."""
        if not self.rows:
            self.above = [] if row.startswith("ISA") else self._levels_above(row, marks)
        self.rows.append(row)
        self.size += len(row)
        self.marks = marks
        envelope = next((place for place, name in enumerate(("ISA", "GS", "ST")) if row.startswith(name + marks.element)), None)
        if envelope is not None:
            self.header, self.provider = self.header[:envelope], []
            self.inside = self.header
        elif row.startswith("HL" + marks.element):
            self.inside = None
            if self._level(row, marks) == _PROVIDER:
                self.provider = self.inside = []
        if self.inside is not None:
            self.inside.append(row)

    def _levels_above(self, row: str, marks: Delimiters) -> list[str]:
        """What a part that begins with a segment needs before it."""
        if row.startswith("ST" + marks.element):
            return self.header[:2]
        return self.header if self._level(row, marks) == _PROVIDER else [*self.header, *self.provider]
