"""The sandbox payer at the other end of the folder: it takes what is in DIR/outbox and answers into DIR/inbox.

Its memory is DIR/payer/state.json, replaced whole after its answers are written. Killed between the two, it is asked the
same again, answers the same under the same names, and nothing is lost or doubled.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from claimwright.office.codes import tables
from claimwright.office.exchange import folder
from claimwright.payers.sandbox.model import Book
from claimwright.payers.sandbox.payer import State, answer


class Memory(msgspec.Struct):
    """What the payer remembers, and which files it has taken."""

    state: State
    taken: list[str] = []
    day: date | None = None


def open_payer(home: Path, book: Book) -> None:
    """Give the payer its book; one that it already has stays."""
    place = home / "payer"
    if not (place / "book.json").exists():
        folder.write(place, "book.json", msgspec.json.encode(book))


def has_payer(home: Path) -> bool:
    """Whether a sandbox payer listens at this folder."""
    return (home / "payer" / "book.json").exists()


def waits_for(home: Path, today: date) -> bool:
    """Whether the payer has not worked this day yet."""
    worked = _memory(home / "payer").day
    return worked is None or worked < today


def run_payer(home: Path, today: date) -> list[Path]:
    """Let the payer work for a day: take new files, write what has fallen due. The paths of its answers.

    It judges by the code sets that the office has: the imported store where there is one.
    """
    place = home / "payer"
    book = msgspec.json.decode((place / "book.json").read_bytes(), type=Book)
    memory = _memory(place)
    taken = set(memory.taken)
    out = folder.outbox(home)
    fresh = (
        sorted(path for path in out.iterdir() if path.suffix in (".270", ".276", ".278", ".837") and path.name not in taken)
        if out.is_dir()
        else []
    )
    answers, state = answer(book, memory.state, [(path.name, path.read_bytes()) for path in fresh], today, tables())
    written = [folder.write(folder.inbox(home), name, content) for name, content in answers]
    memory = Memory(state=state, taken=[*memory.taken, *(path.name for path in fresh)], day=today)
    folder.write(place, "state.json", msgspec.json.encode(memory))
    return written


def _memory(place: Path) -> Memory:
    kept = place / "state.json"
    return msgspec.json.decode(kept.read_bytes(), type=Memory) if kept.exists() else Memory(state=State())
