"""`claimwright remit explain`: plain words, one JSON document, the agreed exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from remit_samples import decision, line, remit, reversal
from typer.testing import CliRunner

from claimwright.cli.remit import app
from claimwright.remits.explain import explain, posting_words

SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "x12"
run = CliRunner().invoke


def test_a_payment_in_order_says_what_would_be_posted() -> None:
    said = explain(remit(decision()))
    assert said.in_order and said.posting == {"cash": 7392, "contractual": 5760, "patient_ar": 1848, "insurance_ar": -15000}
    assert "73.92 received" in posting_words(said.posting)
    adjustment = said.claims[0].lines[0].adjustments[0]
    assert (adjustment.group, adjustment.reason) == ("CO", "45") and adjustment.words and adjustment.next_step


def test_a_denial_is_explained_and_is_no_fault_of_the_file() -> None:
    said = explain(remit(decision(line(paid=0, why="CO-16:15000"), status="4")))
    assert said.in_order and said.claims[0].denied
    assert "never written off by itself" in said.claims[0].lines[0].why[0]


def test_a_fault_is_named_and_the_claim_held() -> None:
    said = explain(remit(decision(line(why="CO-45:5000 PR-2:1848"))))
    assert not said.in_order and said.held == 1 and "SVC 1 (99213)" in said.claims[0].faults[0]


def test_an_unbalanced_payment_posts_nothing() -> None:
    said = explain(remit(decision(), paid=1))
    assert not said.balanced and "BPR02" in said.fault and said.posting == {}


def test_a_reversal_is_told_without_our_books() -> None:
    said = explain(remit(reversal(decision()), decision(line(paid=8000, why="CO-45:7000"))))
    assert said.in_order and "Takes back" in said.claims[0].why[0]


def test_a_secondary_payment_does_not_write_off_what_the_primary_did() -> None:
    said = explain(remit(decision(line(paid=1848, why="OA-23:13152"), status="2")))
    assert said.posting == {"cash": 1848, "insurance_ar": -1848}


def test_no_name_or_member_id_is_in_the_explanation() -> None:
    import msgspec

    document = msgspec.json.encode(explain(remit(decision(member_id="SECRET1", patient_last="SECRET2")))).decode()
    assert "SECRET" not in document


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared sample files are not here")
def test_every_sample_remittance_is_explained_and_anything_else_is_refused_in_one_line() -> None:
    index = (SAMPLES / "index.tsv").read_text().splitlines()
    kinds = dict(row.split("\t")[:2] for row in index)
    explained = 0
    for name, kind in kinds.items():
        path = SAMPLES / name
        if not path.is_file():
            continue
        result = run(app, ["explain", str(path), "--json"])
        assert result.exit_code in (0, 1, 2), (name, result.exception)
        assert isinstance(result.exception, SystemExit | None), (name, result.exception)
        if kind == "835":
            explained += 1
            assert result.exit_code in (0, 1), name
            assert json.loads(result.stdout)["payments"], name
            assert run(app, ["explain", str(path)]).exit_code == result.exit_code
        elif result.exit_code == 2:
            assert result.stdout == "" and len(result.stderr.strip().splitlines()) == 1
    assert explained == 9


def test_a_missing_file_is_exit_two(tmp_path: Path) -> None:
    assert run(app, ["explain", str(tmp_path / "none.835")]).exit_code == 2
