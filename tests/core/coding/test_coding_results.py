"""Results and radiology reports: what is read of them, what they support or question, and that no value becomes a diagnosis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from coding_cases import ON

from claimwright.coding.kinds import kind_of
from claimwright.coding.model import Coding, Document, Visit
from claimwright.coding.note import read
from claimwright.coding.results import Result, read_results
from claimwright.coding.suggest import suggest


class Told(NamedTuple):
    """One line of the table."""

    number: int
    what: str
    texts: tuple[str, ...]
    wanted: str


def told() -> Iterator[Told]:
    path = Path(__file__).with_name("result_cases.txt")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            what, _, rest = line.partition(": ")
            text, _, wanted = rest.rpartition(" => ")
            documents = ["\n".join(part.strip() for part in one.split("//")) for one in text.split("|||")]
            yield Told(number, what, tuple(one.strip() for one in documents), wanted.strip())


CASES = list(told())


def of(*whats: str) -> pytest.MarkDecorator:
    chosen = [case for case in CASES if case.what in whats]
    return pytest.mark.parametrize("case", chosen, ids=[f"{case.what}:{case.number}" for case in chosen])


def code(*texts: str, age: int = 60) -> Coding:
    written = [f"ASSESSMENT AND PLAN:\n{text}" if text.startswith("1.") else text for text in texts]
    return suggest([Document(kind=kind_of(text), text=text) for text in written], Visit(on=ON, age=age, sex="F"))


def results(text: str, kind: str = "laboratory", **facts: object) -> tuple[Result, ...]:
    return read_results(read([Document(kind=kind, text=text)]), **({"sex": "F", "age": 60} | facts))  # type: ignore[arg-type]


def shown(one: Result) -> str:
    said = one.evidence.text
    assert said  # the words are the proof
    if one.value is None:
        return f"{one.test} {one.direction}"
    return f"{one.test} {one.direction or '-'} {one.value} {one.judged_by or '-'}"


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60


@of("read", "note")
def test_a_result_is_read_with_its_range(case: Told) -> None:
    found = results(case.texts[0], "laboratory" if case.what == "read" else "progress")
    assert ("; ".join(map(shown, found)) or "-") == case.wanted
    for one in found:
        assert case.texts[0][one.evidence.start : one.evidence.end] == one.evidence.text


@of("kind")
def test_a_document_tells_its_kind(case: Told) -> None:
    assert kind_of(case.texts[0]) == case.wanted


@of("report")
def test_a_radiology_report_is_coded_from_what_it_confirms(case: Told) -> None:
    found = [one.code for one in code(case.texts[0], age=5).diagnoses if one.suggested]
    assert (" ".join(found) or "-") == case.wanted


@of("supports")
def test_results_support_or_question_what_is_stated(case: Told) -> None:
    wanted, sign, words = case.wanted.split(maxsplit=2)
    suggestion = next(one for one in code(*case.texts).diagnoses if one.code == wanted)
    assert suggestion.suggested
    said = [evidence.text for evidence in suggestion.evidence]
    assert ("supported by" in suggestion.reason) is (sign == "+")
    assert ("does not show it" in suggestion.reason) is (sign == "?")
    if sign == "?":
        assert not suggestion.auto
    if sign != ".":
        assert words in said


@of("asks")
def test_questions_are_asked_with_their_indicators(case: Told) -> None:
    asked = code(*case.texts).queries
    assert ("; ".join(one.topic for one in asked) or "-") == case.wanted
    for one in asked:
        assert len(one.evidence) == 2
        for evidence in one.evidence:
            assert evidence.text in one.question or "shows" in one.question


@pytest.mark.parametrize("name", ["anemia", "hyperkalemia", "kidney injury", "sepsis", "hyponatremia"])
def test_a_question_names_no_diagnosis_that_the_record_does_not(name: str) -> None:
    plan = "1. Hypertension. Start patiromer. Transfuse two units. Fluid restriction. Broad-spectrum antibiotics, IV fluids."
    report = (
        "LABORATORY REPORT\nPotassium 6.1 mmol/L\nHemoglobin 6.8 g/dL\nSodium 121 mmol/L\nLactate 5 mmol/L\nCreatinine 4 mg/dL"
    )
    asked = code(plan, report).queries
    assert asked
    assert all(name not in one.question.lower() and name not in one.topic for one in asked)


def test_a_laboratory_report_alone_codes_nothing() -> None:
    report = "LABORATORY REPORT\nPotassium 6.9 mmol/L H\nCHEMISTRY:\nHyperkalemia.\nINTERPRETATION: anemia\nIMPRESSION: sepsis"
    coded = suggest([Document(kind="laboratory", text=report)], Visit(on=ON, age=60, sex="F"))
    assert not [one.code for one in coded.diagnoses if one.suggested]


def test_our_ranges_do_not_judge_a_child() -> None:
    (found,) = results("Alkaline phosphatase 350 U/L", age=7)
    assert (found.direction, found.judged_by) == ("", "")
    (ranged,) = results("Alkaline phosphatase 350 U/L (142-335)", age=7)
    assert (ranged.direction, ranged.judged_by) == ("high", "report")


def test_a_range_by_sex_is_the_wider_one_where_the_sex_is_unknown() -> None:
    assert [results("Hemoglobin 13 g/dL", sex=sex)[0].direction for sex in ("F", "M", "U")] == ["normal", "low", "normal"]


def test_hostile_reports_are_read_in_bounded_time() -> None:
    for text in (
        "K " * 5_000,
        "Potassium " + "(" * 5_000,
        "Potassium " + "1-" * 5_000,
        "Hgb " + "9." * 5_000,
        "glucose " + "is " * 5_000,
    ):
        results(text)
