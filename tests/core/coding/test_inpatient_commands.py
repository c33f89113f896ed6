"""`claimwright drg` and `claimwright risk`, and the questions a stay's signs raise."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from claimwright.cli.main import app
from claimwright.coding.clarify import clarifications
from claimwright.coding.drg import Stay, StayDiagnosis, group
from claimwright.coding.drg_weights import NoWeights, read_weights
from claimwright.coding.grouper import NoVersion, version_on
from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest

ON = date(2026, 10, 14)
FINAL = "\nDISCHARGE DIAGNOSES:\n1."
STAY = """HISTORY OF PRESENT ILLNESS: 72-year-old woman presented with worsening dyspnea.
HOSPITAL COURSE: On arrival SpO2 84% on room air with accessory muscle use; BiPAP was started. IV furosemide was given.
PROCEDURE PERFORMED: Right thoracentesis, therapeutic.
DISCHARGE DIAGNOSES:
1. Acute on chronic systolic heart failure
2. Hypertension
"""


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def asked(text: str) -> dict[str, str]:
    documents = [Document(kind="progress", text=text)]
    coding = suggest(documents, Visit(on=ON, age=72, sex="F", setting="inpatient"))
    return {one.topic: one.question for one in clarifications(documents, coding)}


def test_codes_are_grouped_and_explained():
    result = run("drg", "--dx", "I5023:Y,J96.01:Y", "--age", 72, "--sex", "F", "--date", ON, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (answer["drg"], answer["severity"], answer["version"]) == (291, "MCC", 440)
    assert [(one["code"], one["drg_without"]) for one in answer["effects"]] == [("I50.23", None), ("J96.01", 293)]


def test_a_stay_is_grouped_from_its_notes(tmp_path: Path):
    (tmp_path / "stay.txt").write_text(STAY)
    result = run("drg", tmp_path, "--sex", "F", "--date", ON, "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [one["code"] for one in answer["effects"]] == ["I11.0", "I50.23", "0W993ZZ"]
    assert [one["topic"] for one in answer["queries"]] == ["breathing and oxygenation"]


def test_a_code_that_is_not_valid_on_the_day_is_told_and_exits_1():
    result = run("drg", "--dx", "I50.23", "--pcs", "0SRB04Q", "--age", 72, "--date", ON)
    assert result.exit_code == 1
    assert "0SRB04Q is not a valid ICD-10-PCS code" in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("drg", "--dx", "I50.23"),  # no age
        ("drg", "--age", 72),  # nothing to group
        ("drg", "--dx", "heart", "--age", 72),
        ("drg", "--dx", "I50.23", "--age", 72, "--date", "2015-10-01"),  # no version
        ("drg", "--dx", "I50.23", "--pcs", "short", "--age", 72),
        ("drg", "absent.txt"),
        ("risk", "--dx", "E11.9"),
        ("risk", "--age", 72, "--sex", "F"),
        ("risk", "--dx", "E11.9", "--age", 72, "--sex", "F", "--orec", "7"),
        ("risk", "absent.txt", "--age", 72, "--sex", "F"),
    ],
)
def test_what_cannot_be_read_exits_2_with_one_line(arguments: tuple[Any, ...]):
    result = run(*arguments)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_risk_from_codes():
    result = run("risk", "--dx", "E1122,N18.4,I50.22", "--age", 72, "--sex", "F", "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 0
    assert answer["raf"] == "1.723"
    assert [one["hcc"] for one in answer["categories"]] == ["37", "226", "327"]


def test_risk_refuses_what_is_no_diagnosis():
    result = run("risk", "--dx", "E11.22,FOO", "--age", 72, "--sex", "F")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_risk_of_a_claim_against_its_note_exits_1_where_support_lacks(tmp_path: Path):
    note = tmp_path / "visit.txt"
    note.write_text("ASSESSMENT AND PLAN:\n1. Type 2 diabetes with neuropathy: A1c 7.2, continue metformin.\n")
    supported = run("risk", note, "--dx", "E11.40", "--age", 72, "--sex", "F", "--date", ON)
    over = run("risk", note, "--dx", "E11.40,I50.22", "--age", 72, "--sex", "F", "--date", ON)
    assert (supported.exit_code, over.exit_code) == (0, 1)
    assert "Over-coded" in over.stdout and "Over-coded" not in supported.stdout


def test_both_print_for_people():
    assert "MS-DRG 291" in run("drg", "--dx", "I50.23:Y,J96.01:Y", "--age", 72, "--date", ON).stdout
    assert "HCC 37" in run("risk", "--dx", "E11.22", "--age", 72, "--sex", "F").stdout


def test_a_coded_stay_carries_its_procedures(tmp_path: Path):
    note = tmp_path / "stay.txt"
    note.write_text(STAY)
    result = run("code", note, "--setting", "inpatient", "--date", ON, "--json")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    coded = [row for row in rows if row["system"] == "ICD-10-PCS"]
    assert [row["code"] for row in coded] == ["0W993ZZ"]
    assert "".join(one["text"] for one in coded[0]["evidence"]).startswith("thoracentesis")
    assert not any(row["system"] == "ICD-10-PCS" for row in map(json.loads, run("code", note, "--json").stdout.splitlines()))


def test_signs_without_a_diagnosis_are_asked_about_and_no_diagnosis_is_named():
    questions = asked(STAY)
    assert list(questions) == ["breathing and oxygenation"]
    said = questions["breathing and oxygenation"]
    assert "SpO2 84%" in said and "if any" in said
    assert not any(word in said.lower() for word in ("respiratory failure", "hypoxi", "payment", "drg"))


@pytest.mark.parametrize(
    "text, topics",
    [
        (STAY + "3. Acute hypoxic respiratory failure\n", []),  # answered
        (STAY.replace("SpO2 84%", "SpO2 97%").replace(" with accessory muscle use", ""), []),  # one sign is not enough
        (STAY.replace("On arrival SpO2 84% on room air with accessory", "No BiPAP. No accessory"), []),
        (f"HOSPITAL COURSE: BNP 2400, ejection fraction 35%.{FINAL} Heart failure\n", ["type and acuity of heart failure"]),
        (f"HOSPITAL COURSE: BNP 2400, ejection fraction 35%.{FINAL} Pneumonia\n", []),
        (
            f"EXAM: temporal wasting. BMI 16.8. She lost 20 lb in 3 months. Dietitian consulted.{FINAL} Pneumonia\n",
            ["nutritional status"],
        ),
        (f"EXAM: BMI 16.8.{FINAL} Pneumonia\n", []),
        (
            "HOSPITAL COURSE: He was confused and disoriented; ammonia 110; mentation returned to baseline with lactulose."
            f"{FINAL} Cirrhosis\n",
            ["mental status"],
        ),
        (f"HOSPITAL COURSE: Hemoglobin dropped to 6.8; two units of PRBC.{FINAL} Hip fracture\n", ["blood count"]),
    ],
)  # fmt: skip
def test_a_question_needs_signs_and_an_open_answer(text: str, topics: list[str]):
    assert list(asked(text)) == topics


@pytest.mark.parametrize(
    "day, version",
    [
        ("2022-10-01", 400),
        ("2024-03-31", 410),
        ("2024-04-01", 411),
        ("2025-10-01", 430),
        ("2026-09-30", 431),
        ("2026-10-01", 440),
    ],
)
def test_the_version_follows_the_day_of_discharge(day: str, version: int):
    assert version_on(date.fromisoformat(day)) == version


def test_days_without_tables_are_refused():
    for day in (date(2022, 9, 30), date(2027, 4, 1)):
        with pytest.raises(NoVersion, match="2022-10-01 to 2027-03-31"):
            version_on(day)


def test_weights_come_with_table_5():
    text = 'TABLE 5\n\nMS-DRG\tMDC\tType\tTitle\tWeights\tGMLOS\n291\t05\tMED\t"HEART FAILURE, MCC"\t1.2683\t3.9\nNote\n'
    weights = read_weights(text)
    answer = group(Stay(on=ON, diagnoses=(StayDiagnosis("I50.23", "Y"), StayDiagnosis("J96.01", "Y"))), weights)
    assert str(answer.weight) == "1.2683"
    assert group(Stay(on=ON, diagnoses=(StayDiagnosis("I50.23", "Y"),)), weights).weight is None
    with pytest.raises(NoWeights):
        read_weights("a,b\n1,2\n")
