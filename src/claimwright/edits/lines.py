"""Lines, pointers, units and charges: the claim is whole and adds up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import ANY_FORM, REJECT, WARN, Problem, edit, on_claim, on_line
from claimwright.money import dollars

OUTLIER = 5


@edit("CLM-LINES", REJECT, cites="837P TR3, 2400: 1 to 50", element="LX01", needs="two lines")
def number_of_lines(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A professional claim has 1 to 50 lines."""
    if len(claim.lines) > 50:
        yield on_claim(f"The claim has {len(claim.lines)} lines; 50 fit.", "Split the claim by date of service.")


@edit("CLM-LINE-NUMBERS", REJECT, cites="837 TR3, LX01", element="LX01", forms=ANY_FORM, needs="line numbers")
def line_numbers(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Lines are numbered 1, 2, 3 ..."""
    if [line.number for line in claim.lines] != list(range(1, len(claim.lines) + 1)):
        yield on_claim("The lines are not numbered 1, 2, 3 ...", "Rebuild the claim.")


@edit(
    "CLM-CONTROL-NUMBERS",
    REJECT,
    cites="837 TR3, 2400 REF*6R: unique within the claim",
    element="REF*6R",
    forms=ANY_FORM,
    needs="two lines",
)
def line_control_numbers(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """No two lines share a control number, so that payments find their line."""
    numbers = [line.control_number for line in claim.lines if line.control_number]
    if len(set(numbers)) < len(numbers):
        yield on_claim("Two lines share a line control number.", "Rebuild the claim with new line control numbers.")


@edit(
    "CLM-BALANCE",
    REJECT,
    cites="837 TR3, CLM02: equals the sum of the lines; status 400",
    element="CLM02",
    forms=ANY_FORM,
    needs="head in doubt",
)
def total(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim's charge is the sum of its lines."""
    lines = sum(line.charge for line in claim.lines)
    if claim.charge != lines:
        yield on_claim(f"The claim says {dollars(claim.charge)}, its lines add up to {dollars(lines)}.", "Rebuild the claim.")


@edit("CLM-PATIENT-PAID", REJECT, cites="837 TR3, AMT*F5", element="AMT*F5", forms=ANY_FORM, needs="head in doubt")
def patient_paid(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What the patient paid is not below zero nor above the charge."""
    if not 0 <= claim.patient_paid <= max(claim.charge, 0):
        yield on_claim("What the patient paid is more than the charge, or below zero.", "Correct the payment on the claim.")


@edit("LN-CHARGE", REJECT, cites="837 TR3, SV102; M79", element="SV102", forms=ANY_FORM, needs="no charge")
def negative_charge(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """No charge is below zero."""
    for line in claim.lines:
        if line.charge < 0:
            yield on_line(line, f"The charge is {dollars(line.charge)}.", "Correct the charge master or the line.")


@edit("LN-ZERO", WARN, cites="837 TR3, SV102: zero is allowed; M79", element="SV102", forms=ANY_FORM, needs="no charge")
def zero_charge(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A line without a charge is on purpose: state-supplied vaccine, visit within a surgery's package, or reporting."""
    for line in claim.lines:
        if line.charge or "SL" in line.modifiers or line.procedure == "99024":
            continue
        if not re.fullmatch(r"\d{4}F|[GM]\d{4}", line.procedure):
            yield on_line(line, f"{line.procedure} has no charge.", "Add a price to the charge master, or take the line off.")


@edit(
    "LN-CHARGE-UNUSUAL",
    WARN,
    cites="The practice's charge master; CARC 45 takes off what no contract pays",
    element="SV102",
    forms=ANY_FORM,
    needs="usual charges",
)
def unusual_charge(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A charge is not far from the practice's own price: five times more or less is a slip of the keys."""
    for line in claim.lines:
        usual = context.usual_charges.get(line.procedure, 0) * line.units
        if usual > 0 and line.charge > 0 and not usual / OUTLIER <= line.charge <= usual * OUTLIER:
            said = f"{line.procedure} is charged {dollars(line.charge)}; the practice's usual charge is {dollars(int(usual))}."
            yield on_line(line, said, "Correct the charge or the units.")


@edit("LN-UNITS", REJECT, cites="837 TR3, SV104; M53", element="SV104", forms=ANY_FORM, needs="not one unit")
def units(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Units are more than zero."""
    for line in claim.lines:
        if line.units <= 0:
            yield on_line(line, f"{line.procedure} has {line.units} units.", "Enter the units of service.")


@edit(
    "LN-UNITS-WHOLE", WARN, cites="Claims Processing Manual 26, 10.4 item 24G: whole units", element="SV104", needs="not one unit"
)
def whole_units(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Units are whole numbers; part of a drug's unit is rounded up."""
    for line in claim.lines:
        if line.units > 0 and line.units != int(line.units):
            found = tables.known_procedure(line.procedure)
            how = "Round the drug's units up." if found and found.service_kind == "drug" else "Enter whole units."
            yield on_line(line, f"{line.procedure} has {line.units} units.", how)


@edit("LN-POINTER", REJECT, cites="837P TR3, SV107: 1 to 4 pointers; status 477", element="SV107", needs="pointers")
def pointers(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every line points to one to four diagnoses of the claim, each once."""
    for line in claim.lines:
        beyond = [one for one in line.pointers if not 1 <= one <= len(claim.diagnoses)]
        if not line.pointers or len(line.pointers) > 4:
            yield on_line(
                line, f"{line.procedure} points to {len(line.pointers)} diagnoses; 1 to 4 are needed.", "Link its diagnoses."
            )
        elif beyond:
            yield on_line(
                line, f"{line.procedure} points to diagnosis {beyond[0]}, which is not there.", "Link a diagnosis of the claim."
            )
        elif len(set(line.pointers)) < len(line.pointers):
            yield on_line(line, f"{line.procedure} points to the same diagnosis twice.", "Link each diagnosis once.")


LINES = (
    number_of_lines,
    line_numbers,
    line_control_numbers,
    total,
    patient_paid,
    negative_charge,
    zero_charge,
    unusual_charge,
    units,
    whole_units,
    pointers,
)
