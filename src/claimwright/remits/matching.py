"""Which of our claims and lines a payer's decision is about, and how certain that is.

A payer may drop or change a modifier, lose our control numbers, or split a line (P01). Only a match that leaves no
doubt posts by itself; the rest goes to a person with the likely claims beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.parties import Struct
from claimwright.remits.model import RemitClaim, RemitLine


class OpenLine(Struct):
    """A billed line. Cents."""

    control_number: str  # REF*6R
    procedure: str
    charge: Cents
    first_service: date
    modifiers: tuple[str, ...] = ()
    number: int = 0
    open: Cents | None = None  # insurance A/R with this claim's payer; None: all of the charge
    patient_open: Cents = 0  # already billed to the patient

    @property
    def open_amount(self) -> Cents:
        """What this payer still has to decide."""
        return self.charge if self.open is None else self.open


class OpenClaim(Struct):
    """A claim as sent to one payer, with what is open on it. Cents."""

    patient_control_number: str
    payer_id: str
    charge: Cents
    lines: tuple[OpenLine, ...]
    member_id: str = ""
    patient_last: str = ""
    payer_control_number: str = ""
    responsibility: str = "P"
    next_payer_id: str = ""  # another coverage that must decide on the patient's share
    charged_under: str = ""  # the claim whose entries hold the charges, if not this one (secondary, corrected)
    same_charges: tuple[str, ...] = ()  # control numbers of other claims to this payer for the same lines (corrected, replaced)
    patient: int = 0
    guarantor: int = 0
    already_posted: tuple[Event, ...] = ()  # remittance events of this claim and payer that nothing has undone

    @property
    def first_service(self) -> date:
        """First day of service."""
        return min(line.first_service for line in self.lines)


class ClaimMatch(Struct):
    """The claim found, or the likely ones; `doubt` says why it may not post by itself."""

    claim: OpenClaim | None = None
    matched_by: str = ""
    doubt: str = ""
    candidates: tuple[str, ...] = ()  # patient control numbers


class LineMatch(Struct):
    """One of our lines and the remittance lines that decide on it (several when the payer split it)."""

    line: OpenLine
    decided: tuple[RemitLine, ...]
    matched_by: str


class Shelf:
    """Open claims, found at once by either control number or by date of service."""

    def __init__(self, open_claims: Sequence[OpenClaim]) -> None:
        self.ours: dict[str, list[OpenClaim]] = defaultdict(list)
        self.theirs: dict[str, list[OpenClaim]] = defaultdict(list)
        self.by_day: dict[date, list[OpenClaim]] = defaultdict(list)
        for claim in open_claims:
            self.ours[_key(claim.patient_control_number)].append(claim)
            self.theirs[_key(claim.payer_control_number)].append(claim)
            self.by_day[claim.first_service].append(claim)

    def exactly(self, patient_control_number: str) -> list[OpenClaim]:
        """The claims with this control number of ours."""
        return self.ours.get(_key(patient_control_number), [])


def match_claim(remit_claim: RemitClaim, shelf: Shelf) -> ClaimMatch:
    """By our control number; else the payer's; else member, date, codes and charge."""
    ours, theirs = _key(remit_claim.patient_control_number), _key(remit_claim.payer_control_number)
    same = shelf.ours.get(ours, []) if ours else []
    if len(same) == 1:
        return _trusted(same[0], remit_claim, "patient control number")
    same = shelf.theirs.get(theirs, []) if theirs else []
    if len(same) == 1:
        return _trusted(same[0], remit_claim, "payer control number")
    return _by_content(remit_claim, shelf)


def _trusted(claim: OpenClaim, remit_claim: RemitClaim, matched_by: str) -> ClaimMatch:
    """A number may be typed wrong: when neither member nor name agrees, a person looks."""
    member = _differs(claim.member_id, remit_claim.member_id)
    name = _differs(claim.patient_last, remit_claim.patient_last) and not _begins(claim.patient_last, remit_claim.patient_last)
    doubt = "the control number is ours, but neither the member id nor the name is" if member and name else ""
    return ClaimMatch(claim=claim, matched_by=matched_by, doubt=doubt, candidates=(claim.patient_control_number,))


def _by_content(remit_claim: RemitClaim, shelf: Shelf) -> ClaimMatch:
    on = remit_claim.first_service or min((line.first_service for line in remit_claim.lines if line.first_service), default=None)
    alike = [claim for claim in shelf.by_day.get(on, []) if _same_person(claim, remit_claim)] if on else []
    exact = [
        claim
        for claim in alike
        if claim.charge == abs(remit_claim.charge)
        and not _differs(claim.member_id, remit_claim.member_id)
        and remit_claim.member_id
        and _codes(remit_claim) == sorted(line.procedure for line in claim.lines)
    ]
    if len(exact) == 1:
        return ClaimMatch(
            claim=exact[0], matched_by="member, date, codes and charge", candidates=(exact[0].patient_control_number,)
        )
    if len(exact) > 1:
        names = tuple(claim.patient_control_number for claim in exact)
        return ClaimMatch(doubt=f"{len(exact)} open claims have this member, date, codes and charge", candidates=names)
    names = tuple(claim.patient_control_number for claim in alike)
    return ClaimMatch(doubt="no open claim has this control number, nor this member, date, codes and charge", candidates=names)


def match_lines(claim: OpenClaim, decided: Sequence[RemitLine]) -> tuple[tuple[LineMatch, ...], str]:
    """Every remittance line to its line, or a sentence that says which one has none."""
    groups: dict[str, list[RemitLine]] = {}
    how: dict[str, str] = {}
    left: list[RemitLine] = []
    known = {_key(line.control_number): line for line in claim.lines if line.control_number}
    for remit_line in decided:
        line = known.get(_key(remit_line.control_number)) if remit_line.control_number else None
        if line is None:
            left.append(remit_line)
            continue
        groups.setdefault(line.control_number, []).append(remit_line)
        changed = _procedure(remit_line) != line.procedure or set(_modifiers(remit_line)) != set(line.modifiers)
        how[line.control_number] = "line control number" + (", though the payer changed the code or modifiers" if changed else "")
    for remit_line in left:
        free = [line for line in claim.lines if line.control_number not in groups]
        found, by = _likely(remit_line, free, alone=len(left) == 1 and len(free) == 1)
        if found is None:
            what = remit_line.procedure or remit_line.revenue_code
            return (), f"the line {what} of the remittance is none of the claim's lines, or could be several"
        groups[found.control_number] = [remit_line]
        how[found.control_number] = by
    matches = []
    for line in claim.lines:
        group = groups.get(line.control_number)
        if group is None:
            continue
        if abs(sum(one.charge for one in group)) != line.charge:
            return (), f"the charge of line {line.number or line.procedure} is not what we billed"
        matches.append(LineMatch(line=line, decided=tuple(group), matched_by=how[line.control_number]))
    return tuple(matches), ""


def _likely(remit_line: RemitLine, free: Sequence[OpenLine], *, alone: bool) -> tuple[OpenLine | None, str]:
    """The one free line that agrees, strictest comparison first."""
    fits = [
        line for line in free if line.charge == abs(remit_line.charge) and remit_line.first_service in (None, line.first_service)
    ]
    same_code = [line for line in fits if line.procedure == _procedure(remit_line)]
    same_modifiers = [line for line in same_code if set(line.modifiers) == set(_modifiers(remit_line))]
    if len(same_modifiers) == 1:
        return same_modifiers[0], "code, modifiers, date and charge"
    if same_modifiers and len({line.open_amount for line in same_modifiers}) == 1:
        return same_modifiers[0], "code, modifiers, date and charge (the first of equal lines)"
    if len(same_code) == 1:
        return same_code[0], "code, date and charge, though the payer changed or dropped a modifier"
    if len(fits) == 1 and alone:
        return fits[0], "date and charge of the only line left, though the payer changed the code"
    return None, ""


def _procedure(line: RemitLine) -> str:
    return line.submitted_procedure or line.procedure


def _modifiers(line: RemitLine) -> tuple[str, ...]:
    return line.submitted_modifiers if line.submitted_procedure else line.modifiers


def _codes(claim: RemitClaim) -> list[str]:
    return sorted(_procedure(line) for line in claim.lines)


def _same_person(claim: OpenClaim, remit_claim: RemitClaim) -> bool:
    member = _key(claim.member_id) == _key(remit_claim.member_id) != ""
    name = _key(claim.patient_last) == _key(remit_claim.patient_last) != ""
    return member or name


def _differs(ours: str, theirs: str) -> bool:
    return bool(ours and theirs) and _key(ours) != _key(theirs)


def _begins(ours: str, theirs: str) -> bool:
    """Whether one name is the other cut short."""
    return _key(ours).startswith(_key(theirs)) or _key(theirs).startswith(_key(ours))


def _key(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())
