"""`claimwright x12`: check and show X12 files. Heavy imports wait until a command runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

if TYPE_CHECKING:
    from claimwright.findings import Finding

app = typer.Typer(help="Check and show X12 files (837, 835, 270/271, 276/277, 277CA, 999, TA1 ...).", no_args_is_help=True)

Files = Annotated[list[Path], typer.Argument(help="X12 files.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")]


@app.command()
def check(
    files: Files,
    json: AsJson = False,
    snip: Annotated[str, typer.Option(help="SNIP levels to check.")] = "1,2,3,4,5",
) -> None:
    """Check files; a row for each finding. Exit 0: nothing but information; 1: errors or warnings; 2: cannot read."""
    from datetime import date

    from claimwright.x12.check import check as run

    levels = _levels(snip)
    counted = {"error": 0, "warning": 0, "info": 0}
    unread = False
    for path in files:
        with _opened(path) as stream:
            if stream is None:
                unread = True
                continue
            for finding in run(stream, file=str(path), snip=levels, today=date.today()):
                counted[finding.severity] += 1
                _print_finding(finding, json)
    if not json and not unread:
        _print_totals(counted, len(files))
    if unread:
        raise typer.Exit(2)
    raise typer.Exit(1 if counted["error"] or counted["warning"] else 0)


@app.command()
def show(file: Annotated[Path, typer.Argument(help="An X12 file.", show_default=False)], json: AsJson = False) -> None:
    """Show what a file says: claims, payments, benefits, statuses; sets that have no typed form come as segments."""
    with _opened(file) as stream:
        if stream is None:
            raise typer.Exit(2)
        content = stream.read()
    from claimwright.x12.show import sentences
    from claimwright.x12.show import show as rows

    if json:
        import msgspec

        for row in rows(content):
            typer.echo(msgspec.json.encode(row).decode())
        return
    for kind, control, gist in sentences(rows(content)):
        typer.echo(f"{kind:<16} {control:<22} {gist}")


def _levels(text: str) -> set[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part in ("1", "2", "3", "4", "5") for part in parts):
        typer.echo("--snip takes levels from 1 to 5, separated by commas", err=True)
        raise typer.Exit(2)
    return {int(part) for part in parts}


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO | None]:
    """The file as a stream, or None after one line on stderr saying why it cannot be read."""
    try:
        stream = path.open("rb")
    except OSError as error:
        typer.echo(f"{path}: {(error.strerror or 'cannot be opened').lower()}", err=True)
        yield None
        return
    with stream:
        reason = _unreadable(stream)
        if reason:
            typer.echo(f"{path}: {reason}", err=True)
        yield None if reason else stream


def _unreadable(stream: BinaryIO) -> str:
    """Why a file is no X12 at all, or nothing."""
    try:
        head = stream.read(1 << 16)
    except OSError as error:
        return (error.strerror or "cannot be read").lower()
    stream.seek(0)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return "the file is empty"
    if b"ISA" not in head:
        return "not an X12 file (no ISA segment)"
    return ""


def _print_finding(finding: Finding, json: bool) -> None:
    import msgspec

    if json:
        # The agreed columns are always there, empty or not.
        names = (
            "file",
            "transaction",
            "version",
            "claim",
            "severity",
            "code",
            "line",
            "loop",
            "segment",
            "element",
            "message",
            "fix",
        )
        typer.echo(msgspec.json.encode({name: getattr(finding, name) for name in names}).decode())
        return
    where = " ".join(part for part in (finding.loop, finding.element or finding.segment) if part)
    about = f" claim {finding.claim}" if finding.claim else ""
    head = f"{finding.file}:{finding.line}: {finding.severity} [{finding.code}]{about}"
    typer.echo(f"{head} {where}: {finding.message} {finding.fix}".rstrip())


def _print_totals(counted: dict[str, int], files: int) -> None:
    said = ", ".join(f"{count} {name}{'s' if count != 1 and name != 'info' else ''}" for name, count in counted.items() if count)
    typer.echo(f"{files} file{'s' if files != 1 else ''}: {said or 'nothing found'}", err=True)
