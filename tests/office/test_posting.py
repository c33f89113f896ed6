"""Posting: to the cent, once, with what is not certain parked; secondaries, denials, reversals, the patient's share."""

from datetime import date, timedelta

import msgspec
import pytest

from claimwright.money import dollars
from claimwright.office.jobs.worker import run_until_idle
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, Denial, Job, LedgerEvent
from claimwright.office.reports.claims import left_over
from claimwright.office.workflow import billing, claims, followup, posting, submission
from claimwright.office.workflow.errors import Refused
from officekit import decision, keep_remittance, payment

PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))  # of 99213 at 150.00, contract 100.00
DAY = date(2026, 10, 17)


def post(office, remittance):
    remit, _ = keep_remittance(office.practice, remittance, None)
    return posting.post_remittance(**office.who(DAY), remit_id=remit.pk)


def test_a_paid_claim_leaves_only_the_patients_share(office):
    claim = office.sent("99213")
    remit = post(office, payment(claim, decision(claim, PAID)))
    assert (remit.status, remit.lines_posted, remit.lines_untouched) == ("posted", 1, 1)
    assert office.sums() == {"charges": -150_00, "cash": 80_00, "contractual": 50_00, "patient_ar": 20_00}
    claim.refresh_from_db()
    assert claim.state == "patient"
    assert claim.events.filter(kind="posted").get().text == (
        "Plain Health paid $80.00, $50.00 written off by agreement, $20.00 the patient's"
    )


def test_posting_again_changes_nothing(office):
    claim = office.sent("99213")
    remit = post(office, payment(claim, decision(claim, PAID)))
    before = office.sums()
    posting.post_remittance(**office.who(DAY), remit_id=remit.pk)
    assert office.sums() == before
    assert claim.events.filter(kind="posted").count() == 1


def test_the_visit_closes_when_the_patient_has_paid(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, PAID)))
    billing.take_payment(**office.who(DAY), guarantor_id=claim.patient.guarantor_id, amount=20_00, method="card", key="k")
    claim.refresh_from_db()
    assert (claim.state, claim.encounter.state) == ("closed", "closed")
    assert office.sums() == {"charges": -150_00, "cash": 100_00, "contractual": 50_00}


def test_a_copay_taken_before_is_used_when_the_share_is_known(office):
    patient = office.patient()
    office.insure(patient)
    billing.take_payment(**office.who(), guarantor_id=patient.guarantor_id, amount=25_00, method="card", key="copay")
    claim = office.sent("99213", patient=patient)
    post(office, payment(claim, decision(claim, PAID)))
    assert office.sums() == {"charges": -150_00, "cash": 105_00, "contractual": 50_00, "unapplied": -5_00}
    claim.refresh_from_db()
    assert claim.encounter.state == "closed"


def test_less_than_the_contract_is_flagged(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, (70_00, (("CO", "45", 60_00), ("PR", "2", 20_00))))))
    claim.refresh_from_db()
    assert dollars(claim.underpaid) == "10.00"


def test_a_denied_line_becomes_work_and_is_never_written_off(office):
    claim = office.sent("99213", "36415")
    said = decision(claim, PAID, (0, (("CO", "97", 20_00),)))
    post(office, payment(claim, said))
    denial = Denial.objects.get(claim=claim)
    assert (denial.group, denial.reason, denial.amount, denial.line.procedure) == ("CO", "97", 20_00, "36415")
    assert office.sums()["insurance_ar"] == 20_00
    claim.refresh_from_db()
    assert claim.state == "part paid"


def test_what_is_the_practices_is_not_billed_to_the_patient(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, (0, (("CO", "50", 150_00),)))))
    denial = Denial.objects.get(claim=claim)
    with pytest.raises(Refused, match="forbids"):
        followup.work_denial(**office.who(DAY), denial_id=denial.pk, action="bill patient", note="x")
    followup.work_denial(**office.who(DAY), denial_id=denial.pk, action="write off", note="not supported")
    claim.refresh_from_db()
    assert (claim.state, office.sums()["write_off"]) == ("closed", 150_00)


def test_an_appeal_that_cannot_win_is_refused(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, (0, (("OA", "18", 150_00),)))))
    with pytest.raises(Refused, match="duplicate"):
        followup.work_denial(**office.who(DAY), denial_id=Denial.objects.get(claim=claim).pk, action="appeal", note="it is not")


def test_an_appeal_won_closes_its_denial(office):
    claim = office.sent("99213")
    denied = decision(claim, (0, (("CO", "50", 150_00),)))
    post(office, payment(claim, denied, trace="A"))
    denial = Denial.objects.get(claim=claim)
    followup.work_denial(**office.who(DAY), denial_id=denial.pk, action="appeal", note="the note supports it")
    claim.refresh_from_db()
    assert claim.state == "appealed"
    post(office, payment(claim, decision(claim, PAID), trace="B"))
    denial.refresh_from_db()
    claim.refresh_from_db()
    assert (denial.status, claim.state) == ("won", "patient")


def test_a_decision_that_matches_no_claim_waits_and_is_posted_by_hand(office):
    claim = office.sent("99213")
    said = decision(claim, PAID)
    lost = msgspec.structs.replace(
        said, patient_control_number="NOT-OURS", payer_control_number="", member_id="", patient_last="X"
    )
    remit = post(office, payment(claim, lost))
    row = remit.claims.get()
    assert (remit.status, row.status) == ("parked", "parked")
    assert office.sums() == {"charges": -150_00, "insurance_ar": 150_00}
    with pytest.raises(Refused, match="Neither the member id nor the last name"):
        posting.match_remit_claim(**office.who(DAY), remit_claim_id=row.pk, claim_id=claim.pk)
    posting.match_remit_claim(**office.who(DAY), remit_claim_id=row.pk, claim_id=claim.pk, despite="the payer said so, ref 12")
    remit.refresh_from_db()
    assert (remit.status, remit.lines_posted, remit.lines_untouched) == ("posted", 1, 0)
    assert office.sums()["cash"] == 80_00


def test_a_reversal_and_its_correction_leave_what_is_true(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, PAID), trace="A"))
    back = taken_back(decision(claim, PAID))
    again = decision(claim, (60_00, (("CO", "45", 50_00), ("PR", "2", 40_00))))
    remit = post(office, payment(claim, back, again, trace="B"))
    assert remit.status == "posted", remit.reason
    assert office.sums() == {"charges": -150_00, "cash": 60_00, "contractual": 50_00, "patient_ar": 40_00}
    assert LedgerEvent.objects.filter(practice=office.practice, kind="reversal", undoes__isnull=False).count() == 1


def test_the_patients_share_waits_for_the_second_payer_and_its_claim_goes_by_itself(office):
    claim = office.sent("99213", second=True)
    post(office, payment(claim, decision(claim, PAID)))
    assert office.sums()["insurance_ar"] == 20_00
    assert "patient_ar" not in office.sums()
    assert run_until_idle(office.practice, DAY) >= 1
    secondary = ClaimRecord.objects.get(primary_claim=claim)
    assert secondary.state == "sent", list(secondary.findings.values_list("edit", "message"))
    content = claim_of(secondary)
    other = content.other_payers[0]
    assert (content.responsibility, content.payer.payer_id, other.payer.payer_id, other.paid) == ("S", "PAY02", "PAY01", 80_00)
    said = content.lines[0].adjudications[0]
    assert [(a.group, a.reason, a.amount) for a in said.adjustments] == [("CO", "45", 50_00), ("PR", "2", 20_00)]
    assert secondary.lines.get().control_number == claim.lines.get().control_number
    post(
        office, payment(secondary, decision(secondary, (15_00, (("OA", "23", 130_00), ("PR", "3", 5_00))), status="2"), trace="S")
    )
    assert office.sums() == {"charges": -150_00, "cash": 95_00, "contractual": 50_00, "patient_ar": 5_00}


def test_a_forwarded_claim_is_not_sent_again_and_the_next_payers_answer_finds_it(office):
    from claimwright.parties import Payer

    claim = office.sent("99213", second=True)
    said = msgspec.structs.replace(
        decision(claim, PAID), status="19", crossover_payer=Payer(name="Second Life", payer_id="PAY02")
    )
    post(office, payment(claim, said))
    claim.refresh_from_db()
    assert claim.forwarded
    assert not Job.objects.filter(practice=office.practice, kind="secondary claim").exists()
    with pytest.raises(Refused, match="forwarded"):
        claims.build_secondary(**office.who(DAY), claim_id=claim.pk)
    second = decision(claim, (20_00, (("OA", "23", 130_00),)), status="2", number="OTHER-9")
    second = msgspec.structs.replace(second, member_id=claim.patient.coverages.get(order=2).member_id)
    remittance = msgspec.structs.replace(payment(claim, second, trace="S"), payer=Payer(name="Second Life", payer_id="PAY02"))
    remit = post(office, remittance)
    assert remit.status == "posted", remit.reason
    assert office.sums() == {"charges": -150_00, "cash": 100_00, "contractual": 50_00}
    claim.refresh_from_db()
    assert claim.encounter.state == "closed"


def test_a_corrected_claim_carries_the_payers_number_and_keeps_the_money_on_its_lines(office):
    claim = office.sent("99213", "36415")
    post(office, payment(claim, decision(claim, PAID, (0, (("CO", "97", 20_00),))), trace="A"))
    denial = Denial.objects.get(claim=claim)
    followup.work_denial(**office.who(DAY), denial_id=denial.pk, action="correct", note="modifier added")
    fresh = ClaimRecord.objects.get(replaces=claim)
    content = claim_of(fresh)
    assert (content.frequency, content.payer_control_number) == ("7", "PCN-1")
    assert content.patient_control_number != claim.patient_control_number
    denial.refresh_from_db()
    assert denial.status == "corrected"
    with pytest.raises(Refused, match="replaces this one already"):
        claims.correct_claim(**office.who(DAY), claim_id=claim.pk, reason="again")


def test_medicare_gets_what_it_could_not_process_as_a_new_claim_and_neither_replacement_nor_void(office):
    claim = office.sent("99213", "36415")
    post(office, payment(claim, decision(claim, PAID, (0, (("CO", "16", 20_00),))), trace="A"))
    claim.refresh_from_db()
    plan = claim.coverage.plan
    plan.content = {**plan.content, "filing_indicator": "MB"}
    plan.save()
    claim.content = {**claim.content, "filing_indicator": "MB"}
    claim.save()
    with pytest.raises(Refused, match="no void"):
        claims.void_claim(**office.who(DAY), claim_id=claim.pk, reason="wrong patient")
    Denial.objects.filter(claim=claim).update(remarks="MA130 N290")
    again = claims.correct_claim(**office.who(DAY), claim_id=claim.pk, reason="provider added")
    assert (claim_of(again).frequency, claim_of(again).payer_control_number) == ("1", "")


def taken_back(said):
    """The reversal of a decision."""

    def minus(adjustments):
        return tuple(msgspec.structs.replace(a, amount=-a.amount) for a in adjustments)

    lines = tuple(
        msgspec.structs.replace(line, charge=-line.charge, paid=-line.paid, adjustments=minus(line.adjustments))
        for line in said.lines
    )
    return msgspec.structs.replace(said, status="22", charge=-said.charge, paid=-said.paid, patient_share=0, lines=lines)


def test_a_correction_is_posted_beside_the_reversal_of_its_original(office):
    claim = office.sent("99213", "36415")
    first = decision(claim, PAID, (0, (("CO", "97", 20_00),)))
    post(office, payment(claim, first, trace="A"))
    office.code(claim.encounter, "99213")  # the charge that was denied is taken off
    fresh = claims.correct_claim(**office.who(DAY), claim_id=claim.pk, reason="bundled")
    submission.submit_batch(**office.who(DAY), claim_ids=[fresh.pk])
    again = decision(fresh, (60_00, (("CO", "45", 50_00), ("PR", "2", 40_00))), number="PCN-2")
    remit = post(office, payment(claim, again, taken_back(first), trace="B"))
    assert remit.status == "posted", remit.reason
    assert office.sums() == {"charges": -150_00, "cash": 60_00, "contractual": 50_00, "patient_ar": 40_00}
    fresh.refresh_from_db()
    claim.refresh_from_db()
    assert (fresh.state, claim.state) == ("patient", "closed")


def test_two_practices_never_share_a_payment(office, other_office):
    claim = office.sent("99213")
    theirs = other_office.sent("99213")
    post(office, payment(claim, decision(claim, PAID)))
    assert other_office.sums() == {"charges": -150_00, "insurance_ar": 150_00}
    with pytest.raises(Refused, match="no such claim"):
        billing.write_off(**office.who(DAY), claim_id=theirs.pk, amount=1, reason="x")


def test_a_decision_matched_to_a_claim_it_cannot_be_posted_to_stays_as_it_was(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, PAID), trace="A"))
    lost = msgspec.structs.replace(decision(claim, PAID), patient_control_number="NOT-OURS", payer_control_number="")
    row = post(office, payment(claim, lost, trace="B")).claims.get()
    before = (row.status, row.matched_by, row.claim_id)
    with pytest.raises(Refused, match="cannot be posted to"):
        posting.match_remit_claim(**office.who(DAY), remit_claim_id=row.pk, claim_id=claim.pk)
    row.refresh_from_db()
    assert (row.status, row.matched_by, row.claim_id) == before
    assert office.sums()["cash"] == 80_00


def test_a_person_may_match_a_claim_of_another_day(office):
    claim = office.sent("99213")
    said = decision(claim, PAID)
    misdated = msgspec.structs.replace(
        said,
        patient_control_number="NOT-OURS",
        payer_control_number="",
        first_service=date(2026, 1, 5),
        lines=tuple(msgspec.structs.replace(line, first_service=date(2026, 1, 5)) for line in said.lines),
    )
    row = post(office, payment(claim, misdated)).claims.get()
    posting.match_remit_claim(**office.who(DAY), remit_claim_id=row.pk, claim_id=claim.pk)
    assert office.sums()["cash"] == 80_00


def test_a_call_moves_our_own_deadline_and_not_the_payers_to_appeal(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, (0, (("CO", "119", 150_00),)))))
    denial = Denial.objects.get(claim=claim)
    assert (denial.action, denial.deadline) == ("call", denial.denied_on + timedelta(days=30))
    late = DAY + timedelta(days=40)
    followup.work_denial(**office.who(late), denial_id=denial.pk, action="call", note="asked why")
    denial.refresh_from_db()
    assert denial.deadline == late + timedelta(days=30)
    followup.work_denial(**office.who(DAY + timedelta(days=90)), denial_id=denial.pk, action="appeal", note="it is the first")
    denial.refresh_from_db()
    assert denial.status == "appealed"


def test_money_that_nothing_asks_for_is_work(office):
    claim = office.sent("99213")
    assert left_over(office.practice) == []
    post(office, payment(claim, decision(claim, (0, (("CO", "50", 150_00),)))))
    assert left_over(office.practice) == []  # a denial is being worked
    Denial.objects.filter(claim=claim).update(status="lost")
    assert [(row.pk, amount) for row, amount in left_over(office.practice)] == [(claim.pk, 150_00)]
