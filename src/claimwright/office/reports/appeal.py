"""The letter that asks a payer to decide again, from the claim and the denial."""

from datetime import date
from typing import Any

from claimwright.codesets import procedures, reference
from claimwright.money import dollars
from claimwright.office.records.models import Denial
from claimwright.parties import Address
from claimwright.typeset import address_lines, day, pdf, phone


def letter(denial: Denial, today: date) -> bytes:
    """The letter as a PDF. The reason the practice gave when it appealed is its heart."""
    return pdf("office/reports/appeal.typ", values(denial, today))


def values(denial: Denial, today: date) -> dict[str, Any]:
    """What the letter says."""
    claim, practice, payer = denial.claim, denial.claim.practice, denial.claim.payer
    service = procedures.procedure(denial.line.procedure, claim.first_service) if denial.line else None
    reason = reference.carc(denial.reason)
    address = Address(line1=payer.line1, city=payer.city, state=payer.state, zip=payer.zip) if payer.line1 else None
    return {
        "practice": {
            "name": practice.name,
            "npi": practice.npi,
            "phone": phone(practice.phone),
            "address": address_lines(Address(line1=practice.line1, city=practice.city, state=practice.state, zip=practice.zip)),
        },
        "payer": {"name": payer.name, "address": address_lines(address)},
        "date": day(today),
        "facts": [
            ["Patient", f"{claim.patient.first} {claim.patient.last}"],
            ["Member id", claim.content.get("insured", {}).get("member_id", "")],
            ["Our claim number", claim.patient_control_number],
            ["Your claim number", claim.payer_control_number or "not given"],
            ["Date of service", day(claim.first_service)],
            [
                "Service",
                f"{denial.line.procedure} {service.label if service else ''}".strip() if denial.line else "the whole claim",
            ],
            ["Amount", f"${dollars(denial.amount)}"],
            ["Denied on", f"{day(denial.denied_on)}, {denial.group}-{denial.reason}"],
        ],
        "reason": (reason.text if reason else denial.words).rstrip("."),
        "argument": denial.note or "The enclosed record shows that the service was needed, was provided and was documented.",
        "provider": str(claim.encounter.provider),
        "number": claim.patient_control_number,
    }
