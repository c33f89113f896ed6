"""Payments out of order, twice, and not ours; rules of the practice's own; closed periods; the books as of a day."""

from datetime import date, timedelta
from itertools import permutations

import msgspec
import pytest
from django.db import IntegrityError, connection, transaction

from claimwright.ledger.balances import balances, check, entries_of
from claimwright.ledger.model import Entry, Event
from claimwright.ledger.periods import ClosedPeriodError
from claimwright.office.records.ledger import append, balances_of, events_until
from claimwright.office.records.models import LedgerEvent
from claimwright.office.workflow import posting
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.periods import close_period
from claimwright.office.workflow.posting_rules import keep_posting_rules
from claimwright.remits.model import RemitClaim
from officekit import decision, keep_remittance, payment

DAY = date(2026, 12, 1)
PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))
MORE = (60_00, (("CO", "45", 50_00), ("PR", "2", 40_00)))


def post(office, claim, day, *said):
    remittance = msgspec.structs.replace(
        payment(claim, *said, trace=f"EFT{day}"), paid_on=date(2026, 10, 16) + timedelta(days=day)
    )
    remit, _ = keep_remittance(office.practice, remittance, None)
    return posting.post_remittance(**office.who(DAY), remit_id=remit.pk)


def taken_back(said: RemitClaim) -> RemitClaim:
    def minus(adjustments):
        return tuple(msgspec.structs.replace(a, amount=-a.amount) for a in adjustments)

    lines = tuple(
        msgspec.structs.replace(line, charge=-line.charge, paid=-line.paid, adjustments=minus(line.adjustments))
        for line in said.lines
    )
    return msgspec.structs.replace(said, status="22", charge=-said.charge, paid=-said.paid, patient_share=0, lines=lines)


@pytest.mark.parametrize("order", list(permutations(["original", "taken back", "corrected"])), ids=" - ".join)
def test_original_reversal_and_correction_say_the_same_in_any_order(office, order):
    claim = office.sent("99213")
    first, better = decision(claim, PAID), decision(claim, MORE)
    files = {"original": (1, first), "taken back": (2, taken_back(first)), "corrected": (3, better)}
    for name in (*order, *order):
        post(office, claim, files[name][0], files[name][1])
    assert office.sums() == {"charges": -150_00, "cash": 60_00, "contractual": 50_00, "patient_ar": 40_00}
    assert not claim.remit_rows.exclude(status="posted").exists()
    assert check(events_until(office.practice)) == []
    claim.refresh_from_db()
    assert claim.state == "patient"


def test_a_reversal_that_comes_first_says_what_to_do_and_resolves_itself(office):
    claim = office.sent("99213")
    first = decision(claim, PAID)
    row = post(office, claim, 2, taken_back(first)).claims.get()
    assert (row.status, row.hold) == ("parked", "waits for original") and "posts by itself" in row.next_step
    post(office, claim, 1, first)
    row.refresh_from_db()
    assert row.status == "posted" and office.sums() == {"charges": -150_00, "insurance_ar": 150_00}


@pytest.mark.parametrize("same", [True, False], ids=["corrected to the same", "corrected to more"])
def test_a_reversal_never_takes_back_the_correction_beside_it(office, same):
    claim, other = office.sent("99213"), office.sent("99214")
    first, second = decision(claim, PAID), decision(other, (140_00, PAID[1]))
    better = first if same else decision(claim, MORE)
    row = post(office, claim, 3, taken_back(first), better, taken_back(second)).claims.get(position=0)
    assert row.status == "parked"
    post(office, other, 2, second)  # what waited for it is tried again, with the reversal beside it
    row.refresh_from_db()
    assert (row.status, row.hold) == ("parked", "waits for original")
    assert not other.remit_rows.exclude(status="posted").exists()
    post(office, claim, 1, first)
    paid, owed = (80_00, 20_00) if same else (60_00, 40_00)
    assert office.sums() == {
        "charges": -150_00 + -210_00, "insurance_ar": 210_00, "cash": paid, "contractual": 50_00, "patient_ar": owed,
    }  # fmt: skip
    assert not claim.remit_rows.exclude(status="posted").exists() and check(events_until(office.practice)) == []


def test_paid_twice_is_a_credit_of_the_payer(office):
    claim = office.sent("99213")
    post(office, claim, 1, decision(claim, PAID))
    remit = post(office, claim, 2, decision(claim, PAID))
    assert remit.status == "posted"
    assert office.sums()["payer_balance"] == -80_00 and office.sums()["cash"] == 160_00
    assert "owed back" in claim.events.get(kind="credit").text


def test_we_owe_it_back_says_why_and_only_once(office):
    claim = office.sent("99213")
    lost = msgspec.structs.replace(
        decision(claim, PAID), patient_control_number="NOT-OURS", payer_control_number="", member_id="OTHER", patient_last="X"
    )
    remit = post(office, claim, 1, lost)
    row = remit.claims.get()
    assert row.hold == "no claim" and "owe it back" in row.next_step
    with pytest.raises(Refused, match="Say why"):
        posting.owe_back(**office.who(DAY), remit_claim_id=row.pk, reason=" ")
    posting.owe_back(**office.who(DAY), remit_claim_id=row.pk, reason="another practice's patient")
    assert office.sums() == {"charges": -150_00, "insurance_ar": 150_00, "cash": 80_00, "payer_balance": -80_00}
    remit.refresh_from_db()
    assert (remit.status, remit.lines_untouched) == ("posted", 0)
    with pytest.raises(Refused, match="posted already"):
        posting.owe_back(**office.who(DAY), remit_claim_id=row.pk, reason="again")


def test_an_estimate_is_put_aside_and_money_never_is(office):
    claim = office.sent("99213")
    estimate = msgspec.structs.replace(decision(claim, (0, (("OA", "101", 150_00),))), status="25")
    remit = post(office, claim, 1, estimate)
    row = remit.claims.get()
    assert row.hold == "predetermination"
    posting.put_aside(**office.who(DAY), remit_claim_id=row.pk, reason="estimate, filed")
    remit.refresh_from_db()
    assert remit.status == "posted" and "cash" not in office.sums()
    lost = msgspec.structs.replace(decision(claim, PAID), patient_control_number="NO", payer_control_number="", member_id="OTHER")
    row = post(office, claim, 2, lost).claims.get()
    with pytest.raises(Refused, match="It pays"):
        posting.put_aside(**office.who(DAY), remit_claim_id=row.pk, reason="no")


def test_a_person_sees_what_differs_before_matching(office):
    claim = office.sent("99213")
    odd = msgspec.structs.replace(decision(claim, PAID), patient_control_number="NO", payer_control_number="", member_id="OTHER")
    odd = msgspec.structs.replace(odd, lines=tuple(msgspec.structs.replace(one, control_number="") for one in odd.lines))
    row = post(office, claim, 1, odd).claims.get()
    told = posting.compare_by_hand(practice=office.practice, row=row, claim=claim)
    assert told.refused == "" and told.differences == ("The member id differs.",)
    assert float(row.score) > 0.5


def test_the_practices_own_rules_decide_and_what_cannot_be_read_is_refused(office):
    claim = office.sent("99213")
    with pytest.raises(Refused, match="Line 1 of the posting rules"):
        keep_posting_rules(**office.who(DAY), text="give away | CO | 45 | x | y")
    keep_posting_rules(
        **office.who(DAY), text="deny | CO | 45 | below our contract of July | our contract", payer_id=claim.payer_id
    )
    post(office, claim, 1, decision(claim, PAID))
    assert "contractual" not in office.sums() and office.sums()["insurance_ar"] == 50_00


def test_a_closed_period_takes_nothing_more(office):
    office.code(office.visit(office.patient()))
    with pytest.raises(Refused, match="not over"):
        close_period(**office.who(DAY), through=DAY)
    close_period(**office.who(DAY), through=date(2026, 10, 31), note="month's end")
    with pytest.raises(Refused, match="closed already"):
        close_period(**office.who(DAY), through=date(2026, 10, 30))
    entries = (Entry(account="cash", amount=1), Entry(account="unapplied", amount=-1))
    with pytest.raises(ClosedPeriodError):
        append(office.practice, [Event(key="late", kind="correction", on=date(2026, 10, 31), entries=entries)])
    append(office.practice, [Event(key="late", kind="correction", on=date(2026, 11, 1), entries=entries)])


def test_the_database_refuses_an_event_that_does_not_sum_to_zero(office):
    office.code(office.visit(office.patient()))
    event = LedgerEvent.objects.filter(practice=office.practice).first()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        event.entries.create(account="cash", amount=5)
        if connection.vendor == "sqlite":
            connection.check_constraints()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_books_as_of_a_day_and_as_they_were_known(office):
    claim = office.sent("99213")
    before = LedgerEvent.objects.filter(practice=office.practice).latest("pk")
    post(office, claim, 1, decision(claim, PAID))
    practice = office.practice
    assert balances_of(practice, dated=DAY - timedelta(days=1)) == {("charges",): -150_00, ("insurance_ar",): 150_00}
    assert balances_of(practice, known=before.at) == {("charges",): -150_00, ("insurance_ar",): 150_00}
    for by in (("account",), ("account", "patient", "guarantor"), ("payer", "account"), ("provider", "line", "claim")):
        ours = {key: amount for key, amount in balances_of(practice, by).items()}
        core = balances(entries_of(events_until(practice)), by)
        assert {tuple(cell or "" for cell in key): amount for key, amount in ours.items()} == {
            tuple(cell or "" for cell in key): amount for key, amount in core.items()
        }
    assert {key[0] for key in balances_of(practice, ("provider",), account="cash")} == {office.provider.npi}


def test_another_remittance_with_the_same_trace_and_amount_is_kept_and_waits(office):
    claim, other = office.sent("99213"), office.sent("99213")
    first = payment(claim, decision(claim, PAID), trace="T")
    second = payment(claim, decision(other, PAID), trace="T")
    _, fresh = keep_remittance(office.practice, first, None)
    _, again = keep_remittance(office.practice, first, None)
    kept, new = keep_remittance(office.practice, second, None)
    assert (fresh, again, new, kept.status) == (True, False, True, "parked")
    row = kept.claims.get()
    assert row.hold == "same trace" and "ask the payer" in row.next_step
    assert keep_remittance(office.practice, second, None) == (kept, False)
