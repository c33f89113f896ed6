"""What is owed, by whom; patient payments."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router

from claimwright.office.api.access import ANYONE, BILLERS, FRONT, Call, Id, once, roles, saw
from claimwright.office.api.patients import find_patient
from claimwright.office.api.schemas import BalanceOut, PaymentIn, PaymentOut, Problem, TotalsOut
from claimwright.office.clock import today
from claimwright.office.records.models import Guarantor
from claimwright.office.reports.totals import guarantor_balance, patient_balance, totals
from claimwright.office.workflow import billing

router = Router()


@router.get("/balances", response=TotalsOut)
@roles(*BILLERS)
def practice_totals(request: Call) -> dict[str, int]:
    """The ledger's totals."""
    return totals(request.practice)


@router.get("/patients/{patient_id}/balance", response={200: BalanceOut, 404: Problem})
@roles(*ANYONE)
def of_patient(request: Call, patient_id: Id) -> tuple[int, Any]:
    """One patient's balance."""
    patient = find_patient(request, patient_id)
    saw(request, patient, "balance")
    return 200, patient_balance(patient)


@router.get("/guarantors/{guarantor_id}/balance", response={200: BalanceOut, 404: Problem})
@roles(*ANYONE)
def of_guarantor(request: Call, guarantor_id: Id) -> tuple[int, Any]:
    """One guarantor's balance over all their patients."""
    return 200, guarantor_balance(get_object_or_404(Guarantor, pk=guarantor_id, practice=request.practice))


@router.post("/payments", response={201: PaymentOut, 403: Problem, 404: Problem, 409: Problem, 422: Problem})
@roles(*FRONT, *BILLERS)
@once
def take_payment(request: Call, given: PaymentIn) -> tuple[int, Any]:
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
    return 201, PaymentOut.from_orm(payment).model_dump(mode="json")
