"""Which SNIP levels to check, and by which payer's own rules: the same for `check` and `ack`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from claimwright.x12.checks.payer import PayerRules

Snip = Annotated[str, typer.Option(help="SNIP levels to check; 7 needs --payer.")]
PayerName = Annotated[str, typer.Option("--payer", help="Check by this payer's own rules too (SNIP 7).", show_default=False)]
DEFAULT = "1,2,3,4,5"


def levels(text: str) -> set[int]:
    """The levels of `--snip`; one line on stderr and exit 2 where they are none."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part in ("1", "2", "3", "4", "5", "7") for part in parts):
        typer.echo("--snip takes levels from 1 to 5, and 7, separated by commas", err=True)
        raise typer.Exit(2)
    return {int(part) for part in parts}


def rules_for(payer: str, chosen: set[int]) -> PayerRules | None:
    """The rules of `--payer`; one line on stderr and exit 2 where there are none."""
    if not payer:
        if 7 in chosen:
            typer.echo("--snip 7 checks a payer's own rules: name one with --payer", err=True)
            raise typer.Exit(2)
        return None
    from claimwright.payers.rules import known, rules_of

    try:
        return rules_of(payer)
    except KeyError:
        typer.echo(f"--payer knows {', '.join(known())}; it has no rules of {payer!r}", err=True)
        raise typer.Exit(2) from None
