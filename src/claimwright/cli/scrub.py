"""`claimwright scrub`: check 837 files and run every edit over their claims, without a database."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from claimwright.claims.model import Claim
    from claimwright.findings import Finding
    from claimwright.x12.claim_reading import ReadClaim

CLEAN, FOUND, UNREADABLE = 0, 1, 2
QUIET = frozenset({"info", "advise"})
ROW = (
    "file", "transaction", "version", "claim", "severity", "code", "line", "loop", "segment", "element", "message",
    "edit", "citation", "fix",
)  # fmt: skip
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
) -> None:
    """Check the files' form, then scrub each claim; the other claims of a file count as its batch.

    Exit 0: nothing but advice. 1: findings. 2: a file cannot be read as an 837.
    """
    on = today.date() if today else date.today()
    worst = CLEAN
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as problem:
            typer.echo(f"claimwright: cannot read {path}: {(problem.strerror or 'cannot be opened').lower()}", err=True)
            worst = UNREADABLE
            continue
        found, claims, stopped, read_as = _scrub_file(path, content, on, as_json)
        if not read_as.startswith("837"):
            typer.echo(f"claimwright: cannot read {path}: not an 837 file", err=True)
            worst = UNREADABLE
        elif not as_json:
            typer.echo(f"{path}: {claims} claim{'s' if claims != 1 else ''}, {stopped} may not leave", err=True)
        worst = max(worst, FOUND if found else CLEAN)
    raise typer.Exit(worst)


def _scrub_file(path: Path, content: bytes, today: date, as_json: bool) -> tuple[int, int, int, str]:
    """Print a file's findings. Returns how many matter, claims read, claims stopped, and the kind of file."""
    from claimwright.x12.check import check
    from claimwright.x12.professional import read_837
    from claimwright.x12.sniff import kind

    read_as = kind(content)
    if not read_as.startswith("837"):
        return 0, 0, 0, read_as
    found, stopped = 0, set[str]()
    read = list(read_837(content))
    for finding, row in (*_checked(check(content, file=str(path), today=today)), *_edited(path, read, today)):
        found += finding.severity not in QUIET
        if finding.stops:
            stopped.add(finding.claim)
        _print(row, as_json)
    return found, len(read), len(stopped - {""}), read_as


def _checked(findings: Iterator[Finding]) -> Iterator[tuple[Finding, dict[str, object]]]:
    for finding in findings:
        yield finding, {name: getattr(finding, name) for name in ROW}


def _edited(path: Path, read: Sequence[ReadClaim], today: date) -> Iterator[tuple[Finding, dict[str, object]]]:
    """The edits' findings with their place in the file: `line` is the segment where the claim begins."""
    from claimwright.codesets.tables import starter
    from claimwright.edits.scrub import Context
    from claimwright.edits.scrub import scrub as run

    tables = starter()
    claims = [one for one in read if one.claim is not None]
    beside = _neighbors([one.claim for one in claims if one.claim])
    for one in claims:
        claim = one.claim
        assert claim is not None
        batch = tuple(other for key in _keys(claim) for other in beside[key] if other is not claim)
        for finding in run(claim, Context(today=today, batch=batch), tables):
            loop, segment = _place(finding)
            row = {name: getattr(finding, name) for name in ROW}
            row |= {"file": str(path), "transaction": one.transaction, "version": one.version, "line": one.first_line}
            row |= {"loop": loop, "segment": segment, "service_line": finding.line}
            yield finding, row


def _keys(claim: Claim) -> tuple[object, ...]:
    """What makes two claims worth comparing: the same patient, or the same control number."""
    patient = (claim.patient.last.upper(), claim.patient.first.upper(), claim.patient.birth)
    return patient, claim.patient_control_number


def _neighbors(claims: Sequence[Claim]) -> dict[object, list[Claim]]:
    found: dict[object, list[Claim]] = defaultdict(list)
    for claim in claims:
        for key in _keys(claim):
            found[key].append(claim)
    return found


def _place(finding: Finding) -> tuple[str, str]:
    """Loop and segment of an edit's element ("SV101-3" is segment SV1 in loop 2400)."""
    parts = _ELEMENT.match(finding.element)
    if parts is None:
        return "", ""
    segment = parts["segment"]
    loop = parts["loop"] or ("2400" if finding.line else _LOOP.get(segment, _LOOP.get(segment[:2], "2300")))
    return loop, segment


def _print(row: dict[str, object], as_json: bool) -> None:
    if as_json:
        import msgspec

        typer.echo(msgspec.json.encode(row).decode())
        return
    about = f" claim {row['claim']}" if row["claim"] else ""
    where = row["element"] or " ".join(str(part) for part in (row["loop"], row["segment"]) if part)
    said = f"{row['message']} {row['fix']}".rstrip()
    typer.echo(f"{row['file']}:{row['line']}: {row['severity']} [{row['code']}]{about} {where}: {said}")
