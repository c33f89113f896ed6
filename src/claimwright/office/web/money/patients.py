"""The account as a patient can follow it: visit by visit, in plain words, to show or to print."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from claimwright.office.records.models import Guarantor, Patient
from claimwright.office.reports import patientledger as reports
from claimwright.office.web.access import BILLING, DESK, looked, looked_at_all, mine, roles
from claimwright.office.web.shell import page


@roles(*DESK)
def patient(request: HttpRequest, pk: int) -> HttpResponse:
    """One patient's visits."""
    row = mine(Patient.objects.select_related("guarantor", "practice"), request, pk)
    looked(request, row, "account")
    account = reports.account(request.practice, Q(patient=row), row.guarantor)
    return _shown(request, account, row.guarantor, row)


@roles(*DESK)
def guarantor(request: HttpRequest, pk: int) -> HttpResponse:
    """The visits of everyone a guarantor pays for."""
    row = mine(Guarantor, request, pk)
    family = list(row.patients.select_related("practice").order_by("birth"))
    looked_at_all(request, family, "account")
    return _shown(request, reports.account(request.practice, reports.family(row), row), row, None, len(family) > 1)


def _shown(
    request: HttpRequest, account: reports.PatientAccount, payer: Guarantor, of: Patient | None, names: bool = False
) -> HttpResponse:
    context = {
        "account": account,
        "guarantor": payer,
        "patient": of,
        "names": names,
        "family": of is not None and payer.patients.count() > 1,
        "oldest": reports.oldest_owed(account.visits),
        "staff": request.role in BILLING,
    }
    return page(request, "money/patient.html", context)
