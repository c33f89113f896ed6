"""`claimwright x12 show`: what a file says, for people and for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from claimwright.cli.terminal import ends, folded, opened, watched, width

if TYPE_CHECKING:
    from claimwright.findings import Finding

BATCH = 10_000  # rows of a Parquet row group


def show(
    file: Annotated[Path, typer.Argument(help="An X12 file.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")] = False,
    tree: Annotated[bool, typer.Option("--tree", help="Loops by name, with their segments as they stand.")] = False,
    findings: Annotated[
        bool, typer.Option("--findings", help="With --tree: what `x12 check` finds, below each segment.")
    ] = False,
    csv: Annotated[str, typer.Option(help="A flat table as CSV, into this file; - for stdout.", show_default=False)] = "",
    parquet: Annotated[str, typer.Option(help="The same table as Parquet, into this file.", show_default=False)] = "",
) -> None:
    """Show what a file says: claims, payments, benefits, statuses; sets that have no typed form come as segments.

    CSV and Parquet hold one table with always the same columns: a row a service line, payment, benefit or status.

    Examples: claimwright x12 show era.835 | claimwright x12 show week.837 --json
    | claimwright x12 show week.837 --tree --findings | claimwright x12 show era.835 --csv -
    | claimwright x12 show era.835 --parquet era.parquet

    Exit 0: shown. 2: the file cannot be read, or a table is there already.
    """
    if (json + tree + bool(csv) + bool(parquet)) > 1 or (findings and not tree):
        typer.echo("claimwright: choose one of --json, --tree, --csv and --parquet; --findings goes with --tree", err=True)
        raise typer.Exit(2)
    with opened(file) as stream:
        if stream is None:
            raise typer.Exit(2)
        if not ends(stream):
            typer.echo(f"claimwright: {file} does not end with IEA: a part of it is missing", err=True)
        if tree:
            _tree(file, stream, findings)
        elif csv and csv != "-":
            _into(Path(csv), lambda target: _csv(file, stream, target))
        elif csv:
            _csv(file, stream, sys.stdout.buffer)
        elif parquet:
            _into(Path(parquet), lambda target: _parquet(file, stream, target))
        else:
            _rows(stream, json)


def _rows(stream: BinaryIO, json: bool) -> None:
    """Sentences for people, or JSON lines."""
    from claimwright.x12.show import sentences
    from claimwright.x12.show import show as rows

    if json:
        import msgspec

        for row in rows(stream):
            typer.echo(msgspec.json.encode(row).decode())
        return
    columns = width()
    for kind, control, gist in sentences(rows(stream)):
        typer.echo(folded(f"{kind:<16} {control:<22} ", gist, columns))


def _tree(file: Path, stream: BinaryIO, findings: bool) -> None:
    from claimwright.x12.document import read
    from claimwright.x12.tree import tree

    found: dict[int, list[Finding]] = {}
    if findings:
        from datetime import date

        from claimwright.x12.check import check

        with watched(stream, f"Checking {file.name}") as checked:
            for one in check(checked, today=date.today()):
                found.setdefault(one.line, []).append(one)
    stream.seek(0)
    try:
        for branch in tree(read(stream), found):
            number = f"{branch.line:>6}" if branch.line else "      "
            typer.echo(f"{number}  {'  ' * branch.depth}{branch.text}")
            for one in branch.findings:
                typer.echo(f"        {'  ' * branch.depth}^ {one.severity} [{one.code}] {one.message}")
    except ValueError as problem:
        typer.echo(f"claimwright: cannot read {file}: {problem}", err=True)
        raise typer.Exit(2) from None


# Tables ----------------------------------------------------------------------------------------------------------------


def _table(stream: BinaryIO) -> Iterator[dict[str, object]]:
    from claimwright.x12.show import show as rows
    from claimwright.x12.table_rows import table_rows

    return table_rows(rows(stream))


def _csv(file: Path, stream: BinaryIO, target: BinaryIO) -> int:
    """Write the table as CSV (RFC 4180, UTF-8, days as CCYY-MM-DD); gives the number of rows."""
    import csv
    import io

    from claimwright.x12.table_rows import COLUMNS

    names = [name for name, _ in COLUMNS]
    text = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(names)
    count = 0
    with watched(stream, f"Reading {file.name}") as read:
        for row in _table(read):
            writer.writerow(["" if row[name] is None else row[name] for name in names])
            count += 1
    text.detach()
    return count


def _parquet(file: Path, stream: BinaryIO, target: BinaryIO) -> int:
    """Write the table as Parquet, some thousand rows at a time; gives the number of rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from claimwright.x12.table_rows import COLUMNS

    types = {"text": pa.string(), "whole": pa.int64(), "money": pa.decimal128(18, 2), "date": pa.date32()}
    types["number"] = pa.decimal128(18, 6)
    schema = pa.schema([(name, types[kind]) for name, kind in COLUMNS])
    count, rows = 0, []
    with watched(stream, f"Reading {file.name}") as read, pq.ParquetWriter(target, schema) as writer:
        for row in _table(read):
            rows.append(row)
            count += 1
            if len(rows) == BATCH:
                writer.write_table(pa.Table.from_pylist(rows, schema))
                rows = []
        writer.write_table(pa.Table.from_pylist(rows, schema))
    return count


def _into(path: Path, fill: Callable[[BinaryIO], int]) -> None:
    """A new file; none stays that could not be finished."""
    try:
        with path.open("xb") as target:
            try:
                count = fill(target)
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        typer.echo(f"claimwright: {path} exists already", err=True)
        raise typer.Exit(2) from None
    except OSError as problem:
        typer.echo(f"claimwright: cannot write {path}: {problem.strerror}", err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{path}: {count:,} rows", err=True)
