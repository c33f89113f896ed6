"""Asked where a claim stands, the payer tells it from its own books, in the file it would send."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
from sandbox_office import ANA, MARIA, NORTH, ON, PRACTICE, TED, Office, Visit, claims_of

from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.payers.sandbox.model import Behaviour
from claimwright.x12.check import check
from claimwright.x12.claim_status import Receiver, StatusAnswer, StatusInquiry, read_277, write_276

ASKER = Receiver(name="Elm Street Family Practice", identifier="ELMST")


def inquiry(who: Person = MARIA, member_id: str = "NL000001", **more: object) -> StatusInquiry:
    given: dict[str, object] = {
        "payer": NORTH, "receiver": ASKER, "provider": PRACTICE, "subscriber": who, "member_id": member_id, "trace": "T1",
    }  # fmt: skip
    return StatusInquiry(**(given | more))  # type: ignore[arg-type]


def ask(office: Office, *inquiries: StatusInquiry, on: date = ON) -> list[StatusAnswer]:
    out = office.hand_over(("ask.276", write_276(inquiries, office.envelope(NORTH, on))), on=on)
    (content,) = [content for name, content in out if name.endswith(".277")]
    assert [(one.code, one.message) for one in check(content, today=on)] == []
    return list(read_277(content))


def codes(answer: StatusAnswer) -> list[str]:
    return [f"{code.category}:{code.code}" for one in answer.statuses for code in one.codes]


def test_a_claim_that_was_taken_in_is_in_process(visit: Visit) -> None:
    office = Office()
    (ack,) = office.send(visit("99213 150.00"))
    (told,) = ask(office, inquiry(patient_control_number="P1", charge=15000, first_service=ON))
    assert codes(told) == ["P1:20"]
    assert (told.payer_control_number, told.charge, told.paid) == (ack.payer_control_number, 15000, None)
    assert (told.trace, told.statuses[0].effective) == ("T1", ON)


def test_a_paid_claim_tells_what_was_paid_when_and_by_which_payment(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213-25 150.00", "20610-RT 180.00"))
    (remit,) = office.wait(20)
    (told,) = ask(office, inquiry(patient_control_number="P1"), on=ON + timedelta(days=21))
    (paid,) = claims_of([remit])
    status = told.statuses[0]
    assert codes(told) == ["F1:65"]
    assert (status.charge, status.paid, status.paid_on, status.check_number) == (33000, paid.paid, remit.paid_on, remit.trace)
    assert [(line.procedure, line.paid) for line in told.lines] == [(line.procedure, line.paid) for line in paid.lines]
    assert sum(line.paid or 0 for line in told.lines) == status.paid


def test_a_denied_claim_says_why(visit: Visit) -> None:
    office = Office()
    office.send(visit("11200 175.00"))  # needs an authorization
    office.wait(20)
    (told,) = ask(office, inquiry(patient_control_number="P1"), on=ON + timedelta(days=21))
    assert codes(told) == ["F2:84"]
    assert (told.paid, told.statuses[0].check_number) == (0, "")


def test_what_is_all_the_patients_part_is_finished_without_a_payment(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"))
    office.wait(20)
    (told,) = ask(office, inquiry(patient_control_number="P1"), on=ON + timedelta(days=21))
    assert (codes(told), told.paid) == (["F0:104"], 0)


def test_a_pended_claim_is_under_review_and_a_voided_one_has_no_payment_to_come(visit: Visit) -> None:
    office = Office(Behaviour(member_id="NL000001", on=ON, do="pend"))
    (ack,) = office.send(visit("99213 150.00"))
    assert codes(ask(office, inquiry())[0]) == ["P2:46"]
    office.send(visit("99213 150.00", frequency="8", payer_control_number=ack.payer_control_number))
    office.wait(40)
    told = ask(office, inquiry(), on=ON + timedelta(days=41))
    assert [codes(one) for one in told] == [["F4:101"], ["F4:101"]]


def test_a_claim_is_found_by_its_number_or_by_charge_and_dates_and_not_otherwise(visit: Visit) -> None:
    office = Office()
    (first, second) = office.send(visit("99213 150.00"), visit("99214 225.00", control="P2", on=ON - timedelta(days=3)))
    told = ask(
        office,
        inquiry(payer_control_number=second.payer_control_number),
        inquiry(charge=15000, first_service=ON - timedelta(days=1), last_service=ON, trace="T2"),
        inquiry(trace="T3"),
        inquiry(charge=15001, trace="T4"),
        inquiry(payer_control_number="2026000000", trace="T5"),
    )
    assert [(one.trace, one.payer_control_number) for one in told if codes(one) == ["P1:20"]] == [
        ("T1", second.payer_control_number),
        ("T2", first.payer_control_number),
        ("T3", first.payer_control_number),
        ("T3", second.payer_control_number),
    ]
    assert [(one.trace, codes(one)) for one in told[4:]] == [("T4", ["A4:35"]), ("T5", ["A4:35"])]


def test_an_inquiry_that_is_wrong_is_told_so_and_the_others_are_answered(visit: Visit) -> None:
    office = Office()
    child = Insured(person=MARIA, member_id="NL000001", relationship="19")
    office.send(visit("99392 170.00", who=ANA, insured=child), visit("99213 150.00", control="P2"))
    stranger = Provider(npi="1245319599", name="Somewhere Else")
    wrong_birth = msgspec.structs.replace(MARIA, birth=date(1971, 3, 4))
    told = ask(
        office,
        inquiry(dependent=ANA, trace="child"),
        inquiry(member_id="NL999999", trace="nobody"),
        inquiry(member_id="12", trace="form"),
        inquiry(wrong_birth, trace="birth"),
        inquiry(msgspec.structs.replace(MARIA, birth=None), trace="no birth"),
        inquiry(Person(last="Nobody", first="At All", birth=MARIA.birth, sex="F"), trace="name"),
        inquiry(provider=stranger, trace="provider"),
        inquiry(payer=Payer(name="Somebody", payer_id="OTHER"), trace="payer"),
        inquiry(TED, "NL000002", trace="no claim"),
        inquiry(patient_control_number="P2", trace="last"),
    )
    assert {one.trace: codes(one)[0] for one in told} == {
        "child": "P1:20", "nobody": "D0:33", "form": "E0:164", "birth": "E0:158", "no birth": "E0:158", "name": "E0:125",
        "provider": "E0:562", "payer": "D0:116", "no claim": "A4:35", "last": "P1:20",
    }  # fmt: skip
    assert told[0].dependent is not None and told[0].dependent.first == "Ana"


def test_a_damaged_inquiry_loses_none_of_the_others(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"), visit("99214 225.00", control="P2"))
    good = inquiry(patient_control_number="P1", charge=15000, trace="good")
    bad = inquiry(patient_control_number="P2", charge=22500, trace="bad")
    content = write_276([bad, good], office.envelope(NORTH, ON)).replace(b"AMT*T3*225", b"AMT*T3*2x5")
    out = office.hand_over(("ask.276", content))
    answers = {one.trace: codes(one)[0] for name, file in out if name.endswith(".277") for one in read_277(file)}
    assert answers == {"bad": "P1:20", "good": "P1:20"}  # the amount that is none is not compared


def test_a_file_without_any_inquiry_is_acknowledged_and_refused(visit: Visit) -> None:
    office = Office()
    name, content = "ask.276", write_276([inquiry()], office.envelope(NORTH, ON))
    out = office.hand_over((name, content.replace(b"005010X212", b"004010X093")))
    assert [name.rsplit(".", 1)[1] for name, _ in out] == ["TA1", "999"]


def test_asking_twice_with_the_same_file_is_answered_once(visit: Visit) -> None:
    office = Office()
    office.send(visit("99213 150.00"))
    file = ("ask.276", write_276([inquiry()], office.envelope(NORTH, ON)))
    assert len(office.hand_over(file)) == 1
    assert office.hand_over(file) == []
