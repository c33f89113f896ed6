"""Which visits to come need a prior authorization, and whether there is one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
from django.db.models import QuerySet

from claimwright.office.records.models import (
    Authorization,
    AuthorizationRequest,
    CodeDecision,
    CoverageRecord,
    Encounter,
    Estimate,
    Patient,
    Practice,
)

AHEAD = 14  # days: a payer may take that long over a request


class Need(msgspec.Struct):
    """A service that the plan wants authorized. `state`: the number's, or how far the asking is."""

    procedure: str
    coverage: Any
    state: str  # certified, asked, in review, denied, ..., not asked
    number: str = ""
    message: str = ""

    @property
    def missing(self) -> bool:
        """Whether the service may not be done yet."""
        return not self.number and self.state != "not needed"


def needs(encounters: Iterable[Encounter]) -> dict[int, list[Need]]:
    """By visit, what of its planned services the plan wants authorized; visits that need nothing are left out."""
    visits = {one.pk: one for one in encounters}
    covers = _covers(visits.values())
    wanted = {pk: covers[pk].plan.content.get("authorization_required", ()) for pk in covers}
    planned = _planned([pk for pk in covers if wanted[pk]])
    needing = {pk: sorted(found & set(wanted[pk])) for pk, found in planned.items() if found & set(wanted[pk])}
    if not needing:
        return {}
    patients = {visits[pk].patient_id for pk in needing}
    held, asked = defaultdict(list), defaultdict(list)
    for row in Authorization.objects.filter(patient__in=patients):
        held[row.patient_id, row.plan_id, row.procedure].append(row)
    for request in AuthorizationRequest.objects.filter(coverage__patient__in=patients):
        for code in request.procedures.split():
            asked[request.coverage_id, code].append(request)
    found = {}
    for pk, codes in needing.items():
        on, cover = visits[pk].date, covers[pk]
        found[pk] = [_need(code, cover, on, held[cover.patient_id, cover.plan_id, code], asked[cover.pk, code]) for code in codes]
    return found


def _need(code: str, cover: CoverageRecord, on: date, held: list[Authorization], asked: list[AuthorizationRequest]) -> Need:
    row = next((one for one in held if one.start <= on <= one.end and one.used < one.units), None)
    if row is not None:
        return Need(code, cover, "certified", row.number)
    last = next((one for one in asked if one.start <= on <= one.end), None)
    if last is None:
        return Need(code, cover, "not asked")
    return Need(code, cover, last.status if last.status != "certified" else "used up", message=last.message)


def _covers(encounters: Iterable[Encounter]) -> dict[int, CoverageRecord]:
    """The coverage that pays first on each visit's day."""
    visits = list(encounters)
    by_patient = defaultdict(list)
    rows = CoverageRecord.objects.filter(patient__in={one.patient_id for one in visits}).select_related("plan__payer")
    for row in rows.order_by("order", "pk"):
        by_patient[row.patient_id].append(row)
    found = {}
    for visit in visits:
        in_force = [
            row for row in by_patient[visit.patient_id] if row.start <= visit.date and (row.end is None or row.end >= visit.date)
        ]
        if in_force:
            found[visit.pk] = in_force[0]
    return found


def _planned(visits: list[int]) -> dict[int, set[str]]:
    """The services decided for each visit, else those of its last estimate."""
    found: dict[int, set[str]] = defaultdict(set)
    for pk, code in (
        CodeDecision.objects.filter(encounter__in=visits).exclude(system="ICD-10-CM").values_list("encounter", "code")
    ):
        found[pk].add(code)
    estimated = {row.encounter_id: row.content for row in Estimate.objects.filter(encounter__in=visits).order_by("pk")}
    for pk, content in estimated.items():
        if pk not in found:
            found[pk] = {line["procedure"] for line in content["result"]["lines"]}
    return found


def to_come(practice: Practice, today: date) -> list[tuple[Encounter, list[Need]]]:
    """Booked visits of the days ahead that lack an authorization, soonest first."""
    rows = Encounter.objects.filter(practice=practice, state="scheduled", date__range=(today, today + timedelta(days=AHEAD)))
    visits = list(rows.select_related("patient").order_by("date", "pk"))
    lacking = needs(visits)
    return [(visit, missing) for visit in visits if (missing := [need for need in lacking.get(visit.pk, ()) if need.missing])]


def requests(patient: Patient) -> QuerySet[AuthorizationRequest]:
    """What payers were asked to authorize for a patient, newest first."""
    return AuthorizationRequest.objects.filter(coverage__patient=patient).select_related("coverage__plan__payer")


def reasons(encounter: Encounter) -> list[str]:
    """The diagnoses decided for a visit, else those of the patient's last coded one."""
    codes = CodeDecision.objects.filter(system="ICD-10-CM")
    own = list(codes.filter(encounter=encounter).values_list("code", flat=True))
    if own:
        return own
    last = codes.filter(encounter__patient=encounter.patient_id, encounter__date__lte=encounter.date)
    latest = last.order_by("-encounter__date").values_list("encounter", flat=True).first()
    return list(codes.filter(encounter=latest).values_list("code", flat=True)) if latest else []
