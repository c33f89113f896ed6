"""A folder as the way to the payers: DIR/outbox, DIR/inbox, and DIR/inbox/read for what has been taken in."""

from __future__ import annotations

import os
from pathlib import Path


def outbox(home: Path) -> Path:
    """Where files to payers are put."""
    return home / "outbox"


def inbox(home: Path) -> Path:
    """Where files from payers and the bank arrive."""
    return home / "inbox"


def documents(home: Path) -> Path:
    """Where statements and other papers are put."""
    return home / "pdf"


def write(place: Path, name: str, content: bytes) -> Path:
    """Write a file whole or not at all: nobody ever sees half of it."""
    place.mkdir(parents=True, exist_ok=True)
    target = place / Path(name).name
    temporary = place / f".{target.name}.{os.getpid()}"
    temporary.write_bytes(content)
    os.replace(temporary, target)
    return target


def waiting(home: Path) -> list[Path]:
    """The files that have arrived, by name; half-written ones (dot files) are left alone."""
    place = inbox(home)
    if not place.is_dir():
        return []
    return sorted(path for path in place.iterdir() if path.is_file() and not path.name.startswith("."))


def put_away(home: Path, path: Path) -> None:
    """Move a received file out of the way."""
    read = inbox(home) / "read"
    read.mkdir(parents=True, exist_ok=True)
    os.replace(path, read / path.name)
