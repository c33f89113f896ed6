"""A reader that loaded everything beforehand says the same."""

from __future__ import annotations

import gc
from datetime import date

from claimwright.coding.dictionary import terms
from claimwright.coding.model import Document, Visit
from claimwright.coding.ready import VISIT, prepare
from claimwright.coding.suggest import CHARACTERS, TOGETHER, suggest, suggest_each
from claimwright.office.demo.chart import notes


def test_to_be_ready_changes_no_code_and_leaves_no_table_for_the_first_note():
    asked = [Document(kind="progress", text=VISIT)], Visit(on=date(2026, 11, 2))
    before, threshold = suggest(*asked), gc.get_threshold()
    try:
        prepare()
    finally:
        gc.unfreeze()
        gc.set_threshold(*threshold)
    assert suggest(*asked) == before
    assert terms.terms.cache_info().currsize == 1
    assert {"E11.40", "I10"} <= {one.code for one in before.diagnoses}


def test_encounters_side_by_side_are_coded_as_each_alone_and_only_some_are_taken_ahead():
    settings = ("office", "inpatient", "emergency")
    asked = [(note.sample()[0], Visit(on=date(2026, 11, 2), setting=settings[at % 3])) for at, note in enumerate(notes())]
    taken = []
    found = suggest_each(one for one in asked if taken.append(one) is None)
    first = next(found)
    assert len(taken) == min(TOGETHER, len(asked))
    assert [first, *found] == [suggest(*one) for one in asked]


def test_long_records_are_not_held_side_by_side():
    taken = []
    long = [Document(kind="progress", text="Gout. ".ljust(CHARACTERS))], Visit(on=date(2026, 11, 2))
    found = suggest_each(one for one in [long] * 3 if taken.append(one) is None)
    next(found)
    assert len(taken) == 1
