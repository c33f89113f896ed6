"""Which contract holds for a payer, a plan and a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from claimwright.effective import Period
from claimwright.pricing.model import ANY_PAYER, Contract

MEDICARE = Contract(contract_id="Medicare", payer_id=ANY_PAYER, period=Period(date(2000, 1, 1)), percent_of_medicare=Decimal(1))
"""Medicare's own prices, where no contract is given."""


def contract_for(contracts: Iterable[Contract], payer_id: str, plan_id: str, on: date) -> Contract | None:
    """The contract in force: for the plan before for the payer before for any payer, and the later start before the earlier."""
    held = [
        one
        for one in contracts
        if one.payer_id in (payer_id, ANY_PAYER) and one.plan_id in ("", plan_id) and one.period.covers(on)
    ]
    return max(held, key=lambda one: (one.plan_id != "", one.payer_id != ANY_PAYER, one.period.start), default=None)


def by_medicares_rules(contract: Contract | None) -> Contract | None:
    """The contract with Medicare's own coverage and clinician percentages: what a Medicare plan decides by, first or second."""
    return contract and msgspec.structs.replace(contract, medicare_rules=True)
