"""What is owed, by whom; patient payments."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Status

from claimwright.office.api.access import BILLERS, FRONT, Call, Id, allow, once, saw
from claimwright.office.api.patients import find_patient
from claimwright.office.api.schemas import REFUSALS, BalanceOut, PaymentIn, PaymentOut, Problem, TotalsOut
from claimwright.office.clock import today
from claimwright.office.records.models import Guarantor
from claimwright.office.reports.totals import guarantor_balance, patient_balance, totals
from claimwright.office.workflow import billing

router = Router()


@router.get("/balances", response=TotalsOut, auth=allow(*BILLERS))
def practice_totals(request: Call) -> dict[str, int]:
    """The ledger's totals."""
    return totals(request.practice)


@router.get("/patients/{patient_id}/balance", response={200: BalanceOut, 404: Problem})
def of_patient(request: Call, patient_id: Id) -> Status[Any]:
    """One patient's balance."""
    patient = find_patient(request, patient_id)
    saw(request, patient, "balance")
    return Status(200, patient_balance(patient))


@router.get("/guarantors/{guarantor_id}/balance", response={200: BalanceOut, 404: Problem})
def of_guarantor(request: Call, guarantor_id: Id) -> Status[Any]:
    """One guarantor's balance over all their patients."""
    guarantor = get_object_or_404(Guarantor, pk=guarantor_id, practice=request.practice)
    for patient in guarantor.patients.all():
        saw(request, patient, "balance")
    return Status(200, guarantor_balance(guarantor))


@router.post("/payments", response={201: PaymentOut, **REFUSALS}, auth=allow(*FRONT, *BILLERS))
@once
def take_payment(request: Call, given: PaymentIn) -> Status[Any]:
    """Take a payment; it is applied to the oldest balance, the rest is held as unapplied."""
    guarantor = get_object_or_404(Guarantor, pk=given.guarantor_id, practice=request.practice)
    payment = billing.take_payment(
        practice=request.practice,
        by=request.user,
        today=today(),
        guarantor_id=guarantor.pk,
        amount=given.amount,
        method=given.method,
        key=given.key,
        reference=given.reference,
    )
    return Status(201, PaymentOut.from_orm(payment).model_dump(mode="json"))
