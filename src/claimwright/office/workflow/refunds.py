"""Money that is someone else's goes back: proposed by one person, approved by another, issued, and undone by reversal only."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Sum
from msgspec.structs import replace

from claimwright.ledger.credits import CreditBalance, medicare_clock
from claimwright.ledger.events import Owed, reversal_of
from claimwright.ledger.refunds import pay_out_event, set_aside_event
from claimwright.money import Cents, dollars
from claimwright.office.records.credits import heaps, laws
from claimwright.office.records.ledger import append, balance, event_of, open_lines
from claimwright.office.records.models import (
    CreditReview,
    Encounter,
    Guarantor,
    LedgerEntry,
    LedgerEvent,
    Patient,
    PayerRecord,
    Practice,
    Refund,
    User,
)
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.settling import apply_held_money, settle
from claimwright.office.workflow.trail import books, changed, find, touched

PROPOSED, APPROVED, ISSUED, DECLINED, CANCELLED = "proposed", "approved", "issued", "declined", "cancelled"
METHODS = {"payer": ("check", "recoupment"), "patient": ("check", "card")}
_RELATED = ("payer", "guarantor", "approval", "payout")


@transaction.atomic
def propose_refund(
    *, practice: Practice, by: User | None, today: date, heap: str, amount: Cents, reason: str, key: str
) -> Refund:
    """Say that a credit balance, or a part of it, is to go back. Nothing moves yet. The same key again changes nothing."""
    books(practice)
    if known := Refund.objects.filter(practice=practice, key=key).first():
        if (known.heap, known.amount) != (heap, amount):
            raise Refused("This refund key was used for another refund.")
        return known
    credit = heaps(practice).get(heap)
    if credit is None:
        raise Refused("This credit balance is no longer there.")
    if not reason.strip():
        raise Refused("Say why it goes back.")
    free = credit.amount - _promised(practice, heap)
    if free <= 0:
        raise Refused("A refund of all of this credit is proposed already.")
    if not 0 < amount <= free:
        raise Refused(f"A refund is more than nothing and at most the ${dollars(free)} of this credit that no other asks for.")
    payer = _payer_of(practice, credit)
    return Refund.objects.create(
        practice=practice,
        key=key,
        heap=heap,
        payer=payer,
        guarantor_id=credit.guarantor or None,
        line_control_number=credit.line,
        amount=amount,
        reason=reason.strip()[:200],
        since=credit.since,
        return_by=_return_by(practice, credit, heap, payer, today),
        proposed_by=by,
        proposed_on=today,
    )


def _promised(practice: Practice, heap: str) -> Cents:
    """What other proposals on the same credit balance ask for."""
    rows = Refund.objects.filter(practice=practice, heap=heap, status=PROPOSED)
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0


def _payer_of(practice: Practice, credit: CreditBalance) -> PayerRecord | None:
    """Whose money it is: the payer named, or the one that paid last on the overpaid line."""
    if credit.owed_to != "payer":
        return None
    if credit.payer:
        return PayerRecord.objects.filter(practice=practice, payer_id=credit.payer).first()
    paid = LedgerEntry.objects.filter(
        event__practice=practice, account="cash", amount__gt=0, line_control_number=credit.line, payer__isnull=False
    )
    last = paid.select_related("payer").order_by("event__on", "pk").last()
    if last is None or last.payer is None:
        raise Refused("No payer is known to have paid on this line: find out whose money it is first.")
    return last.payer


def _return_by(practice: Practice, credit: CreditBalance, heap: str, payer: PayerRecord | None, today: date) -> date | None:
    if payer is None or payer.payer_id not in laws(practice):
        return None
    review = CreditReview.objects.filter(practice=practice, heap=heap, since=credit.since).last()
    clock = medicare_clock(
        received=credit.since,
        identified=review.identified_on if review else credit.since,
        today=today,
        investigated_from=review.investigated_from if review else None,
        concluded=review.concluded_on if review else None,
    )
    return clock.return_by


@transaction.atomic
def approve_refund(*, practice: Practice, by: User | None, today: date, refund_id: int) -> Refund:
    """A second person agrees: the money is set aside, so that nothing else uses it up."""
    books(practice)
    refund = find(Refund, practice, refund_id, *_RELATED)
    if refund.status in (APPROVED, ISSUED):
        return refund
    if refund.status != PROPOSED:
        raise Refused(f"This refund was {refund.status}.")
    if by is None or by.pk == refund.proposed_by_id:
        raise Refused("Who proposed a refund does not approve it: another person does.")
    credit = heaps(practice).get(refund.heap)
    if credit is None or credit.amount < refund.amount:
        left = dollars(credit.amount) if credit else "0.00"
        raise Refused(f"Only ${left} of this credit is left: decline the refund and propose it anew.")
    event = set_aside_event(
        key=f"refund:{refund.key}:approved",
        on=today,
        amount=refund.amount,
        guarantor=refund.guarantor_id or 0,
        payer=refund.payer.payer_id if refund.payer else "",
        shares=_shares(practice, refund),
        memo=f"refund approved: {refund.reason}",
    )
    row = append(practice, [event], by=by)[0]
    changed(refund, status=APPROVED, approved_by=by, approved_on=today, approval=row)
    _touched(practice, by, refund, "refund approved")
    settle(Encounter.objects.filter(entries__event=row).distinct(), today)
    return refund


def _shares(practice: Practice, refund: Refund) -> list[Owed]:
    """The overpaid line that the money comes from; none where it is held apart from any line."""
    if not refund.line_control_number:
        return []
    receivable = "insurance_ar" if refund.payer else "patient_ar"
    left, found = refund.amount, []
    for owed in open_lines(receivable, line_control_number=refund.line_control_number, event__practice=practice):
        taken = min(-owed.amount, left)
        if taken > 0:
            payer = refund.payer.payer_id if refund.payer else owed.payer
            found.append(replace(owed, amount=taken, payer=payer))
            left -= taken
    if left:
        raise Refused("The line is no longer overpaid by so much: decline the refund and propose it anew.")
    return found


@transaction.atomic
def issue_refund(*, practice: Practice, by: User | None, today: date, refund_id: int, method: str, reference: str = "") -> Refund:
    """Pay an approved refund out, by check or card, or leave it to the payer to take from a later payment (recoupment)."""
    books(practice)
    refund = find(Refund, practice, refund_id, *_RELATED)
    reference = reference.strip()[:40]
    if refund.status == ISSUED:
        if (refund.method, refund.reference) != (method, reference):
            raise Refused(f"This refund went out already, by {refund.method} {refund.reference}.")
        return refund
    if refund.status != APPROVED:
        raise Refused("Only an approved refund is issued." if refund.status == PROPOSED else f"This refund was {refund.status}.")
    allowed = METHODS["payer" if refund.payer else "patient"]
    if method not in allowed:
        raise Refused(f"This refund goes by {' or '.join(allowed)}.")
    if not reference:
        wanted = {"check": "the check's number", "card": "the card payment's reference"}.get(
            method, "the payer's letter or number"
        )
        raise Refused(f"Give {wanted}.")
    event = pay_out_event(
        key=f"refund:{refund.key}:issued",
        on=today,
        amount=refund.amount,
        guarantor=refund.guarantor_id or 0,
        payer=refund.payer.payer_id if refund.payer else "",
        recoup=method == "recoupment",
        memo=f"refund by {method} {reference}: {refund.reason}",
    )
    row = append(practice, [event], by=by)[0]
    changed(refund, status=ISSUED, issued_by=by, issued_on=today, method=method, reference=reference, payout=row)
    _touched(practice, by, refund, "refund issued")
    return refund


@transaction.atomic
def decline_refund(*, practice: Practice, by: User | None, today: date, refund_id: int, reason: str) -> Refund:
    """A proposal is not followed; nothing had moved."""
    refund = find(Refund, practice, refund_id)
    if refund.status != PROPOSED:
        raise Refused("Only a proposal is declined; an approved refund is cancelled.")
    if not reason.strip():
        raise Refused("Say why.")
    changed(refund, status=DECLINED, said=reason.strip()[:200], closed_by=by, closed_on=today)
    return refund


@transaction.atomic
def cancel_refund(*, practice: Practice, by: User | None, today: date, refund_id: int, reason: str) -> Refund:
    """Take an approved or issued refund back by reversal entries: the credit stands again. A check is stopped at the bank."""
    books(practice)
    refund = find(Refund, practice, refund_id, *_RELATED)
    if refund.status == CANCELLED:
        return refund
    if refund.status not in (APPROVED, ISSUED):
        raise Refused("Nothing has moved: decline the proposal instead.")
    if not reason.strip():
        raise Refused("Say why.")
    for posted in (refund.payout, refund.approval):
        if posted is not None:
            _reverse(practice, by, today, posted, reason)
    if refund.payer and balance("payer_balance", payer=refund.payer, event__practice=practice) > 0:
        raise Refused(f"{refund.payer.name} has taken this money already: there is nothing to cancel.")
    changed(refund, status=CANCELLED, said=reason.strip()[:200], closed_by=by, closed_on=today)
    _touched(practice, by, refund, "refund cancelled")
    if refund.guarantor:
        apply_held_money(practice, refund.guarantor, today)
    settle(Encounter.objects.filter(entries__event=refund.approval).distinct(), today)
    return refund


def _reverse(practice: Practice, by: User | None, today: date, posted: LedgerEvent, reason: str) -> None:
    key = f"undo:{posted.key}"
    append(practice, [reversal_of(event_of(posted), key=key, on=today, memo=reason)], by=by, undoes={key: posted.key})


@transaction.atomic
def review_credit(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    heap: str,
    identified_on: date,
    investigated_from: date | None = None,
    concluded_on: date | None = None,
    note: str = "",
) -> CreditReview:
    """Keep when a credit balance was identified as an overpayment, and the investigation that stops the 60 days."""
    credit = heaps(practice).get(heap)
    if credit is None:
        raise Refused("This credit balance is no longer there.")
    if not credit.since <= identified_on <= today:
        raise Refused("It was identified on a day between its beginning and today.")
    if investigated_from and not credit.since <= investigated_from <= today:
        raise Refused("The investigation began on a day between the credit's beginning and today.")
    if concluded_on and (investigated_from is None or concluded_on < investigated_from):
        raise Refused("An investigation ends after it began.")
    return CreditReview.objects.create(
        practice=practice,
        heap=heap,
        since=credit.since,
        identified_on=identified_on,
        investigated_from=investigated_from,
        concluded_on=concluded_on,
        note=note.strip()[:300],
        by=by,
    )


def _touched(practice: Practice, by: User | None, refund: Refund, what: str) -> None:
    patients = Patient.objects.filter(practice=practice)
    if isinstance(refund.guarantor, Guarantor):
        patients = patients.filter(guarantor=refund.guarantor)
    else:
        patients = patients.filter(encounters__charges__control_number=refund.line_control_number or "-").distinct()
    for patient in patients:
        touched(practice, by, patient, what)
