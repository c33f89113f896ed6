"""`claimwright price`: rows and exit codes, contracts and localities, and files of every kind."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner
from x12_claim_for_cli import TEXT, written

from claimwright.cli.main import app
from claimwright.x12.envelope import Envelope
from claimwright.x12.sniff import kind

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "x12"
FIELDS = {
    "file", "claim", "line", "number", "procedure", "revenue_code", "modifiers", "units", "charge", "allowed", "priced",
    "reason", "withheld", "working", "source",
}  # fmt: skip
CONTRACT = "contract C1 payer SBX01 from 2026-01-01\n  pay 120% of medicare\n  fee 99213 88.00\n"


def run(*arguments: object):
    result = CliRunner().invoke(app, ["price", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def rows(result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def week(tmp_path: Path) -> Path:
    path = tmp_path / "week.837"
    path.write_bytes(written(Envelope, copies=3))
    return path


def test_each_line_is_a_row_with_every_field_and_amounts_in_cents(week: Path) -> None:
    result = run(week, "--json")
    found = rows(result)
    assert result.exit_code == 0 and all(set(row) == FIELDS for row in found)
    assert [(row["claim"], row["line"], row["charge"], row["allowed"]) for row in found] == [
        ("C0", "L1", 10_000, 9_519), ("C1", "L1", 10_000, 9_519), ("C2", "L1", 10_000, 9_519),
    ]  # fmt: skip
    assert "2026-01-01 to 2026-12-31" in found[0]["source"]


def test_people_read_working_source_and_sum(week: Path) -> None:
    result = run(week, "--locality", "OH-00")
    assert "claim C1 line 1 99213 x1: charge 100.00, allowed 91.78" in result.stdout
    assert "practice expense 1.46 x 0.934" in result.stdout and "By CMS" in result.stdout
    assert "3 lines; charged 300.00, allowed 275.34" in result.stderr


def test_a_contract_of_the_payer_is_used_and_another_payers_is_not(week: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text(CONTRACT)
    assert {row["allowed"] for row in rows(run(week, "--json", "--contract", terms))} == {8_800}
    terms.write_text(CONTRACT.replace("SBX01", "OTHER"))
    result = run(week, "--json", "--contract", terms)
    assert result.exit_code == 1 and not any(row["priced"] for row in rows(result))
    terms.write_text(CONTRACT.replace("SBX01", "SBX01 plan GOLD"))
    assert run(week, "--contract", terms).exit_code == 1
    assert run(week, "--contract", terms, "--plan", "GOLD").exit_code == 0


def test_a_contract_that_cannot_be_read_is_named_with_its_line(week: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.txt"
    terms.write_text(CONTRACT + "  pays 60% of charge\n")
    result = run(week, "--contract", terms)
    assert result.exit_code == 2 and result.stdout == ""
    assert f"{terms}:4: Not a term" in result.stderr and "pay 120% of medicare" in result.stderr
    assert run(week, "--contract", tmp_path / "none").exit_code == 2


def test_an_unknown_locality_or_store_is_refused(week: Path, tmp_path: Path) -> None:
    result = run(week, "--locality", "OH-01")
    assert result.exit_code == 2 and "no locality OH-01" in result.stderr and "OH-00" in result.stderr
    assert run(week, "--store", tmp_path / "none.sqlite").exit_code == 2


def test_a_claim_that_cannot_be_read_loses_no_other(week: Path) -> None:
    week.write_bytes(week.read_bytes().replace(b"CLM*C1*100", b"CLM*C1*ten"))
    result = run(week, "--json")
    assert result.exit_code == 1 and [row["claim"] for row in rows(result)] == ["C0", "C2"]
    assert "claim C1 cannot be read" in result.stderr


def test_a_file_that_is_no_837_hides_no_other(week: Path, tmp_path: Path) -> None:
    other = tmp_path / "one.270"
    other.write_bytes(week.read_bytes().replace(b"*837*", b"*270*").replace(b"GS*HC", b"GS*HS"))
    result = run(other, week, "--json")
    assert result.exit_code == 2 and len(rows(result)) == 3


def test_a_file_without_a_claim_of_our_version_is_refused(week: Path) -> None:
    week.write_bytes(week.read_bytes().replace(b"005010X222A1", b"004010X098A1"))
    result = run(week)
    assert result.exit_code == 2 and result.stdout == "" and "no claim of version 005010" in result.stderr


def test_medicares_line_tells_what_it_withholds(tmp_path: Path) -> None:
    path = tmp_path / "medicare.837"
    path.write_text(TEXT.replace("*CI~", "*MB~"))
    row = rows(run(path, "--json"))[0]
    assert (row["allowed"], row["withheld"]) == (9_519, "0.02") and "CO-253" in row["working"][-1]


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared sample files are not here")
def test_every_public_837_is_priced_or_says_why_not() -> None:
    for path in sorted(SAMPLES.glob("*/*")):
        content = path.read_bytes()
        if len(content) < 30_000 and kind(content).startswith("837"):
            found = rows(run(path, "--json"))
            assert all(row["working"] and row["source"] for row in found), path
            assert all(0 <= row["allowed"] <= max(row["charge"], 0) for row in found), path
            assert msgspec.json.encode(found)
