"""A drug's billed units beside the package that is named, and beside what was thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from claimwright.claims.model import Claim, Drug, ServiceLine
from claimwright.codesets.drug_units import DrugUnit, drug_units
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_line

_LABELS = "HCPCS Level II (CMS) and the product's FDA label; 837 TR3, CTP04 and CTP05; CARC 16, M119"
_VIALS = "Claims Processing Manual 17, 40 and 40.1; 42 CFR 414.940: what is left of an opened container; CARC 16, M53"
_WASTE_SINCE = date(2017, 1, 1)
_SLACK = Decimal("0.02")  # strengths and quantities are rounded
_IN_MG = {"ME": Decimal(1), "GR": Decimal(1000)}
_PER_MG = {"mg": Decimal(1), "mcg": Decimal(1000)}
_COUNTED = frozenset({"ML", "UN"})  # measures that hold more or less of a drug by its strength


def dosed(claim: Claim) -> Iterator[tuple[ServiceLine, DrugUnit]]:
    """The lines of drugs whose units we know."""
    known = drug_units()
    return ((line, known[line.procedure]) for line in claim.lines if line.procedure in known)


def packed(claim: Claim) -> Iterator[tuple[ServiceLine, DrugUnit, Drug]]:
    """Those with a package named."""
    return ((line, unit, line.drug) for line, unit in dosed(claim) if line.drug and line.drug.quantity > 0)


def same_day(claim: Claim, line: ServiceLine) -> list[ServiceLine]:
    """The lines of a drug on a day: what was given, and what was thrown away."""
    return [one for one in claim.lines if (one.procedure, one.first_service) == (line.procedure, line.first_service)]


def told(number: Decimal) -> str:
    """A number without needless zeros."""
    return f"{number.normalize():f}"


@edit("DRUG-NDC-FORM", WARN, cites=_LABELS, element="CTP05-1", forms=ANY_FORM, needs="dosed, ndc")
def measured_otherwise(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A liquid is told in milliliters, a powder in containers, units of activity never in grams."""
    for line, unit, drug in packed(claim):
        right = "ML" if unit.form == "liquid" else "UN"
        if drug.unit in never_measured(unit):
            yield on_line(
                line,
                f"{line.procedure} is measured in {drug.unit}, but its product is not.",
                f"Tell the quantity in {right}, as the label does.",
            )


def never_measured(unit: DrugUnit) -> set[str]:
    """The measures (CTP05) that no product of a drug has."""
    of_form: dict[str, set[str]] = {"liquid": {"UN"}, "powder": {"ML"}}
    return of_form.get(unit.form, set()) | (set(_IN_MG) if unit.measure == "U" else {"F2"})


@edit("DRUG-DOSE", WARN, cites=_LABELS, element="CTP04", forms=ANY_FORM, needs="dosed, ndc")
def dose_of_no_package(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The units billed are the dose that the package's quantity holds, by one of the strengths or containers it is made in."""
    for line, unit, drug in packed(claim):
        if drug.unit in _COUNTED and _is_another(claim, line, unit, drug):
            yield _other_dose(line, unit, drug)


@edit("DRUG-DOSE-WEIGHT", DENY, cites=_LABELS, element="CTP04", forms=ANY_FORM, needs="dosed, ndc")
def dose_of_other_weight(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A quantity in milligrams, grams or international units is the very dose that the units come to."""
    for line, unit, drug in packed(claim):
        if drug.unit not in _COUNTED and _is_another(claim, line, unit, drug):
            yield _other_dose(line, unit, drug)


def contents(unit: DrugUnit, drug: Drug) -> tuple[Decimal, ...]:
    """What one of a package's measure may hold, in the measure of the billed unit; nothing where they are not comparable."""
    if drug.unit in _IN_MG and unit.measure in _PER_MG:
        return (_IN_MG[drug.unit] * _PER_MG[unit.measure],)
    if drug.unit == "F2" and unit.measure == "U":
        return (Decimal(1),)
    return {"ML": unit.per_ml, "UN": unit.containers}.get(drug.unit, ())


def _is_another(claim: Claim, line: ServiceLine, unit: DrugUnit, drug: Drug) -> bool:
    """Whether a package's quantity is surely not the dose that was billed."""
    each = contents(unit, drug)
    return bool(each) and not any(_fits(claim, line, unit, drug.quantity * one, drug, one) for one in each)


def _fits(claim: Claim, line: ServiceLine, unit: DrugUnit, held: Decimal, drug: Drug, container: Decimal) -> bool:
    """Whether an amount is that of the line's units, or of all the day's units of the drug."""
    lines = same_day(claim, line)
    for units, parts in ((line.units, 1), (sum((one.units for one in lines), Decimal(0)), len(lines))):
        most = units * unit.amount
        if unit.least(units) - (parts - 1) * unit.amount - most * _SLACK < held <= most * (1 + _SLACK):
            return True
        # Whole containers were opened for it: all of them count, though the last was not used up.
        if drug.unit == "UN" and drug.quantity == drug.quantity.to_integral_value() and held - container < most <= held:
            return True
    return False


def _other_dose(line: ServiceLine, unit: DrugUnit, drug: Drug) -> Problem:
    dose = f"{told(line.units)} units of {line.procedure} are {told(line.units * unit.amount)} {unit.measure}"
    return on_line(
        line,
        f"{dose}; no product of it holds that in {told(drug.quantity)} {drug.unit}.",
        f"Count units of {told(unit.amount)} {unit.measure}, and the quantity as the label measures it.",
    )


@edit(
    "DRUG-NDC-DECIMALS",
    REJECT,
    cites="NUCC 1500 manual, item 24: three decimals of a quantity at most; 837 TR3, CTP04; M119",
    element="CTP04",
    forms=ANY_FORM,
    needs="ndc",
)
def too_fine(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A package's quantity has three decimals at most."""
    for line in claim.lines:
        if line.drug and line.drug.quantity != round(line.drug.quantity, 3):
            yield on_line(line, "The drug's quantity has more than three decimals.", "Round it to three decimals.")


@edit(
    "DRUG-UNITS-WHOLE",
    DENY,
    cites="Claims Processing Manual 17, 10: a part of a unit is billed as a whole one; CARC 16, M53",
    element="SV104",
    forms=ANY_FORM,
    needs="dosed",
)
def part_of_a_unit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A drug is billed in whole units, on the line of the waste too."""
    for line, unit in dosed(claim):
        if line.units != line.units.to_integral_value():
            yield on_line(
                line,
                f"{told(line.units)} units of {line.procedure} are no whole number.",
                f"A unit is {told(unit.amount)} {unit.measure}: round up what was given.",
            )


def _said(claim: Claim) -> Iterator[tuple[ServiceLine, DrugUnit, list[ServiceLine]]]:
    """Drugs made for one use with JW or JZ, once for each day, with all lines of the drug."""
    seen: set[tuple[str, date]] = set()
    for line, unit in dosed(claim):
        key = (line.procedure, line.first_service)
        if unit.once and {"JW", "JZ"} & set(line.modifiers) and key not in seen:
            seen.add(key)
            yield line, unit, same_day(claim, line)


@edit("DRUG-WASTE-VIALS", DENY, since=_WASTE_SINCE, cites=_VIALS, element="SV104", forms=ANY_FORM, needs="dosed, -JW/-JZ")
def no_whole_containers(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What was given and what was thrown away (JW) are whole containers; with JZ what was given is."""
    for line, unit, lines in _said(claim):
        units = sum((one.units for one in lines), Decimal(0))
        if not unit.comes_to(units, len(lines)):
            made = ", ".join(told(one) for one in unit.containers)
            yield on_line(
                line,
                f"{told(units * unit.amount)} {unit.measure} of {line.procedure} given and thrown away are no whole containers.",
                f"It is made in {made} {unit.measure}: count dose and waste again.",
            )


@edit("DRUG-WASTE-WHOLE-VIAL", DENY, since=_WASTE_SINCE, cites=_VIALS, element="SV104", forms=ANY_FORM, needs="dosed, -JW")
def whole_container_wasted(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What is thrown away is the rest of an opened container, never a whole one."""
    for line, unit in dosed(claim):
        if unit.once and "JW" in line.modifiers and unit.least(line.units) >= max(unit.containers):
            yield on_line(
                line,
                f"{told(line.units * unit.amount)} {unit.measure} of {line.procedure} thrown away are more than a container.",
                "Bill as waste only what was left of the container opened last.",
            )


@edit("DRUG-WASTE-NDC", WARN, since=_WASTE_SINCE, cites=_VIALS, element="CTP04", forms=ANY_FORM, needs="dosed, ndc, -JW")
def package_not_whole(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The package's quantities of dose and waste, each on its line, come to whole containers."""
    for line, _, lines in _said(claim):
        drugs = [one.drug for one in lines if one.drug]
        if len(drugs) < len(lines) or len(lines) < 2 or len({(drug.ndc, drug.unit) for drug in drugs}) > 1:
            continue
        held = sum((drug.quantity for drug in drugs), Decimal(0))
        if drugs[0].unit == "UN" and held != held.to_integral_value():
            yield on_line(
                line,
                f"Dose and waste of {line.procedure} come to {told(held)} containers.",
                "Share each opened container between the two lines: 0.6 and 0.4, not 0.6 and 0.3.",
            )


DOSES = (
    measured_otherwise,
    dose_of_no_package,
    dose_of_other_weight,
    too_fine,
    part_of_a_unit,
    no_whole_containers,
    whole_container_wasted,
    package_not_whole,
)
