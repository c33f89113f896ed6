"""Asked beforehand, the payer certifies, cuts, pends or refuses; what it certified is paid when the claim names the number."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from sandbox_office import ANA, MARIA, NORTH, ON, PRACTICE, TED, Office, Visit, claims_of

from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.payers.sandbox.model import Behaviour
from claimwright.x12.check import check
from claimwright.x12.review_model import ReviewAnswer, ReviewDiagnosis, ReviewProvider, ReviewRequest, ReviewService
from claimwright.x12.services_review import read_278_response, write_278_request

SERVICE = ReviewService(procedure="11200", units=Decimal(1), first_service=ON, trace="S1")


def request(who: Person = MARIA, member_id: str = "NL000001", **more: object) -> ReviewRequest:
    given: dict[str, object] = {
        "umo": NORTH, "requester": PRACTICE, "insured": Insured(person=who, member_id=member_id), "patient": who,
        "trace": "R1", "service_type": "2", "place_of_service": "11", "first_service": ON,
        "diagnoses": (ReviewDiagnosis(code="Z30.430", qualifier="ABK"),), "services": (SERVICE,),
    }  # fmt: skip
    return ReviewRequest(**(given | more))  # type: ignore[arg-type]


def answers_in(files: list[tuple[str, bytes]], on: date) -> list[ReviewAnswer]:
    found = []
    for name, content in files:
        if name.endswith(".278"):
            assert [(one.code, one.message) for one in check(content) if one.code != "date-future"] == []
            found += read_278_response(content)
    return found


def ask(office: Office, *requests: ReviewRequest, on: date = ON) -> list[ReviewAnswer]:
    return answers_in(office.hand_over(("ask.278", write_278_request(requests, office.envelope(NORTH, on))), on=on), on)


def actions(answer: ReviewAnswer) -> tuple[str, list[str]]:
    assert answer.decision
    return answer.decision.action, [one.decision.action for one in answer.services if one.decision]


def test_what_is_certified_has_a_number_and_dates_and_the_claim_that_names_it_is_paid(visit: Visit) -> None:
    office = Office()
    (told,) = ask(office, request())
    assert actions(told) == ("A1", ["A1"])
    assert told.trace == "R1" and told.services[0].trace == "S1"
    assert (told.issued, told.effective, told.expires) == (ON, ON, date(2026, 12, 31))
    assert told.decision is not None
    number = told.decision.certification_number
    office.send(visit("11200 175.00", prior_authorization=number))
    office.send(visit("11200 175.00", control="P2", on=ON - timedelta(days=1), prior_authorization=number))
    paid = {claim.patient_control_number: claim for claim in claims_of(office.wait(20))}
    reasons = {control: [one.reason for line in claim.lines for one in line.adjustments] for control, claim in paid.items()}
    assert "197" not in reasons["P1"] and paid["P1"].lines[0].allowed
    assert "197" in reasons["P2"], "the certification does not hold before its first day"


def test_a_second_claim_finds_the_units_used(visit: Visit) -> None:
    office = Office()
    (told,) = ask(office, request())
    number = told.services[0].decision.certification_number  # type: ignore[union-attr]
    office.send(visit("11200 175.00", prior_authorization=number))
    office.wait(20)
    office.send(
        visit("11200 175.00", control="P2", on=ON + timedelta(days=30), prior_authorization=number), on=ON + timedelta(days=31)
    )
    (claim,) = claims_of(office.wait(20, since=ON + timedelta(days=31)))
    assert "198" in [one.reason for line in claim.lines for one in line.adjustments]


def test_more_units_than_the_payer_grants_are_cut(visit: Visit) -> None:
    office = Office()
    (told,) = ask(office, request(services=(msgspec.structs.replace(SERVICE, units=Decimal(40)),)))
    (service,) = told.services
    assert actions(told) == ("A6", ["A6"])
    assert service.units is not None and 0 < service.units < 40
    assert service.decision is not None and service.decision.reasons == ("0L",)


def test_what_needs_no_authorization_is_told_so_and_what_is_refused_has_a_reason() -> None:
    office = Office(Behaviour(member_id="NL000001", on=ON, do="deny", procedure="11200"))
    visit_ = ReviewService(procedure="99213", units=Decimal(1), first_service=ON, trace="S2")
    (told,) = ask(office, request(services=(SERVICE, visit_)))
    assert actions(told) == ("A3", ["A3", "NA"])
    assert told.decision is not None and told.decision.reasons == ("0F", "0H")
    assert not told.certified and told.expires is None
    assert office.state.certified == {}


def test_a_pended_request_is_decided_days_later_without_being_asked_again(visit: Visit) -> None:
    office = Office(Behaviour(member_id="NL000001", on=ON, do="pend"))
    (told,) = ask(office, request())
    assert (actions(told), told.final) == (("A4", []), False)
    files = [file for day in range(1, 6) for file in office.hand_over(on=ON + timedelta(days=day))]
    (later,) = answers_in(files, ON)
    assert (actions(later), later.final, later.trace) == (("A1", ["A1"]), True, "R1")
    assert later.payer_trace == told.payer_trace


def test_a_request_without_a_diagnosis_waits_for_one() -> None:
    (told,) = ask(Office(), request(diagnoses=()))
    assert told.decision is not None
    assert (told.decision.action, told.decision.reasons) == ("A4", ("0U",))


def test_the_same_again_gets_the_same_number_and_a_cancelled_one_is_gone(visit: Visit) -> None:
    office = Office()
    first, again = ask(office, request(), request(trace="R2"))
    assert first.decision and again.decision
    number = first.decision.certification_number
    assert again.decision.certification_number == number
    (cancelled,) = ask(office, request(trace="R3", certification_type="3", previous_authorization=number))
    assert cancelled.decision and (cancelled.decision.action, cancelled.decision.certification_number) == ("C", number)
    (unknown,) = ask(office, request(trace="R4", purpose="01", previous_authorization=number))
    assert [one.reason for one in unknown.rejections] == ["33"]
    office.send(visit("11200 175.00", prior_authorization=number))
    (claim,) = claims_of(office.wait(20))
    assert "197" in [one.reason for line in claim.lines for one in line.adjustments]


@pytest.mark.parametrize(
    ("more", "reason", "loop"),
    [
        ({"member_id": "NL999999"}, "75", "2010C"),
        ({"member_id": "12"}, "72", "2010C"),
        ({"who": msgspec.structs.replace(MARIA, birth=date(1971, 3, 4))}, "71", "2010C"),
        ({"who": msgspec.structs.replace(MARIA, last="Nobody")}, "73", "2010C"),
        ({"who": TED, "member_id": "NL000002"}, "95", "2010C"),
        ({"requester": Provider(npi="1245319599", name="Somewhere Else")}, "51", "2010B"),
        ({"umo": Payer(name="Somebody", payer_id="OTHER")}, "79", "2010A"),
    ],
)
def test_who_is_not_known_is_rejected_where_the_request_named_them(more: dict[str, object], reason: str, loop: str) -> None:
    (told,) = ask(Office(), request(**more))  # type: ignore[arg-type]
    assert [(one.reason, one.loop) for one in told.rejections] == [(reason, loop)]
    assert told.decision is None and told.trace == "R1"


def test_a_child_is_found_under_the_parents_policy_and_a_wrong_child_is_not() -> None:
    insured = Insured(person=MARIA, member_id="NL000001", relationship="19")
    good = request(ANA, insured=insured)
    bad = request(msgspec.structs.replace(ANA, first="Otto"), insured=insured, trace="R2")
    told, wrong = ask(Office(), good, bad)
    assert actions(told)[0] == "A1" and told.patient.first == "Ana"
    assert [(one.reason, one.loop) for one in wrong.rejections] == [("65", "2010D")]


def test_an_admission_is_certified_as_a_whole() -> None:
    doctor = Provider(npi="1992999999", name="Far", first="Away", person=True)
    bed = ReviewService(kind="institutional", revenue_code="0120", unit_basis="DA", units=Decimal(3))
    (told,) = ask(
        Office(),
        request(
            category="AR", admission_type="1", admitted=ON, services=(bed,), requester=doctor,
            providers=(ReviewProvider(role="FA", provider=PRACTICE),),
        ),
        on=ON,
    )  # fmt: skip
    assert actions(told) == ("A1", ["A1"])
    assert told.services[0].units == 3
    (whole,) = ask(Office(), request(category="AR", admission_type="1", admitted=ON, services=()))
    assert actions(whole) == ("A1", [])


def test_a_file_without_a_request_is_acknowledged_and_refused() -> None:
    office = Office()
    content = write_278_request([request()], office.envelope(NORTH, ON)).replace(b"005010X217", b"004010X094")
    out = office.hand_over(("ask.278", content))
    assert [name.rsplit(".", 1)[1] for name, _ in out] == ["TA1", "999"]
