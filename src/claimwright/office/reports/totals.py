"""The ledger in totals, in cents; debit positive in the tables, natural signs here."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from claimwright.ledger.balances import CREDITS
from claimwright.office.records.models import Guarantor, LedgerEntry, Patient, Practice


def totals(practice: Practice) -> dict[str, int]:
    """charges + credits = payments + adjustments + ar_insurance + ar_patient; ledger_sum is zero."""
    by = _by_account(LedgerEntry.objects.filter(event__practice=practice))
    return {
        "charges": -by.get("charges", 0),
        "credits": -sum(by.get(account, 0) for account in CREDITS),
        "payments": by.get("cash", 0),
        "adjustments": by.get("contractual", 0) + by.get("write_off", 0),
        "ar_insurance": by.get("insurance_ar", 0),
        "ar_patient": by.get("patient_ar", 0),
        "ledger_sum": sum(by.values()),
    }


def guarantor_balance(guarantor: Guarantor) -> dict[str, int]:
    """What a guarantor owes, what insurance still owes for their patients, and money held."""
    return _balance(LedgerEntry.objects.filter(guarantor=guarantor))


def patient_balance(patient: Patient) -> dict[str, int]:
    """The same for one patient."""
    return _balance(LedgerEntry.objects.filter(patient=patient))


def _balance(entries: QuerySet[LedgerEntry]) -> dict[str, int]:
    by = _by_account(entries)
    return {
        "insurance_ar": by.get("insurance_ar", 0),
        "patient_ar": by.get("patient_ar", 0),
        "unapplied": -by.get("unapplied", 0),
    }


def _by_account(entries: QuerySet[LedgerEntry]) -> dict[str, int]:
    return dict(entries.order_by().values_list("account").annotate(Sum("amount")))
