"""Register people, insure them, and give them a day and an hour."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any, Literal

from django.db import transaction

from claimwright.office.records.convert import insured_fields, person_fields, person_of
from claimwright.office.records.models import (
    Appointment,
    Authorization,
    CoverageRecord,
    Encounter,
    Guarantor,
    Location,
    Patient,
    PlanRecord,
    Practice,
    ProviderRecord,
    User,
)
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import changed, find, touched
from claimwright.parties import Insured, Person

__all__ = [
    "add_authorization",
    "add_coverage",
    "cancel_visit",
    "check_in",
    "correct_coverage",
    "correct_patient",
    "end_coverage",
    "person_of",
    "register_patient",
    "schedule_visit",
]


@transaction.atomic
def register_patient(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    person: Person,
    mrn: str = "",
    guarantor: Person | None = None,
    guarantor_id: int | None = None,
    history: str = "",
    therapies: str = "",
    email: str = "",
    provider_id: int | None = None,
    location_id: int | None = None,
    namesake: bool = False,
) -> Patient:
    """Register a patient with their guarantor: one already known, another person, or the patient themselves."""
    if person.birth is None:
        raise Refused("A birth date is needed to register a patient.")
    if person.birth > today:
        raise Refused("The birth date lies in the future.")
    same = Patient.objects.filter(practice=practice, last__iexact=person.last, first__iexact=person.first, birth=person.birth)
    if not namesake and (known := same.first()):
        raise Refused(f"A patient of this name and birth date is already registered as {known.mrn}.")
    if mrn and Patient.objects.filter(practice=practice, mrn=mrn).exists():
        raise Refused(f"The medical record number {mrn} is taken.")
    if guarantor_id is not None:
        pays = find(Guarantor, practice, guarantor_id)
    else:
        pays = Guarantor.objects.create(practice=practice, email=email, **person_fields(guarantor or person))
    patient = Patient.objects.create(
        practice=practice,
        mrn=mrn or _free_mrn(practice),
        guarantor=pays,
        history=history,
        therapies=therapies,
        email=email,
        primary_provider=find(ProviderRecord, practice, provider_id) if provider_id else None,
        location=find(Location, practice, location_id) if location_id else None,
        **person_fields(person),
    )
    touched(practice, by, patient, "registered")
    return patient


def _free_mrn(practice: Practice) -> str:
    while True:
        mrn = f"{next_number(practice, 'mrn'):06d}"
        if not Patient.objects.filter(practice=practice, mrn=mrn).exists():
            return mrn


@transaction.atomic
def correct_patient(
    *, practice: Practice, by: User | None, today: date, patient_id: int, person: Person | None = None, **other: str
) -> Patient:
    """Correct a patient's own facts; `other` may be history, therapies or email."""
    patient = find(Patient, practice, patient_id)
    if unknown := set(other) - {"history", "therapies", "email"}:
        raise TypeError(f"registration: a patient has no {', '.join(sorted(unknown))}")
    if person is not None and (person.birth is None or person.birth > today):
        raise Refused("A birth date that is not in the future is needed.")
    names = changed(patient, **(person_fields(person) if person else {}), **other)
    if names:
        touched(practice, by, patient, "corrected: " + ", ".join(sorted(names))[:45])
    return patient


@transaction.atomic
def add_coverage(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    patient_id: int,
    plan_id: int,
    insured: Insured,
    order: int = 1,
    start: date,
    end: date | None = None,
    referral_number: str = "",
    case_number: str = "",
    accident_on: date | None = None,
    accident_state: str = "",
) -> CoverageRecord:
    """Add a coverage in its place in the order of payers. An insurer of work or a car pays for one accident, its case."""
    patient = find(Patient, practice, patient_id)
    plan = find(PlanRecord, practice, plan_id)
    if not 1 <= order <= 3:
        raise Refused("Coverage is primary (1), secondary (2) or tertiary (3).")
    if end is not None and end < start:
        raise Refused("The coverage ends before it starts.")
    if not insured.member_id.strip():
        raise Refused("The member id on the card is needed.")
    if insured.person.birth is None or insured.person.address is None:
        raise Refused("The subscriber's birth date and address are needed: payers match on them.")
    _alone(patient, order, start, end)
    coverage = CoverageRecord.objects.create(
        patient=patient,
        plan=plan,
        order=order,
        start=start,
        end=end,
        referral_number=referral_number,
        case_number=case_number.strip(),
        accident_on=accident_on,
        accident_state=accident_state.upper(),
        **insured_fields(insured),
    )
    touched(practice, by, patient, f"{_ORDINAL[order]} coverage added")
    return coverage


_ORDINAL = {1: "primary", 2: "secondary", 3: "tertiary"}


def _alone(patient: Patient, order: int, start: date, end: date | None, but: int | None = None) -> None:
    """Refuse a second coverage of the same order in one period."""
    for other in patient.coverages.filter(order=order).exclude(pk=but):
        if (other.end is None or other.end >= start) and (end is None or other.start <= end):
            raise Refused(f"There is already a {_ORDINAL[order]} coverage in that period; end it first.")


@transaction.atomic
def end_coverage(*, practice: Practice, by: User | None, today: date, coverage_id: int, end: date) -> CoverageRecord:
    """End a coverage on its last day in force."""
    coverage = find(CoverageRecord, practice, coverage_id, "patient", path="patient__practice")
    if end < coverage.start:
        raise Refused("The coverage would end before it starts.")
    changed(coverage, end=end)
    touched(practice, by, coverage.patient, "coverage ended")
    return coverage


@transaction.atomic
def correct_coverage(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    coverage_id: int,
    member_id: str | None = None,
    group_number: str | None = None,
    referral_number: str | None = None,
    case_number: str | None = None,
    accident_on: date | None = None,
    accident_state: str | None = None,
    start: date | None = None,
    end: date | None = None,
    plan_id: int | None = None,
    insured: Insured | None = None,
    assignment_of_benefits: bool | None = None,
    release_of_information: Literal["Y", "I"] | None = None,
    reopen: bool = False,
) -> CoverageRecord:
    """Correct what was taken down wrongly; only what is given changes. Unsent claims take it up when scrubbed again.

    `reopen` takes a last day away again.
    """
    coverage = find(CoverageRecord, practice, coverage_id, "patient", path="patient__practice")
    given: dict[str, Any] = {
        "member_id": member_id,
        "group_number": group_number,
        "referral_number": referral_number,
        "case_number": case_number,
        "accident_on": accident_on,
        "accident_state": accident_state and accident_state.upper(),
        "start": start,
        "end": end,
        "plan": find(PlanRecord, practice, plan_id) if plan_id else None,
        "assignment_of_benefits": assignment_of_benefits,
        "release_of_information": release_of_information,
    }
    values = {name: value for name, value in given.items() if value is not None}
    if values.get("member_id") == "":
        raise Refused("The member id on the card is needed.")
    if reopen:
        values["end"] = None
    first, last = values.get("start", coverage.start), values.get("end", coverage.end)
    if last is not None and last < first:
        raise Refused("The coverage ends before it starts.")
    if values.keys() & {"start", "end"} and (first < coverage.start or last != coverage.end):
        _alone(coverage.patient, coverage.order, first, last, but=coverage.pk)
    names = changed(coverage, **(insured_fields(insured) if insured else {}), **values)
    if names:
        touched(practice, by, coverage.patient, "coverage corrected")
    return coverage


@transaction.atomic
def add_authorization(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    patient_id: int,
    plan_id: int,
    number: str,
    procedure: str,
    units: int,
    start: date,
    end: date,
) -> Authorization:
    """Keep a payer's prior authorization; claims carry its number and use its units."""
    patient = find(Patient, practice, patient_id)
    if units < 1 or end < start:
        raise Refused("An authorization is for at least one unit and ends on or after its first day.")
    authorization = Authorization.objects.create(
        patient=patient,
        plan=find(PlanRecord, practice, plan_id),
        number=number,
        procedure=procedure,
        units=units,
        start=start,
        end=end,
    )
    touched(practice, by, patient, "authorization added")
    return authorization


@transaction.atomic
def schedule_visit(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    patient_id: int,
    provider_id: int,
    location_id: int,
    on: date,
    start: time,
    minutes: int = 20,
    reason: str = "",
    setting: str = "office",
    new_patient: bool = False,
    beside: bool = False,
) -> Encounter:
    """Give a patient a day and an hour; `beside` another visit of the same provider only when that is meant."""
    patient = find(Patient, practice, patient_id)
    booked = Appointment.objects.filter(encounter__date=on, status__in=["booked", "checked in"]).select_related("encounter")
    if _taken(booked.filter(encounter__patient=patient), start, minutes):
        raise Refused("The patient already has a visit at that hour.")
    if not beside and (other := _taken(booked.filter(encounter__provider=provider_id), start, minutes)):
        raise Refused(f"The provider already has a visit at {other.start:%H:%M} for {other.minutes} min.")
    encounter = Encounter.objects.create(
        practice=practice,
        patient=patient,
        provider=find(ProviderRecord, practice, provider_id),
        location=find(Location, practice, location_id),
        date=on,
        setting=setting,
        reason=reason,
        new_patient=new_patient,
        number=f"V{next_number(practice, 'encounter'):06d}",
    )
    Appointment.objects.create(encounter=encounter, start=start, minutes=minutes)
    touched(practice, by, patient, "visit scheduled")
    return encounter


def _taken(booked: Iterable[Appointment], start: time, minutes: int) -> Appointment | None:
    """The first appointment that a visit at this hour would run into."""
    first = start.hour * 60 + start.minute
    for other in booked:
        begun = other.start.hour * 60 + other.start.minute
        if begun < first + minutes and first < begun + other.minutes:
            return other
    return None


@transaction.atomic
def cancel_visit(*, practice: Practice, by: User | None, today: date, encounter_id: int) -> Encounter:
    """Cancel a visit that has not taken place."""
    encounter = find(Encounter, practice, encounter_id, "patient", "appointment")
    if encounter.state != "scheduled" or encounter.documents.exists():
        raise Refused("This visit has taken place; it cannot be cancelled.")
    changed(encounter, state="cancelled")
    changed(encounter.appointment, status="cancelled")
    touched(practice, by, encounter.patient, "visit cancelled")
    return encounter


@transaction.atomic
def check_in(*, practice: Practice, by: User | None, today: date, encounter_id: int) -> Encounter:
    """The patient is here."""
    encounter = find(Encounter, practice, encounter_id, "patient", "appointment")
    if encounter.appointment.status == "checked in":
        return encounter
    if encounter.appointment.status != "booked":
        raise Refused(f"This visit is {encounter.appointment.status}.")
    if encounter.date > today:
        raise Refused("This visit is on a later day.")
    changed(encounter.appointment, status="checked in")
    touched(practice, by, encounter.patient, "checked in")
    return encounter
