"""`claimwright codesets import` and `fetch`: official files into the local store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from claimwright.cli.store import UNREADABLE, StoreFile, store_file
from claimwright.cli.terminal import watched

if TYPE_CHECKING:
    from claimwright.codesets.building import Builder, Outcome
    from claimwright.codesets.importers import Stated

AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")]
_DAY = ["%Y-%m-%d"]
IMPORTED = 0


def import_files(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Official files, zipped or not.", metavar="FILE...", show_default=False)
    ] = None,
    store: StoreFile = None,
    as_json: AsJson = False,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="From when it holds, if the file does not say.")
    ] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="Until when it holds.")] = None,
    table: Annotated[str, typer.Option("--as", help="The table it is, if the file does not say (ncci-outpatient).")] = "",
    listing: Annotated[bool, typer.Option("--list", help="List the layouts that can be read.")] = False,
) -> None:
    """Import official files into the local store. A file is known by its content, and imported whole or not at all.

    Example: claimwright codesets import ccipra-v322r0-f1.zip PPRRVU2026_Jul.csv

    Exit 0: all are in the store now. 2: one was refused; the others are in.
    """
    from claimwright.codesets.importers import Stated, layouts

    if listing:
        for layout in layouts():
            typer.echo(layout.title)
        return
    if not files:
        typer.echo("claimwright: name the files to import, or --list", err=True)
        raise typer.Exit(UNREADABLE)
    said = Stated(start=start.date() if start else None, end=end.date() if end else None, table=table)
    raise typer.Exit(_import_all(files, store_file(store), said, as_json))


def _import_all(files: list[Path], store: Path, said: Stated, as_json: bool) -> int:
    worst = IMPORTED
    with _building(store) as builder:
        for path in files:
            try:
                with path.open("rb") as stream:
                    outcomes = import_stream(builder, path.name, stream, said)
            except Exception as problem:
                _refused(path.name, _reason(problem), as_json)
                worst = UNREADABLE
            else:
                for outcome in outcomes:
                    _print(outcome, path.name, as_json)
    return worst


class _building:
    """The store open for writing; one line and exit 2 if that cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Builder:
        from claimwright.codesets.building import Builder
        from claimwright.codesets.store import NotAStore

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.builder = Builder(self.path)
        except (NotAStore, OSError) as problem:
            typer.echo(f"claimwright: cannot write {self.path}: {problem}", err=True)
            raise typer.Exit(UNREADABLE) from None
        return self.builder

    def __exit__(self, *problem: object) -> None:
        self.builder.close()


def _reason(problem: Exception) -> str:
    """Why a file was not imported; what is our own mistake is raised again."""
    import sqlite3

    from claimwright.codesets.importers import Refused

    if isinstance(problem, Refused):
        return str(problem)
    if isinstance(problem, OSError):
        return (problem.strerror or "cannot be opened").lower()
    if isinstance(problem, sqlite3.OperationalError):
        return f"the store cannot be written: {problem}"
    raise problem


def import_stream(builder: Builder, name: str, stream: BinaryIO, said: Stated) -> list[Outcome]:
    """Import one open file, with a bar on a terminal while a large one is read."""
    from claimwright.codesets.importers import import_file

    now = datetime.now(UTC).isoformat(timespec="seconds")
    with watched(stream, f"Importing {name}") as read:
        return import_file(builder, name, read, imported_at=now, stated=said)


def _refused(name: str, why: str, as_json: bool) -> None:
    if as_json:
        _json({"file": name, "done": "refused", "reason": why})
    typer.echo(f"claimwright: cannot import {name}: {why}", err=True)


def _print(outcome: Outcome, name: str, as_json: bool) -> None:
    one = outcome.release
    if as_json:
        _json(
            {
                "file": name,
                "done": outcome.done,
                "table": one.table,
                "version": one.version,
                "part": one.part,
                "start": one.period.start,
                "end": one.period.end,
                "rows": one.rows,
                "sha256": one.sha256,
            }
        )
        return
    said = {"unchanged": "already imported, nothing changed", "replaced": "imported again"}.get(outcome.done, "imported")
    period = f"{one.period.start} to {one.period.end or 'now'}"
    typer.echo(f"{name}: {' '.join(filter(None, (one.table, one.version, one.part)))}, {one.rows:,} rows, {period}: {said}")


def _json(row: dict[str, object]) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(row).decode())


def fetch(
    tables: Annotated[list[str] | None, typer.Argument(help="Tables to fetch; none: list them.", show_default=False)] = None,
    store: StoreFile = None,
    as_json: AsJson = False,
    on: Annotated[datetime | None, typer.Option("--on", formats=_DAY, help="The release of a day.", show_default="today")] = None,
    accepted: Annotated[
        bool, typer.Option("--accept-terms", help="You accept the AMA's terms on the publisher's page (CPT numbers).")
    ] = False,
) -> None:
    """Fetch official files from their publishers' pages and import them; without a table, list the pages.

    Exit 0: fetched and imported. 2: one could not be.
    """
    day = on.date() if on else date.today()
    pages = list(_pages())
    unknown = sorted(set(tables or ()) - {page["table"] for page in pages})
    if unknown:
        typer.echo(f"claimwright: no page is known for {', '.join(unknown)}; claimwright codesets fetch lists them", err=True)
        raise typer.Exit(UNREADABLE)
    if not tables:
        for page in pages:
            row: dict[str, object] = {**page, "link": _links(page["link"], day)}
            if as_json:
                _json(row)
            else:
                typer.echo(f"{page['table']:<20} {'direct' if page['link'] else 'by hand':<8} {page['page']}")
        return
    worst = IMPORTED
    with _building(store_file(store)) as builder:
        for page in pages:
            if page["table"] in tables:
                worst = max(worst, _fetch_one(builder, page, day, accepted, as_json))
    raise typer.Exit(worst)


def _pages() -> Iterator[dict[str, str]]:
    from claimwright.codesets.starter import table

    yield from table("publishers").rows


def _links(template: str, day: date) -> list[str]:
    quarter = (day.month - 1) // 3 + 1
    month = ("january", "april", "july", "october")[quarter - 1]
    words = {
        "year": day.year,
        "yy": f"{day.year % 100:02d}",
        "quarter": quarter,
        "fiscal": day.year + (day.month > 9),
        "month": month,
        "letter": "abcd"[quarter - 1],
        "ncci": f"{day.year - 1994}{quarter - 1}",
        "half": 0 if day.month < 7 else 1,
    }
    return [link.format(**words) for link in template.split()]


def _fetch_one(builder: Builder, page: dict[str, str], day: date, accepted: bool, as_json: bool) -> int:
    import tempfile
    import urllib.error
    import urllib.request

    from claimwright.codesets.importers import Stated

    if not page["link"]:
        _refused(page["table"], f"its publisher gives no lasting link; take the file from {page['page']} and import it", as_json)
        return UNREADABLE
    if page["terms"] and not accepted:
        _refused(page["table"], f"carries CPT; read the AMA's terms at {page['page']} and add --accept-terms", as_json)
        return UNREADABLE
    for link in _links(page["link"], day):
        name = link.rsplit("/", 1)[-1]
        with tempfile.TemporaryFile() as kept:
            try:
                with urllib.request.urlopen(link, timeout=60) as answer:
                    while some := answer.read(1 << 20):
                        kept.write(some)
            except (urllib.error.URLError, TimeoutError, ConnectionError) as problem:
                why = getattr(problem, "reason", problem)
                _refused(name, f"{link} does not answer ({why}); take the file from {page['page']} and import it", as_json)
                return UNREADABLE
            kept.seek(0)
            try:
                outcomes = import_stream(builder, name, kept, Stated())
            except Exception as problem:
                _refused(name, _reason(problem), as_json)
                return UNREADABLE
        for outcome in outcomes:
            _print(outcome, name, as_json)
    return IMPORTED
