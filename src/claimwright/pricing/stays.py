"""Case rates, per diems and stop-loss: one amount for a claim, spread over its lines by their charges."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from claimwright.claims.model import Claim, ServiceLine
from claimwright.money import Cents, dollars, round_half_up
from claimwright.pricing.model import Contract, Price
from claimwright.pricing.worth import contract_source, percent


def stay_prices(claim: Claim, contract: Contract, lines: Sequence[ServiceLine]) -> tuple[Price, ...] | None:
    """Prices of the lines that no carve-out takes; None where no case rate or per diem is agreed for the claim."""
    agreed = _agreed(claim, contract, lines)
    if agreed is None:
        return None
    amount, working = agreed
    charges = sum(line.charge for line in lines)
    amount = _stop_loss(contract, amount, charges, working)
    if contract.lesser_of and amount > charges:
        working.append(f"The charges ${dollars(charges)} are less than ${dollars(amount)}, so the charges are allowed.")
        amount = charges
    shares = spread(amount, [line.charge for line in lines])
    source = contract_source(contract)
    return tuple(
        Price(line=line.number, allowed=share, working=(*working, _share_of(line, share, amount)), source=source)
        for line, share in zip(lines, shares, strict=True)
    )


def spread(amount: Cents, charges: Sequence[Cents]) -> list[Cents]:
    """An amount in parts as the charges are to each other, to the cent; all on the first where there are no charges."""
    whole = sum(charges)
    if not whole:
        return [amount if place == 0 else 0 for place in range(len(charges))]
    parts, before, counted = [], 0, 0
    for charge in charges:
        counted += charge
        reached = round_half_up(Decimal(amount) * counted / whole)
        parts.append(reached - before)
        before = reached
    return parts


def _share_of(line: ServiceLine, share: Cents, amount: Cents) -> str:
    return f"This line's part of ${dollars(amount)}, by its charge ${dollars(line.charge)}: ${dollars(share)}."


def _agreed(claim: Claim, contract: Contract, lines: Sequence[ServiceLine]) -> tuple[Cents, list[str]] | None:
    drg = claim.institutional.drg.lstrip("0") if claim.institutional else ""
    procedures = {line.procedure for line in lines}
    for case in contract.cases:
        kind, _, number = case.key.partition(" ")
        if (kind == "drg" and drg and number.lstrip("0") == drg) or case.key in procedures:
            named = f"DRG {number}" if kind == "drg" else case.key
            said = f"${dollars(case.amount)} for the whole claim"
            if case.weight is not None and contract.base_rate is not None:
                said = f"weight {case.weight} x base rate ${dollars(contract.base_rate)} = {said}"
            return case.amount, [f"Contract {contract.contract_id}: case rate for {named}, {said}."]
    working, amount = [], 0
    for line in lines:
        for daily in contract.per_diems:
            if _within(daily.revenue_codes, line.revenue_code):
                days = max(int(line.units), 1)
                amount += daily.amount * days
                working.append(
                    f"Contract {contract.contract_id}: per diem for revenue code {line.revenue_code}, "
                    f"{days} x ${dollars(daily.amount)} = ${dollars(daily.amount * days)}."
                )
                break
    return (amount, working) if working else None


def _within(codes: str, code: str) -> bool:
    low, _, high = codes.partition("-")
    return bool(code) and low <= code.zfill(4) <= (high or low)


def _stop_loss(contract: Contract, amount: Cents, charges: Cents, working: list[str]) -> Cents:
    stop = contract.stop_loss
    if stop is None or charges <= stop.threshold:
        return amount
    if stop.first_dollar:
        made = round_half_up(charges * stop.percent)
        how = f"{percent(stop.percent)} of all charges instead"
    else:
        made = amount + round_half_up((charges - stop.threshold) * stop.percent)
        how = f"and {percent(stop.percent)} of the charges above"
    working.append(f"Stop-loss: charges ${dollars(charges)} are over ${dollars(stop.threshold)}, {how}: ${dollars(made)}.")
    return made
