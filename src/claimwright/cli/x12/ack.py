"""`claimwright x12 ack`: the TA1, 999 and 277CA that a file is answered with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from claimwright.cli.terminal import opened, watched
from claimwright.cli.x12.levels import DEFAULT, PayerName, Snip, levels, rules_for

if TYPE_CHECKING:
    from datetime import datetime

    from claimwright.cli.x12.answered import Answer, Folder
    from claimwright.x12.acknowledge import Receipt
    from claimwright.x12.envelope import Envelope
    from claimwright.x12.outline import Route

_MEND = 'put back the last good copy, or write the next numbers into it: {"interchange":1000,"group":1000}'
Row = dict[str, Any]
Written = tuple[Path, Row, list[tuple[int, int]]]  # a finished file, its row, its numbers


def ack(
    files: Annotated[list[Path], typer.Argument(help="X12 files that were received.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The folder of acknowledgements, with their control numbers.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")] = False,
    snip: Snip = DEFAULT,
    payer: PayerName = "",
    clearinghouse: Annotated[bool, typer.Option(help="Answer claims as a clearinghouse (AY), not as the payer (PR).")] = False,
    again: Annotated[bool, typer.Option(help="Answer anew what was answered before, with new numbers.")] = False,
) -> None:
    """Acknowledge received files: write NAME.ta1, NAME.999 and NAME.277ca, those that are due, into a folder.

    A TA1 answers an interchange that asks for it (ISA14) or is refused; a 999 each group; a 277CA each claim of accepted 837s.
    A mistake in form refuses the set (999); one about a claim refuses this claim (277CA) and no other.

    Numbers go on from file to file (control-numbers.json in the folder). A file that was answered before gets no second
    answer: its rows are shown again, and what has been taken out of the folder is written again with the same numbers.
    No answer is ever overwritten: another file of the same name gets its number in the name.

    Examples: claimwright x12 ack inbox/week.837 --out answers | claimwright x12 ack inbox/*.835 --out answers --json

    Exit 0: all accepted. 1: something is refused or has findings. 2: a file, or the folder's numbers, cannot be read.
    """
    from functools import partial

    from claimwright.cli.x12.answered import DamagedError, Folder
    from claimwright.x12.acknowledge import receive

    chosen = levels(snip)
    check = partial(receive, snip=chosen, payer_rules=rules_for(payer, chosen))
    folder, unread, worst = Folder(out), 0, 0
    for path in files:
        with opened(path) as stream:
            if stream is None:
                unread += 1
                continue
            try:
                answer, before = _answer(path, stream, folder, check, "AY" if clearinghouse else "PR", again)
            except DamagedError as problem:
                typer.echo(f"claimwright: {problem}; {_MEND}", err=True)
                raise typer.Exit(2) from None
            except OSError as problem:
                where = f"{problem.filename}: " if problem.filename else ""
                typer.echo(f"claimwright: cannot acknowledge {path}: {where}{problem.strerror}", err=True)
                unread += 1
                continue
        worst = max(worst, _show(path, out, answer, before, json))
    raise typer.Exit(2 if unread else worst)


def _answer(
    path: Path, stream: BinaryIO, folder: Folder, check: Callable[..., Receipt], answering: str, again: bool
) -> tuple[Answer, bool]:
    """What a file is answered with, written now or before; and whether it was before."""
    import hashlib
    from datetime import datetime
    from tempfile import TemporaryDirectory

    from claimwright.cli.x12.answered import Answer

    stream.seek(0)
    content = hashlib.sha256()
    while block := stream.read(1 << 18):
        content.update(block)
    digest = content.hexdigest()
    before = None if again else folder.answered(digest)
    if before is not None and all((folder.home / str(row["file"])).exists() for row in before.rows):
        return before, True
    created = datetime.fromisoformat(before.created) if before else datetime.now().replace(microsecond=0)
    with watched(stream, f"Checking {path.name}") as read:
        receipt = check(read, created.date())
    folder.home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.home, prefix=".writing-") as scratch:
        written = list(_write(Path(scratch), stream, receipt, _Numbers(folder, created, before), answering))
        if before is not None:
            _restore(folder, before, written)
            return before, True
        numbers = [number for *_, used in written for number in used]
        answer = Answer(path.name, created.isoformat(), [row for _, row, _ in written], numbers, receipt.unsaid)
        if written:  # without an answer no number was taken, and there may be none to take one from
            before = folder.publish(digest, answer, [temporary for temporary, *_ in written], again)
    return before or answer, before is not None


def _restore(folder: Folder, before: Answer, written: list[Written]) -> None:
    """Write again what was taken out of the folder, under its old name and numbers."""
    import os

    named = {row["kind"]: folder.home / str(row["file"]) for row in before.rows}
    for temporary, row, _ in written:
        target = named.get(row["kind"])
        if target is not None and not target.exists():
            os.replace(temporary, target)


class _Numbers:
    """Gives each interchange its numbers: those it had before, else the folder's next."""

    def __init__(self, folder: Folder, created: datetime, before: Answer | None) -> None:
        self.folder, self.created = folder, created
        self.old = iter(before.numbers if before else ())
        self.used: list[tuple[int, int]] = []

    def envelope(self, route: Route) -> Envelope:
        """The envelope of the next answer."""
        interchange, group = next(self.old, None) or self.folder.take()
        self.used.append((interchange, group))
        return route.reply(interchange, group, self.created)


def _write(scratch: Path, stream: BinaryIO, receipt: Receipt, numbers: _Numbers, answering: str) -> Iterator[Written]:
    """Each answer that is due as a temporary file, with its row and its numbers."""
    import os

    from claimwright.x12.acknowledge import functional_file, ta1_file
    from claimwright.x12.claim_verdicts import Tally, claim_file

    tally = Tally()
    kinds: list[tuple[str, Callable[[], Iterator[bytes]], Callable[[], Row]]] = [
        ("ta1", lambda: iter([ta1_file(receipt, numbers.envelope)]), lambda: _interchanges(receipt)),
        ("999", lambda: iter([functional_file(receipt, numbers.envelope)]), lambda: _sets(receipt)),
        (
            "277ca",
            lambda: claim_file(stream, receipt, numbers.envelope, answering=answering, tally=tally),
            lambda: _claims(tally),
        ),
    ]
    for kind, pieces, counts in kinds:
        numbers.used = []
        temporary = scratch / kind
        with temporary.open("wb") as file:
            for piece in pieces():
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if numbers.used:
            yield temporary, {"file": "", "kind": kind, "control": f"{numbers.used[0][0]:09d}", **counts()}, numbers.used


def _interchanges(receipt: Receipt) -> Row:
    accepted = [ta1.accepted for _, ta1 in receipt.ta1s()]
    return {"accepted": sum(accepted), "rejected": len(accepted) - sum(accepted), "of": "interchanges"}


def _sets(receipt: Receipt) -> Row:
    acks = [ack for _, ack in receipt.groups()]
    accepted, noted = sum(ack.accepted for ack in acks), sum(one.code == "E" for ack in acks for one in ack.sets)
    # A refused group of no sets is one thing refused.
    rejected = sum(max(ack.received - ack.accepted, ack.code == "R") for ack in acks)
    return {"accepted": accepted, "rejected": rejected, "of": "sets", "with_errors": noted}


def _claims(tally: Any) -> Row:
    return {"accepted": tally.accepted, "rejected": tally.rejected, "of": "claims"}


def _show(path: Path, home: Path, answer: Answer, before: bool, json: bool) -> int:
    """Print a line for each answer; the exit code."""
    for kept in answer.rows:
        row = {**kept, "file": str(home / str(kept["file"]))}
        if json:
            import msgspec

            typer.echo(msgspec.json.encode({**row, "answers": str(path), "before": before}).decode())
            continue
        of = str(row["of"]) if row["accepted"] != 1 else str(row["of"])[:-1]
        noted = f" ({row['with_errors']} with errors)" if row.get("with_errors") else ""
        refused = f", {row['rejected']} rejected" if row["rejected"] else ""
        told = " (answered before)" if before else ""
        said = f"{str(row['kind']).upper()} {row['control']}: {row['accepted']} {of} accepted{noted}{refused}{told}"
        typer.echo(f"{row['file']}: {said}")
    if not answer.rows:
        typer.echo(f"{path}: nothing to acknowledge", err=True)
    if answer.unsaid:
        many = answer.unsaid != 1
        said = f"{answer.unsaid} finding{'s' if many else ''} that no acknowledgement can tell: see claimwright x12 check"
        typer.echo(f"{path}: {said}", err=True)
    return 1 if answer.unsaid or any(row["rejected"] or row.get("with_errors") for row in answer.rows) else 0
