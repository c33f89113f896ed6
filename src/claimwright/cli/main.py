"""The command line: one job on one file, no database needed; the office commands import it inside.

A command's module is loaded when the command is asked for, and all of them for the help alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

_WHERE = {
    "demo": "demo.demo",
    "serve": "serve.serve",
    "work": "serve.work",
    "code": "code.code",
    "drg": "drg.drg",
    "risk": "risk.risk",
    "audit": "audit.audit",
    "scrub": "scrub.scrub",
    "price": "price.price",
    "adjudicate": "adjudicate.adjudicate",
    "edits": "edits.app",
    "x12": "x12.app",
    "remit": "remit.app",
    "ledger": "ledger.app",
    "payer": "payer.app",
    "codesets": "codesets.app",
}  # commands, and the function or the group of commands that each is


class _Commands(TyperGroup):
    """Commands by the modules they are in."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All, in the order of the help."""
        return list(_WHERE)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One command; for a name that is none all are loaded, so that one like it can be told."""
        for name in [cmd_name] if cmd_name in _WHERE else _WHERE:
            if name not in self.commands:
                self.commands[name] = _loaded(name)
        return self.commands.get(cmd_name)


def _loaded(name: str) -> Any:
    module, _, attribute = _WHERE[name].partition(".")
    found = getattr(import_module(f"claimwright.cli.{module}"), attribute)
    part = typer.Typer()
    if isinstance(found, typer.Typer):
        part.add_typer(found, name=name)
    else:
        part.command(name)(found)
    return typer.main.get_group(part).commands[name]


app = typer.Typer(name="claimwright", cls=_Commands, no_args_is_help=True, add_completion=False)


@app.callback()
def _claimwright() -> None:
    """Medical coding and billing, from chart to cash."""


def main() -> None:
    """Entry point."""
    app()


if __name__ == "__main__":
    main()
