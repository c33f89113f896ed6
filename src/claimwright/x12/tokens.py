"""Bytes in, segments out: one streaming tokenizer for every X12 file, tolerant of what real files do.

A segment is a list of strings, its identifier first. Delimiters come from each ISA, so one file may hold
interchanges with different ones. Memory stays within a few blocks, whatever the file's size.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO, NamedTuple

Segment = list[str]
Source = bytes | bytearray | memoryview | BinaryIO | Iterable[bytes]

BLOCK = 1 << 18
SMALLEST = 1 << 12  # of the first look into an interchange, lest small ones be searched over and over
LONGEST = 1 << 24  # bytes of one segment; beyond that the file is not X12
_HARMLESS = b" \t\r\n\x00\x1a\xef\xbb\xbf"  # between interchanges: line breaks, the DOS end-of-file mark, a byte-order mark
_HARMLESS_RUN = re.compile(b"[" + re.escape(_HARMLESS) + b"]*")
_BEGINNING = re.compile(rb"ISA[^A-Za-z0-9\s]")
_FIRST_INSIDE = re.compile(rb"\s*(?:GS|ST|TA1|ISB|ISE|IEA)")


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
        self._at = 0  # where in the buffer the unread begins
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
        """Read until so many bytes are at hand; False at the end of the file."""
        size = len(self._buffer) - self._at
        if size >= wanted:
            return True
        parts = [self._buffer[self._at :]]
        while size < wanted and not self._ended:
            block = next(self._blocks, None)
            if block is None:
                self._ended = True
            else:
                parts.append(block)
                size += len(block)
        self._buffer, self._at = b"".join(parts), 0
        return size >= wanted

    def _open_interchange(self) -> bool:
        """Move to the next ISA and take its delimiters; False when there is none."""
        junk = False
        while True:
            self._fill(4)
            harmless = _HARMLESS_RUN.match(self._buffer, self._at)
            self._pass_over(harmless.end() if harmless else self._at)
            left = len(self._buffer) - self._at
            if not left and self._ended:
                break
            if left < 4 and not self._ended:
                continue
            found = _BEGINNING.search(self._buffer, self._at)
            if found is None:
                junk = True
                self._pass_over(len(self._buffer) if self._ended else max(len(self._buffer) - 3, self._at))
                if self._ended:
                    break
                self._fill(len(self._buffer) - self._at + 1)
                continue
            junk = junk or found.start() > self._at
            self._pass_over(found.start())
            if self._take_delimiters():
                break
            junk = True
            self._pass_over(self._at + 3)
        if junk:
            self._report("junk", "Text that is no part of an interchange was skipped.")
        return self._at < len(self._buffer)

    def _pass_over(self, end: int) -> None:
        if end > self._at and self._outside is not None:
            self._outside(self._buffer[self._at : end])
        self._at = end

    def _take_delimiters(self) -> bool:
        self._fill(512)
        head = self._buffer[self._at : self._at + 512]
        separator = head[3:4]
        parts = head.split(separator, 16)
        component = terminator = rest = b""
        if len(parts) == 17:
            component, terminator, rest = parts[16][:1], parts[16][1:2], parts[16][2:]
        if not terminator or not (_FIRST_INSIDE.match(rest) or (self._ended and not rest.strip())):
            # An ISA with too many or too few elements: its end is where the group begins.
            inside = min((at for name in (b"GS", b"TA1", b"IEA") if (at := head.find(name + separator)) >= 0), default=-1)
            if inside >= 0:
                before = head[:inside]
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
        edge, binary = _edges(separator)
        first, reach = 3, SMALLEST
        while end := self._whole(terminator, reach):
            boundary = self._find((b"IEA", b"ISA"), edge, self._at + first, end)
            upto = end if boundary < 0 else boundary
            data = self._find((b"BIN" + separator,), binary, self._at, upto)
            first, reach = 0, min(reach * 4, BLOCK)
            if data >= 0 and (found := binary.match(self._buffer, data)):
                if data > self._at:
                    yield self._taken(data)
                self.binary = True
                yield self._binary(len(found[0]), int(found[1]), terminator)
                self.binary = False
                continue
            if boundary >= 0 and self._buffer.startswith(b"IEA", boundary):
                upto = self._buffer.find(terminator, boundary, end) + 1 or end
            if upto > self._at:
                yield self._taken(upto)
            if boundary >= 0:
                return

    def _taken(self, end: int) -> bytes:
        block, self._at = self._buffer[self._at : end], end
        return block

    def _find(self, words: tuple[bytes, ...], pattern: re.Pattern[bytes], start: int, end: int) -> int:
        """Where a segment with one of these words begins, -1 where none does.

        The words are looked for as such: a pattern tried at every segment would take longer than all the rest.
        """
        found = end
        for word in words:
            at = self._buffer.find(word, start, found)
            while at >= 0:
                if pattern.match(self._buffer, at) and self._begins(at):
                    found = at
                at = self._buffer.find(word, at + 1, found)
        return found if found < end else -1

    def _begins(self, at: int) -> bool:
        """Whether only blanks stand between the last terminator and here."""
        buffer, terminator = self._buffer, ord(self.delimiters.segment)
        while at > self._at and buffer[at - 1] != terminator and buffer[at - 1] in b" \t\r\n\v\f":
            at -= 1
        return at <= self._at or buffer[at - 1] == terminator

    def _whole(self, terminator: bytes, reach: int) -> int:
        """Where the whole segments end that are at hand, `reach` bytes of them at most if there is a choice; 0 at the end."""
        wanted = BLOCK
        while True:
            more = self._fill(wanted)
            end = self._buffer.rfind(terminator, self._at, self._at + reach) + 1
            end = end or self._buffer.rfind(terminator, self._at) + 1
            if end:
                return end
            if not more:
                if self._buffer[self._at :].strip(_HARMLESS):
                    self._report("unterminated", "The last segment has no terminator.", ahead=1)
                    return len(self._buffer)
                self._pass_over(len(self._buffer))
                return 0
            if wanted > LONGEST:
                self._report("endless", "No segment terminator in 16 million characters; the rest of the file was skipped.")
                self._buffer, self._at, self._blocks = b"", 0, iter(())
                return 0
            wanted *= 4

    def _binary(self, head: int, length: int, terminator: bytes) -> bytes:
        """A BIN segment: its data is counted, not delimited (X12 data element 784)."""
        size = head + min(length, LONGEST)
        self._fill(size + 1)
        data_end = self._at + size
        end = data_end + 1
        if self._buffer[data_end:end] != terminator:
            self._report("binary-length", "BIN01 does not give the length of the binary data.", ahead=1)
            end = self._buffer.find(terminator, data_end) + 1 or data_end
        return self._taken(min(end, len(self._buffer)))

    def _binary_text(self, block: bytes) -> str:
        self.line += 1
        name, length, value = block.split(self.delimiters.element.encode("latin-1"), 2)
        text = (name.decode("ascii"), length.decode("ascii"), value[: int(length)].decode("latin-1"))
        return self.delimiters.element.join(text)

    def _split(self, block: bytes) -> list[str]:
        terminator = self.delimiters.segment
        rows = [*filter(None, map(str.lstrip, self._decode(block, terminator).split(terminator)))]
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


@lru_cache(maxsize=32)
def _edges(separator: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """What ends an interchange, and what holds counted data."""
    mark = re.escape(separator)
    return re.compile(b"I(?:EA" + mark + rb"|SA[^A-Za-z0-9\s])"), re.compile(b"BIN" + mark + rb"(\d{1,9})" + mark)
