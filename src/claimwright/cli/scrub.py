"""`claimwright scrub`: check 837 files and run every edit over their claims, without a database."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from claimwright.cli.store import StoreFile, tables_of
from claimwright.cli.terminal import CONTRACT, cannot_read, opened, print_row, text_of, watched, width

if TYPE_CHECKING:
    from claimwright.claims.model import Claim
    from claimwright.codesets.tables import Tables
    from claimwright.edits.registry import Edit
    from claimwright.findings import Finding
    from claimwright.x12.claim_reading import ReadClaim

CLEAN, FOUND, UNREADABLE = 0, 1, 2
ROW = (*CONTRACT, "edit", "citation", "fix")
_LOOP = {"NM": "2010BA", "N3": "2010BA", "N4": "2010BA", "DMG": "2010BA", "SBR": "2000B", "PRV": "2000A"}
_ELEMENT = re.compile(
    r"(?:(?P<loop>\d{4}[A-Z]{0,2}) )?(?P<segment>NM1|N[34]|HI|LX|SV1|SBR|CLM|DMG|DTP|REF|PRV|AMT|CAS|SVD|LIN|CTP)"
)


def scrub(
    files: Annotated[list[Path], typer.Argument(help="837 files.", metavar="FILE.837...", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, nothing else.")] = False,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to judge by.", show_default="today")
    ] = None,
    rules: Annotated[
        list[Path] | None, typer.Option(help="A text of your own rules, run beside the built-in edits.", show_default=False)
    ] = None,
    store: StoreFile = None,
) -> None:
    """Check the files' form, then scrub each claim; the other claims of a file count as its batch.

    Example: claimwright scrub week.837 --today 2026-11-16

    Exit 0: nothing found. 1: findings, advice too. 2: a file cannot be read as an 837.
    """
    on = today.date() if today else date.today()
    worst, columns = CLEAN, -1 if as_json else width()
    own = [edit for path in rules or () for edit in _own(path)]
    tables = tables_of(store)
    for path in files:
        with opened(path) as stream:
            if stream is None:
                worst = UNREADABLE
                continue
            found = _scrub_file(path, stream, on, columns, own, tables)
        if found is None:
            cannot_read(path, "not an 837 file")
        elif not as_json:
            typer.echo(found.sentence(path), err=True)
        worst = max(worst, UNREADABLE if found is None else FOUND if found.findings else CLEAN)
    raise typer.Exit(worst)


def _own(path: Path) -> Sequence[Edit]:
    """The edits of a text of rules; one that cannot be read stops the run, for its findings would be missed silently."""
    from claimwright.edits.rules_text import read_rules

    text = text_of(path)
    if text is None:
        raise typer.Exit(UNREADABLE)
    found, findings = read_rules(text)
    for finding in findings:
        cannot_read(path, f"line {finding.line}: {finding.message} {finding.fix}")
    if found is None:
        raise typer.Exit(UNREADABLE)
    return found.edits()


class _Found:
    """What was found in a file: how many findings, the claims, and those that are stopped."""

    def __init__(self) -> None:
        self.findings = 0
        self.stopped: set[str] = set()
        self.claims: dict[str, int] = defaultdict(int)

    def take(self, finding: Finding) -> None:
        """Count one finding."""
        self.findings += 1
        if finding.stops:
            self.stopped.add(finding.claim)

    def sentence(self, path: Path) -> str:
        """How many claims, and how many may not leave."""
        claims = sum(self.claims.values())
        stopped = sum(count for number, count in self.claims.items() if number in self.stopped)
        outside = "; errors outside the claims stop the whole file" if "" in self.stopped else ""
        return f"{path}: {claims} claim{'s' if claims != 1 else ''}, {stopped} may not leave{outside}"


def _scrub_file(path: Path, stream: BinaryIO, today: date, columns: int, own: Sequence[Edit], tables: Tables) -> _Found | None:
    """Print a file's findings as they are found; None if it is no 837. Columns below nought: JSON."""
    from claimwright.x12.check import check
    from claimwright.x12.professional import read_837
    from claimwright.x12.sniff import kind

    if not kind(stream.read(1 << 16)).startswith("837"):
        return None
    found = _Found()
    with watched(stream, f"Checking {path.name}") as read:
        for finding in check(read, file=str(path), today=today):
            found.take(finding)
            _print({name: getattr(finding, name) for name in ROW} | {"service_line": 0}, columns)
    batch = _Batch()
    with watched(stream, f"Reading {path.name}") as read:
        for one in read_837(read):
            found.claims[one.patient_control_number] += 1
            batch.add(one)
    for finding, row in _edited(path, batch, today, own, tables):
        found.take(finding)
        _print(row, columns)
    return found


class _Batch:
    """The claims of a file, packed: a claim as objects takes twenty times the room of its text in the file."""

    NEIGHBORS = 20  # a claim repeated more often than that has been said to be repeated

    def __init__(self) -> None:
        import msgspec

        from claimwright.claims.model import Claim

        self.pack = msgspec.msgpack.Encoder().encode
        self.unpack = msgspec.msgpack.Decoder(Claim).decode
        self.claims: list[tuple[bytes, str, str, int]] = []
        self.beside: dict[int, list[int]] = {}

    def add(self, one: ReadClaim) -> None:
        """Keep a claim that could be read."""
        if one.claim is None:
            return
        for key in _keys(one.claim):
            same = self.beside.setdefault(key, [])
            if len(same) <= self.NEIGHBORS:
                same.append(len(self.claims))
        self.claims.append((self.pack(one.claim), one.transaction, one.version, one.first_line))

    def neighbors(self, number: int, claim: Claim) -> tuple[Claim, ...]:
        """The other claims that may be the same one again."""
        others = dict.fromkeys(other for key in _keys(claim) for other in self.beside[key] if other != number)
        return tuple(self.unpack(self.claims[other][0]) for other in others)


def _keys(claim: Claim) -> set[int]:
    """What makes two claims worth comparing: the same service of a patient, or the same control number."""
    patient = (claim.patient.last.upper(), claim.patient.first.upper(), claim.patient.birth)
    services = {hash((patient, line.procedure, line.revenue_code, line.first_service)) for line in claim.lines}
    return {hash(claim.patient_control_number), *services}


def _edited(
    path: Path, batch: _Batch, today: date, own: Sequence[Edit], tables: Tables
) -> Iterator[tuple[Finding, dict[str, object]]]:
    """The edits' findings with their place in the file: `line` is the segment where the claim begins."""
    from claimwright.edits.scrub import Context
    from claimwright.edits.scrub import scrub as run

    for number, (packed, transaction, version, first_line) in enumerate(batch.claims):
        claim = batch.unpack(packed)
        for finding in run(claim, Context(today=today, batch=batch.neighbors(number, claim)), tables, own):
            loop, segment = _place(finding)
            row = {name: getattr(finding, name) for name in ROW}
            row |= {"file": str(path), "transaction": transaction, "version": version, "line": first_line}
            row |= {"loop": loop, "segment": segment, "service_line": finding.line}
            yield finding, row


def _place(finding: Finding) -> tuple[str, str]:
    """Loop and segment of an edit's element ("SV101-3" is segment SV1 in loop 2400)."""
    parts = _ELEMENT.match(finding.element)
    if parts is None:
        return "", ""
    segment = parts["segment"]
    loop = parts["loop"] or ("2400" if finding.line else _LOOP.get(segment, _LOOP.get(segment[:2], "2300")))
    return loop, segment


def _print(row: dict[str, object], columns: int) -> None:
    if columns < 0:
        import msgspec

        typer.echo(msgspec.json.encode(row).decode())
    else:
        print_row(row, columns)
