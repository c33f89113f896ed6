"""The expected allowed amount of each line under a contract, with its working. Rounded half up, once a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from claimwright.claims.model import Claim, ServiceLine
from claimwright.money import dollars, round_half_up
from claimwright.parties import Struct
from claimwright.pricing.medicare import ASSISTANTS, FeeAmount, fee_amount, modifier_steps, place_of, show
from claimwright.pricing.model import Contract, Price
from claimwright.pricing.multiple import Candidate, Reduced, reductions
from claimwright.pricing.tables import Fee, flat_fees, localities, medicare_status, physician_schedule, relative_values


class _Unit(Struct):
    """A line's price per unit before the day's other procedures count, in unrounded cents."""

    amount: Decimal
    working: tuple[str, ...]
    source: str
    fee: FeeAmount | None = None
    by_unit: bool = True  # False: the amount is for the whole line
    reason: str = ""  # CARC when nothing is paid


def price(claim: Claim, contract: Contract | None, locality: str = "00") -> tuple[Price, ...]:
    """One Price a line, in the claim's order. Without a contract, or without a known fee, the charge stands."""
    where = locality if locality != "00" or contract is None else contract.locality
    units = {line.number: _unit(claim, line, contract, where) for line in claim.lines}
    less = reductions([_candidate(claim, line, unit, where) for line in claim.lines if (unit := units[line.number]) and unit.fee])
    prices = []
    for line in claim.lines:
        unit = units[line.number]
        if contract is None or unit is None:
            prices.append(_unpriced(line, contract))
        else:
            prices.append(_finished(line, unit, contract, less.get(line.number)))
    return tuple(prices)


def _unit(claim: Claim, line: ServiceLine, contract: Contract | None, locality: str) -> _Unit | None:
    """The contract's way to a unit price: a fixed fee, else a percentage of Medicare, else a percentage of the charge."""
    if contract is None or not contract.period.covers(line.first_service):
        return None
    medicare = fee_amount(line, place_of(claim, line), locality)
    fixed = _fixed_fee(line, contract)
    if fixed is not None:
        return _fixed(claim, line, contract, fixed, medicare)
    if contract.percent_of_medicare is not None:
        if medicare is not None:
            return _of_medicare(claim, line, contract, medicare, locality)
        if flat := flat_fees().get(line.procedure):
            return _of_flat_fee(line, contract, flat)
        if medicare_status(line.procedure) == "B":
            why = f"Medicare bundles {line.procedure} into the other services of the day: nothing is paid for it alone."
            return _Unit(amount=Decimal(0), working=(why,), source=_schedule_source(line), reason="97")
    if contract.percent_of_charge is not None:
        amount = line.charge * contract.percent_of_charge
        percent = _percent(contract.percent_of_charge)
        why = f"Contract {contract.contract_id}: {percent} of the charge ${dollars(line.charge)} = {show(amount)}."
        return _Unit(amount=amount, working=(why,), source=_contract_source(contract), by_unit=False)
    return None


def _fixed_fee(line: ServiceLine, contract: Contract) -> tuple[str, int] | None:
    keys = [f"{line.procedure}-{modifier}" for modifier in line.modifiers] + [line.procedure]
    return next(((key, contract.fees[key]) for key in keys if key in contract.fees), None)


def _fixed(claim: Claim, line: ServiceLine, contract: Contract, fixed: tuple[str, int], medicare: FeeAmount | None) -> _Unit:
    key, fee = fixed
    amount = Decimal(fee)
    working = [f"Contract {contract.contract_id}: fixed fee for {key} ${dollars(fee)}."]
    if medicare and key == line.procedure:
        whole = relative_values(line.procedure)
        if medicare.row.modifier in ("26", "TC") and whole:
            part = _component_share(line, claim, medicare)
            amount *= part
            working.append(
                f"Only the {medicare.row.modifier} part, {part * 100:.4g}% of the whole by Medicare's values: {show(amount)}."
            )
        amount, sentences = _stepped(claim, line, medicare, amount)
        working += sentences
    return _Unit(amount=amount, working=tuple(working), source=_contract_source(contract), fee=medicare)


def _component_share(line: ServiceLine, claim: Claim, part: FeeAmount) -> Decimal:
    bare = ServiceLine(number=line.number, procedure=line.procedure, charge=line.charge, first_service=line.first_service)
    whole = fee_amount(bare, place_of(claim, line), "00")
    national = fee_amount(line, place_of(claim, line), "00")
    return national.amount / whole.amount if whole and national and whole.amount else Decimal(1)


def _of_medicare(claim: Claim, line: ServiceLine, contract: Contract, medicare: FeeAmount, locality: str) -> _Unit:
    working = [medicare.why]
    if locality not in localities():
        working.append(f"No indices for locality {locality} are loaded, so the national ones are used.")
    amount, sentences = _stepped(claim, line, medicare, medicare.amount)
    working += sentences
    amount = _percentage(contract, amount, working)
    # An assistant whom the schedule does not pay is a denial of its own (CARC 54), not a price difference.
    reason = "54" if amount == 0 and ASSISTANTS & set(line.modifiers) else ""
    return _Unit(amount=amount, working=tuple(working), source=_schedule_source(line), fee=medicare, reason=reason)


def _of_flat_fee(line: ServiceLine, contract: Contract, flat: Fee) -> _Unit:
    amount = flat.fee * 100
    working = [f"Not on the physician fee schedule; {flat.kind} fee for {line.procedure}: ${flat.fee} a unit."]
    amount = _percentage(contract, amount, working)
    return _Unit(amount=amount, working=tuple(working), source=flat.table.cited(line.first_service))


def _percentage(contract: Contract, amount: Decimal, working: list[str]) -> Decimal:
    percent = contract.percent_of_medicare
    if percent is None or percent == 1:
        return amount
    working.append(f"Contract {contract.contract_id}: {_percent(percent)} of Medicare = {show(amount * percent)}.")
    return amount * percent


def _stepped(claim: Claim, line: ServiceLine, medicare: FeeAmount, amount: Decimal) -> tuple[Decimal, list[str]]:
    sentences = []
    for step in modifier_steps(claim, line, medicare.row):
        amount *= step.factor
        sentences.append(f"{step.why} {show(amount)}." if step.factor != 1 else step.why)
    return amount, sentences


def _candidate(claim: Claim, line: ServiceLine, unit: _Unit, locality: str) -> Candidate:
    assert unit.fee is not None
    rendering = line.rendering or claim.rendering or claim.billing
    base = Decimal(0)
    if code := unit.fee.row.endoscopic_base:
        bare = ServiceLine(number=line.number, procedure=code, charge=0, first_service=line.first_service)
        found = fee_amount(bare, place_of(claim, line), locality)
        base = found.amount if found else base
    return Candidate(
        line=line.number,
        session=(line.first_service.isoformat(), rendering.npi),
        fee=unit.fee,
        base=base,
        unit_value=unit.amount,
        units=max(int(line.units), 1),
    )


def _finished(line: ServiceLine, unit: _Unit, contract: Contract, reduced: Reduced | None) -> Price:
    amount = unit.amount
    working = list(unit.working)
    if unit.by_unit and line.units != 1:
        amount *= line.units
        working.append(f"{line.units.normalize():f} units: {show(amount)}.")
    if reduced:
        amount = reduced.left
        working.append(f"{reduced.why} {show(amount)}.")
    allowed = round_half_up(amount)  # the one rounding of the line
    if allowed != amount:
        working.append(f"Rounded half up to the cent: ${dollars(allowed)}.")
    if contract.lesser_of and allowed > line.charge:
        working.append(f"The charge ${dollars(line.charge)} is less than ${dollars(allowed)}, so the charge is allowed.")
        allowed = line.charge
    return Price(line=line.number, allowed=allowed, working=tuple(working), source=unit.source, reason=unit.reason)


def _unpriced(line: ServiceLine, contract: Contract | None) -> Price:
    stands = f"the charge ${dollars(line.charge)} stands"
    if contract is None:
        why = f"No contract: {stands}."
    elif not contract.period.covers(line.first_service):
        why = f"Contract {contract.contract_id} is not in force on {line.first_service}: {stands}."
    else:
        why = f"Contract {contract.contract_id} has no price for {line.procedure}: {stands}."
    source = _contract_source(contract) if contract else "charge"
    return Price(line=line.number, allowed=line.charge, working=(why,), source=source, priced=False)


def _contract_source(contract: Contract) -> str:
    until = f" to {contract.period.end}" if contract.period.end else ""
    return f"contract {contract.contract_id}, from {contract.period.start}{until}"


def _schedule_source(line: ServiceLine) -> str:
    return physician_schedule()[0].cited(line.first_service)


def _percent(rate: Decimal) -> str:
    return f"{(rate * 100).normalize():f}%"


def total_allowed(prices: Sequence[Price]) -> int:
    """What the lines are worth together, in cents."""
    return sum(price.allowed for price in prices)
