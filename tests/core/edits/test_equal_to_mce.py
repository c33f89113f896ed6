"""Verdicts on inpatient diagnoses equal those of an independent Medicare Code Editor (msdrg), code by code."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import pytest
from msdrg import MceEditor

from claimwright.codesets import mce

CODES = Path(__file__).parents[3].parent / "shared" / "data" / "icd10cm" / "icd10cm_fy2027_billable.csv.gz"
SEXES = (("M", 0), ("F", 1))
LISTS = {
    "E_CODE_AS_PDX": "external",
    "UNACCEPTABLE_PDX": "unacceptable",
    "MANIFESTATION_AS_PDX": "manifestation",
    "QUESTIONABLE_ADMISSION": "questionable",
    "UNSPECIFIED": "unspecified",
    "REQUIRES_SDX": "needs-secondary",
}

pytestmark = pytest.mark.skipif(not CODES.is_file(), reason="the billable codes (../shared/data/icd10cm) are absent")


@pytest.fixture(scope="module")
def codes() -> list[str]:
    with gzip.open(CODES, "rt") as file:
        return [row[0] for row in csv.reader(file)][1:]


@pytest.fixture(scope="module")
def editor():
    with MceEditor() as made:
        yield made


def ask(editor: MceEditor, code: str, age: int, sex: int, on: date) -> set[str]:
    claim = {"discharge_date": int(f"{on:%Y%m%d}"), "icd_version": 10, "age": age, "sex": sex, "discharge_status": 1}
    answer = editor.edit({**claim, "pdx": {"code": code.replace(".", "")}, "sdx": [], "procedures": []})
    return {edit["name"] for edit in answer["edits"]}


def test_every_code_as_principal_diagnosis(codes, editor):
    on = date(2026, 10, 20)
    wrong = []
    for code in codes:
        theirs = {LISTS[name] for name in ask(editor, code, 30, 0, on) if name in LISTS}
        ours = mce.lists_of(code) & set(LISTS.values())
        if theirs != ours:
            wrong.append((code, theirs, ours))
    assert wrong == []


@pytest.mark.parametrize("age", [0, 8, 9, 14, 15, 17, 18, 64, 65, 110])
def test_every_code_that_has_an_age_at_its_bounds(codes, editor, age):
    on = date(2026, 10, 20)
    bounded = [code for code in codes if mce.lists_of(code) & set(mce.AGES)] + codes[::40]
    wrong = [
        code
        for code in bounded
        if ("AGE_CONFLICT" in ask(editor, code, age, 0, on)) is not (mce.age_conflict(code, age) is not None)
    ]
    assert wrong == []


@pytest.mark.parametrize("on", [date(2023, 10, 20), date(2026, 10, 20)])
def test_every_code_of_a_sex_while_that_was_an_edit_and_after(codes, editor, on):
    bounded = [code for code in codes if mce.lists_of(code) & {"female", "male"}] + codes[::40]
    wrong = [
        (code, sex)
        for code in bounded
        for sex, number in SEXES
        if ("SEX_CONFLICT" in ask(editor, code, 30, number, on)) is not mce.sex_conflict(code, sex, on)
    ]
    assert wrong == []
