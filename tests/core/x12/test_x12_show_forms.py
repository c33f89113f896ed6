"""The tree and the tables of `x12 show`."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner
from x12_samples import WRITTEN

from claimwright.cli.x12 import app
from claimwright.x12.document import read
from claimwright.x12.show import show
from claimwright.x12.table_rows import COLUMNS, table_rows
from claimwright.x12.tokens import Tokens
from claimwright.x12.tree import tree

run = CliRunner()
CORPUS = Path(__file__).parents[4] / "shared" / "data" / "x12"
NAMES = [name for name, _ in COLUMNS]


@pytest.fixture
def file(tmp_path):
    def make(content: bytes, name: str = "week.837"):
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return make


def _rows(kind: str) -> list[dict[str, object]]:
    return list(table_rows(show(WRITTEN[kind])))


@pytest.mark.parametrize("kind", WRITTEN)
def test_the_tree_holds_every_segment_once_and_in_order(kind):
    branches = list(tree(read(WRITTEN[kind])))
    assert [branch.text for branch in branches if branch.line] == ["*".join(segment) for segment in Tokens(WRITTEN[kind])]


def test_the_tree_names_its_loops_and_indents_by_them():
    branches = list(tree(read(WRITTEN["837P"])))
    line = next(place for place, branch in enumerate(branches) if branch.text == "2400 Service line")
    claim = next(place for place, branch in enumerate(branches) if branch.text == "2300 Claim")
    assert claim < line and branches[claim].depth + 1 == branches[line].depth == branches[line + 1].depth - 1
    assert branches[line + 1].text == "LX*1"


def test_findings_stand_below_their_segment(file):
    result = run.invoke(app, ["show", file(WRITTEN["837P"].replace(b"*330*", b"*331*")), "--tree", "--findings"])
    rows = result.stdout.splitlines()
    place = next(place for place, row in enumerate(rows) if "[claim-balance]" in row)
    assert result.exit_code == 0 and "CLM*PCN0001*331*" in rows[place - 1]


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_row_has_every_column_with_its_type(kind):
    types = {"text": str, "whole": int, "money": Decimal, "number": Decimal, "date": date}
    rows = _rows(kind)
    assert rows
    for row in rows:
        assert list(row) == NAMES
        assert all(row[name] is None or isinstance(row[name], types[kind]) for name, kind in COLUMNS)


def test_a_claims_lines_are_rows_that_add_up():
    rows = _rows("837P")
    first = [row for row in rows if row["control_number"] == "PCN0001"]
    assert [(row["line_number"], row["procedure"], row["modifiers"], row["charge"]) for row in first] == [
        (1, "99213", "25", Decimal("150.00")),
        (2, "20610", "RT", Decimal("180.00")),
    ]
    assert {row["claim_charge"] for row in first} == {Decimal("330.00")} and first[0]["diagnoses"] == "M17.11 I10"
    assert first[0]["patient_birth"] == date(1980, 5, 4) and first[0]["payer_id"] == "SBX01"


def test_a_payments_rows_add_up_to_what_was_paid():
    rows = _rows("835")
    payments = [row for row in rows if row["kind"] == "payment"]
    assert [(row["trace"], row["payment_amount"], row["payment_date"]) for row in payments] == [
        ("EFT20261115001", Decimal("0.92"), date(2026, 11, 15)),
        ("NON20261115002", Decimal("0.00"), date(2026, 11, 15)),
    ]
    paid = sum(row["paid"] for row in rows if row["control_number"] == "PCN0001" and row["paid"] is not None)
    assert paid == Decimal("6.80")
    adjusted = [row["adjustments"] for row in rows if row["control_number"] == "PCN0001"]
    assert adjusted == ["CO-45 57.60; PR-1 92.40", "CO-45 113.90; PR-1 57.60; PR-2 1.70"]


def test_csv_and_parquet_hold_the_same_rows(file, tmp_path):
    path, table = file(WRITTEN["835"]), tmp_path / "era.parquet"
    printed = run.invoke(app, ["show", path, "--csv", "-"])
    assert printed.exit_code == 0
    written = run.invoke(app, ["show", path, "--csv", str(tmp_path / "era.csv")])
    assert written.exit_code == 0 and (tmp_path / "era.csv").read_bytes().decode() == printed.stdout_bytes.decode()
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert run.invoke(app, ["show", path, "--parquet", str(table)]).exit_code == 0
    stored = pq.read_table(table).to_pylist()
    assert list(rows[0]) == NAMES == list(stored[0]) and len(rows) == len(stored) == len(_rows("835"))
    for text, typed in zip(rows, stored, strict=True):
        for name, kind in COLUMNS:
            value = typed[name]
            same = Decimal(text[name]) == value if kind in ("money", "number") and value is not None else text[name] == str(value)
            assert same or (value is None and text[name] == "")


def test_a_table_is_never_written_over_and_forms_are_not_mixed(file, tmp_path):
    path = file(WRITTEN["837P"])
    there = tmp_path / "there.csv"
    there.write_text("mine")
    result = run.invoke(app, ["show", path, "--csv", str(there)])
    assert result.exit_code == 2 and "exists already" in result.stderr and there.read_text() == "mine"
    assert run.invoke(app, ["show", path, "--csv", "-", "--json"]).exit_code == 2
    assert run.invoke(app, ["show", path, "--findings"]).exit_code == 2
    assert run.invoke(app, ["show", path, "--parquet", str(tmp_path / "no" / "where")]).exit_code == 2


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the public sample files (../shared/data/x12) are absent")
def test_every_public_file_has_a_tree_and_a_table():
    for path in sorted(CORPUS.glob("*/*")):
        content = path.read_bytes()
        assert [one.text for one in tree(read(content)) if one.line], path.name
        assert all(list(row) == NAMES for row in table_rows(show(content))), path.name
