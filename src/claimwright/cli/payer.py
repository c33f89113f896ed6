"""`claimwright payer`: a payer in a box, between two folders."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from claimwright.cli.store import StoreFile, tables_of
from claimwright.cli.terminal import cannot_read, watched

if TYPE_CHECKING:
    from claimwright.cli.payer_state import StateOnDisk
    from claimwright.codesets.tables import Tables
    from claimwright.payers.sandbox.model import Book
    from claimwright.payers.sandbox.payer import Sent

app = typer.Typer(
    help="A payer in a box: it answers claims and questions as payers do, at their worst too.", no_args_is_help=True
)

ANSWERED, PASSED_OVER, UNREADABLE = 0, 1, 2
TRUTH = "truth.jsonl"
_BLOCK = 1 << 20
_ASKED = ("837", "270", "276", "278")


@app.callback()
def payer() -> None:
    """A payer in a box: it answers claims and questions as payers do, at their worst too."""


@app.command("run")
def run(
    inbox: Annotated[Path, typer.Option("--in", help="The folder with 837, 270, 276 and 278 files.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", help="The folder for the answers and the payer's memory.", show_default=False)],
    scenario: Annotated[str, typer.Option(help="plain, mixed, harshest, or a file of your own (TOML).")] = "plain",
    seed: Annotated[
        int | None, typer.Option(help="Another seed, other claims in trouble.", show_default="the scenario's")
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The last day that is worked.", show_default="until nothing is left to do"),
    ] = None,
    store: StoreFile = None,
) -> None:
    """Answer every file of a folder: TA1, 999, 277CA, 271, 277, 278, and 835 with its bank lines (CSV and BAI2).

    What was really decided is in truth.jsonl. Run again, it goes on: files read before change nothing.

    Example: claimwright payer run --in sent --out answers --scenario harshest

    Exit 0: all answered. 1: some files were passed over. 2: the scenario or a folder cannot be read.
    """
    from claimwright.cli.payer_state import FILE, StateOnDisk

    if not inbox.is_dir():
        cannot_read(inbox, "there is no such folder")
        raise typer.Exit(UNREADABLE)
    if inbox.resolve() == out.resolve():
        typer.echo(f"claimwright: {inbox} is both the folder to read and the one to write; give another --out", err=True)
        raise typer.Exit(UNREADABLE)
    book, digest = _book(scenario, seed)
    tables = tables_of(store)
    try:
        out.mkdir(parents=True, exist_ok=True)
        state = StateOnDisk.at(out / FILE)
    except (OSError, sqlite3.Error) as problem:
        _cannot_write(out, problem)
        raise typer.Exit(UNREADABLE) from None
    with closing(state.base):
        known = state.note("scenario", digest)
        if known != digest:
            typer.echo(f"claimwright: {out} holds the answers of another scenario or seed; give another --out", err=True)
            raise typer.Exit(UNREADABLE)
        state.remember("scenario", digest)
        desk = _Desk(book, state, out, tables)
        passed_over = desk.work(inbox, until.date() if until else date.max)
        counts = state.note("counts", {})
    said = ", ".join(f"{counts[name]:,} {name}" for name in ("files", "claims", "payments") if name in counts)
    typer.echo(f"{out}: {said or 'nothing to answer'}", err=True)
    raise typer.Exit(PASSED_OVER if passed_over else ANSWERED)


def _cannot_write(out: Path, problem: OSError | sqlite3.Error) -> None:
    """One line on stderr: what stands in the way of the out folder."""
    if isinstance(problem, OSError):
        why = (problem.strerror or "it cannot be made").lower()
    elif isinstance(problem, sqlite3.OperationalError):
        why = f"its memory cannot be opened ({problem}); does another run work there?"
    else:
        why = f"its memory is broken ({problem}); give another --out"
    typer.echo(f"claimwright: cannot write to {out}: {why}", err=True)


def _book(scenario: str, seed: int | None) -> tuple[Book, str]:
    """The payers, and what names scenario and seed."""
    from claimwright.adjudication.reading import NotReadableError
    from claimwright.cli.terminal import text_of
    from claimwright.payers.sandbox.scenario import SHIPPED, read_scenario, shipped

    text = shipped(scenario) if scenario in SHIPPED else text_of(Path(scenario))
    if text is None:
        raise typer.Exit(UNREADABLE)
    try:
        book = read_scenario(text, scenario, seed)
    except NotReadableError as problem:
        typer.echo(f"claimwright: {problem}", err=True)
        raise typer.Exit(UNREADABLE) from None
    return book, blake2b(f"{book.seed}\n{text}".encode(), digest_size=16).hexdigest()


class _Desk:
    """Reads what came, writes the answers. Answers are written before the memory of them is lasting: a killed run does the
    same again under the same names.
    """

    def __init__(self, book: Book, state: StateOnDisk, out: Path, tables: Tables) -> None:
        self.book, self.state, self.out, self.tables = book, state, out, tables
        self.counts: dict[str, int] = state.note("counts", {})
        kept: int = state.note("truth", 0)
        self.truth = (out / TRUTH).open("ab")
        self.truth.truncate(kept)  # what a killed run wrote of what it then did not remember
        self.truth.seek(kept)

    def work(self, inbox: Path, until: date) -> int:
        """Take the files day by day, pay what falls due between; how many files were passed over."""
        files, passed_over = self._files(inbox)
        with closing(self.truth):
            for made, path in files:
                if made > until:
                    break
                self._pay(made.fromordinal(made.toordinal() - 1))
                self._read(path, made)
            self._pay(until)
            self._owed_still()
            self._commit()
        return passed_over

    def _files(self, inbox: Path) -> tuple[list[tuple[date, Path]], int]:
        """The files to read with their dates (ISA09), the oldest first; and how many are none of ours."""
        from claimwright.payers.sandbox.payer import Post
        from claimwright.x12.sniff import kind

        found, passed_over = [], 0
        answers = self.out.resolve() if self.out.resolve().is_relative_to(inbox.resolve()) else None
        for path in sorted(one for one in inbox.rglob("*") if one.is_file()):
            if answers and path.resolve().is_relative_to(answers):
                continue
            try:
                with path.open("rb") as stream:
                    head = stream.read(1 << 16)
            except OSError as problem:
                cannot_read(path, problem)
                passed_over += 1
                continue
            post = Post.of(head)
            if post is None or not kind(head).startswith(_ASKED):
                cannot_read(path, "not an 837, 270, 276 or 278" if head else "the file is empty")
                passed_over += 1
            elif post.made is None:
                cannot_read(path, "its ISA has no date that can be read (ISA09)")
                passed_over += 1
            else:
                found.append((post.made, path))
        return sorted(found, key=lambda one: (one[0], one[1].name, str(one[1]))), passed_over

    def _read(self, path: Path, made: date) -> None:
        from claimwright.payers.sandbox.payer import Post, respond

        with path.open("rb") as stream:
            key = _digest(stream)
            if key in self.state.interchanges:
                return
            self.state.interchanges.append(key)
            stream.seek(0)
            post = Post.of(stream)
            assert post
            before = self.state.control
            with watched(stream, f"Reading {path.name}") as read:
                for name, content in respond(self.book, self.state, post, read, made):
                    self._write(name, content)
        self._count("files", 1)
        self._note({"event": "file", "file": path.name, "controls": [before + 1, self.state.control]})
        self._commit()

    def _pay(self, until: date) -> None:
        """A day after the other; each lasts when it is done."""
        from claimwright.payers.sandbox.payer import fall_due

        while (on := self._next_day(until)) is not None:
            for sent in fall_due(self.book, self.state, on, self.tables):
                self._send(sent)
            self._commit()

    def _next_day(self, until: date) -> date | None:
        days = [work.due for work in self.state.work if work.due <= until]
        due = self.state.next_day(until)
        return min([*days, *([due] if due else [])], default=None)

    def _send(self, sent: Sent) -> None:
        from claimwright.cli.payer_bank import bai2

        if sent.name:
            self._write(sent.name, sent.content)
        if sent.name.endswith(".bank.csv"):
            self._write(sent.name.replace(".csv", ".bai"), bai2(sent.payments))
            return
        for paid in sent.payments:
            remittance = paid.remittance
            told = {"trace": remittance.trace, "payer": remittance.payer.payer_id, "file": sent.name}
            if paid.deposit:
                self._count("payments", 1)
                adjustments = [(one.reason, one.amount, one.reference) for one in remittance.provider_adjustments]
                about = {"payee": remittance.payee_npi, "paid": remittance.paid, "paid_on": remittance.paid_on}
                self._note({"event": "payment", **told, **about, "provider_adjustments": adjustments})
            else:
                self._note({"event": "told again or late", **told})
            for decision in paid.decisions:
                self._count("claims", decision.event == "decision" and decision.part == 1)
                self._note({"trace": remittance.trace, "decision": decision})

    def _owed_still(self) -> None:
        """What was carried forward (PLB FB) and no payment has taken yet, told once."""
        left = {key: [trace, owed] for key, (trace, owed) in self.state.forward.items()}
        known: dict[str, list[object]] = self.state.note("forward", {})
        for key, (trace, owed) in sorted(left.items()):
            if known.get(key) != [trace, owed]:
                payer, payee = key.rsplit(":", 1)
                self._note({"event": "carried forward", "trace": trace, "payer": payer, "payee": payee, "owed": owed})
        self.state.remember("forward", left)

    def _count(self, what: str, more: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + more

    def _write(self, name: str, content: bytes) -> None:
        part = self.out / f"{name}.part"
        part.write_bytes(content)
        part.replace(self.out / name)

    def _note(self, row: object) -> None:
        import msgspec

        self.truth.write(msgspec.json.encode(row) + b"\n")

    def _commit(self) -> None:
        self.truth.flush()
        self.state.remember("truth", self.truth.tell())
        self.state.remember("counts", self.counts)
        self.state.commit()


def _digest(stream: BinaryIO) -> str:
    """Names a file by what is in it."""
    digest = blake2b(digest_size=16)
    while block := stream.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
