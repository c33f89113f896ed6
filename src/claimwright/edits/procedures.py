"""CPT and HCPCS: valid on the day, for this patient, and with what they need beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.tables import Tables, UnitSetting
from claimwright.codesets.unlisted import is_unlisted
from claimwright.edits.context import Context
from claimwright.edits.others import others
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, FIVE_TEN, REJECT, WARN, Problem, edit, on_line

SHAPE = re.compile(r"\d{4}[0-9AFTMU]|[A-V]\d{4}")
GLOBAL_DAYS = {"010": 10, "090": 90}
MINOR = frozenset({"000", "010"})
"""Global days of minor procedures."""
FOOT_CARE = re.compile(r"1105[567]|11719|G0127")
"""Paring of corns and calluses, trimming of nails: excluded but for a systemic disease."""
MPFS = "Medicare physician fee schedule, status indicator"
CODE_SETS_BIND = date(2003, 10, 16)
"""HIPAA's code sets bind every health plan from this day (45 CFR 162.900, as delayed by Public Law 107-105)."""
DESCRIBED_AT = {"professional": "SV101-7", "institutional": "SV202-7", "dental": "SV301-7"}
"""Where a line is described."""
DENTAL = re.compile(r"D\d{4}")
MEDICAL_DENTISTRY = frozenset({"MB", "MC"})
"""Medicaid pays physicians for fluoride and examinations, Medicare for dentistry that an operation needs (42 CFR 411.15(i))."""
OWN_CODES = frozenset({"AM", "LM", "WC"})
"""Automobile, liability and workers' compensation are no health plans (45 CFR 160.103): some use codes of their own."""
MPFS_FROM = date(2026, 1, 1)
SUPPLIER = re.compile(r"332|333|335")
"""Taxonomies of suppliers of equipment and of pharmacies: their units are those of the DME file."""
EQUIPMENT_CONTRACTORS = frozenset({"16013", "17013", "18003", "19003"})
"""Medicare's contractors for equipment (DME MAC), jurisdictions A to D."""


def priced(claim: Claim, tables: Tables) -> Iterator[tuple[ServiceLine, Procedure]]:
    """Lines with their procedure, where it is known and in force."""
    for line in claim.lines:
        found = tables.procedure(line.procedure, line.first_service)
        if found:
            yield line, found


def unit_setting_of(claim: Claim) -> UnitSetting:
    """Whose file of units holds for a claim: suppliers', hospitals' or practitioners'."""
    if claim.form == "institutional":
        return "outpatient"
    supplier = SUPPLIER.match(claim.billing.taxonomy) or claim.payer.payer_id in EQUIPMENT_CONTRACTORS
    return "dme" if claim.form == "professional" and supplier else "practitioner"


@edit("PX-SHAPE", REJECT, since=date(2003, 10, 16), cites="45 CFR 162.1002; M51", element="SV101-2", needs="code in doubt")
def shape(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure code has the shape of a CPT or HCPCS Level II code."""
    for line in claim.lines:
        if not SHAPE.fullmatch(line.procedure):
            yield on_line(line, f"{line.procedure!r} is not a CPT or HCPCS code.", "Correct the procedure code.")


@edit(
    "PX-DATE",
    REJECT,
    since=date(2005, 1, 1),
    cites="Yearly CPT and HCPCS update; CARC 181",
    element="SV101-2",
    forms=frozenset({"professional", "institutional"}),
    needs="code in doubt",
)
def not_in_force(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure code is in force on the date of service."""
    for line in claim.lines:
        found = tables.known_procedure(line.procedure)
        if found and tables.procedure(line.procedure, line.first_service) is None:
            ended = f"ended on {found.period.end}" if found.period.end and found.period.end < line.first_service else ""
            begins = found.period.start > line.first_service
            since = ended or (
                f"is in force only from {found.period.start}" if begins else f"is in no list of {line.first_service}"
            )
            yield on_line(line, f"{line.procedure} {since}.", "Use the code in force on the date of service.")


def _unknown(claim: Claim, tables: Tables) -> Iterator[tuple[ServiceLine, str]]:
    """Lines with a code that no table has, and the whole list of the day, if there is one that binds the payer."""
    for line in claim.lines:
        hcpcs = not line.procedure_qualifier and SHAPE.fullmatch(line.procedure)
        if hcpcs and tables.known_procedure(line.procedure) is None:
            own = claim.filing_indicator in OWN_CODES
            yield line, "" if own else tables.whole_list(line.procedure, line.first_service)


@edit(
    "PX-UNKNOWN",
    REJECT,
    since=CODE_SETS_BIND,
    cites="45 CFR 162.1002: HCPCS and CPT; CARC 181, M51",
    element="SV101-2",
    forms=frozenset({"professional", "institutional"}),
    needs="code in doubt",
)
def unknown(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure code is in the whole list of the day."""
    for line, listed in _unknown(claim, tables):
        if listed:
            yield on_line(line, f"There is no code {line.procedure} ({listed}).", "Correct the procedure code.")


@edit("PX-UNCHECKED", ADVISE, cites="claimwright's starter table of procedures", element="SV101-2", needs="code in doubt")
def unchecked(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A code outside the tables on this machine could not be checked."""
    for line, listed in _unknown(claim, tables):
        if not listed:
            yield on_line(
                line,
                f"{line.procedure} is not in the procedure table of this machine, so its rules were not checked.",
                "Import the full CPT and HCPCS files to have every code checked.",
            )


@edit(
    "PX-ADD-ON",
    DENY,
    since=date(2013, 4, 1),
    cites="NCCI add-on code edits; NCCI Policy Manual I.R; CARC 107",
    element="SV101-2",
    needs="add-on",
)
def add_on_alone(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An add-on code stands beside its primary procedure of the same day."""
    for line in claim.lines:
        rule = tables.add_on(line.procedure, line.first_service)
        if rule is None:
            continue
        same_day = {other.procedure for other in claim.lines if other.first_service == line.first_service}
        same_day |= {done.procedure for _, done in others(claim, context) if done.first_service == line.first_service}
        if rule.kind == "1" and not rule.primaries & same_day:
            yield on_line(
                line,
                f"{line.procedure} is only paid beside its primary procedure, which is not on this day.",
                f"Add the primary (such as {', '.join(sorted(rule.primaries)[:4])}), or take the line off.",
            )


@edit(
    "PX-ADD-ON-ALONE",
    WARN,
    since=date(2013, 4, 1),
    cites="NCCI add-on code edits, types 2 and 3; NCCI Policy Manual I.R; CARC 107",
    element="SV101-2",
    needs="add-on",
)
def add_on_beside_nothing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An add-on code whose primaries the payer may choose stands at least beside some other service of the day."""
    for line in claim.lines:
        rule = tables.add_on(line.procedure, line.first_service)
        if rule is None or rule.kind == "1":
            continue
        same_day = {other.procedure for other in claim.lines if other.first_service == line.first_service}
        same_day |= {done.procedure for _, done in others(claim, context) if done.first_service == line.first_service}
        if not any(tables.add_on(one, line.first_service) is None for one in same_day):
            yield on_line(line, f"{line.procedure} is an add-on with nothing beside it that day.", "Add the primary procedure.")


@edit(
    "PX-UNLISTED",
    REJECT,
    cites="837 TR3, SV101-7, SV202-7, SV301-7: required with a code that is not specific; CARC 16, N350",
    element="SV101-7",
    forms=ANY_FORM,
    needs="unlisted",
)
def unlisted(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service, drug or supply with no code of its own is described on its line."""
    for line in claim.lines:
        if line.procedure == "90999" and claim.bill_type == "72":  # each treatment of a dialysis facility (Manual 8, 50.3)
            continue
        found = tables.known_procedure(line.procedure)
        if not line.description.strip() and (is_unlisted(line.procedure) or (found is not None and found.unlisted)):
            yield on_line(
                line,
                f"{line.procedure} says nothing by itself, and the line's description is empty.",
                "Describe on the line what was done or given (a drug: name, strength, dose), or use its own code.",
                DESCRIBED_AT[claim.form],
            )


@edit(
    "PX-DENTAL",
    WARN,
    since=CODE_SETS_BIND,
    cites="45 CFR 162.1102: dental claims go as 837D; CARC 16, N34",
    element="SV101-2",
    needs="dental code",
)
def dental_code(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A dental code goes to a dental plan on the dental claim; Medicaid and Medicare take some on the medical claim."""
    for line in claim.lines:
        if DENTAL.fullmatch(line.procedure) and claim.filing_indicator not in MEDICAL_DENTISTRY:
            yield on_line(
                line,
                f"{line.procedure} is a dental code on a medical claim.",
                "Send it to the dental plan (837D), or use the medical code of the service (99188 for fluoride varnish).",
            )


@edit("PX-MEDICARE-INVALID", DENY, since=MPFS_FROM, cites=f"{MPFS} I; CARC 181", element="SV101-2", needs="filed MB, status I")
def invalid_for_medicare(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare wants another code for some services (status I)."""
    for line, found in priced(claim, tables):
        consultation = line.procedure.startswith(("9924", "9925"))  # told by MEDICARE/CONSULTATION, in the payer's folder
        invalid = claim.filing_indicator == "MB" and found.status == "I" and not consultation
        if invalid and not {"GY", "GX"} & set(line.modifiers):
            yield on_line(line, f"Medicare does not take {line.procedure}.", _medicare_instead(line.procedure))


def _medicare_instead(code: str) -> str:
    """What Medicare takes in place of a code (MPFS status I)."""
    if code in {"99417", "99418"}:
        return "Bill the longer time with G2212, G0316, G0317 or G0318."
    if code.startswith("980"):
        return "Bill an office visit (99202-99215) with place of service 02 or 10."
    return "Look for the HCPCS code that Medicare takes in its place."


@edit(
    "PX-MEDICARE-NOT-COVERED",
    DENY,
    since=MPFS_FROM,
    cites=f"{MPFS} N; 42 CFR 411.15; CARC 96",
    element="SV101-3",
    needs="filed MB, status N",
)
def not_covered_by_medicare(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service Medicare never covers says so (GY), so that the patient or the next payer can be billed."""
    for line, found in priced(claim, tables):
        if claim.filing_indicator == "MB" and found.status == "N" and not {"GY", "GX", "GZ", "GA"} & set(line.modifiers):
            yield on_line(
                line,
                f"Medicare never covers {line.procedure}.",
                "Add GY to have it denied for the patient's other insurance, bill the patient, or code the Medicare service.",
            )


@edit("PX-BUNDLED", WARN, since=MPFS_FROM, cites=f"{MPFS} B, P; CARC 234", element="SV101-2", needs="filed MB, status B/status P")
def always_bundled(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Services that Medicare pays within others are not paid apart (status B, P)."""
    for line, found in priced(claim, tables):
        limit = tables.unit_limit(line.procedure, line.first_service, unit_setting_of(claim))
        never = limit is not None and limit.units == 0  # told by MUE-ZERO
        if claim.filing_indicator == "MB" and found.status in {"B", "P"} and not never:
            yield on_line(
                line,
                f"Medicare pays {line.procedure} within other services, never apart.",
                "Take the line off, or expect no payment.",
            )


@edit(
    "PX-BUNDLED-BESIDE",
    WARN,
    since=MPFS_FROM,
    cites=f"{MPFS} T: paid only if nothing else is; CARC 234",
    element="SV101-2",
    needs="filed MB, status T, two lines",
)
def bundled_beside(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Some services are paid only on a day without another payable one by the same provider (status T)."""
    paid = [(line, found) for line, found in priced(claim, tables) if found.status in {"A", "C", "R"}]
    for line, found in priced(claim, tables):
        if claim.filing_indicator != "MB" or found.status != "T":
            continue
        me = rendering_of(claim, line).npi
        same = (one for one, _ in paid if one.first_service == line.first_service and rendering_of(claim, one).npi == me)
        other = next(same, None)
        if other:
            said = f"Medicare pays {line.procedure} within {other.procedure} of the same day."
            yield on_line(line, said, "Take the line off, or expect no payment.")


@edit(
    "PX-FOOT-CARE",
    DENY,
    since=FIVE_TEN,
    cites="42 CFR 411.15(l); Medicare Benefit Policy Manual 15, 290; Claims Processing Manual 32, 80.2; CARC 96",
    element="SV101-3",
    needs="filed MB, foot care",
)
def routine_foot_care(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare pays routine foot care only with the class of findings (Q7, Q8, Q9) of a disease that makes it dangerous."""
    for line in claim.lines:
        told = {"Q7", "Q8", "Q9", "GA", "GX", "GY", "GZ"} & set(line.modifiers)
        if claim.filing_indicator == "MB" and FOOT_CARE.fullmatch(line.procedure) and not told:
            yield on_line(
                line,
                f"{line.procedure} is routine foot care, and the line names no class of findings.",
                "Add Q7, Q8 or Q9 if the note has the findings; else the patient pays (GY).",
            )


PROCEDURES = (
    shape,
    not_in_force,
    unknown,
    unchecked,
    add_on_alone,
    add_on_beside_nothing,
    unlisted,
    dental_code,
    invalid_for_medicare,
    not_covered_by_medicare,
    always_bundled,
    bundled_beside,
    routine_foot_care,
)
