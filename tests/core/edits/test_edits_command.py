"""`claimwright edits` and `claimwright scrub --rules`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_own_rules import TEXT
from typer.testing import CliRunner

from claimwright.cli.main import app
from claimwright.edits.registry import all_edits
from claimwright.edits.rules import CLAIM_FIELDS, LINE_FIELDS
from claimwright.payers.edits import all_payer_edits

HOWTO = Path(__file__).parents[3] / "docs" / "howto" / "rules.md"
run = CliRunner().invoke


def test_the_list_has_every_edit_with_its_source():
    result = run(app, ["edits", "list", "--json"])
    rows = [json.loads(row) for row in result.stdout.splitlines()]
    assert {row["id"] for row in rows} == {edit.id for edit in all_edits() + all_payer_edits()}
    assert all(row["citation"] and row["summary"] and row["severity"] for row in rows)
    assert result.exit_code == 0
    assert run(app, ["edits", "list", "--family", "nonsense"]).exit_code == 1


@pytest.fixture
def rules(tmp_path):
    path = tmp_path / "lakeside.rules"
    path.write_text(TEXT)
    return path


def test_good_rules_are_said_to_be_good(rules):
    result = run(app, ["edits", "rules", str(rules)])
    assert result.exit_code == 0
    assert "2 rules, 5 cases" in result.output


def test_a_bad_rule_is_shown_with_its_line(rules):
    rules.write_text(TEXT.replace("modifier is not", "modifer is not"))
    result = run(app, ["edits", "rules", str(rules), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout.splitlines()[0])["line"] == 7


def test_a_missing_or_binary_file_cannot_be_read(rules):
    assert run(app, ["edits", "rules", "nowhere.rules"]).exit_code == 2
    rules.write_bytes(b"\xff\xfe\x00")
    assert run(app, ["edits", "rules", str(rules)]).exit_code == 2


def test_the_howto_names_every_field_and_its_example_holds():
    from claimwright.codesets.tables import starter
    from claimwright.edits.rules_text import prove, read_rules

    text = HOWTO.read_text()
    assert [field for field in (*LINE_FIELDS, *CLAIM_FIELDS) if f"`{field}`" not in text] == []
    found, findings = read_rules(text.split("```")[1].strip("\n"))
    assert found is not None, findings
    assert prove(found, starter()) == []
