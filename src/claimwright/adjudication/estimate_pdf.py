"""The estimate on paper: what the patient will owe for a planned visit, line by line, each amount with its reason."""

from __future__ import annotations

from datetime import date

from claimwright.adjudication.estimate import EstimateResult
from claimwright.parties import Provider
from claimwright.typeset import address_lines, day, pdf, phone


def estimate_pdf(
    result: EstimateResult,
    *,
    practice: Provider,
    patient: str,
    visit_on: date,
    made_on: date,
    plan: str = "",
    secondary: str = "",
    provider: str = "",
    as_of: str = "",
    assumed: str = "",
) -> bytes:
    """US Letter. Without a plan the patient pays. `as_of` and `assumed` are sentences: how recent the benefits are, and
    what was supposed.
    """
    return pdf(
        "adjudication/estimate.typ",
        {
            "practice": {"name": practice.name, "address": address_lines(practice.address), "phone": phone(practice.phone)},
            "patient": patient,
            "visit": day(visit_on),
            "made": day(made_on),
            "plan": plan,
            "secondary": secondary,
            "provider": provider,
            "as_of": as_of,
            "assumed": assumed,
            "lines": [
                {
                    "service": line.label or line.procedure,
                    "code": line.procedure,
                    "charge": line.charge,
                    "allowed": line.allowed,
                    "plan": line.plan_pays,
                    "patient": line.patient,
                    "why": list(line.why),
                }
                for line in result.lines
            ],
            "owes": result.patient_owes,
            "earlier": result.earlier_balance,
            "total": result.total,
        },
    )
