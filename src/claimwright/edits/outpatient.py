"""A hospital's outpatient bill by the status indicators of Addendum B (OPPS), as Medicare's Outpatient Code Editor reads them.

Only a store has Addendum B; without one these edits are silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.facility import FACILITY
from claimwright.edits.registry import DENY, REJECT, Problem, edit, on_claim, on_line

OPPS = date(2000, 8, 1)
"""Hospitals' outpatient services are paid by OPPS from this day (42 CFR 419)."""
BILL_TYPES = frozenset({"13", "14"})
ORIGINAL = frozenset({"MA", "MB"})
DIED = "20"
TRANSFERRED = frozenset({"02", "05", "43", "62", "63", "65", "66", "82", "85", "88", "90", "91", "93", "94"})
"""Discharge statuses with which CA may stand, beside that of a patient who died (IOCE edit 70)."""
SAID_UNPAID = frozenset({"GA", "GX", "GY", "GZ"})
NOT_COVERED = frozenset({"20", "21"})  # condition codes: billed for a denial
IOCE = "Integrated Outpatient Code Editor, edit"


def with_status(claim: Claim, tables: Tables, *statuses: str) -> Iterator[ServiceLine]:
    """Lines of an outpatient bill for original Medicare whose code has one of the status indicators on its day."""
    if claim.filing_indicator in ORIGINAL and claim.bill_type[-2:] in BILL_TYPES:
        for line in claim.lines:
            if line.procedure and tables.outpatient_status(line.procedure, line.first_service) in statuses:
                yield line


@edit(
    "UB-INPATIENT-ONLY",
    DENY,
    since=OPPS,
    cites=f"{IOCE} 18, status indicator C; 42 CFR 419.22(n); Claims Processing Manual 4, 180.7; CARC 5",
    element="SV202-2",
    forms=FACILITY,
    needs="opps C",
)
def inpatient_only(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure that Medicare pays for inpatients only is not on an outpatient bill, unless the patient died or was sent on."""
    for line in with_status(claim, tables, "C"):
        if "CA" not in line.modifiers:
            yield on_line(
                line,
                f"Medicare pays {line.procedure} for inpatients only (status indicator C), and nothing else of that day.",
                "Bill the stay if the patient was admitted within three days; CA if the patient died or was sent on before that.",
            )


@edit(
    "UB-INPATIENT-ONLY-CA",
    REJECT,
    since=date(2003, 1, 1),
    cites=f"{IOCE}s 60 and 70: CA once, with an expired or transferred patient; Claims Processing Manual 4, 180.7; CARC 4",
    element="SV202-3",
    forms=FACILITY,
    needs="-CA",
)
def emergency_of_another_end(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """CA marks the one inpatient procedure of a patient who died, or was sent on, before admission."""
    marked = [line for line in claim.lines if "CA" in line.modifiers]
    if not marked or claim.bill_type[-2:] not in BILL_TYPES:
        return
    if claim.discharge_status != DIED and claim.discharge_status not in TRANSFERRED:
        said = (
            f"CA stands with discharge status {claim.discharge_status or 'none'}, of a patient who neither died nor was sent on."
        )
        yield on_line(marked[0], said, "Take CA off, or correct the discharge status (20 died).")
    for line in marked[1:]:
        yield on_line(line, "CA stands on more than one procedure.", "Leave it on the one for which there was no time to admit.")


@edit(
    "UB-OTHER-CODE",
    REJECT,
    since=OPPS,
    cites=f"{IOCE}s 61, 62 and 72, status indicators Y, B and M; Claims Processing Manual 4, 10.1.1; CARC 16, M51",
    element="SV202-2",
    forms=FACILITY,
    needs="opps B/opps M/opps Y",
)
def another_code_or_contractor(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Codes that OPPS does not recognize, or that other contractors take, are not on a hospital's outpatient bill."""
    for line in with_status(claim, tables, "B"):
        why = f"{line.procedure} is not recognized on a hospital's outpatient bill (status indicator B)."
        yield on_line(line, why, "Use the code that Medicare has for hospitals, often a C or G code; else leave it off.")
    for line in with_status(claim, tables, "M"):
        why = f"{line.procedure} is not billed to this contractor (status indicator M)."
        yield on_line(line, why, "Leave it off; it is a measure or a service of another contractor.")
    for line in with_status(claim, tables, "Y"):
        why = f"{line.procedure} goes to the equipment contractor (status indicator Y)."
        yield on_line(line, why, "Bill it to the DME contractor as a supplier.")


@edit(
    "UB-NEVER-PAID",
    DENY,
    since=date(2017, 1, 1),
    cites=f"{IOCE}s 9 and 13, status indicators E1 and E2; Claims Processing Manual 4, 10.1.1; CARC 96",
    element="SV202-2",
    forms=FACILITY,
    needs="opps E1/opps E2",
)
def never_paid(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What OPPS covers never, or has no price for, is billed as not covered, if at all."""
    if claim.institutional and NOT_COVERED & set(claim.institutional.condition_codes):
        return
    for line in with_status(claim, tables, "E1", "E2"):
        if not SAID_UNPAID & set(line.modifiers) and not (line.charge and line.non_covered >= line.charge):
            status = tables.outpatient_status(line.procedure, line.first_service)
            why = "never covers" if status == "E1" else "has no price for"
            yield on_line(
                line,
                f"Medicare {why} {line.procedure} in a hospital's outpatient department (status indicator {status}).",
                "Take it off, or bill its charge as not covered with GY, or GX and a signed notice.",
            )


@edit(
    "UB-ONLY-PACKAGED",
    REJECT,
    since=OPPS,
    cites=f"{IOCE} 27: only incidental services, status indicator N; Claims Processing Manual 4, 10.4; CARC 97",
    element="SV202-2",
    forms=FACILITY,
    needs="opps N",
)
def only_packaged(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An outpatient bill has a service beside those that are packaged into others."""
    coded = [line for line in claim.lines if line.procedure]
    if len(list(with_status(claim, tables, "N"))) == len(coded) > 0:
        codes = ", ".join(sorted({line.procedure for line in coded})[:6])
        yield on_claim(
            f"All that is billed is packaged into other services (status indicator N): {codes}.",
            "Add the service that it belongs to, or join this claim with that day's.",
        )


OUTPATIENT = (inpatient_only, emergency_of_another_end, another_code_or_contractor, never_paid, only_packaged)
