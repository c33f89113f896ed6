"""Files in and out, and the remittances among them."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from ninja.errors import HttpError
from ninja.pagination import paginate

from claimwright.office.api.access import BILLERS, Call, Id, Page, allow, once, saw
from claimwright.office.api.schemas import (
    REFUSALS,
    FileIn,
    FileOut,
    MatchIn,
    Problem,
    RemitClaimOut,
    RemitDetail,
    RemitOut,
    WhyIn,
)
from claimwright.office.clock import today
from claimwright.office.records.models import ClaimRecord, File, Patient, Remit, RemitClaimRow
from claimwright.office.reports.files import patients_in
from claimwright.office.workflow import posting, receiving, undo

router = Router()


def file_row(file: File) -> dict[str, Any]:
    """A file as JSON values, without its content."""
    return FileOut.from_orm(file).model_dump(mode="json")


@router.get("/files", response=list[FileOut], auth=allow(*BILLERS))
@paginate(Page)
def list_files(request: Call, direction: str = "", kind: str = "") -> QuerySet[File]:
    """Files sent and received, latest first."""
    found = File.objects.filter(practice=request.practice).defer("content")
    if direction:
        found = found.filter(direction=direction)
    if kind:
        found = found.filter(kind=kind)
    return found.order_by("-id")


@router.post("/files", response={201: FileOut, 400: Problem, **REFUSALS}, auth=allow(*BILLERS))
@once
def receive(request: Call, given: FileIn) -> Status[Any]:
    """Receive a 271, TA1, 999, 277CA, 835 or bank CSV. The same content counts once; a broken one is parked with the reason."""
    try:
        content = base64.b64decode(given.content_base64, validate=True)
    except (binascii.Error, ValueError):
        raise HttpError(400, "content_base64 is not base64.") from None
    file = receiving.receive_file(practice=request.practice, by=request.user, today=today(), name=given.name, content=content)
    return Status(201, file_row(file))


@router.get(
    "/files/{file_id}/content",
    response={404: Problem},
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {}}}}},
    auth=allow(*BILLERS),
)
def content(request: Call, file_id: Id) -> HttpResponse:
    """The file as it was sent or received."""
    file = get_object_or_404(File, pk=file_id, practice=request.practice)
    for patient in patients_in(file):
        saw(request, patient, f"file {file.pk}")
    return HttpResponse(bytes(file.content), content_type="application/octet-stream")


@router.get("/remittances", response=list[RemitOut], auth=allow(*BILLERS))
@paginate(Page)
def list_remittances(request: Call, status: str = "") -> list[dict[str, Any]]:
    """Payments, latest first."""
    found = Remit.objects.filter(practice=request.practice).select_related("deposit")
    if status:
        found = found.filter(status=status)
    return [_remit(remit) for remit in found.order_by("-paid_on", "-id").defer("content")]


@router.get("/remittances/{remit_id}", response={200: RemitDetail, 404: Problem}, auth=allow(*BILLERS))
def one_remittance(request: Call, remit_id: Id) -> Status[Any]:
    """One payment with its claims."""
    remit = get_object_or_404(Remit.objects.select_related("deposit"), pk=remit_id, practice=request.practice)
    for patient in Patient.objects.filter(
        Q(claims__remit_rows__remit=remit) | Q(claims__remit_parts__row__remit=remit)
    ).distinct():
        saw(request, patient, "remittance")
    rows = [RemitClaimOut.from_orm(row).model_dump(mode="json") for row in remit.claims.order_by("position")]
    return Status(200, _remit(remit) | {"claims": rows})


@router.post("/remittances/{remit_id}/post", response={200: RemitOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def post(request: Call, remit_id: Id) -> Status[Any]:
    """Post what is certain; the rest is parked with its reason. Posting again changes nothing."""
    remit = get_object_or_404(Remit, pk=remit_id, practice=request.practice)
    posting.post_remittance(practice=request.practice, by=request.user, today=today(), remit_id=remit.pk)
    return Status(200, _remit(Remit.objects.select_related("deposit").get(pk=remit.pk)))


@router.post("/remittances/{remit_id}/undo", response={200: RemitOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def undo_payment(request: Call, remit_id: Id, given: WhyIn) -> Status[Any]:
    """Take a whole payment out of the books by reversal entries; nothing of it posts until a person says so."""
    remit = get_object_or_404(Remit, pk=remit_id, practice=request.practice)
    undo.undo_remittance(practice=request.practice, by=request.user, today=today(), remit_id=remit.pk, reason=given.reason)
    return Status(200, _remit(Remit.objects.select_related("deposit").get(pk=remit.pk)))


@router.post("/remittance-claims/{row_id}/match", response={200: RemitClaimOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def match(request: Call, row_id: Id, given: MatchIn) -> Status[Any]:
    """Match a parked remittance claim to one of ours, and post it; one that seems another person's only with the reason why."""
    claim = get_object_or_404(ClaimRecord, pk=given.claim_id, practice=request.practice)
    return _decide(request, row_id, posting.match_remit_claim, claim_id=claim.pk, despite=given.despite)


@router.post("/remittance-claims/{row_id}/owe-back", response={200: RemitClaimOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def owe_back(request: Call, row_id: Id, given: WhyIn) -> Status[Any]:
    """A parked payment is not ours to keep: it stands as the payer's credit until it is taken back or refunded."""
    return _decide(request, row_id, posting.owe_back, reason=given.reason)


@router.post("/remittance-claims/{row_id}/put-aside", response={200: RemitClaimOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def put_aside(request: Call, row_id: Id, given: WhyIn) -> Status[Any]:
    """Nothing is to be done about a parked decision that moves no money."""
    return _decide(request, row_id, posting.put_aside, reason=given.reason)


@router.post("/remittance-claims/{row_id}/undo", response={200: RemitClaimOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def undo_decision(request: Call, row_id: Id, given: WhyIn) -> Status[Any]:
    """Take one posted decision out of the books by reversal entries; it waits until a person posts it again."""
    return _decide(request, row_id, undo.undo_posting, reason=given.reason)


@router.post("/remittance-claims/{row_id}/post-again", response={200: RemitClaimOut, **REFUSALS}, auth=allow(*BILLERS))
@once
def post_again(request: Call, row_id: Id) -> Status[Any]:
    """Post a decision that was undone once more, as it was."""
    return _decide(request, row_id, undo.post_again)


def _decide(request: Call, row_id: int, verb: Callable[..., Any], **said: Any) -> Status[Any]:
    """Ask the workflow for a verb on one decision, and answer with the decision as it then stands."""
    row = get_object_or_404(RemitClaimRow, pk=row_id, remit__practice=request.practice)
    verb(practice=request.practice, by=request.user, today=today(), remit_claim_id=row.pk, **said)
    row.refresh_from_db()
    return Status(200, RemitClaimOut.from_orm(row).model_dump(mode="json"))


def _remit(remit: Remit) -> dict[str, Any]:
    facts = {name: getattr(remit, name) for name in RemitOut.model_fields if name != "deposited"}
    return RemitOut(**facts, deposited=hasattr(remit, "deposit")).model_dump(mode="json")
