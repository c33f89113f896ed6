"""Eligibility, estimates, statements and payments: the patient hears the truth before, and owes only what is theirs after."""

import datetime as dt
from datetime import date, timedelta

import pytest

from claimwright.coverage.benefits import benefits_of
from claimwright.coverage.model import Accumulators, EligibilityAnswer, Rejection
from claimwright.office.records.convert import billing_provider, insured_of, payer_of, person_of, plan_of
from claimwright.office.records.models import File, LedgerEvent, PatientPayment, Statement
from claimwright.office.workflow import billing, eligibility, estimation, posting
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import content_of
from claimwright.office.workflow.receiving import receive_file
from claimwright.x12.eligibility import read_270, write_271
from officekit import decision, keep_remittance, payment

PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))
DAY = date(2026, 10, 17)


def answered(office, coverage, used=Accumulators(), rejections=()):
    """Ask about a coverage and let its payer answer."""
    check = eligibility.verify_coverage(**office.who(), coverage_id=coverage.pk)
    (inquiry,) = read_270(content_of(check.file))
    assert inquiry.trace == check.trace
    answer = EligibilityAnswer(
        payer=payer_of(coverage.plan.payer),
        provider=billing_provider(office.practice),
        insured=insured_of(coverage),
        patient=person_of(coverage.patient),
        trace=check.trace,
        on=office.who()["today"],
        benefits=() if rejections else benefits_of(plan_of(coverage.plan), used),
        rejections=rejections,
    )
    content = write_271([answer], office.envelope(int(check.trace[-4:]) + 500))
    file = receive_file(**office.who(), name="x.271", content=content)
    assert file.status == "read", file.reason
    check.refresh_from_db()
    return check


def post(office, claim, *decisions, trace="T"):
    remit, _ = keep_remittance(office.practice, payment(claim, *decisions, trace=trace), None)
    return posting.post_remittance(**office.who(DAY), remit_id=remit.pk)


def test_the_answer_finds_its_question_and_says_what_is_left(office):
    coverage = office.insure(office.patient())
    check = answered(office, coverage, Accumulators(deductible=350_00))
    assert check.status == "active"
    assert "Deductible left $150.00." in check.message


def test_a_rejection_explains_itself_and_blocks_nothing(office):
    patient = office.patient()
    coverage = office.insure(patient)
    check = answered(office, coverage, rejections=(Rejection(reason="75", follow_up="C"),))
    assert check.status == "rejected"
    assert "member id" in check.message
    assert office.claim(office.code(office.visit(patient))).state == "ready"


def test_an_estimate_uses_what_the_payer_said_is_left(office):
    patient = office.patient()
    coverage = office.insure(patient)
    visit = office.visit(patient)
    before = estimation.estimate_visit(**office.who(), encounter_id=visit.pk)
    assert before.patient_owes == 100_00  # all of the contract's price is deductible
    assert "assumed" in before.content["assumed"]
    answered(office, coverage, Accumulators(deductible=500_00))
    after = estimation.estimate_visit(**office.who(), encounter_id=visit.pk)
    assert after.patient_owes == 20_00
    assert estimation.estimate_pdf_bytes(after.pk, practice=office.practice).startswith(b"%PDF")


def test_an_estimate_without_insurance_is_the_practices_price_and_what_is_unpaid(office):
    patient = office.patient()
    office.code(office.visit(patient))
    later = office.visit(patient, start=dt.time(15, 0))
    told = estimation.estimate_visit(**office.who(), encounter_id=later.pk)
    assert (told.patient_owes, told.earlier_balance) == (150_00, 150_00)


def test_no_statement_while_insurance_decides_and_one_when_it_has(office):
    claim = office.sent("99213")
    assert billing.issue_statements(**office.who(DAY)) == []
    post(office, claim, decision(claim, PAID))
    (statement,) = billing.issue_statements(**office.who(DAY))
    assert (statement.balance, statement.due_on) == (20_00, DAY + timedelta(days=30))
    assert content_of(statement.pdf).startswith(b"%PDF")
    assert "your coinsurance" in billing.content_of_statement(statement).visits[0].lines[0].words
    assert billing.issue_statements(**office.who(DAY)) == []  # none twice


def test_none_for_a_guarantor_who_owes_nothing(office):
    claim = office.sent("99213")
    post(office, claim, decision(claim, PAID))
    billing.take_payment(**office.who(DAY), guarantor_id=claim.patient.guarantor_id, amount=20_00, method="card", key="k")
    assert billing.issue_statements(**office.who(DAY)) == []
    assert not Statement.objects.filter(practice=office.practice).exists()


def test_two_patients_of_one_guarantor_get_one_statement(office):
    one = office.patient(last="Moss", first="Ada")
    two = office.patient(last="Moss", first="Ben", guarantor_id=one.guarantor_id)
    for patient in (one, two):
        office.code(office.visit(patient))
    (statement,) = billing.issue_statements(**office.who(DAY))
    assert statement.balance == 300_00
    assert len(billing.content_of_statement(statement).visits) == 2


def test_a_payment_key_is_one_payment(office):
    patient = office.patient()
    office.code(office.visit(patient))
    pay = {**office.who(DAY), "guarantor_id": patient.guarantor_id, "method": "check", "key": "check-7"}
    assert billing.take_payment(**pay, amount=50_00) == billing.take_payment(**pay, amount=50_00)
    assert PatientPayment.objects.filter(practice=office.practice).count() == 1
    assert office.sums()["patient_ar"] == 100_00
    with pytest.raises(Refused, match="another payment"):
        billing.take_payment(**pay, amount=60_00)


def test_too_much_is_held(office):
    patient = office.patient()
    office.code(office.visit(patient))
    who = {**office.who(DAY), "guarantor_id": patient.guarantor_id}
    billing.take_payment(**who, amount=160_00, method="cash", key="a")
    assert office.sums()["unapplied"] == -10_00


@pytest.mark.parametrize(("amount", "method"), [(0, "cash"), (-5, "cash"), (5, "seashells")])
def test_no_payment_of_nothing_or_by_unknown_means(office, amount, method):
    with pytest.raises(Refused):
        billing.take_payment(**office.who(), guarantor_id=office.patient().guarantor_id, amount=amount, method=method, key="k")


def test_what_insurance_will_not_pay_is_moved_only_by_a_person_with_a_reason(office):
    claim = office.sent("99213")
    with pytest.raises(Refused, match="Say why"):
        billing.bill_patient(**office.who(DAY), claim_id=claim.pk, reason=" ")
    event = billing.bill_patient(**office.who(DAY), claim_id=claim.pk, amount=30_00, reason="policy had ended")
    assert (event.by, event.memo) == (office.by, "policy had ended")
    assert (office.sums()["insurance_ar"], office.sums()["patient_ar"]) == (120_00, 30_00)


def test_a_write_off_is_never_more_than_is_open(office):
    claim = office.sent("99213")
    with pytest.raises(Refused, match=r"150\.00 is open"):
        billing.write_off(**office.who(DAY), claim_id=claim.pk, amount=151_00, reason="x")
    billing.write_off(**office.who(DAY), claim_id=claim.pk, amount=150_00, reason="courtesy")
    assert LedgerEvent.objects.filter(practice=office.practice, kind="write_off").count() == 1
    assert office.sums() == {"charges": -150_00, "write_off": 150_00}


def test_another_practices_guarantor_pays_nothing_here(office, other_office):
    theirs = other_office.patient()
    with pytest.raises(Refused, match="no such guarantor"):
        billing.take_payment(**office.who(), guarantor_id=theirs.guarantor_id, amount=1, method="cash", key="k")
    with pytest.raises(Refused, match="not in this practice"):
        billing.issue_statements(**office.who(), guarantor_ids=[theirs.guarantor_id])
    assert not File.objects.filter(practice=office.practice, kind="pdf").exists()
