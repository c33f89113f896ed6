"""Where the store of code sets is, and the tables that a command works with."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from claimwright.codesets.store import Store
    from claimwright.codesets.tables import Tables

FILE = "codesets.sqlite"
UNREADABLE = 2

StoreFile = Annotated[
    Path | None,
    typer.Option(
        "--store",
        envvar="CLAIMWRIGHT_STORE",
        help="The store of imported code sets: a file, or the folder it is in.",
        show_default="claimwright/codesets.sqlite in the user's data folder",
    ),
]


def store_file(given: Path | None) -> Path:
    """The store's file: as given (a folder holds it under its usual name), else in the user's data folder."""
    if given is None:
        return _data_folder() / "claimwright" / FILE
    return given / FILE if given.is_dir() or not given.suffix else given


def _data_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def opened_store(given: Path | None) -> Store | None:
    """The store, or None where there is none and none was named; exits 2 if the one named cannot be read."""
    path = store_file(given)
    if given is None and not path.is_file():
        return None
    from claimwright.codesets.store import NotAStore, Store

    try:
        return Store(path)
    except (NotAStore, OSError) as problem:
        why = "there is no such store; claimwright codesets import makes one" if isinstance(problem, OSError) else problem
        typer.echo(f"claimwright: cannot read {path}: {why}", err=True)
        raise typer.Exit(UNREADABLE) from None


def tables_of(given: Path | None) -> Tables:
    """The tables that travel with the package, with the store's laid over them where there is one."""
    from claimwright.codesets.tables import starter

    store = opened_store(given)
    if store is None:
        return starter()
    from claimwright.codesets.stored import stored_tables

    return stored_tables(store)
