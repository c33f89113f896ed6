"""Pass and fail of the edits on what payers and clearinghouses return before they decide: frequency, ids, dates, the case of an
insurer of work or cars."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from edit_bench import DAY, DOCTOR, PATIENT, TODAY, claim, context, medicare, replace
from edit_cases_forms import stay
from edit_cases_limits import Surgical

from claimwright.claims.model import Claim
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.tables import Tables, starter


class Major(Surgical):
    """The starter set, and bypass surgery as the fee schedule has it, with its days after."""

    def procedure(self, code: str, on: date) -> Procedure | None:
        found = Surgical.procedure(self, code, on)
        return replace(found, global_days="090") if found and code == "33533" else found


MAJOR = Major(**{name: getattr(starter(), name) for name in Tables.__struct_fields__})
BORN = PATIENT.birth
assert BORN


def again(frequency: str, **changes: Any) -> Claim:
    return claim(frequency=frequency, payer_control_number="P1", **changes)


def at_work(**changes: Any) -> Claim:
    """A clean claim to the insurer of work."""
    values = {"related_cause": "EM", "accident_date": DAY, "property_casualty_number": "WC-77", "filing": "WC", **changes}
    return claim(dx="S93.401A", **values)


def visited(code: str, *, place: str = "21", **changes: Any) -> Claim:
    """A visit to a patient who was in hospital from the day before until the day after."""
    values = {"admitted": DAY - timedelta(days=1), "discharged": DAY + timedelta(days=1), **changes}
    return claim(do=code, place_of_service=place, service_facility=DOCTOR, **values)


REJECTIONS = [
    ("FRQ-CODE", again("7"), claim(frequency="3")),
    ("FRQ-CODE", stay(frequency="3", discharge_status="30"), again("6")),
    ("FRQ-MEDICARE", again("7"), medicare(frequency="7", payer_control_number="P1")),
    ("FRQ-MEDICARE", medicare(), medicare(frequency="8", payer_control_number="P1")),
    ("ID-MEMBER-FILLER", claim(member="W00000001"), claim(member="unknown")),
    ("ID-MEMBER-FILLER", at_work(member="UNKNOWN"), claim(member="000000000")),
    ("ID-MEMBER-FILLER", claim(member="112345678"), claim(member="123456789")),
    ("DT-STAY-FUTURE", visited("99232"), visited("99232", discharged=TODAY + timedelta(days=1))),
    ("DT-OUTSIDE-STAY", visited("99221", admitted=DAY), visited("99221", admitted=DAY + timedelta(days=1))),
    ("DT-OUTSIDE-STAY", visited("99239", discharged=DAY), visited("99239", discharged=DAY - timedelta(days=1))),
    ("DT-OUTSIDE-STAY", visited("99222", place="22", admitted=DAY + timedelta(days=1)),
     visited("99232", discharged=DAY - timedelta(days=1))),
    ("DT-PERIOD", claim(last_menstrual_period=DAY), claim(last_menstrual_period=DAY + timedelta(days=1))),
    ("DT-BEFORE-BIRTH", claim(onset=BORN), claim(onset=BORN - timedelta(days=1))),
    ("DT-BEFORE-BIRTH", claim(accident_date=BORN), claim(accident_date=BORN - timedelta(days=1))),
    ("COV-CASE", at_work(), at_work(related_cause="")),
    ("COV-CASE", at_work(filing="AM", related_cause="AA", accident_state="OH"), at_work(filing="AM")),
    ("COV-CASE-NUMBER", at_work(), at_work(property_casualty_number="")),
    ("COV-CASE-NUMBER", at_work(filing="CI", property_casualty_number=""), stay(filing_indicator="WC")),
    ("DX-SEQUELA-FIRST", claim(dx="M25.571 S93.401S"), claim(dx="S93.401S")),
    ("DX-SEQUELA-FIRST", claim(dx="S93.401D"), claim(dx="T23.301S L90.5")),
    (
        "POS-OPERATING-ROOM",
        (medicare(do="33533", dx="I25.10", place_of_service="22", service_facility=DOCTOR), context(), MAJOR),
        (medicare(do="33533", dx="I25.10"), context(), MAJOR),
    ),
    (
        "POS-OPERATING-ROOM",
        (medicare(do="33533-55", dx="I25.10"), context(), MAJOR),
        (medicare(do="33533", dx="I25.10", place_of_service="12"), context(), MAJOR),
    ),
]  # fmt: skip

CASES = REJECTIONS
