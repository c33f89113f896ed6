"""Bytes in, segments out: one streaming tokenizer for every X12 file, tolerant of what real files do.

A segment is a list of strings, its identifier first. Delimiters come from each ISA, so one file may hold
interchanges with different ones. Memory stays within a few blocks, whatever the file's size.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

Segment = list[str]
Source = bytes | bytearray | memoryview | BinaryIO | Iterable[bytes]

BLOCK = 1 << 18
LONGEST = 1 << 24  # bytes of one segment; beyond that the file is not X12
_HARMLESS = b" \t\r\n\x00\x1a\xef\xbb\xbf"  # between interchanges: line breaks, the DOS end-of-file mark, a byte-order mark
_FIRST_INSIDE = re.compile(rb"\s*(?:GS|TA1|ISB|ISE|IEA)")


class Delimiters(NamedTuple):
    """The four characters that an ISA declares."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"


class Problem(NamedTuple):
    """Something wrong below the level of segments."""

    line: int
    code: str
    message: str
    stops: bool = True


def blocks(source: Source) -> Iterator[bytes]:
    """The source in blocks, whatever kind of source it is."""
    if isinstance(source, (bytes, bytearray, memoryview)):
        whole = bytes(source)
        for start in range(0, len(whole), BLOCK):
            yield whole[start : start + BLOCK]
    elif hasattr(source, "read"):
        while block := source.read(BLOCK):
            yield block
    else:
        yield from source


class Tokens:
    """The segments of a file. `delimiters` and `line` (the segment's number in the file, from 1) belong to the latest one."""

    def __init__(self, source: Source, outside: Callable[[bytes], object] | None = None) -> None:
        self.delimiters = Delimiters()
        self.line = 0
        self.interchanges = 0
        self.problems: deque[Problem] = deque()
        self.binary = False  # the latest block of `raw` is one BIN
        self._outside = outside
        self._blocks = blocks(source)
        self._buffer = b""
        self._ended = False
        self._one_byte = False

    def __iter__(self) -> Iterator[Segment]:
        for rows in self.batches():
            separator = self.delimiters.element
            self.line -= len(rows)
            for row in rows:
                self.line += 1
                yield row.split(separator) if row[:3] != "BIN" else row.split(separator, 2)

    def batches(self) -> Iterator[list[str]]:
        """Segments as text, a few thousand at a time, all with the same delimiters; `line` is the last one's number."""
        for block in self.raw():
            yield [self._binary_text(block)] if self.binary else self._split(block)

    def raw(self) -> Iterator[bytes]:
        """Whole segments as they stand in the file, many at a time, or one BIN; bytes between interchanges go to `outside`."""
        while self._open_interchange():
            yield from self._inside()

    # Finding interchanges ------------------------------------------------------------------------------------------

    def _fill(self, wanted: int) -> bool:
        """Read until the buffer holds so many bytes; False at the end of the file."""
        if len(self._buffer) >= wanted:
            return True
        parts, size = [self._buffer], len(self._buffer)
        while size < wanted and not self._ended:
            block = next(self._blocks, None)
            if block is None:
                self._ended = True
            else:
                parts.append(block)
                size += len(block)
        self._buffer = b"".join(parts)
        return size >= wanted

    def _open_interchange(self) -> bool:
        """Move to the next ISA and take its delimiters; False when there is none."""
        junk = False
        while True:
            self._fill(4)
            self._pass_over(len(self._buffer) - len(self._buffer.lstrip(_HARMLESS)))
            if not self._buffer and self._ended:
                break
            if len(self._buffer) < 4 and not self._ended:
                continue
            found = re.search(rb"ISA[^A-Za-z0-9\s]", self._buffer)
            if found is None:
                junk = True
                self._pass_over(len(self._buffer) if self._ended else max(len(self._buffer) - 3, 0))
                if self._ended:
                    break
                self._fill(len(self._buffer) + 1)
                continue
            junk = junk or found.start() > 0
            self._pass_over(found.start())
            if self._take_delimiters():
                break
            junk = True
            self._pass_over(3)
        if junk:
            self._report("junk", "Text that is no part of an interchange was skipped.")
        return bool(self._buffer)

    def _pass_over(self, count: int) -> None:
        if count and self._outside is not None:
            self._outside(self._buffer[:count])
        self._buffer = self._buffer[count:]

    def _take_delimiters(self) -> bool:
        self._fill(512)
        head = self._buffer[:512]
        separator = head[3:4]
        parts = head.split(separator, 16)
        component = terminator = rest = b""
        if len(parts) == 17:
            component, terminator, rest = parts[16][:1], parts[16][1:2], parts[16][2:]
        if not terminator or not (_FIRST_INSIDE.match(rest) or (self._ended and not rest.strip())):
            # An ISA with too many or too few elements: its end is where the group begins.
            inside = re.search(rb"(?:GS|TA1|IEA)" + re.escape(separator), head)
            if inside:
                before = head[: inside.start()]
                trimmed = before.rstrip(b"\r\n \t") or before
                cut = trimmed if trimmed[-1:] != separator and not trimmed[-1:].isalnum() else before.rstrip(b" \t")
                component, terminator = cut[-2:-1], cut[-1:]
        if not terminator or terminator.isalnum() or terminator == separator:
            return False
        repetition = parts[11] if len(parts) > 12 else b""
        if len(repetition) != 1 or repetition.isalnum() or not repetition.strip():
            repetition = b""  # versions before 00402 hold a letter here
        if terminator == b"\r" and head[head.find(b"\r") + 1 : head.find(b"\r") + 2] == b"\n":
            terminator = b"\n"
        self._one_byte = any(part > b"\x7f" for part in (separator, component, repetition, terminator))
        self.delimiters = Delimiters(*(part.decode("latin-1") for part in (separator, component, repetition, terminator)))
        self.interchanges += 1
        return True

    # Inside an interchange -----------------------------------------------------------------------------------------

    def _inside(self) -> Iterator[bytes]:
        """The segments from this ISA through its IEA, the next ISA or the end of the file."""
        terminator, separator = (self.delimiters[i].encode("latin-1") for i in (3, 0))
        blank = b"[" + b" \t\r\n\v\f".replace(terminator, b"") + b"]*"  # a run of line ends is looked through once, not once each
        begin = rb"(?:\A|" + re.escape(terminator) + b")" + blank
        edge = re.compile(rb"I(?:EA" + re.escape(separator) + rb"|SA[^A-Za-z0-9\s])")
        binary = re.compile(begin + b"(BIN" + re.escape(separator) + rb"(\d{1,9})" + re.escape(separator) + b")")
        first = True
        while True:
            block = self._next_block(terminator)
            if not block:
                return
            if b"BIN" + separator in block and (found := binary.search(block)):
                yield block[: found.start(1)]
                self._buffer = block[found.end(1) :] + self._buffer
                self.binary = True
                yield found[1] + self._binary(int(found[2]), terminator)
                self.binary = False
                continue
            boundary = _edge(block, 3 if first else 0, edge, terminator)
            first = False
            if boundary < 0:
                yield block
                continue
            closes = block.startswith(b"IEA", boundary)
            end = block.find(terminator, boundary) + 1 if closes else boundary
            if end <= 0:
                end = len(block)
            self._buffer = block[end:] + self._buffer
            yield block[:end]
            return

    def _next_block(self, terminator: bytes) -> bytes:
        """Whole segments, as many as are at hand; leaves the rest in the buffer."""
        wanted = BLOCK
        while True:
            more = self._fill(wanted)
            end = self._buffer.rfind(terminator) + 1
            if end:
                block, self._buffer = self._buffer[:end], self._buffer[end:]
                return block
            if not more:
                if self._buffer.strip(_HARMLESS):
                    self._report("unterminated", "The last segment has no terminator.", ahead=1)
                    block, self._buffer = self._buffer, b""
                    return block
                self._pass_over(len(self._buffer))
                return b""
            if wanted > LONGEST:
                self._report("endless", "No segment terminator in 16 million characters; the rest of the file was skipped.")
                self._buffer, self._blocks = b"", iter(())
                return b""
            wanted *= 4

    def _binary(self, length: int, terminator: bytes) -> bytes:
        """The rest of a BIN segment: its data is counted, not delimited (X12 data element 784)."""
        length = min(length, LONGEST)
        self._fill(length + 1)
        end = length + 1
        if self._buffer[length:end] != terminator:
            self._report("binary-length", "BIN01 does not give the length of the binary data.", ahead=1)
            end = self._buffer.find(terminator, length) + 1 or length
        taken, self._buffer = self._buffer[:end], self._buffer[end:]
        return taken

    def _binary_text(self, block: bytes) -> str:
        self.line += 1
        name, length, value = block.split(self.delimiters.element.encode("latin-1"), 2)
        text = (name.decode("ascii"), length.decode("ascii"), value[: int(length)].decode("latin-1"))
        return self.delimiters.element.join(text)

    def _split(self, block: bytes) -> list[str]:
        terminator = self.delimiters.segment
        rows = [text for row in self._decode(block, terminator).split(terminator) if (text := row.lstrip())]
        self.line += len(rows)
        return rows

    def _decode(self, block: bytes, terminator: str) -> str:
        """UTF-8 where it is, Latin-1 where it is not; line breaks inside segments are wrapping, not data."""
        for wrapping in (b"\n", b"\r"):
            if terminator not in ("\r", wrapping.decode()) and wrapping in block:
                block = block.replace(wrapping, b"")
        try:
            return block.decode("latin-1" if self._one_byte else "utf-8")
        except UnicodeDecodeError:
            return block.decode("latin-1")

    def _report(self, code: str, message: str, ahead: int = 0) -> None:
        self.problems.append(Problem(self.line + ahead or 1, code, message, stops=code not in ("junk", "unterminated")))


def _edge(block: bytes, start: int, pattern: re.Pattern[bytes], terminator: bytes) -> int:
    """Where IEA or the next ISA begins a segment, -1 where neither does.

    The words are looked for as such: a pattern tried at every segment would take longer than all the rest.
    """
    found = len(block)
    for word in (b"IEA", b"ISA"):
        at = block.find(word, start)
        while 0 <= at < found:
            if pattern.match(block, at) and _begins(block, at, terminator):
                found = at
            at = block.find(word, at + 1)
    return found if found < len(block) else -1


def _begins(block: bytes, at: int, terminator: bytes) -> bool:
    """Whether only blanks stand between the last terminator and here."""
    while at and block[at - 1 : at] != terminator and block[at - 1] in b" \t\r\n\v\f":
        at -= 1
    return not at or block[at - 1 : at] == terminator
