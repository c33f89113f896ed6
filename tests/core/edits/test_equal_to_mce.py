"""Verdicts on diagnoses equal those of an independent Medicare Code Editor (msdrg), code by code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from edit_bench import PATIENT, claim, context, replace
from edit_cases_forms import outpatient
from mce_lists import MAN, NOW, WOMAN, ask, codes_of, conflicts
from msdrg import MceEditor

from claimwright.claims.model import Claim, Diagnosis
from claimwright.codesets import mce
from claimwright.codesets.starter import table
from claimwright.codesets.tables import starter
from claimwright.edits.registry import all_edits

CODES = Path(__file__).parents[3].parent / "shared" / "data" / "icd10cm" / "icd10cm_fy2027_billable.csv.gz"
LISTS = {
    "E_CODE_AS_PDX": "external",
    "UNACCEPTABLE_PDX": "unacceptable",
    "MANIFESTATION_AS_PDX": "manifestation",
    "QUESTIONABLE_ADMISSION": "questionable",
    "UNSPECIFIED": "unspecified",
    "REQUIRES_SDX": "needs-secondary",
}
EDITS = {edit.id: edit for edit in all_edits()}
OWN = tuple(row["range"].replace(".", "").partition("-")[0][:4] for row in table("icd10cm_limits").rows if row["sex"])

pytestmark = pytest.mark.skipif(not CODES.is_file(), reason="the billable codes (../shared/data/icd10cm) are absent")


@pytest.fixture(scope="module")
def codes() -> list[str]:
    return codes_of(CODES)


@pytest.fixture(scope="module")
def some(codes) -> list[str]:
    """The codes of the lists by age and sex, and every twentieth other one."""
    listed = {*mce.AGES, "female", "male"}
    return [code for place, code in enumerate(codes) if place % 20 == 0 or not listed.isdisjoint(mce.lists_of(code))]


@pytest.fixture(scope="module")
def editor():
    with MceEditor() as made:
        yield made


def agree(editor: MceEditor, name: str, held: set[str], codes: list[str], age: int, sex: int, on: date) -> bool:
    """Whether the editor finds every held code in conflict, and none of the others."""
    free = [code for code in codes if code not in held]
    return conflicts(editor, name, held, age, sex, on) == len(held) and not conflicts(editor, name, free, age, sex, on)


def told(of: Claim, *edits: str) -> set[str]:
    """The claim's diagnoses that edits tell."""
    found = (problem for edit in edits for problem in EDITS[edit].check(of, context(), starter()))
    return {of.diagnoses[int(problem.element[2:].partition("-")[0]) - 1].code for problem in found}


def test_every_code_as_principal_diagnosis(codes, editor):
    wrong = []
    for code in codes:
        theirs = {LISTS[name] for name in ask(editor, code, [], 30, MAN, NOW) if name in LISTS}
        ours = mce.lists_of(code) & set(LISTS.values())
        if theirs != ours:
            wrong.append((code, theirs, ours))
    assert wrong == []


@pytest.mark.parametrize("age", [0, 1, 8, 9, 14, 15, 17, 18, 64, 65])
def test_every_code_at_every_bound_of_an_age(codes, some, editor, age):
    held = {code for code in some if mce.age_conflict(code, age) is not None}
    assert agree(editor, "AGE_CONFLICT", held, codes, age, MAN, NOW)
    every, born = tuple(Diagnosis(code=code) for code in some), replace(PATIENT, birth=date(NOW.year - age, 1, 1))
    by_its_name = {code for code in some if code.startswith("Z68")}  # body mass index: ages by its own category
    office = replace(claim(on=NOW), diagnoses=every, patient=born)
    assert told(office, "DX-AGE", "DX-AGE-USUAL") - by_its_name == held - by_its_name
    hospital = replace(outpatient(), diagnoses=every, patient=replace(born, birth=date(2026 - age, 1, 1)))
    assert told(hospital, "DX-AGE") - by_its_name == held - by_its_name


@pytest.mark.parametrize("on", [mce.SEX_UNTIL, NOW])
@pytest.mark.parametrize(("sex", "number"), [("M", MAN), ("F", WOMAN)])
def test_every_code_of_a_sex_while_that_was_an_edit_and_after(codes, some, editor, on, sex, number):
    held = {code for code in some if mce.sex_conflict(code, sex, on)}
    assert agree(editor, "SEX_CONFLICT", held, codes, 30, number, on)
    patient = replace(PATIENT, sex=sex)
    office = replace(claim(on=on), diagnoses=tuple(Diagnosis(code=code) for code in some), patient=patient)
    then = {code for code in some if mce.sex_conflict(code, sex, mce.SEX_UNTIL)}
    assert {code for code in told(office, "DX-SEX") - then if not code.startswith(("O", *OWN))} == set()
    assert then <= told(office, "DX-SEX")
