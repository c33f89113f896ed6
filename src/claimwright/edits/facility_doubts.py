"""What a facility's claim has, and what on it is not as it nearly always is: facts by which few of its edits need run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from claimwright.claims.model import Claim, Institutional
from claimwright.codesets.numbers import numbers
from claimwright.edits import facility_codes as codes
from claimwright.edits.facility import ADMISSION_TYPES, HOURS, INPATIENT, ROOM, TOTALS, UNPLANNED, WANTS_CODE, procedures_of
from claimwright.edits.facility_diagnoses import NOT_ADMITTING
from claimwright.identifiers import npi_valid
from claimwright.parties import Provider

Facts = frozenset[str]


def of_facility(claim: Claim) -> Iterator[Facts | str]:
    """The facts of an institutional claim."""
    yield _of_bill(claim.bill_type, claim.frequency, claim.admission_type, claim.admission_source, claim.discharge_status)
    for line in claim.lines:
        yield _of_revenue(line.revenue_code, line.procedure)
        if line.non_covered:
            yield "not covered"
    if claim.attending is None or _unnamed(claim.attending):
        yield "attending in doubt"
    if claim.bill_type in INPATIENT and not (claim.admitted and claim.admission_type and claim.admission_source):
        yield "admission in doubt"
    if any([one.present_on_admission for one in claim.diagnoses]):
        yield "presence said"
    own = claim.institutional
    if own is None or own.statement_through < own.statement_from:
        yield "period in doubt"
    if own is not None:
        yield from _of_stay(claim, own)


def _of_stay(claim: Claim, own: Institutional) -> Iterator[str]:
    """What the part says that only a facility's claim has."""
    first, last = own.statement_from, own.statement_through
    if any([line.first_service < first or line.through > last for line in claim.lines]):
        yield "line outside"
    if any([hour and not codes.HOUR.fullmatch(hour) for hour in (own.admission_hour, own.discharge_hour)]):
        yield "hour in doubt"
    if claim.bill_type in HOURS and not (own.admission_hour and own.discharge_hour):
        yield "hour in doubt"
    if (claim.bill_type in INPATIENT and not own.admitting_diagnosis) or NOT_ADMITTING.match(own.admitting_diagnosis):
        yield "admitting in doubt"
    if procedures_of(claim):
        yield "operated"
    if own.condition_codes or own.occurrences or own.occurrence_spans or own.value_codes:
        yield "form codes"


@lru_cache(4096)
def _of_bill(bill_type: str, frequency: str, admission_type: str, origin: str, status: str) -> Facts:
    stay, birth = bill_type in INPATIENT, admission_type == "4"
    left = numbers("discharge status").has(status)
    facts = {
        "stay": stay,
        "no stay": not stay,
        "hospital stay": bill_type == "11",
        "bill type in doubt": bill_type not in codes.BILL_TYPES,
        "admission type in doubt": admission_type not in ADMISSION_TYPES,
        "birth": birth,
        "origin in doubt": origin not in (codes.BIRTHS if birth else codes.ORIGINS),
        "status in doubt": not left or (stay and status == codes.STILL_THERE and frequency == "1"),
        "dialysis": bill_type == "72",
        "paid by class": bill_type in codes.HIPPS,
        "paid by area": bill_type == "32" or bill_type in codes.HOSPICE,
        "died": status in codes.DIED,
    }
    return frozenset(fact for fact, value in facts.items() if value)


@lru_cache(8192)
def _of_revenue(code: str, procedure: str) -> Facts:
    facts = {
        "revenue in doubt": not re.fullmatch(r"\d{4}", code) or code in TOTALS or not numbers("revenue").has(code),
        "room": ROOM.fullmatch(code) is not None,
        "no service named": not procedure and WANTS_CODE.fullmatch(code) is not None,
        "unplanned": code[:3] in UNPLANNED,
        "observation": code == "0762" or procedure == "G0378",
    }
    return frozenset(fact for fact, value in facts.items() if value)


@lru_cache(1024)
def _unnamed(who: Provider) -> bool:
    return not (who.person and who.name.strip() and npi_valid(who.npi))
