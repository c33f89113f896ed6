"""What the tabular list's notes ask of diagnoses together: code first, use additional code, and what only adds to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from claimwright.claims.model import Claim
from claimwright.codesets import icd10cm, tabular_notes
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import GUIDELINES, ICD10, SIDE, numbered, place, pointed, starts
from claimwright.edits.facility import inpatient
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, WARN, Problem, edit, on_claim, on_line
from claimwright.parties import Struct

_CONDITIONAL = re.compile(r"\b(?:if|when)\b")
_DEMANDED = re.compile(
    r"(?:the )?(?:underlying|associated neoplasm|infection\b|malignan|neoplasm|type of cerebral|"
    r"obstetric condition|complication of t)"
)
_OPEN = re.compile(r"\b(?:if|any)\b")
_ADDS = re.compile(r"\bto (?:identify|specify)(?: the)? (?:stage|type|site|severity|dialysis)\b")
ADDED_ONLY = ("B95", "B96", "B97", "R65.2", "Z16", "Z17", "Z19", "Z37", "Z3A")
"""Supplementary by their own notes: organisms, resistance, receptors, severe sepsis, outcome of delivery, weeks of pregnancy."""
DIGITS = {
    **dict.fromkeys(("FA", "F1", "F2", "F3", "F4", "TA", "T1", "T2", "T3", "T4", "E1", "E2"), "L"),
    **dict.fromkeys(("F5", "F6", "F7", "F8", "F9", "T5", "T6", "T7", "T8", "T9", "E3", "E4"), "R"),
}
"""The side of a finger, a toe, an eyelid."""


class Causes(Struct):
    """What a code's "code first" notes say: the codes they name, whether only if they apply, whether a cause there must be."""

    named: tuple[tuple[str, str], ...]
    conditional: bool
    demanded: bool


@lru_cache(maxsize=20_000)
def causes(code: str) -> Causes | None:
    """The "code first" notes of a code and its category; none for a manifestation, which has edits of its own."""
    notes = () if icd10cm.is_manifestation(code) else tabular_notes.code_first(code)
    if not notes:
        return None
    conditional = any(_CONDITIONAL.search(note) for note in notes)
    demanded = not conditional and any(_DEMANDED.match(note.strip().lower()) for note in notes)
    return Causes(named=tabular_notes.codes_in(notes), conditional=conditional, demanded=demanded)


@lru_cache(maxsize=20_000)
def additions(code: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The codes that each note of a code itself asks for in any case: a stage, a type, a site. An "if" is left to people."""
    own = next(icd10cm.lineage(code), None)
    asked = (note for note in (own.use_additional if own else ()) if _ADDS.search(note) and not _OPEN.search(note))
    return tuple(named for note in asked if (named := tabular_notes.codes_in((note,))))


def _behind(claim: Claim) -> Iterator[tuple[int, str, str, Causes]]:
    """Diagnoses whose cause, named by their note, stands behind and not before them: place, code, the cause."""
    codes = [one.code for one in claim.diagnoses]
    for number, code in numbered(claim):
        asked = causes(code)
        if asked is None or _among(codes[: number - 1], asked.named):
            continue
        if cause := _among(codes[number:], asked.named):
            yield number, code, cause, asked


def _among(codes: list[str], spans: tuple[tuple[str, str], ...]) -> str:
    return next((code for code in codes if any(tabular_notes.within(code, low, high) for low, high in spans)), "")


@edit(
    "DX-CODE-FIRST",
    DENY,
    since=ICD10,
    cites=f"{GUIDELINES} I.A.13 and the code's note: code first; CARC 11",
    element="HI01-2",
    forms=ANY_FORM,
    needs="code first, two diagnoses",
)
def cause_behind(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis whose note says to code its cause first does not lead a claim that has the cause."""
    for number, code, cause, asked in _behind(claim):
        if number == 1 and not asked.conditional:
            yield on_claim(
                f"{code} comes first; its note says to code {cause} before it.", f"Move {cause} to the front.", place(1)
            )


@edit(
    "DX-SEQUELA-FIRST",
    DENY,
    since=ICD10,
    cites=f"{GUIDELINES} I.B.10: the condition first, then its cause as sequela; CARC 11, MA63",
    element="HI01-2",
    forms=ANY_FORM,
    needs="sequela",
)
def sequela_first(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What is left of an injury comes first, the injury that it is left of (seventh character S) behind it."""
    first = claim.diagnoses[0].code if claim.diagnoses else ""
    if icd10cm.plain(first)[6:] == "S" and not icd10cm.is_external_cause(first):
        yield on_claim(
            f"{first} says that something is left of an injury; what is left comes first.",
            f"List the present condition (a scar, pain, stiffness) before {first}.",
            place(1),
        )


@edit(
    "DX-CODE-FIRST-ORDER",
    WARN,
    since=ICD10,
    cites=f"{GUIDELINES} I.A.13 and the code's note: code first, if applicable",
    element="HI01-2",
    forms=ANY_FORM,
    needs="code first, two diagnoses",
)
def cause_later(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A cause that a note says to code first, or first if it applies, stands before what it caused."""
    for number, code, cause, asked in _behind(claim) if not inpatient(claim) else ():
        if number > 1 or asked.conditional:
            yield on_claim(f"{cause} stands behind {code}, whose note puts it first.", f"Move {cause} before it.", place(number))


@edit(
    "DX-CAUSE-MISSING",
    WARN,
    since=ICD10,
    cites=f"{GUIDELINES} I.A.13 and the code's note: code first; CARC 16, MA63",
    element="HI01-2",
    forms=ANY_FORM,
    needs="code first",
)
def cause_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis whose note demands its cause before it is not first-listed."""
    first = claim.diagnoses[0].code if claim.diagnoses else ""
    asked = causes(first) if first and not starts(first, ADDED_ONLY) else None
    if asked and asked.demanded and not _among([one.code for one in claim.diagnoses[1:]], asked.named):
        example = f", such as {asked.named[0][0]}" if asked.named else ""
        yield on_claim(f"{first} comes first; its note asks for the cause before it{example}.", "List the cause first.", place(1))


@edit(
    "DX-ADDED-ONLY",
    DENY,
    since=ICD10,
    cites=f"{GUIDELINES} I.C.1.b, I.C.1.d.1.b, I.C.15.a.4 and I.C.21.c; CARC 16, MA63",
    element="HI01-2",
    forms=ANY_FORM,
    needs="added only",
)
def added_first(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A code that only adds to another (an organism, the weeks of pregnancy) is not first-listed."""
    first = claim.diagnoses[0].code if claim.diagnoses else ""
    if first and starts(first, ADDED_ONLY) and not inpatient(claim):
        yield on_claim(
            f"{first} only adds to another diagnosis and cannot come first.", "List what it adds to before it.", place(1)
        )


@edit(
    "DX-USE-ADDITIONAL",
    ADVISE,
    since=ICD10,
    cites=f"{GUIDELINES} I.A.13 and the code's note: use additional code",
    element="HI01-2",
    forms=ANY_FORM,
    needs="use additional",
)
def addition_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A diagnosis whose note asks for the stage, type or site goes with the code of it."""
    codes = [one.code for one in claim.diagnoses]
    for number, code in numbered(claim):
        for asked in additions(code):
            if not _among(codes, asked):
                low, high = asked[0]
                span = low if low == high else f"{low} to {high}"
                said = f"The note of {code} asks for another code beside it ({span})."
                yield on_claim(said, "Add it if the record has it.", place(number))


@edit(
    "DX-SIDE-BOTH",
    WARN,
    since=ICD10,
    cites=f"{GUIDELINES} I.B.13; CARC 4, 11",
    element="SV101-3",
    needs="-50",
)
def both_sides_one_diagnosed(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service on both sides is not supported by a diagnosis of one side alone."""
    for line in claim.lines:
        codes = pointed(claim, line.pointers) if "50" in line.modifiers else []
        sides = {icd10cm.laterality(one) for one in codes}
        if codes and len(sides) == 1 and sides <= {"R", "L"}:
            side = SIDE[sides.pop()]
            yield on_line(
                line,
                f"{line.procedure} was done on both sides, its diagnoses are of the {side} alone.",
                "Link the other side's diagnosis too, or correct the modifier.",
            )


@edit(
    "DX-SIDE-DIGIT",
    DENY,
    since=ICD10,
    cites=f"{GUIDELINES} I.B.13; CARC 4",
    element="SV101-3",
    needs="digit",
)
def digit_against_diagnosis(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service on a finger, toe or eyelid of one side is not supported by diagnoses of the other side alone."""
    for line in claim.lines:
        done = {DIGITS[one] for one in line.modifiers if one in DIGITS}
        sides = {icd10cm.laterality(one) for one in pointed(claim, line.pointers)} & {"R", "L", "B"} if len(done) == 1 else set()
        if sides and not sides & (done | {"B"}):
            yield on_line(
                line,
                f"{line.procedure} was done on the {SIDE[done.pop()]}, its diagnosis is of the other side.",
                "Check the note, and correct the modifier or the diagnosis.",
            )


NOTES = (
    cause_behind,
    sequela_first,
    cause_later,
    cause_missing,
    added_first,
    addition_missing,
    both_sides_one_diagnosed,
    digit_against_diagnosis,
)
