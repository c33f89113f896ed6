"""What is left of a drug, and how its package is told: JW and JZ, NDC, units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.drug_units import drug_units
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.medicare import MEDICARE
from claimwright.edits.procedures import priced
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_line

SINGLE_DOSE = frozenset({"J2505"} | {code for code, drug in drug_units().items() if drug.once})
"""Drugs that are only made in containers for one use (their labels at the FDA, section 16, July 2026)."""
RETURNED = date(2023, 10, 1)
"""From this day such a claim is unprocessable without a word of waste."""
UNITS = frozenset({"F2", "GR", "ME", "ML", "UN"})
MANUAL = "Claims Processing Manual 17, 40.1; 42 CFR 414.940"
NO_NDC = re.compile(r"(\d)\1{10}|00000\d{6}|\d{5}0000\d{2}")
"""Made-up numbers: one digit all through, no labeler, no product."""


@edit(
    "DRUG-SINGLE-DOSE",
    REJECT,
    since=RETURNED,
    cites=f"{MANUAL}: unprocessable without JW or JZ; MLN MM13056; CARC 16, MA130",
    element="SV101-3",
    forms=ANY_FORM,
    needs="single dose",
)
def nothing_said_of_waste(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """For Medicare a drug made only in single-dose containers carries JZ, or stands beside a line with JW."""
    for line in claim.lines:
        if claim.filing_indicator not in MEDICARE or line.procedure not in SINGLE_DOSE or {"JW", "JZ"} & set(line.modifiers):
            continue
        wasted = any("JW" in one.modifiers for one in claim.lines if one.procedure == line.procedure)
        if not wasted:
            yield on_line(
                line,
                f"{line.procedure} comes in single-dose containers only.",
                "Add JZ, or a line with JW for what was thrown away.",
            )


@edit(
    "DRUG-WASTE-SAID",
    ADVISE,
    since=date(2023, 7, 1),
    cites="Claims Processing Manual 17, 40.1; 42 CFR 414.940",
    element="SV101-3",
    needs="J code",
)
def waste_not_said(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A drug from a single-dose container says whether some was wasted."""
    for line in claim.lines:
        told = line.procedure in SINGLE_DOSE and line.first_service >= RETURNED  # by DRUG-SINGLE-DOSE
        drug = claim.filing_indicator in MEDICARE and re.fullmatch(r"J\d{4}", line.procedure) and not told
        wasted = any("JW" in one.modifiers for one in claim.lines if one.procedure == line.procedure)
        if drug and not wasted and "JZ" not in line.modifiers:
            yield on_line(
                line,
                f"{line.procedure} says nothing of waste.",
                "If the container held one dose: JZ for none, or a line with JW.",
            )


@edit(
    "DRUG-WASTE-BOTH",
    DENY,
    since=date(2023, 1, 1),
    cites=f"{MANUAL}: JW or JZ; CARC 4",
    element="SV101-3",
    forms=ANY_FORM,
    needs="-JW, -JZ",
)
def waste_and_none(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A drug of a day has either some waste (JW) or none (JZ)."""
    for line in claim.lines:
        same = (one for one in claim.lines if (one.procedure, one.first_service) == (line.procedure, line.first_service))
        if "JW" in line.modifiers and any("JZ" in one.modifiers and one is not line for one in same):
            yield on_line(line, f"{line.procedure} has a line with JW and one with JZ.", "Take JZ off the dose that was given.")


@edit(
    "DRUG-WASTE-NO-DRUG",
    DENY,
    since=date(2017, 1, 1),
    cites="Definitions of JW and JZ: drugs and biologicals; CARC 4",
    element="SV101-3",
    forms=ANY_FORM,
    needs="-JW/-JZ",
)
def waste_of_no_drug(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """JW and JZ are for drugs."""
    for line, found in priced(claim, tables):
        said = sorted({"JW", "JZ"} & set(line.modifiers))
        if said and found.service_kind not in {"drug", "immunization"} and not re.match(r"[CJQA]\d", line.procedure):
            yield on_line(line, f"{said[0]} is for drugs, {line.procedure} is none.", "Take the modifier off.")


@edit(
    "DRUG-NDC-FALSE",
    REJECT,
    cites="21 CFR 207.33: labeler, product, package; 837 TR3, LIN03; M119",
    element="LIN03",
    forms=ANY_FORM,
    needs="ndc",
)
def made_up_number(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An NDC names a labeler and a product: zeros or one digit all through are none."""
    for line in claim.lines:
        if line.drug and NO_NDC.fullmatch(line.drug.ndc):
            yield on_line(line, "The NDC names no labeler or no product.", "Copy it from the container: 5, 4 and 2 digits.")


@edit(
    "DRUG-NDC-UNIT", REJECT, cites="837 TR3, CTP05-1: F2, GR, ME, ML or UN; M119", element="CTP05-1", forms=ANY_FORM, needs="ndc"
)
def unit_of_none(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The quantity of an NDC is in international units, grams, milligrams, milliliters or pieces."""
    for line in claim.lines:
        if line.drug and line.drug.unit not in UNITS:
            yield on_line(line, f"{line.drug.unit!r} is no unit of a drug.", "Use ML, UN, GR, ME or F2 as the package says.")


@edit(
    "DRUG-NDC-NO-DRUG",
    WARN,
    cites="837 TR3, 2410 LIN: drugs and biologicals; M119",
    element="LIN03",
    needs="ndc",
)
def number_of_no_drug(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An NDC stands on the line of its drug, not on the visit or the injection."""
    for line, found in priced(claim, tables):
        if line.drug and (found.is_visit or found.service_kind in {"imaging", "lab"} or line.procedure in {"96372", "90471"}):
            yield on_line(line, f"{line.procedure} is no drug and carries an NDC.", "Move the NDC to the drug's line.")


WASTE = (nothing_said_of_waste, waste_not_said, waste_and_none, waste_of_no_drug, made_up_number, unit_of_none, number_of_no_drug)
