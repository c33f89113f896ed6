"""The documents of a stay read together: the last word decides (OCG II.H, III.C)."""

from __future__ import annotations

from datetime import date

import pytest

from claimwright.coding.kinds import kind_of
from claimwright.coding.model import Coding, Document, Visit
from claimwright.coding.suggest import suggest

ADMISSION = "HISTORY AND PHYSICAL\nA/P:\n1. {}\n2. COPD exacerbation - steroids.\n"
DISCHARGE = "DISCHARGE SUMMARY\nDischarge diagnoses:\n1. COPD exacerbation\n\nHospital course: {}\n"


def stay(*texts: str) -> Coding:
    documents = [Document(kind=kind_of(text), text=text) for text in texts]
    return suggest(documents, Visit(on=date(2026, 10, 20), age=70, sex="M", setting="inpatient"))


def coded(*texts: str) -> list[str]:
    return [one.code for one in stay(*texts).diagnoses if one.suggested]


@pytest.mark.parametrize("doubt", ["Possible PE", "Probable pneumonia", "Rule out sepsis", "Likely NSTEMI", "Suspected DVT"])
@pytest.mark.parametrize("last", ["{} was ruled out.", "No evidence of {}.", "{}: ruled out", "Steroids were given."])
def test_a_doubt_of_the_admission_is_coded_only_if_the_discharge_still_has_it(doubt: str, last: str):
    feared = doubt.removeprefix("Rule out ").split(" ", 1)[-1] if doubt[0] != "R" else "Sepsis"
    assert coded(ADMISSION.format(doubt), DISCHARGE.format(last.format(feared))) == ["J44.1"]


def test_what_is_still_probable_at_discharge_is_coded():
    last = "DISCHARGE SUMMARY\nDischarge diagnoses:\n1. COPD exacerbation\n2. Probable pneumonia\n"
    assert set(coded(ADMISSION.format("Possible pneumonia"), last)) == {"J44.0", "J44.1", "J18.9"}


def test_a_picture_does_not_undo_what_the_discharge_still_holds_probable_whatever_the_order_of_the_files():
    last = "DISCHARGE SUMMARY\nDischarge diagnoses:\n1. Probable pneumonia\n"
    assert coded(last, "RADIOLOGY REPORT\nEXAM: CHEST X-RAY\nIMPRESSION:\n1. No pneumonia.\n") == ["J18.9"]


def test_a_diagnosis_that_the_discharge_rules_out_never_was():
    assert coded(ADMISSION.format("Pulmonary embolism - heparin."), DISCHARGE.format("PE was ruled out by CTA.")) == ["J44.1"]


def test_a_diagnosis_of_the_admission_that_the_discharge_does_not_repeat_stays_behind_those_it_names():
    assert coded(ADMISSION.format("Hyponatremia - fluid restriction."), DISCHARGE.format("Steroids.")) == ["J44.1", "E87.1"]


def test_a_picture_taken_for_a_suspicion_denies_it_where_no_discharge_summary_is_there():
    picture = "RADIOLOGY REPORT\nEXAM: CTA CHEST\nIMPRESSION:\n1. No pulmonary embolism.\n"
    assert coded(ADMISSION.format("Possible PE - CTA."), picture) == ["J44.1"]


def test_what_the_admission_complained_of_became_what_the_discharge_names():
    admission = "HISTORY AND PHYSICAL\nHPI: abdominal pain.\nA/P:\n1. Small bowel obstruction - NG tube.\n2. Tachycardia\n"
    last = "DISCHARGE SUMMARY\nDischarge diagnoses:\n1. Small bowel obstruction due to adhesions, s/p lysis\n"
    assert coded(admission, last) == ["K56.50"]


def test_evidence_tells_its_document():
    found = stay(ADMISSION.format("AKI - fluids."), DISCHARGE.format("AKI resolved with fluids."))
    kidney = next(one for one in found.diagnoses if one.code == "N17.9")
    assert {one.document for one in kidney.evidence} == {0, 1}
