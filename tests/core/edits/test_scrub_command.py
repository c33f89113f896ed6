"""`claimwright scrub` and `claimwright codesets` as a user meets them."""

import json
from datetime import datetime

import pytest
import typer
from edit_bench import DOCTOR, PAYER, PRACTICE, claim, lines, replace
from typer.testing import CliRunner

from claimwright.cli import codesets, scrub
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import write_837p

app = typer.Typer()
app.command("scrub")(scrub.scrub)
app.add_typer(codesets.app, name="codesets")
ROW = {
    "file", "transaction", "version", "claim", "severity", "code", "line", "loop", "segment", "element", "message",
    "edit", "citation", "fix",
}  # fmt: skip


def run(*arguments: object):
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def write(tmp_path):
    def written(*claims) -> object:
        envelope = Envelope(
            sender_id="ELM", receiver_id="NM001", interchange=1, group=1, created=datetime(2026, 11, 3, 9, 0), usage="T"
        )
        path = tmp_path / "week.837"
        path.write_bytes(write_837p(claims, envelope, replace(PRACTICE, phone="6145550100"), PAYER, "B1"))
        return path

    return written


def test_a_clean_file_ends_with_0_and_no_rows(write):
    result = run("scrub", write(claim(), claim(patient_control_number="A101", do="71046")), "--json", "--today", "2026-11-16")
    assert result.stdout == "" and result.exit_code == 0, result.stdout


def test_findings_are_json_lines_with_the_agreed_columns(write):
    path = write(claim(), claim(patient_control_number="A101", lines=lines("99213 20610-RT"), dx="M17.11"))
    result = run("scrub", path, "--json", "--today", "2026-11-16")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    found = next(row for row in rows if row["edit"] == "MOD-25")
    assert result.exit_code == 1
    assert set(found) >= ROW
    assert (found["claim"], found["severity"], found["loop"], found["segment"]) == ("A101", "deny", "2400", "SV1")
    assert found["line"] > 1 and found["service_line"] == 1 and found["citation"] and found["fix"]
    assert found["transaction"] == "837P" and found["version"] == "005010X222A1"


def test_the_other_claims_of_the_file_are_its_batch(write):
    result = run("scrub", write(claim(), claim(patient_control_number="A101")), "--json", "--today", "2026-11-16")
    assert {(row["claim"], row["edit"]) for row in map(json.loads, result.stdout.splitlines())} == {
        ("A100", "DUP-BATCH"),
        ("A101", "DUP-BATCH"),
    }


def test_text_names_claim_place_and_remedy(write):
    result = run("scrub", write(claim(dx="M17.1", rendering=DOCTOR)), "--today", "2026-11-16")
    assert result.exit_code == 1
    assert "reject [DX-SPECIFIC] claim A100 2300 HI01-2: M17.1 is not complete." in result.stdout
    assert "M17.11" in result.stdout


def test_what_is_no_837_ends_with_2(tmp_path):
    other = tmp_path / "note.txt"
    other.write_text("hello")
    assert run("scrub", other).exit_code == 2
    assert run("scrub", tmp_path / "absent.837").exit_code == 2


def test_the_tables_of_a_store_are_used(write, tmp_path):
    pairs = tmp_path / "ptp_prac_20261001.csv"
    pairs.write_text(
        "column_1,column_2,deletion_date,modifier_indicator,rationale\n61512,61510,,0,Mutually exclusive procedures\n"
    )
    store = tmp_path / "codesets.sqlite"
    assert run("codesets", "import", pairs, "--store", store).exit_code == 0
    week = write(claim(do="61512 61510"))
    found = {
        given: {
            json.loads(row)["edit"] for row in run("scrub", week, "--json", "--today", "2026-11-16", *given).stdout.splitlines()
        }
        for given in ((), ("--store", store))
    }
    assert found["--store", store] - found[()] == {"NCCI-NEVER"}
    assert run("scrub", week, "--store", tmp_path / "absent.sqlite").exit_code == 2


def test_codesets_status_says_what_is_out_of_date():
    rows = [json.loads(line) for line in run("codesets", "status", "--json", "--on", "2026-11-16").stdout.splitlines()]
    assert {"name", "source", "version", "start", "end", "rows", "stale", "origin", "file", "sha256", "imported_at"} == set(
        rows[0]
    )
    assert {row["name"]: row["stale"] for row in rows}["ncci"] is True
    assert "OUT OF DATE" in run("codesets", "status", "--on", "2026-11-16").stdout


def test_codesets_find_and_show():
    rows = [
        json.loads(line)
        for line in run("codesets", "find", "right", "knee", "pain", "--json", "--on", "2026-11-16").stdout.splitlines()
    ]
    assert (rows[0]["system"], rows[0]["code"]) == ("ICD-10-CM", "M25.561")
    assert run("codesets", "find", "xyzzyq").exit_code == 1
    shown = run("codesets", "show", "s93.401", "--on", "2026-11-16").stdout
    assert "billable: no" in shown and "A initial encounter" in shown
    assert "global days: 000" in run("codesets", "show", "20610", "--on", "2026-11-16").stdout
    assert run("codesets", "show", "QQQQQ").exit_code == 1


RULES = """\
rules LAKESIDE version 1
rule ASK-FIRST
  the claim
  when claim charge at least 1
  then warn "Over a dollar."
  fix  "Ask."
"""


def test_rules_of_ones_own_run_beside_the_edits(write, tmp_path):
    rules = tmp_path / "lakeside.rules"
    rules.write_text(RULES)
    result = run("scrub", write(claim()), "--rules", rules, "--json", "--today", "2026-11-16")
    assert [json.loads(row)["edit"] for row in result.stdout.splitlines()] == ["ASK-FIRST"]


def test_rules_that_cannot_be_read_stop_the_run(write, tmp_path):
    rules = tmp_path / "lakeside.rules"
    rules.write_text(RULES.replace("the claim", "the clam"))
    result = run("scrub", write(claim()), "--rules", rules, "--today", "2026-11-16")
    assert result.exit_code == 2
    assert "line 3" in result.output
