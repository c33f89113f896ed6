"""Asking a payer where a claim is: one question a payer, and an answer in words that changes no money."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.content import unpack
from claimwright.office.records.models import ClaimInquiry, File
from claimwright.office.reports import worklist
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import content_of
from claimwright.office.workflow.receiving import receive_file
from claimwright.office.workflow.status_inquiry import ask_status, take_up_again
from claimwright.office.workflow.submission import submit_batch
from claimwright.x12.check import check
from claimwright.x12.claim_status import Status, StatusAnswer, StatusCode, StatusInquiry, read_276, write_277

DAY = date(2026, 11, 9)


def ask(office, *claims, today: date = DAY) -> list[File]:
    return ask_status(**office.who(today), claim_ids=[claim.pk for claim in claims])


def asked(file: File) -> list[StatusInquiry]:
    content = content_of(file)
    assert [(one.code, one.message) for one in check(content, today=DAY)] == []
    return list(read_276(content))


def answer_to(inquiry: StatusInquiry, category: str, code: str, entity: str = "", **more: Any) -> StatusAnswer:
    facts = {name: more.pop(name) for name in ("charge", "paid", "finalized", "paid_on", "check_number") if name in more}
    status = Status(codes=(StatusCode(category=category, code=code, entity=entity),), effective=DAY, **facts)
    given = {
        "payer": inquiry.payer, "receiver": inquiry.receiver, "provider": inquiry.provider, "subscriber": inquiry.subscriber,
        "member_id": inquiry.member_id, "trace": inquiry.trace, "statuses": (status,),
        "patient_control_number": inquiry.patient_control_number, "first_service": inquiry.first_service,
    }  # fmt: skip
    return StatusAnswer(**(given | more))


def receive(office, *answers: StatusAnswer, number: int = 9001, today: date = DAY) -> File:
    content = write_277(answers, office.envelope(number))
    return receive_file(practice=office.practice, by=None, today=today, name="x.277", content=content)


def told(office, claim, *codes: str, **more: Any) -> ClaimInquiry:
    """The inquiry after the payer answered with these codes."""
    (file,) = ask(office, claim)
    (inquiry,) = asked(file)
    receive(office, answer_to(inquiry, *codes, **more))
    claim.refresh_from_db()
    return claim.inquiries.get()


def test_one_question_a_payer_names_each_claim_as_it_was_sent(office):
    first, second = office.sent("99213"), office.sent("99214")
    (file,) = ask(office, first, second)
    assert (file.kind, file.direction, file.name.endswith(".276")) == ("276", "out", True)
    inquiries = {one.patient_control_number: one for one in asked(file)}
    content = claim_of(first)
    mine = inquiries[first.patient_control_number]
    assert (mine.charge, mine.first_service, mine.member_id) == (150_00, content.first_service, content.insured.member_id)
    assert inquiries.keys() == {first.patient_control_number, second.patient_control_number}
    assert {one.trace for one in inquiries.values()} == set(file.inquiries.values_list("trace", flat=True))
    assert first.events.last().text == "Asked Plain Health where it stands"


def test_asking_twice_on_a_day_asks_once(office):
    claim = office.sent()
    ask(office, claim)
    with pytest.raises(Refused, match="asked today already"):
        ask(office, claim)
    assert claim.inquiries.count() == 1
    ask(office, claim, today=date(2026, 11, 10))
    assert claim.inquiries.count() == 2


def test_only_what_the_payer_has_is_asked_about(office, other_office):
    patient = office.patient()
    office.insure(patient)
    ready = office.claim(office.code(office.visit(patient)))
    with pytest.raises(Refused, match="is ready"):
        ask(office, ready)
    with pytest.raises(Refused, match="not in this practice"):
        ask(office, office.sent(), other_office.sent())
    assert not ClaimInquiry.objects.filter(claim__practice=office.practice).exists()


def test_a_claim_in_process_is_told_and_stays_as_it_is(office):
    claim = office.sent()
    inquiry = told(office, claim, "P1", "20", charge=150_00, payer_control_number="ICN9")
    assert (claim.state, claim.payer_control_number) == ("sent", "ICN9")
    assert (inquiry.status, inquiry.answered_on) == ("pending", DAY)
    assert inquiry.message == "Being worked on: Accepted for processing (P1·20)."
    assert claim.events.last().text == f"Plain Health: {inquiry.message}"
    assert unpack(inquiry.answer, StatusAnswer).category == "P1"


@pytest.mark.parametrize(("category", "code"), [("A4", "35"), ("D0", "35")])
def test_a_claim_the_payer_does_not_know_waits_for_someone(office, category, code):
    claim = office.sent()
    assert told(office, claim, category, code).status == "unknown"
    assert claim.state == "sent"
    (work,) = [item for item in worklist.work_for(office.practice, "biller", DAY) if item.kind == "claim"]
    assert "Claim not found" in work.why
    assert "send it again" in work.why


def test_what_was_paid_is_told_with_its_payment_and_only_the_835_posts_it(office):
    claim = office.sent()
    before = office.sums()
    facts = {"charge": 150_00, "paid": 80_00, "finalized": DAY, "paid_on": DAY, "check_number": "EFT77"}
    inquiry = told(office, claim, "F1", "65", **facts)
    assert (inquiry.status, claim.state, office.sums()) == ("paid", "sent", before)
    assert "Paid $80.00 on 2026-11-09, payment EFT77." in inquiry.message
    (work,) = [item for item in worklist.work_for(office.practice, "biller", DAY) if item.kind == "claim"]
    assert "remittance is not here" in work.why


def test_a_denial_is_told_but_the_835_makes_it(office):
    claim = office.sent()
    assert told(office, claim, "F2", "84", charge=150_00, paid=0, finalized=DAY).status == "denied"
    assert (claim.state, claim.denials.count()) == ("sent", 0)


def test_a_claim_that_was_never_taken_in_is_rejected(office):
    claim = office.sent()
    assert told(office, claim, "A7", "164", "IL").status == "rejected"
    assert (claim.state, claim.events.last().state) == ("rejected", "rejected")
    assert "(A7·164·IL)" in claim.events.last().text


def test_a_rejection_that_speaks_of_other_money_changes_nothing(office):
    claim = office.sent()
    inquiry = told(office, claim, "A7", "164", charge=999_00)
    assert claim.state == "sent"
    assert "It has $999.00 as charged, not $150.00." in inquiry.message


def test_the_same_answer_twice_is_told_once(office):
    claim = office.sent()
    (inquiry,) = asked(ask(office, claim)[0])
    receive(office, answer_to(inquiry, "P1", "20"))
    receive(office, answer_to(inquiry, "P1", "20"))
    assert claim.events.filter(kind="277").count() == 1


def test_an_answer_without_the_trace_finds_the_claim_by_its_number(office):
    claim = office.sent()
    (inquiry,) = asked(ask(office, claim)[0])
    file = receive(office, answer_to(inquiry, "P1", "20", trace="THEIRS"))
    assert (file.status, claim.inquiries.get().status) == ("read", "pending")
    assert file.answers == claim.inquiries.get().file


def test_an_answer_nobody_asked_for_is_kept_with_its_claim(office):
    claim = office.sent()
    (inquiry,) = asked(ask(office, claim)[0])
    receive(office, answer_to(inquiry, "P1", "20"))
    receive(office, answer_to(inquiry, "P2", "46", trace="THEIRS"), number=9002)
    first, second = claim.inquiries.all()
    assert (first.status, second.asked_on, second.message.endswith("(P2·46).")) == ("pending", None, True)


def test_of_several_claims_that_fit_ours_is_taken(office):
    claim = office.sent()
    (inquiry,) = asked(ask(office, claim)[0])
    other = answer_to(inquiry, "F1", "65", patient_control_number="OTHER1")
    receive(office, answer_to(inquiry, "P1", "20"), other)
    kept = claim.inquiries.get()
    assert kept.status == "pending"
    assert "2 claims at the payer fit the question." in kept.message


def test_an_answer_to_all_that_was_asked_answers_each(office):
    claims = [office.sent(), office.sent()]
    (file,) = ask(office, *claims)
    one = asked(file)[0]
    receive(office, answer_to(one, "E1", "0", level="receiver", trace=one.reference, patient_control_number=""))
    assert {claim.inquiries.get().status for claim in claims} == {"not answered"}


def test_an_answer_about_nobody_of_ours_is_parked(office, other_office):
    theirs = other_office.sent()
    (inquiry,) = asked(ask(other_office, theirs)[0])
    file = receive(office, answer_to(inquiry, "A7", "164"))
    theirs.refresh_from_db()
    assert (file.status, file.reason) == ("parked", "It answers about no claim of this practice.")
    assert (theirs.state, theirs.inquiries.get().status) == ("sent", "asked")


def test_a_claim_the_payer_does_not_know_is_checked_and_sent_again(office):
    claim = office.sent()
    told(office, claim, "A4", "35")
    again = take_up_again(**office.who(DAY), claim_id=claim.pk)
    assert (again.state, [event.kind for event in again.events.all()][-2:]) == ("ready", ["not arrived", "scrubbed"])
    submit_batch(**office.who(DAY), claim_ids=[claim.pk])
    claim.refresh_from_db()
    assert (claim.state, claim.sent_on, claim.frequency) == ("sent", DAY, "1")
    with pytest.raises(Refused, match="does not know"):
        take_up_again(**office.who(DAY), claim_id=office.sent().pk)


def test_the_claims_page_asks_shows_the_answer_and_sends_again(office, client):
    claim = office.sent()
    client.force_login(office.by, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("claim", args=[claim.pk])
    assert "Ask the payer" in client.get(page).content.decode()
    client.post(reverse("ask-payers"), {"claim": claim.pk, "next": page})
    assert "The answer shows here by itself." in client.get(page).content.decode()
    (inquiry,) = asked(claim.inquiries.get().file)
    receive(office, answer_to(inquiry, "A4", "35"))
    assert "Claim not found (A4·35)" in client.get(page).content.decode()
    client.post(reverse("send-again", args=[claim.pk]))
    claim.refresh_from_db()
    assert claim.state == "ready"


def test_the_list_of_unanswered_claims_asks_about_all_it_shows(office, client):
    claims = [office.sent(), office.sent()]
    client.force_login(office.by, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Ask the payers about all 2" in client.get(reverse("claims") + "?work=overdue").content.decode()
    client.post(reverse("ask-payers"), {"work": "overdue", "payer": "", "q": ""})
    assert [claim.inquiries.count() for claim in claims] == [1, 1]
    assert File.objects.filter(practice=office.practice, kind="276").count() == 1
