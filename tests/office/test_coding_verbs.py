"""Coding: suggestions and decisions are both kept, questions hold the visit, what cannot be a claim is refused."""

from datetime import date

import pytest

from claimwright.office.records.models import AccessLog, CodeSuggestion, PhysicianQuery
from claimwright.office.workflow import charging, coding
from claimwright.office.workflow.coding import DecidedCode
from claimwright.office.workflow.errors import Refused
from officekit import VISIT

I10 = DecidedCode(system="ICD-10-CM", code="I10")
VISIT_CODE = DecidedCode(system="CPT", code="99213", diagnosis_codes=("I10",))


def decide(office, visit, *codes, complete=True):
    return coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=codes, complete=complete)


def test_the_reader_suggests_with_the_words_of_the_note(office):
    visit = office.visit(office.patient())
    suggested = coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    first = next(row for row in suggested if row.code == "I10")
    evidence = first.content["evidence"][0]
    text = visit.documents.get().text
    assert text[evidence["start"] : evidence["end"]] == evidence["text"]
    visit.refresh_from_db()
    assert {"read", "queries"} == set(visit.reading)


def test_what_was_suggested_is_kept_beside_what_was_decided(office):
    visit = office.visit(office.patient())
    rows = {row.code: row for row in coding.suggest_codes(**office.who(), encounter_id=visit.pk)}
    other = next(code for code in rows if code != "I10")
    decide(office, visit, I10, VISIT_CODE)
    decisions = dict(CodeSuggestion.objects.filter(encounter=visit).values_list("code", "decision"))
    assert decisions["I10"] == "accepted"
    assert decisions[other] in ("accepted", "rejected")
    coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    assert CodeSuggestion.objects.filter(encounter=visit, decision="accepted", code="I10").exists()


def test_a_saved_draft_leaves_the_visit_to_code(office):
    visit = office.visit(office.patient())
    assert decide(office, visit, I10, complete=False).state == "to code"
    assert decide(office, visit, I10, VISIT_CODE).state == "coded"


def test_a_saved_draft_turns_down_only_what_the_coder_turned_down(office):
    visit = office.visit(office.patient())
    rows = {row.code: row for row in coding.suggest_codes(**office.who(), encounter_id=visit.pk)}
    no, *undecided = [row.pk for code, row in rows.items() if code != "I10"]
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[I10], complete=False, rejected={no})
    decisions = dict(visit.suggestions.values_list("pk", "decision"))
    assert (decisions[rows["I10"].pk], decisions[no]) == ("accepted", "rejected")
    assert {decisions[pk] for pk in undecided} <= {"open"}
    decide(office, visit, complete=False)
    assert set(visit.suggestions.values_list("decision", flat=True)) == {"open"}


def test_reading_again_leaves_what_was_decided_and_doubles_nothing(office):
    visit = office.visit(office.patient())
    rows = {row.code: row for row in coding.suggest_codes(**office.who(), encounter_id=visit.pk)}
    no = next(row.pk for code, row in rows.items() if code != "I10")
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=[I10], complete=False, rejected={no})
    coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    codes = list(visit.suggestions.values_list("system", "code"))
    assert len(codes) == len(set(codes)) == len(rows)
    assert visit.suggestions.get(pk=no).decision == "rejected"


@pytest.mark.parametrize(("codes", "words"), [
    ((I10,), "one diagnosis and one service"),
    ((VISIT_CODE,), "one diagnosis and one service"),
    ((I10, I10, VISIT_CODE), "twice"),
    ((I10, DecidedCode(system="CPT", code="99213")), "no diagnosis that supports"),
    ((I10, DecidedCode(system="CPT", code="99213", diagnosis_codes=("E11.9",))), "not among"),
])  # fmt: skip
def test_what_could_not_be_a_claim_is_refused(office, codes, words):
    visit = office.visit(office.patient())
    with pytest.raises(Refused, match=words):
        decide(office, visit, *codes)


def test_an_open_question_holds_the_visit_until_it_is_answered(office):
    visit = office.visit(office.patient())
    query = coding.ask_physician(**office.who(), encounter_id=visit.pk, topic="Laterality", question="Which knee?")
    visit.refresh_from_db()
    assert visit.state == "query"
    with pytest.raises(Refused, match="still open"):
        decide(office, visit, I10, VISIT_CODE)
    coding.answer_query(**office.who(), query_id=query.pk, answer="The right.", answered_by="Ann Alder, MD")
    assert decide(office, visit, I10, VISIT_CODE).state == "coded"
    kept = PhysicianQuery.objects.get(pk=query.pk)
    assert (kept.answer, kept.answered_on, kept.asked_by) == ("The right.", VISIT, office.by)
    with pytest.raises(Refused, match="already answered"):
        coding.answer_query(**office.who(), query_id=query.pk, answer="The left.", answered_by="x")


def test_a_note_of_a_later_day_is_refused(office):
    visit = office.visit(office.patient())
    with pytest.raises(Refused, match="later day"):
        coding.add_document(**office.who(date(2026, 10, 1)), encounter_id=visit.pk, kind="progress", title="x", text="y")


def test_an_uncoded_visit_is_not_charged(office):
    visit = office.visit(office.patient())
    with pytest.raises(Refused, match="once it is coded"):
        charging.capture_charges(**office.who(), encounter_id=visit.pk)


def test_a_service_without_a_price_says_so(office):
    visit = office.visit(office.patient())
    decide(office, visit, I10, DecidedCode(system="CPT", code="11042", diagnosis_codes=("I10",)))
    with pytest.raises(Refused, match="11042"):
        charging.capture_charges(**office.who(), encounter_id=visit.pk)


def test_a_visit_without_insurance_is_the_patients_at_once(office):
    visit = office.code(office.visit(office.patient()))
    assert visit.state == "billed"
    assert office.sums() == {"patient_ar": 150_00, "charges": -150_00}


def test_every_touch_of_the_record_is_logged(office):
    patient = office.patient()
    office.code(office.visit(patient))
    said = set(AccessLog.objects.filter(patient=patient, user=office.by).values_list("what", flat=True))
    assert {"registered", "visit scheduled", "checked in", "document added: progress", "codes decided"} <= said
