"""How much a payer's decision looks like one of our claims: a score from 0 to 1 with what speaks for it and against it.

Each thing that agrees leaves less doubt, each that differs lowers what is left. The weights are ours, ordered by how often
two claims of one practice share the thing by chance; what posts by itself also needs the same member (`certain`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from claimwright.money import dollars
from claimwright.parties import Struct
from claimwright.remits.model import RemitClaim, RemitLine

if TYPE_CHECKING:
    from claimwright.remits.matching import OpenClaim, OpenLine

CERTAIN: Final = 0.9
"""From here on a match by content posts by itself, if the member is the same and no other claim comes as near."""

# How much of the doubt is gone when it agrees; by what the score is multiplied when it differs.
_FOR: Final = {
    "number": 0.90, "payer number": 0.85, "member": 0.60, "name": 0.35, "day": 0.35,
    "charge": 0.40, "lines": 0.40, "codes": 0.45, "alone": 0.50,
}  # fmt: skip
_AGAINST: Final = {"member": 0.6, "name": 0.75, "day": 0.7, "charge": 0.8, "codes": 0.95, "some codes": 0.97, "no member": 0.85}


class Likeness(Struct, gc=False):
    """A score from 0 to 1, and why."""

    score: float = 0.0
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    certain: bool = False  # by content alone
    by: str = ""  # what agrees, in a few words


def likeness(claim: OpenClaim, remit_claim: RemitClaim, *, alone: bool = False) -> Likeness:
    """Compare a decision with a claim. `alone`: no other open claim is of this person and day."""
    scale = _Scale()
    if key(remit_claim.patient_control_number) == key(claim.patient_control_number) != "":
        scale.agrees("number", "Our control number is the same.")
    if key(remit_claim.payer_control_number) == key(claim.payer_control_number) != "":
        scale.agrees("payer number", "The payer's control number is the same.")
    member = key(claim.member_id) == key(remit_claim.member_id) != ""
    if member:
        scale.agrees("member", "The member id is the same.")
    elif claim.member_id and remit_claim.member_id:
        scale.differs("member", "The member id differs.")
    else:
        scale.differs("no member", "There is no member id to compare.")
    _name(scale, claim, remit_claim)
    day = _days(scale, claim, remit_claim)
    fitted = _amounts(scale, claim, remit_claim)
    by = _codes(scale, claim, remit_claim, fitted)
    if alone:
        scale.agrees("alone", "It is the only open claim of this person on that day.")
    score = scale.score
    return Likeness(
        score=score,
        reasons=tuple(scale.reasons),
        against=tuple(scale.against),
        certain=member and day and fitted and score >= CERTAIN and (by == "codes" or alone),
        by="member, date, codes and charge" if by == "codes" else "member, date and charges, codes changed",
    )


class _Scale:
    """Gathers what speaks for and against."""

    def __init__(self) -> None:
        self.doubt, self.lowered = 1.0, 1.0
        self.reasons: list[str] = []
        self.against: list[str] = []

    def agrees(self, what: str, words: str) -> None:
        self.doubt *= 1 - _FOR[what]
        self.reasons.append(words)

    def differs(self, what: str, words: str) -> None:
        self.lowered *= _AGAINST[what]
        self.against.append(words)

    @property
    def score(self) -> float:
        return round((1 - self.doubt) * self.lowered, 3)


def _name(scale: _Scale, claim: OpenClaim, remit_claim: RemitClaim) -> None:
    if not (claim.patient_last and remit_claim.patient_last):
        return
    if same_name(claim.patient_last, remit_claim.patient_last):
        scale.agrees("name", "The last name is the same.")
    else:
        scale.differs("name", "The last name differs.")


def _days(scale: _Scale, claim: OpenClaim, remit_claim: RemitClaim) -> bool:
    ours = {line.first_service for line in claim.lines}
    theirs = _dates(remit_claim)
    if ours & theirs:
        scale.agrees("day", "The date of service is the same.")
        return True
    if theirs:
        scale.differs("day", "The date of service differs.")
    return False


def _amounts(scale: _Scale, claim: OpenClaim, remit_claim: RemitClaim) -> bool:
    """Charges of the claim and of its lines; whether each of the payer's lines is one of ours by its charge."""
    theirs = Counter(abs(line.charge) for line in remit_claim.lines)
    ours = Counter(line.charge for line in claim.lines)
    whole = abs(remit_claim.charge) == claim.charge
    if whole:
        scale.agrees("charge", "The charge is the same.")
    if theirs and theirs <= ours:
        scale.agrees("lines", "Each line's charge is one of ours.")
    elif theirs == Counter() and whole:
        return True
    if not whole and not (theirs and theirs <= ours):
        scale.differs("charge", f"It decides on ${dollars(abs(remit_claim.charge))}, we charged ${dollars(claim.charge)}.")
    return bool(theirs) and (theirs <= ours or whole)


def _codes(scale: _Scale, claim: OpenClaim, remit_claim: RemitClaim, fitted: bool) -> str:
    """Codes apart from modifiers; "codes" where all agree."""
    theirs = Counter(_code(line, claim.lines) for line in remit_claim.lines)
    ours = Counter(line.procedure or line.revenue_code for line in claim.lines)
    if theirs and theirs <= ours:
        scale.agrees("codes", "The procedure codes are the same.")
        return "codes"
    if theirs & ours:
        scale.differs("some codes", "Some of the procedure codes differ.")
    elif theirs:
        scale.differs("codes", "The procedure codes differ.")
    return "codes" if not theirs and fitted else ""


def _code(remit_line: RemitLine, lines: Sequence[OpenLine]) -> str:
    """The code to compare: what was submitted; where the payer answers with a drug or revenue code, our line's code."""
    ours = next((line for line in lines if same_service(remit_line, line)), None)
    return (ours.procedure or ours.revenue_code) if ours else submitted(remit_line)


def same_service(remit_line: RemitLine, line: OpenLine) -> bool:
    """Whether a line names our service: by its procedure, by its revenue code (NU), or by its drug (N4)."""
    code = submitted(remit_line)
    if remit_line.qualifier == "NU" or not code:
        return bool(line.revenue_code) and (code or remit_line.revenue_code).lstrip("0") == line.revenue_code.lstrip("0")
    if remit_line.qualifier == "N4":
        return bool(line.drug) and key(code) == key(line.drug)
    return code == line.procedure


def submitted(line: RemitLine) -> str:
    """The code as we sent it."""
    return line.submitted_procedure or line.procedure


def _dates(remit_claim: RemitClaim) -> set[date]:
    named = (remit_claim.first_service, *(line.first_service for line in remit_claim.lines))
    return {day for day in named if day}


def same_name(ours: str, theirs: str) -> bool:
    """Whether two last names are the same, or one is the other cut short."""
    one, other = key(ours), key(theirs)
    return bool(one and other) and (one.startswith(other) or other.startswith(one))


def key(text: str) -> str:
    """A number or name as it is compared: letters and digits."""
    plain = text.isalnum() and (text.isupper() or text.isdigit())
    return text if plain else "".join(one for one in text.upper() if one.isalnum())
