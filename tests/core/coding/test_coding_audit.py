"""Charged against documented: both directions, with the money, the words and the rule."""

from __future__ import annotations

import json

import pytest
import typer
from coding_cases import read_note
from typer.testing import CliRunner

from claimwright.cli.audit import audit as command
from claimwright.coding.audit import Audit, Charged, audit, read_charged

NOTE = (
    "PROCEDURE: Right knee joint injected with triamcinolone 40 mg.\n"
    "ASSESSMENT AND PLAN:\n"
    "1. Osteoarthritis of the right knee, injected.\n"
    "2. Hypertension, not at goal. Increase lisinopril to 40 mg daily. Echocardiogram ordered.\n"
)
RIGHT = "99214-25 20610-RT J3301x4"
WORTH = {"99213": 9_000, "99214": 13_000, "99215": 18_000, "20610": 6_000, "J3301": 200, "93306": 20_000}


def price(one: Charged) -> int | None:
    return WORTH[one.code] * one.units if one.code in WORTH else None


def audited(charged: str, note: str = NOTE) -> Audit:
    services, diagnoses, strange = read_charged(charged.split())
    assert not strange
    return audit(read_note(note), services, diagnoses, price)


def verdicts(found: Audit) -> list[tuple[str, str, str]]:
    return [(line.verdict, line.charged, line.documented) for line in found.lines if line.verdict != "agrees"]


def test_what_is_charged_as_documented_agrees_and_costs_nothing():
    found = audited(f"{RIGHT} M17.11 I10")
    assert found.agrees and (found.over, found.under) == (0, 0) and len(found.lines) == 5


@pytest.mark.parametrize(
    "charged, verdict, over, under",
    [
        ("99215-25 20610-RT J3301x4", ("level", "99215-25", "99214-25"), 5_000, 0),
        ("99213-25 20610-RT J3301x4", ("level", "99213-25", "99214-25"), 0, 4_000),
        ("99214 20610-RT J3301x4", ("modifiers", "99214", "99214-25"), 0, 0),
        ("99214-25 20610-LT J3301x4", ("modifiers", "20610-LT", "20610-RT"), 0, 0),
        ("99214-25 20610-RT J3301x9", ("units", "J3301x9", "J3301x4"), 1_000, 0),
        ("99214-25 20610-RT J3301", ("units", "J3301", "J3301x4"), 0, 600),
        ("99214-25 20610-RT", ("missing", "", "J3301x4"), 0, 800),
        ("99214-25 20610-RT J3301x4 93306", ("unsupported", "93306", ""), 20_000, 0),
        ("99204-25 20610-RT J3301x4", ("code", "99204-25", "99214-25"), 0, 0),
    ],
)
def test_each_difference_is_told_with_its_money(charged, verdict, over, under):
    found = audited(charged)
    assert verdicts(found) == [verdict]
    assert (found.over, found.under) == (over, under)


def test_over_coding_and_under_coding_stand_beside_each_other():
    found = audited("99215-25 20610-RT")
    assert (found.over, found.under) == (5_000, 800)


def test_a_level_shows_the_elements_it_rests_on_with_words_and_rule():
    (line, *_) = audited("99215-25 20610-RT J3301x4").lines
    assert "higher" in line.reason and "problems moderate" in line.reason and "risk moderate" in line.reason
    assert line.evidence and all(NOTE[one.start : one.end] == one.text for one in line.evidence)
    assert any("E/M" in rule for rule in line.rules)


def test_two_differences_of_one_line_count_the_money_once():
    found = audited("99215 20610-RT J3301x4")
    assert verdicts(found) == [("level", "99215", "99214-25"), ("modifiers", "99215", "99214-25")]
    assert found.over == 5_000


def test_a_line_without_a_price_says_so():
    found = audited(f"{RIGHT} 93224")
    assert [line.cents for line in found.lines if line.verdict == "unsupported"] == [None] and found.unpriced == 1


def test_a_step_of_the_same_ladder_is_another_code_not_two_differences():
    found = audited("99214-25 20611-RT J3301x4")
    assert verdicts(found) == [("code", "20611-RT", "20610-RT")]


def test_a_diagnosis_that_is_only_suspected_is_not_supported_and_says_why():
    note = "ASSESSMENT AND PLAN:\n1. Cough. Possible pneumonia. Chest x-ray ordered."
    found = audited("99213 J18.9", note)
    (line,) = [line for line in found.lines if line.charged == "J18.9"]
    assert line.verdict == "unsupported" and ("suspected" in line.reason or "uncertain" in line.reason) and line.evidence


def test_a_less_exact_diagnosis_is_told_beside_the_documented_one():
    found = audited(f"{RIGHT} I10 M17.9")
    assert ("diagnosis", "M17.9", "M17.11") in verdicts(found)


def test_the_wrong_first_diagnosis_is_told():
    assert ("order", "I10", "M17.11") in verdicts(audited(f"{RIGHT} I10 M17.11"))


@pytest.mark.parametrize("word", ["99214", "99214-25", "J3301x4", "j3301*4", "M17.11", "A46", "0502F", "99214-25-95"])
def test_codes_are_read_as_they_are_written(word):
    assert read_charged([word])[2] == []


@pytest.mark.parametrize("word", ["9921", "hello", "99214-2", "M17.11.1", "x4", ""])
def test_what_is_no_code_is_told(word):
    assert read_charged([word])[2] == [word]


app = typer.Typer()
app.command()(command)
RUN = CliRunner()


def test_the_command_tells_lines_and_totals(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text(NOTE)
    done = RUN.invoke(app, [str(note), "--charged", "99215-25 20610-RT J3301x4", "--json", "--date", "2026-10-14"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [row["verdict"] for row in rows[:-1]] == ["level", "agrees", "agrees"]
    assert rows[0]["cents"] > 0 and rows[-1]["over"] == rows[0]["cents"] and rows[-1]["under"] == 0


def test_the_command_ends_with_zero_when_all_agrees_and_reads_codes_from_a_file(tmp_path):
    note, charged = tmp_path / "note.txt", tmp_path / "charged.txt"
    note.write_text(NOTE)
    charged.write_text("99214-25\n20610-RT\nJ3301x4\n")
    done = RUN.invoke(app, [str(note), "--charged", str(charged), "--date", "2026-10-14"])
    assert done.exit_code == 0 and "Over-coded $0.00" in done.stdout


@pytest.mark.parametrize("charged", ["nonsense", ""])
def test_the_command_ends_with_two_and_one_line_where_no_code_can_be_read(tmp_path, charged):
    note = tmp_path / "note.txt"
    note.write_text(NOTE)
    done = RUN.invoke(app, [str(note), "--charged", charged])
    assert done.exit_code == 2 and len(done.stderr.strip().splitlines()) == 1
