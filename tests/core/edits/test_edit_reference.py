"""The list of edits for people is whole and current: each with its source, its fix and three cases or more."""

from datetime import timedelta
from pathlib import Path

import pytest
from edit_bench import moved
from edit_cases_payers import CASES as PAYER_CASES
from edit_reference import proofs
from test_edits import beside

from claimwright.codesets.tables import starter
from claimwright.edits.reference import address, render
from claimwright.edits.registry import all_edits
from claimwright.edits.scrub import scrub
from claimwright.payers.edits import all_payer_edits

COMMAND = "python tests/core/edits/edit_reference.py > docs/reference/edits.md"
PAGE = Path(__file__).parents[3] / "docs" / "reference" / "edits.md"
EDITS = all_edits() + all_payer_edits()


@pytest.fixture(scope="module")
def proved():
    return proofs()


def test_the_page_is_current(proved):
    current = PAGE.read_text(encoding="utf-8") == render(proved, all_payer_edits())  # pytest would compare them for minutes
    assert current, f"run: {COMMAND}"


def test_every_edit_has_a_source_a_fix_and_three_cases_of_which_it_finds_one_and_passes_one(proved):
    for edit in EDITS:
        proof = proved[edit.id]
        found = [said for finds, said in proof.cases if finds]
        assert edit.citation.strip() and edit.summary.strip() and proof.fix.endswith("."), edit.id
        assert len(set(proof.cases)) >= 3 and found and len(found) < len(proof.cases), f"{edit.id} needs three cases"
    assert set(proved) == {edit.id for edit in EDITS}


def test_the_page_tells_each_edit_at_its_own_place(proved):
    page = render(proved, all_payer_edits())
    for edit in EDITS:
        entry = page.partition(f'<a id="{address(edit.id)}"></a>`{edit.id}`')[2].partition("### ")[0]
        assert f"**{edit.severity}**" in entry and edit.citation in entry and proved[edit.id].fix in entry
        assert entry.count("- finds: ") + entry.count("- passes: ") == len(proved[edit.id].cases)


@pytest.mark.parametrize(("edit", "passes", "fails"), PAYER_CASES)
def test_a_payers_edit_passes_what_is_right_and_finds_what_is_wrong(edit, passes, fails):
    own = [one for one in all_payer_edits() if one.id == edit]
    spoilt, around = beside(fails)
    eve = moved(spoilt, own[0].since - timedelta(days=1))
    for case, found in ((passes, False), (fails, True), ((eve, around), False)):
        of, around, *_ = beside(case)
        assert (edit in {finding.edit for finding in scrub(of, around, starter(), own)}) is found
