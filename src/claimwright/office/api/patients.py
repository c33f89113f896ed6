"""Patients, coverages, eligibility."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from ninja.pagination import paginate

from claimwright.office.api.access import FRONT, Call, Id, Page, allow, once, saw
from claimwright.office.api.schemas import REFUSALS, CheckOut, CoverageIn, CoverageOut, PatientIn, PatientOut, PersonIn, Problem
from claimwright.office.clock import today
from claimwright.office.records.models import CoverageRecord, EligibilityCheck, Patient, PlanRecord
from claimwright.office.workflow import eligibility, registration
from claimwright.parties import Address, Insured, Person

router = Router()


def person(given: PersonIn) -> Person:
    """The core's person from a request."""
    address = Address(line1=given.line1, city=given.city, state=given.state, zip=given.zip) if given.line1 else None
    return Person(last=given.last, first=given.first, birth=given.birth, sex=given.sex, address=address, phone=given.phone)


def patient_row(patient: Patient) -> dict[str, Any]:
    """A patient as JSON values."""
    return PatientOut.from_orm(patient).model_dump(mode="json")


def coverage_row(coverage: CoverageRecord) -> dict[str, Any]:
    """A coverage as JSON values."""
    return CoverageOut(
        id=coverage.pk,
        plan_id=coverage.plan_id,
        plan=coverage.plan.name,
        payer_id=coverage.plan.payer.payer_id,
        order=coverage.order,
        member_id=coverage.member_id,
        relationship=coverage.relationship,
        start=coverage.start,
        end=coverage.end,
    ).model_dump(mode="json")


def find_patient(request: Call, patient_id: int) -> Patient:
    """The practice's own patient, or 404."""
    return get_object_or_404(Patient, pk=patient_id, practice=request.practice)


@router.get("/patients", response=list[PatientOut])
@paginate(Page)
def list_patients(request: Call, mrn: str = "", last: str = "") -> QuerySet[Patient]:
    """The practice's patients, by record number or the beginning of a last name."""
    wanted = Q(practice=request.practice)
    if mrn:
        wanted &= Q(mrn=mrn)
    if last:
        wanted &= Q(last__istartswith=last)
    return Patient.objects.filter(wanted).order_by("last", "first", "id")


@router.post("/patients", response={201: PatientOut, **REFUSALS}, auth=allow(*FRONT))
@once
def register(request: Call, given: PatientIn) -> Status[Any]:
    """Register a patient with their guarantor."""
    patient = registration.register_patient(
        practice=request.practice,
        by=request.user,
        today=today(),
        person=person(given),
        guarantor=person(given.guarantor) if given.guarantor else None,
        guarantor_id=given.guarantor_id,
        history=given.history,
        therapies=given.therapies,
    )
    return Status(201, patient_row(patient))


@router.get("/patients/{patient_id}", response={200: PatientOut, 404: Problem})
def one_patient(request: Call, patient_id: Id) -> Status[Any]:
    """One patient; the look is kept in the access log."""
    patient = find_patient(request, patient_id)
    saw(request, patient, "patient")
    return Status(200, patient_row(patient))


@router.get("/patients/{patient_id}/coverages", response={200: list[CoverageOut], 404: Problem})
def coverages(request: Call, patient_id: Id) -> Status[Any]:
    """A patient's coverages in the order they pay."""
    patient = find_patient(request, patient_id)
    saw(request, patient, "coverages")
    return Status(200, [coverage_row(c) for c in patient.coverages.select_related("plan__payer")])


@router.post(
    "/patients/{patient_id}/coverages",
    response={201: CoverageOut, **REFUSALS},
    auth=allow(*FRONT),
)
@once
def add_coverage(request: Call, patient_id: Id, given: CoverageIn) -> Status[Any]:
    """Add a coverage; the subscriber is the patient unless given."""
    patient = find_patient(request, patient_id)
    plan = get_object_or_404(PlanRecord, pk=given.plan_id, practice=request.practice)
    subscriber = person(given.subscriber) if given.subscriber else registration.person_of(patient)
    coverage = registration.add_coverage(
        practice=request.practice,
        by=request.user,
        today=today(),
        patient_id=patient.pk,
        plan_id=plan.pk,
        insured=Insured(
            person=subscriber, member_id=given.member_id, relationship=given.relationship, group_number=given.group_number
        ),
        order=given.order,
        start=given.start,
        end=given.end,
        referral_number=given.referral_number,
        case_number=given.case_number,
        accident_on=given.accident_on,
        accident_state=given.accident_state,
    )
    return Status(201, coverage_row(coverage))


@router.post("/coverages/{coverage_id}/verify", response={202: CheckOut, **REFUSALS}, auth=allow(*FRONT))
@once
def verify(request: Call, coverage_id: Id) -> Status[Any]:
    """Ask the payer (270); the answer comes with its 271."""
    coverage = get_object_or_404(CoverageRecord, pk=coverage_id, patient__practice=request.practice)
    check = eligibility.verify_coverage(
        practice=request.practice, by=request.user, today=today(), coverage_id=coverage.pk, encounter_id=None
    )
    return Status(202, CheckOut.from_orm(check).model_dump(mode="json"))


@router.get("/coverages/{coverage_id}/checks", response={200: list[CheckOut], 404: Problem})
def checks(request: Call, coverage_id: Id) -> Status[Any]:
    """The coverage's eligibility checks, latest first."""
    coverage = get_object_or_404(CoverageRecord, pk=coverage_id, patient__practice=request.practice)
    saw(request, coverage.patient, "eligibility")
    found = EligibilityCheck.objects.filter(coverage=coverage).order_by("-id")
    return Status(200, [CheckOut.from_orm(check).model_dump(mode="json") for check in found])
