"""Deposits: which line of the bank belongs to which remittance, joined by hand where the trace number does not say."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from claimwright.money import dollars
from claimwright.office.records.models import Deposit, Practice, Remit, User
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import changed, find


@transaction.atomic
def join_deposit(
    *, practice: Practice, by: User | None, today: date, deposit_id: int, remit_id: int, reason: str = ""
) -> Deposit:
    """This line of the bank is that remittance's money. The amounts are the same to the cent; another trace takes a reason."""
    deposit = find(Deposit, practice, deposit_id)
    remit = find(Remit, practice, remit_id)
    if deposit.remit_id == remit.pk:
        return deposit
    if deposit.remit_id is not None or deposit.aside:
        raise Refused("This line of the bank is explained already: take it apart first.")
    if Deposit.objects.filter(remit=remit).exists():
        raise Refused("This remittance has its deposit already: take that apart first.")
    if deposit.amount != remit.paid:
        raise Refused(f"The bank has ${dollars(deposit.amount)}, the remittance ${dollars(remit.paid)}: they are not the same.")
    if deposit.trace != remit.trace and not reason.strip():
        raise Refused("The trace numbers differ: say why they belong together.")
    changed(deposit, remit=remit, said=reason.strip()[:200], said_by=by)
    return deposit


@transaction.atomic
def part_deposit(*, practice: Practice, by: User | None, today: date, deposit_id: int, reason: str) -> Deposit:
    """Take a line of the bank and its remittance apart again, or ask again what a line is that was put aside."""
    deposit = find(Deposit, practice, deposit_id)
    if deposit.remit_id is None and not deposit.aside:
        raise Refused("Nothing is joined to this line of the bank.")
    if not reason.strip():
        raise Refused("Say why.")
    changed(deposit, remit=None, aside=False, said=reason.strip()[:200], said_by=by)
    return deposit


@transaction.atomic
def set_deposit_aside(*, practice: Practice, by: User | None, today: date, deposit_id: int, reason: str) -> Deposit:
    """No remittance belongs to this line of the bank: patients' cards, a transfer of our own."""
    deposit = find(Deposit, practice, deposit_id)
    if deposit.remit_id is not None:
        raise Refused("A remittance is joined to it: take that apart first.")
    if not reason.strip():
        raise Refused("Say what money it is.")
    changed(deposit, aside=True, said=reason.strip()[:200], said_by=by)
    return deposit
