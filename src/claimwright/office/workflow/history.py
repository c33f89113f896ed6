"""What the office knows around a claim: coverage, authorizations, the note, its own prices, and the patient's earlier claims."""

from __future__ import annotations

from collections.abc import Collection, Sequence
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


def history_of(patient: Patient, on: date, but: QuerySet[ClaimRecord]) -> tuple[Claim, ...]:
    """A patient's claims that stand, up to three years before a day and the seldom ones longer; without those of `but`."""
    rows = _standing([patient.pk]).exclude(pk__in=but.values("pk"))
    rows = rows.filter(Q(first_service__gte=on - LOOK_BACK) | Q(pk__in=_seldom([patient.pk])))
    return tuple(claim_of(other) for other in rows.order_by("pk"))


def past_claims(records: Sequence[ClaimRecord], today: date) -> list[tuple[Claim, Context]]:
    """Claims, each as on the day it left (or now), beside its patient's claims that were built by then."""
    patients = {record.patient_id for record in records}
    seldom = set(_seldom(patients).values_list("claim", flat=True))
    others: dict[int, list[tuple[ClaimRecord, Claim]]] = {patient: [] for patient in patients}
    for row in _standing(patients).order_by("pk"):
        others[row.patient_id].append((row, claim_of(row)))
    past = []
    for record in records:
        on, back_to = record.sent_on or today, record.first_service - LOOK_BACK
        own = {record.pk, *(one.pk for one in _replaced(record))}
        history = tuple(
            claim
            for row, claim in others[record.patient_id]
            if row.pk not in own and row.built_on <= on and (row.first_service >= back_to or row.pk in seldom)
        )
        past.append((claim_of(record), Context(today=on, history=history)))
    return past


def _standing(patients: Collection[int]) -> QuerySet[ClaimRecord]:
    """What has left of the patients' claims and was not taken back."""
    voided = ClaimRecord.objects.filter(frequency="8", replaces__patient__in=patients, sent_on__isnull=False)
    rows = ClaimRecord.objects.filter(patient__in=patients, state__in=COUNTS).exclude(NEVER_LEFT)
    return rows.exclude(frequency="8").exclude(pk__in=voided.values("replaces"))


def _seldom(patients: Collection[int]) -> QuerySet[ClaimLine, dict[str, int]]:
    """The patients' claims of services that are covered once in more than three years."""
    seldom = {code for rule in tables().frequency if rule.days == 0 or rule.days > LOOK_BACK.days for code in rule.counts}
    return ClaimLine.objects.filter(claim__patient__in=patients, procedure__in=seldom).values("claim")


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
