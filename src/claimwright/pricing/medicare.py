"""The physician fee schedule: relative values, place, geography and modifiers. Amounts are unrounded Decimal cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from claimwright.claims.model import Claim, ServiceLine
from claimwright.money import dollars, round_half_up
from claimwright.parties import Struct
from claimwright.pricing.tables import Locality, RelativeValues, localities, physician_schedule, relative_values

# Places paid at the facility rate (Claims Processing Manual 12, 20.4.2); 02 telehealth away from home, not 10.
FACILITY_PLACES: Final = frozenset(
    {"02", "19", "21", "22", "23", "24", "26", "31", "34", "41", "42", "51", "52", "53", "56", "61"}
)

# Technical parts of tests that have their own code instead of a TC row (PC/TC indicator 4).
TECHNICAL_CODES: Final = {
    "93000": ("93005",),
    "93015": ("93017",),
    "93040": ("93041",),
    "93224": ("93225", "93226"),
    "93241": ("93242", "93243"),
    "93784": ("93786", "93788"),
}

# Assistants at surgery: physician, minimum, no resident available, not a physician.
ASSISTANTS: Final = frozenset({"80", "81", "82", "AS"})

_FULL: Final = Decimal(1)


class Step(Struct):
    """One multiplication of a price, and why."""

    factor: Decimal
    why: str


class FeeAmount(Struct):
    """A fee schedule amount per unit in unrounded cents, its sentence, and the parts that reductions touch."""

    amount: Decimal
    why: str
    row: RelativeValues
    practice_expense: Decimal
    technical: Decimal


def place_of(claim: Claim, line: ServiceLine) -> str:
    """Where the line was done."""
    return line.place_of_service or claim.place_of_service


def locality_named(locality: str) -> Locality:
    """The indices of a locality; national where it is not in the table."""
    return localities().get(locality) or localities()["00"]


def fee_amount(line: ServiceLine, place: str, locality: str) -> FeeAmount | None:
    """((work x GPCI) + (PE x GPCI) + (MP x GPCI)) x CF (42 CFR 414.20); None when the schedule has no values."""
    row = _row(line)
    if row is None or not row.priced:
        return None
    where = locality_named(locality)
    facility = place in FACILITY_PLACES
    total, expense = _amount(row, where, facility)
    return FeeAmount(
        amount=total,
        why=_sentence(line, row, where, facility, total),
        row=row,
        practice_expense=expense,
        technical=_technical(row, where, facility, total),
    )


def show(amount: Decimal) -> str:
    """Unrounded cents for a sentence."""
    return f"${dollars(round_half_up(amount))}"


def _row(line: ServiceLine) -> RelativeValues | None:
    for modifier in ("26", "TC", "53"):
        if modifier in line.modifiers and (row := relative_values(line.procedure, modifier)):
            return row
    return relative_values(line.procedure)


def _amount(row: RelativeValues, where: Locality, facility: bool) -> tuple[Decimal, Decimal]:
    factor = physician_schedule()[0].conversion_factor * 100
    expense = (row.pe_facility if facility else row.pe_nonfacility) * where.pe * factor
    return row.work * where.work * factor + expense + row.mp * where.mp * factor, expense


def _technical(row: RelativeValues, where: Locality, facility: bool, total: Decimal) -> Decimal:
    if row.modifier == "TC" or row.pctc == "3":
        return total
    if row.modifier == "26" or row.pctc not in ("1", "4"):
        return Decimal(0)
    parts = (
        [relative_values(row.code, "TC")]
        if row.pctc == "1"
        else [relative_values(code) for code in TECHNICAL_CODES.get(row.code, ())]
    )
    return sum((_amount(part, where, facility)[0] for part in parts if part), Decimal(0))


def _sentence(line: ServiceLine, row: RelativeValues, where: Locality, facility: bool, total: Decimal) -> str:
    expense = row.pe_facility if facility else row.pe_nonfacility
    factor = physician_schedule()[0].conversion_factor
    code = f"{row.code}-{row.modifier}" if row.modifier else row.code
    setting = "in a facility" if facility else "outside a facility"
    return (
        f"Medicare fee schedule for {code} {setting}, {where.name}: (work {row.work} x {where.work} + practice expense "
        f"{expense} x {where.pe} + malpractice {row.mp} x {where.mp}) x {factor} = {show(total)}."
    )


def modifier_steps(claim: Claim, line: ServiceLine, row: RelativeValues) -> tuple[Step, ...]:
    """What modifiers and the kind of clinician change, in the order they multiply."""
    modifiers = set(line.modifiers)
    steps = [
        _bilateral(modifiers, row),
        _part_of_global(modifiers, row),
        _reduced(modifiers, row),
        _assistant(modifiers, row),
        _cosurgeon(modifiers, row),
        _clinician(claim, line),
    ]
    return tuple(step for step in steps if step)


def _bilateral(modifiers: set[str], row: RelativeValues) -> Step | None:
    if "50" not in modifiers:
        return None
    # Claims Processing Manual 12, 40.7: indicator 1 pays 150%, 3 pays each side in full.
    if row.bilateral == "1":
        return Step(factor=Decimal("1.5"), why="Modifier 50, both sides: 150%.")
    if row.bilateral == "3":
        return Step(factor=Decimal(2), why="Modifier 50, both sides, each in full: 200%.")
    return Step(factor=_FULL, why=f"Modifier 50 changes nothing here: bilateral indicator {row.bilateral}.")


def _part_of_global(modifiers: set[str], row: RelativeValues) -> Step | None:
    # Claims Processing Manual 12, 40.4: the global surgical package split by its parts.
    parts = {
        "54": ("surgical care only", row.pre + row.intra),
        "55": ("postoperative care only", row.post),
        "56": ("preoperative care only", row.pre),
        "78": ("return to the operating room, the surgery alone", row.intra),
    }
    for modifier, (words, part) in parts.items():
        if modifier in modifiers and part:
            return Step(factor=part, why=f"Modifier {modifier}, {words}: {part * 100:.0f}%.")
    return None


def _reduced(modifiers: set[str], row: RelativeValues) -> Step | None:
    # Payers price these by report; one half is the common rule, and Medicare's for 53 (Claims Processing Manual 12, 30.1).
    if "52" in modifiers:
        return Step(factor=Decimal("0.5"), why="Modifier 52, reduced service: 50%.")
    if "53" in modifiers and row.modifier != "53":
        return Step(factor=Decimal("0.5"), why="Modifier 53, stopped early: 50%.")
    return None


def _assistant(modifiers: set[str], row: RelativeValues) -> Step | None:
    # Claims Processing Manual 12, 20.4.3 and 110.2: 16% for a physician, 85% of that for AS.
    used = next(iter(sorted(ASSISTANTS & modifiers)), "")
    if not used:
        return None
    if row.assistant != "2":
        return Step(factor=Decimal(0), why=f"Modifier {used}: no assistant is paid for {row.code} (indicator {row.assistant}).")
    if used == "AS":
        return Step(factor=Decimal("0.136"), why="Modifier AS, assistant who is not a physician: 85% of 16%.")
    return Step(factor=Decimal("0.16"), why=f"Modifier {used}, assistant at surgery: 16%.")


def _cosurgeon(modifiers: set[str], row: RelativeValues) -> Step | None:
    # Claims Processing Manual 12, 40.8.
    if "62" in modifiers and row.cosurgeon in ("1", "2"):
        return Step(factor=Decimal("0.625"), why="Modifier 62, two surgeons: 62.5% each.")
    return None


def _clinician(claim: Claim, line: ServiceLine) -> Step | None:
    # 42 CFR 414.52 and 414.56: Medicare pays physician assistants, nurse practitioners and clinical nurse specialists 85%.
    rendering = line.rendering or claim.rendering
    if claim.filing_indicator == "MB" and rendering and rendering.taxonomy[:4] in ("363A", "363L", "364S"):
        return Step(factor=Decimal("0.85"), why="Rendered by an advanced practice clinician: 85% from Medicare.")
    return None
