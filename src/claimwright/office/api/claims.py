"""Claims, their findings and timeline; scrub, correct, send."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from ninja.pagination import paginate

from claimwright.claims.forms.cms1500 import cms1500_pdf
from claimwright.office.api.access import BILLERS, CHART, CODERS, Call, Id, Page, allow, once, saw
from claimwright.office.api.schemas import (
    REFUSALS,
    BatchIn,
    ClaimDetail,
    ClaimOut,
    CorrectIn,
    FileOut,
    FindingOut,
    Problem,
)
from claimwright.office.clock import today
from claimwright.office.records.models import ClaimRecord
from claimwright.office.workflow import claims, submission

router = Router()


def claim_row(claim: ClaimRecord) -> dict[str, Any]:
    """A claim as JSON values."""
    return ClaimOut.from_orm(claim).model_dump(mode="json")


def find_claim(request: Call, claim_id: int) -> ClaimRecord:
    """The practice's own claim, or 404."""
    return get_object_or_404(ClaimRecord.objects.select_related("payer", "patient"), pk=claim_id, practice=request.practice)


@router.get("/claims", response=list[ClaimOut], auth=allow(*CHART))
@paginate(Page)
def list_claims(request: Call, state: str = "", payer_id: str = "", patient_control_number: str = "") -> QuerySet[ClaimRecord]:
    """The practice's claims, latest first."""
    found = ClaimRecord.objects.filter(practice=request.practice).select_related("payer")
    if state:
        found = found.filter(state=state)
    if payer_id:
        found = found.filter(payer__payer_id=payer_id)
    if patient_control_number:
        found = found.filter(patient_control_number=patient_control_number)
    return found.order_by("-first_service", "-id")


@router.get("/claims/{claim_id}", response={200: ClaimDetail, 404: Problem}, auth=allow(*CHART))
def one_claim(request: Call, claim_id: Id) -> Status[Any]:
    """One claim whole: its content, findings and timeline."""
    claim = find_claim(request, claim_id)
    saw(request, claim.patient, "claim")
    return Status(200, ClaimDetail.from_orm(claim).model_dump(mode="json"))


@router.get(
    "/claims/{claim_id}/cms1500.pdf",
    response={404: Problem},
    openapi_extra={"responses": {200: {"content": {"application/pdf": {}}}}},
    auth=allow(*CHART),
)
def cms1500(request: Call, claim_id: Id) -> HttpResponse:
    """The claim on a CMS-1500 (02/12)."""
    claim = find_claim(request, claim_id)
    saw(request, claim.patient, "CMS-1500")
    return HttpResponse(cms1500_pdf(claims.claim_of(claim)), content_type="application/pdf")


@router.post("/claims/{claim_id}/scrub", response={200: list[FindingOut], **REFUSALS}, auth=allow(*BILLERS, *CODERS))
@once
def scrub(request: Call, claim_id: Id) -> Status[Any]:
    """Check the claim again; it becomes ready or held."""
    claim = find_claim(request, claim_id)
    claims.scrub_claim(practice=request.practice, by=request.user, today=today(), claim_id=claim.pk)
    return Status(200, [FindingOut.from_orm(f).model_dump(mode="json") for f in claim.findings.all()])


@router.post("/claims/{claim_id}/correct", response={201: ClaimOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def correct(request: Call, claim_id: Id, given: CorrectIn) -> Status[Any]:
    """A replacement (frequency 7) from the encounter's present codes and coverage."""
    claim = find_claim(request, claim_id)
    corrected = claims.correct_claim(
        practice=request.practice, by=request.user, today=today(), claim_id=claim.pk, reason=given.reason
    )
    return Status(201, claim_row(corrected))


@router.post("/batches", response={201: list[FileOut], **REFUSALS}, auth=allow(*BILLERS))
@once
def send(request: Call, given: BatchIn) -> Status[Any]:
    """Write 837P files for ready claims, one a payer. A held claim is refused and nothing is sent."""
    files = submission.submit_batch(practice=request.practice, by=request.user, today=today(), claim_ids=given.claim_ids)
    return Status(201, [FileOut.from_orm(f).model_dump(mode="json") for f in files])
