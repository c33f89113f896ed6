"""Bring the office up inside a command: its environment first, Django after, and only where it is needed."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

SETTINGS = "claimwright.office.settings"


def set_up(home: Path, today: date | None = None) -> None:
    """Point the office at a folder (and a day), and start Django."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ["CLAIMWRIGHT_DIR"] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    if today is not None:
        os.environ["CLAIMWRIGHT_TODAY"] = today.isoformat()
    import django

    django.setup()


def migrate() -> None:
    """Bring the tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)


def fail(message: str) -> None:
    """One line on stderr, exit 2."""
    import typer

    typer.echo(f"claimwright: {message}", err=True)
    raise typer.Exit(2)
