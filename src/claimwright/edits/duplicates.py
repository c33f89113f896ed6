"""The same service billed twice: on the claim, in the batch, or before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.others import same_practice, standing
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim, on_line

SITE = re.compile(r"F[A1-9]|T[A1-9]|E[1-4]|L[CDM]|R[CI]")
ON_PURPOSE = frozenset({"76", "77", "91", "59", "XE", "XS", "XP", "XU", "25", "27"})
"""Modifiers that say a service was done again."""


def same_service(one: ServiceLine, other: ServiceLine) -> bool:
    """Whether two lines are the same service on the same day, with nothing to tell them apart."""
    return (
        (one.procedure, one.first_service, frozenset(one.modifiers))
        == (other.procedure, other.first_service, frozenset(other.modifiers))
        and (one.revenue_code, one.drug) == (other.revenue_code, other.drug)
        and not ON_PURPOSE & set(one.modifiers)
    )


@edit("DUP-LINE", DENY, cites="Claims Processing Manual 1, 120.2; CARC 18", element="SV101", needs="two lines")
def line_twice(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service is on the claim once; more of it are units."""
    for place, line in enumerate(claim.lines):
        if any(same_service(line, before) for before in claim.lines[:place]):
            yield on_line(
                line,
                f"{line.procedure} of {line.first_service} is on the claim twice.",
                "Put the units on one line; add 76 (again), 91 (test again) or the side if it was done again.",
            )


TELLING = ON_PURPOSE | {"26", "TC", "50", "RT", "LT", "62", "66", "80", "81", "82", "AS", "JW", "JZ", "51", "58", "78", "79"}
"""Modifiers that tell two lines of one procedure apart, beside fingers, toes, eyelids and vessels."""


@edit(
    "DUP-NEAR",
    WARN,
    cites="Claims Processing Manual 1, 120: suspect duplicates; CARC 18",
    element="SV101",
    needs="several units, two lines",
)
def nearly_twice(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Two lines of one procedure on one day by one provider say what tells them apart."""
    for place, line in enumerate(claim.lines):
        for before in claim.lines[:place]:
            same = (line.procedure, line.first_service) == (before.procedure, before.first_service)
            who = rendering_of(claim, line).npi == rendering_of(claim, before).npi
            if not (same and who) or same_service(line, before):
                continue
            apart = set(line.modifiers) ^ set(before.modifiers)
            if not (TELLING & apart or any(SITE.fullmatch(one) for one in apart)) and line.drug == before.drug:
                said = f"{line.procedure} of {line.first_service} is there twice, with modifiers that tell nothing apart."
                yield on_line(line, said, "Put the units on one line; add 76, 91, 59 or the side if it was done again.")
                break


def repeats(claim: Claim, other: Claim) -> bool:
    """Whether another claim bills the same payer for the same patient, day and service."""
    same_turn = (claim.payer.payer_id, claim.responsibility) == (other.payer.payer_id, other.responsibility)
    both_original = claim.frequency == "1" and other.frequency == "1"
    same_lines = any(same_service(line, done) for line in claim.lines for done in other.lines)
    return same_turn and both_original and same_practice(claim, other) and same_lines


@edit("DUP-BATCH", DENY, cites="Claims Processing Manual 1, 120.2; CARC 18", element="CLM01", forms=ANY_FORM, needs="batch")
def twice_in_batch(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service leaves once in a batch."""
    for other in context.batch:
        if other.patient_control_number != claim.patient_control_number and repeats(claim, other):
            yield on_claim(
                f"Claim {other.patient_control_number} of the same batch bills the same service of the same day.",
                "Send one of the two.",
            )


@edit("DUP-HISTORY", DENY, cites="Claims Processing Manual 1, 120.2; CARC 18", element="CLM01", forms=ANY_FORM, needs="history")
def billed_before(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service was not billed before to the same payer, on another claim or on this one, and not taken back since."""
    for other in standing([one for one in context.history if one.lines and same_practice(claim, one)], frozenset({"8"})):
        if repeats(claim, other):
            same = other.patient_control_number == claim.patient_control_number
            yield on_claim(
                "This claim was sent before, as an original too."
                if same
                else f"Claim {other.patient_control_number} already bills the same service of {claim.first_service}.",
                "Follow up that claim; send a correction (frequency 7) if it was wrong.",
            )


@edit("DUP-CONTROL-NUMBER", REJECT, cites="837 TR3, CLM01: unique to the claim", element="CLM01", forms=ANY_FORM, needs="batch")
def control_number_twice(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """No two claims of a batch share a patient control number."""
    same = [one for one in context.batch if one.patient_control_number == claim.patient_control_number]
    if same:
        yield on_claim("Another claim of the batch has the same patient control number.", "Give each claim its own number.")


DUPLICATES = (line_twice, nearly_twice, twice_in_batch, billed_before, control_number_twice)
