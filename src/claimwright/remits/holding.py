"""Why something waits, and what a person does next: every reason to hold has its next step in plain words."""

from __future__ import annotations

from typing import Final, Literal, get_args

Hold = Literal[
    "unbalanced payment",
    "already posted",
    "same trace",
    "unbalanced claim",
    "no claim",
    "several claims",
    "other person",
    "no line",
    "no decision",
    "unknown status",
    "predetermination",
    "not theirs",
    "waits for original",
    "other amount",
    "decided before",
    "more than open",
    "negative denial",
    "rule",
    "unknown adjustment",
    "undone",
]
"""The kinds of reasons to hold, one of each with its next step."""

NEXT_STEP: Final[dict[Hold, str]] = {
    "unbalanced payment": "Ask the payer for a corrected remittance; compare the bank's amount with what the claims come to.",
    "already posted": "Nothing to do: the payment is in the books.",
    "same trace": "Compare both remittances with the bank: ask the payer which one stands, then put the other aside.",
    "unbalanced claim": "Call the payer with the segment named here; key the decision in from its letter, or await a correction.",
    "no claim": "Look for the claim by name, date or charge and match it; if it is not ours, say that we owe it back.",
    "several claims": "Compare the claims beside it, and choose the one that the payer's number or letter names.",
    "other person": "Check the member id and the name on the payer's site; match it only with the reason why they differ.",
    "no line": "Compare the payer's lines with ours; if a service was recoded, ask the payer for the line it stands for.",
    "no decision": "Wait for the payer's decision; ask for the claim's status when it is overdue.",
    "unknown status": "Ask the payer whether it has decided, and as which payer; match it by hand once that is known.",
    "predetermination": "Keep the estimate for the patient, then put it aside: no money moves.",
    "not theirs": "Find the payer it was forwarded to, and follow it there; bill that payer if it has no claim.",
    "waits for original": "Nothing yet: it posts by itself when the payment it takes back arrives. Ask the payer for that one.",
    "other amount": "Find the posting it takes back; undo that by hand with this reversal as the reason, or call the payer.",
    "decided before": "Ask the payer: if paid twice, say that we owe it back; if corrected, ask for the reversal of the first.",
    "more than open": "Compare with what was posted or moved before; undo what was wrong, then post again.",
    "negative denial": "Ask the payer what the negative amount takes back; key the decision in from its letter.",
    "rule": "Look at the reason as the posting rules ask; post it by hand or ask the payer.",
    "unknown adjustment": "Ask the payer what the reason means, and add a line for it to the posting rules.",
    "undone": "Match it to the right claim, post it again as it was, or say that we owe it back.",
}

assert set(NEXT_STEP) == set(get_args(Hold)), "remits: every reason to hold has its next step"
