"""Pass and fail of the edits on what payers and clearinghouses return before they decide: frequency, ids, dates, the case of an
insurer of work or cars."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from edit_bench import DAY, DOCTOR, PATIENT, PAYER, PRACTICE, TODAY, claim, context, covered, medicare, person, replace
from edit_cases_forms import stay, teeth
from edit_cases_limits import Surgical

from claimwright.claims.model import Claim, Tooth
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.tables import Tables, starter
from claimwright.coverage.model import Authorization
from claimwright.effective import Period
from claimwright.parties import Insured


class Major(Surgical):
    """The starter set, and bypass surgery as the fee schedule has it, with its days after."""

    def procedure(self, code: str, on: date) -> Procedure | None:
        found = Surgical.procedure(self, code, on)
        return replace(found, global_days="090") if found and code == "33533" else found


MAJOR = Major(**{name: getattr(starter(), name) for name in Tables.__struct_fields__})
HOUSE = replace(DOCTOR, person=False, name="Mercy Hospital", address=PRACTICE.address)
BARE = replace(HOUSE, address=None)
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
    stay = {"admitted": DAY - timedelta(days=1), "discharged": DAY + timedelta(days=1), "service_facility": HOUSE}
    return claim(do=code, place_of_service=place, **{**stay, **changes})


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


def by(taxonomy: str, do: str, filing: str = "MB", **changes: Any) -> Claim:
    """A claim for Medicare or another payer, rendered by someone of a taxonomy."""
    made = medicare if filing == "MB" else claim
    return made(do=do, filing=filing, rendering=replace(DOCTOR, taxonomy=taxonomy), **changes)


CHIROPRACTOR, PSYCHOLOGIST, THERAPIST, DIETITIAN = "111N00000X", "103TC0700X", "225100000X", "133V00000X"
NURSE_ANESTHETIST, ANESTHESIOLOGIST, ASSISTANT = "367500000X", "207L00000X", "363A00000X"

WHO = [
    ("SCP-MEDICARE", by(CHIROPRACTOR, "98941-AT", dx="M99.03"), by(CHIROPRACTOR, "99213", dx="M99.03")),
    ("SCP-MEDICARE", by(CHIROPRACTOR, "72100-GY", dx="M99.03"), by(CHIROPRACTOR, "72100", dx="M99.03")),
    ("SCP-MEDICARE", by(DIETITIAN, "97802*4", dx="E11.9"), by(DIETITIAN, "99401", dx="E11.9")),
    ("SCP-MEDICARE", by("152W00000X", "66984-RT-55", dx="H25.11"), by("152W00000X", "66984-RT", dx="H25.11")),
    ("SCP-CODE", by(PSYCHOLOGIST, "90837", "CI", dx="F41.1"), by(PSYCHOLOGIST, "99213", "CI", dx="F41.1")),
    ("SCP-CODE", by(CHIROPRACTOR, "99213", "CI", dx="M99.03"), by(THERAPIST, "99213", "CI", dx="M54.50")),
    ("SCP-CODE", by("213E00000X", "28285-T6", "CI", dx="M20.41"), by("213E00000X", "45378", "CI", dx="K63.5")),
    ("SCP-ANESTHESIA", by(NURSE_ANESTHETIST, "00400-QZ"), by(NURSE_ANESTHETIST, "00400-AA")),
    ("SCP-ANESTHESIA", by(ANESTHESIOLOGIST, "00400-QK"), by(ANESTHESIOLOGIST, "00400-QZ", "CI")),
    ("SCP-ASSISTANT", by(ASSISTANT, "27130-RT-AS", dx="M16.11"), by(ASSISTANT, "27130-RT-80", dx="M16.11")),
    ("SCP-ASSISTANT", by("207X00000X", "27130-RT-80", dx="M16.11"), by("207X00000X", "27130-RT-AS", dx="M16.11")),
]

SITES = [
    ("MOD-SITE", claim(do="26055-F5", dx="M65.341"), claim(do="26055-T5", dx="M65.341")),
    ("MOD-SITE", claim(do="28285-T6", dx="M20.41"), claim(do="28285-F5", dx="M20.41")),
    ("MOD-SITE", claim(do="20610-RT", dx="M17.11"), claim(do="99213-RT")),
    ("MOD-SITE", claim(do="49505-RT", dx="K40.90"), claim(do="45378-LT", dx="K63.5")),
    ("MOD-SITE", claim(do="67840-E1", dx="D23.111"), claim(do="66984-E1", dx="H25.11")),
    ("MOD-SITE", claim(do="92928-LD", dx="I25.10"), claim(do="71046-LD")),
]

GRANTED = Authorization(plan_id="ppo", number="AU77", procedure="70553", units=1, period=Period(date(2026, 1, 1)))
ASKED = context(coverage=covered(authorization_required=frozenset({"70553"})), authorizations=(GRANTED,))


def of(relationship: str, **changes: Any) -> Claim:
    """A claim of someone insured by another, who was born in 1971."""
    holder = Insured(person=person(first="Otto"), member_id="ZZ448812", relationship=relationship)
    return claim(insured=holder, **changes)


def on_teeth(*done: tuple[str, str]) -> Claim:
    """A dentist's claim of codes on teeth."""
    made = [teeth(code, Tooth(number=number, surfaces=("O",) if code == "D2391" else ())) for code, number in done]
    services = tuple(replace(one.lines[0], number=at, control_number=f"L{at}") for at, one in enumerate(made, 1))
    return replace(made[0], lines=services, charge=sum(line.charge for line in services))


MORE = [
    ("COV-PAYER-ID", claim(), claim(payer=replace(PAYER, payer_id=""))),
    ("PRV-STATE", claim(), claim(billing=replace(PRACTICE, address=replace(PRACTICE.address, zip="902101234")))),
    ("PRV-STATE", claim(), claim(billing=replace(PRACTICE, address=replace(PRACTICE.address, state="OX")))),
    ("PRV-NAME", claim(), claim(rendering=replace(DOCTOR, name=" "))),
    ("PRV-NAME", claim(referring=DOCTOR), claim(referring=replace(DOCTOR, name=""))),
    ("PRV-FACILITY-ADDRESS", visited("99232", service_facility=HOUSE), visited("99232", service_facility=BARE)),
    ("ID-RELATIVE-AGE", of("19", age=9), of("19", age=70)),
    ("ID-RELATIVE-AGE", of("01", age=30), of("01", age=3)),
    ("MCR-REFERRED-TEST", claim(do="80053-90", dx="E11.9"), medicare(do="80053-90", dx="E11.9")),
    ("POS-SERVICE", claim(), claim(place_of_service="81")),
    (
        "AUTH-UNKNOWN",
        (claim(do="70553", prior_authorization="AU77"), ASKED),
        (claim(do="70553", prior_authorization="AU7"), ASKED),
    ),
    ("AUTH-FILLER", claim(prior_authorization="AU77"), claim(prior_authorization="NONE")),
    ("AUTH-FILLER", claim(referral_number="R1", referring=DOCTOR), claim(referral_number="000000", referring=DOCTOR)),
    ("FRQ-CONTROL-NUMBER", again("7"), claim(frequency="7", payer_control_number="UNKNOWN")),
    ("AMB-TRIP", claim(do="A0429-RH", dx="R07.9", place_of_service="41"), claim(do="A0429", dx="R07.9", place_of_service="41")),
    ("AMB-MILES", claim(do="A0429-RH A0425-RH*5", dx="R07.9"), claim(do="A0425-RH*5", dx="R07.9")),
    ("POS-SERVICE", claim(do="A0430-RH", dx="R07.9", place_of_service="42"), claim(do="A0430-RH", dx="R07.9")),
    ("EQP-HOW", medicare(do="E0143-RR", dx="M17.11"), medicare(do="E0143", dx="M17.11")),
    ("DEN-SAME-TOOTH", on_teeth(("D7140", "3"), ("D2391", "2")), on_teeth(("D7140", "3"), ("D2391", "3"))),
    ("DEN-SAME-TOOTH", on_teeth(("D2740", "3"), ("D2950", "3")), on_teeth(("D2740", "3"), ("D2391", "3"))),
]

CASES = REJECTIONS + MORE + WHO + SITES
