"""What someone would try, or what would go wrong on a bad day: no money twice, none lost, nothing told to who must not know."""

from datetime import date

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claimwright.ledger.model import Entry, Event
from claimwright.office.records.ledger import append, balance
from claimwright.office.records.models import ClaimRecord, Denial, Deposit, LedgerEntry, LedgerEvent, Remit
from claimwright.office.workflow import (
    billing,
    charging,
    claims,
    coding,
    followup,
    posting,
    receiving,
    refunds,
    registration,
    submission,
)
from claimwright.office.workflow.coding import DecidedCode
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import content_of
from claimwright.remits.model import ProviderAdjustment
from claimwright.x12.remittance import write_835
from officekit import decision, keep_remittance, payment

DAY = date(2026, 10, 17)
PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))
DENIED = (0, (("CO", "50", 150_00),))


def post(office, remittance, on=DAY):
    remit, _ = keep_remittance(office.practice, remittance, None)
    return posting.post_remittance(**office.who(on), remit_id=remit.pk)


def put(office, content, name="x"):
    return receiving.receive_file(**office.who(DAY), name=name, content=content)


# The books


def test_an_event_that_does_not_balance_on_each_line_is_refused(office):
    entries = (Entry(account="cash", amount=5, line="L1"), Entry(account="patient_ar", amount=-5, line="L2"))
    with pytest.raises(ValueError, match="line"):
        append(office.practice, [Event(key="k", kind="transfer", on=DAY, entries=entries)])


def test_a_provider_adjustment_undone_by_hand_is_posted_again_once(office):
    one, two = office.sent("99213"), office.sent("99214")
    lost = {"payer_control_number": "", "member_id": "", "patient_last": "X"}
    said = [
        msgspec.structs.replace(decision(one, PAID), patient_control_number="LOST1", **lost),
        msgspec.structs.replace(decision(two, (140_00, (("CO", "45", 70_00),))), patient_control_number="LOST2", **lost),
    ]
    whole = payment(one, *said)
    taken = ProviderAdjustment(npi=office.practice.npi, fiscal_period_end=None, reason="WO", amount=30_00)
    whole = msgspec.structs.replace(whole, provider_adjustments=(taken,), paid=whole.paid - 30_00)
    remit = post(office, whole)
    event = LedgerEvent.objects.get(practice=office.practice, kind="provider_adjustment")
    billing.undo_event(**office.who(DAY), event_id=event.pk, reason="looked wrong")
    for row, claim in zip(remit.claims.order_by("position"), (one, two), strict=True):
        posting.match_remit_claim(**office.who(DAY), remit_claim_id=row.pk, claim_id=claim.pk, despite="the payer said so")
    assert office.sums()["payer_balance"] == 30_00
    assert office.sums()["cash"] == whole.paid


def test_a_payment_whose_money_was_used_since_is_not_undone_behind_it(office):
    claim = office.sent("99213")
    guarantor = claim.patient.guarantor
    billing.take_payment(**office.who(DAY), guarantor_id=guarantor.pk, amount=20_00, method="check", key="c")
    post(office, payment(claim, decision(claim, PAID)))  # the held check pays the share
    check = LedgerEvent.objects.get(practice=office.practice, key="payment:c")
    with pytest.raises(Refused, match="used"):
        billing.undo_event(**office.who(DAY), event_id=check.pk, reason="bounced")
    applied = LedgerEvent.objects.get(practice=office.practice, key__startswith="apply:")
    billing.undo_event(**office.who(DAY), event_id=applied.pk, reason="bounced")
    billing.undo_event(**office.who(DAY), event_id=check.pk, reason="bounced")
    assert balance("patient_ar", guarantor=guarantor) == 20_00
    assert balance("unapplied", guarantor=guarantor) == 0


def test_an_undone_event_is_not_undone_again_nor_a_charge_nor_what_undoes(office):
    patient = office.patient()
    office.code(office.visit(patient))
    billing.take_payment(**office.who(DAY), guarantor_id=patient.guarantor_id, amount=150_00, method="cash", key="c")
    paid = LedgerEvent.objects.get(practice=office.practice, key="payment:c")
    undone = billing.undo_event(**office.who(DAY), event_id=paid.pk, reason="x")
    charge = LedgerEvent.objects.get(practice=office.practice, kind="charge")
    for event in (paid, undone, charge):
        with pytest.raises(Refused):
            billing.undo_event(**office.who(DAY), event_id=event.pk, reason="again")
    assert office.sums() == {"charges": -150_00, "patient_ar": 150_00}


def test_an_undone_write_off_of_a_denial_is_work_again(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, DENIED, status="4")))
    denial = Denial.objects.get(claim=claim)
    for _ in range(2):
        followup.work_denial(**office.who(DAY), denial_id=denial.pk, action="write off", note="too small")
        assert office.sums() == {"charges": -150_00, "write_off": 150_00}
        event = LedgerEvent.objects.filter(practice=office.practice, kind="write_off").latest("pk")
        billing.undo_event(**office.who(DAY), event_id=event.pk, reason="not agreed")
        denial.refresh_from_db()
        assert denial.status == "open"
        assert office.sums() == {"charges": -150_00, "insurance_ar": 150_00}


def test_money_on_a_service_that_was_dropped_stays_with_its_visit(office):
    patient = office.patient()
    visit = office.code(office.visit(patient), "99213", "36415")
    billing.take_payment(**office.who(DAY), guarantor_id=patient.guarantor_id, amount=170_00, method="cash", key="c")
    codes = [
        DecidedCode(system="ICD-10-CM", code="I10"),
        DecidedCode(system="CPT", code="99213", diagnosis_codes=("I10",)),
    ]
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=codes, complete=True)
    charging.capture_charges(**office.who(), encounter_id=visit.pk)
    paid = LedgerEvent.objects.get(practice=office.practice, key="payment:c")
    billing.undo_event(**office.who(DAY), event_id=paid.pk, reason="bounced")
    assert not LedgerEntry.objects.filter(event__practice=office.practice, encounter=None).exists()
    assert balance("patient_ar", encounter=visit) == 150_00


@pytest.mark.parametrize("amount", [0, -1, 10**18])
def test_no_payment_of_an_impossible_amount(office, amount):
    with pytest.raises(Refused):
        billing.take_payment(**office.who(), guarantor_id=office.patient().guarantor_id, amount=amount, method="cash", key="k")


@pytest.mark.parametrize("amount", [0, -1, 150_01])
def test_no_write_off_or_billing_beyond_what_is_open(office, amount):
    claim = office.sent("99213")
    for verb in (billing.write_off, billing.bill_patient):
        with pytest.raises(Refused):
            verb(**office.who(DAY), claim_id=claim.pk, amount=amount, reason="x")


def test_a_refund_has_a_reason_and_its_key_is_one_refund(office):
    one, two = office.patient(), office.patient(last="Reed")
    for patient in (one, two):
        billing.take_payment(
            **office.who(DAY), guarantor_id=patient.guarantor_id, amount=50_00, method="cash", key=f"p{patient.pk}"
        )
    asked = {**office.who(DAY), "amount": 10_00, "key": "r"}
    with pytest.raises(Refused, match="why"):
        refunds.propose_refund(**asked, heap=f"patient:{one.guarantor_id}:", reason=" ")
    refunds.propose_refund(**asked, heap=f"patient:{one.guarantor_id}:", reason="moved away")
    with pytest.raises(Refused, match="another refund"):
        refunds.propose_refund(**asked, heap=f"patient:{two.guarantor_id}:", reason="moved away")


def test_money_moves_under_one_lock_of_the_practice(office):
    """On PostgreSQL two people or workers would else both see the same balance and both use it."""
    claim = office.sent("99213")
    remit, _ = keep_remittance(office.practice, payment(claim, decision(claim, PAID)), None)
    who, guarantor = office.who(DAY), claim.patient.guarantor_id
    verbs = [
        lambda: posting.post_remittance(**who, remit_id=remit.pk),
        lambda: billing.take_payment(**who, guarantor_id=guarantor, amount=30_00, method="cash", key="k"),
        lambda: refunds.propose_refund(**who, heap=f"patient:{guarantor}:", amount=10_00, key="k", reason="x"),
        lambda: billing.issue_statements(**who),
        lambda: charging.capture_charges(**who, encounter_id=claim.encounter_id),
    ]
    for verb in verbs:
        with CaptureQueriesContext(connection) as seen:
            verb()
        if connection.vendor == "postgresql":
            first = next(query["sql"] for query in seen if query["sql"].startswith("SELECT"))
            assert '"records_practice"' in first and "FOR NO KEY UPDATE" in first
        else:
            assert connection.transaction_mode == "IMMEDIATE"  # SQLite: whoever has begun is the only one that writes


# Payers


def test_the_same_decision_of_a_payer_under_a_foreign_id_posts_once(office):
    claim = office.sent("99213", second=True)
    post(office, payment(claim, decision(claim, PAID)))
    second = claims.build_secondary(**office.who(DAY), claim_id=claim.pk)
    submission.submit_batch(**office.who(DAY), claim_ids=[second.pk])
    said = decision(second, (20_00, (("OA", "23", 130_00),)), status="2")
    for trace in ("A", "B"):
        whole = payment(second, said, trace=trace)
        other = msgspec.structs.replace(whole.payer, payer_id="SOMETHING-ELSE")
        post(office, msgspec.structs.replace(whole, payer=other))
    owed_back = {"cash": 120_00, "payer_balance": -20_00}  # paid twice: the second is the payer's
    assert office.sums() == {"charges": -150_00, "contractual": 50_00, **owed_back}
    assert Remit.objects.get(practice=office.practice, trace="B").status == "posted"


def test_a_claim_paid_after_a_rejection_is_paid_and_not_sent_again(office):
    claim = office.sent("99213")
    ClaimRecord.objects.filter(pk=claim.pk).update(state="rejected")
    post(office, payment(claim, decision(claim, PAID)))
    claim.refresh_from_db()
    assert claim.state in ("paid", "patient")


def test_a_taken_back_decision_is_not_carried_to_the_next_payer(office):
    claim = office.sent("99213", second=True)
    first = decision(claim, PAID)
    post(office, payment(claim, first))
    back = msgspec.structs.replace(
        first,
        status="22",
        charge=-first.charge,
        paid=-first.paid,
        patient_share=-first.patient_share,
        lines=tuple(
            msgspec.structs.replace(
                line,
                charge=-line.charge,
                paid=-line.paid,
                adjustments=tuple(msgspec.structs.replace(a, amount=-a.amount) for a in line.adjustments),
            )
            for line in first.lines
        ),
    )
    taken = ProviderAdjustment(npi=office.practice.npi, fiscal_period_end=None, reason="FB", amount=-80_00)
    whole = msgspec.structs.replace(payment(claim, back, trace="T2"), provider_adjustments=(taken,), paid=0)
    post(office, whole)
    assert claim.remit_rows.filter(clp_status="22", status="posted").exists()
    with pytest.raises(Refused, match="not decided"):
        claims.build_secondary(**office.who(DAY), claim_id=claim.pk)


def test_a_remittance_to_someone_else_is_not_ours(office):
    claim = office.sent("99213")
    whole = msgspec.structs.replace(
        payment(claim, decision(claim, PAID)), payee_npi="1234567893", payee_ein="999999999", payee_name="Birch"
    )
    file = put(office, write_835([whole], office.envelope()))
    assert (file.status, Remit.objects.filter(practice=office.practice).count()) == ("parked", 0)
    assert "1234567893" in file.reason


@pytest.mark.parametrize(
    "rows",
    [
        "2026-10-16,,80.00,PLAIN",
        "2026-10-16," + "9" * 60 + ",80.00,PLAIN",
        "2026-10-16,T1,99999999999999999999.00,PLAIN",
        "2026-10-16,T1",
        "yesterday,T1,1.00,PLAIN",
        "2026-10-16,T1,1.005,PLAIN",
        "2026-10-16,T\0 1,1.00,PLAIN",
    ],
)
def test_a_bank_file_with_a_bad_line_is_parked_whole(office, rows):
    file = put(office, f"date,trace,amount,sender\n2026-10-16,GOOD,80.00,PLAIN\n{rows}\n".encode())
    assert file.status == "parked", rows
    assert file.reason
    assert not Deposit.objects.filter(practice=office.practice).exists()


# Claims


def other_payer(office, claim):
    """The card turns out to be another payer's."""
    registration.correct_coverage(
        **office.who(DAY), coverage_id=claim.coverage_id, plan_id=office.plans["S"].pk, member_id="Z123456"
    )


def test_what_another_payer_owes_is_found_when_the_card_was_wrong(office):
    patient = office.patient()
    coverage = office.insure(patient)
    claim = office.claim(office.code(office.visit(patient)))
    registration.correct_coverage(**office.who(DAY), coverage_id=coverage.pk, plan_id=office.plans["S"].pk, member_id="Z123456")
    claims.scrub_claim(**office.who(DAY), claim_id=claim.pk)
    submission.submit_batch(**office.who(DAY), claim_ids=[claim.pk])
    claim.refresh_from_db()
    assert claim.payer.payer_id == "PAY02"
    remit = post(office, payment(claim, decision(claim, PAID)))
    assert remit.status == "posted", remit.reason
    assert office.sums() == {"charges": -150_00, "cash": 80_00, "contractual": 50_00, "patient_ar": 20_00}


def test_a_patient_is_not_billed_once_a_card_came_and_the_claim_is_built(office):
    patient = office.patient()
    visit = office.code(office.visit(patient))
    assert office.sums()["patient_ar"] == 150_00
    office.insure(patient)
    claim = office.claim(visit)
    assert billing.issue_statements(**office.who(DAY)) == []
    assert office.sums() == {"charges": -150_00, "insurance_ar": 150_00}
    submission.submit_batch(**office.who(DAY), claim_ids=[claim.pk])
    claim.refresh_from_db()
    remit = post(office, payment(claim, decision(claim, PAID)))
    assert remit.status == "posted", remit.reason


def test_a_correction_never_takes_one_payers_number_to_another(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, DENIED, status="4", number="ICN-1")))
    other_payer(office, claim)
    fresh = claims.correct_claim(**office.who(DAY), claim_id=claim.pk, reason="another card")
    assert (fresh.payer.payer_id, fresh.frequency, fresh.payer_control_number) == ("PAY02", "1", "")


def test_a_void_repeats_its_claim_and_is_neither_corrected_nor_voided(office):
    claim = office.sent("99213")
    post(office, payment(claim, decision(claim, PAID)))
    void = claims.void_claim(**office.who(DAY), claim_id=claim.pk, reason="wrong patient")
    void.refresh_from_db()
    before = void.content
    for verb, more in (
        (claims.scrub_claim, {}),
        (claims.correct_claim, {"reason": "x"}),
    ):
        with pytest.raises(Refused, match="void"):
            verb(**office.who(DAY), claim_id=void.pk, **more)
    with pytest.raises(Refused, match="void"):
        claims.build_claim(**office.who(DAY), encounter_id=claim.encounter_id)
    void.refresh_from_db()
    assert (void.content, void.frequency, void.state) == (before, "8", "ready")
    submission.submit_batch(**office.who(DAY), claim_ids=[void.pk])
    with pytest.raises(Refused, match="void itself"):
        claims.void_claim(**office.who(DAY), claim_id=void.pk, reason="x")
    with pytest.raises(Refused, match="replaces"):
        claims.void_claim(**office.who(DAY), claim_id=claim.pk, reason="twice")


def test_a_visit_whose_unsent_claim_was_closed_can_be_claimed_again(office):
    patient = office.patient()
    office.insure(patient)
    visit = office.code(office.visit(patient))
    first = office.claim(visit)
    claims.void_claim(**office.who(DAY), claim_id=first.pk, reason="hold it")
    again = claims.build_claim(**office.who(DAY), encounter_id=visit.pk)
    assert again.pk != first.pk
    assert claims.build_claim(**office.who(DAY), encounter_id=visit.pk).pk == again.pk


def test_codes_changed_after_the_check_hold_the_claim_until_it_is_checked_again(office):
    patient = office.patient()
    office.insure(patient)
    visit = office.code(office.visit(patient))
    claim = office.claim(visit)
    codes = [
        DecidedCode(system="ICD-10-CM", code="I10"),
        DecidedCode(system="CPT", code="99214", diagnosis_codes=("I10",)),
    ]
    coding.decide_codes(**office.who(), encounter_id=visit.pk, codes=codes, complete=True)
    with pytest.raises(Refused):
        submission.submit_batch(**office.who(DAY), claim_ids=[claim.pk])
    charging.capture_charges(**office.who(), encounter_id=visit.pk)
    with pytest.raises(Refused):
        submission.submit_batch(**office.who(DAY), claim_ids=[claim.pk])
    claims.scrub_claim(**office.who(DAY), claim_id=claim.pk)
    submission.submit_batch(**office.who(DAY), claim_ids=[claim.pk])
    claim.refresh_from_db()
    assert (claim.state, claim.charge) == ("sent", 210_00)


def test_assignment_and_release_are_what_was_signed(office):
    office.provider.accept_assignment = "C"
    office.provider.save()
    patient = office.patient()
    coverage = office.insure(patient)
    registration.correct_coverage(
        **office.who(), coverage_id=coverage.pk, assignment_of_benefits=False, release_of_information="I"
    )
    claim = office.claim(office.code(office.visit(patient)))
    (file,) = submission.submit_batch(**office.who(DAY), claim_ids=[claim.pk])
    (clm,) = [part for part in content_of(file).decode().split("~") if part.strip().startswith("CLM*")]
    assert clm.strip().split("*")[7:10] == ["C", "N", "I"]


def test_a_whole_batch_goes_without_what_changed_since_its_check(office):
    patient = office.patient()
    office.insure(patient)
    visit = office.code(office.visit(patient))
    claim = office.claim(visit)
    office.code(visit, "99214")
    assert submission.submit_batch(**office.who(DAY)) == []
    claim.refresh_from_db()
    assert claim.state == "held"
    assert "changed after" in claim.findings.get(edit="CLAIM-OUTDATED").message
