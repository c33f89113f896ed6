"""The dictionary finds the official terms that a text says, in its words or others, and where."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from claimwright.codesets import icd10cm
from claimwright.coding.dictionary import choose, find, find_each, find_in, padded
from claimwright.coding.dictionary.editions import valid
from claimwright.coding.dictionary.spelling import Spelling, one_letter_off
from claimwright.coding.dictionary.stems import root
from claimwright.coding.dictionary.tables import lines
from claimwright.coding.dictionary.terms import places_of
from claimwright.coding.model import Document
from claimwright.coding.note import read

ON = date(2026, 3, 2)
NOTES = Path(__file__).parents[4] / "shared" / "data" / "notes" / "codiesp" / "dev.jsonl.gz"


def codes(text: str, on: date | None = ON) -> set[str]:
    """All codes that a text names."""
    return {one.code for one in find(text, on)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Fracture of the neck of the left femur after a fall.", "S72.002"),  # index: main term and subterms in any order
        ("He has chronic obstructive pulmonary disease.", "J44.9"),
        ("Necrotic tissue was removed.", "I96"),  # a cross-reference of the index
        ("acute haemorrhagic pancreatitis", "K85.90"),  # British spelling, a word that may be said besides
        ("hepatic metastases", "C78.7"),  # adjective for noun, neoplasm table
        ("cancer of the sigmoid colon", "C18.7"),
        ("Pain in the right shoulder", "M25.511"),
        ("duodenal ulcer and constipation", "K26.9"),  # the default is the unspecified one
        ("duodenal ulcer and constipation", "K59.00"),
        ("He is short of breath.", "R06.02"),  # lay words
        ("high blood pressure", "I10"),
        ("COPD", "J44.9"),
        ("Sjogren syndrome", "M35.00"),  # accents
        ("Hypothiroidism", "E03.9"),  # one wrong letter
        ("septic shock", "R65.21"),
        ("gout", "M10.9"),
        ("Poisoning by digoxin", "T46.0X1"),  # drug table
        ("bitten by a dog", "W54.0"),  # external causes
        ("chronic kidney disease stage 4", "N18.4"),
        ("His body mass index is 27.4 today.", "Z68.27"),
        ("epiphora of the right eye", "H04.201"),
    ],
)
def test_a_term_is_found_in_any_order_and_form_of_its_words(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "The examination was normal.",
        "Blood was drawn for a test.",
        "He is an old man in good condition.",
        "Follow up next month.",
    ],
)
def test_words_that_alone_name_no_diagnosis_find_none(text: str) -> None:
    assert choose(find(text, ON)) == []


def test_the_place_of_a_candidate_is_its_words() -> None:
    text = "Seen for gout. Fracture of the neck of the left femur."
    found = max((one for one in find(text, ON) if one.code == "S72.002"), key=lambda one: one.score)
    assert text[found.start : found.end] == "Fracture of the neck of the left femur"[: found.end - found.start]
    assert (found.words, found.said, found.gap, found.side) == (3, 3, 1, "said")


def test_many_texts_at_once_are_cut_and_found_as_each_alone() -> None:
    texts = [
        "",
        "Crohn's disease; gout.\nNo!\u2003Ménière's 's's disease² 4%",
        "It's a's's's",
        "Pain of the\u2028left hip. COPD",
    ]
    assert find_each(texts, ON) == [find(text, ON) for text in texts]


def test_words_of_two_sentences_make_no_term() -> None:
    assert "S72.002" not in codes("Fracture. The neck is supple. Left femur normal.")


def test_both_sides_are_two_codes_where_there_is_none_for_both() -> None:
    assert {"M25.531", "M25.532"} <= codes("pain in both wrists")
    assert "M17.0" in codes("primary osteoarthritis of both knees")


def test_an_abbreviation_of_two_meanings_needs_its_context() -> None:
    assert "M06.9" in codes("Seen by rheumatology for RA.")
    assert "M06.9" not in codes("Oxygen saturation 97% on RA.")


def test_candidates_of_a_note_name_their_document() -> None:
    note = read([Document(kind="progress", text="Gout."), Document(kind="radiology", text="Pneumonia.")])
    assert {(one.document, one.code) for one in find_in(note, ON)} >= {(0, "M10.9"), (1, "J18.9")}


def test_the_best_reading_of_a_place_is_chosen_once() -> None:
    chosen = [one.code for one in choose(find("Duodenal ulcer. Later the duodenal ulcer healed.", ON))]
    assert chosen == ["K26.9"]


@pytest.mark.parametrize(
    ("code", "on", "then"),
    [
        ("R05.9", date(2021, 9, 30), "R05"),  # split on 1 October 2021
        ("R05.9", date(2021, 10, 1), "R05.9"),
        ("F32.A", date(2020, 1, 1), "F32.9"),
        ("M54.50", date(2017, 6, 1), "M54.5"),
        ("B88.01", date(2025, 9, 30), "B88.0"),
        ("I10", None, "I10"),
    ],
)
def test_a_code_not_yet_known_gives_way_to_the_one_that_stood_for_it(code: str, on: date | None, then: str) -> None:
    assert valid(code, on) == then


def test_a_code_is_padded_only_where_a_seventh_character_follows() -> None:
    assert [padded(code) for code in ("W19", "S72.001", "I10")] == ["W19.XXX", "S72.001", "I10"]


@pytest.mark.parametrize(
    "forms",
    [
        ("infection", "infected", "infectious"),
        ("stenosis", "stenoses", "stenotic"),
        ("edema", "oedema", "edematous"),
        ("kidney", "renal", "kidneys"),
        ("hemorrhage", "haemorrhagic", "bleeding"),
        ("neuropathy", "neuropathies", "neuropathic"),
        ("vertebra", "vertebrae", "vertebral"),
    ],
)
def test_the_forms_of_a_word_have_one_root(forms: tuple[str, ...]) -> None:
    assert len({root(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("pneumonia", "pneumnia", True),
        ("pneumonia", "pneumonai", True),
        ("pneumonia", "pneumoniaa", True),
        ("pneumonia", "pmeunonia", False),
        ("pneumonia", "pneu", False),
    ],
)
def test_one_letter_off(one: str, other: str, near: bool) -> None:
    assert one_letter_off(one, other) is near
    assert one_letter_off(other, one) is near


def test_a_word_near_to_two_is_left_alone() -> None:
    spelling = Spelling({word: word for word in ("hepatology", "hematology", "pneumonia")})
    assert spelling.nearest("heratology") == ""
    assert spelling.nearest("pneumomia") == "pneumonia"


def test_every_code_of_the_table_is_known_and_complete_but_for_its_seventh_character() -> None:
    wrong = set()
    for line in lines("terms"):
        for packed in line.split("\t")[1].split(";"):
            code, _, sides = packed.split(" ")[0].partition("/")
            for one in (code, *(code[:-1] + character for character in sides[1::2])):
                held = icd10cm.lookup(one, ON)
                if held is None or not (held.billable or icd10cm.needs_seventh(one)):
                    wrong.add(one)
    assert wrong == set()


def test_the_tables_stay_small() -> None:
    data = resources.files("claimwright.coding.dictionary").joinpath("data")
    assert sum(len(one.read_bytes()) for one in data.iterdir()) < 11_000_000


@pytest.mark.skipif(not NOTES.exists(), reason="the CodiEsp notes are not here")
def test_case_reports_are_coded_without_labels_to_learn_from() -> None:
    """Exact micro F1 and recall of the candidates on the first hundred notes of CodiEsp dev, by the codes of 2017."""
    right = named = gold = found = 0
    with gzip.open(NOTES, "rt", encoding="utf-8") as stream:
        notes = [json.loads(line) for line in stream][:100]
    for note in notes:
        wanted = {_unpadded(code) for code in note["dx"]}
        candidates = find(note["text"], date(2017, 6, 1))
        chosen = {one.code for one in choose(candidates)}
        right += len(chosen & wanted)
        found += len({one.code for one in candidates} & wanted)
        named += len(chosen)
        gold += len(wanted)
    assert 2 * right / (named + gold) >= 0.52
    assert found / gold >= 0.72


def _unpadded(code: str) -> str:
    return re.sub(r"\.?X+$", "", code)


def test_the_term_that_says_more_of_a_place_is_chosen() -> None:
    assert [one.code for one in choose(find("She has knee pain.", ON))] == ["M25.569"]


def test_the_places_of_the_terms_are_those_of_the_table():
    """Each word is found at the lines that hold it: the two files were made together."""
    data = resources.files("claimwright.coding.dictionary").joinpath("data")
    assert data.joinpath("places.txt").read_text(encoding="utf-8") == places_of(data.joinpath("terms.txt").read_bytes())
