"""Facilities' lines and corrections: physicians' modifiers, observation, days, reason of a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.coding import grouper
from claimwright.edits.context import Context
from claimwright.edits.facility import FACILITY, inpatient, procedures_of
from claimwright.edits.medicare import MEDICARE
from claimwright.edits.registry import DENY, REJECT, WARN, Problem, edit, on_claim, on_line

PHYSICIANS = frozenset(
    {"26", "53", "54", "55", "56", "57", "62", "66", "80", "81", "82", "AS", "AA", "AD", "QK", "QX", "QY", "QZ"}
)
CHANGES = {"7": frozenset({"D0", "D1", "D2", "D3", "D4", "D7", "D8", "D9", "E0"}), "8": frozenset({"D5", "D6"})}


@edit(
    "UB-MODIFIER",
    DENY,
    cites="Claims Processing Manual 4, 20.6: modifiers of the outpatient hospital; CARC 4",
    element="SV202-3",
    forms=FACILITY,
    needs="modifier",
)
def physicians_modifier(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers of the physician's work or of surgeons and anesthetists are not a facility's."""
    for line in claim.lines:
        wrong = sorted(PHYSICIANS & set(line.modifiers))
        if wrong and line.revenue_code[:3] not in {"096", "097", "098"}:  # a critical access hospital bills its physicians there
            fix = "Use 73 or 74 for a stopped procedure." if wrong[0] == "53" else "Take it off."
            yield on_line(line, f"Modifier {wrong[0]} is the physician's.", fix)


@edit(
    "UB-OBSERVATION",
    REJECT,
    since=date(2006, 1, 1),
    cites="Claims Processing Manual 4, 290.2.2: 0762 with G0378 by the hour; M20",
    element="SV202-2",
    forms=FACILITY,
    needs="no stay, observation",
)
def observation(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Observation of a Medicare outpatient is billed by the hour with its code."""
    for line in claim.lines:
        asked = line.revenue_code == "0762" and claim.filing_indicator in MEDICARE and not inpatient(claim)
        if asked and line.procedure not in {"G0378", "G0379"}:
            yield on_line(
                line, "Observation (0762) goes without G0378.", "Add G0378 with the hours, G0379 for a direct referral."
            )


@edit(
    "UB-OBSERVATION-HOURS",
    WARN,
    since=date(2006, 1, 1),
    cites="Claims Processing Manual 4, 290.2.2; Benefit Policy Manual 6, 20.6: rarely over 48 hours; CARC 151",
    element="SV205",
    forms=FACILITY,
    needs="observation",
)
def long_observation(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Observation lasts at most a few days: units are hours."""
    for line in claim.lines:
        if line.procedure == "G0378" and line.units > 72:
            yield on_line(line, f"{line.units} hours of observation.", "Check the hours; units are hours, not minutes.")


@edit(
    "UB-CHANGE-REASON",
    REJECT,
    cites="Claims Processing Manual 1, 130.1.2.1: claim change reason codes D0 to D9, E0; M44",
    element="HI*BG",
    forms=FACILITY,
    needs="not original",
)
def change_without_reason(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A facility's correction or void for Medicare says by a condition code what changed."""
    said = set(claim.institutional.condition_codes) if claim.institutional else set()
    wanted = CHANGES.get(claim.frequency, frozenset())
    if wanted and claim.filing_indicator in MEDICARE and not wanted & said:
        what = "D0 to D4, D7 to D9 or E0" if claim.frequency == "7" else "D5 or D6"
        yield on_claim("No condition code says what this claim changes.", f"Add one: {what}.")


@edit(
    "UB-COVERED-DAYS",
    REJECT,
    cites="NUBC value codes 80 and 81; Claims Processing Manual 3, 40.2.2; M49, M53",
    element="HI*BE",
    forms=FACILITY,
    needs="hospital stay, form codes",
)
def covered_days(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The covered and the other days of a stay (value codes 80 and 81) are the days of the statement."""
    own = claim.institutional
    days = {one.code: one.amount // 100 for one in own.value_codes if one.code in {"80", "81"}} if own else {}
    if own is None or "80" not in days or claim.bill_type != "11":
        return
    lasted = (own.statement_through - own.statement_from).days + (claim.discharge_status == "30")
    if sum(days.values()) not in {lasted, max(lasted, 1)}:
        yield on_claim(
            f"The statement has {lasted} days, value codes 80 and 81 say {sum(days.values())}.",
            "Correct the days; the last does not count.",
        )


@edit(
    "UB-PROCEDURE-VALID",
    REJECT,
    since=date(2022, 10, 1),
    cites="CMS Definitions of Medicare Code Edits, edit 1: invalid code; 45 CFR 162.1002; CARC 181, MA66",
    element="HI*BBR",
    forms=FACILITY,
    needs="stay, operated",
)
def procedure_of_no_year(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Procedures of a stay are in force on its last day."""
    own = claim.institutional
    if own is None or not inpatient(claim):
        return
    for one in procedures_of(claim):
        if re.fullmatch(r"[0-9A-HJ-NP-Z]{7}", one.code) and not grouper.valid_procedure(one.code, own.statement_through):
            yield on_claim(
                f"{one.code} is no ICD-10-PCS code on {own.statement_through}.",
                "Build the code of that year anew: October to September.",
            )


FACILITY_LINES = (
    physicians_modifier, observation, long_observation, change_without_reason, covered_days, procedure_of_no_year,
)  # fmt: skip
