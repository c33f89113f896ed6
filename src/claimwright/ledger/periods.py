"""Closed periods: nothing more is dated in them; what was wrong there is put right in the open one, with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from claimwright.ledger.model import Event


class ClosedPeriodError(ValueError):
    """An event dated in a closed period."""


def refuse_closed(events: Iterable[Event], closed_through: date | None) -> None:
    """Raise ClosedPeriodError for the first event dated on or before the last closed day."""
    if closed_through is None:
        return
    for event in events:
        if event.on <= closed_through:
            raise ClosedPeriodError(
                f"ledger: {event.key} is dated {event.on:%Y-%m-%d}, but the books are closed through {closed_through:%Y-%m-%d}; "
                "post it in the open period with its reason"
            )


def into_open(event: Event, closed_through: date | None, reason: str) -> Event:
    """The event dated on the first open day, saying when it belongs and why it comes late. Raises ValueError without a reason."""
    if closed_through is None or event.on > closed_through:
        return event
    if not reason.strip():
        raise ValueError("ledger: say why this comes after its period was closed")
    memo = f"of {event.on:%Y-%m-%d}, after its period was closed: {reason}"
    return msgspec.structs.replace(event, on=closed_through + timedelta(days=1), memo=memo)
