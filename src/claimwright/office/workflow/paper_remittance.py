"""A remittance on paper, keyed in: it must add up, then posts like any other; if the practice wants it, by a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from msgspec.structs import replace

from claimwright.money import Cents, dollars
from claimwright.office.records.content import pack
from claimwright.office.records.models import Deposit, LedgerEvent, PayerRecord, Practice, Remit, User
from claimwright.office.records.remittances import remittances
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.posting import reconcile_deposits
from claimwright.office.workflow.receiving import keep_decisions
from claimwright.office.workflow.trail import books, changed, find
from claimwright.parties import Payer
from claimwright.remits.balance import claim_faults, payment_fault
from claimwright.remits.model import ProviderAdjustment, RemitClaim, Remittance

METHODS = ("CHK", "ACH", "NON")
LARGEST: Cents = 100_000_000_00  # more in one check is a slip of the hand


@transaction.atomic
def key_in_remittance(
    *,
    practice: Practice,
    by: User,
    today: date,
    payer_id: int,
    trace: str,
    paid: Cents,
    paid_on: date,
    claims: Sequence[RemitClaim],
    provider_adjustments: Sequence[ProviderAdjustment] = (),
    method: str = "CHK",
) -> Remit:
    """Keep a remittance from paper, once. It waits until a person has looked at its plan and posts it.

    Raises Refused unless it adds up: each line, each claim, and the check.
    """
    books(practice)
    payer = find(PayerRecord, practice, payer_id)
    if not trace.strip() or len(trace) > 50 or not trace.isprintable():
        raise Refused("Give the number of the check or payment.")
    if method not in METHODS or not 0 <= paid <= LARGEST or (method == "NON") != (paid == 0):
        raise Refused("A check or electronic payment has an amount; a remittance without payment has none.")
    if paid_on > today:
        raise Refused("The payment is dated in the future.")
    if not claims and not provider_adjustments:
        raise Refused("Key in at least one claim, or an adjustment beside the claims.")
    remittance = Remittance(
        payer=Payer(name=payer.name, payer_id=payer.payer_id),
        payee_name=practice.name,
        payee_npi=practice.npi,
        payee_ein=practice.ein,
        trace=trace.strip(),
        originator=_originator(practice, payer, trace.strip(), paid),
        paid=paid,
        paid_on=paid_on,
        method=method,
        claims=tuple(claims),
        provider_adjustments=tuple(provider_adjustments),
    )
    faults = [*(fault for claim in claims for fault in claim_faults(claim)), payment_fault(remittance)]
    if wrong := next((fault for fault in faults if fault), ""):
        raise Refused(f"It does not add up: {wrong}")
    return _keep(practice, by, today, payer, remittance)


def _originator(practice: Practice, payer: PayerRecord, trace: str, paid: Cents) -> str:
    """Part of the payment's name: what is keyed in anew after it was withdrawn is another payment in the books."""
    withdrawn = Remit.objects.filter(practice=practice, payer=payer, trace=trace, paid=paid, status="void").count()
    return f"paper{withdrawn + 1}" if withdrawn else "paper"


def _keep(practice: Practice, by: User, today: date, payer: PayerRecord, remittance: Remittance) -> Remit:
    same = Remit.objects.filter(practice=practice, payer=payer, trace=remittance.trace, paid=remittance.paid)
    if known := same.exclude(status="void").first():
        if known.key == remittance.key and remittances([known.pk])[known.pk] == remittance:
            return known  # sent twice
        if remittance.paid or known.key == remittance.key:
            raise Refused(
                f"{remittance.trace} over ${dollars(remittance.paid)} from {payer.name} is here already: look at that one."
            )
    remit = Remit.objects.create(
        practice=practice,
        payer=payer,
        key=remittance.key,
        trace=remittance.trace,
        paid=remittance.paid,
        paid_on=remittance.paid_on,
        method=remittance.method,
        keyed_by=by,
        content=pack(replace(remittance, claims=())),  # in rows of their own
    )
    keep_decisions(remit.pk, remittance)
    reconcile_deposits(practice=practice, by=by, today=today)
    return remit


@transaction.atomic
def withdraw_paper(*, practice: Practice, by: User | None, today: date, remit_id: int, reason: str) -> Remit:
    """A remittance that was keyed in wrongly counts no more, once nothing of it is posted; it can be keyed in again."""
    books(practice)
    remit = find(Remit, practice, remit_id)
    if remit.keyed_by_id is None:
        raise Refused("It came in a file: it stays, and its decisions are matched, owed back or put aside.")
    if remit.status == "void":
        return remit
    if not reason.strip():
        raise Refused("Say why.")
    standing = LedgerEvent.objects.filter(remit=remit, undone_by=None, undoes=None)
    if standing.exists() or remit.claims.filter(status="posted").exists():
        raise Refused("Some of it is posted: undo the whole payment first.")
    remit.claims.update(status="aside", said=reason.strip()[:200])
    Deposit.objects.filter(remit=remit).update(remit=None)
    changed(remit, status="void", reason=f"Withdrawn: {reason.strip()}"[:300])
    return remit


@transaction.atomic
def want_two_people(*, practice: Practice, by: User | None, today: date, on: bool) -> Practice:
    """Whether the one who keys a paper remittance in may not be the one who posts it."""
    changed(practice, two_person_posting=on)
    return practice
