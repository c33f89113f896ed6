"""An edit finds nothing on a claim that lacks what the edit says it needs: every edit is run, skipped or not."""

from dirty_claims import case
from edit_bench import claim, context, lines
from edit_cases_around import CASES as AROUND_CASES
from edit_cases_claims import CASES as CLAIM_CASES
from edit_cases_codes import CASES as CODE_CASES
from edit_cases_doses import CASES as DOSE_CASES
from edit_cases_facility import CASES as FACILITY_CASES
from edit_cases_forms import CASES as FORM_CASES
from edit_cases_limits import CASES as LIMIT_CASES
from edit_cases_notes import CASES as NOTE_CASES
from edit_cases_people import CASES as PEOPLE_CASES
from edit_cases_registered import CASES as REGISTERED_CASES
from edit_cases_rejections import CASES as REJECTION_CASES

from claimwright.codesets.tables import starter
from claimwright.edits.facts import facts_of
from claimwright.edits.registry import all_edits, in_force, to_run

CASES = PEOPLE_CASES + CODE_CASES + CLAIM_CASES + FORM_CASES + NOTE_CASES + AROUND_CASES + DOSE_CASES + LIMIT_CASES
CASES += FACILITY_CASES + REJECTION_CASES + REGISTERED_CASES


def needless(of, beside, tables=None):
    """The edits that find something although the claim lacks what they need."""
    if not of.lines:
        return set()
    tables = tables or starter()
    facts = facts_of(of, beside, tables)
    idle = [edit for edit in in_force(of.form, of.first_service) if not edit.may_find(facts)]
    return {edit.id for edit in idle if any(True for _ in edit.check(of, beside, tables))}


def test_on_clean_and_spoilt_claims():
    made = [case(number, 23) for number in range(2_000)]
    assert {
        edit
        for one in made
        for of, beside in ((one.clean, one.clean_context), (one.claim, one.context))
        for edit in needless(of, beside)
    } == set()


def test_on_every_case_of_every_edit():
    for edit, passes, fails in CASES:
        for one in (passes, fails):
            assert needless(*(one if isinstance(one, tuple) else (one, context()))) == set(), edit


def test_what_is_not_skipped_runs_in_the_order_of_the_families():
    one = claim(lines=lines("99213-25 20610-RT"))
    running = to_run(one.form, one.first_service, facts_of(one, context(), starter()))
    everything = in_force(one.form, one.first_service)
    assert [edit for edit in everything if edit in running] == list(running) and len(running) < len(everything) / 2


def test_needs_are_written_as_facts_are():
    """A need with a slip of the pen would never be met: its edit would be silent. Each has a case that meets it."""
    met = set()
    for _, _, fails in CASES:
        of, beside, *tables = fails if isinstance(fails, tuple) else (fails, context())
        if of.lines:
            facts = facts_of(of, beside, tables[0] if tables else starter())
            met |= {edit.id for edit in all_edits() if edit.may_find(facts)}
    assert {edit.id for edit in all_edits()} == met
