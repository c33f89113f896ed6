"""What payers answered when asked where a claim stands, and what to do about it."""

from __future__ import annotations

from datetime import date

from claimwright.office.records.models import ClaimInquiry, ClaimRecord

# By the answer's word; what is not here only takes time.
WHAT_TO_DO = {
    "unknown": "See that it went to the right payer under the right member id, then send it again.",
    "rejected": "Mend what the payer names, then check it again.",
    "wanted": "Send the payer what it asks for.",
    "paid": "Its remittance is not here: look for the payment among the deposits, or ask the payer for the 835.",
    "denied": "Its remittance is not here: ask the payer for the 835, which says why.",
    "decided": "Its remittance is not here: ask the payer for the 835.",
    "not answered": "Mend what the payer could not read, or call.",
}


def heard(claim: ClaimRecord, last: ClaimInquiry | None, today: date) -> tuple[str, str]:
    """Why a claim that waits for its payer is on the worklist, and the next step: by the payer's last word on it."""
    if last is None:
        days = (today - claim.sent_on).days if claim.sent_on else 0
        return f"sent {days} d ago, this payer answers within {claim.payer.answer_days} d", "Ask the payer"
    if last.status == "asked":
        return f"asked the payer on {last.asked_on}, no answer yet", "Wait, or call"
    if last.status in WHAT_TO_DO:
        return f"{last.message} {WHAT_TO_DO[last.status]}", "See the answer"
    return f"on {last.answered_on} the payer said: {last.message}", "Ask again"
