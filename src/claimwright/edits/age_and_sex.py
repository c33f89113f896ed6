"""Whom a procedure or a diagnosis is for: its ages and its sex."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets import mce
from claimwright.codesets.diagnosis_limits import OLDEST, ages_of, names_its_age, sex_of
from claimwright.codesets.icd10cm import BEGAN
from claimwright.codesets.procedure_limits import limits_on
from claimwright.codesets.procedure_limits import sex_of as sex_of_procedure
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import numbered, place
from claimwright.edits.facility import FACILITY, inpatient
from claimwright.edits.registry import ANY_FORM, DENY, WARN, Problem, edit, on_claim, on_line
from claimwright.effective import age_on

EXPLAINED = {"professional": "modifier KX", "institutional": "condition code 45", "dental": "a note of the claim"}
"""How a claim says that the registered sex is no error (Claims Processing Manual 32, 240)."""


def sex_explained(claim: Claim) -> bool:
    """Whether condition code 45 says that the registered sex is no error (Claims Processing Manual 32, 240.1)."""
    return claim.institutional is not None and "45" in claim.institutional.condition_codes


def _procedures_of_other_age(claim: Claim, by: str, fix: str) -> Iterator[Problem]:
    """Lines whose procedure is, by its definition or a vaccine's license, for another age."""
    birth = claim.patient.birth
    if birth is None:
        return
    for line in claim.lines:
        for limit in limits_on(line.procedure, line.first_service):
            if limit.by == by and not limit.of_age(birth, line.first_service):
                said = f"{line.procedure} is for ages {limit.ages_said} ({limit.why}); the patient's age does not fit."
                yield on_line(line, said, fix)


@edit(
    "PX-AGE",
    DENY,
    cites="Age in the code's definition; CARC 6",
    element="SV101-2",
    forms=frozenset({"professional", "institutional"}),
    needs="procedure of an age",
)
def procedure_of_other_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure for one age is not used for another."""
    return _procedures_of_other_age(claim, "definition", "Use the code for the patient's age, or correct the birth date.")


@edit(
    "IMM-AGE",
    WARN,
    since=date(2023, 9, 11),
    cites="Ages the vaccine is licensed for (FDA); CARC 6",
    element="SV101-2",
    needs="vaccine of an age",
)
def vaccine_of_other_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A vaccine is given at an age it is licensed for."""
    return _procedures_of_other_age(claim, "license", "Check which vaccine was given: use its code and NDC.")


@edit(
    "PX-SEX",
    DENY,
    cites="Sex in the code's definition; I/OCE edit 8; Claims Processing Manual 32, 240; CARC 7",
    element="SV101-2",
    forms=frozenset({"professional", "institutional"}),
    needs="procedure of a sex",
)
def procedure_of_other_sex(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure of one sex is not used for the other, unless KX or condition code 45 says that the sex is no error."""
    for line in () if sex_explained(claim) else claim.lines:
        sex = sex_of_procedure(line.procedure, line.first_service)
        if sex and claim.patient.sex not in {sex, "U"} and "KX" not in line.modifiers:
            yield on_line(
                line,
                f"{line.procedure} is for {'female' if sex == 'F' else 'male'} patients, the registration says otherwise.",
                f"Check the registration and the code; if both are right, add {EXPLAINED[claim.form]}.",
            )


def _diagnoses_of_other_age(claim: Claim) -> Iterator[tuple[int, str, tuple[int, int]]]:
    """The diagnoses for another age, with their place and their ages; a stay's are judged by UB-AGE."""
    if claim.patient.birth is None or inpatient(claim):
        return
    age = age_on(claim.patient.birth, claim.first_service)
    for number, code in numbered(claim):
        ages = ages_of(code)
        if ages and not ages[0] <= age <= ages[1]:
            yield number, code, ages


def _ages_said(ages: tuple[int, int]) -> str:
    return f"{ages[0]} and over" if ages[1] == OLDEST else f"{ages[0]} to {ages[1]}" if ages[1] else "under 1"


@edit(
    "DX-AGE",
    DENY,
    since=BEGAN,
    cites="Age in the code's meaning; CMS Medicare Code Editor and I/OCE edit 2, age conflict; CARC 9",
    element="HI01-2",
    forms=ANY_FORM,
    needs="diagnosis of an age",
)
def diagnosis_of_other_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis for one age is not used for another; to a hospital every list of the Medicare Code Editor counts."""
    for number, code, ages in _diagnoses_of_other_age(claim):
        if claim.form == "institutional" or names_its_age(code):
            yield on_claim(
                f"{code} is for ages {_ages_said(ages)}; the patient's age does not fit.",
                "Check the birth date and the diagnosis.",
                place(number),
            )


@edit(
    "DX-AGE-USUAL",
    WARN,
    since=BEGAN,
    cites="CMS Medicare Code Editor, age conflict: lists of adult and pediatric diagnoses; CARC 9",
    element="HI01-2",
    forms=frozenset({"professional", "dental"}),
    needs="diagnosis of an age",
)
def diagnosis_of_unusual_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis that is rare at the patient's age is looked at before it leaves."""
    for number, code, ages in _diagnoses_of_other_age(claim):
        if not names_its_age(code):
            yield on_claim(
                f"{code} is seldom found but at ages {_ages_said(ages)}; some payers deny it for others.",
                "Check the birth date and the diagnosis; keep it if the note bears it out.",
                place(number),
            )


@edit(
    "DX-SEX",
    DENY,
    since=BEGAN,
    cites="CMS Medicare Code Editor, lists by sex; Claims Processing Manual 32, 240; CARC 10",
    element="HI01-2",
    forms=ANY_FORM,
    needs="diagnosis of a sex",
)
def diagnosis_of_other_sex(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis of one sex is not used for the other, unless KX or condition code 45 says that the sex is no error."""
    if inpatient(claim) or sex_explained(claim):
        return
    for number, code in numbered(claim):
        sex = sex_of(code)
        if not sex or claim.patient.sex in {sex, "U"}:
            continue
        pointing = [line for line in claim.lines if number in line.pointers] or claim.lines
        if not any("KX" in line.modifiers for line in pointing):
            yield on_claim(
                f"{code} is for {'female' if sex == 'F' else 'male'} patients, the registration says otherwise.",
                f"Check the registration and the diagnosis; if both are right, add {EXPLAINED[claim.form]}.",
                place(number),
            )


@edit(
    "UB-AGE",
    DENY,
    since=BEGAN,
    cites="CMS Definitions of Medicare Code Edits, age conflict; CARC 9",
    element="HI01-2",
    forms=FACILITY,
)
def stay_of_other_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay's diagnosis for one age is not used for another."""
    birth = claim.patient.birth
    for one in claim.diagnoses if inpatient(claim) and birth else ():
        assert birth
        span = mce.age_conflict(one.code, age_on(birth, claim.admitted or claim.first_service))
        if span:
            yield on_claim(f"{one.code} is for ages {span[0]} to {span[1]}.", "Check the diagnosis and the birth date.")


@edit(
    "UB-SEX",
    DENY,
    since=BEGAN,
    until=mce.SEX_UNTIL,
    cites="CMS Definitions of Medicare Code Edits, sex conflict; CARC 10",
    element="HI01-2",
    forms=FACILITY,
)
def stay_of_other_sex(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay's diagnosis of one sex is not used for the other; no edit any more from fiscal year 2025 on."""
    for one in claim.diagnoses if inpatient(claim) and not sex_explained(claim) else ():
        if mce.sex_conflict(one.code, claim.patient.sex, claim.first_service):
            yield on_claim(
                f"{one.code} is of the other sex.",
                "Check the diagnosis and the registration; condition code 45 where the sex is no error.",
            )


AGE_AND_SEX = (
    diagnosis_of_other_age,
    diagnosis_of_unusual_age,
    diagnosis_of_other_sex,
    stay_of_other_age,
    stay_of_other_sex,
    procedure_of_other_age,
    procedure_of_other_sex,
    vaccine_of_other_age,
)
