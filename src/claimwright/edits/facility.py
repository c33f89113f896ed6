"""Facilities' claims (UB-04, 837I): bill type, stay, revenue lines and NUBC codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.claims.model import Claim, Procedure, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, REJECT, WARN, Problem, edit, on_claim, on_line
from claimwright.identifiers import npi_valid

FACILITY = frozenset({"institutional"})
INPATIENT = frozenset({"11", "18", "21", "41", "65", "66", "86"})
"""Bill types of a stay in bed (NUBC form locator 4)."""
ADMISSION_TYPES = frozenset({"", "1", "2", "3", "4", "5", "9"})
HOURS = frozenset({"11", "18", "41"})
UNPLANNED = frozenset({"045", "051", "052", "076"})
"""Revenue codes of emergency rooms, clinics and observation."""
TOTALS = frozenset({"0000", "0001"})
ROOM = re.compile(r"01[0-9]\d|020\d|021\d")
WANTS_CODE = re.compile(
    r"030[0-9]|031[0-9]|032[0-9]|033[0-9]|035[0-9]|036[0-9]|040[0-4]|0450|0456|0459|048[0-3]|051\d|0610|061[1-9]|0636"
)
"""Outpatient revenue codes that name no service without a HCPCS code (Claims Processing Manual 4, 20.1)."""


def inpatient(claim: Claim) -> bool:
    """Whether the claim is of a stay in bed."""
    return claim.bill_type in INPATIENT


def procedures_of(claim: Claim) -> list[Procedure]:
    """The ICD-10-PCS procedures of a stay, the principal one first."""
    own = claim.institutional
    if own is None:
        return []
    return [*([own.principal_procedure] if own.principal_procedure else []), *own.other_procedures]


@edit(
    "UB-BILL-TYPE",
    REJECT,
    cites="NUBC form locator 4; 837I TR3, CLM05; MA30",
    element="CLM05-1",
    forms=FACILITY,
    needs="bill type in doubt",
)
def bill_type(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A facility's claim says what kind of facility and of care."""
    if not re.fullmatch(r"[1-8][1-9]", claim.bill_type):
        yield on_claim(
            f"Bill type {claim.bill_type!r} is not one of facility and care.", "Use 11 (inpatient), 13 (outpatient) or yours."
        )


@edit(
    "UB-PERIOD",
    REJECT,
    cites="NUBC form locator 6; 837I TR3, DTP*434; MA31",
    element="DTP*434",
    forms=FACILITY,
    needs="period in doubt",
)
def period(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The statement's period begins before it ends."""
    own = claim.institutional
    if own is None or own.statement_through < own.statement_from:
        yield on_claim("The statement's period is missing or ends before it begins.", "Enter its first and last day.")


@edit(
    "UB-LINE-PERIOD",
    REJECT,
    cites="837I TR3, 2400 DTP*472: within the statement's period; MA31",
    element="DTP*472",
    forms=FACILITY,
    needs="line outside",
)
def line_outside(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every line lies inside the statement's period; services of the three days before a stay may belong to it."""
    own = claim.institutional
    if own is None:
        return
    before = timedelta(days=3 if inpatient(claim) else 0)
    for line in claim.lines:
        if own.statement_from - line.first_service > before or line.through > own.statement_through:
            yield on_line(
                line, f"Its day {line.first_service} is outside the statement's period.", "Correct the day or the period."
            )


@edit(
    "UB-ATTENDING",
    REJECT,
    cites="NUBC form locator 76; 837I TR3, 2310A: a person with name and NPI; N253",
    element="2310A NM109",
    forms=FACILITY,
    needs="attending in doubt",
)
def attending(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim names the physician who was responsible."""
    who = claim.attending
    if who is None or not npi_valid(who.npi):
        yield on_claim("The attending provider or the NPI is missing or wrong.", "Name the attending provider with a right NPI.")
    elif not who.person or not who.name.strip():
        yield on_claim("The attending provider is no person with a name.", "Name the physician who was responsible.")


@edit(
    "UB-ADMISSION",
    REJECT,
    cites="NUBC form locators 12, 14 and 15; 837I TR3, DTP*435 and CL1; MA40, MA41, MA42",
    element="CL101",
    forms=FACILITY,
    needs="admission in doubt",
)
def admission(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay says when it began, how urgent it was and from where the patient came."""
    if inpatient(claim):
        said = (("day of admission", claim.admitted), ("type", claim.admission_type), ("point of origin", claim.admission_source))
        missing = [name for name, value in said if not value]
        if missing:
            yield on_claim(f"The admission has no {', no '.join(missing)}.", "Enter it from the registration.")


@edit(
    "UB-ADMISSION-TYPE",
    REJECT,
    cites="NUBC form locator 14; MA41",
    element="CL101",
    forms=FACILITY,
    needs="admission type in doubt",
)
def admission_type(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The type of admission is 1 to 5, or 9 where it is not known."""
    if claim.admission_type not in ADMISSION_TYPES:
        yield on_claim(
            f"Type of admission {claim.admission_type!r} is not in the list.", "Use 1 emergency, 2 urgent, 3 elective."
        )


@edit(
    "UB-NEWBORN",
    DENY,
    cites="NUBC form locators 14 and 15: type 4 is a birth; CARC 9",
    element="CL101",
    forms=FACILITY,
    needs="birth",
)
def newborn(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An admission of type 4 is a birth: the patient was born on its day."""
    birth = claim.patient.birth
    if (
        claim.admission_type == "4"
        and birth
        and claim.admitted
        and not timedelta(0) <= claim.admitted - birth <= timedelta(days=28)
    ):
        yield on_claim("The admission is of a newborn, the patient is older.", "Correct the type of admission or the birth date.")


@edit(
    "UB-HOUR",
    REJECT,
    cites="NUBC form locators 13 and 16; 837I TR3, DTP*435 and DTP*096; N46",
    element="DTP*435",
    forms=FACILITY,
    needs="hour in doubt",
)
def hours(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A hospital stay has the hour it began, and once it is over the hour it ended."""
    own = claim.institutional
    if own is None or claim.bill_type not in HOURS:
        return
    if not own.admission_hour:
        yield on_claim("The hour of admission is missing.", "Enter it.")
    if claim.discharge_status and claim.discharge_status != "30" and not own.discharge_hour:
        yield on_claim("The hour of discharge is missing.", "Enter it.", "DTP*096")


@edit(
    "UB-DISCHARGE",
    REJECT,
    cites="NUBC form locator 17; 837I TR3, CL103; MA43",
    element="CL103",
    forms=FACILITY,
    needs="status in doubt",
)
def discharge(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A facility's claim says where the patient went, or that the patient is still there."""
    status, frequency = claim.discharge_status, claim.frequency
    if inpatient(claim) and not re.fullmatch(r"\d{2}", status):
        yield on_claim("The patient's discharge status is missing.", "Enter 01 for home, 30 for still a patient.")
    elif status == "30" and frequency == "1" and inpatient(claim):
        yield on_claim(
            "The claim is of a whole stay, its patient is still there.", "Bill it as interim (2, 3), or correct the status."
        )


@edit(
    "UB-REVENUE",
    REJECT,
    cites="NUBC form locator 42; 837I TR3, SV201; M50",
    element="SV201",
    forms=FACILITY,
    needs="revenue in doubt",
)
def revenue_code(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every line of a facility has a revenue code of four digits."""
    for line in claim.lines:
        if not re.fullmatch(r"\d{4}", line.revenue_code) or line.revenue_code == "0000":
            yield on_line(line, f"Revenue code {line.revenue_code!r} is not four digits.", "Correct the revenue code.")


@edit(
    "UB-TOTAL-LINE",
    REJECT,
    cites="NUBC form locator 42: 0001 is on paper only; 837I TR3, SV201; M50",
    element="SV201",
    forms=FACILITY,
    needs="revenue in doubt",
)
def total_line(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The total (0001) is no line of an electronic claim."""
    for line in claim.lines:
        if line.revenue_code == "0001":
            yield on_line(line, "Revenue code 0001 is the paper form's total.", "Take the line off.")


def _code_missing(line: ServiceLine) -> bool:
    return bool(WANTS_CODE.fullmatch(line.revenue_code)) and not line.procedure


@edit(
    "UB-REVENUE-CODE",
    REJECT,
    cites="Claims Processing Manual 4, 20.1; 837I TR3, SV202; M20",
    element="SV202-2",
    forms=FACILITY,
    needs="no stay, no service named",
)
def revenue_without_procedure(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Outpatient tests, imaging, clinics, emergency rooms and drugs name the service by HCPCS."""
    for line in claim.lines:
        if not inpatient(claim) and _code_missing(line):
            yield on_line(line, f"Revenue code {line.revenue_code} stands without a HCPCS code.", "Add the code of the service.")


@edit(
    "UB-ROOM",
    REJECT,
    cites="NUBC form locator 42: accommodation is of a stay; M50, MA30",
    element="SV201",
    forms=FACILITY,
    needs="room/hospital stay",
)
def room_without_stay(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A room is charged for a stay only, and a stay has its room."""
    rooms = [line for line in claim.lines if ROOM.fullmatch(line.revenue_code)]
    if claim.bill_type[:1] in {"1", "8"} and not inpatient(claim):
        for line in rooms:
            yield on_line(
                line, f"A room ({line.revenue_code}) on an outpatient claim.", "Correct the bill type or the revenue code."
            )
    elif claim.bill_type == "11" and not rooms:
        yield on_claim("A stay without a room.", "Add the accommodation, or bill it as outpatient.", "SV201")


@edit(
    "UB-ROOM-DAYS",
    REJECT,
    cites="NUBC form locator 46: days of accommodation; M53, N345",
    element="SV205",
    forms=FACILITY,
    needs="stay, room",
)
def room_days(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The days of accommodation are those of the statement; the day of discharge does not count."""
    own = claim.institutional
    rooms = [line for line in claim.lines if ROOM.fullmatch(line.revenue_code)]
    if own is None or not inpatient(claim) or not rooms:
        return
    days = max((own.statement_through - own.statement_from).days + (claim.discharge_status == "30"), 1)
    billed = sum(line.units for line in rooms)
    if billed != days:
        yield on_claim(f"{billed} days of accommodation for a statement of {days}.", "Correct the days or the period.", "SV205")


@edit(
    "UB-CODES",
    REJECT,
    cites="NUBC form locators 18 to 41: codes of two characters; M44, M45, M46, M49",
    element="HI01-2",
    forms=FACILITY,
    needs="form codes",
)
def nubc_codes(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Condition, occurrence and value codes have two characters, occurrences their day, values an amount."""
    own = claim.institutional
    if own is None:
        return
    codes = list(own.condition_codes)
    codes += [one.code for one in own.occurrences] + [one.code for one in own.occurrence_spans]
    codes += [one.code for one in own.value_codes]
    if wrong := [code for code in codes if not re.fullmatch(r"[A-Z0-9]{2}", code)]:
        yield on_claim(f"Code {wrong[0]!r} does not have two characters.", "Correct it.")
    if any(one.on is None for one in own.occurrences) or any(not one.first or not one.last for one in own.occurrence_spans):
        yield on_claim("An occurrence code has no day.", "Add the day; a span has two.")
    if any(one.amount < 0 for one in own.value_codes):
        yield on_claim("A value code has an amount below zero.", "Correct the amount.")


@edit(
    "UB-PROCEDURE",
    REJECT,
    since=date(2015, 10, 1),
    cites="45 CFR 162.1002: ICD-10-PCS; 837I TR3, HI*BBR; MA66",
    element="HI01-2",
    forms=FACILITY,
    needs="operated",
)
def procedure_shape(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Procedures of a stay are ICD-10-PCS codes of seven characters with their day."""
    for one in procedures_of(claim):
        if not re.fullmatch(r"[0-9A-HJ-NP-Z]{7}", one.code):
            yield on_claim(f"{one.code!r} is not an ICD-10-PCS code.", "Seven characters, without I and O.")
        if one.on is None:
            yield on_claim(f"Procedure {one.code} has no day.", "Add the day.")


@edit(
    "UB-PROCEDURE-DAY",
    REJECT,
    cites="837I TR3, HI*BBR: within the stay; MA66, N301",
    element="HI01-4",
    forms=FACILITY,
    needs="operated",
)
def procedure_day(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure was done during the stay or the three days before it."""
    own = claim.institutional
    if own is None:
        return
    begins = claim.admitted or own.statement_from
    for one in procedures_of(claim):
        if one.on and (begins - one.on > timedelta(days=3) or one.on > own.statement_through):
            yield on_claim(f"Procedure {one.code} of {one.on} is outside the stay.", "Correct the day.")


@edit(
    "UB-OPERATING",
    REJECT,
    cites="NUBC form locator 77; 837I TR3, 2310B: needed with a surgical procedure; N261, N262",
    element="2310B NM109",
    forms=FACILITY,
    needs="operated",
)
def operating(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure of a stay names who did it."""
    own = claim.institutional
    if own and own.principal_procedure and (own.operating is None or not npi_valid(own.operating.npi)):
        yield on_claim("A procedure was done, and nobody is named who did it.", "Name the operating physician with a right NPI.")


@edit(
    "UB-NON-COVERED",
    WARN,
    cites="NUBC form locator 48; 837I TR3, SV207; M79",
    element="SV207",
    forms=FACILITY,
    needs="not covered",
)
def non_covered(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The part that is not covered is at most the line's charge."""
    for line in claim.lines:
        if not 0 <= line.non_covered <= max(line.charge, 0):
            yield on_line(line, "More is not covered than is charged.", "Correct the non-covered charge.")


FACILITIES = (
    bill_type, period, line_outside, attending, admission, admission_type, newborn, hours, discharge, revenue_code, total_line,
    revenue_without_procedure, room_without_stay, room_days, nubc_codes, procedure_shape, procedure_day, operating, non_covered,
)  # fmt: skip
