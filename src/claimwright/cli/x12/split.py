"""`claimwright x12 split`: a file in parts, each a file of its own."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimwright.cli.terminal import cannot_read, ends, opened, stem, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimwright.x12.split import Chunk


class By(StrEnum):
    """What goes into one part."""

    claim = "claim"
    set = "set"
    payer = "payer"
    size = "size"


def split(
    file: Annotated[Path, typer.Argument(help="An X12 file.", show_default=False)],
    out: Annotated[Path, typer.Option(help="Folder for the parts; made if absent.", show_default=False)],
    by: Annotated[By, typer.Option(help="What goes into one part.")] = By.size,
    size: Annotated[str, typer.Option(help="By size: so many claims (500) or megabytes (5MB) to a part.")] = "500",
    control: Annotated[
        int, typer.Option(help="First control number (ISA13, GS06); each part takes the next.", show_default="seconds since 2024")
    ] = 0,
    json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, one a part.")] = False,
) -> None:
    """Split a file into valid smaller ones: by claim, by set (of an 835: by payment), by payer or by size.

    Every part has its own envelope, header, levels and counts; nothing else is changed and nothing is lost. An 835 is never
    split within a payment, because its claims must add up to what was paid.

    Examples: claimwright x12 split week.837 --by claim --out parts | claimwright x12 split era.835 --by set --out payments
    | claimwright x12 split year.837 --size 5MB --out parts --control 4711

    Exit 0: split. 2: the file cannot be read or split so, or a part exists already; then no part is left behind.
    """
    from claimwright.x12.split import split as run

    claims, most = _size(size)
    with opened(file) as stream:
        if stream is None:
            raise typer.Exit(2)
        if not ends(stream):
            cannot_read(file, "it does not end with IEA: a part of it is missing. Ask for the whole file")
            raise typer.Exit(2)
        with watched(stream, f"Splitting {file.name}") as read:
            parts = _write(file, out, run(read, by.value, claims=claims, size=most, control=control or _seconds()))
    for name, (units, written, payer) in parts.items():
        if json:
            import msgspec

            row = {"file": str(out / name), "claims": units, "bytes": written, "payer": payer}
            typer.echo(msgspec.json.encode(row).decode())
        else:
            typer.echo(f"{out / name}  {units} {'unit' if units == 1 else 'units'}, {written:,} bytes")
    if not json:
        typer.echo(f"{len(parts)} parts", err=True)


def _write(file: Path, out: Path, chunks: Iterator[Chunk]) -> dict[str, tuple[int, int, str]]:
    """Write each part; none stays if one cannot be written."""
    names: dict[int, str] = {}
    made: dict[str, tuple[int, int, str]] = {}
    name = ""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for chunk in chunks:
            new = chunk.part not in names
            payer = f"-{chunk.payer}" if re.fullmatch(r"[A-Za-z0-9]{1,20}", chunk.payer) else ""
            name = names.setdefault(chunk.part, f"{stem(file)}-{chunk.part:04d}{payer}{file.suffix}")
            with (out / name).open("xb" if new else "ab") as part:
                part.write(chunk.content)
            units, written, _ = made.get(name, (0, 0, ""))
            made[name] = (units + chunk.units, written + len(chunk.content), chunk.payer)
    except FileExistsError:
        _undo(out, made)
        typer.echo(f"claimwright: {out / name} exists already; choose another folder", err=True)
        raise typer.Exit(2) from None
    except OSError as problem:
        _undo(out, made)
        typer.echo(f"claimwright: cannot write to {out}: {problem.strerror}", err=True)
        raise typer.Exit(2) from None
    except ValueError as problem:
        _undo(out, made)
        typer.echo(f"claimwright: cannot split {file}: {problem}", err=True)
        raise typer.Exit(2) from None
    return made


def _undo(out: Path, made: dict[str, tuple[int, int, str]]) -> None:
    for name in made:
        (out / name).unlink(missing_ok=True)


def _size(text: str) -> tuple[int, int]:
    """Claims, bytes: one of them."""
    found = re.fullmatch(r"(\d{1,9})\s*(MB)?", text.strip(), re.IGNORECASE)
    if found is None or not int(found[1]):
        typer.echo("claimwright: --size takes a number of claims (500) or of megabytes (5MB)", err=True)
        raise typer.Exit(2)
    return (0, int(found[1]) << 20) if found[2] else (int(found[1]), 0)


def _seconds() -> int:
    """A control number that no earlier run took, unless it made more parts than seconds have gone by."""
    from datetime import UTC, datetime

    return int((datetime.now(UTC) - datetime(2024, 1, 1, tzinfo=UTC)).total_seconds())
