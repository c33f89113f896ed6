"""What was really decided, for judging whoever reads the 835: by claim and line, whichever way it was told. Amounts in cents."""

from __future__ import annotations

from typing import Literal

from claimwright.claims.model import Adjustment, Claim
from claimwright.money import Cents
from claimwright.parties import Struct
from claimwright.payers.sandbox.telling import Part

Event = Literal["decision", "reversal", "correction", "unknown"]


class TruthLine(Struct):
    """A line as the claim numbered it."""

    number: int
    control_number: str
    procedure: str
    charge: Cents
    allowed: Cents | None
    paid: Cents
    adjustments: tuple[Adjustment, ...]


class Truth(Struct):
    """One decision, or one taken back: then every amount has its sign turned."""

    event: Event
    claim: str  # patient control number
    payer_claim: str
    status: str
    charge: Cents
    paid: Cents
    patient: Cents
    interest: Cents
    lines: tuple[TruthLine, ...]
    part: int = 1  # of a decision told in several CLP loops
    does: tuple[str, ...] = ()  # what the payer meant to do; a claim may give no occasion for it


def truth_of(event: Event, claim: Claim, part: Part, does: tuple[str, ...] = ()) -> Truth:
    """What one CLP loop means for the claim's own lines."""
    decided = part.decided
    return Truth(
        event=event,
        claim=decided.patient_control_number,
        payer_claim=decided.payer_control_number,
        status=decided.status,
        charge=decided.charge,
        paid=decided.paid,
        patient=decided.patient_share,
        interest=decided.interest,
        lines=tuple(
            TruthLine(
                number=claim.lines[place].number,
                control_number=claim.lines[place].control_number,
                procedure=claim.lines[place].procedure,
                charge=line.charge,
                allowed=line.allowed,
                paid=line.paid,
                adjustments=line.adjustments,
            )
            for place, line in zip(part.places, decided.lines, strict=True)
        ),
        part=part.number,
        does=does,
    )
