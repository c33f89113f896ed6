"""What a process of `claimwright scrub` does: read a part of a file and scrub each claim by itself; scrub again, beside them,
those of a part that share a patient or a number with others; check a file's form.

Each takes and gives plain values, so that it runs in this process or in another with the same result.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import typer

from claimwright.cli.parts import Part
from claimwright.cli.spool import Due, History, Kept, PartWriter, Row, Spool
from claimwright.cli.store import UNREADABLE, tables_of
from claimwright.cli.terminal import CONTRACT, cannot_read, text_of

if TYPE_CHECKING:
    from claimwright.claims.model import Claim
    from claimwright.edits.registry import Edit
    from claimwright.findings import Finding
    from claimwright.x12.claim_reading import ReadClaim

ROW = (*CONTRACT, "edit", "citation", "fix")
PAGE = "docs/reference/edits.md"
_LOOP = {"NM": "2010BA", "N3": "2010BA", "N4": "2010BA", "DMG": "2010BA", "SBR": "2000B", "PRV": "2000A"}
_ELEMENT = re.compile(
    r"(?:(?P<loop>\d{4}[A-Z]{0,2}) )?(?P<segment>NM1|N[34]|HI|LX|SV1|SBR|CLM|DMG|DTP|REF|PRV|AMT|CAS|SVD|LIN|CTP)"
)
SAID_BY_EDIT = {
    "accident-date-missing": "COV-ACCIDENT", "accident-state-missing": "COV-ACCIDENT", "claim-balance": "CLM-BALANCE",
    "claim-repeated": "DUP-CONTROL-NUMBER",
    "clia-invalid": "PRV-CLIA-SHAPE", "control-number-missing": "FRQ-CONTROL-NUMBER", "dates-order": "DT-ACCIDENT DT-ONSET",
    "diagnosis-incomplete": "DX-SPECIFIC DX-SEVENTH", "diagnosis-invalid": "DX-UNKNOWN DX-DATE",
    "diagnosis-repeated": "DX-REPEATED", "line-balance": "COB-LINE-BALANCE", "line-control-repeated": "CLM-CONTROL-NUMBERS",
    "line-number": "CLM-LINE-NUMBERS", "member-id-missing": "ID-MEMBER-ID", "modifier-repeated": "MOD-SHAPE",
    "msp-type-missing": "COV-MSP-TYPE", "ndc-invalid": "DRUG-NDC-SHAPE", "npi-invalid": "PRV-RENDERING-NPI PRV-OTHER-NPI",
    "payer-balance": "COB-CLAIM-BALANCE", "payer-paid-missing": "COB-DECISION", "period-reversed": "DT-ORDER",
    "place-of-service-invalid": "POS-VALID", "pointer-invalid": "LN-POINTER", "pointer-repeated": "LN-POINTER",
    "primary-missing": "COV-EARLIER-PAYER", "procedure-invalid": "PX-SHAPE",
    "responsibility-repeated": "COV-EARLIER-PAYER COV-SAME-ORDER", "service-before-birth": "ID-BIRTH-AFTER-SERVICE",
    "service-in-future": "DT-FUTURE", "taxonomy-invalid": "PRV-TAXONOMY",
}  # fmt: skip
"""What the check of the form finds, and the edits that say the same and how to mend it: one cause is said once."""
AS_EDIT = {"error": "reject", "warning": "warn", "info": "advise"}
"""The check's severities in the words of the edits: on an error the payer answers with a 999 or 277CA that rejects."""


class Setting(NamedTuple):
    """What all processes of a run share."""

    folder: Path
    today: date
    rules: tuple[Path, ...]
    store: Path | None
    history: bool


class Keys(NamedTuple):
    """What a part holds: how many claims, and the keys of each."""

    size: int
    keys: array[int]
    days: array[int]
    claims: array[int]


def own_edits(path: Path) -> Sequence[Edit]:
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


class Scrubber:
    """What one process keeps open from part to part."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.own = [edit for path in setting.rules for edit in own_edits(path)]
        self.tables = tables_of(setting.store)
        self.spool = lru_cache(1)(Spool)
        self.met: Callable[[Path], set[int]] = lru_cache(1)(lambda folder: set())  # keys of the file's claims read here
        self.history = History(setting.folder) if setting.history else None

    def read(self, folder: Path, part: Part, file: str) -> Keys:
        """Read a part of a file by itself."""
        from claimwright.x12.professional import read_837

        return self.lay_down(folder, part.number, read_837(part.text), file, part.shift)

    def lay_down(self, folder: Path, part: int, claims: Iterable[ReadClaim], file: str, shift: int = 0) -> Keys:
        """Write a part's claims to disk, and what is found in each by itself; one with others beside it is left for later."""
        count = 0
        with PartWriter(folder, part, self.met(folder)) as writer:
            for one in claims:
                count += 1
                if one.claim is None:
                    writer.add_unread(one.patient_control_number)
                    continue
                kept = Kept(one.claim, one.transaction, one.version, one.first_line + shift)
                if not writer.add(kept) and (findings := self._judged(kept.claim)):
                    writer.add_found([_row_of_edit(finding, kept, file) for finding in findings])
        return Keys(count, writer.keys, writer.days, writer.claims)

    def _judged(self, claim: Claim, batch: tuple[Claim, ...] = (), before: int = 0) -> list[Finding]:
        """What the edits find in a claim beside others."""
        from claimwright.edits.scrub import Context, scrub
        from claimwright.payers.edits import edits_for

        history = self.history.of(claim) if self.history else ()
        usual = self.history.usual_charges(claim.billing.npi) if self.history else {}
        context = Context(today=self.setting.today, batch=batch, before=before, history=history, usual_charges=usual)
        return scrub(claim, context, self.tables, (*self.own, *edits_for(claim, context)))

    def rows(self, folder: Path, part: int, file: str) -> Iterator[Row]:
        """What is found in a part, claim by claim: what was held of its form, unless an edit says it, then the edits'."""
        import msgspec

        for due in self.spool(folder).part(part):
            found = self._beside(due, file)
            said = {row["edit"] for row in found}
            for code, row in due.held:
                if said.isdisjoint(SAID_BY_EDIT[code].split()):
                    yield msgspec.msgpack.decode(row)
            yield from found

    def _beside(self, due: Due, file: str) -> list[Row]:
        """What the edits find in a claim: known, if no other bears on it."""
        kept = due.kept
        if kept is None:
            return due.rows
        return [_row_of_edit(finding, kept, file) for finding in self._judged(kept.claim, due.batch, due.before)]

    def check(self, stream: BinaryIO, file: str) -> Iterator[Row]:
        """The findings of a file's form."""
        from claimwright.x12.check import check

        for finding in check(stream, file=file, today=self.setting.today):
            yield row_of_form(finding)


def row_of_form(finding: Finding) -> Row:
    """A finding of the file's form, as it is printed."""
    row: Row = {name: getattr(finding, name) for name in ROW}
    return row | {"severity": AS_EDIT[finding.severity], "service_line": 0, "reference": ""}


@cache
def _reference(edit: str) -> str:
    """Where the reference tells of an edit; nothing of a practice's own rules."""
    from claimwright.edits.reference import address
    from claimwright.edits.registry import all_edits
    from claimwright.payers.edits import all_payer_edits

    return f"{PAGE}#{address(edit)}" if any(one.id == edit for one in all_edits() + all_payer_edits()) else ""


def _row_of_edit(finding: Finding, kept: Kept, file: str) -> Row:
    """A finding with its place in the file: `line` is the segment where the claim begins."""
    loop, segment = _place(finding)
    row: Row = {name: getattr(finding, name) for name in ROW}
    row |= {"file": file, "transaction": kept.transaction, "version": kept.version, "line": kept.first_line}
    row |= {"loop": loop, "segment": segment, "service_line": finding.line}
    return row | {"reference": _reference(finding.edit)}


def _place(finding: Finding) -> tuple[str, str]:
    """Loop and segment of an edit's element ("SV101-3" is segment SV1 in loop 2400)."""
    parts = _ELEMENT.match(finding.element)
    if parts is None:
        return "", ""
    segment = parts["segment"]
    loop = parts["loop"] or ("2400" if finding.line else _LOOP.get(segment, _LOOP.get(segment[:2], "2300")))
    return loop, segment


# In a process of its own ---------------------------------------------------------------------------------------------

_mine: list[Scrubber] = []


def begin(setting: Setting) -> None:
    """A worker starts. Ctrl-C ends it at once, without a word: the first process says it."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _mine[:] = [Scrubber(setting)]


def read_part(folder: Path, part: Part, file: str) -> Keys:
    """`Scrubber.read`."""
    return _mine[0].read(folder, part, file)


def rows_of_part(folder: Path, part: int, file: str) -> list[Row]:
    """`Scrubber.rows`."""
    return list(_mine[0].rows(folder, part, file))


def check_file(folder: Path, path: Path) -> Path:
    """`Scrubber.check`, its rows in a file: there may be more of them than memory holds."""
    import msgspec

    found = folder / "check.rows"
    with path.open("rb") as stream, found.open("wb") as out:
        for row in _mine[0].check(stream, str(path)):
            out.write(msgspec.json.encode(row) + b"\n")
    return found
