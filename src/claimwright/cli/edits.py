"""`claimwright edits`: what the scrubber checks, and the practice's own rules."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimwright.cli.terminal import CONTRACT, print_row, text_of, width

app = typer.Typer(help="List the scrubber's edits; check rules of your own.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")]


@app.command("list")
def list_(
    json: AsJson = False,
    family: Annotated[str, typer.Option(help="Only this family, such as ncci or modifiers.")] = "",
) -> None:
    """List every edit, the payers' own last: id, family, severity, since when, what it says, where in the claim, and its source.

    Examples: claimwright edits list --family ncci | claimwright edits list --json

    Exit 0: listed. 1: there is no such family.
    """
    from claimwright.edits.registry import all_edits
    from claimwright.payers.edits import all_payer_edits

    names = ("id", "family", "severity", "since", "until", "summary", "element", "citation")
    shown = [one for one in (*all_edits(), *all_payer_edits()) if family in ("", one.family)]
    for one in shown:
        row = {name: getattr(one, name) for name in names} | {"forms": sorted(one.forms)}
        if json:
            import msgspec

            typer.echo(msgspec.json.encode(row).decode())
        else:
            typer.echo(f"{one.id:<32} {one.severity:<7} {' '.join(one.summary.split())}")
    raise typer.Exit(0 if shown else 1)


@app.command()
def rules(
    file: Annotated[Path, typer.Argument(help="A text of rules.", show_default=False)],
    json: AsJson = False,
) -> None:
    """Read a text of rules and run each rule's own cases.

    Example: claimwright edits rules lakeside.rules

    Exit 0: every rule reads and every case comes out. 1: findings. 2: the file cannot be read.
    """
    from claimwright.codesets.tables import starter
    from claimwright.edits.rules_text import prove, read_rules

    text = text_of(file)
    if text is None:
        raise typer.Exit(2)
    found, findings = read_rules(text)
    if found:
        findings = prove(found, starter())
    for one in findings:
        row = {name: getattr(one, name) for name in (*CONTRACT, "fix")} | {"file": str(file)}
        if json:
            import msgspec

            typer.echo(msgspec.json.encode(row).decode())
        else:
            print_row(row, width())
    if found:
        cases = sum(len(rule.cases) for rule in found.rules)
        typer.echo(f"{found.name} version {found.version}: {len(found.rules)} rules, {cases} cases", err=True)
    raise typer.Exit(1 if findings else 0)
