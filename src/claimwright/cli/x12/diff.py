"""`claimwright x12 diff`: what two files say differently."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimwright.cli.terminal import cannot_read, folded, opened, watched, width

if TYPE_CHECKING:
    from claimwright.x12.compare import Difference


def diff(
    a: Annotated[Path, typer.Argument(help="An X12 file.", show_default=False)],
    b: Annotated[Path, typer.Argument(help="The file to compare with it.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")] = False,
    values: Annotated[bool, typer.Option(help="Show what the values are; names and birth dates may be among them.")] = True,
) -> None:
    """Compare two files by meaning: claims, payments, benefits and statuses matched by their number, in any order.

    Envelopes, batch numbers, order, delimiters and line breaks are not compared. Sets of a version that has no table are
    compared segment by segment.

    Examples: claimwright x12 diff sent.837 resent.837 | claimwright x12 diff a.835 b.835 --json | ... --no-values

    Exit 0: they mean the same. 1: they differ. 2: a file cannot be read.
    """
    from claimwright.x12.compare import compare

    counted: Counter[str] = Counter()
    with opened(a) as first, opened(b) as second:
        if first is None or second is None:
            raise typer.Exit(2)
        sizes = [os.fstat(one.fileno()).st_size for one in (first, second)]
        large, small = (first, second) if sizes[0] >= sizes[1] else (second, first)
        with watched(large, "Comparing") as read:
            sides = (read, small) if large is first else (small, read)
            try:
                for one in compare(*sides):
                    counted[one.change] += 1
                    _print(one, str(a), str(b), json, values)
            except ValueError as problem:
                cannot_read(f"{a} or {b}", problem)
                raise typer.Exit(2) from None
    if not json:
        said = ", ".join(f"{count} {change}" for change, count in counted.items())
        said = said.replace("only in A", f"only in {a.name}").replace("only in B", f"only in {b.name}")
        typer.echo(said or "The files mean the same.", err=True)
    raise typer.Exit(1 if counted else 0)


def _print(one: Difference, a: str, b: str, json: bool, values: bool) -> None:
    if json:
        import msgspec

        row: dict[str, object] = {"kind": one.kind, "control_number": one.control, "change": one.change, "what": one.what}
        row |= {"a": one.a, "b": one.b} if values else {}
        typer.echo(msgspec.json.encode(row | {"line_a": one.line_a, "line_b": one.line_b}).decode())
        return
    about = f"{one.kind} {one.control}".strip()
    if one.change != "changed":
        side, line = (a, one.line_a) if one.line_a else (b, one.line_b)
        typer.echo(f"only in {side}:{line}: {about}")
        return
    said = f"{one.what} {one.a or '(none)'} -> {one.b or '(none)'}" if values else one.what
    typer.echo(folded(f"{about}: ", said, width()))
