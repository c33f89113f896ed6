"""Encounters: scheduled, documented, coded, charged, claimed."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from ninja.pagination import paginate

from claimwright.office.api.access import BILLERS, CHART, CODERS, FRONT, Call, Id, Page, allow, once, saw
from claimwright.office.api.claims import claim_row
from claimwright.office.api.schemas import (
    REFUSALS,
    ClaimOut,
    CodeOut,
    CodesIn,
    DocumentIn,
    EncounterIn,
    EncounterOut,
    Problem,
    QueryIn,
    Ref,
    SuggestionOut,
)
from claimwright.office.clock import today
from claimwright.office.records.models import Encounter, Location, Patient, ProviderRecord
from claimwright.office.workflow import charging, claims, coding, registration
from claimwright.office.workflow.errors import Refused

router = Router()


def encounter_row(encounter: Encounter) -> dict[str, Any]:
    """An encounter as JSON values."""
    return EncounterOut.from_orm(encounter).model_dump(mode="json")


def find_encounter(request: Call, encounter_id: int) -> Encounter:
    """The practice's own encounter, or 404."""
    return get_object_or_404(Encounter.objects.select_related("patient"), pk=encounter_id, practice=request.practice)


def code_rows(encounter: Encounter) -> list[dict[str, Any]]:
    """The decided codes in order."""
    return [CodeOut.from_orm(code).model_dump(mode="json") for code in encounter.codes.all()]


@router.get("/encounters", response=list[EncounterOut])
@paginate(Page)
def list_encounters(request: Call, state: str = "", patient_id: Ref | None = None) -> QuerySet[Encounter]:
    """The practice's encounters, latest first."""
    found = Encounter.objects.filter(practice=request.practice)
    if state:
        found = found.filter(state=state)
    if patient_id is not None:
        found = found.filter(patient_id=patient_id)
        if patient := Patient.objects.filter(pk=patient_id, practice=request.practice).first():
            saw(request, patient, "encounters")
    return found.order_by("-date", "-id")


@router.post("/encounters", response={201: EncounterOut, **REFUSALS}, auth=allow(*FRONT))
@once
def schedule(request: Call, given: EncounterIn) -> Status[Any]:
    """Schedule a visit."""
    encounter = registration.schedule_visit(
        practice=request.practice,
        by=request.user,
        today=today(),
        patient_id=get_object_or_404(Patient, pk=given.patient_id, practice=request.practice).pk,
        provider_id=get_object_or_404(ProviderRecord, pk=given.provider_id, practice=request.practice).pk,
        location_id=get_object_or_404(Location, pk=given.location_id, practice=request.practice).pk,
        on=given.on,
        start=given.start,
        minutes=given.minutes,
        reason=given.reason,
        setting=given.setting,
        new_patient=given.new_patient,
    )
    return Status(201, encounter_row(encounter))


@router.get("/encounters/{encounter_id}", response={200: EncounterOut, 404: Problem})
def one_encounter(request: Call, encounter_id: Id) -> Status[Any]:
    """One encounter; the look is kept in the access log."""
    encounter = find_encounter(request, encounter_id)
    saw(request, encounter.patient, "encounter")
    return Status(200, encounter_row(encounter))


@router.post("/encounters/{encounter_id}/documents", response={201: EncounterOut, **REFUSALS}, auth=allow(*CODERS, *FRONT))
@once
def add_document(request: Call, encounter_id: Id, given: DocumentIn) -> Status[Any]:
    """Add a note or report to the encounter."""
    encounter = find_encounter(request, encounter_id)
    coding.add_document(
        practice=request.practice,
        by=request.user,
        today=today(),
        encounter_id=encounter.pk,
        kind=given.kind,
        title=given.title,
        text=given.text,
    )
    encounter.refresh_from_db()
    return Status(201, encounter_row(encounter))


@router.post("/encounters/{encounter_id}/suggestions", response={200: list[SuggestionOut], **REFUSALS}, auth=allow(*CODERS))
@once
def suggest(request: Call, encounter_id: Id) -> Status[Any]:
    """Read the documents and suggest codes, each with its evidence."""
    encounter = find_encounter(request, encounter_id)
    saw(request, encounter.patient, "suggested codes")
    coding.suggest_codes(practice=request.practice, by=request.user, today=today(), encounter_id=encounter.pk)
    return Status(200, [SuggestionOut.from_orm(s).model_dump(mode="json") for s in encounter.suggestions.all()])


@router.get("/encounters/{encounter_id}/codes", response={200: list[CodeOut], 404: Problem}, auth=allow(*CHART))
def codes(request: Call, encounter_id: Id) -> Status[Any]:
    """The decided codes, first-listed first."""
    encounter = find_encounter(request, encounter_id)
    saw(request, encounter.patient, "codes")
    return Status(200, code_rows(encounter))


@router.put("/encounters/{encounter_id}/codes", response={200: list[CodeOut], **REFUSALS}, auth=allow(*CODERS))
@once
def decide(request: Call, encounter_id: Id, given: CodesIn) -> Status[Any]:
    """Decide the codes."""
    encounter = find_encounter(request, encounter_id)
    coding.decide_codes(
        practice=request.practice,
        by=request.user,
        today=today(),
        encounter_id=encounter.pk,
        codes=[
            coding.DecidedCode(
                system=code.system,
                code=code.code,
                modifiers=tuple(code.modifiers),
                units=code.units,
                diagnosis_codes=tuple(code.diagnosis_codes),
                ndc=code.ndc,
                ndc_quantity=code.ndc_quantity,
                ndc_unit=code.ndc_unit,
                suggestion_id=code.suggestion_id,
            )
            for code in given.codes
        ],
        complete=given.complete,
    )
    return Status(200, code_rows(encounter))


@router.post("/encounters/{encounter_id}/queries", response={201: EncounterOut, **REFUSALS}, auth=allow(*CODERS))
@once
def ask(request: Call, encounter_id: Id, given: QueryIn) -> Status[Any]:
    """Ask the physician."""
    encounter = find_encounter(request, encounter_id)
    coding.ask_physician(
        practice=request.practice,
        by=request.user,
        today=today(),
        encounter_id=encounter.pk,
        topic=given.topic,
        question=given.question,
    )
    encounter.refresh_from_db()
    return Status(201, encounter_row(encounter))


@router.post("/encounters/{encounter_id}/claim", response={201: ClaimOut, **REFUSALS}, auth=allow(*CODERS, *BILLERS))
@once
def claim(request: Call, encounter_id: Id) -> Status[Any]:
    """Capture the charges, build the claim and scrub it."""
    encounter = find_encounter(request, encounter_id)
    who = {"practice": request.practice, "by": request.user, "today": today()}
    charging.capture_charges(**who, encounter_id=encounter.pk)
    try:
        built = claims.build_claim(**who, encounter_id=encounter.pk)
    except Refused as refusal:  # answered, not raised: the charges stand, with an Idempotency-Key as without
        return Status(409, {"detail": str(refusal)})
    claims.scrub_claim(**who, claim_id=built.pk)
    built.refresh_from_db()
    return Status(201, claim_row(built))
