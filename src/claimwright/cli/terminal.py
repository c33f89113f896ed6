"""What the file tools share: reading a file, printing findings, and a bar for large files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import typer

from claimwright.findings import mid_sentence

CONTRACT = (
    "file", "transaction", "version", "claim", "severity", "code", "line", "loop", "segment", "element", "message",
)  # fmt: skip
_HEAD = 1 << 16  # bytes at a file's beginning and end that tell what it is
Thing = TypeVar("Thing")
MANY = 5  # files; fewer are read before a bar would be seen
LARGE = 2 << 20  # bytes; below that a file is read before a bar would be seen
_COLORS = {"error": "red", "reject": "red", "deny": "red", "warning": "yellow", "warn": "yellow"}


def cannot_read(path: Path | str, why: object) -> None:
    """One line on stderr."""
    said = (why.strerror or "cannot be opened") if isinstance(why, OSError) else str(why)
    typer.echo(f"claimwright: cannot read {path}: {mid_sentence(said)}", err=True)


def unreadable(stream: BinaryIO) -> str:
    """Why a file is no X12 at all, or nothing."""
    head = stream.read(_HEAD)
    stream.seek(0)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return "the file is empty"
    if b"ISA" not in head:
        return "not an X12 file (no ISA segment)"
    if len(head) < _HEAD and not _begun(head):
        return "its ISA segment is cut or broken"
    return ""


def _begun(content: bytes) -> bool:
    """Whether an interchange begins in a small file."""
    from claimwright.x12.tokens import Tokens

    tokens = Tokens(content)
    return any(tokens.interchanges for _ in tokens.batches())


def ends(stream: BinaryIO) -> bool:
    """Whether a file's end holds an IEA; without, the file was cut on its way."""
    stream.seek(max(0, stream.seek(0, os.SEEK_END) - _HEAD))
    tail = stream.read()
    stream.seek(0)
    return b"IEA" in tail


def stem(path: Path) -> str:
    """A file's name without what follows the point, for the files that are made from it."""
    return "stdin" if str(path) == "-" else path.stem


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO | None]:
    """An X12 file (- for stdin) as a stream, or None after one line on stderr saying why it cannot be read."""
    try:
        stream = _seekable(path)
    except OSError as problem:
        cannot_read(path, problem)
        yield None
        return
    with stream:
        try:
            why: object = unreadable(stream)
        except OSError as problem:
            why = problem
        if why:
            cannot_read(path, why)
        yield None if why else stream  # outside the try: what fails in the caller is the caller's


def _seekable(path: Path) -> BinaryIO:
    """The file; what comes through a pipe is kept first, in a file without a name, because it is read more than once."""
    stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    if str(path) != "-" and stream.seekable():
        return stream
    import shutil
    from tempfile import TemporaryFile

    kept = TemporaryFile()  # noqa: SIM115
    with stream:
        shutil.copyfileobj(stream, kept)
    kept.seek(0)
    return kept  # type: ignore[return-value,unused-ignore]


def text_of(path: Path) -> str | None:
    """A small text file whole, or None after one line on stderr saying why it cannot be read."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as problem:
        cannot_read(path, problem)
    except UnicodeDecodeError:
        cannot_read(path, "not a text in UTF-8")
    return None


@contextmanager
def watched(stream: BinaryIO, doing: str) -> Iterator[BinaryIO]:
    """The stream from its start, with a bar on stderr while a large one is read; only people at a terminal see it."""
    stream.seek(0)
    size = os.fstat(stream.fileno()).st_size
    if size < LARGE or not sys.stderr.isatty():
        yield stream
        return
    from rich.console import Console
    from rich.progress import Progress

    on_screen = sys.stdout.isatty()  # findings and bar share the screen: they take turns
    with (
        Progress(console=Console(stderr=True), transient=True, redirect_stdout=on_screen, redirect_stderr=False) as progress,
        progress.wrap_file(stream, total=size, description=doing) as read,
    ):
        yield read


@contextmanager
def watched_count(things: Iterable[Thing], count: int, doing: str) -> Iterator[Iterable[Thing]]:
    """The things one by one, with a bar on stderr while there are many; only people at a terminal see it."""
    if count < MANY or not sys.stderr.isatty():
        yield things
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(
        console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty(), redirect_stderr=False
    ) as progress:
        yield progress.track(things, total=count, description=doing)


def width() -> int:
    """Columns of the terminal that reads stdout; 0 where a program reads it, so that a finding stays one line."""
    if not sys.stdout.isatty():
        return 0
    import shutil

    return max(shutil.get_terminal_size().columns, 40)


def print_row(row: Mapping[str, object], columns: int) -> None:
    """A finding for a person: on a terminal folded and aligned, elsewhere one line for grep and editors."""
    about = f"claim {row['claim']}" if row["claim"] else ""
    segment = str(row["element"] or row["segment"])
    where = " ".join(part for part in (about, "" if " " in segment else str(row["loop"]), segment) if part)
    said = f"{row['message']} {row['fix']}".rstrip()
    severity, code = str(row["severity"]), str(row["code"])
    if not columns:
        typer.echo(f"{row['file']}:{row['line']}: {severity} [{code}] {where}{': ' if where else ''}{said}")
        return
    import textwrap

    color = None if "NO_COLOR" in os.environ else _COLORS.get(severity)
    head = f"{row['line']!s:>6}  {typer.style(f'{severity:<8}', fg=color) if color else f'{severity:<8}'}"
    typer.echo("\n".join((f"{head}{where + '  ' if where else ''}[{code}]", *textwrap.wrap(
        said, columns - 1, initial_indent=" " * 16, subsequent_indent=" " * 16
    ))))  # fmt: skip


def folded(head: str, text: str, columns: int) -> str:
    """Text beside its head, folded under itself; on a narrow terminal below the head."""
    if not columns:
        return head + text
    import textwrap

    indent = len(head) if len(head) + 30 <= columns else 4
    if indent == len(head):
        return textwrap.fill(text, columns - 1, initial_indent=head, subsequent_indent=" " * indent)
    return "\n".join((head.rstrip(), textwrap.indent(textwrap.fill(text, columns - 5), "    ")))
