"""What a payer should decide, line by line. Amounts in cents."""

from __future__ import annotations

from claimwright.claims.model import Adjustment
from claimwright.coverage.model import Accumulators
from claimwright.money import Cents
from claimwright.parties import Struct


class Explained(Struct):
    """An amount and the sentence that says why."""

    amount: Cents
    why: str


class LineDetermination(Struct):
    """One line's decision: charge = paid + sum(adjustments); patient share is the PR part."""

    number: int
    charge: Cents
    allowed: Cents
    paid: Cents
    adjustments: tuple[Adjustment, ...]
    why: tuple[Explained, ...]
    remarks: tuple[str, ...] = ()
    denied: bool = False

    @property
    def patient_share(self) -> Cents:
        """What is the patient's (group PR)."""
        return sum(a.amount for a in self.adjustments if a.group == "PR")


class Refusal(Struct):
    """Why a line, or a whole claim, is not paid at all."""

    group: str
    reason: str  # CARC
    why: str
    remarks: tuple[str, ...] = ()  # RARC


class Determination(Struct):
    """A claim's decision, and where it leaves the member's accumulators."""

    lines: tuple[LineDetermination, ...]
    accumulators: Accumulators
    denied: bool = False
    reason: str = ""  # CARC when the whole claim is denied
    forward_to: str = ""  # plan id the claim crosses over to

    @property
    def paid(self) -> Cents:
        """What the payer pays."""
        return sum(line.paid for line in self.lines)

    @property
    def patient_share(self) -> Cents:
        """What the patient owes by this decision."""
        return sum(line.patient_share for line in self.lines)
