"""A biller's work on remittances: plan before, posting, undoing, paper by two people, deposits, and only one's own practice's."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from test_web_access import BILLER, MANAGER, enter

from claimwright.office.records.models import Denial, Deposit, LedgerEvent, Remit
from claimwright.office.reports import remittance_review as review
from claimwright.office.workflow import deposits, paper_remittance, posting, undo
from claimwright.office.workflow.errors import Refused
from claimwright.remits.model import ProviderAdjustment
from officekit import Office, decision, keep_remittance, payment

PAID = (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00)))
DAY = date(2026, 10, 17)


def keep(office: Office, remittance: Any) -> Remit:
    return keep_remittance(office.practice, remittance, None)[0]


def post(office: Office, remit: Remit) -> Remit:
    return posting.post_remittance(**office.who(DAY), remit_id=remit.pk)


# Undo


def test_an_undone_decision_is_told_on_its_claim_and_posts_again_only_when_a_person_says_so(office: Office) -> None:
    one, two = office.sent("99213", "36415"), office.sent("99213")
    stranger = msgspec.structs.replace(decision(two, PAID), patient_control_number="X1", member_id="", patient_last="")
    remit = post(office, keep(office, payment(one, decision(one, PAID, (0, (("CO", "97", 20_00),))), stranger)))
    posted, state = office.sums(), one.events.filter(kind="posted").get().state
    row = remit.claims.get(position=0)
    undo.undo_posting(**office.who(DAY), remit_claim_id=row.pk, reason="wrong patient")
    one.refresh_from_db()
    row.refresh_from_db()
    assert (row.status, row.hold, one.state) == ("parked", "undone", "sent")
    assert "undone: wrong patient" in one.events.last().text
    assert one.events.last().by == office.by
    assert not Denial.objects.filter(claim=one).exists()
    assert office.sums() == {"charges": -320_00, "insurance_ar": 320_00}
    opposite = LedgerEvent.objects.get(practice=office.practice, undoes__isnull=False)
    assert (opposite.memo, opposite.by, opposite.remit) == ("wrong patient", office.by, remit)

    posting.match_remit_claim(
        **office.who(DAY), remit_claim_id=remit.claims.get(position=1).pk, claim_id=two.pk, despite="by phone"
    )
    row.refresh_from_db()
    assert row.status == "parked"  # another decision of the payment was posted; this one stays undone
    undo.post_again(**office.who(DAY), remit_claim_id=row.pk)
    row.refresh_from_db()
    one.refresh_from_db()
    assert (row.status, one.state) == ("posted", state)
    assert office.sums()["cash"] == posted["cash"] + 80_00
    assert Denial.objects.filter(claim=one, status="open").count() == 1


def test_a_whole_payment_is_undone_with_what_stood_beside_its_claims(office: Office) -> None:
    claim = office.sent("99213")
    before = office.sums()
    said = payment(claim, decision(claim, PAID))
    taken = ProviderAdjustment(npi=office.practice.npi, fiscal_period_end=None, reason="WO", amount=30_00)
    remit = post(office, keep(office, msgspec.structs.replace(said, provider_adjustments=(taken,), paid=50_00)))
    assert office.sums()["cash"] == 50_00
    with pytest.raises(Refused, match="Say why"):
        undo.undo_remittance(**office.who(DAY), remit_id=remit.pk, reason=" ")
    undo.undo_remittance(**office.who(DAY), remit_id=remit.pk, reason="not our check")
    remit.refresh_from_db()
    assert (office.sums(), remit.status, remit.lines_posted) == (before, "parked", 0)
    with pytest.raises(Refused, match="Nothing"):
        undo.undo_remittance(**office.who(DAY), remit_id=remit.pk, reason="again")


def test_a_payment_is_not_undone_beneath_a_later_one_on_the_same_visit(office: Office) -> None:
    claim = office.sent("99213")
    first = post(office, keep(office, payment(claim, decision(claim, PAID), trace="A")))
    back = msgspec.structs.replace(
        decision(claim, (-80_00, (("CO", "45", -50_00), ("PR", "2", -20_00))), status="22"), charge=-150_00
    )
    back = msgspec.structs.replace(back, lines=tuple(msgspec.structs.replace(one, charge=-one.charge) for one in back.lines))
    second = post(office, keep(office, msgspec.structs.replace(payment(claim, back, decision(claim, PAID), trace="B"), paid=0)))
    with pytest.raises(Refused, match="payment B was posted after it"):
        undo.undo_posting(**office.who(DAY), remit_claim_id=first.claims.get().pk, reason="x")
    # What the payer reverses later stands on that payment's page, and the first one's cash stays what it paid.
    cash = [
        dict((row["account"], row["total"]) for row in review.posted_by_account(one)).get("cash", 0) for one in (first, second)
    ]
    assert cash == [80_00, 0]
    (told,) = review.taken_back(first)
    assert (told["trace"], told["total"]) == ("B", -80_00) and review.taken_back(second) == []
    undo.undo_remittance(**office.who(DAY), remit_id=second.pk, reason="not theirs")
    cash = [
        dict((row["account"], row["total"]) for row in review.posted_by_account(one)).get("cash", 0) for one in (first, second)
    ]
    assert cash == [80_00, 0] and review.taken_back(first) == []


def test_two_payments_of_one_trace_both_reach_the_books(office: Office) -> None:
    one, two = office.sent("99213"), office.sent("99213")
    post(office, keep(office, payment(one, decision(one, PAID))))
    other = keep(office, payment(two, decision(two, PAID)))
    assert other.status == "parked"
    post(office, other)
    assert office.sums()["cash"] == 160_00


# Paper


def key_in(office: Office, claim: Any, **more: Any) -> Remit:
    said = {"trace": "CHK9", "paid": 80_00, "paid_on": date(2026, 10, 16), "claims": [decision(claim, PAID)]} | more
    return paper_remittance.key_in_remittance(**office.who(DAY), payer_id=claim.payer_id, **said)


def test_paper_is_kept_once_and_only_if_it_adds_up(office: Office) -> None:
    claim = office.sent("99213")
    for wrong in ({"paid": 81_00}, {"paid_on": date(2026, 10, 18)}, {"trace": " "}, {"claims": []}, {"method": "NON"}):
        with pytest.raises(Refused):
            key_in(office, claim, **wrong)
    remit = key_in(office, claim)
    assert key_in(office, claim) == remit
    with pytest.raises(Refused, match="here already"):
        key_in(office, claim, claims=[decision(claim, PAID, number="OTHER")])
    assert office.sums()["insurance_ar"] == 150_00  # nothing posts before someone has looked
    post(office, remit)
    assert office.sums()["cash"] == 80_00


def test_with_two_people_the_one_who_keyed_it_in_does_not_post_it_nor_does_a_job(office: Office) -> None:
    claim = office.sent("99213")
    paper_remittance.want_two_people(**office.who(DAY), on=True)
    remit = key_in(office, claim)
    row = remit.claims.get()
    for by in (office.by, None):
        with pytest.raises(Refused, match="Two people"):
            posting.post_remittance(practice=office.practice, by=by, today=DAY, remit_id=remit.pk)
    with pytest.raises(Refused, match="Two people"):
        posting.match_remit_claim(**office.who(DAY), remit_claim_id=row.pk, claim_id=claim.pk)
    colleague = enter(BILLER, office.practice, "colleague")
    colleague.post(reverse("post-remittance", args=[remit.pk]))
    remit.refresh_from_db()
    assert remit.status == "posted"


def test_paper_keyed_in_wrongly_is_withdrawn_once_undone_and_keyed_in_again(office: Office) -> None:
    claim = office.sent("99213")
    remit = post(office, key_in(office, claim))
    with pytest.raises(Refused, match="undo the whole payment"):
        paper_remittance.withdraw_paper(**office.who(DAY), remit_id=remit.pk, reason="typo")
    undo.undo_remittance(**office.who(DAY), remit_id=remit.pk, reason="typo")
    paper_remittance.withdraw_paper(**office.who(DAY), remit_id=remit.pk, reason="typo")
    post(office, remit)
    assert "cash" not in office.sums()
    post(office, key_in(office, claim))
    assert office.sums()["cash"] == 80_00


def test_an_835_of_a_check_that_was_keyed_in_waits_for_a_person(office: Office) -> None:
    claim = office.sent("99213")
    post(office, key_in(office, claim))
    remit = keep(office, payment(claim, decision(claim, PAID), trace="CHK9"))
    assert (remit.status, remit.claims.get().hold) == ("parked", "same trace")


# Deposits


def test_a_deposit_is_joined_by_hand_to_the_cent_and_what_was_parted_is_not_joined_by_itself(office: Office) -> None:
    claim = office.sent("99213")
    remit = keep(office, payment(claim, decision(claim, PAID)))
    line = {"practice": office.practice, "on": DAY, "sender": "PLAIN"}
    near = Deposit.objects.create(trace="OTHER", amount=80_00, **line)
    far = Deposit.objects.create(trace="FAR", amount=79_99, **line)
    for deposit, reason, told in ((far, "same check", "not the same"), (near, "", "trace numbers differ")):
        with pytest.raises(Refused, match=told):
            deposits.join_deposit(**office.who(DAY), deposit_id=deposit.pk, remit_id=remit.pk, reason=reason)
    deposits.join_deposit(**office.who(DAY), deposit_id=near.pk, remit_id=remit.pk, reason="the bank cut the trace")
    with pytest.raises(Refused, match="has its deposit"):
        deposits.join_deposit(**office.who(DAY), deposit_id=far.pk, remit_id=remit.pk, reason="x")
    deposits.part_deposit(**office.who(DAY), deposit_id=near.pk, reason="another check")
    Deposit.objects.filter(pk=near.pk).update(trace=remit.trace)
    assert posting.reconcile_deposits(**office.who(DAY)) == 0
    deposits.set_deposit_aside(**office.who(DAY), deposit_id=far.pk, reason="card machine")
    page = enter(BILLER, office.practice).get(reverse("deposits"), {"show": "aside"}).content.decode()
    assert "card machine" in page


# Pages


def test_the_review_tells_line_by_line_what_posts_and_why_and_asks_as_often_for_many_as_for_few(office: Office) -> None:
    claims = [office.sent("99213") for _ in range(6)]
    few = keep(office, payment(claims[0], *(decision(claim, PAID) for claim in claims[:2]), trace="FEW"))
    many = keep(office, payment(claims[0], *(decision(claim, PAID) for claim in claims[2:]), trace="MANY"))
    client = enter(BILLER, office.practice)
    counts = []
    for remit in (few, many):
        address = reverse("remittance", args=[remit.pk])
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(address).content.decode()
        counts.append(len(asked))
        assert "50.00 is written off by agreement" in page
        assert "Post what is certain" in page
    assert counts[1] <= counts[0] + 2
    client.post(reverse("post-remittances"), {"remit": [few.pk, many.pk]})
    assert set(Remit.objects.filter(practice=office.practice).values_list("status", flat=True)) == {"posted"}
    counts.clear()
    for remit in (few, many):
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("remittance", args=[remit.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert "100.0%" in client.get(reverse("remittances")).content.decode()


def test_a_claim_is_found_by_name_date_charge_or_code_and_matched_only_with_a_reason_where_it_differs(office: Office) -> None:
    claim, other = office.sent("99213", "36415"), office.sent("99213")
    said = msgspec.structs.replace(
        decision(claim, PAID, (10_00, (("CO", "45", 10_00),))),
        patient_control_number="ZZ",
        member_id="NOT",
        patient_last="Nobody",
    )
    remit = post(office, keep(office, payment(claim, said)))
    row = remit.claims.get()
    client, address = enter(BILLER, office.practice), reverse("parked", args=[row.pk])
    for words in (claim.patient.last, "10/05/2026 $170.00", "2026-10-05 36415", claim.patient_control_number):
        page = client.get(address, {"q": words}).content.decode()
        assert claim.patient_control_number in page, words
        assert (f"{other.patient_control_number}</span>" in page) is False, words
    assert "differs" in page
    match = reverse("match", args=[row.pk])
    client.post(match, {"claim": claim.pk})
    assert "cash" not in office.sums()
    client.post(match, {"claim": claim.pk, "despite": "the payer has her maiden name"})
    row.refresh_from_db()
    assert (row.status, row.said, office.sums()["cash"]) == ("posted", "the payer has her maiden name", 90_00)


def typed(claim: Any, **more: str) -> dict[str, str]:
    """The paper form as filled in for one claim of one line."""
    line = claim.lines.get()
    return {
        "payer": str(claim.payer_id), "method": "CHK", "trace": "77", "paid": "80.00", "paid_on": "2026-10-16", "lines": "1",
        "c0-number": claim.patient_control_number, "c0-last": claim.patient.last, "c0-member": claim.coverage.member_id,
        "c0-status": "1", "c0-0-code": "99213", "c0-0-day": "2026-10-05", "c0-0-control": line.control_number,
        "c0-0-charge": "150.00", "c0-0-allowed": "100.00", "c0-0-paid": "80.00", "c0-0-contract": "50.00",
        "c0-0-coinsurance": "20.00", "do": "keep",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"c0-0-paid": "70.00"}, "Billed $150.00 less adjustments $70.00 is $80.00."),
        ({"c0-0-allowed": "90.00"}, "come to $100.00"),
        ({"c0-0-contract": "fifty"}, "Not an amount."),
        ({"c0-0-other": "XX-1 2.00"}, "a group is CO, PR, OA or PI"),
        ({"paid": "90.00"}, "$10.00 less than this"),
        ({"trace": ""}, "The number of the check"),
    ],
)
def test_the_paper_form_says_beside_the_field_what_does_not_add_up(office: Office, change: dict[str, str], told: str) -> None:
    claim = office.sent("99213")
    page = enter(BILLER, office.practice).post(reverse("paper"), typed(claim, **change)).content.decode()
    assert told in page
    assert not Remit.objects.filter(practice=office.practice).exists()


def test_the_paper_form_adds_claims_keeps_what_was_typed_and_leads_to_the_plan(office: Office) -> None:
    claim = office.sent("99213")
    client = enter(BILLER, office.practice)
    page = client.post(reverse("paper"), {"do": "find", "find": claim.patient.last, "trace": "77"}).content.decode()
    assert 'value="77"' in page
    assert f'value="{claim.lines.get().control_number}"' in page
    sequestered = {"c0-0-other": "CO-253 1.60 N793", "c0-0-paid": "78.40", "paid": "75.00", "plb": "WO", "effect": "-3.40"}
    answer = client.post(reverse("paper"), typed(claim, **sequestered))
    remit = Remit.objects.get(practice=office.practice)
    assert answer["Location"] == reverse("remittance", args=[remit.pk])
    assert "Post what is certain" in client.get(answer["Location"]).content.decode()
    client.post(reverse("post-remittance", args=[remit.pk]))
    assert office.sums() == {
        "charges": -150_00, "cash": 75_00, "contractual": 51_60, "patient_ar": 20_00, "payer_balance": 3_40,
    }  # fmt: skip
    client.post(reverse("undo-remittance", args=[remit.pk]), {"reason": "keyed in for the wrong month"})
    assert office.sums() == {"charges": -150_00, "insurance_ar": 150_00}


def test_another_practices_records_are_refused_to_every_verb(office: Office, other_office: Office) -> None:
    claim = office.sent("99213")
    remit = keep(office, payment(claim, decision(claim, PAID)))
    deposit = Deposit.objects.create(practice=office.practice, on=DAY, trace="T", amount=80_00, sender="")
    row, who = remit.claims.get(), other_office.who(DAY)
    for verb, said in (
        (undo.undo_posting, {"remit_claim_id": row.pk, "reason": "x"}),
        (undo.undo_remittance, {"remit_id": remit.pk, "reason": "x"}),
        (undo.post_again, {"remit_claim_id": row.pk}),
        (paper_remittance.withdraw_paper, {"remit_id": remit.pk, "reason": "x"}),
        (deposits.join_deposit, {"deposit_id": deposit.pk, "remit_id": remit.pk}),
        (deposits.part_deposit, {"deposit_id": deposit.pk, "reason": "x"}),
        (deposits.set_deposit_aside, {"deposit_id": deposit.pk, "reason": "x"}),
    ):
        with pytest.raises(Refused, match="no such"):
            verb(**who, **said)
    with pytest.raises(Refused, match="no such"):
        key_in(other_office, claim)


def test_only_a_lead_decides_on_two_people(office: Office) -> None:
    assert enter(BILLER, office.practice).post(reverse("two-people"), {"on": "yes"}).status_code == 403
    enter(MANAGER, office.practice).post(reverse("two-people"), {"on": "yes"})
    office.practice.refresh_from_db()
    assert office.practice.two_person_posting
