"""Safe fixes of a drug's units and package: how it is measured and rounded, and milligrams that were billed as units.

None bills more: the billed units stay, or become fewer. What only the chart knows (how much was thrown away, which package was
opened, whether a part of a unit was given) is left to whoever gave the drug.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from claimwright.claims.model import Claim, Drug, ServiceLine
from claimwright.codesets.drug_units import DrugUnit, drug_units
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.doses import contents, never_measured, same_day, told
from claimwright.edits.fixes import Draft, line_of, mends, replace, with_line
from claimwright.findings import Finding

_MEASURES = ("ML", "UN", "ME", "GR", "F2")  # CTP05-1


@mends("DRUG-NDC-DECIMALS")
def three_decimals(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """The package's quantity rounded to three decimals, where something is left of it."""
    line = line_of(claim, finding)
    rounded = round(line.drug.quantity, 3) if line and line.drug else Decimal(0)
    if line is None or line.drug is None or rounded <= 0:
        return None
    words = f"Round the quantity of {line.procedure} to {told(rounded)} {line.drug.unit}"
    return Draft(words=words, claim=with_line(claim, line, drug=replace(line.drug, quantity=rounded)))


@mends("DRUG-NDC-FORM")
def measured_right(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """The same number in the one measure in which it is the very dose billed."""
    found = _only(claim, finding)
    return _in_another_measure(claim, *found) if found else None


@mends("DRUG-DOSE", "DRUG-DOSE-WEIGHT")
def dose_of_the_package(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """The same number in the measure that was meant, or fewer units where milligrams were billed as such; never both ways."""
    found = _only(claim, finding)
    ways = [_in_another_measure(claim, *found), _counted_in_units(claim, *found, context)] if found else []
    drafts = [one for one in ways if one is not None]
    return drafts[0] if len(drafts) == 1 else None


def _only(claim: Claim, finding: Finding) -> tuple[ServiceLine, DrugUnit, Drug] | None:
    """The finding's line with its drug, where that is the day's only line of the drug."""
    line = line_of(claim, finding)
    unit = drug_units().get(line.procedure) if line else None
    if line is None or line.drug is None or unit is None or len(same_day(claim, line)) > 1:
        return None
    return line, unit, line.drug


def _in_another_measure(claim: Claim, line: ServiceLine, unit: DrugUnit, drug: Drug) -> Draft | None:
    meant = [replace(drug, unit=one) for one in _MEASURES if one != drug.unit and one not in never_measured(unit)]
    meant = [one for one in meant if _is_dose(unit, line.units, one)]
    if len(meant) != 1:
        return None
    words = f"Measure {told(drug.quantity)} of {line.procedure} in {meant[0].unit} instead of {drug.unit}"
    return Draft(words=words, claim=with_line(claim, line, drug=meant[0]))


def _counted_in_units(claim: Claim, line: ServiceLine, unit: DrugUnit, drug: Drug, context: Context) -> Draft | None:
    """The billed number as an amount in the unit's measure, where the package holds that very amount: always fewer units."""
    units = (line.units / unit.amount).to_integral_value(ROUND_CEILING)
    if not 0 < units < line.units or line.units not in [drug.quantity * one for one in contents(unit, drug)]:
        return None
    usual = context.usual_charges.get(line.procedure)
    charge = min(line.charge, int(usual * units)) if usual is not None else line.charge
    changed = replace(with_line(claim, line, units=units, charge=charge), charge=claim.charge + charge - line.charge)
    return Draft(words=f"Bill {told(line.units)} {unit.measure} of {line.procedure} as {told(units)} units", claim=changed)


def _is_dose(unit: DrugUnit, units: Decimal, drug: Drug) -> bool:
    """Whether a package's quantity may be just what so many units come to, the last of them perhaps in part."""
    return any(unit.least(units) < drug.quantity * one <= units * unit.amount for one in contents(unit, drug))
