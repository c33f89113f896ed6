"""What the office knows around a claim: coverage, authorizations, the note, its own prices, and the patient's earlier claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from claimwright.claims.model import Claim
from claimwright.claims.states import CLOSED
from claimwright.edits.context import Context
from claimwright.office.codes import tables
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.convert import authorization_of, coverage_of, enrolments, visit_texts
from claimwright.office.records.models import ClaimLine, ClaimRecord, Patient

NEVER_LEFT = Q(state=CLOSED, sent_on=None)  # taken back before any payer saw it
LOOK_BACK = timedelta(days=3 * 365 + 1)
COUNTS = {"sent", "accepted", "pending", "paid", "part paid", "denied", "appealed", "patient", "closed"}


def known_around(record: ClaimRecord, today: date, batch: tuple[Claim, ...] = (), before: int | None = None) -> Context:
    """What the office knows around a claim: coverage, earlier claims, authorizations, the visit's note, its own prices."""
    encounter = record.encounter
    coverage = coverage_of(record.coverage)
    replaced = _replaced(record)
    authorizations = record.patient.authorizations.select_related("plan")
    return Context(
        today=today,
        history=_history(record, replaced),
        corrects=tuple(claim_of(earlier) for earlier in replaced),
        coverage=coverage,
        authorizations=tuple(authorization_of(row) for row in authorizations),
        provider_enrolments=enrolments(record.practice),
        batch=batch,
        before=before,
        note=visit_texts(encounter),
        usual_charges=usual_charges(record),
    )


def _history(record: ClaimRecord, replaced: Sequence[ClaimRecord]) -> tuple[Claim, ...]:
    """The patient's other claims that stand, to every payer: global days and new patients do not ask who paid.

    Three years back, the longest that an edit looks (CPT, new patient), and what is covered once in a longer time.
    Left out: what never left, what was voided, and the claims that this one replaces.
    """
    return history_of(
        record.patient, record.first_service, ClaimRecord.objects.filter(pk__in=[record.pk, *(r.pk for r in replaced)])
    )


def history_of(
    patient: Patient, on: date, but: QuerySet[ClaimRecord], read: Callable[[ClaimRecord], Claim] = claim_of
) -> tuple[Claim, ...]:
    """A patient's claims that stand, up to three years before a day and the seldom ones longer; without those of `but`."""
    seldom = {code for rule in tables().frequency if rule.days == 0 or rule.days > LOOK_BACK.days for code in rule.counts}
    rows = patient.claims.filter(state__in=COUNTS).exclude(pk__in=but.values("pk"))
    voided = ClaimRecord.objects.filter(frequency="8", replaces__patient=patient, sent_on__isnull=False)
    rows = rows.exclude(NEVER_LEFT).exclude(frequency="8").exclude(pk__in=voided.values("replaces"))
    long_ago = ClaimLine.objects.filter(claim__patient=patient, procedure__in=seldom)
    rows = rows.filter(Q(first_service__gte=on - LOOK_BACK) | Q(pk__in=long_ago.values("claim")))
    return tuple(read(other) for other in rows.order_by("pk"))


def past_claims(records: Iterable[ClaimRecord], today: date) -> list[tuple[Claim, Context]]:
    """Claims of one practice, each as on the day it left (or now), beside the patient's claims that were built by then."""
    known: dict[int, Claim] = {}

    def read(record: ClaimRecord) -> Claim:
        if record.pk not in known:
            known[record.pk] = claim_of(record)
        return known[record.pk]

    past = []
    for record in records:
        on = record.sent_on or today
        own = Q(pk__in=[record.pk, *(one.pk for one in _replaced(record))])
        but = ClaimRecord.objects.filter(own | Q(built_on__gt=on), patient=record.patient_id)
        history = history_of(record.patient, record.first_service, but, read)
        past.append((read(record), Context(today=on, history=history)))
    return past


def usual_charges(record: ClaimRecord) -> dict[str, int]:
    """What the practice charges for a unit of each procedure on the claim, without modifiers."""
    held = record.practice.prices.filter(
        procedure__in=record.lines.values("procedure"), modifier="", start__lte=record.first_service
    )
    return {row.procedure: row.price for row in held.order_by("start")}


def _replaced(record: ClaimRecord) -> list[ClaimRecord]:
    """The claims that this one stands for: no duplicates of it."""
    gone, earlier = [], record.replaces
    while earlier is not None:
        gone.append(earlier)
        earlier = earlier.replaces
    return gone
