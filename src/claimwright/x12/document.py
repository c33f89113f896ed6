"""A file as its segments, each with its very bytes, its loop and its place: read, changed, and written back.

What is not changed is written byte for byte as it was read: line breaks, padding, marks and text between interchanges too.
A segment is UTF-8 where its bytes are, Latin-1 where they are not, and is written in the encoding it was read in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from claimwright.parties import Struct
from claimwright.x12.grammar import Grammar, Loop, Rule, grammar
from claimwright.x12.located import table_for, value, walker
from claimwright.x12.tokens import Delimiters, Segment, Source, Tokens
from claimwright.x12.walk import State, Walker

_ENVELOPE = frozenset({"ISA", "GS", "ST", "SE", "GE", "IEA"})


class Where(Struct):
    """The envelopes around a segment; the grammar is absent for versions that have no table."""

    interchange: Segment = []
    group: Segment = []
    set: Segment = []
    grammar: Grammar | None = None

    @property
    def transaction(self) -> str:
        """837P, 835 ..., or the bare set identifier where the version is not one we know."""
        return self.grammar.transaction if self.grammar else value(self.set, 1)


class Piece(Struct):
    """One segment of a file, or bytes that are no segment: then `segment` is empty and `line` is 0.

    `raw` holds the segment with what stands before it and its terminator; `line` counts segments from 1;
    `path` holds its loops, the outermost first; `begins` says that it opens the innermost.
    """

    raw: bytes
    segment: Segment
    line: int
    marks: Delimiters
    where: Where
    path: tuple[Loop, ...] = ()
    rule: Rule | None = None
    begins: bool = False
    encoding: str = "utf-8"

    @property
    def loop(self) -> str:
        """The guide's identifier of the innermost loop ("2010BA"); empty in the header, the envelopes and unknown versions."""
        return self.path[-1].label if self.path else ""

    def element(self, place: int, component: int = 0) -> str:
        """An element, or one of its components, by number from 1; empty where it is not there."""
        whole = value(self.segment, place)
        if not component:
            return whole
        parts = whole.split(self.marks.component)
        return parts[component - 1] if component <= len(parts) else ""

    def with_element(self, place: int, text: str, component: int = 0) -> Piece:
        """The segment with one element (or component) changed. ValueError for a text that holds a delimiter."""
        if any(mark and mark in text for mark in self.marks):
            raise ValueError(f"{self.segment[0]}{place:02d}: a value may not hold one of the file's delimiters")
        row = [*self.segment, *[""] * (place + 1 - len(self.segment))]
        if component:
            parts = row[place].split(self.marks.component)
            parts += [""] * (component - len(parts))
            parts[component - 1] = text
            text = self.marks.component.join(parts)
        row[place] = text
        return self.with_segment(row)

    def with_segment(self, row: Segment) -> Piece:
        """The piece holding another segment, in the same dress; so a new segment is made from its neighbor."""
        if row == self.segment:
            return self
        marks = self.marks
        if any(marks.element in one or marks.segment in one for one in row) and row[0] != "BIN":
            raise ValueError(f"{row[0]}: a value may not hold one of the file's delimiters")
        if row[0] == "BIN":
            row = ["BIN", str(len(row[2])), row[2]]
        text = self.raw.decode(self.encoding)
        lead = text[: len(text) - len(text.lstrip())] if self.segment else ""
        tail = text[len(text.rstrip("\r\n" + marks.segment)) :] if self.segment[:1] != ["BIN"] else marks.segment
        encoding = "latin-1" if row[0] == "BIN" else self.encoding
        raw = (lead + marks.element.join(row) + tail).encode(encoding)
        return Piece(raw, row, self.line, marks, self.where, self.path, self.rule, self.begins, encoding)


def read(source: Source) -> Iterator[Piece]:
    """Every byte of a file, in order, a segment at a time. ValueError where the file ceases to be X12 (no terminators)."""
    gaps: list[bytes] = []
    tokens = Tokens(source, outside=gaps.append)
    reader = _Reader(tokens)
    for block in tokens.raw():
        yield from reader.outside(gaps)
        yield from reader.inside(block)
    yield from reader.outside(gaps)
    if any(problem.code == "endless" for problem in tokens.problems):
        raise ValueError("no segment terminator in 16 million characters")


def write(pieces: Iterable[Piece]) -> bytes:
    """The file that these pieces make."""
    return b"".join(piece.raw for piece in pieces)


def recounted(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces with SE01, GE01 and IEA01 set to what is really there; right ones stay as they are."""
    segments = sets = groups = 0
    for piece in pieces:
        name = piece.segment[0] if piece.segment else ""
        segments += bool(name)
        counted = -1
        if name == "ISA":
            groups = 0
        elif name == "GS":
            groups, sets = groups + 1, 0
        elif name == "ST":
            sets, segments = sets + 1, 1
        elif name in ("SE", "GE", "IEA"):
            counted = {"SE": segments, "GE": sets, "IEA": groups}[name]
        said = piece.element(1) if counted >= 0 else ""
        same = counted < 0 or (said.isdecimal() and int(said[:12]) == counted)
        yield piece if same else piece.with_element(1, str(counted))


class _Reader:
    """Splits blocks into pieces and follows envelopes and loops."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.line = 0
        self.encoding = "utf-8"
        self.where = Where()
        self.walker: Walker
        self.state: State

    def outside(self, gaps: list[bytes]) -> Iterator[Piece]:
        """What stood between interchanges."""
        if gaps:
            gap = b"".join(gaps)
            gaps.clear()
            yield Piece(gap, [], 0, self.tokens.delimiters, Where(), encoding="latin-1")

    def inside(self, block: bytes) -> Iterator[Piece]:
        """The segments of a block of whole segments."""
        marks = self.tokens.delimiters
        terminator = marks.segment.encode("latin-1")
        if self.tokens.binary:
            name, length, rest = block.decode("latin-1").split(marks.element, 2)
            yield self._piece(block, [name, length, rest[: int(length)]], marks, "latin-1")
            return
        *rows, rest_bytes = block.split(terminator)
        for row in rows:
            yield self._segment(row, row + terminator, marks)
        if rest_bytes:
            yield self._segment(rest_bytes, rest_bytes, marks)

    def _segment(self, row: bytes, raw: bytes, marks: Delimiters) -> Piece:
        try:
            if max(marks) > "\x7f":
                self.encoding = "latin-1"
            elif not row.isascii():
                row.decode()
                self.encoding = "utf-8"
        except UnicodeDecodeError:
            self.encoding = "latin-1"
        text = row.decode(self.encoding)
        if marks.segment not in "\r\n":
            text = text.replace("\r", "").replace("\n", "")
        elif marks.segment == "\n":
            text = text.replace("\r", "")
        text = text.lstrip()
        if not text:
            return Piece(raw, [], 0, marks, self.where, encoding=self.encoding)
        return self._piece(raw, text.split(marks.element), marks, self.encoding)

    def _piece(self, raw: bytes, segment: Segment, marks: Delimiters, encoding: str) -> Piece:
        self.line += 1
        name = segment[0]
        if name in _ENVELOPE:
            self._envelope(name, segment)
        where = self.where
        if where.grammar is None or name in ("SE", "GE", "IEA", "TA1"):
            piece = Piece(raw, segment, self.line, marks, where, encoding=encoding)
        else:
            step = self.walker.step(self.state, segment, marks.component)
            self.state = step.state
            path = step.state.path
            piece = Piece(raw, segment, self.line, marks, where, path, step.rule, bool(step.pushes), encoding)
        if name == "SE":
            self.where = Where(where.interchange, where.group)
        return piece

    def _envelope(self, name: str, segment: Segment) -> None:
        where = self.where
        if name == "ISA":
            self.where = Where(segment)
        elif name == "GS":
            self.where = Where(where.interchange, segment)
        elif name == "ST":
            table = table_for(value(segment, 1), value(segment, 3) or value(where.group, 8))
            self.where = Where(where.interchange, where.group, segment, grammar(table) if table else None)
            if table:
                self.walker = walker(table)
                self.state = self.walker.start
        elif name == "GE":
            self.where = Where(where.interchange)
        elif name == "IEA":
            self.where = Where()
