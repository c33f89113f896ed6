"""The palette: patients, claims by any number on them, payers and codes, from a few letters."""

from datetime import date
from typing import Any

import msgspec
from django.db.models import Q

from claimwright.codesets import procedures
from claimwright.coding import lookup
from claimwright.office.records.models import ClaimRecord, Patient, PayerRecord, Practice, Remit
from claimwright.office.reports import claims as claim_reports


class Found(msgspec.Struct):
    kind: str  # patient, claim, payer, remit, icd, procedure
    pk: Any
    title: str
    hint: str


def find(practice: Practice, text: str, today: date, kinds: frozenset[str]) -> dict[str, list[Found]]:
    """Matches by group, a few of each; only the kinds this role may open."""
    text = text.strip()
    if len(text) < 2:
        return {}
    groups = {
        "Patients": _patients(practice, text) if "patient" in kinds else [],
        "Claims": _claims(practice, text) if "claim" in kinds else [],
        "Remittances": _remits(practice, text) if "remit" in kinds else [],
        "Payers": _payers(practice, text) if "payer" in kinds else [],
        "Codes": _codes(text, today),
    }
    return {name: rows for name, rows in groups.items() if rows}


def _patients(practice: Practice, text: str) -> list[Found]:
    rows = Patient.objects.filter(practice=practice)
    for word in text.replace(",", " ").split():
        rows = rows.filter(
            Q(last__icontains=word) | Q(first__icontains=word) | Q(mrn__istartswith=word) | Q(coverages__member_id__iexact=word)
        )
    return [Found("patient", row.pk, str(row), row.mrn) for row in rows.distinct().order_by("last", "first")[:6]]


def _claims(practice: Practice, text: str) -> list[Found]:
    rows = ClaimRecord.objects.filter(practice=practice).filter(
        claim_reports.find(text) | Q(patient_control_number__istartswith=text)
    )
    rows = rows.select_related("patient", "payer").distinct().order_by("-first_service")[:6]
    return [Found("claim", row.pk, f"{row.patient_control_number} · {row.patient}", f"{row.payer} · {row.state}") for row in rows]


def _remits(practice: Practice, text: str) -> list[Found]:
    rows = Remit.objects.filter(practice=practice, trace__istartswith=text).select_related("payer")[:4]
    return [Found("remit", row.pk, row.trace, str(row.payer or "")) for row in rows]


def _payers(practice: Practice, text: str) -> list[Found]:
    rows = PayerRecord.objects.filter(Q(name__icontains=text) | Q(payer_id__iexact=text), practice=practice)[:4]
    return [Found("payer", row.pk, row.name, f"payer id {row.payer_id}") for row in rows]


def _codes(text: str, today: date) -> list[Found]:
    named = [found.code for found in lookup.search(text, today, limit=4)]
    icd = [Found("icd", code.code, f"{code.code} {code.description}", "ICD-10-CM") for code in named]
    services = [
        Found("procedure", row.code, f"{row.code} {row.label}", row.system) for row in procedures.search(text, today, limit=4)
    ]
    return icd + services
