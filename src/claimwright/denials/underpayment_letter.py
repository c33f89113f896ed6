"""The dispute of an underpayment: a letter that lays the contract's working beside what the payer allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets import procedures
from claimwright.denials.letter import AppealLetter
from claimwright.money import dollars
from claimwright.remits.underpaid import Underpayment
from claimwright.typeset import address_lines, day, phone

_ISO_DATE = re.compile(r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")


def underpayment_letter(
    claim: Claim,
    short: Sequence[Underpayment],
    *,
    terms: str,
    written_on: date,
    decided_on: date,
    signer: str,
    argument: str = "",
) -> AppealLetter:
    """Ask a payer to allow what was agreed. `terms` names the contract. Raises ValueError where nothing is short."""
    if not short:
        raise ValueError("denials: nothing of this claim is short")
    total = sum(one.short for one in short)
    person = claim.patient
    subject = (
        ("Patient", f"{person.first} {person.last}"),
        ("Member ID", claim.insured.member_id),
        ("Your claim number", claim.payer_control_number),
        ("Our claim number", claim.patient_control_number),
        ("Date of service", day(claim.first_service)),
        ("Agreement", _spoken(terms)),
        ("Short by", f"${dollars(total)}"),
    )
    asked = (
        f"On {day(decided_on)} you decided this claim below our agreement. We ask you to decide "
        f"{'this line' if len(short) == 1 else 'these lines'} again and to allow ${dollars(total)} more."
    )
    return AppealLetter(
        sender=claim.billing.name,
        sender_lines=(*address_lines(claim.billing.address), phone(claim.billing.phone), f"NPI {claim.billing.npi}"),
        recipient=claim.payer.name,
        recipient_lines=("Provider disputes", *address_lines(claim.payer.address)),
        written_on=written_on,
        subject=tuple(fact for fact in subject if fact[1]),
        paragraphs=(
            asked,
            *(_line(claim, one) for one in short),
            *([argument.strip()] if argument.strip() else []),
            "If you hold that you allowed what was agreed, please send us the fee, the rule and the effective date that you "
            "applied to each line.",
        ),
        enclosures=("Your remittance", "the terms of our agreement for these services"),
        signer=signer,
        title="Dispute of an underpayment",
    )


def _line(claim: Claim, one: Underpayment) -> str:
    known = procedures.procedure(one.procedure, claim.first_service)
    label = f" ({known.label})" if known else ""
    said = (
        f"Line {one.line}, {one.procedure}{label}: you allowed ${dollars(one.allowed)}; we agreed on ${dollars(one.expected)}, "
        f"${dollars(one.short)} more."
    )
    return _spoken(" ".join((said, *one.working)))


def _spoken(text: str) -> str:
    """The dates in a sentence as people write them."""
    return _ISO_DATE.sub(lambda found: day(date.fromisoformat(found[0])), text)
