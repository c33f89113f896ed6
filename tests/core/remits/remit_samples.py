"""Small remittances and the claims they answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from claimwright.claims.model import Adjustment
from claimwright.ledger.events import charge_event
from claimwright.ledger.model import Event
from claimwright.parties import Payer
from claimwright.remits.model import ProviderAdjustment, RemitClaim, RemitLine, Remittance
from claimwright.remits.plan import OpenClaim, OpenLine

DAY = date(2026, 11, 2)
PAID = date(2026, 11, 14)
PAYER = Payer(name="Prairie Health", payer_id="P1")


def adjustments(text: str) -> tuple[Adjustment, ...]:
    """ "CO-45:5760 PR-2:1848" """
    made = []
    for part in text.split():
        code, amount = part.split(":")
        group, reason = code.split("-", 1)
        made.append(Adjustment(group=group, reason=reason, amount=int(amount)))
    return tuple(made)


def line(
    procedure: str = "99213", charge: int = 15000, paid: int = 7392, why: str = "CO-45:5760 PR-2:1848", **more: Any
) -> RemitLine:
    facts = {"control_number": "L1", "first_service": DAY, "modifiers": ("25",)} | more
    return RemitLine(procedure=procedure, charge=charge, paid=paid, adjustments=adjustments(why), **facts)


def decision(*lines: RemitLine, **more: Any) -> RemitClaim:
    lines = lines or (line(),)
    facts = {
        "patient_control_number": "C1",
        "status": "1",
        "charge": sum(one.charge for one in lines),
        "paid": sum(one.paid for one in lines),
        "patient_share": sum(a.amount for one in lines for a in one.adjustments if a.group == "PR"),
        "member_id": "M1",
        "patient_last": "LOPEZ",
        "payer_control_number": "ICN1",
        "first_service": DAY,
    } | more
    return RemitClaim(lines=lines, **facts)


def reversal(of: RemitClaim, **more: Any) -> RemitClaim:
    lines = tuple(
        RemitLine(
            procedure=one.procedure,
            charge=-one.charge,
            paid=-one.paid,
            control_number=one.control_number,
            modifiers=one.modifiers,
            first_service=one.first_service,
            adjustments=tuple(Adjustment(group=a.group, reason=a.reason, amount=-a.amount) for a in one.adjustments),
        )
        for one in of.lines
    )
    return decision(*lines, status="22", patient_control_number=of.patient_control_number, **more)


def remit(*claims: RemitClaim, provider: Sequence[tuple[str, int]] = (), **more: Any) -> Remittance:
    facts = {"trace": "EFT1", "paid": sum(c.paid for c in claims) - sum(amount for _, amount in provider)} | more
    return Remittance(
        payer=PAYER,
        payee_name="Riverside",
        payee_npi="1987654321",
        paid_on=PAID,
        claims=claims,
        provider_adjustments=tuple(
            ProviderAdjustment(npi="1987654321", fiscal_period_end=date(2026, 12, 31), reason=reason, amount=amount)
            for reason, amount in provider
        ),
        **facts,
    )


def open_line(control_number: str = "L1", procedure: str = "99213", charge: int = 15000, **more: Any) -> OpenLine:
    facts = {"first_service": DAY, "modifiers": ("25",), "number": 1} | more
    return OpenLine(control_number=control_number, procedure=procedure, charge=charge, **facts)


def open_claim(*lines: OpenLine, **more: Any) -> OpenClaim:
    lines = lines or (open_line(),)
    facts = {
        "patient_control_number": "C1",
        "payer_id": "P1",
        "charge": sum(one.charge for one in lines),
        "member_id": "M1",
        "patient_last": "Lopez",
        "patient": 1,
        "guarantor": 7,
    } | more
    return OpenClaim(lines=lines, **facts)


def charged(claim: OpenClaim) -> Event:
    """The charge event behind an open claim."""
    lines = [(one.control_number, one.charge) for one in claim.lines]
    return charge_event(
        key=f"charge:{claim.patient_control_number}", on=DAY, lines=lines, claim=claim.patient_control_number,
        patient=claim.patient, guarantor=claim.guarantor, payer=claim.payer_id,
    )  # fmt: skip
