"""The physician fee schedule: relative values, place and geography. Amounts are unrounded Decimal cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from claimwright.claims.model import Claim, ServiceLine
from claimwright.money import dollars, round_half_up
from claimwright.parties import Struct
from claimwright.pricing.model import ANY_PAYER, Contract
from claimwright.pricing.tables import NATIONAL, STARTER, Fees, Locality, RelativeValues

# Places paid at the facility rate (Claims Processing Manual 12, 20.4.2); 02 telehealth away from home, not 10 (12, 190).
FACILITY_PLACES: Final = frozenset(
    {"02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"}
)

# Technical parts of tests that have their own code instead of a TC row (PC/TC indicator 4).
TECHNICAL_CODES: Final = {
    "77089": ("77090",),
    "93000": ("93005",),
    "93015": ("93017",),
    "93040": ("93041",),
    "93224": ("93225", "93226"),
    "93241": ("93242", "93243"),
    "93245": ("93246", "93247"),
    "93268": ("93270", "93271"),
    "93784": ("93786", "93788"),
    "94014": ("94015",),
    "94774": ("94775", "94776"),
    "96931": ("96932",),
    "96934": ("96935",),
    "G0403": ("G0404",),
}
_COMPONENTS: Final = ("26", "TC", "53")

# Budget Control Act: the share of its payment that Medicare withholds (CARC 253), from the day on; paused in the pandemic.
_SEQUESTRATION: Final = (
    (date(2022, 7, 1), Decimal("0.02")),
    (date(2022, 4, 1), Decimal("0.01")),
    (date(2020, 5, 1), Decimal(0)),
    (date(2013, 4, 1), Decimal("0.02")),
)


class FeeAmount(Struct):
    """A fee schedule amount per unit in unrounded cents, its sentence, and the parts that reductions touch."""

    amount: Decimal
    whole: Decimal  # before the cap of the technical part
    row: RelativeValues
    practice_expense: Decimal
    technical: Decimal
    uncapped: Decimal  # the technical part before its cap
    where: Locality
    facility: bool
    factor: Decimal
    asked: str  # the locality asked for

    @property
    def why(self) -> str:
        """How the amount comes about."""
        row, where = self.row, self.where
        expense = row.pe_facility if self.facility else row.pe_nonfacility
        code = f"{row.code}-{row.modifier}" if row.modifier else row.code
        setting = "in a facility" if self.facility else "outside a facility"
        known = where.locality != NATIONAL or self.asked == NATIONAL
        name = where.name if known else f"National, for there is no locality {self.asked}"
        said = (
            f"Medicare fee schedule for {code} {setting}, {name}: (work {row.work} x {where.work} + practice expense "
            f"{expense} x {where.pe} + malpractice {row.mp} x {where.mp}) x {self.factor} = {show(self.whole)}."
        )
        if self.amount < self.whole:
            said += f" The technical part is capped at the hospital outpatient amount: {show(self.amount)} (Act 1848(b)(4))."
        if self.facility and row.na_facility and (row.modifier == "TC" or row.pctc in ("1", "3")):
            said += " In a hospital Medicare pays the technical part to the hospital, not to the physician."
        return said


def place_of(claim: Claim, line: ServiceLine) -> str:
    """Where the line was done."""
    return line.place_of_service or claim.place_of_service


def by_medicare(claim: Claim, contract: Contract) -> bool:
    """Whether Medicare itself pays by this contract (SBR09); the claim's second payer does not."""
    return claim.filing_indicator in ("MA", "MB") and contract.payer_id in (claim.payer.payer_id, ANY_PAYER)


def sequestration(on: date) -> Decimal:
    """The share of its own payment, after the patient's part, that Medicare withholds on a day."""
    return next((share for start, share in _SEQUESTRATION if start <= on), Decimal(0))


def locality_named(locality: str, fees: Fees, on: date) -> Locality:
    """The indices of a locality; national where it is not in the table."""
    found = fees.locality(locality, on) or fees.locality(NATIONAL, on)
    assert found is not None
    return found


def fee_amount(
    line: ServiceLine,
    place: str,
    locality: str,
    fees: Fees = STARTER,
    *,
    on: date | None = None,
    qualifying: bool = False,
) -> FeeAmount | None:
    """((work x GPCI) + (PE x GPCI) + (MP x GPCI)) x CF (42 CFR 414.20); None when the schedule has no values.

    `on`: the tables of another day than the service's.
    """
    on = on or line.first_service
    row = schedule_row(line, fees, on)
    if row is None or not row.priced:
        return None
    where = locality_named(locality, fees, on)
    factor = fees.conversion_factor(on, qualifying)
    facility = place in FACILITY_PLACES
    amount, expense = _amount(row, where, facility, factor)
    capped = min(amount, _cap(row, where, facility, factor) or amount)
    technical = _technical(row, where, facility, factor, fees, on)
    return FeeAmount(
        amount=capped,
        whole=amount,
        row=row,
        practice_expense=expense,
        technical=technical,
        uncapped=technical + amount - capped,
        where=where,
        facility=facility,
        factor=factor,
        asked=locality,
    )


def show(amount: Decimal) -> str:
    """Unrounded cents for a sentence."""
    return f"${dollars(round_half_up(amount))}"


def schedule_row(line: ServiceLine, fees: Fees, on: date) -> RelativeValues | None:
    """The row of the component that the modifiers name, else of the whole service."""
    for modifier in _COMPONENTS:
        if modifier in line.modifiers and (row := fees.relative_values(line.procedure, modifier, on)):
            return row
    return fees.relative_values(line.procedure, "", on)


def _amount(row: RelativeValues, where: Locality, facility: bool, factor: Decimal) -> tuple[Decimal, Decimal]:
    factor *= 100
    expense = (row.pe_facility if facility else row.pe_nonfacility) * where.pe * factor
    return row.work * where.work * factor + expense + row.mp * where.mp * factor, expense


def _cap(row: RelativeValues, where: Locality, facility: bool, factor: Decimal) -> Decimal | None:
    """What the hospital's outpatient department would get for the technical part (Social Security Act 1848(b)(4))."""
    expense = row.opps_pe_facility if facility else row.opps_pe_nonfacility
    if not expense:
        return None
    return (row.work * where.work + expense * where.pe + row.opps_mp * where.mp) * factor * 100


def _technical(row: RelativeValues, where: Locality, facility: bool, factor: Decimal, fees: Fees, on: date) -> Decimal:
    if row.modifier == "TC" or row.pctc == "3":
        parts = [row]
    elif row.modifier == "26" or row.pctc not in ("1", "4"):
        return Decimal(0)
    elif row.pctc == "1":
        parts = [part for part in (fees.relative_values(row.code, "TC", on),) if part]
    else:
        codes = TECHNICAL_CODES.get(row.code, ())
        parts = [part for code in codes if (part := fees.relative_values(code, "", on))]
    return sum((_capped(part, where, facility, factor) for part in parts), Decimal(0))


def _capped(row: RelativeValues, where: Locality, facility: bool, factor: Decimal) -> Decimal:
    amount = _amount(row, where, facility, factor)[0]
    return min(amount, _cap(row, where, facility, factor) or amount)
