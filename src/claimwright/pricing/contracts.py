"""Which contract holds for a payer, a plan and a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from claimwright.pricing.model import Contract


def contract_for(contracts: Iterable[Contract], payer_id: str, plan_id: str, on: date) -> Contract | None:
    """The contract in force; one for the plan beats one for the whole payer, the later start beats the earlier."""
    held = [c for c in contracts if c.payer_id == payer_id and c.plan_id in ("", plan_id) and c.period.covers(on)]
    return max(held, key=lambda contract: (contract.plan_id != "", contract.period.start), default=None)
