"""Closing a period: from then on nothing is dated in it, until someone opens it again with a reason."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Sum

from claimwright.office.records.ledger import closed_through
from claimwright.office.records.models import LedgerEntry, PeriodClose, Practice, User
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import books, changed, find


@transaction.atomic
def close_period(*, practice: Practice, by: User | None, today: date, through: date, note: str = "") -> PeriodClose:
    """Close the books through a day that is over. What was wrong up to then is put right in the open period."""
    books(practice)
    if through >= today:
        raise Refused(f"{through:%Y-%m-%d} is not over yet.")
    before = closed_through(practice)
    if before is not None and through <= before:
        raise Refused(f"The books are closed already through {before:%Y-%m-%d}.")
    off = LedgerEntry.objects.filter(event__practice=practice, event__on__lte=through).aggregate(sum=Sum("amount"))["sum"]
    if off:
        raise Refused("The entries of this period do not sum to zero: call for help before anything is closed.")
    return PeriodClose.objects.create(practice=practice, through=through, closed_on=today, by=by, note=note.strip()[:200])


@transaction.atomic
def reopen_period(*, practice: Practice, by: User | None, today: date, close_id: int, reason: str) -> PeriodClose:
    """Open the last closed period again, with the reason; that it was closed, and by whom, stays to be read."""
    books(practice)
    close = find(PeriodClose, practice, close_id)
    if close.reopened_on is not None:
        raise Refused("This period was opened again already.")
    if close.through != closed_through(practice):
        raise Refused("A later period is closed: open that one first.")
    if not reason.strip():
        raise Refused("Say why it is opened again.")
    changed(close, reopened_on=today, reopened_by=by, reopened_why=reason.strip()[:200])
    return close
