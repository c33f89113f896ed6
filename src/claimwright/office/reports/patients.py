"""Patients: the list and the record."""

from typing import Any

from django.db.models import Max, Min, Prefetch, Q, QuerySet

from claimwright.money import dollars
from claimwright.office.records.models import AccessLog, CoverageRecord, EligibilityCheck, Encounter, Patient, Practice


def listed(practice: Practice, text: str = "", sort: str = "") -> QuerySet[Patient]:
    """Patients by name, record number, birth date (2026-11-02), phone or member id."""
    rows = Patient.objects.filter(practice=practice)
    for word in text.replace(",", " ").split():
        match = (
            Q(last__icontains=word)
            | Q(first__icontains=word)
            | Q(mrn__iexact=word)
            | Q(phone=word)
            | Q(coverages__member_id__iexact=word)
        )
        rows = rows.filter(match | Q(birth=word) if _is_date(word) else match)
    coverages = Prefetch("coverages", CoverageRecord.objects.select_related("plan__payer"))
    return (
        rows.distinct()
        .select_related("primary_provider", "guarantor")
        .prefetch_related(coverages)
        .annotate(last_visit=Max("encounters__date"), first_visit=Min("encounters__date"))
        .order_by(*({"visit": ("-last_visit",)}.get(sort, ())), "last", "first", "id")
    )


def _is_date(word: str) -> bool:
    return len(word) == 10 and word[4] == word[7] == "-" and word.replace("-", "").isdigit()


def visits(patient: Patient) -> QuerySet[Encounter]:
    """The patient's visits, newest first."""
    return (
        Encounter.objects.filter(patient=patient)
        .select_related("provider", "location", "appointment")
        .prefetch_related("claims", "estimates")
        .order_by("-date", "-id")
    )


def coverages(patient: Patient) -> QuerySet[CoverageRecord]:
    """The patient's coverages in order, each with its last eligibility answer."""
    checks = Prefetch("checks", EligibilityCheck.objects.order_by("-id"), to_attr="asked")
    return (
        CoverageRecord.objects.filter(patient=patient)
        .select_related("plan__payer")
        .prefetch_related(checks)
        .order_by("order", "-start")
    )


def who_looked(patient: Patient) -> list[AccessLog]:
    """Who opened or changed this record, newest first; looks that follow one another are one row with their count."""
    found: list[AccessLog] = []
    for row in AccessLog.objects.filter(patient=patient).select_related("user").order_by("-id")[:120]:
        last = found[-1] if found else None
        if last and (last.user_id, last.what, last.at.date()) == (row.user_id, row.what, row.at.date()):
            last.times += 1  # type: ignore[attr-defined]
        elif len(found) == 30:
            break
        else:
            row.times = 1  # type: ignore[attr-defined]
            found.append(row)
    return found


INFORMATION = {
    "1": "Active",
    "2": "Active, full risk capitation",
    "3": "Active, services capitated",
    "6": "Inactive",
    "7": "Inactive, pending update",
    "A": "Coinsurance",
    "B": "Copay",
    "C": "Deductible",
    "G": "Out-of-pocket maximum",
    "F": "Limit",
    "I": "Not covered",
    "R": "Other payer",
    "CB": "Covered",
}
SERVICE_TYPES = {
    "30": "health plan",
    "98": "office visit",
    "1": "medical care",
    "2": "surgery",
    "4": "X-ray",
    "5": "laboratory",
    "33": "chiropractic",
    "47": "hospital",
    "48": "hospital inpatient",
    "50": "hospital outpatient",
    "62": "imaging",
    "73": "diagnostics",
    "80": "immunisation",
    "86": "emergency",
    "88": "pharmacy",
    "A3": "office visit, specialist",
    "BY": "office visit, sick",
    "BZ": "office visit, well",
    "UC": "urgent care",
    "MH": "mental health",
    "BB": "specialist",
    "3": "consultation",
    "68": "well baby care",
    "82": "family planning",
    "81": "routine physical",
    "9": "other medical",
    "BX": "telehealth",
}
PERIODS = {
    "23": "calendar year",
    "29": "left",
    "27": "visit",
    "22": "service year",
    "24": "year to date",
    "32": "lifetime",
    "26": "episode",
}


def benefits(check: Any) -> list[dict[str, str]]:
    """A 271 answer in plain rows: what, for what, how much."""
    answer = check.answer if check and check.answer else {}
    rows = []
    for benefit in answer.get("benefits", []):
        what = INFORMATION.get(benefit["information"], f"Benefit {benefit['information']}")
        period = PERIODS.get(benefit.get("period", ""), "")
        amount = _amount(benefit)
        services = ", ".join(SERVICE_TYPES.get(code, f"service type {code}") for code in benefit.get("service_types", ()))
        level = {"IND": "individual", "FAM": "family"}.get(benefit.get("coverage_level", ""), "")
        rows.append(
            {
                "what": f"{what} {period}".strip(),
                "for": services,
                "level": level,
                "amount": amount,
                "note": benefit.get("message", ""),
            }
        )
    return rows


def _amount(benefit: dict[str, Any]) -> str:
    if benefit.get("amount") is not None:
        return f"${dollars(int(benefit['amount']))}"
    if benefit.get("percent") is not None:
        rate = float(benefit["percent"])
        return f"{rate * 100 if rate <= 1 else rate:g}%"
    return ""


REJECTIONS = {
    "42": "The payer's system is not answering. Ask again later.",
    "43": "The payer does not know our provider number. Check enrolment.",
    "56": "The date is not one the payer can answer for.",
    "57": "The service date is not valid.",
    "58": "The birth date is missing or does not match. Check the card and the chart.",
    "60": "The birth date lies after the date of service.",
    "62": "The date of service lies outside what the payer keeps.",
    "64": "The member id is missing or not valid. Check the card, correct the coverage, ask again.",
    "65": "The name does not match. Check the card, correct the coverage, ask again.",
    "71": "The birth date does not match the payer's. Check the chart.",
    "72": "The payer says the member id is not theirs. Check the card, correct the coverage, ask again.",
    "73": "The name does not match the payer's. Check the card, correct the coverage, ask again.",
    "75": "The payer cannot find this subscriber. Check the card, correct the coverage, ask again.",
    "76": "The payer has this member twice. Call the payer.",
    "78": "The payer does not find this person in the group. Check the card, correct the coverage.",
    "79": "The payer is not the right one. Check where the card says to send claims.",
}


def rejections(check: Any) -> list[tuple[str, str]]:
    """Why the payer gave no answer, with what to do: (AAA03, words)."""
    answer = check.answer if check and check.answer else {}
    codes = [row["reason"] for row in answer.get("rejections", [])]
    return [(code, REJECTIONS.get(code, "The payer could not answer. Call the payer.")) for code in codes]


def summary(check: Any) -> dict[str, str]:
    """The four figures a front desk asks for: copay, deductible left, coinsurance, out-of-pocket left."""
    rows = benefits(check)

    def first(*starts: str) -> str:
        return next(
            (row["amount"] for start in starts for row in rows if row["what"].startswith(start) and row["level"] != "family"), ""
        )

    found = {
        "Copay": first("Copay"),
        "Coinsurance": first("Coinsurance"),
        "Deductible left": first("Deductible left"),
        "Out-of-pocket left": first("Out-of-pocket maximum left"),
    }
    return {name: amount for name, amount in found.items() if amount}
