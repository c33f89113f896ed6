"""The gate before a wording lets every sentence through that holds it."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimwright.coding.causes import _causes
from claimwright.coding.gates import OFTEN, Spots, needed, quicker
from claimwright.coding.model import Document, Visit
from claimwright.coding.note import read
from claimwright.coding.ready import ON, VISIT
from claimwright.coding.suggest import suggest
from claimwright.coding.tables import _cues
from claimwright.office.demo.chart import notes

PATTERNS = [*_cues().values(), *(one.pattern for one in _causes())]


def held_back(documents: list[Document]) -> list[str]:
    """Patterns that match in a sentence their gate closes."""
    note = read(documents)
    spots = Spots(note)
    wrong = []
    for pattern in PATTERNS:
        needed(pattern)  # as after a longer note: a short one does not read a new pattern
        gate = spots.of(pattern)
        if not spots.somewhere(pattern) and any(pattern.search(document.text) for document in note.documents):
            wrong.append(pattern.pattern[:60])
        for number, sentence in enumerate(note.sentences):
            text = note.documents[sentence.document].text[sentence.start : sentence.end]
            if gate is not None and number not in gate and pattern.search(text):
                wrong.append(pattern.pattern[:60])
    return wrong


def test_no_wording_is_missed_in_the_notes_of_the_demonstration():
    assert [wrong for note in notes() for wrong in held_back(list(note.sample()[0]))] == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(["fell off a ladder", "BMI 31", "İstanbul", ".", "\n", "given in the office", "x-ray", "if", "no"]))
)
def test_no_wording_is_missed_in_mixed_text_even_where_lower_case_is_longer(words):
    assert held_back([Document(kind="progress", text=" ".join(words)), Document(kind="other", text="".join(words))]) == []


@pytest.mark.parametrize(
    "pattern, strings",
    [
        (r"\b(?:fell|had a fall)\b", {"fell", "had a fall"}),
        (r"\d+ ?mg", {"mg"}),
        (r"(?:right|left)?\s+knee", {"knee"}),
        (r"\d", set()),
        (r"in[- ]office", {"in-office", "in office"}),
        (r"(?:↑|raised)", {"↑", "raised"}),
        (r"(?:x|raised)", set()),
    ],
)
def test_a_pattern_needs_one_of_its_strings(pattern, strings):
    assert needed(re.compile(pattern, re.I)) == strings


# sought in every sentence, as a part of them has no fixed word: these are asked only of notes that hold a word of pregnancy,
# and of the one sentence of a drug;
# a new pattern should rather have a fixed word in each part, or stand behind a cheaper question
ALWAYS_OPEN = {"pregnancy.TOLD", "pregnancy.PREGNANT", "pregnancy.GRAVIDA", "injections.prescribed"}


def test_few_wordings_of_which_no_part_is_fixed_are_sought_in_every_sentence(monkeypatch):
    asked: dict[int, re.Pattern[str]] = {}
    monkeypatch.setattr(Spots, "_needed", lambda self, pattern, key: needed(asked.setdefault(key, pattern)))
    texts = [VISIT, *(document.text for note in notes() for document in note.sample()[0])]
    for text in texts:
        suggest([Document(kind="progress", text=text)], Visit(on=ON))
    names = {id(pattern): name for name, pattern in _cues().items()}
    for name, module in list(sys.modules.items()):
        if name.startswith("claimwright.coding."):
            held = {id(one): f"{name.split('.')[-1]}.{key}" for key, one in vars(module).items() if isinstance(one, re.Pattern)}
            names = held | names
    assert {names.get(key, one.pattern) for key, one in asked.items() if not needed(one)} <= ALWAYS_OPEN


def test_a_pattern_sought_often_finds_the_same_in_small_letters_by_groups_of_the_same_names():
    pattern = re.compile(r"\b(?P<Stage>Stage)\W+(?P<number>[IV]+|\d)\b", re.I)
    quick = [quicker(pattern) for _ in range(OFTEN)][-1]
    assert quick is not None and not quick.flags & re.I
    assert quick.search("ckd stage iv").groupdict() == {"Stage": "stage", "number": "iv"}
