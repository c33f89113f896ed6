"""The expected allowed amount of each line under a contract, with its working. Rounded half up, once a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from claimwright.claims.model import Claim, ServiceLine
from claimwright.money import dollars, round_half_up
from claimwright.pricing.contracts import MEDICARE
from claimwright.pricing.facility import (
    FacilityAmount,
    is_outpatient,
    is_surgical_center,
    outpatient_amounts,
    surgical_center_amounts,
)
from claimwright.pricing.medicare import by_medicare, fee_amount, place_of, sequestration, show
from claimwright.pricing.model import Contract, Price
from claimwright.pricing.multiple import Candidate, Reduced, reductions
from claimwright.pricing.stays import stay_prices
from claimwright.pricing.tables import NATIONAL, STARTER, Fees
from claimwright.pricing.worth import Terms, Worth, carve_out, contract_source, percent, worth


def price(claim: Claim, contract: Contract | None, locality: str = NATIONAL, fees: Fees = STARTER) -> tuple[Price, ...]:
    """One Price a line, in the claim's order. Without a contract, or without a known fee, the charge stands.

    The locality: as given, else the contract's, else by the ZIP code of the service, else the national payment.
    """
    if contract is None:
        return tuple(_unpriced(claim, line, None, None) for line in claim.lines)
    if len({line.number for line in claim.lines}) < len(claim.lines):  # as a file may say it
        return _renumbered(claim, contract, locality, fees)
    where = locality if locality != NATIONAL else contract.locality
    if where == NATIONAL:
        where = service_locality(claim, fees) or NATIONAL
    terms = Terms(contract=contract, locality=where, fees=fees, facility=_facility(claim, contract, fees))
    found: dict[int, Price] = {}
    if contract.cases or contract.per_diems:
        together = [line for line in claim.lines if contract.period.covers(line.first_service) and not carve_out(line, contract)]
        found = {one.line: one for one in stay_prices(claim, contract, together) or ()}
    units = {line.number: worth(claim, line, terms) for line in claim.lines if line.number not in found}
    candidates = [_candidate(claim, line, unit, terms) for line in claim.lines if (unit := units.get(line.number)) and unit.fee]
    less = reductions(candidates, contract.multiple)
    for line in claim.lines:
        if line.number not in found:
            found[line.number] = _finished(claim, line, units[line.number], contract, less.get(line.number))
    told = tuple(found[line.number] for line in claim.lines)
    if left_out := _no_drg(claim, contract):
        return tuple(msgspec.structs.replace(one, working=(left_out, *one.working)) for one in told)
    return told


def _no_drg(claim: Claim, contract: Contract) -> str:
    """That case rates by DRG wait for one, where the bill of a stay does not name it."""
    stay = claim.institutional and claim.bill_type[-3:][:2] == "11" and not claim.institutional.drg
    if not stay or not any(case.key.startswith("drg ") for case in contract.cases):
        return ""
    return "The claim names no DRG, so the contract's case rates by DRG are left out: group the stay and name it (HI*DR)."


def _renumbered(claim: Claim, contract: Contract, locality: str, fees: Fees) -> tuple[Price, ...]:
    lines = tuple(msgspec.structs.replace(line, number=number) for number, line in enumerate(claim.lines, start=1))
    prices = price(msgspec.structs.replace(claim, lines=lines), contract, locality, fees)
    return tuple(msgspec.structs.replace(one, line=line.number) for one, line in zip(prices, claim.lines, strict=True))


def service_locality(claim: Claim, fees: Fees) -> str:
    """Medicare's locality by the ZIP code of where the service was done (Claims Processing Manual 1, 10.1.1)."""
    for where in (claim.service_facility, claim.billing):
        if where and where.address and where.address.zip:
            return fees.locality_of(where.address.zip, claim.first_service)
    return ""


def total_allowed(prices: Sequence[Price]) -> int:
    """What the lines are worth together, in cents."""
    return sum(price.allowed for price in prices)


def _facility(claim: Claim, contract: Contract, fees: Fees) -> dict[int, FacilityAmount]:
    def bilateral(line: ServiceLine) -> bool:
        row = fees.relative_values(line.procedure, "", contract.medicare_of or line.first_service)
        return row is not None and row.bilateral in ("1", "3")

    if is_outpatient(claim):
        return outpatient_amounts(claim, claim.lines, fees, contract.wage_index, contract.medicare_of, bilateral)
    lines = [line for line in claim.lines if is_surgical_center(claim, line)]
    return surgical_center_amounts(lines, fees, contract.wage_index, contract.medicare_of, bilateral) if lines else {}


def _candidate(claim: Claim, line: ServiceLine, unit: Worth, terms: Terms) -> Candidate:
    fee = unit.fee
    assert fee is not None and unit.amount is not None
    rendering = line.rendering or claim.rendering or claim.billing
    base = Decimal(0)
    if code := fee.row.endoscopic_base:
        bare = ServiceLine(number=line.number, procedure=code, charge=0, first_service=line.first_service)
        on, qualifying = terms.on(line), terms.contract.qualifying
        found = fee_amount(bare, place_of(claim, line), terms.locality, terms.fees, on=on, qualifying=qualifying)
        base = found.amount * unit.scale if found else base
    day = line.first_service.isoformat()
    return Candidate(
        line=line.number,
        surgeon=(day, claim.billing.npi, rendering.taxonomy or rendering.npi),
        practice=(day, claim.billing.npi),
        row=fee.row,
        modifiers=line.modifiers,
        unit_value=unit.amount,
        units=max(int(line.units), 1),
        base=base,
        expense=fee.practice_expense * unit.scale,
        technical=fee.technical * unit.cut * unit.scale,
        uncapped=fee.uncapped * unit.cut * unit.scale,
    )


def _finished(claim: Claim, line: ServiceLine, unit: Worth | None, contract: Contract, reduced: Reduced | None) -> Price:
    if unit is None or unit.amount is None:
        return _unpriced(claim, line, contract, unit)
    amount, reason = unit.amount, unit.reason
    working = list(unit.working)
    if unit.by_unit and line.units != 1:
        amount *= line.units
        working.append(f"{line.units.normalize():f} units: {show(amount)}.")
    if reduced and reduced.left <= amount:
        amount, reason = reduced.left, reason or reduced.reason
        working.append(f"{reduced.why} {show(amount)}.")
    allowed = round_half_up(amount)  # the one rounding of the line
    if allowed != amount:
        working.append(f"Rounded half up to the cent: ${dollars(allowed)}.")
    if contract.lesser_of and allowed > line.charge:
        working.append(f"The charge ${dollars(line.charge)} is less than ${dollars(allowed)}, so the charge is allowed.")
        allowed = line.charge
    withheld = sequestration(line.first_service) if by_medicare(claim, contract) and allowed else Decimal(0)
    if withheld:
        working.append(f"Of its own payment Medicare then withholds {percent(withheld)} (CO-253); the allowed amount stays.")
    return Price(line=line.number, allowed=allowed, working=tuple(working), source=unit.source, reason=reason, withheld=withheld)


def _unpriced(claim: Claim, line: ServiceLine, contract: Contract | None, unit: Worth | None) -> Price:
    stands = f"the charge ${dollars(line.charge)} stands"
    source = contract_source(contract) if contract else "charge"
    if unit is not None:
        working = (*unit.working, f"So {stands}.")
        return Price(line=line.number, allowed=line.charge, working=working, source=unit.source, priced=False)
    if contract is None:
        why = f"No contract with payer {claim.payer.payer_id} on {line.first_service}: {stands}."
    elif not contract.period.covers(line.first_service):
        why = f"Contract {contract.contract_id} is not in force on {line.first_service}: {stands}."
    else:
        named = line.procedure or f"revenue code {line.revenue_code}"
        tables = "Medicare's tables here have" if contract is MEDICARE else f"Contract {contract.contract_id} has"
        why = f"{tables} no price for {named}: {stands}."
    return Price(line=line.number, allowed=line.charge, working=(why,), source=source, priced=False)
