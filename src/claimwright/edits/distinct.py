"""Modifiers that lean on another line: 59 and its kin, repeated tests, sides and fingers, several procedures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.modifiers import DISTINCT
from claimwright.edits.notes import DIGITS
from claimwright.edits.others import others
from claimwright.edits.procedures import priced
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import DENY, REJECT, WARN, Problem, edit, on_line

X_FROM = date(2015, 1, 1)
SCHEDULE = "Medicare physician fee schedule, multiple procedure indicator 0"


def beside(claim: Claim, line: ServiceLine, context: Context) -> list[tuple[Claim, ServiceLine]]:
    """The other lines of a day, on the claim and on the patient's other claims by this practice."""
    here = [(claim, one) for one in claim.lines if one is not line]
    return [(of, one) for of, one in (*here, *others(claim, context)) if one.first_service == line.first_service]


@edit(
    "MOD-59-AND-X",
    DENY,
    since=X_FROM,
    cites="CMS, modifiers 59 and X{EPSU}: not on one line; CARC 4",
    element="SV101-3",
    needs="-59, -XE/-XP/-XS/-XU",
)
def both_kinds(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An X modifier says more than 59 and takes its place."""
    for line in claim.lines:
        said = sorted(DISTINCT & set(line.modifiers))
        if "59" in said and len(said) > 1:
            yield on_line(line, f"59 stands beside {said[1]} on one line.", f"Keep {said[1]}, take 59 off.")


@edit(
    "MOD-59-ALONE",
    WARN,
    since=date(1997, 1, 1),
    cites="NCCI Policy Manual I.E: separate from another procedure of the day; CARC 4",
    element="SV101-3",
    needs="-59/-XE/-XP/-XS/-XU",
)
def separate_from_nothing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers 59, XE, XP, XS and XU separate a service from another of the same day."""
    for line in claim.lines:
        said = sorted(DISTINCT & set(line.modifiers))
        if said and not beside(claim, line, context):
            yield on_line(line, f"Modifier {said[0]} separates {line.procedure} from nothing else that day.", "Take it off.")


@edit(
    "MOD-XP",
    WARN,
    since=X_FROM,
    cites="CMS, definition of XP: another practitioner; CARC 4",
    element="SV101-3",
    needs="-XP",
)
def same_practitioner(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifier XP says that another practitioner did the other service."""
    for line in claim.lines:
        others = beside(claim, line, context) if "XP" in line.modifiers else []
        me = rendering_of(claim, line).npi
        if others and all(rendering_of(of, one).npi == me for of, one in others):
            yield on_line(
                line, "XP says another practitioner; one did all of the day.", "Use XS for another site, XE for another session."
            )


@edit(
    "MOD-91",
    DENY,
    since=date(2000, 1, 1),
    cites="CPT definition of modifier 91: laboratory tests; CARC 4",
    element="SV101-3",
    needs="-91",
)
def repeat_of_no_test(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifier 91 is for laboratory tests."""
    for line, found in priced(claim, tables):
        if "91" in line.modifiers and found.service_kind != "lab":
            yield on_line(
                line, f"{line.procedure} is no laboratory test, 91 is for these.", "Use 76 or 77 for what was repeated."
            )


@edit(
    "MOD-91-FIRST",
    WARN,
    since=date(2000, 1, 1),
    cites="CPT definition of modifier 91: a test done again; Claims Processing Manual 16, 100.5.1; CARC 4",
    element="SV101-3",
    needs="-91",
)
def test_repeated_never(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifier 91 follows a first time of the test on the same day."""
    for line in claim.lines:
        same = any(one.procedure == line.procedure for _, one in beside(claim, line, context))
        if "91" in line.modifiers and not same:
            yield on_line(
                line,
                f"91 says that {line.procedure} was done again; its first time is not there.",
                "Put the first one before it.",
            )


@edit(
    "MOD-91-INSTEAD",
    WARN,
    since=date(2000, 1, 1),
    cites="CPT definitions of modifiers 76 and 91; Claims Processing Manual 16, 100.5.1; CARC 4",
    element="SV101-3",
    needs="-76/-77, lab",
)
def test_repeated_as_procedure(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A laboratory test done again carries 91, not 76 or 77."""
    for line, found in priced(claim, tables):
        said = sorted({"76", "77"} & set(line.modifiers))
        if said and found.service_kind == "lab":
            yield on_line(line, f"{line.procedure} is a laboratory test with {said[0]}.", "Use 91 for a test done again.")


@edit(
    "MOD-SIDE-DIGIT",
    REJECT,
    cites="Definitions of RT, LT, FA to F9, TA to T9 and E1 to E4; N519",
    element="SV101-3",
    needs="-RT/-LT, digit",
)
def side_against_digit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A finger, toe or eyelid lies on the side that the line names."""
    for line in claim.lines:
        side = {"RT": "R", "LT": "L"}
        named = {side[one] for one in line.modifiers if one in side}
        digits = [one for one in line.modifiers if one in DIGITS]
        if len(named) == 1 and any(DIGITS[one] not in named for one in digits):
            yield on_line(line, f"Modifiers {' '.join(line.modifiers)} name both sides.", "Keep the side that the note names.")


@edit(
    "MOD-51",
    WARN,
    since=date(1992, 1, 1),
    cites=f"{SCHEDULE}; CPT appendices D and E: exempt from 51; CARC 4",
    element="SV101-3",
    needs="-51",
)
def never_reduced(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifier 51 (one of several) is not for add-on codes, nor for what is never reduced."""
    for line, found in priced(claim, tables):
        if "51" in line.modifiers and (found.add_on or found.global_days == "ZZZ" or found.multiple in {"0", "9"}):
            yield on_line(line, f"{line.procedure} is never reduced as one of several: 51.", "Take 51 off.")


@edit(
    "MOD-51-FIRST",
    WARN,
    since=date(1992, 1, 1),
    cites="CPT definition of modifier 51: on the second and further procedures; Claims Processing Manual 12, 40.6; CARC 59",
    element="SV101-3",
    needs="-51",
)
def first_reduced(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """One procedure of the day goes without modifier 51."""
    reduced = [line for line in claim.lines if "51" in line.modifiers]
    for line in reduced:
        same_day = [
            found for one, found in priced(claim, tables) if one.first_service == line.first_service and one not in reduced
        ]
        if not any(found.service_kind == "procedure" and not found.add_on for found in same_day):
            yield on_line(line, "51 is on a procedure with no first one that day.", "Take 51 off the procedure that pays most.")
            return


DISTINCTION = (
    both_kinds,
    separate_from_nothing,
    same_practitioner,
    repeat_of_no_test,
    test_repeated_never,
    test_repeated_as_procedure,
    side_against_digit,
    never_reduced,
    first_reduced,
)
