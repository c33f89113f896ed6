"""Diagnoses that contradict each other, or that say nothing without another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import combinations

from claimwright.claims.model import Claim
from claimwright.codesets import icd10cm
from claimwright.codesets.starter import table
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import GUIDELINES, ICD10, coded_on, numbered, place, starts
from claimwright.edits.facility import inpatient
from claimwright.edits.registry import ANY_FORM, DENY, WARN, Problem, edit, on_claim
from claimwright.parties import Struct

DRUG_EFFECT = re.compile(r"T(3[6-9]|4\d|50).{2}([56])")
"""T36-T50 by their sixth character: 5 an adverse effect, 6 an underdosing."""
FOR_A_TUMOR = ("Z51.11", "Z51.12")
TUMORS = ("C", "D0", "D1", "D2", "D3", "D4")
ENCOUNTERS = re.compile(r"([ST].{5}|M(?:80|84).{3})([A-R])")
"""An injury or fracture with its 7th character: A to C active treatment, D to R healing."""
_TRIMESTER = re.compile(r"\b(first|second|third) trimester\b")
_WEEKS = {"first": (0, 13), "second": (14, 27), "third": (28, 42)}
"""Completed weeks of each trimester (ICD-10-CM, chapter 15)."""


class Contradiction(Struct):
    """Codes of which one only is reported, or that are not beside others."""

    codes: tuple[str, ...]
    others: tuple[str, ...]
    cites: str
    why: str

    def parts(self, one: str, other: str) -> bool:
        """Whether two codes, without dots, are not together."""
        beside, pairs = self.others or self.codes, ((one, other), (other, one))
        return one != other and any(a.startswith(self.codes) and b.startswith(beside) for a, b in pairs)


@cache
def _contradictions() -> tuple[Contradiction, ...]:
    return tuple(
        Contradiction(codes=_plain(row["codes"]), others=_plain(row["others"]), cites=row["cites"], why=row["why"])
        for row in table("icd10cm_contradictions").rows
    )


def _plain(codes: str) -> tuple[str, ...]:
    return tuple(icd10cm.plain(code) for code in codes.split())


@lru_cache(16_384)
def contradictable(code: str) -> bool:
    """Whether a contradiction of the table speaks of a code."""
    return any(icd10cm.plain(code).startswith(one.codes + one.others) for one in _contradictions())


@lru_cache(16_384)
def _between(one: str, other: str) -> Contradiction | None:
    """What parts two codes."""
    pair = icd10cm.plain(one), icd10cm.plain(other)
    return next((found for found in _contradictions() if found.parts(*pair)), None)


@edit(
    "DX-CONTRADICTION",
    WARN,
    since=ICD10,
    cites=f"{GUIDELINES}, section named in the message; CARC 11",
    element="HI01-2",
    forms=ANY_FORM,
    needs="two diagnoses, contradictable",
)
def contradiction(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Two diagnoses do not contradict each other."""
    speaking = [(number, code) for number, code in numbered(claim) if contradictable(code)]
    excluded = tables.excluded_on(coded_on(claim))
    for (_, one), (number, other) in combinations(speaking, 2):
        found = _between(one, other)
        if found and not (excluded(one, other) or excluded(other, one)):  # the tabular list's own notes: DX-EXCLUDES1
            yield on_claim(
                f"{one} and {other} do not go together: {found.why} ({found.cites}).",
                "Keep what the note says of the patient; both only if it says that they are unrelated.",
                place(number),
            )


@lru_cache(16_384)
def trimester(code: str) -> str:
    """The trimester that a code of chapter 15 names, or nothing."""
    found = _TRIMESTER.findall(icd10cm.latest(code).lower()) if code.startswith("O") else []
    return found[0] if len(found) == 1 else ""


@edit(
    "DX-TRIMESTER",
    WARN,
    since=ICD10,
    cites=f"{GUIDELINES} I.C.15.a.3; CARC 11",
    element="HI01-2",
    forms=ANY_FORM,
    needs="two diagnoses, pregnancy",
)
def other_trimester(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The trimester that a diagnosis names is that of the weeks of pregnancy."""
    said = [int(code[-2:]) for _, code in numbered(claim) if starts(code, ("Z3A",)) and code[-2:].isdecimal()]
    weeks = [week for week in said if 8 <= week <= 42]  # Z3A.00 not specified, Z3A.01 under 8 weeks, Z3A.49 over 42
    weeks += [7] if 1 in said else []
    for number, code in numbered(claim) if len(weeks) == 1 and not inpatient(claim) else ():
        named = trimester(code)
        if named and not _WEEKS[named][0] <= weeks[0] <= _WEEKS[named][1]:
            yield on_claim(
                f"{code} is of the {named} trimester, Z3A of week {weeks[0]}.",
                "Correct the trimester or the weeks.",
                place(number),
            )


@edit(
    "DX-ENCOUNTER-KIND",
    WARN,
    since=ICD10,
    cites=f"{GUIDELINES} I.C.19.a; CARC 11",
    element="HI01-2",
    forms=ANY_FORM,
    needs="two diagnoses, injury",
)
def two_kinds_of_encounter(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """One injury is under active treatment or healing, not both on one claim."""
    seen: dict[str, str] = {}
    for number, code in numbered(claim):
        found = ENCOUNTERS.fullmatch(icd10cm.plain(code))
        before = seen.setdefault(found[1], code) if found else code
        if found and before != code:
            yield on_claim(
                f"{before} and {code} are one injury with two 7th characters.",
                "Keep the one of this encounter: A to C for active treatment, D and later for healing.",
                place(number),
            )


@edit(
    "DX-DRUG-FIRST",
    DENY,
    since=ICD10,
    cites=f"{GUIDELINES} I.C.19.e.5.a and c; CARC 16, MA63",
    element="HI01-2",
    forms=ANY_FORM,
    needs="effect of a drug",
)
def drug_first(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An adverse effect or underdosing follows what it did to the patient; of a stay UB-PRINCIPAL tells it."""
    first = claim.diagnoses[0].code if claim.diagnoses else ""
    found = DRUG_EFFECT.match(icd10cm.plain(first))
    if found and not inpatient(claim):
        what = "an adverse effect" if found[2] == "5" else "an underdosing"
        yield on_claim(
            f"{first} names the drug of {what} and cannot come first.", "List first what it did to the patient.", place(1)
        )


@edit(
    "DX-TUMOR-TREATED",
    DENY,
    since=ICD10,
    cites=f"{GUIDELINES} I.C.2.e.2; CARC 11, 16",
    element="HI01-2",
    forms=ANY_FORM,
    needs="treatment of a tumor",
)
def tumor_not_named(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An encounter for chemotherapy or immunotherapy names the tumor that is treated."""
    codes = [code for _, code in numbered(claim)]
    treated = next((code for code in codes if starts(code, FOR_A_TUMOR)), "")
    if treated and not any(starts(code, TUMORS) for code in codes):
        yield on_claim(f"{treated} names no tumor that is treated.", "Add the tumor after it.", place(codes.index(treated) + 1))


CONTRADICTIONS = (contradiction, other_trimester, two_kinds_of_encounter, drug_first, tumor_not_named)
