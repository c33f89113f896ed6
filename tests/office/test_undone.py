"""What hangs on an undone posting: taken back where it can be, told and left as work where it cannot."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from django.urls import reverse
from test_web_access import BILLER, enter

from claimwright.office.jobs.worker import run_until_idle
from claimwright.office.records.models import Denial, LedgerEvent, UnderpaidLine
from claimwright.office.reports.worklist import work_for
from claimwright.office.workflow import billing, claims, followup, posting, undo, undone
from claimwright.office.workflow.errors import Refused
from officekit import Office, decision, keep_remittance, payment

DAY = date(2026, 10, 20)
PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))
MORE = (90_00, (("CO", "45", 50_00), ("PR", "2", 10_00)))
DENIED = (0, (("CO", "50", 150_00),))


def post(office: Office, claim, *said, trace: str = "EFT1", on: date = DAY):
    remittance = msgspec.structs.replace(payment(claim, *said, trace=trace), paid_on=on)
    remit, _ = keep_remittance(office.practice, remittance, None)
    return posting.post_remittance(**office.who(DAY), remit_id=remit.pk).claims.get()


def take_out(office: Office, row):
    return undo.undo_posting(**office.who(DAY), remit_claim_id=row.pk, reason="not this claim")


def to_do(office: Office) -> list[str]:
    return [work.why for work in work_for(office.practice, "biller", DAY) if "undone" in work.why or "changed" in work.why]


def test_a_secondary_that_has_left_is_work_until_it_is_voided_or_the_same_is_posted_again(office: Office) -> None:
    claim = office.sent("99213", second=True)
    row = post(office, claim, decision(claim, PAID))
    run_until_idle(office.practice, DAY)
    second = claim.secondaries.get()
    assert second.state == "sent"
    left = take_out(office, row)
    assert undo.NOT_TAKEN_BACK in left.next_step and second.patient_control_number in left.next_step
    assert to_do(office) == ["primary payment undone: void or correct"]
    undo.post_again(**office.who(DAY), remit_claim_id=row.pk)
    assert to_do(office) == []
    take_out(office, row)
    second.refresh_from_db()
    claims.ClaimRecord.objects.filter(pk=second.pk).update(payer_control_number="Z9")
    claims.void_claim(**office.who(DAY), claim_id=second.pk, reason="the first payer's payment was another's")
    assert to_do(office) == []


def test_another_decision_than_the_secondary_carries_is_work(office: Office) -> None:
    claim = office.sent("99213", second=True)
    row = post(office, claim, decision(claim, PAID))
    run_until_idle(office.practice, DAY)
    take_out(office, row)
    post(office, claim, decision(claim, MORE), trace="EFT2")
    assert to_do(office) == ["primary payment changed: void or correct"]


def test_a_secondary_that_has_not_left_is_held_and_goes_with_what_is_posted_again(office: Office) -> None:
    claim = office.sent("99213", second=True)
    row = post(office, claim, decision(claim, PAID))
    second = claims.build_secondary(**office.who(DAY), claim_id=claim.pk)
    assert second.state == "ready"
    take_out(office, row)
    second.refresh_from_db()
    assert second.state == "held" and "was undone" in to_do(office)[0]
    with pytest.raises(Refused, match="has not decided"):
        claims.scrub_claim(**office.who(DAY), claim_id=second.pk)
    undo.post_again(**office.who(DAY), remit_claim_id=row.pk)
    run_until_idle(office.practice, DAY)
    second.refresh_from_db()
    assert (second.state, second.follow_up, to_do(office)) == ("sent", "", [])


def test_worked_denials_are_closed_with_what_stands_told_and_open_as_they_were(office: Office) -> None:
    claim = office.sent("99213", "36415")
    row = post(office, claim, decision(claim, DENIED, (0, (("CO", "97", 20_00),))))
    appealed, written_off = Denial.objects.filter(claim=claim).order_by("pk")
    followup.work_denial(**office.who(DAY), denial_id=appealed.pk, action="appeal", note="it was needed")
    followup.work_denial(**office.who(DAY), denial_id=written_off.pk, action="write off", note="too small")
    left = take_out(office, row)
    assert "the appeal of CO-50 is with the payer" in left.next_step and "$20.00 was written off for CO-97" in left.next_step
    assert len(to_do(office)) == 1
    event = LedgerEvent.objects.get(practice=office.practice, kind="write_off")
    billing.undo_event(**office.who(DAY), event_id=event.pk, reason="its denial is gone")
    assert {denial.status for denial in Denial.objects.filter(claim=claim)} == {"taken back"}
    undo.post_again(**office.who(DAY), remit_claim_id=row.pk)
    assert [denial.status for denial in Denial.objects.filter(claim=claim).order_by("pk")] == ["appealed", "open"]
    assert to_do(office) == []


def test_a_denial_that_a_payment_won_is_open_again_without_it(office: Office) -> None:
    claim = office.sent("99213")
    post(office, claim, decision(claim, DENIED))
    denial = Denial.objects.get(claim=claim)
    followup.work_denial(**office.who(DAY), denial_id=denial.pk, action="appeal", note="it was needed")
    row = post(office, claim, decision(claim, PAID), trace="EFT2", on=date(2026, 10, 21))
    denial.refresh_from_db()
    assert denial.status == "won"
    take_out(office, row)
    denial.refresh_from_db()
    assert denial.status == "appealed"


def test_what_was_underpaid_or_billed_by_an_undone_posting_is_known_no_more(office: Office) -> None:
    claim = office.sent("99213")
    row = post(office, claim, decision(claim, (60_00, (("CO", "45", 70_00), ("PR", "2", 20_00)))))
    (statement,) = billing.issue_statements(**office.who(DAY))
    left = take_out(office, row)
    assert f"statement {statement.number} has billed the patient's share" in left.next_step
    assert UnderpaidLine.objects.get(claim=claim).allowed is None


def test_a_person_says_what_was_done_about_it_on_the_claims_page(office: Office) -> None:
    claim = office.sent("99213")
    row = post(office, claim, decision(claim, DENIED))
    followup.work_denial(**office.who(DAY), denial_id=claim.denials.get().pk, action="appeal", note="it was needed")
    take_out(office, row)
    client = enter(BILLER, office.practice)
    page = reverse("claim", args=[claim.pk])
    assert "the appeal of CO-50 is with the payer" in client.get(page).content.decode()
    client.post(reverse("seen-to", args=[claim.pk]), {"note": "appeal withdrawn by letter"})
    claim.refresh_from_db()
    assert claim.follow_up == "" and "appeal withdrawn by letter" in claim.events.last().text
    with pytest.raises(Refused, match="Nothing is left"):
        undone.seen_to(**office.who(DAY), claim_id=claim.pk, note="again")
