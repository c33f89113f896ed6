"""The annotation of the ACI-Bench notes is whole: codes in force, spans in the texts, order, elements that give the level."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from claimwright.codesets import icd10cm
from claimwright.coding.em_table import from_elements

ROOT = Path(__file__).parents[3]
GOLD = ROOT / "tests" / "data" / "coding" / "aci_bench.jsonl"
TEXTS = ROOT.parent / "shared" / "data" / "notes" / "aci_bench"
ON = date(2026, 11, 2)
NOTES: list[dict[str, Any]] = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
RANKS = {
    "problems": {"minimal": 1, "low": 2, "moderate": 3, "high": 4},
    "data": {"minimal": 1, "limited": 2, "moderate": 3, "extensive": 4},
    "risk": {"minimal": 1, "low": 2, "moderate": 3, "high": 4},
}
KEYS = {
    "dx": {"code", "required", "spans", "rule"},
    "em": {"code", "modifiers", "problems", "data", "risk", "spans"},
    "services": {"code", "modifiers", "units", "required", "spans", "system"},
}


def marked(note: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything of a note that has spans."""
    return [*note["dx"], *note["services"], *([note["em"]] if "code" in (note["em"] or {}) else [])]


def test_every_note_is_there_once_in_order():
    assert [note["id"] for note in NOTES] == [f"D2N{number:03}" for number in range(1, 88)]
    assert [note["part"] for note in NOTES] == ["train"] * 67 + ["valid"] * 20


def test_only_codes_and_offsets_are_kept_never_the_words():
    for note in NOTES:
        assert set(note) == {"id", "part", "setting", "new_patient", "dx", "em", "services"}, note["id"]
        assert all(set(row) == KEYS[kind] for kind in ("dx", "services") for row in note[kind]), note["id"]
        assert set(note["em"]) == KEYS["em"], note["id"]
        assert all(re.fullmatch(r"|I[A-Z.\d]*(\.[A-Za-z\d]+)*", row["rule"]) for row in note["dx"]), note["id"]


def test_every_diagnosis_is_billable_on_the_day_and_named_once():
    for note in NOTES:
        codes = [row["code"] for row in note["dx"]]
        assert len(codes) == len(set(codes)), note["id"]
        assert [code for code in codes if not icd10cm.billable(code, ON)] == [], note["id"]


def test_required_diagnoses_come_first_and_in_claim_order():
    for note in NOTES:
        required = [row["required"] for row in note["dx"]]
        assert required[0], note["id"]
        assert required == sorted(required, reverse=True), note["id"]
        codes = [row["code"] for row in note["dx"] if row["required"]]
        for first, then in (("I11.0", "I50"), ("E11.621", "L97")):
            if first in codes:
                assert codes[codes.index(first) + 1].startswith(then), note["id"]
        if {"Z79.4", "Z79.84"} & set(codes):
            assert any(code.startswith("E11") for code in codes), note["id"]


def test_office_levels_follow_from_two_of_the_three_elements():
    for note in NOTES:
        told = note["em"]
        ranks = [RANKS[name][told[name]] for name in RANKS]
        if told["code"].startswith("992"):
            family = "9920" if note["new_patient"] else "9921"
            assert told["code"] == f"{family}{from_elements(*ranks)}", note["id"]
        else:
            assert re.fullmatch(r"9939[5-7]", told["code"]), note["id"]


def test_services_are_numbers_with_modifiers_units_and_system():
    for note in NOTES:
        for row in note["services"]:
            pattern = r"[A-V]\d{4}" if row["system"] == "HCPCS" else r"\d{5}"
            assert re.fullmatch(pattern, row["code"]), note["id"]
            assert row["units"] >= 1
            assert all(re.fullmatch(r"[A-Z\d]{2}", modifier) for modifier in row["modifiers"]), note["id"]


def test_spans_are_ordered_apart_and_not_empty():
    for note in NOTES:
        for row in marked(note):
            assert row["spans"], (note["id"], row["code"])
            edges = [edge for span in row["spans"] for edge in span]
            assert edges[0] >= 0, (note["id"], row["code"])
            assert all(one < other for one, other in pairwise(edges)), (note["id"], row["code"])


def test_spans_lie_in_the_texts_and_hold_whole_words():
    if not TEXTS.is_dir():
        pytest.skip("the ACI-Bench notes are not on this machine")
    texts: dict[str, str] = {}
    for part in ("train", "valid"):
        with gzip.open(TEXTS / f"{part}.jsonl.gz", "rt", encoding="utf-8", newline="") as stream:
            texts.update((row["id"], row["note"]) for row in map(json.loads, stream))
    for note in NOTES:
        text = texts[note["id"]]
        for row in marked(note):
            for start, end in row["spans"]:
                place = (note["id"], row["code"], start)
                assert end <= len(text), place
                assert not text[start].isspace() and not text[end - 1].isspace(), place
                assert not (start and text[start - 1].isalnum() and text[start].isalnum()), place
                assert not (end < len(text) and text[end - 1].isalnum() and text[end].isalnum()), place
