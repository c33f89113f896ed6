"""Scores of US billing diagnoses are shares counted on annotated notes, and the auto lane holds only the surest."""

from __future__ import annotations

import pytest
from coding_cases import read_note

from claimwright.coding.probability import GROUPS, PRIOR, SURE, smoothed
from claimwright.coding.tables import rows


def test_a_title_of_the_assessment_is_sure_and_a_complaint_without_one_is_not():
    sure = read_note("1. Hypertension, stable.").diagnoses[0]
    unsure = read_note("CC: Dizziness.\nHPI: Dizzy for two days.\nPLAN:\nObserve.").diagnoses[0]
    assert sure.auto and sure.score >= SURE
    assert unsure.suggested and not unsure.auto and unsure.score < SURE


def test_what_is_not_suggested_is_never_in_the_auto_lane_and_scores_below_a_half():
    coding = read_note("HPI: Knee pain, gout last spring.\nPMH: Psoriasis.\nASSESSMENT:\n1. Acute bronchitis\n2. Cough")
    below = [one for one in coding.diagnoses if not one.suggested]
    assert below and all(not one.auto and one.score < 0.5 for one in below)


def test_each_row_of_the_table_counts_what_it_can():
    counted = list(rows("calibration"))
    assert counted and all(int(right) <= int(seen) and lane in PRIOR for lane, _, _, right, seen in counted)
    assert {group for _, group, *_ in counted} <= {*GROUPS.values(), "elsewhere"}


@pytest.mark.parametrize("right, seen, share", [(0, 0, 0.85), (16, 16, 0.97), (8, 16, 0.57)])
def test_few_notes_are_drawn_towards_what_was_believed_before(right, seen, share):
    assert smoothed("suggested", right, seen) == pytest.approx(share)
