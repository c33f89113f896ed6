"""The appeal: a letter that says which decision, why it should change, and what is enclosed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from claimwright.claims.model import Claim
from claimwright.codesets import procedures, reference
from claimwright.denials.classify import DenialWork
from claimwright.money import Cents, dollars
from claimwright.parties import Struct
from claimwright.typeset import address_lines, day, pdf, phone


class AppealLetter(Struct):
    """The letter's text, ready to set. Holds the patient's name and member id: it goes to the payer."""

    sender: str
    sender_lines: tuple[str, ...]
    recipient: str
    recipient_lines: tuple[str, ...]
    written_on: date
    subject: tuple[tuple[str, str], ...]  # fact, value
    paragraphs: tuple[str, ...]
    enclosures: tuple[str, ...]
    signer: str
    title: str = "Appeal of a denied claim"


_COVERED: Final = (
    "The plan's terms in force on the date of service cover this service. Please name the provision that excludes it, or pay it."
)
_ARGUMENTS: Final = {
    "29": "The claim was sent within the filing limit. Your own acceptance of it, enclosed, shows when you received it.",
    "50": "The service was medically necessary. The record of the visit, enclosed, gives the history, the findings, the "
    "reasoning that led to it, and what was tried before.",
    "96": _COVERED,
    "151": "The record, enclosed, supports every unit that was billed.",
    "150": "The record, enclosed, supports the level of service that was billed.",
    "167": "The diagnosis on the claim is the one the record, enclosed, documents as the reason for the service.",
    "193": "Your earlier review did not address the enclosed record. We ask for a new review by another reviewer.",
    "197": "The service was authorized before it was given, under the number above.",
    "198": "The service stayed within what was authorized under the number above.",
    "204": _COVERED,
}

_ENCLOSURES: Final = {
    "29": ("Your acceptance of the claim (277CA)",),
    "197": ("Your authorization",),
    "198": ("Your authorization",),
}


def appeal_letter(
    work: DenialWork,
    claim: Claim,
    *,
    written_on: date,
    denied_on: date,
    signer: str,
    argument: str = "",
    received_on: date | None = None,
    enclosures: Sequence[str] = (),
) -> AppealLetter:
    """Ask a payer to decide again. `argument`, the practice's own reason, comes first; `received_on` proves timely filing."""
    if not work.appealable:
        raise ValueError(f"denials: {work.group}-{work.reason} is not appealed. {work.why_not}".strip())
    line = next((line for line in claim.lines if line.control_number == work.line), None)
    usual = _ARGUMENTS.get(work.reason, "")
    if received_on and work.reason == "29":
        usual += f" You accepted it on {day(received_on)}."
    argue = [part for part in (argument.strip(), usual) if part]
    return AppealLetter(
        sender=claim.billing.name,
        sender_lines=(*address_lines(claim.billing.address), phone(claim.billing.phone), f"NPI {claim.billing.npi}"),
        recipient=claim.payer.name,
        recipient_lines=("Appeals", *address_lines(claim.payer.address)),
        written_on=written_on,
        subject=_subject(work, claim, line.procedure if line else ""),
        paragraphs=(
            f"On {day(denied_on)} you refused {_money(work.amount)} of this claim with reason {work.group}-{work.reason}"
            f"{_remarks(work)}: {_words(work.reason)}. We ask you to review that decision and to pay the claim.",
            *(argue or ["The enclosed record shows that the service was needed, was given and was documented."]),
            "If you uphold the decision, please send us the provision of the plan or the policy it rests on, the "
            "qualification of the reviewer, and how to take the appeal to the next level.",
        ),
        enclosures=(
            "Your remittance",
            "The claim as sent",
            *(enclosures or _ENCLOSURES.get(work.reason, ("The record of the visit",))),
        ),
        signer=signer,
    )


def appeal_pdf(letter: AppealLetter) -> bytes:
    """The letter on US Letter paper, the payer's address where a window envelope shows it."""
    return pdf(
        "denials/letter.typ",
        {
            "sender": letter.sender,
            "sender_lines": [line for line in letter.sender_lines if line],
            "recipient": letter.recipient,
            "recipient_lines": list(letter.recipient_lines),
            "date": day(letter.written_on),
            "subject": [list(fact) for fact in letter.subject],
            "paragraphs": list(letter.paragraphs),
            "enclosures": list(letter.enclosures),
            "signer": letter.signer,
            "title": letter.title,
        },
    )


def _subject(work: DenialWork, claim: Claim, procedure: str) -> tuple[tuple[str, str], ...]:
    person = claim.patient
    known = procedures.procedure(procedure, claim.first_service) if procedure else None
    facts = (
        ("Patient", f"{person.first} {person.last}"),
        ("Member ID", claim.insured.member_id),
        ("Your claim number", claim.payer_control_number),
        ("Our claim number", claim.patient_control_number),
        ("Date of service", day(claim.first_service)),
        ("Service", f"{procedure} {known.label if known else ''}".strip() or "the whole claim"),
        ("Diagnoses", ", ".join(diagnosis.code for diagnosis in claim.diagnoses)),
        ("Authorization", claim.prior_authorization),
        ("Amount", _money(work.amount)),
    )
    return tuple(fact for fact in facts if fact[1])


def _words(reason: str) -> str:
    known = reference.carc(reason)
    text = known.text.rstrip(".") if known else "no explanation that we can read"
    return text[:1].lower() + text[1:]


def _remarks(work: DenialWork) -> str:
    return f" (remark {', '.join(work.remarks)})" if work.remarks else ""


def _money(amount: Cents) -> str:
    return f"${dollars(amount)}"
