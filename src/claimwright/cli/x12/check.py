"""`claimwright x12 check`: each finding of a file, with its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimwright.cli.terminal import CONTRACT, opened, print_row, watched, width
from claimwright.cli.x12.levels import DEFAULT, PayerName, Snip, levels, rules_for

if TYPE_CHECKING:
    from claimwright.findings import Finding


def check(
    files: Annotated[list[Path], typer.Argument(help="X12 files.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")] = False,
    snip: Snip = DEFAULT,
    payer: PayerName = "",
) -> None:
    """Check X12 files against their guide: a row for each finding, with the segment it stands in.

    SNIP levels: 1 syntax, 2 guide, 3 balances, 4 between segments, 5 code sets, 7 a payer's own rules.

    Examples: claimwright x12 check week.837 | claimwright x12 check inbox/*.835 --json |
    claimwright x12 check week.837 --payer sandbox

    Exit 0: checked, nothing found. 1: findings, be it only that a version was not checked. 2: a file cannot be read.
    """
    from datetime import date

    from claimwright.x12.check import check as run

    chosen = levels(snip)
    rules = rules_for(payer, chosen)
    counted = {"error": 0, "warning": 0, "info": 0}
    unread, columns = 0, width()
    for path in files:
        with opened(path) as stream:
            if stream is None:
                unread += 1
                continue
            if columns and len(files) > 1:
                typer.echo(str(path))
            with watched(stream, f"Checking {path.name}") as read:
                for finding in run(read, file=str(path), snip=chosen, today=date.today(), payer_rules=rules):
                    counted[finding.severity] += 1
                    _print_finding(finding, json, columns)
    if not json and len(files) > unread:
        _print_totals(counted, len(files) - unread)
    if unread:
        raise typer.Exit(2)
    raise typer.Exit(1 if any(counted.values()) else 0)


def _print_finding(finding: Finding, json: bool, columns: int) -> None:
    # The agreed columns are always there, empty or not.
    row = {name: getattr(finding, name) for name in (*CONTRACT, "fix")}
    if json:
        import msgspec

        typer.echo(msgspec.json.encode(row).decode())
        return
    print_row(row, columns)


def _print_totals(counted: dict[str, int], files: int) -> None:
    said = ", ".join(f"{count} {name}{'s' if count != 1 and name != 'info' else ''}" for name, count in counted.items() if count)
    typer.echo(f"{files} file{'s' if files != 1 else ''}: {said or 'nothing found'}", err=True)
