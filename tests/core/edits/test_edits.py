"""Every edit has a case it passes, one it fails, and the day before it began."""

from datetime import timedelta

import pytest
from edit_bench import MEMBER, PATIENT, claim, context, earlier, findings, medicare, moved, scrubbed
from edit_cases_around import CASES as AROUND_CASES
from edit_cases_claims import CASES as CLAIM_CASES
from edit_cases_codes import CASES as CODE_CASES
from edit_cases_doses import CASES as DOSE_CASES
from edit_cases_facility import CASES as FACILITY_CASES
from edit_cases_forms import CASES as FORM_CASES
from edit_cases_forms import outpatient, stay, teeth
from edit_cases_limits import CASES as LIMIT_CASES
from edit_cases_notes import CASES as NOTE_CASES
from edit_cases_people import CASES as PEOPLE_CASES
from edit_cases_registered import CASES as REGISTERED_CASES
from edit_cases_rejections import CASES as REJECTION_CASES

from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, WARN, all_edits
from claimwright.edits.scrub import may_leave

CASES = PEOPLE_CASES + CODE_CASES + CLAIM_CASES + FORM_CASES + NOTE_CASES + AROUND_CASES + DOSE_CASES + LIMIT_CASES
CASES += FACILITY_CASES + REJECTION_CASES + REGISTERED_CASES
EDITS = {edit.id: edit for edit in all_edits()}
ROWS = [pytest.param(*case, id=f"{case[0]}-{number}") for number, case in enumerate(CASES)]


def beside(case):
    """A case is a claim, or a claim with its context, or also with its tables."""
    return case if isinstance(case, tuple) else (case, context())


@pytest.mark.parametrize(("edit", "passes", "fails"), ROWS)
def test_passes_what_is_right_and_finds_what_is_wrong(edit, passes, fails):
    assert edit not in scrubbed(*beside(passes))
    assert edit in scrubbed(*beside(fails))


@pytest.mark.parametrize(("edit", "passes", "fails"), ROWS)
def test_is_silent_the_day_before_it_began(edit, passes, fails):
    spoilt, *around = beside(fails)
    if spoilt.lines:
        assert edit not in scrubbed(moved(spoilt, EDITS[edit].since - timedelta(days=1)), *around)


@pytest.mark.parametrize(("edit", "passes", "fails"), ROWS)
def test_says_what_where_why_and_how_to_mend_it_without_naming_the_patient(edit, passes, fails):
    for finding in findings(*beside(fails)):
        assert finding.message.endswith(".") and finding.fix.endswith(".") and finding.citation
        assert len(finding.message) <= 400 and len(finding.fix) <= 400 and len(finding.citation) <= 200
        assert finding.claim == beside(fails)[0].patient_control_number
        said = finding.message + finding.fix
        for secret in (PATIENT.last, PATIENT.first, MEMBER, "1EG4TE5MK73", "1971-03-09"):
            assert secret not in said


def test_every_edit_has_a_case():
    assert {edit for edit, _, _ in CASES} == set(EDITS)


def test_edits_have_unique_names_and_complete_facts():
    edits = all_edits()
    assert len(EDITS) == len(edits) >= 60
    for edit in edits:
        assert edit.severity in {REJECT, DENY, WARN, ADVISE}
        assert edit.citation and edit.summary.endswith(".") and edit.element and edit.forms <= ANY_FORM
        assert edit.until is None or edit.until > edit.since


def test_a_clean_claim_has_no_findings():
    assert findings(claim()) == []
    assert findings(medicare()) == []
    assert findings(stay()) == []
    assert findings(outpatient()) == []
    assert findings(teeth("D0120")) == []


def test_a_claim_without_lines_is_rejected_and_nothing_else_runs():
    assert [finding.edit for finding in findings(claim(lines=()))] == ["CLM-LINES"]


def test_the_worst_comes_first():
    severities = [finding.severity for finding in findings(claim(do="99213 20610", dx="M17.10", charge=1))]
    assert severities == sorted(severities, key=[REJECT, DENY, WARN, ADVISE].index)


def test_a_claim_leaves_with_warnings_but_not_with_a_denial():
    assert may_leave(findings(claim(dx="M17.10")))
    assert not may_leave(findings(claim(do="99213 20610-RT", dx="M17.11")))


def test_a_claim_is_not_held_against_the_visit_it_corrects_or_the_primary_claim_of_it():
    visit = earlier(days=0, do="11042")
    again = {"do": "11720", "dx": "B35.1", "payer_control_number": "P1", "frequency": "7"}
    assert "NCCI-OTHER-CLAIM" not in scrubbed(claim(**again), context(history=(visit,)))
    secondary = claim(do="11720", dx="B35.1", responsibility="S")
    assert "NCCI-OTHER-CLAIM" not in scrubbed(secondary, context(history=(visit,)))
