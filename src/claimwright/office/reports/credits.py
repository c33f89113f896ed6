"""Credit balances as work: whose money it is, why, how old, and how long the law leaves; and the refunds on their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

import msgspec
from django.db.models import F, QuerySet

from claimwright.ledger.credits import Clock, CreditBalance, medicare_clock
from claimwright.money import Cents
from claimwright.office.records.credits import LAWS, heaps, laws
from claimwright.office.records.models import (
    ClaimLine,
    ClaimRecord,
    CreditReview,
    Guarantor,
    LedgerEntry,
    PayerRecord,
    Practice,
    Refund,
)

OVERPAID, COORDINATED = "the payer paid more than was owed", "payers together paid more than was owed (coordination of benefits)"
REASONS = {
    "payer_balance": "paid twice, or not ours, and not yet taken back",
    "patient_ar": "the patient paid more than became theirs",
    "unapplied": "paid ahead, with nothing to apply it to",
}
MOVING = ("proposed", "approved")


class Credit(msgspec.Struct):
    """One credit balance with everything to decide on it. Cents."""

    heap: str
    owed_to: str
    amount: Cents
    free: Cents  # less what is proposed
    since: date
    why: str
    payer: PayerRecord | None
    guarantor: Guarantor | None
    claim: ClaimRecord | None
    line: str
    law: str  # the rule with its 60 days, where one holds
    clock: Clock | None
    review: CreditReview | None
    entries: str  # the query of the ledger's entries behind it

    @property
    def whose(self) -> str:
        """The payer's or the guarantor's name."""
        return str(self.payer or self.guarantor or "not known")

    @property
    def anchor(self) -> str:
        """A name for the page's own addresses."""
        return "".join(letter if letter.isalnum() else "-" for letter in self.heap)


def credits(practice: Practice, today: date) -> list[Credit]:
    """Every credit balance: those with a clock first, the least time left first, then most money."""
    found = heaps(practice)
    lines = {one.line for one in found.values() if one.line}
    claims = _claims(practice, lines)
    paid_by = _payers_on(practice, lines)
    payers = {row.payer_id: row for row in PayerRecord.objects.filter(practice=practice)}
    guarantors = Guarantor.objects.filter(practice=practice).in_bulk([one.guarantor for one in found.values() if one.guarantor])
    clocked = laws(practice)
    reviews = {(row.heap, row.since): row for row in CreditReview.objects.filter(practice=practice).select_related("by")}
    proposed: dict[str, Cents] = defaultdict(int)
    for heap, amount in Refund.objects.filter(practice=practice, status="proposed").values_list("heap", "amount"):
        proposed[heap] += amount
    rows = []
    for heap, one in found.items():
        payer = payers.get(one.payer or next(iter(paid_by.get(one.line, ())), "")) if one.owed_to == "payer" else None
        law = LAWS[clocked[payer.payer_id]] if payer and payer.payer_id in clocked else ""
        review = reviews.get((heap, one.since))
        rows.append(
            Credit(
                heap=heap,
                owed_to=one.owed_to,
                amount=one.amount,
                free=one.amount - proposed[heap],
                since=one.since,
                why=_why(one, paid_by.get(one.line, ())),
                payer=payer,
                guarantor=guarantors.get(one.guarantor),
                claim=claims.get(one.line),
                line=one.line,
                law=law,
                clock=_clock(one, review, today) if law else None,
                review=review,
                entries=_entries(one, payer),
            )
        )
    return sorted(rows, key=lambda row: (row.clock is None, row.clock.days_left if row.clock else 0, -row.amount, row.heap))


def _clock(one: CreditBalance, review: CreditReview | None, today: date) -> Clock:
    return medicare_clock(
        received=one.since,
        identified=review.identified_on if review else one.since,
        today=today,
        investigated_from=review.investigated_from if review else None,
        concluded=review.concluded_on if review else None,
    )


def _why(one: CreditBalance, paid_by: Iterable[str]) -> str:
    if one.owed_to == "payer" and one.line:
        return COORDINATED if len(set(paid_by)) > 1 else OVERPAID
    return REASONS["payer_balance" if one.owed_to == "payer" else "patient_ar" if one.line else "unapplied"]


def _entries(one: CreditBalance, payer: PayerRecord | None) -> str:
    if one.line:
        return urlencode({"line": one.line})
    if one.owed_to == "payer":
        return urlencode({"account": "payer_balance", "payer": payer.pk if payer else "none"})
    return urlencode({"account": "unapplied", "guarantor": one.guarantor})


def _claims(practice: Practice, lines: Iterable[str]) -> dict[str, ClaimRecord]:
    rows = ClaimLine.objects.filter(claim__practice=practice, control_number__in=list(lines))
    return {row.control_number: row.claim for row in rows.select_related("claim__patient").order_by("claim_id")}


def _payers_on(practice: Practice, lines: Iterable[str]) -> dict[str, list[str]]:
    """The payers whose money came in on each line, latest first."""
    rows = LedgerEntry.objects.filter(
        event__practice=practice, account="cash", amount__gt=0, line_control_number__in=list(lines), payer__isnull=False
    )
    found: dict[str, list[str]] = defaultdict(list)
    for line, payer in rows.order_by("-event__on", "-pk").values_list("line_control_number", "payer__payer_id"):
        found[line].append(payer)
    return found


def refunds(practice: Practice, status: str = "") -> QuerySet[Refund]:
    """Refunds, those that wait for someone first; `status` as kept, or `moving`, or `done`."""
    rows = Refund.objects.filter(practice=practice)
    if status == "moving":
        rows = rows.filter(status__in=MOVING)
    elif status == "done":
        rows = rows.exclude(status__in=MOVING)
    elif status:
        rows = rows.filter(status=status)
    related = ("payer", "guarantor", "proposed_by", "approved_by", "issued_by", "closed_by")
    return rows.select_related(*related).order_by(F("return_by").asc(nulls_last=True) if status == "moving" else "-pk", "pk")
