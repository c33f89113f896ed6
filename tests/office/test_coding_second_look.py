"""A second coder's look, agreement, the queue's order, turnaround of questions, and choices as training data."""

from datetime import date, timedelta

import msgspec
import pytest

from claimwright.office.records.models import AccessLog, CodingChoice, Membership, User
from claimwright.office.reports import coders
from claimwright.office.reports import coding as reports
from claimwright.office.workflow import audits, coding
from claimwright.office.workflow.coding import DecidedCode
from claimwright.office.workflow.errors import Refused
from officekit import VISIT

MONTH = {"start": date(2026, 10, 1), "end": date(2026, 10, 31)}
CODES = (DecidedCode(system="ICD-10-CM", code="I10"), DecidedCode(system="CPT", code="99213", diagnosis_codes=("I10",)))


def other_coder(office):
    user = User.objects.create(username="second-look", first_name="Sam", last_name="Test")
    Membership.objects.create(user=user, practice=office.practice, role="coder")
    return user


def drawn(office, visits=3, per_coder=2, seed=7):
    for number in range(visits):
        visit = office.visit(office.patient(last=f"Moss{number}"))
        coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=CODES)
    return audits.draw_sample(**office.who(), **MONTH, per_coder=per_coder, seed=seed)


def test_the_same_seed_draws_the_same_charts_and_keeps_the_first_codes(office):
    one = drawn(office)
    two = audits.draw_sample(**office.who(), **MONTH, per_coder=2, seed=7)
    assert [c.encounter_id for c in one.charts.all()] == [c.encounter_id for c in two.charts.all()]
    assert [c.first for c in one.charts.all()] == [["I10", "99213"]] * 2


def test_who_coded_never_audits_their_own(office):
    chart = drawn(office).charts.first()
    with pytest.raises(Refused, match="somebody else"):
        audits.code_blind(**office.who(), chart_id=chart.pk, codes="I10 99213")


@pytest.mark.parametrize(
    ("codes", "words"), [("I10", "one service"), ("99213", "one diagnosis"), ("I10 nonsense!", "Not a code")]
)
def test_what_is_no_coding_is_refused(office, codes, words):
    chart = drawn(office).charts.first()
    with pytest.raises(Refused, match=words):
        audits.code_blind(**(office.who() | {"by": other_coder(office)}), chart_id=chart.pk, codes=codes)


def test_agreement_by_hand(office):
    sample = drawn(office)
    who = office.who() | {"by": other_coder(office)}
    same, different = sample.charts.all()
    audits.code_blind(**who, chart_id=same.pk, codes="I10, 99213")
    audits.code_blind(**who, chart_id=different.pk, codes="I11.9 99214-25")
    with pytest.raises(Refused, match="already"):
        audits.code_blind(**who, chart_id=same.pk, codes="I10 99213")
    row = coders.agreement(sample.charts.all())[0]
    assert (row.coder, row.charts, row.exact, row.code, row.category, row.level) == ("Bea Test", 2, 0.5, 0.5, 0.5, 0.5)


def test_an_empty_period_draws_nothing(office):
    with pytest.raises(Refused, match="No chart was coded"):
        audits.draw_sample(**office.who(), **MONTH, per_coder=2, seed=1)


def test_another_practices_sample_does_not_exist(office, other_office):
    chart = drawn(office).charts.first()
    with pytest.raises(Refused, match="no such"):
        audits.code_blind(**other_office.who(), chart_id=chart.pk, codes="I10 99213")
    assert list(audits.export_choices(**other_office.who())) == []


def test_the_queue_knows_value_payer_specialty_and_late_answers(office):
    poor, rich = office.patient(last="Ash"), office.patient(last="Elm")
    office.insure(rich)
    cheap, dear = office.visit(poor), office.visit(rich)
    coding.decide_codes(**office.who(), encounter_id=cheap.pk, codes=CODES, complete=False)
    high = DecidedCode(system="CPT", code="99214", diagnosis_codes=("I10",))
    coding.decide_codes(**office.who(), encounter_id=dear.pk, codes=[CODES[0], high], complete=False)
    query = coding.ask_physician(**office.who(), encounter_id=dear.pk, topic="Side", question="Which side?")
    later = VISIT + timedelta(days=4)
    rows = reports.queue(office.practice, later, sort="value")
    assert [(row.value, row.payer, row.specialty, row.overdue) for row in rows] == [
        (210_00, "Plain Health", "family physician", True), (150_00, "Self-pay", "family physician", False),
    ]  # fmt: skip
    assert [row.encounter for row in reports.queue(office.practice, later)] == [cheap, dear]
    waits = office.visit(poor)
    for rank, (code, suggested) in enumerate([("J06.9", True), ("R05.9", False)], 1):
        waits.suggestions.create(rank=rank, system="ICD-10-CM", code=code, content={"suggested": suggested})
    assert [(row.codes, row.decided) for row in rows] == [(("I10", "99214"), True), (("I10", "99213"), True)]
    assert (("J06.9",), False) in [(row.codes, row.decided) for row in reports.queue(office.practice, later)]
    told = coders.turnaround(list(coders.questions(office.practice)), later)
    assert (told.asked, told.answered, told.overdue, told.median) == (1, 0, 1, None)
    coding.answer_query(**office.who(later), query_id=query.pk, answer="The left.", answered_by="x")
    told = coders.turnaround(list(coders.questions(office.practice)), later)
    assert (told.answered, told.overdue, told.median, told.slowest) == (1, 0, 4, 4)


def test_choices_leave_as_lines_with_offsets_and_the_export_is_logged(office):
    visit = office.visit(office.patient())
    coding.suggest_codes(**office.who(), encounter_id=visit.pk)
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=CODES, complete=False)
    lines = [msgspec.json.decode(line) for line in audits.export_choices(**office.who())]
    assert len(lines) == CodingChoice.objects.filter(encounter=visit).count() > 0
    first = next(line for line in lines if line["code"] == "I10")
    place = first["evidence"][0]
    assert (first["choice"], first["by"]) == ("accepted", office.by.pk)
    assert "hypertension" in first["documents"][place["document"]][place["start"] : place["end"]]
    assert AccessLog.objects.filter(patient=visit.patient, user=office.by, what="coding choices exported").count() == 1
