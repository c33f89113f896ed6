"""What a unit of a line is worth under a contract, before the day's other lines count. Unrounded Decimal cents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from claimwright.claims.model import Claim, ServiceLine
from claimwright.money import dollars
from claimwright.parties import Struct
from claimwright.pricing.anesthesia import ADD_ONS, anesthesia_amount, is_anesthesia
from claimwright.pricing.elsewhere import by_bill_type, by_code
from claimwright.pricing.facility import FacilityAmount, is_outpatient, is_surgical_center
from claimwright.pricing.medicare import FeeAmount, by_medicare, fee_amount, locality_named, place_of, schedule_row, show
from claimwright.pricing.model import Contract, Rate
from claimwright.pricing.modifiers import modifier_steps, team, technology
from claimwright.pricing.status import unpaid
from claimwright.pricing.tables import NATIONAL, Fees

# Nonparticipating physicians get 95% (42 CFR 414.20; Claims Processing Manual 12, 20.4.1).
_NONPARTICIPATING = Decimal("0.95")
_ONE = Decimal(1)


class Terms(Struct):
    """What a claim is priced by."""

    contract: Contract
    locality: str
    fees: Fees
    facility: Mapping[int, FacilityAmount]  # by line number, where a facility bills

    def on(self, line: ServiceLine) -> date:
        """The day whose tables hold."""
        return self.contract.medicare_of or line.first_service


class Worth(Struct):
    """A line's price, in unrounded cents; None with the reason in `working` where nobody knows it."""

    amount: Decimal | None
    working: tuple[str, ...]
    source: str
    by_unit: bool = True  # False: the amount is for the whole line
    reason: str = ""  # CARC when nothing is paid
    fee: FeeAmount | None = None
    scale: Decimal = _ONE  # what the fee's parts were multiplied by
    cut: Decimal = _ONE  # what is left of the technical part before that


def worth(claim: Claim, line: ServiceLine, terms: Terms) -> Worth | None:
    """The contract's way: carve-out, fixed fee, rate of a kind, percentage of Medicare, percentage of the charge."""
    contract = terms.contract
    if not contract.period.covers(line.first_service):
        return None
    if carved := carve_out(line, contract):
        return _by_rate(claim, line, terms, carved)
    fixed = _fixed_fee(line, contract)
    if fixed is not None:
        return _fixed(claim, line, terms, fixed)
    rate = next((one for one in contract.rates if not one.apart and one.names(line.procedure, line.revenue_code)), None)
    if rate and (found := _by_rate(claim, line, terms, rate)) and found.amount is not None:
        return found
    unknown = None
    if contract.percent_of_medicare is not None:
        found = _of_medicare(claim, line, terms, contract.percent_of_medicare, "")
        if found and found.amount is not None:
            return found
        unknown = found
    return _of_charge(line, contract, contract.percent_of_charge) if contract.percent_of_charge is not None else unknown


def carve_out(line: ServiceLine, contract: Contract) -> Rate | None:
    """The carve-out that a line falls under."""
    return next((one for one in contract.rates if one.apart and one.names(line.procedure, line.revenue_code)), None)


def contract_source(contract: Contract) -> str:
    """The contract as an answer names it."""
    until = f" to {contract.period.end}" if contract.period.end else ""
    return f"contract {contract.contract_id}, from {contract.period.start}{until}"


def percent(rate: Decimal) -> str:
    """A rate for a sentence."""
    return f"{(rate * 100).normalize():f}%"


def _rules(claim: Claim, contract: Contract) -> bool:
    return contract.medicare_rules or by_medicare(claim, contract)


def _by_rate(claim: Claim, line: ServiceLine, terms: Terms, rate: Rate) -> Worth | None:
    contract = terms.contract
    named = rate.kind or ", ".join(rate.codes)
    if rate.basis == "nothing":
        why = f"Contract {contract.contract_id}: nothing is paid for {named}."
        return Worth(amount=Decimal(0), working=(why,), source=contract_source(contract), reason="96")
    if rate.basis == "fee":
        return _fixed(claim, line, terms, (line.procedure or line.revenue_code, rate.fee))
    if rate.basis == "charge":
        return _of_charge(line, contract, rate.percent, named)
    return _of_medicare(claim, line, terms, rate.percent, named)


def _of_charge(line: ServiceLine, contract: Contract, share: Decimal, named: str = "") -> Worth:
    amount = line.charge * share
    of = f" for {named}" if named else ""
    why = f"Contract {contract.contract_id}{of}: {percent(share)} of the charge ${dollars(line.charge)} = {show(amount)}."
    return Worth(amount=amount, working=(why,), source=contract_source(contract), by_unit=False)


def _of_medicare(claim: Claim, line: ServiceLine, terms: Terms, share: Decimal, named: str) -> Worth | None:
    found = _medicare(claim, line, terms)
    if found is None or found.amount is None:
        return found
    contract, working, amount = terms.contract, list(found.working), found.amount
    if contract.medicare_of:
        working.insert(0, f"Contract {contract.contract_id}: Medicare's prices of {contract.medicare_of}.")
    if share != 1 and not found.reason:
        amount *= share
        of = f" for {named}" if named else ""
        working.append(f"Contract {contract.contract_id}{of}: {percent(share)} of Medicare = {show(amount)}.")
    return _changed(found, amount, working, found.scale * share)


def _changed(one: Worth, amount: Decimal, working: list[str], scale: Decimal) -> Worth:
    return Worth(
        amount=amount,
        working=tuple(working),
        source=one.source,
        by_unit=one.by_unit,
        reason=one.reason,
        fee=one.fee,
        scale=scale,
        cut=one.cut,
    )


def _medicare(claim: Claim, line: ServiceLine, terms: Terms) -> Worth | None:
    """What Medicare's tables say of a line; None where they do not have it."""
    on, fees = terms.on(line), terms.fees
    place = place_of(claim, line)
    if claim.form == "institutional" and not (is_outpatient(claim) and fees.has_outpatient(on)):
        return _no_facility_rate(claim)
    if is_outpatient(claim):
        facility = terms.facility.get(line.number)
        if facility is None or not facility.elsewhere:
            return _of_facility(facility)
        place = ""  # therapy and tests of a hospital's outpatients: the rate outside a facility (Claims Processing Manual 5, 10)
    elif is_surgical_center(claim, line):
        return _of_facility(terms.facility.get(line.number))
    if is_anesthesia(line.procedure):
        return _anesthesia(claim, line, terms)
    if why := by_code(line.procedure):
        return _flat(claim, line, terms) or Worth(amount=None, working=(why,), source="no table")
    row = schedule_row(line, fees, on)
    if row is None:
        return _flat(claim, line, terms)
    medicare = _rules(claim, terms.contract)
    source = fees.physician(on).cited(on)
    refused = unpaid(claim, line, row, fees, on, medicare=medicare)
    if refused is None:
        return _physician(claim, line, terms, place)
    if not refused.final and (flat := _flat(claim, line, terms)):
        return flat
    amount = Decimal(0) if refused.reason else None
    return Worth(amount=amount, working=(refused.why,), source=source, reason=refused.reason, by_unit=False)


def _no_facility_rate(claim: Claim) -> Worth:
    outpatient = f"Bill type {claim.bill_type}, hospital outpatients: OPPS Addendum B is not imported."
    return Worth(amount=None, working=(outpatient if is_outpatient(claim) else by_bill_type(claim),), source="no table")


def _of_facility(found: FacilityAmount | None) -> Worth | None:
    if found is None:
        return None
    return Worth(amount=found.amount, working=found.working, source=found.source, by_unit=False, reason=found.reason)


def _physician(claim: Claim, line: ServiceLine, terms: Terms, place: str) -> Worth | None:
    on, contract = terms.on(line), terms.contract
    fee = fee_amount(line, place, terms.locality, terms.fees, on=on, qualifying=contract.qualifying)
    if fee is None:
        return None
    source = terms.fees.physician(on).cited(on)
    if terms.locality != NATIONAL:
        source += f"; {terms.fees.indices(on).cited(on)}"
    if why := team(frozenset(line.modifiers)) if fee.row.team in ("1", "2") else "":
        return Worth(amount=None, working=(why,), source=source)
    amount, working, cut = fee.amount, [fee.why], _ONE
    if fee.technical and (older := technology(frozenset(line.modifiers), line.first_service)):
        amount, cut = amount - fee.technical * (1 - older.factor), older.factor
        working.append(f"{older.why} {show(amount)}.")
    scale, reason = _ONE, ""
    for step in modifier_steps(claim, line, fee.row, medicare=_rules(claim, contract)):
        amount, scale = amount * step.factor, scale * step.factor
        working.append(f"{step.why} {show(amount)}." if step.factor != 1 else step.why)
        reason = reason or step.reason
    if not contract.participating:
        amount, scale = amount * _NONPARTICIPATING, scale * _NONPARTICIPATING
        working.append(f"Not participating: 95% (Claims Processing Manual 12, 20.4.1). {show(amount)}.")
    return Worth(amount=amount, working=tuple(working), source=source, reason=reason, fee=fee, scale=scale, cut=cut)


def _anesthesia(claim: Claim, line: ServiceLine, terms: Terms) -> Worth | None:
    on, contract = terms.on(line), terms.contract
    where = locality_named(terms.locality, terms.fees, on)
    found = terms.fees.anesthesia(line.procedure, where, on, contract.qualifying)
    if found is None:
        return None
    unit = None if contract.anesthesia_unit is None else Decimal(contract.anesthesia_unit)
    highest = _highest_base(claim, line, terms)
    made = anesthesia_amount(line, found, where, unit, beside=highest if highest != line.number else 0)
    return Worth(amount=made.amount, working=made.working, source=found.table.cited(on), by_unit=False)


def _highest_base(claim: Claim, line: ServiceLine, terms: Terms) -> int:
    """The line of a day's anesthesia whose base units count; an add-on code keeps its own."""
    who = line.rendering or claim.rendering
    where = locality_named(terms.locality, terms.fees, terms.on(line))
    bases = []
    for other in claim.lines:
        same = other.first_service == line.first_service and (other.rendering or claim.rendering) == who
        if same and is_anesthesia(other.procedure) and other.procedure not in ADD_ONS:
            found = terms.fees.anesthesia(other.procedure, where, terms.on(other))
            bases.append((found.base if found else Decimal(0), -other.number))
    return line.number if line.procedure in ADD_ONS else -max(bases)[1]


def _flat(claim: Claim, line: ServiceLine, terms: Terms) -> Worth | None:
    on = terms.on(line)
    # Supplies are paid by where the patient lives (Claims Processing Manual 1, 10.1.5).
    home = claim.patient.address or claim.insured.person.address
    state, zip_code = (home.state, home.zip) if home else ("", "")
    rural = bool(zip_code) and terms.fees.rural(zip_code, on)
    found = terms.fees.flat(line.procedure, line.modifiers, on, state, rural)
    if found is None:
        return None
    amount = found.fee * 100
    about = f" {found.about}" if found.about else ""
    exact = found.fee.quantize(Decimal("0.01")) if found.fee == round(found.fee, 2) else found.fee.normalize()
    why = f"Fee for {line.procedure} ({found.kind}){about}: ${exact:f} a unit."
    return Worth(amount=amount, working=(why,), source=found.table.cited(on))


def _fixed_fee(line: ServiceLine, contract: Contract) -> tuple[str, int] | None:
    keys = [f"{line.procedure}-{modifier}" for modifier in line.modifiers] + [line.procedure]
    return next(((key, contract.fees[key]) for key in keys if key in contract.fees), None)


def _fixed(claim: Claim, line: ServiceLine, terms: Terms, fixed: tuple[str, int]) -> Worth:
    """A fixed fee follows the modifiers and the day's other procedures as Medicare's own would."""
    key, fee = fixed
    contract, place, on = terms.contract, place_of(claim, line), terms.on(line)
    amount, reason = Decimal(fee), ""
    working = [f"Contract {contract.contract_id}: fixed fee for {key} ${dollars(fee)}."]
    medicare = fee_amount(line, place, terms.locality, terms.fees, on=on)
    if medicare and key == line.procedure:
        if medicare.row.modifier in ("26", "TC"):
            part = _component_share(line, place, terms, medicare)
            amount *= part
            working.append(
                f"Only the {medicare.row.modifier} part, {part * 100:.4g}% of the whole by Medicare's values: {show(amount)}."
            )
        for step in modifier_steps(claim, line, medicare.row, medicare=_rules(claim, contract)):
            amount *= step.factor
            working.append(f"{step.why} {show(amount)}." if step.factor != 1 else step.why)
            reason = reason or step.reason
    return Worth(
        amount=amount,
        working=tuple(working),
        source=contract_source(contract),
        reason=reason,
        fee=medicare,
        scale=amount / medicare.amount if medicare and medicare.amount else _ONE,
    )


def _component_share(line: ServiceLine, place: str, terms: Terms, part: FeeAmount) -> Decimal:
    bare = ServiceLine(number=line.number, procedure=line.procedure, charge=line.charge, first_service=line.first_service)
    whole = fee_amount(bare, place, terms.locality, terms.fees, on=terms.on(line))
    return part.amount / whole.amount if whole and whole.amount else _ONE
