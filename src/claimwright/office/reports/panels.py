"""Panels beside the codes: the tabular list in place, the office visit's ladder, risk adjustment, the DRG."""

from datetime import date
from typing import Any

import msgspec

from claimwright.codesets import icd10cm
from claimwright.coding import drg as grouping
from claimwright.coding import risk as risks
from claimwright.coding.em_families import families
from claimwright.coding.em_table import NAMES
from claimwright.effective import age_on
from claimwright.office.records.charts import coding_of, documents_of
from claimwright.office.records.models import Encounter

NOTES = (
    ("Includes", "includes"),
    ("Inclusion terms", "inclusions"),
    ("Excludes1: never together", "excludes1"),
    ("Excludes2: not part of it, may be coded beside", "excludes2"),
    ("Code first", "code_first"),
    ("Use additional code", "use_additional"),
    ("Code also", "code_also"),
)


class Step(msgspec.Struct):
    """A code or category of the tabular list with its own notes."""

    code: str
    description: str
    notes: list[tuple[str, tuple[str, ...]]]


def tabular(code: str) -> list[Step]:
    """The code and what stands above it up to the category, nearest first."""
    return [
        Step(
            icd10cm.dotted(node.code),
            node.description,
            [(title, getattr(node, name)) for title, name in NOTES if getattr(node, name)],
        )
        for node in icd10cm.lineage(code)
    ]


def sevenths(code: str, on: date) -> list[tuple[str, str, str]]:
    """(full code, character, meaning) of each 7th character that the code may carry."""
    plain = icd10cm.plain(code)
    stem = plain if icd10cm.needs_seventh(plain) else plain[:6].rstrip("X")
    found = ((icd10cm.dotted(f"{stem:X<6}{letter}"), letter, words) for letter, words in icd10cm.sevenths(stem).items())
    return [row for row in found if icd10cm.lookup(row[0], on)]


def ladder(code: str) -> list[tuple[int, str]]:
    """(level, code) of the family that a visit's code belongs to."""
    family = next((one for one in families().values() if code in one.codes), None)
    return list(enumerate(family.codes, start=2)) if family else []


def elements(level: dict[str, Any]) -> list[tuple[str, int, str]]:
    """(element, its level 1 to 4, what it rests on) of a visit's decision making, as the reader told them."""
    found = []
    for name in ("problems", "data", "risk"):
        grade, _, why = level.get(name, "").partition(": ")
        found.append((name, NAMES.index(grade) if grade in NAMES else 1, why))
    return found


def risk(encounter: Encounter) -> risks.Review | None:
    """The HCCs of a visit's diagnoses against the record; None where age or sex is not known."""
    patient = encounter.patient
    if patient.birth is None or patient.sex not in ("F", "M"):
        return None
    next_february = date(encounter.date.year + 1, 2, 1)  # of the payment year: the year after the visit
    person = risks.Person(age=age_on(patient.birth, next_february), sex=patient.sex)
    decided = list(encounter.codes.filter(system="ICD-10-CM").values_list("code", flat=True))
    earlier = encounter.patient.encounters.filter(date__lt=encounter.date, codes__system="ICD-10-CM")
    prior = sorted(set(earlier.values_list("codes__code", flat=True)))
    return risks.review(documents_of(encounter), coding_of(encounter), person, claim=decided or None, prior=prior)


def drg(encounter: Encounter) -> grouping.Grouping | None:
    """The DRG of a hospital stay, from what is decided or else suggested; None for other visits."""
    coding = coding_of(encounter)
    decided = list(encounter.codes.filter(system="ICD-10-CM").values_list("code", flat=True))
    present = {one.code: one.poa for one in coding.diagnoses}
    codes = decided or [one.code for one in coding.diagnoses if one.suggested]
    if encounter.setting != "inpatient" or not codes:
        return None
    birth = encounter.patient.birth
    stay = grouping.Stay(
        on=encounter.date,
        diagnoses=tuple(grouping.StayDiagnosis(code, present.get(code, "")) for code in codes),
        procedures=tuple(one.code for one in coding.procedures if one.suggested),
        age=age_on(birth, encounter.date) if birth else 65,
        sex=encounter.patient.sex,  # type: ignore[arg-type]
    )
    return grouping.group(stay)
