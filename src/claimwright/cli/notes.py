"""The documents of one encounter, as the commands for stays and risk read them."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from claimwright.cli.terminal import cannot_read

if TYPE_CHECKING:
    from claimwright.coding.model import Document

UNREADABLE = 2


def documents_of(paths: list[str]) -> list[Document]:
    """All texts together, a folder's .txt files in order; exits 2 if one cannot be read, or is empty."""
    from claimwright.coding.kinds import kind_of
    from claimwright.coding.model import Document

    files = [str(one) for path in paths for one in (sorted(Path(path).glob("*.txt")) if Path(path).is_dir() else [path])]
    if paths and not files:
        cannot_read(paths[0], "there is no .txt file in the folder")
        raise typer.Exit(UNREADABLE)
    texts = [_text(file) for file in files]
    return [Document(kind=kind_of(text), text=text) for text in texts]


def _text(file: str) -> str:
    try:
        data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as problem:
        cannot_read(file, problem)
        raise typer.Exit(UNREADABLE) from None
    text = data.decode("utf-8-sig", errors="replace")
    if b"\0" in data or not text.strip():
        cannot_read(file, "not a text file" if b"\0" in data else "empty")
        raise typer.Exit(UNREADABLE)
    return text


def codes_in(given: list[str]) -> list[str]:
    """Codes from options that were repeated, or held several between commas or blanks."""
    return [code for one in given for code in one.replace(",", " ").upper().split()]


def coded_day(command: str, on: datetime | None) -> date:
    """The day of service, today if not given; exits 2 where it is older than the diagnosis codes."""
    from claimwright.codesets.icd10cm import BEGAN

    day = on.date() if on else date.today()
    if day < BEGAN:
        raise refuse(command, f"no code set for services on {day}: ICD-10-CM begins on {BEGAN}")
    return day


def refuse(command: str, why: object) -> typer.Exit:
    """One line on stderr, and the exit to raise."""
    typer.echo(f"claimwright {command}: {why}", err=True)
    return typer.Exit(UNREADABLE)
