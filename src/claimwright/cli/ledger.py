"""`claimwright ledger`: the practice's books as text that other programs read."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The practice's books.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """The practice's books."""


@app.command("export")
def export(
    as_of: Annotated[str, typer.Option("--as-of", metavar="T", help="A day (2026-10-31), or an instant (2026-10-31T17:00).")],
    dir: Annotated[Path, typer.Option("--dir", help="The practice's folder.")] = Path("demo"),
    format: Annotated[str, typer.Option("--format", help="csv, beancount or json.")] = "csv",
    out: Annotated[Path | None, typer.Option("--out", metavar="F", help="A file instead of stdout.")] = None,
    practice: Annotated[int, typer.Option("--practice", min=1, help="The practice's number, where a folder holds several.")] = 1,
) -> None:
    """Write every entry dated up to a day; with an instant, only what the books knew then (the practice's time, or Z, or +hh:mm).

    Examples: claimwright ledger export --as-of 2026-10-31 | claimwright ledger export --as-of 2026-10-31T17:00 --format beancount

    Exit 0: written. 2: it could not be.
    """
    from claimwright.cli.office import fail, migrate, set_up
    from claimwright.ledger.journal import WRITERS

    dated, known = _instant(as_of)
    if format not in WRITERS:
        fail(f"{format} is no format of the export; there are {', '.join(WRITERS)}.")
    if not (dir / "claimwright.sqlite3").exists() and not _elsewhere():
        fail(f"there are no books in {dir}.")
    set_up(dir)
    migrate()
    from claimwright.office.records.ledger import events_until
    from claimwright.office.records.models import Practice

    row = Practice.objects.filter(pk=practice).first()
    if row is None:
        fail(f"there is no practice {practice} in {dir}.")
    instant = known.astimezone(UTC) if known else None  # the practice's time zone is known only now
    lines = WRITERS[format](events_until(row, dated=dated, known=instant))  # type: ignore[index]
    if out is None:
        sys.stdout.writelines(lines)
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(lines)
    except OSError as problem:
        fail(f"{out} cannot be written: {problem.strerror}.")


def _instant(text: str) -> tuple[date, datetime | None]:
    """A day, and the instant where one is given."""
    from claimwright.cli.office import fail

    try:
        if len(text) == len("2026-10-31"):
            return date.fromisoformat(text), None
        known = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        fail(f"{text} is neither a day (2026-10-31) nor an instant (2026-10-31T17:00).")
        raise
    return known.date(), known


def _elsewhere() -> bool:
    """Whether the books are on a server."""
    import os

    return bool(os.environ.get("CLAIMWRIGHT_DATABASE"))
