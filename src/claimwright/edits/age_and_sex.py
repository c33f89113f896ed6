"""Whom a procedure is for: its ages and its sex."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.procedure_limits import limits_on, sex_of
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line


def _of_other_age(claim: Claim, by: str, fix: str) -> Iterator[Problem]:
    """Lines whose procedure is, by its definition or a vaccine's license, for another age."""
    birth = claim.patient.birth
    if birth is None:
        return
    for line in claim.lines:
        for limit in limits_on(line.procedure, line.first_service):
            if limit.by == by and not limit.of_age(birth, line.first_service):
                said = f"{line.procedure} is for ages {limit.ages_said} ({limit.why}); the patient's age does not fit."
                yield on_line(line, said, fix)


@edit("PX-AGE", DENY, cites="Age in the code's definition; CARC 6", element="SV101-2", needs="procedure of an age")
def wrong_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure for one age is not used for another."""
    return _of_other_age(claim, "definition", "Use the code for the patient's age, or correct the birth date.")


@edit(
    "IMM-AGE",
    WARN,
    since=date(2023, 9, 11),
    cites="Ages the vaccine is licensed for (FDA); CARC 6",
    element="SV101-2",
    needs="vaccine of an age",
)
def not_licensed_for(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A vaccine is given at an age it is licensed for."""
    return _of_other_age(claim, "license", "Check which vaccine was given: use its code and NDC.")


@edit("PX-SEX", DENY, cites="Sex in the code's definition; Claims Processing Manual 32, 240; CARC 7", element="SV101-2",
      needs="procedure of a sex")  # fmt: skip
def wrong_sex(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure of one sex is not used for the other, unless KX says that the registered sex is not the question."""
    for line in claim.lines:
        sex = sex_of(line.procedure, line.first_service)
        if sex and claim.patient.sex not in {sex, "U"} and "KX" not in line.modifiers:
            yield on_line(
                line,
                f"{line.procedure} is for {'female' if sex == 'F' else 'male'} patients, the registration says otherwise.",
                "Check the registration and the code; modifier KX where the payer allows it.",
            )


AGE_AND_SEX = (wrong_age, wrong_sex, not_licensed_for)
