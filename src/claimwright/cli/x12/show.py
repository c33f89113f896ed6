"""`claimwright x12 show`: what a file says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimwright.cli.terminal import folded, opened, width


def show(
    file: Annotated[Path, typer.Argument(help="An X12 file.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")] = False,
) -> None:
    """Show what a file says: claims, payments, benefits, statuses; sets that have no typed form come as segments.

    Examples: claimwright x12 show era.835 | claimwright x12 show week.837 --json

    Exit 0: shown. 2: the file cannot be read.
    """
    with opened(file) as stream:
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
    columns = width()
    for kind, control, gist in sentences(rows(content)):
        typer.echo(folded(f"{kind:<16} {control:<22} ", gist, columns))
