"""The dictionary finds the official terms that a text says, in its words or others, and where."""

from __future__ import annotations

from datetime import date

import pytest

from claimwright.coding.dictionary import find, find_in, padded
from claimwright.coding.model import Document
from claimwright.coding.note import read

ON = date(2026, 3, 2)


def codes(text: str, on: date | None = ON) -> set[str]:
    """All codes that a text names."""
    return {one.code for one in find(text, on)}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Fracture of the neck of the left femur after a fall.", "S72.002"),
        ("He has chronic obstructive pulmonary disease.", "J44.9"),
        ("Necrotic tissue was removed.", "I96"),
        ("acute haemorrhagic pancreatitis", "K85.90"),
        ("hepatic metastases", "C78.7"),
        ("Pain in the right shoulder", "M25.511"),
        ("diabetic ketoacidosis", "E13.10"),
        ("duodenal ulcer and constipation", "K26.9"),
        ("duodenal ulcer and constipation", "K59.00"),
    ],
)
def test_a_term_is_found_in_any_order_and_form_of_its_words(text: str, code: str) -> None:
    assert code in codes(text)


def test_the_place_of_a_candidate_is_its_words() -> None:
    text = "Seen for gout. Fracture of the neck of the left femur."
    found = max((one for one in find(text, ON) if one.code == "S72.002"), key=lambda one: one.score)
    assert text[found.start : found.end] == "Fracture of the neck of the left femur"[: found.end - found.start]


def test_words_of_two_sentences_make_no_term() -> None:
    assert "S72.002" not in codes("Fracture. The neck is supple. Left femur normal.")


def test_candidates_of_a_note_name_their_document() -> None:
    note = read([Document(kind="progress", text="Gout."), Document(kind="radiology", text="Pneumonia.")])
    assert {(one.document, one.code) for one in find_in(note, ON)} >= {(0, "M10.9"), (1, "J18.9")}


def test_a_code_not_yet_known_gives_way_to_its_parent_or_is_left_out() -> None:
    assert "B88.01" in codes("infestation by demodex mites", date(2025, 10, 1))
    assert "B88.01" not in codes("infestation by demodex mites", date(2025, 9, 30))


def test_a_code_is_padded_only_where_a_seventh_character_follows() -> None:
    assert [padded(code) for code in ("W19", "S72.001", "I10")] == ["W19.XXX", "S72.001", "I10"]
