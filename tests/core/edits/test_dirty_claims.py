"""No dirty claim gets past, and no clean one is held: a part of what `bench/dirty_claims.py` runs at full size."""

from __future__ import annotations

from dirty_claims import MISTAKES, case, found_in

from claimwright.edits.registry import ADVISE, all_edits
from claimwright.payers.edits import all_payer_edits


def test_every_mistake_is_found_by_its_edit_every_edit_finds_one_and_no_clean_claim_is_flagged():
    missed, flagged, idle = [], [], {edit.id for edit in all_edits() + all_payer_edits()}
    for number in range(2 * len(MISTAKES)):
        one = case(number, seed=2026)
        found = {finding.edit for finding in found_in(one.claim, one.context, one.mistake.tables)}
        idle -= found & one.mistake.edits
        if not found & one.mistake.edits:
            missed.append((number, one.mistake.kind, one.kind, sorted(found)))
        if any(finding.severity != ADVISE for finding in found_in(one.clean, one.clean_context)):
            flagged.append((number, one.kind))
    assert missed == []
    assert flagged == []
    assert idle == set()


def test_there_are_more_than_120_kinds_each_with_the_payers_answer_and_a_real_edit():
    known = {edit.id for edit in all_edits() + all_payer_edits()}
    assert len({one.kind for one in MISTAKES}) == len(MISTAKES) >= 120
    assert all(one.stands_for and one.edits <= known for one in MISTAKES)
