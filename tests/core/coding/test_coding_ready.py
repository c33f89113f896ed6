"""A reader that loaded everything beforehand says the same."""

from __future__ import annotations

import gc
from datetime import date

from claimwright.coding.dictionary import terms
from claimwright.coding.model import Document, Visit
from claimwright.coding.ready import VISIT, prepare
from claimwright.coding.suggest import suggest


def test_to_be_ready_changes_no_code_and_leaves_no_table_for_the_first_note():
    asked = [Document(kind="progress", text=VISIT)], Visit(on=date(2026, 11, 2))
    before = suggest(*asked)
    try:
        prepare()
    finally:
        gc.unfreeze()
    assert suggest(*asked) == before
    assert terms.terms.cache_info().currsize == 1
    assert {"E11.40", "I10"} <= {one.code for one in before.diagnoses}
