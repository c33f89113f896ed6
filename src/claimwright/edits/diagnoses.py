"""ICD-10-CM: valid on the day, complete, in the right order. Whom a code is for: age_and_sex.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import combinations

from claimwright.claims.model import Claim
from claimwright.codesets import icd10cm, tabular_notes
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.facility import inpatient
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim, on_line

ICD10 = icd10cm.BEGAN
GUIDELINES = "ICD-10-CM Official Guidelines"
MOST_NAMED = 6
"""More codes than these are told without their words."""
SIDE = {"R": "right", "L": "left", "B": "both sides"}


def place(number: int) -> str:
    """The 837 element of the n-th diagnosis."""
    return f"HI{number:02d}-2"


def numbered(claim: Claim) -> Iterator[tuple[int, str]]:
    """The claim's diagnoses with their place, 1-based."""
    return enumerate((one.code for one in claim.diagnoses), 1)


def coded_on(claim: Claim) -> date:
    """The day whose code set holds: a stay's last day (ICD-10-CM is coded by discharge), else the first day of service."""
    own = claim.institutional
    return own.statement_through if own and inpatient(claim) else claim.first_service


def starts(code: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a code, with or without its dot, lies under one of the prefixes."""
    return icd10cm.plain(code).startswith(_plain(prefixes))


@lru_cache(maxsize=1024)
def _plain(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(icd10cm.plain(prefix) for prefix in prefixes)


@edit("DX-MISSING", REJECT, cites="837P TR3, 2300 HI; MA63", element="HI01-2", needs="head in doubt")
def missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A claim has a diagnosis."""
    if not claim.diagnoses:
        yield on_claim("The claim has no diagnosis.", "Code the reason for the visit.")


@edit("DX-COUNT", REJECT, cites="837P TR3, 2300 HI: at most twelve", element="HI01-2", needs="head in doubt")
def too_many(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A professional claim has at most twelve diagnoses."""
    if len(claim.diagnoses) > 12:
        yield on_claim(
            f"The claim has {len(claim.diagnoses)} diagnoses; twelve fit.", "Keep the twelve that support the services."
        )


@edit(
    "DX-UNKNOWN", REJECT, since=ICD10, cites="45 CFR 162.1002; M76", element="HI01-2", forms=ANY_FORM, needs="diagnosis in doubt"
)
def unknown(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every diagnosis is an ICD-10-CM code."""
    for number, code in numbered(claim):
        if not tables.known_diagnosis(code):
            yield on_claim(
                f"{code} is not an ICD-10-CM code.", "Correct the code; look for a letter O or a missing digit.", place(number)
            )


@edit(
    "DX-DATE",
    REJECT,
    since=ICD10,
    cites="ICD-10-CM yearly update; CARC 146",
    element="HI01-2",
    forms=ANY_FORM,
    needs="diagnosis in doubt",
)
def not_in_force(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every diagnosis is in force on the date of service, of a stay on the last day."""
    on = coded_on(claim)
    for number, code in numbered(claim):
        if tables.known_diagnosis(code) and tables.diagnosis(code, on) is None:
            life = icd10cm.life(code)
            why = f"{code} was not in force on {on}{f': it {life}' if life else ''}."
            yield on_claim(why, "Use the code of that year: October to September.", place(number))


@edit(
    "DX-SPECIFIC",
    REJECT,
    since=ICD10,
    cites=f"{GUIDELINES} I.B.2; M81",
    element="HI01-2",
    forms=ANY_FORM,
    needs="diagnosis in doubt",
)
def not_specific(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every diagnosis is coded to its full length."""
    on = coded_on(claim)
    for number, code in numbered(claim):
        found = tables.diagnosis(code, on)
        if found and not found.billable and not icd10cm.needs_seventh(code):
            yield on_claim(f"{code} is not complete.", _below(code, on), place(number))


def _below(code: str, on: date) -> str:
    """What to use for a code that is not complete: its complete codes in words, or the next level where there are many."""
    below = icd10cm.children(code, on)
    if len(below) <= MOST_NAMED and all(one.billable for one in below):
        return f"Use the one the note supports: {'; '.join(f'{one.code} {one.description}' for one in below)}."
    codes = ", ".join(one.code if one.billable else f"{one.code}-" for one in below)
    return f"Use the complete code the note supports, of those under it: {codes}."


@edit(
    "DX-SEVENTH", REJECT, since=ICD10, cites=f"{GUIDELINES} I.A.5", element="HI01-2", forms=ANY_FORM, needs="diagnosis in doubt"
)
def seventh_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A code that takes a 7th character has it."""
    for number, code in numbered(claim):
        if icd10cm.needs_seventh(code):
            sevenths = icd10cm.sevenths(code)
            choice = "; ".join(f"{one} {meaning}" for one, meaning in list(sevenths.items())[:MOST_NAMED])
            choice += f"; also {', '.join(list(sevenths)[MOST_NAMED:])}" if len(sevenths) > MOST_NAMED else ""
            stem = icd10cm.dotted(icd10cm.plain(code).ljust(6, "X"))
            yield on_claim(f"{code} needs a 7th character.", f"Add it after {stem}: {choice}.", place(number))


@edit(
    "DX-MANIFESTATION-FIRST",
    REJECT,
    since=ICD10,
    cites=f"{GUIDELINES} I.A.13",
    element="HI01-2",
    forms=ANY_FORM,
    needs="manifestation",
)
def manifestation_first(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A manifestation is never first-listed: its cause comes before it."""
    for number, code in numbered(claim):
        if number == 1 and icd10cm.is_manifestation(code) and not inpatient(claim):
            yield on_claim(f"{code} describes a manifestation and cannot come first.", "List its cause before it.", place(1))


@edit(
    "DX-MANIFESTATION-CAUSE",
    WARN,
    since=ICD10,
    cites=f"{GUIDELINES} I.A.13",
    element="HI01-2",
    forms=ANY_FORM,
    needs="manifestation, two diagnoses",
)
def manifestation_without_cause(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The cause of a manifestation stands right before it."""
    for number, code in numbered(claim):
        named = tabular_notes.codes_in(tabular_notes.code_first(code)) if number > 1 and icd10cm.is_manifestation(code) else ()
        before = [one for place_of, one in numbered(claim) if place_of < number]
        if named and not any(tabular_notes.within(one, low, high) for one in before for low, high in named):
            yield on_claim(
                f"{code} is a manifestation, and no cause that its note names comes before it.",
                f"List the cause first, e.g. {named[0][0]}.",
                place(number),
            )


@edit(
    "DX-EXTERNAL-CAUSE-FIRST",
    REJECT,
    since=ICD10,
    cites=f"{GUIDELINES} I.C.20.a.6",
    element="HI01-2",
    forms=ANY_FORM,
    needs="external cause",
)
def external_cause_first(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """How it happened is never the first-listed diagnosis."""
    if claim.diagnoses and icd10cm.is_external_cause(claim.diagnoses[0].code) and not inpatient(claim):
        yield on_claim(
            f"{claim.diagnoses[0].code} says how it happened and cannot come first.", "List the injury first.", place(1)
        )


@edit("DX-EXCLUDES1", DENY, since=ICD10, cites=f"{GUIDELINES} I.A.12.a", element="HI01-2", forms=ANY_FORM, needs="two diagnoses")
def excludes1(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Two diagnoses that an Excludes1 note keeps apart are not on one claim."""
    excluded = tables.excluded_on(coded_on(claim))
    for (_, one), (number, other) in combinations(numbered(claim), 2):
        if excluded(one, other) or excluded(other, one):
            yield on_claim(
                f"{one} and {other} cannot be reported together (Excludes1).",
                "Keep the one the note supports; both only if they are two unrelated conditions.",
                place(number),
            )


@edit("DX-REPEATED", REJECT, since=ICD10, cites=f"{GUIDELINES} I.B.12", element="HI01-2", forms=ANY_FORM, needs="two diagnoses")
def repeated(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Each diagnosis is reported once."""
    seen: set[str] = set()
    for number, code in numbered(claim):
        if icd10cm.plain(code) in seen:
            yield on_claim(f"{code} is on the claim twice.", "Take one off and point its lines to the other.", place(number))
        seen.add(icd10cm.plain(code))


@edit("DX-SIDE", WARN, since=ICD10, cites=f"{GUIDELINES} I.B.13", element="HI01-2", forms=ANY_FORM, needs="side open")
def unspecified_side(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis that could name the side does."""
    for number, code in numbered(claim):
        if icd10cm.laterality(code) == "U":
            said = sides_in(context.note, code)
            known = f"; the note says {' and '.join(said)}" if said else ""
            yield on_claim(f"{code} leaves the side open{known}.", "Use the code for the side the note names.", place(number))


def sides_in(note: str, code: str) -> list[str]:
    """The sides a note names right before a body part of the code's description ("right ankle", "left great toe")."""
    node = icd10cm.node_of(code)
    parts = "|".join(word for word in re.findall(r"[a-z]{3,}", node.description.lower()) if word != "unspecified") if node else ""
    found = re.findall(rf"\b(right|left|bilateral|both)\s+(?:\w+\s+)?(?:{parts})", note.lower()) if parts else []
    return sorted(set(found))


@edit("DX-SIDE-MODIFIER", DENY, since=ICD10, cites=f"{GUIDELINES} I.B.13; CARC 4", element="SV101-3", needs="-RT/-LT")
def side_against_modifier(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service on one side is not supported by diagnoses of the other side alone."""
    for line in claim.lines:
        done = {"RT", "LT"}.intersection(line.modifiers)
        if len(done) != 1:
            continue
        sides = {icd10cm.laterality(one) for one in pointed(claim, line.pointers)} & {"R", "L", "B"}
        if sides and not sides & {"B", "R" if "RT" in done else "L"}:
            yield on_line(
                line,
                f"{line.procedure} was done on the {SIDE['R' if 'RT' in done else 'L']}, its diagnosis is of the other side.",
                "Check the note, and correct the modifier or the diagnosis.",
            )


def pointed(claim: Claim, pointers: tuple[int, ...]) -> list[str]:
    """The diagnoses a line points to; pointers beyond the list are skipped."""
    return [claim.diagnoses[pointer - 1].code for pointer in pointers if 1 <= pointer <= len(claim.diagnoses)]


FIRST_ONLY = (
    "Z00", "Z01", "Z02", "Z04", "Z33.2", "Z31.81", "Z31.82", "Z31.83", "Z31.84", "Z34", "Z38", "Z39", "Z42", "Z51.0", "Z51.1",
    "Z52", "Z76.1", "Z76.2", "Z99.12",
)  # fmt: skip


@edit("DX-FIRST-ONLY", WARN, since=ICD10, cites=f"{GUIDELINES} I.C.21.c.16", element="HI01-2", needs="first only, two diagnoses")
def not_first(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Some Z codes are only ever first-listed."""
    others_first = bool(claim.diagnoses) and starts(claim.diagnoses[0].code, FIRST_ONLY)
    for number, code in numbered(claim):
        if number > 1 and starts(code, FIRST_ONLY) and not others_first:
            yield on_claim(f"{code} belongs first on the claim.", "Move it to the first place, or take it off.", place(number))


@edit("DX-BMI", DENY, since=ICD10, cites=f"{GUIDELINES} I.B.14", element="HI01-2", forms=ANY_FORM, needs="body mass")
def bmi_alone(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Body mass index is only added to a diagnosis such as obesity, never first."""
    if claim.diagnoses and starts(claim.diagnoses[0].code, ("Z68",)):
        yield on_claim(
            f"{claim.diagnoses[0].code} cannot come first.", "List the condition, e.g. obesity E66.-, before it.", place(1)
        )


@edit("DX-AFTERCARE", WARN, since=ICD10, cites=f"{GUIDELINES} I.C.21.c.7", element="HI01-2", needs="injury, two diagnoses")
def aftercare_of_injury(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Aftercare of an injury is the injury code with 7th character D, not an aftercare code."""
    injury = next((code for _, code in numbered(claim) if starts(code, ("S",))), "")
    for number, code in numbered(claim):
        if injury and starts(code, ("Z47", "Z48.0", "Z51.89")):
            yield on_claim(
                f"{code} is not used together with the injury {injury}.",
                "Take it off and give the injury 7th character D.",
                place(number),
            )


@edit(
    "DX-WEEKS",
    ADVISE,
    since=date(2016, 10, 1),
    cites="ICD-10-CM chapter 15 note: use additional code Z3A",
    element="HI01-2",
    needs="pregnancy",
)
def weeks_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis of pregnancy goes with the weeks of pregnancy."""
    codes = [code for _, code in numbered(claim)]
    pregnancy = [code for code in codes if starts(code, ("O09", "O1", "O2", "O3", "O4", "O6"))]
    if pregnancy and not any(starts(code, ("Z3A",)) for code in codes):
        yield on_claim(f"{pregnancy[0]} goes with the weeks of pregnancy.", "Add the Z3A code.")


DIAGNOSES = (
    missing,
    too_many,
    unknown,
    not_in_force,
    not_specific,
    seventh_missing,
    manifestation_first,
    manifestation_without_cause,
    external_cause_first,
    excludes1,
    repeated,
    unspecified_side,
    side_against_modifier,
    not_first,
    bmi_alone,
    aftercare_of_injury,
    weeks_missing,
)
