"""What is open while a posting plan grows: an earlier decision of the same remittance changes it for a later one."""

from __future__ import annotations

from collections.abc import Sequence

from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.remits.matching import OpenClaim, Shelf, match_claim
from claimwright.remits.model import RemitClaim
from claimwright.remits.planned import PlannedClaim
from claimwright.remits.post import place_in


def numbered(matched_by: str) -> bool:
    """Whether a decision was matched by a control number, not by what it says."""
    return matched_by.endswith("control number")


class Running:
    """What is open while the plan grows: an earlier CLP of the same remittance changes it for a later one."""

    def __init__(self, open_claims: Sequence[OpenClaim], key: str) -> None:
        self.key = key  # of the remittance
        self.shelf = Shelf(open_claims)
        self.open: dict[tuple[str, str], Cents] = {}
        self.patient: dict[tuple[str, str], Cents] = {}
        self.posted: dict[str, list[Event]] = {}
        self.decided: set[str] = set()
        self.waiting: set[str] = set()  # claims whose own decision, by its number, is held
        for claim in open_claims:
            self.posted[claim.patient_control_number] = list(claim.already_posted)
            for line in claim.lines:
                self.open[claim.patient_control_number, line.control_number] = line.open_amount
                self.patient[claim.patient_control_number, line.control_number] = line.patient_open

    def remember(self, done: RemitClaim) -> None:
        """A decision of the same payment that was posted before; one that moved nothing left no trace in the books."""
        found = match_claim(done, self.shelf)
        if found.claim is not None and numbered(found.matched_by) and not done.reversal:
            self.decided.add(found.claim.patient_control_number)

    def posted_before(self, number: str, position: int) -> list[Event]:
        """What a reversal at a place of this payment may take back: not the correction that follows it, tried before it."""
        return [event for event in self.posted[number] if place_in(event.key, self.key) < position]

    def take(self, claim: PlannedClaim) -> None:
        """Remember what a planned claim will have changed."""
        if claim.match is None:
            return
        number = claim.match.patient_control_number
        for line in claim.lines:
            self._move(claim.match, line.line, -line.moved, line.patient)
            self.decided.add(number)
        if claim.undoes is not None:
            self.posted[number].remove(claim.undoes)
            for entry in claim.undoes.entries:
                if entry.account == "insurance_ar" and entry.payer == claim.match.payer_id:
                    self._move(claim.match, entry.line, -entry.amount, 0)
                elif entry.account == "patient_ar":
                    self._move(claim.match, entry.line, 0, -entry.amount)

    def _move(self, claim: OpenClaim, line: str, insurance: Cents, patient: Cents) -> None:
        """On the claim and on the others that bill the same charges: a correction comes with the reversal of its original."""
        for number in (claim.patient_control_number, *claim.same_charges):
            if (number, line) in self.open:
                self.open[number, line] += insurance
                self.patient[number, line] += patient
