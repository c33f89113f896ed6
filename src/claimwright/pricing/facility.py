"""What Medicare pays for a facility: hospital outpatient departments (OPPS) and surgical centers (ASC).

Claims Processing Manual 4, 10 (status indicators, packaging, discounting) and 14, 40 (payment indicators, discounting).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from datetime import date
from decimal import Decimal
from typing import Final

from claimwright.claims.model import Claim, ServiceLine
from claimwright.parties import Struct
from claimwright.pricing.medicare import place_of, show
from claimwright.pricing.modifiers import technology
from claimwright.pricing.tables import FacilityRate, Fees

_HALF: Final = Decimal("0.5")
_LABOR_OPPS, _LABOR_ASC = Decimal("0.6"), Decimal("0.5")  # share of a rate that the wage index moves

# OPPS status indicators (Claims Processing Manual 4, 10.1.1): those that pay nothing, with the reason (CARC).
_UNPAID: Final = {
    "B": ("16", "Medicare wants another code on a hospital's outpatient claim"),
    "C": ("5", "Medicare pays this for inpatients only"),
    "D": ("181", "the code has ended"),
    "E": ("96", "Medicare does not cover it"),
    "E1": ("96", "Medicare does not cover it"),
    "E2": ("96", "Medicare has no price for it and does not pay it"),
    "M": ("96", "it is not billed to this contractor"),
    "N": ("97", "it is packaged into the other services"),
    "Y": ("109", "it is billed to the DME contractor"),
}
_COST: Final = frozenset({"F", "H", "H1", "L"})  # paid at reasonable cost, or a device at cost
_WAGE: Final = frozenset({"J1", "J2", "P", "Q1", "Q2", "Q3", "S", "T", "V"})
_SIGNIFICANT: Final = frozenset({"S", "T", "V", "J1", "J2"})
# What a comprehensive service does not take in (Claims Processing Manual 4, 10.2.3).
_BESIDE_COMPREHENSIVE: Final = frozenset({"F", "G", "H", "H1", "K1", "L", "U"})
_BESIDE_CODES: Final = ("A0", "7706")  # ambulance, mammography
_OBSERVATION, _OBSERVED_HOURS = "G0378", 8

# ASC payment indicators (Claims Processing Manual 14, 40): packaged, unpaid, or priced by the contractor.
_ASC_UNPAID: Final = {
    "N1": ("97", "it is packaged into the surgery"),
    "L1": ("97", "it is packaged into the surgery"),
    "M5": ("246", "it is reported for quality only"),
    "B5": ("16", "Medicare wants another code"),
    "C5": ("5", "Medicare pays this for inpatients only"),
    "D5": ("181", "the code has ended"),
    "E5": ("96", "Medicare does not cover it"),
    "K5": ("96", "there is no rate for it"),
    "M6": ("96", "Medicare does not pay it here"),
    "X5": ("96", "Medicare does not pay it in a surgical center"),
    "Y5": ("96", "it is no surgery"),
}
_ASC_CONTRACTOR: Final = frozenset({"F4", "J7", "K7", "L6"})
_ASC_WAGE: Final = frozenset({"A2", "G2", "J8", "P2", "R2", "P3", "Z2", "Z3", "D2"})


class FacilityAmount(Struct):
    """A line's whole amount in unrounded cents, and why; None where the table has no price."""

    amount: Decimal | None
    working: tuple[str, ...]
    source: str
    reason: str = ""
    elsewhere: bool = False  # another schedule pays it: physician, laboratory, supplies


class _Rated(Struct):
    line: ServiceLine
    rate: FacilityRate

    @property
    def dollars(self) -> Decimal:
        return self.rate.rate or Decimal(0)


def is_outpatient(claim: Claim) -> bool:
    """Whether a hospital's outpatient department bills (bill types 12X, 13X, 14X)."""
    return claim.form == "institutional" and claim.bill_type[-3:][:2] in ("12", "13", "14")


def is_surgical_center(claim: Claim, line: ServiceLine) -> bool:
    """Whether a surgical center bills for itself: place 24, and its own taxonomy."""
    return claim.form == "professional" and place_of(claim, line) == "24" and claim.billing.taxonomy.startswith("261QA1903")


def outpatient_amounts(
    claim: Claim,
    lines: Iterable[ServiceLine],
    fees: Fees,
    wage_index: Decimal,
    on: date | None,
    bilateral: Callable[[ServiceLine], bool],
) -> dict[int, FacilityAmount]:
    """Each line under OPPS; lines with a revenue code alone are packaged. `bilateral`: whether 50 doubles a code."""
    rated: list[_Rated] = []
    found: dict[int, FacilityAmount] = {}
    for line in lines:
        rate = fees.outpatient(line.procedure, on or line.first_service) if line.procedure else None
        if rate:
            rated.append(_Rated(line=line, rate=rate))
        elif not line.procedure:
            why = "A revenue code without a procedure is packaged (Claims Processing Manual 4, 10.4)."
            found[line.number] = FacilityAmount(amount=Decimal(0), working=(why,), source="OPPS packaging", reason="97")
    day = _Claim(rated, bilateral)
    for one in rated:
        found[one.line.number] = _outpatient(one, day, wage_index)
    return found


class _Claim:
    """What the whole claim decides: the comprehensive service, the days with other services, the highest procedure."""

    def __init__(self, rated: list[_Rated], bilateral: Callable[[ServiceLine], bool]) -> None:
        self.statuses = {one.rate.status for one in rated}
        self.days = {one.line.first_service for one in rated if one.rate.status in ("S", "T", "V")}
        procedures = [one for one in rated if one.rate.status == "T"]
        key = _rank
        self.comprehensive = max((one for one in rated if one.rate.status == "J1"), key=key, default=None)
        self.highest = max(procedures, key=key, default=None)
        hours = sum(one.line.units for one in rated if one.line.procedure == _OBSERVATION)
        self.observed = hours >= _OBSERVED_HOURS and "T" not in self.statuses and self.comprehensive is None
        self.bilateral = bilateral

    def packaged(self, one: _Rated) -> str:
        """Why a line is packaged because of others, empty if it is not."""
        status = one.rate.status
        if self.comprehensive and one is not self.comprehensive and not _beside(one):
            return f"{one.line.procedure} is part of the comprehensive service {self.comprehensive.line.procedure} (4, 10.2.3)"
        if status == "Q1" and one.line.first_service in self.days:
            return "it is packaged beside a service of the day with status S, T or V (4, 10.4)"
        if status == "Q2" and "T" in self.statuses:
            return "it is packaged beside a procedure with status T (4, 10.4)"
        if status == "Q4" and self.statuses & (_SIGNIFICANT | {"Q1", "Q2", "Q3"}):
            return "a laboratory test is packaged beside the claim's other services (4, 10.4)"
        return ""


def _rank(one: _Rated) -> tuple[Decimal, int]:
    return one.dollars, -one.line.number


def _beside(one: _Rated) -> bool:
    return one.rate.status in _BESIDE_COMPREHENSIVE or one.line.procedure.startswith(_BESIDE_CODES)


def _outpatient(one: _Rated, day: _Claim, wage_index: Decimal) -> FacilityAmount:
    status, code = one.rate.status, one.line.procedure
    source = one.rate.table.cited(one.line.first_service)
    if why := day.packaged(one):
        return _nothing(f"OPPS status {status}: {why}; nothing is paid for it alone.", source, "97")
    if status in _UNPAID:
        reason, why = _UNPAID[status]
        return _nothing(f"OPPS status {status} for {code}: {why} (Claims Processing Manual 4, 10.1.1).", source, reason)
    if status in ("A", "Q4"):
        why = f"OPPS status {status}: {code} is paid by another schedule (Claims Processing Manual 4, 10.1.1)."
        return FacilityAmount(amount=None, working=(why,), source=source, elsewhere=True)
    if status == "J2" and day.observed:
        why = f"OPPS status J2: {code} with eight hours of observation is a comprehensive service that Addendum B does not price."
        return FacilityAmount(amount=None, working=(why,), source=source)
    if status in _COST or one.rate.rate is None:
        why = f"OPPS status {status}: {code} is paid at cost or by the contractor; the table has no price."
        return FacilityAmount(amount=None, working=(why,), source=source)
    rate, working = _rate_of(one, wage_index if status in _WAGE else Decimal(1), _LABOR_OPPS, f"OPPS status {status}")
    units = Decimal(1) if one is day.comprehensive else one.line.units
    sides = 2 if "50" in one.line.modifiers and day.bilateral(one.line) else 1
    amount = rate * units * sides
    if status == "T":
        amount = _discounted(amount, rate, one is day.highest, working, "Claims Processing Manual 4, 10.5")
    elif units * sides != 1:
        working.append(f"{units * sides:f} units: {show(amount)}.")
    return FacilityAmount(amount=_modified(one.line, amount, working), working=tuple(working), source=source)


def _nothing(why: str, source: str, reason: str) -> FacilityAmount:
    return FacilityAmount(amount=Decimal(0), working=(why,), source=source, reason=reason)


def _rate_of(one: _Rated, wage_index: Decimal, labor: Decimal, named: str) -> tuple[Decimal, list[str]]:
    rate = one.dollars * 100
    working = [f"{named}: {one.line.procedure} is paid {show(rate)}."]
    if wage_index != 1:
        rate *= labor * wage_index + (1 - labor)
        working.append(f"Wage index {wage_index} on {labor:.0%} of it: {show(rate)}.")
    return rate, working


def _discounted(amount: Decimal, rate: Decimal, highest: bool, working: list[str], cited: str) -> Decimal:
    """The highest procedure once in full, everything else at half."""
    left = (amount - rate) * _HALF + rate if highest and amount >= rate else amount * _HALF
    if left != amount:
        working.append(f"Multiple procedures: the highest once in full, others at 50%: {show(left)} ({cited}).")
    return left


def _modified(line: ServiceLine, amount: Decimal, working: list[str]) -> Decimal:
    """Stopped or reduced procedures, older equipment, departments off the campus."""
    modifiers: Set[str] = frozenset(line.modifiers)
    steps: list[tuple[Decimal, str]] = []
    if "73" in modifiers:
        steps.append((_HALF, "Modifier 73, stopped before anesthesia: 50% (Claims Processing Manual 4, 20.6.4)."))
    elif "52" in modifiers:
        steps.append((_HALF, "Modifier 52, reduced without anesthesia: 50% (Claims Processing Manual 4, 20.6.4)."))
    if older := technology(modifiers, line.first_service):
        steps.append((older.factor, older.why))
    if "PN" in modifiers:
        steps.append((Decimal("0.4"), "Modifier PN, department off the campus: 40% (42 CFR 419.48)."))
    for factor, why in steps:
        amount *= factor
        working.append(f"{why} {show(amount)}.")
    return amount


def surgical_center_amounts(
    lines: Iterable[ServiceLine],
    fees: Fees,
    wage_index: Decimal,
    on: date | None,
    bilateral: Callable[[ServiceLine], bool],
) -> dict[int, FacilityAmount]:
    """Each line of a surgical center's claim that its table knows."""
    rated = [
        _Rated(line=line, rate=rate) for line in lines if (rate := fees.surgical_center(line.procedure, on or line.first_service))
    ]
    ranked = max((one for one in rated if one.rate.discounted), key=_rank, default=None)
    return {one.line.number: _surgical(one, one is ranked, wage_index, bilateral) for one in rated}


def _surgical(one: _Rated, highest: bool, wage_index: Decimal, bilateral: Callable[[ServiceLine], bool]) -> FacilityAmount:
    status, code = one.rate.status, one.line.procedure
    source = one.rate.table.cited(one.line.first_service)
    if status in _ASC_UNPAID:
        reason, why = _ASC_UNPAID[status]
        return _nothing(f"ASC payment indicator {status} for {code}: {why} (Claims Processing Manual 14, 40).", source, reason)
    if status in _ASC_CONTRACTOR or one.rate.rate is None:
        why = f"ASC payment indicator {status}: the contractor prices {code}; the table does not."
        return FacilityAmount(amount=None, working=(why,), source=source)
    index = wage_index if status in _ASC_WAGE else Decimal(1)
    rate, working = _rate_of(one, index, _LABOR_ASC, f"ASC payment indicator {status}")
    amount = rate * one.line.units * (2 if "50" in one.line.modifiers and bilateral(one.line) else 1)
    if one.rate.discounted:
        amount = _discounted(amount, rate, highest, working, "Claims Processing Manual 14, 40.5")
    elif amount != rate:
        working.append(f"{one.line.units.normalize():f} units: {show(amount)}.")
    return FacilityAmount(amount=_modified(one.line, amount, working), working=tuple(working), source=source)
