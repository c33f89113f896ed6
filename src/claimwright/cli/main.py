"""The command line: one job on one file, no database needed; the office commands import it inside."""

from __future__ import annotations

import typer

from claimwright.cli import (
    adjudicate,
    audit,
    code,
    codesets,
    demo,
    drg,
    edits,
    ledger,
    payer,
    price,
    remit,
    risk,
    scrub,
    serve,
    x12,
)

app = typer.Typer(
    name="claimwright", help="Medical coding and billing, from chart to cash.", no_args_is_help=True, add_completion=False
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("work")(serve.work)
app.command("code")(code.code)
app.command("drg")(drg.drg)
app.command("risk")(risk.risk)
app.command("audit")(audit.audit)
app.command("scrub")(scrub.scrub)
app.command("price")(price.price)
app.command("adjudicate")(adjudicate.adjudicate)
app.add_typer(edits.app, name="edits")
app.add_typer(x12.app, name="x12")
app.add_typer(remit.app, name="remit")
app.add_typer(ledger.app, name="ledger")
app.add_typer(payer.app, name="payer")
app.add_typer(codesets.app, name="codesets")


def main() -> None:
    """Entry point."""
    app()


if __name__ == "__main__":
    main()
