"""The patient's other claims by the same practice: those sent before, and those that leave together."""

from __future__ import annotations

from typing import NamedTuple

from claimwright.claims.model import Claim, ServiceLine
from claimwright.edits.context import Context

CHANGES = frozenset({"7", "8"})
"""Frequencies of claims that stand in another's place, or take it back."""


def same_practice(claim: Claim, other: Claim) -> bool:
    """Whether another claim is of the same patient by the same practice."""
    return (
        claim.billing.npi == other.billing.npi
        and claim.patient.birth == other.patient.birth
        and (claim.patient.last.upper(), claim.patient.first.upper()) == (other.patient.last.upper(), other.patient.first.upper())
    )


class _Around(NamedTuple):
    """The lines of the patient's other claims beside one: all, and those of before it."""

    claim: Claim
    context: Context
    all: tuple[tuple[Claim, ServiceLine], ...]
    sooner: tuple[tuple[Claim, ServiceLine], ...]


def others(claim: Claim, context: Context) -> tuple[tuple[Claim, ServiceLine], ...]:
    """The lines of the patient's other claims by this practice, sent before or of the same batch.

    Left out: voids, what a void or a correction stands for, this very claim sent before, and the same visit billed to another
    payer or now corrected by this claim.
    """
    return _around(claim, context).all


def earlier(claim: Claim, context: Context) -> tuple[tuple[Claim, ServiceLine], ...]:
    """Those of the others that were sent before, or whose services come first in the batch: of one day by their place in it."""
    return _around(claim, context).sooner


_latest: list[_Around] = []


def _around(claim: Claim, context: Context) -> _Around:
    """Remembered for the claim asked last: many edits ask in turn."""
    if not (context.history or context.batch):
        return _Around(claim, context, (), ())
    last = _latest[-1] if _latest else None
    if last is None or last.claim is not claim or last.context is not context:
        on, before = claim.first_service, context.batch[: context.before]
        kept = standing([one for one in (*context.history, *context.batch) if _beside(claim, one)])
        later = {id(one) for one in context.batch if one.lines and one.first_service > on}
        later |= {id(one) for one in context.batch[len(before) :] if one.lines and one.first_service == on}
        lines = [(one, line) for one in kept for line in one.lines]
        last = _Around(claim, context, tuple(lines), tuple([one for one in lines if id(one[0]) not in later]))
        _latest[:] = [last]
    return last


def _beside(claim: Claim, other: Claim) -> bool:
    """Whether another claim is of the patient and the practice, and not the same visit once more."""
    if not other.lines or not same_practice(claim, other):
        return False
    same_payer = (other.responsibility, other.payer.payer_id) == (claim.responsibility, claim.payer.payer_id)
    again = claim.frequency != "1" or not same_payer or other.patient_control_number == claim.patient_control_number
    return not (again and other.first_service == claim.first_service)


def standing(claims: list[Claim], changed_by: frozenset[str] = CHANGES) -> list[Claim]:
    """Of a patient's claims in the order they were sent those that stand: no voids, nothing changed later by such a frequency."""
    changes = [(place, one) for place, one in enumerate(claims) if one.frequency in changed_by]
    if not changes:
        return claims
    return [
        one
        for place, one in enumerate(claims)
        if one.frequency != "8" and not any(at > place and _changes(new, one) for at, new in changes)
    ]


def _changes(new: Claim, old: Claim) -> bool:
    """Whether a correction or void is of that claim: to the same payer, of the same visit, by number or by a service."""
    same_visit = (new.payer.payer_id, new.responsibility, new.first_service) == (
        old.payer.payer_id, old.responsibility, old.first_service,
    )  # fmt: skip
    same_number = new.patient_control_number == old.patient_control_number
    return same_visit and (same_number or not {one.procedure for one in new.lines}.isdisjoint(one.procedure for one in old.lines))
