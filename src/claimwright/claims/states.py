"""The states of a claim: one word each, and which may follow which."""

from __future__ import annotations

from typing import Final

DRAFT, HELD, READY, SENT = "draft", "held", "ready", "sent"
ACCEPTED, REJECTED, PENDING = "accepted", "rejected", "pending"
PAID, PART_PAID, DENIED, APPEALED = "paid", "part paid", "denied", "appealed"
PATIENT, CLOSED = "patient", "closed"

NEVER_SENT: Final = (DRAFT, HELD, READY)
_DECIDED: Final = {PAID, PART_PAID, DENIED}
NEXT: Final[dict[str, frozenset[str]]] = {
    state: frozenset(after)
    for state, after in {
        DRAFT: {HELD, READY, CLOSED},
        HELD: {READY, HELD, CLOSED},
        READY: {SENT, HELD, CLOSED},
        SENT: {ACCEPTED, REJECTED, PENDING, *_DECIDED},
        ACCEPTED: {PENDING, REJECTED, *_DECIDED},
        REJECTED: {READY, HELD, CLOSED, *_DECIDED},  # some payers refuse the file and pay the claim all the same
        PENDING: {*_DECIDED, REJECTED},
        PAID: {PATIENT, CLOSED, *_DECIDED},
        PART_PAID: {PATIENT, CLOSED, APPEALED, *_DECIDED},
        DENIED: {APPEALED, CLOSED, PATIENT, *_DECIDED},
        APPEALED: {CLOSED, *_DECIDED},
        PATIENT: {CLOSED, *_DECIDED},
        CLOSED: {PATIENT, *_DECIDED},
    }.items()
}
ALL: Final = tuple(NEXT)


def may_follow(state: str, then: str) -> bool:
    """Whether a claim may go from one state to the other."""
    return then in NEXT[state]
