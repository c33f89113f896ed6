"""What an imported file holds: its members, if it is an archive, as lines of text, and why one is refused."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import IO, BinaryIO, cast

HEAD = 1 << 16
UNREADABLE = (".pdf", ".xlsx", ".xls", ".doc", ".docx", ".rtf", ".xsd", ".htm", ".html", ".jpg", ".png")


class Refused(Exception):
    """A file is not imported; the text says why, with the line."""


def _as_windows(problem: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8 are taken as Windows-1252, in which CMS writes many files."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    bad = problem.object[problem.start : problem.end]
    return bad.decode("cp1252", "replace"), problem.end


codecs.register_error("claimwright-windows", _as_windows)
csv.field_size_limit(1 << 20)


class Member:
    """One file, or one file of an archive."""

    def __init__(self, name: str, opener: Callable[[], IO[bytes]]) -> None:
        """`opener` gives the bytes from their start, each time it is called."""
        self.name = name
        self._open = opener

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The bytes; damage in the archive is a refusal."""
        try:
            opened = self._open()
        except RuntimeError as problem:  # a password, or a way of packing that Python does not know
            raise Refused(f"the archive cannot be read ({problem})") from problem
        try:
            with opened as stream:
                yield stream
        except (zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile) as problem:
            raise Refused(f"the archive is damaged or cut short ({problem})") from problem

    @cached_property
    def _head(self) -> bytes:
        with self.stream() as stream:
            return stream.read(HEAD)

    @cached_property
    def head(self) -> str:
        """The first 64 KB as text; nothing for a file that is not text."""
        text = self._head.decode(self._encoding, "ignore" if self._encoding != "utf-8-sig" else "claimwright-windows")
        return "" if "\x00" in text else text

    @cached_property
    def lines(self) -> list[str]:
        """The first whole lines."""
        lines = self.head.splitlines()
        return lines[:-1] if len(self._head) == HEAD else lines

    @cached_property
    def records(self) -> list[list[str]]:
        """The first lines as cells, by comma, tab or bar, whichever the file uses."""
        return list(csv.reader(self.lines[:60], delimiter=self.delimiter))

    @cached_property
    def delimiter(self) -> str:
        """What parts the cells."""
        sample = "\n".join(self.lines[:40])
        return max((",", "\t", "|"), key=sample.count)

    @property
    def _encoding(self) -> str:
        return "utf-16" if self._head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"

    def text(self) -> Iterator[tuple[int, str]]:
        """Every line with its number, without its end."""
        encoding = self._encoding  # looked up first: it reads the same file
        with self.stream() as stream:
            reader = io.TextIOWrapper(cast(BinaryIO, stream), encoding, "claimwright-windows")
            for place, line in enumerate(reader, 1):
                if "\x00" in line:
                    raise Refused(f"line {place}: holds a NUL byte; the file is damaged")
                yield place, line.rstrip("\r\n")

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """Every record with the number of its last line."""
        encoding, delimiter = self._encoding, self.delimiter  # looked up first: they read the same file
        with self.stream() as stream:
            reader = csv.reader(
                io.TextIOWrapper(cast(BinaryIO, stream), encoding, "claimwright-windows", newline=""),
                delimiter=delimiter,
                strict=delimiter == ",",
                quoting=csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE,
            )
            try:
                for row in reader:
                    yield reader.line_num, row
            except csv.Error as problem:
                raise Refused(f"line {reader.line_num}: {problem}") from problem


def members(name: str, stream: BinaryIO) -> Iterator[Member]:
    """The files in a file: those of a zip (one archive within another too), else itself."""
    start = stream.read(4)
    stream.seek(0)
    if start[:2] == b"PK":
        yield from _of_zip(stream)
    elif start[:2] == b"\x1f\x8b":
        yield Member(re.sub(r"\.gz$", "", name), lambda: _again(stream, packed=True))
    else:
        yield Member(name, lambda: _again(stream, packed=False))


def _again(stream: BinaryIO, *, packed: bool) -> IO[bytes]:
    stream.seek(0)
    return cast(IO[bytes], gzip.GzipFile(fileobj=stream) if packed else _Kept(stream))


class _Kept(io.RawIOBase):
    """A stream that stays open when its reader is done with it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        some = self._stream.read(len(buffer))
        buffer[: len(some)] = some
        return len(some)

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)


def _of_zip(stream: BinaryIO) -> Iterator[Member]:
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile as problem:
        raise Refused(f"the archive is damaged or cut short ({problem})") from problem
    for one in archive.infolist():
        if one.is_dir() or one.filename.lower().endswith(UNREADABLE):
            continue
        if one.filename.lower().endswith(".zip"):
            yield from _of_zip(io.BytesIO(archive.read(one)))
        else:
            yield Member(one.filename.rsplit("/", 1)[-1], lambda one=one: archive.open(one))  # type: ignore[misc]
