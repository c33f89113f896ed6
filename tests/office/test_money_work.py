"""Money that is worked: short payments disputed, credits given back by two people, months closed, the account in plain words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.urls import reverse
from test_web_access import BILLER, MANAGER, enter

from claimwright.ledger.credits import credit_balances
from claimwright.ledger.periods import ClosedPeriodError
from claimwright.office.jobs.worker import run_until_idle
from claimwright.office.records.credits import heap_of, heaps
from claimwright.office.records.ledger import events_until
from claimwright.office.records.models import (
    Guarantor,
    LedgerEntry,
    LedgerEvent,
    Patient,
    Practice,
    Refund,
    Remit,
    UnderpaidLine,
    User,
)
from claimwright.office.reports import credits as credit_reports
from claimwright.office.reports import ledger, patientledger, periods
from claimwright.office.reports import underpayments as short_reports
from claimwright.office.workflow import billing, posting, receiving, refunds, underpayments
from claimwright.office.workflow import periods as period_verbs
from claimwright.office.workflow.errors import Refused
from claimwright.remits.model import Remittance
from claimwright.x12.remittance import write_835
from officekit import Office, decision, keep_remittance, payment

pytestmark = pytest.mark.django_db

DAY = date(2026, 10, 20)
SHORT = ((60_00, (("CO", "45", 70_00), ("PR", "2", 20_00))),)  # 80.00 allowed where 100.00 are agreed
FULL = ((80_00, (("CO", "45", 50_00), ("PR", "2", 20_00))),)


def post(office: Office, said: Remittance, today: date = DAY) -> Remit:
    """A remittance that came in and was posted."""
    remit, _ = keep_remittance(office.practice, said, None)
    return posting.post_remittance(**office.who(today), remit_id=remit.pk)


def second_person(office: Office) -> User:
    """Someone else of the practice."""
    return User.objects.get_or_create(username="second", first_name="Sol")[0]


@pytest.fixture
def underpaid(office: Office) -> UnderpaidLine:
    """A line that was paid 20.00 below the contract."""
    claim = office.sent()
    post(office, payment(claim, decision(claim, *SHORT)))
    return UnderpaidLine.objects.get(claim=claim)


def test_a_line_below_the_contract_is_work_with_the_working_it_was_priced_by(office: Office, underpaid: UnderpaidLine) -> None:
    assert (underpaid.expected, underpaid.allowed, underpaid.short) == (100_00, 80_00, 20_00)
    assert "100.00" in " ".join(underpaid.line.price_working)
    assert underpaid.line.price_source.startswith("contract PAY01-C")
    rows = short_reports.listed(office.practice, {})
    (group,), (shown,) = short_reports.grouped(rows, rows)
    assert group is shown and (group.count, group.short) == (len(rows), sum(row.short for row in rows))
    assert (group.payer, group.short, len(group.lines)) == ("Plain Health", 20_00, 1)


@pytest.mark.parametrize(("tolerance", "shown"), [(19_99, 1), (20_00, 0)])
def test_what_is_within_a_payers_tolerance_is_no_work(
    office: Office, underpaid: UnderpaidLine, tolerance: int, shown: int
) -> None:
    underpayments.set_tolerance(**office.who(DAY), amount=tolerance, payer_id=underpaid.claim.payer_id)
    assert short_reports.listed(office.practice, {}).count() == shown
    assert short_reports.within_tolerance(office.practice)["lines"] == 1 - shown


def test_a_dispute_makes_a_letter_and_what_then_comes_in_is_recovered(office: Office, underpaid: UnderpaidLine) -> None:
    (letter,) = underpayments.dispute(**office.who(DAY), ids=[underpaid.pk], note="Rate letter of 2026-01-01.")
    assert bytes(letter.content).startswith(b"%PDF")
    assert underpaid.claim.events.filter(kind="disputed", file=letter).exists()
    with pytest.raises(Refused, match="disputed or paid already"):
        underpayments.dispute(**office.who(DAY), ids=[underpaid.pk])
    claim = underpaid.claim
    back = decision(claim, (-60_00, (("CO", "45", -70_00), ("PR", "2", -20_00))), status="22")
    post(office, payment(claim, back, decision(claim, *FULL), trace="EFT2"), DAY + timedelta(days=20))
    underpaid.refresh_from_db()
    assert (underpaid.status, underpaid.short, underpaid.came_in) == ("recovered", 0, 20_00)
    assert short_reports.counts(office.practice)["recovered"] == {"lines": 1, "amount": 20_00}


def test_accepting_below_the_contract_wants_a_reason_and_can_be_taken_up_again(office: Office, underpaid: UnderpaidLine) -> None:
    with pytest.raises(Refused, match="why"):
        underpayments.accept(**office.who(DAY), ids=[underpaid.pk], reason=" ")
    underpayments.accept(**office.who(DAY), ids=[underpaid.pk], reason="old rate until the amendment")
    assert not short_reports.listed(office.practice, {}).exists()
    underpayments.work_again(**office.who(DAY), ids=[underpaid.pk])
    assert short_reports.listed(office.practice, {}).get() == underpaid


def test_every_line_paid_short_by_a_cent_or_more_is_on_the_worklist_and_no_other(office: Office) -> None:
    """From contract and claim over the payer's file to the worklist; what is agreed: 100, 140, 8 and 20 dollars."""
    agreed = {"99213": 100_00, "99214": 140_00, "36415": 8_00, "80053": 20_00}
    seeded = [(0, 1, 1_00), (5_00, 0, 99), (0, 2_00, 12_34), (0, 0, 0)]
    wanted, claims = {}, []
    for place, shorts in enumerate(seeded):
        claim = office.sent("99213-25" if place % 2 else "99214-25", "36415", "80053")
        said = []
        for line, short in zip(claim.lines.all(), shorts, strict=True):
            allowed = agreed[line.procedure] - short
            share = allowed // 5  # the patient's part is no shortfall, nor is what a law keeps back
            kept = allowed // 50
            cast = (("CO", "45", line.charge - allowed), ("PR", "2", share), ("CO", "253", kept))
            said.append((allowed - share - kept, tuple(one for one in cast if one[2])))
            if short:
                wanted[line.control_number] = short
        claims.append(decision(claim, *said))
    whole = payment(claim, *claims)
    content = write_835([whole], office.envelope())
    receiving.receive_file(**office.who(DAY), name="a.835", content=content)
    run_until_idle(office.practice, DAY)
    found = short_reports.listed(office.practice, {}).values_list("line__control_number", "short")
    assert dict(found) == wanted and len(wanted) == 6


@pytest.fixture
def credit(office: Office) -> str:
    """A guarantor who paid 30.00 ahead."""
    patient = office.patient()
    billing.take_payment(**office.who(DAY), guarantor_id=patient.guarantor_id, amount=30_00, method="cash", key="ahead")
    return f"patient:{patient.guarantor_id}:"


def proposed(office: Office, heap: str, amount: int = 30_00) -> Refund:
    """A refund that a biller proposes."""
    return refunds.propose_refund(**office.who(DAY), heap=heap, amount=amount, reason="paid ahead", key="r1")


def test_a_refund_goes_step_by_step_through_two_peoples_hands(office: Office, credit: str) -> None:
    refund = proposed(office, credit)
    assert proposed(office, credit).pk == refund.pk, "the same key again is the same refund"
    assert office.sums() == {"cash": 30_00, "unapplied": -30_00}, "a proposal moves nothing"
    with pytest.raises(Refused, match="another person"):
        refunds.approve_refund(**office.who(DAY), refund_id=refund.pk)
    with pytest.raises(Refused, match="approved refund"):
        refunds.issue_refund(**office.who(DAY), refund_id=refund.pk, method="check", reference="1001")
    who = {**office.who(DAY), "by": second_person(office)}
    for _ in range(2):
        refunds.approve_refund(**who, refund_id=refund.pk)
        assert office.sums() == {"cash": 30_00, "refunds_due": -30_00}
    for _ in range(2):
        refunds.issue_refund(**office.who(DAY), refund_id=refund.pk, method="check", reference="1001")
        assert office.sums() == {}
    assert heaps(office.practice) == {}


def test_a_cancelled_refund_is_undone_by_reversals_and_the_credit_stands_again(office: Office, credit: str) -> None:
    refund = proposed(office, credit, 20_00)
    refunds.approve_refund(**{**office.who(DAY), "by": second_person(office)}, refund_id=refund.pk)
    refunds.issue_refund(**office.who(DAY), refund_id=refund.pk, method="check", reference="1001")
    payout = LedgerEvent.objects.get(key="refund:r1:issued")
    with pytest.raises(Refused, match="cancel the refund"):
        billing.undo_event(**office.who(DAY), event_id=payout.pk, reason="slip")
    refunds.cancel_refund(**office.who(DAY), refund_id=refund.pk, reason="check lost")
    assert office.sums() == {"cash": 30_00, "unapplied": -30_00}
    assert heaps(office.practice)[credit].amount == 30_00
    assert LedgerEvent.objects.filter(practice=office.practice).count() == 5


@pytest.mark.parametrize("amount", [0, 30_01])
def test_no_more_is_proposed_than_is_there(office: Office, credit: str, amount: int) -> None:
    with pytest.raises(Refused, match="at most the"):
        proposed(office, credit, amount)


def test_two_proposals_do_not_promise_the_same_money(office: Office, credit: str) -> None:
    proposed(office, credit, 20_00)
    with pytest.raises(Refused, match=r"at most the \$10.00 of this credit"):
        refunds.propose_refund(**office.who(DAY), heap=credit, amount=11_00, reason="again", key="r2")


def test_medicare_paid_twice_is_given_back_by_recoupment_within_the_60_days(office: Office) -> None:
    claim = office.sent()
    plan = office.plans["P"]
    plan.kind, plan.content = "MEDICARE_B", {**plan.content, "filing_indicator": "MB"}
    plan.save()
    post(office, payment(claim, decision(claim, *FULL)))
    twice = payment(claim, decision(claim, *FULL, number="PCN-2"), trace="EFT9")
    remit = post(office, twice, DAY + timedelta(days=1))
    row = remit.claims.get()
    if row.status != "posted":
        posting.owe_back(**office.who(DAY + timedelta(days=1)), remit_claim_id=row.pk, reason="paid twice")
    (one,) = credit_reports.credits(office.practice, DAY + timedelta(days=31))
    assert (one.owed_to, one.amount, one.law) == ("payer", 80_00, "42 CFR 401.305")
    assert one.clock is not None
    assert one.clock.days_left == 30
    refund = refunds.propose_refund(**office.who(DAY), heap=one.heap, amount=80_00, reason="paid twice", key="m")
    assert refund.return_by == DAY + timedelta(days=61)
    refunds.approve_refund(**{**office.who(DAY), "by": second_person(office)}, refund_id=refund.pk)
    refunds.issue_refund(**office.who(DAY), refund_id=refund.pk, method="recoupment", reference="letter 7")
    assert office.sums()["payer_balance"] == -80_00, "it waits for the payer to take it"


def test_another_practices_money_is_refused(office: Office, other_office: Office, credit: str, underpaid: UnderpaidLine) -> None:
    stranger = other_office.who(DAY)
    refund = proposed(office, credit)
    for verb, given in (
        (refunds.propose_refund, {"heap": credit, "amount": 1_00, "reason": "x", "key": "x"}),
        (refunds.approve_refund, {"refund_id": refund.pk}),
        (refunds.issue_refund, {"refund_id": refund.pk, "method": "check", "reference": "1"}),
        (refunds.decline_refund, {"refund_id": refund.pk, "reason": "x"}),
        (refunds.cancel_refund, {"refund_id": refund.pk, "reason": "x"}),
        (refunds.review_credit, {"heap": credit, "identified_on": DAY}),
        (underpayments.dispute, {"ids": [underpaid.pk]}),
        (underpayments.accept, {"ids": [underpaid.pk], "reason": "x"}),
        (underpayments.assign, {"ids": [underpaid.pk], "owner_id": None}),
        (underpayments.set_tolerance, {"amount": 1, "payer_id": underpaid.claim.payer_id}),
    ):
        with pytest.raises(Refused):
            verb(**stranger, **given)  # type: ignore[operator]


def test_a_closed_month_takes_no_posting_until_it_is_opened_again(office: Office, credit: str) -> None:
    who = office.who(date(2026, 11, 3))
    closed = period_verbs.close_period(**who, through=date(2026, 10, 31))
    assert [month.closed for month in periods.months(office.practice, date(2026, 11, 3))] == [None, closed]
    refund = proposed(office, credit)
    with pytest.raises(ClosedPeriodError):
        refunds.approve_refund(**{**office.who(DAY), "by": second_person(office)}, refund_id=refund.pk)
    with pytest.raises(Refused, match="why"):
        period_verbs.reopen_period(**who, close_id=closed.pk, reason="")
    period_verbs.reopen_period(**who, close_id=closed.pk, reason="a late check")
    refunds.approve_refund(**{**office.who(DAY), "by": second_person(office)}, refund_id=refund.pk)
    assert period_verbs.close_period(**who, through=date(2026, 10, 31)).pk != closed.pk, "closed anew"


def test_credits_found_by_sums_are_those_that_the_core_finds_event_by_event(demo_db: Practice) -> None:
    by_core = {heap_of(one): one for one in credit_balances(events_until(demo_db))}
    assert by_core
    assert heaps(demo_db) == by_core


def test_every_patients_account_adds_up_and_comes_to_the_ledgers_balance(demo_db: Practice) -> None:
    for guarantor in Guarantor.objects.filter(practice=demo_db):
        account = patientledger.account(demo_db, patientledger.family(guarantor), guarantor)
        assert all(visit.balanced for visit in account.visits), guarantor.pk
        sums = {name: 0 for name in ("patient_ar", "insurance_ar")}
        for account_name, amount in LedgerEntry.objects.filter(
            encounter__patient__guarantor=guarantor, account__in=sums
        ).values_list("account", "amount"):
            sums[account_name] += amount
        assert (account.total("owed"), account.total("waiting")) == (sums["patient_ar"], sums["insurance_ar"])
        for visit in account.visits:
            assert visit.steps[-1].owed == visit.owed, "the last step says what is owed"


def test_the_account_says_who_paid_and_why_the_rest_is_the_patients(office: Office) -> None:
    claim = office.sent()
    post(office, payment(claim, decision(claim, *FULL)))
    who = claim.patient.guarantor
    billing.take_payment(**office.who(DAY), guarantor_id=who.pk, amount=20_00, method="card", key="p")
    account = patientledger.account(office.practice, Q(patient=claim.patient), who)
    said = [step.words for visit in account.visits for step in visit.steps]
    assert said == [
        "The visit was charged $150.00, sent to insurance.",
        "Plain Health paid $80.00; $50.00 is their discount, which nobody owes; $20.00 is your coinsurance.",
        "You paid $20.00. Thank you.",
    ]
    assert account.totals == {
        "charge": 150_00, "insurance": 80_00, "discount": 50_00, "paid": 20_00, "waiting": 0, "owed": 0,
    }  # fmt: skip


def test_the_account_says_once_what_is_read_twice_and_that_a_second_payment_changes_nothing(office: Office) -> None:
    claim = office.sent()
    post(office, payment(claim, decision(claim, *FULL), trace="EFT2"))
    post(office, payment(claim, decision(claim, *FULL), trace="EFT1"))  # comes late, and stands before it
    account = patientledger.account(office.practice, Q(patient=claim.patient), claim.patient.guarantor)
    said = [(step.words, step.owed) for visit in account.visits for step in visit.steps]
    assert said[1:] == [
        ("Plain Health paid $80.00; $50.00 is their discount, which nobody owes; $20.00 is your coinsurance.", 20_00),
        ("Plain Health paid $80.00 too much; it goes back to them, and nothing changes for you.", 20_00),
    ]
    assert account.visits[0].balanced


def test_the_ledger_opens_to_its_entries_as_of_any_instant(demo_db: Practice) -> None:
    client = enter(BILLER, demo_db)
    assert "the books sum to zero" in client.get(reverse("ledger")).content.decode()
    before = LedgerEvent.objects.filter(practice=demo_db).order_by("at")[0].at - timedelta(minutes=1)
    early = client.get(reverse("ledger"), {"as_of": before.isoformat()}).content.decode()
    assert "At that moment the books knew of nothing" in early
    want = ledger.asked(demo_db, {"account": "insurance_ar"})
    rows = list(ledger.entries(demo_db, want))
    lines = ledger.running(rows, 0, sum(row.amount for row in rows))
    assert lines[-1].after == rows[-1].amount, "the first entry's balance is itself"
    page = client.get(reverse("ledger-entries"), {"account": "insurance_ar", "page": "2"})
    assert page.context["lines"][0].after == lines[50].after


def test_the_pages_lead_a_refund_from_the_credit_to_the_ledger(demo_db: Practice) -> None:
    biller, manager = enter(BILLER, demo_db), enter(MANAGER, demo_db)
    one = credit_reports.credits(demo_db, date(2026, 11, 16))[0]
    said = {"heap": one.heap, "amount": f"{one.amount / 100:.2f}", "reason": "paid ahead", "key": "page"}
    assert "is proposed" in biller.post(reverse("propose-refund"), said, follow=True).content.decode()
    refund = Refund.objects.get(key="page")
    manager.post(reverse("approve-refund", args=[refund.pk]))
    page = biller.post(reverse("issue-refund", args=[refund.pk]), {"method": "check", "reference": "4711"}, follow=True)
    assert "paid out by check" in page.content.decode()
    refund.refresh_from_db()
    assert refund.payout_id
    shown = biller.get(reverse("ledger-event", args=[refund.payout_id])).content.decode()
    assert "Refunds approved, not yet paid out" in shown
    assert "4711" in shown


def test_the_account_of_every_patient_opens(demo_db: Practice) -> None:
    client = enter(MANAGER, demo_db)
    patient = Patient.objects.filter(practice=demo_db, encounters__claims__state="paid").first() or Patient.objects.first()
    assert patient
    page = client.get(reverse("patient-ledger", args=[patient.pk])).content.decode()
    assert "your account" in page
    assert "does not add up" not in page
