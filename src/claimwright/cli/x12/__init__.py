"""`claimwright x12`: tools for X12 files, a file a command; heavy imports wait until a command runs."""

from __future__ import annotations

import typer

from claimwright.cli.x12 import ack, check, diff, redact, show, split

app = typer.Typer(help="Tools for X12 files (837, 835, 270/271, 276/277, 277CA, 999, TA1 ...).", no_args_is_help=True)
app.command("ack")(ack.ack)
app.command("check")(check.check)
app.command("show")(show.show)
app.command("diff")(diff.diff)
app.command("split")(split.split)
app.command("redact")(redact.redact)
