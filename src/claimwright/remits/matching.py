"""Which of our claims a payer's decision is about, and how certain that is.

A payer may change codes and modifiers, lose our control numbers, cut a claim in two or lay two together (P01). Only a match
that leaves no doubt posts by itself; the rest goes to a person with the likely claims beside it, likeliest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.parties import Struct
from claimwright.remits.holding import Hold
from claimwright.remits.likeness import Likeness, key, likeness, same_name
from claimwright.remits.model import RemitClaim

CANDIDATES = 8
"""How many likely claims a person is shown."""


class OpenLine(Struct, gc=False):
    """A billed line. Cents."""

    control_number: str  # REF*6R
    procedure: str
    charge: Cents
    first_service: date
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""  # institutional
    drug: str = ""  # National Drug Code, which some payers answer with
    number: int = 0
    open: Cents | None = None  # insurance A/R with this claim's payer; None: all of the charge
    patient_open: Cents = 0  # already billed to the patient

    @property
    def open_amount(self) -> Cents:
        """What this payer still has to decide."""
        return self.charge if self.open is None else self.open


class OpenClaim(Struct, gc=False):
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


class ClaimMatch(Struct, gc=False):
    """The claim found, or the likely ones; `doubt` says why it may not post by itself."""

    claim: OpenClaim | None = None
    matched_by: str = ""
    doubt: str = ""
    hold: Hold = "no claim"  # the kind of doubt
    candidates: tuple[str, ...] = ()  # patient control numbers, likeliest first
    likeness: Likeness = Likeness()


class Shelf:
    """Open claims, found at once by either control number, a line's, the member, or the date of service."""

    def __init__(self, open_claims: Sequence[OpenClaim]) -> None:
        self.ours: dict[str, list[OpenClaim]] = defaultdict(list)
        self.theirs: dict[str, list[OpenClaim]] = defaultdict(list)
        self.by_day: dict[date, list[OpenClaim]] = defaultdict(list)
        self.by_line: dict[str, list[OpenClaim]] = defaultdict(list)
        for claim in open_claims:
            self.ours[key(claim.patient_control_number)].append(claim)
            self.theirs[key(claim.payer_control_number)].append(claim)
            for day in {line.first_service for line in claim.lines}:
                self.by_day[day].append(claim)
            for line in claim.lines:
                self.by_line[key(line.control_number)].append(claim)

    def exactly(self, patient_control_number: str) -> list[OpenClaim]:
        """The claims with this control number of ours."""
        return self.ours.get(key(patient_control_number), [])

    def named(self, number: str) -> OpenClaim | None:
        """The one claim that a reference names, by our control number or the payer's."""
        found = (self.ours.get(key(number)) or self.theirs.get(key(number)) or []) if key(number) else []
        return found[0] if len(found) == 1 else None

    def on_days_of(self, remit_claim: RemitClaim) -> list[OpenClaim]:
        """The claims with a service on a day that the decision names."""
        days = days_of(remit_claim)
        seen: dict[int, OpenClaim] = {}
        for day in sorted(days):
            seen |= {id(claim): claim for claim in self.by_day.get(day, ())}
        return list(seen.values())


def days_of(remit_claim: RemitClaim) -> set[date]:
    """The days that a decision names."""
    named = (remit_claim.first_service, *(line.first_service for line in remit_claim.lines))
    return {day for day in named if day}


def match_claim(remit_claim: RemitClaim, shelf: Shelf) -> ClaimMatch:
    """By our control number; else the payer's; else by member, date, codes and charge."""
    for number, found in ((remit_claim.patient_control_number, shelf.ours), (remit_claim.payer_control_number, shelf.theirs)):
        same = found.get(key(number), []) if key(number) else []
        if len(same) == 1:
            by = "patient control number" if found is shelf.ours else "payer control number"
            return _trusted(same[0], remit_claim, by)
    return _by_content(remit_claim, shelf)


def _trusted(claim: OpenClaim, remit_claim: RemitClaim, matched_by: str) -> ClaimMatch:
    """A number may be typed wrong: when neither member nor name agrees, a person looks."""
    member = _differs(claim.member_id, remit_claim.member_id)
    name = bool(claim.patient_last and remit_claim.patient_last) and not same_name(claim.patient_last, remit_claim.patient_last)
    doubt = "the control number is ours, but neither the member id nor the name is" if member and name else ""
    return ClaimMatch(
        claim=claim,
        matched_by=matched_by,
        doubt=doubt,
        hold="other person",
        candidates=(claim.patient_control_number,),
        likeness=likeness(claim, remit_claim) if doubt else _NUMBERED[matched_by],
    )


_NUMBERED = {
    by: Likeness(score=1.0, reasons=(f"The {by} is the same.",)) for by in ("patient control number", "payer control number")
}


def _by_content(remit_claim: RemitClaim, shelf: Shelf) -> ClaimMatch:
    ranked = rank(remit_claim, shelf)
    names = tuple(claim.patient_control_number for _, claim in ranked[:CANDIDATES])
    fits = [(like, claim) for like, claim in ranked if like.certain]
    if len(fits) == 1:
        like, claim = fits[0]
        return ClaimMatch(claim=claim, matched_by=like.by, candidates=names, likeness=like)
    if fits:
        names = tuple(claim.patient_control_number for _, claim in fits)
        doubt = f"{len(fits)} open claims have this member, date, codes and charge"
        return ClaimMatch(doubt=doubt, hold="several claims", candidates=names, likeness=fits[0][0])
    doubt = "no open claim has this control number, nor this member, date, codes and charge"
    return ClaimMatch(doubt=doubt, candidates=names, likeness=ranked[0][0] if ranked else Likeness())


def rank(remit_claim: RemitClaim, shelf: Shelf) -> list[tuple[Likeness, OpenClaim]]:
    """The claims of the person and the days that a decision names, likeliest first, each with its score and reasons."""
    alike = [claim for claim in shelf.on_days_of(remit_claim) if _same_person(claim, remit_claim)]
    scored = [(likeness(claim, remit_claim, alone=len(alike) == 1), claim) for claim in alike]
    return sorted(scored, key=lambda one: (-one[0].score, one[1].patient_control_number))


def _same_person(claim: OpenClaim, remit_claim: RemitClaim) -> bool:
    member = key(claim.member_id) == key(remit_claim.member_id) != ""
    name = key(claim.patient_last) == key(remit_claim.patient_last) != ""
    return member or name


def _differs(ours: str, theirs: str) -> bool:
    return bool(ours and theirs) and key(ours) != key(theirs)


class HandMatch(Struct):
    """What a person should know before matching a decision to a claim. Names no one: only what differs."""

    likeness: Likeness
    refused: str = ""  # why it needs a reason to be matched all the same

    @property
    def differences(self) -> tuple[str, ...]:
        """What does not agree."""
        return self.likeness.against


def by_hand(claim: OpenClaim, remit_claim: RemitClaim) -> HandMatch:
    """Whether a person may match a decision to a claim without giving a reason: somebody's name or number must agree."""
    like = likeness(claim, remit_claim)
    member = key(claim.member_id) == key(remit_claim.member_id) != ""
    name = same_name(claim.patient_last, remit_claim.patient_last)
    named = bool(remit_claim.member_id or remit_claim.patient_last)
    refused = ""
    if named and not member and not name:
        refused = "Neither the member id nor the last name is this patient's."
    elif not named and key(remit_claim.patient_control_number) != key(claim.patient_control_number):
        refused = "The decision names neither member nor patient, and not this claim's number."
    return HandMatch(likeness=like, refused=refused)


def combinations_of(claims: Sequence[OpenClaim], charge: Cents) -> Iterator[tuple[OpenClaim, ...]]:
    """Two or three claims whose charges come to an amount."""
    for first, one in enumerate(claims):
        for second, other in enumerate(claims[first + 1 :], first + 1):
            if one.charge + other.charge == charge:
                yield one, other
            for third in claims[second + 1 :]:
                if one.charge + other.charge + third.charge == charge:
                    yield one, other, third
