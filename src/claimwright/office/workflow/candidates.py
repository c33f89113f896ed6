"""The claims that a parked decision may belong to, compared and scored for the person who matches them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from claimwright.office.records.content import unpack
from claimwright.office.records.models import ClaimRecord, RemitClaimRow
from claimwright.office.workflow.openclaims import as_open
from claimwright.remits.matching import HandMatch, OpenClaim, by_hand
from claimwright.remits.model import RemitClaim


class Candidate(msgspec.Struct):
    """A claim beside a decision: what agrees, what differs, what is open on it."""

    claim: ClaimRecord
    ours: OpenClaim
    told: HandMatch

    @property
    def open(self) -> int:
        """Cents that the payer still has to decide."""
        return sum(line.open_amount for line in self.ours.lines)

    @property
    def percent(self) -> int:
        """The likeness in hundredths."""
        return round(self.told.likeness.score * 100)


def candidates(row: RemitClaimRow, claims: Iterable[ClaimRecord]) -> list[Candidate]:
    """The claims, likeliest first; `claims` come with patient, payer and coverage."""
    claims = list(claims)
    said = unpack(row.content, RemitClaim)
    found = [
        Candidate(claim, ours, by_hand(ours, said)) for claim, ours in zip(claims, as_open(claims, row.remit.payer), strict=True)
    ]
    return sorted(found, key=lambda one: (-one.told.likeness.score, one.claim.patient_control_number))
