"""A facility's codes and days against each other, as Medicare's system (FISS) and others return them to the provider."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from claimwright.claims.model import Claim
from claimwright.codesets import icd10cm
from claimwright.codesets.numbers import numbers
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import coded_on
from claimwright.edits.facility import FACILITY, TOTALS, inpatient
from claimwright.edits.registry import REJECT, WARN, Problem, edit, on_claim, on_line

BILL_TYPES = frozenset(
    {"11", "12", "13", "14", "18", "21", "22", "23", "28", "32", "33", "34", "41", "43", "65", "66", "71", "72", "73", "74", "75"}
    | {"76", "77", "78", "79", "81", "82", "83", "84", "85", "86", "87", "89"}
)
"""Kinds of facility and of care (NUBC form locator 4); the others are reserved."""
FREQUENCIES = re.compile(r"[0-57-9A-KMNPQXYZ]")
ORIGINS = frozenset("124568") | frozenset("9DEFG")
BIRTHS = frozenset({"5", "6"})
HOSPICE = frozenset({"81", "82"})
STILL_THERE = "30"
DIED = frozenset({"20", "40", "41", "42"})
HOUR = re.compile(r"([01]\d|2[0-3])([0-5]\d)?|99")
PART_A = frozenset({"MA"})
HIPPS = {"21": ("0022", "a skilled nursing stay"), "32": ("0023", "home health")}
UNCOVERED = frozenset({"20", "21"})
"""Condition codes of a bill for a denial."""
DIALYSIS_SETTINGS = frozenset({"59", "71", "72", "73", "74", "75", "76", "80", "84", "87"})
AREAS = (("0651", "61"), ("0652", "61"), ("0655", "G8"), ("0656", "G8"))
"""Hospice's levels of care, and the value code of the area where it was given."""


@edit("UB-BILL-TYPE-LIST", REJECT, cites="NUBC form locator 4: type of bill; MA30, claim status A7, 228", element="CLM05-1",
      forms=FACILITY, needs="bill type in doubt")  # fmt: skip
def bill_type_of_no_list(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The kind of facility and of care is in the list."""
    if re.fullmatch(r"[1-8][1-9]", claim.bill_type) and claim.bill_type not in BILL_TYPES:
        yield on_claim(f"Bill type {claim.bill_type} is not in the list.", "Use 11 (inpatient), 13 (outpatient) or yours.")


@edit("UB-FREQUENCY", REJECT, cites="NUBC form locator 4, last digit; MA30, claim status A7, 535", element="CLM05-3",
      forms=FACILITY, needs="not original")  # fmt: skip
def frequency_of_no_list(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The frequency of a facility's bill is in the list."""
    if not FREQUENCIES.fullmatch(claim.frequency):
        yield on_claim(
            f"Frequency {claim.frequency!r} is not in the list.", "Use 1 (whole), 2 to 4 (interim), 7 (replacement) or 8 (void)."
        )


@edit("UB-REVENUE-LIST", REJECT, cites="NUBC form locator 42: revenue codes; M50, claim status A7, 455", element="SV201",
      forms=FACILITY, needs="revenue in doubt")  # fmt: skip
def revenue_of_no_list(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A revenue code is in the list."""
    listed = numbers("revenue")
    for line in claim.lines:
        code = line.revenue_code
        if re.fullmatch(r"\d{4}", code) and code not in TOTALS and not listed.has(code):
            yield on_line(line, f"There is no revenue code {code} ({listed.version}).", "Correct the revenue code.")


@edit(
    "UB-DISCHARGE-LIST",
    REJECT,
    cites="NUBC form locator 17; MA43, claim status A7, 234",
    element="CL103",
    forms=FACILITY,
    needs="status in doubt",
)
def status_of_no_list(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The patient's discharge status is in the list."""
    status = claim.discharge_status
    if status and not numbers("discharge status").has(status):
        yield on_claim(f"Discharge status {status!r} is not in the list.", "Enter 01 for home, 30 for still a patient, or yours.")


@edit("UB-INTERIM", REJECT, cites="NUBC form locators 4 and 17; Claims Processing Manual 1, 50.2; MA43, MA30", element="CL103",
      forms=FACILITY, needs="not original")  # fmt: skip
def interim_against_status(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """After a first or a continuing bill (2, 3) the patient is still there, after the last (4) no more."""
    if not (inpatient(claim) or claim.bill_type in HOSPICE) or not claim.discharge_status:
        return
    still = claim.discharge_status == STILL_THERE
    if (claim.frequency in {"2", "3"} and not still) or (claim.frequency == "4" and still):
        yield on_claim(
            f"Frequency {claim.frequency} and discharge status {claim.discharge_status} contradict each other.",
            "Bill the last part of a stay as 4, with where the patient went; the parts before it with status 30.",
        )


@edit("UB-ORIGIN", REJECT, since=date(2010, 7, 1), cites="NUBC form locator 15; MA42, claim status A7, 229", element="CL102",
      forms=FACILITY, needs="origin in doubt")  # fmt: skip
def origin(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The point of origin is in the list, and that of a birth is a birth's."""
    said, birth = claim.admission_source, claim.admission_type == "4"
    if said and said not in (BIRTHS if birth else ORIGINS):
        yield on_claim(
            f"Point of origin {said!r} is not {'of a birth' if birth else 'in the list'}.",
            "Use 5 (born here) or 6 (born elsewhere)." if birth else "Use 1 (home), 2 (clinic), 4 (hospital), 5 (nursing home).",
        )


@edit("UB-HOUR-VALUE", REJECT, cites="NUBC form locators 13 and 16: 00 to 23, 99 not known; N46", element="DTP*435",
      forms=FACILITY, needs="hour in doubt")  # fmt: skip
def hour_of_no_day(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An hour of admission or discharge is one of a day."""
    own = claim.institutional
    for what, said in (("admission", own.admission_hour), ("discharge", own.discharge_hour)) if own else ():
        if said and not HOUR.fullmatch(said):
            yield on_claim(f"The hour of {what} is none of a day.", "Write hour and minute: 0000 to 2359.")


@edit("UB-ADMISSION-DAY", REJECT, cites="NUBC form locators 6 and 12; Claims Processing Manual 3, 40.3; MA40, MA31",
      element="DTP*435", forms=FACILITY, needs="admitted")  # fmt: skip
def admitted_outside(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay began by the end of the statement, and at most three days after its first day."""
    own, admitted = claim.institutional, claim.admitted
    if own is None or admitted is None or not inpatient(claim):
        return
    if admitted > own.statement_through or admitted - own.statement_from > timedelta(days=3):
        yield on_claim(
            "The admission is after the statement's period, or more than three days after it begins.",
            "Correct the admission or the period; earlier outpatient days are a bill of their own.",
        )


@edit("UB-ADMISSION-FIRST", WARN, cites="NUBC form locators 4, 6 and 12: 1 and 2 begin with the stay; MA31", element="DTP*434",
      forms=FACILITY, needs="admitted")  # fmt: skip
def begins_late(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A whole or a first bill of a stay begins with the admission."""
    own = claim.institutional
    first = claim.frequency in {"1", "2"} and inpatient(claim)
    if own and first and claim.admitted and claim.admitted < own.statement_from:
        yield on_claim(
            f"The statement begins after the admission, with frequency {claim.frequency}.",
            "Bill what continues a stay as 3, its end as 4; else begin with the admission.",
        )


def _twice(codes: Iterable[object]) -> bool:
    listed = list(codes)
    return len(set(listed)) < len(listed)


@edit("UB-CODES-TWICE", REJECT, cites="NUBC form locators 18 to 41: each code once; M44, M45, M46, M49", element="HI01-2",
      forms=FACILITY, needs="form codes")  # fmt: skip
def codes_twice(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """No condition or value code stands twice, no occurrence twice with one day, and a span ends after it begins."""
    own = claim.institutional
    if own is None:
        return
    given = (("condition", own.condition_codes), ("value", [one.code for one in own.value_codes]),
             ("occurrence", [(one.code, one.on) for one in own.occurrences]))  # fmt: skip
    for what, codes in given:
        if _twice(codes):
            yield on_claim(f"The claim has one {what} code twice.", "Keep it once.")
    for one in own.occurrence_spans:
        if one.first and one.last and one.last < one.first:
            yield on_claim(f"Occurrence span {one.code} ends before it begins.", "Correct its days.", "HI01-4")


@edit("UB-DAYS-MISSING", REJECT, since=date(2007, 3, 1), element="HI*BE", forms=FACILITY, needs="filed MA, stay",
      cites="Claims Processing Manual 25, 75.3: value codes 80 and 81; MA32")  # fmt: skip
def days_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare's bill of a stay says how many of its days are covered, or are not."""
    own = claim.institutional
    of_a_stay = claim.bill_type in {"11", "18", "21", "41"} and claim.frequency in {"1", "2", "3", "4", "7"}
    if own and of_a_stay and claim.filing_indicator in PART_A and not {"80", "81"} & {one.code for one in own.value_codes}:
        yield on_claim(
            "No value code says how many days are covered.", "Add 80 with the covered days, 81 with those that are not."
        )


@edit("UB-HIPPS", REJECT, since=date(2000, 10, 1), element="SV202", forms=FACILITY, needs="filed MA, paid by class",
      cites="Claims Processing Manual 6, 30 and 10, 40.2: 0022 and 0023 with the HIPPS code; M20, N471")  # fmt: skip
def class_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare's bill of skilled nursing or home health has the line of its payment class."""
    own, (code, words) = claim.institutional, HIPPS.get(claim.bill_type, ("", ""))
    asked = code and claim.filing_indicator in PART_A and claim.frequency in {"1", "2", "3", "4", "7", "9"}
    if not asked or own is None or UNCOVERED & set(own.condition_codes):
        return
    if not any(line.revenue_code == code and re.fullmatch(r"[A-Z0-9]{5}", line.procedure) for line in claim.lines):
        yield on_claim(
            f"The bill of {words} has no line {code} with its HIPPS code.", f"Add the line {code} from the assessment."
        )


@edit("UB-DIALYSIS", REJECT, since=date(2005, 4, 1), element="HI*BE", forms=FACILITY, needs="filed MA/filed MB, dialysis",
      cites="Claims Processing Manual 8, 50.3: A8, A9 and the condition code of the setting; M44, M49")  # fmt: skip
def dialysis(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A dialysis facility's bill for Medicare has the patient's weight (A8), height (A9) and the setting."""
    own = claim.institutional
    if own is None or claim.bill_type != "72" or claim.filing_indicator not in {"MA", "MB"} or claim.frequency == "8":
        return
    missing = [f"value code {code}" for code in ("A8", "A9") if code not in {one.code for one in own.value_codes}]
    if not DIALYSIS_SETTINGS & set(own.condition_codes):
        missing.append("condition code of the setting")
    if missing:
        yield on_claim(
            f"The dialysis bill has no {', no '.join(missing)}.",
            "Add weight in kilograms (A8), height in centimeters (A9), and 71 to 76 for where it was done.",
        )


@edit("UB-AREA", REJECT, since=date(2008, 1, 1), element="HI*BE", forms=FACILITY, needs="filed MA, paid by area",
      cites="Claims Processing Manual 10, 40.2 and 11, 30.3: value codes 61 and G8; M49")  # fmt: skip
def area_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare pays home health and hospice by the area, which a value code names."""
    own = claim.institutional
    if own is None or claim.filing_indicator not in PART_A or not re.fullmatch(r"[1-47-9]", claim.frequency):
        return
    said = {one.code for one in own.value_codes}
    wanted = {"61"} if claim.bill_type == "32" else set()
    if claim.bill_type in HOSPICE:
        wanted = {value for revenue, value in AREAS if any(line.revenue_code == revenue for line in claim.lines)}
    for code in sorted(wanted - said):
        yield on_claim(
            f"Value code {code} with the area (CBSA) is missing.", f"Add {code} with the area where the care was given."
        )


@edit(
    "UB-STATUS",
    REJECT,
    cites="NUBC form locator 17: of outpatients too; 837I TR3, CL103; MA43",
    element="CL103",
    forms=FACILITY,
    needs="no stay, status in doubt",
)
def status_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An outpatient's bill too says where the patient went."""
    if not inpatient(claim) and not claim.discharge_status:
        yield on_claim("The patient's discharge status is missing.", "Enter 01 for home, 30 for a patient who comes again.")


@edit("UB-DEATH-DAY", REJECT, since=date(2012, 10, 1), element="HI*BH", forms=FACILITY, needs="filed MA, died",
      cites="Claims Processing Manual 25, 75.3: occurrence code 55 with status 20, 40, 41 or 42; M45")  # fmt: skip
def day_of_death(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare's bill of a patient who died says on which day."""
    own = claim.institutional
    died = claim.filing_indicator in PART_A and claim.discharge_status in DIED
    if own and died and "55" not in {one.code for one in own.occurrences}:
        yield on_claim("The patient died, and no occurrence code 55 says when.", "Add occurrence code 55 with the day of death.")


def other_codes(claim: Claim) -> list[tuple[str, str]]:
    """The diagnoses beside those that were treated: at admission, of the visit, how it happened."""
    own = claim.institutional
    if own is None:
        return []
    said = [("admitting diagnosis", own.admitting_diagnosis)] if own.admitting_diagnosis else []
    said += [("reason for the visit", code) for code in own.reasons_for_visit]
    return said + [("external cause", one.code) for one in own.external_causes]


@edit("UB-DIAGNOSIS", REJECT, since=date(2015, 10, 1), cites="837I TR3, HI*ABJ, APR and ABN: ICD-10-CM in full; MA64, MA65, M76",
      element="HI01-2", forms=FACILITY, needs="other diagnosis in doubt")  # fmt: skip
def other_diagnoses(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What the patient came with, and how it happened, are whole codes in force too."""
    for what, code in other_codes(claim):
        held = tables.diagnosis(code, coded_on(claim))
        if held is None or not held.billable or icd10cm.needs_seventh(code):
            yield on_claim(f"The {what} {code} is no whole code in force.", "Use the code in full, of that year.")


FACILITY_CODES = (
    bill_type_of_no_list, frequency_of_no_list, revenue_of_no_list, status_of_no_list, interim_against_status, origin,
    hour_of_no_day, admitted_outside, begins_late, codes_twice, days_missing, class_missing, dialysis, area_missing,
    status_missing, day_of_death, other_diagnoses,
)  # fmt: skip
