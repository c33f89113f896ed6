"""Asking a payer beforehand: a request goes out, and its decision becomes an authorization, or says what to do."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from django.urls import reverse

from claimwright.charges.model import CodedService
from claimwright.coverage.model import Rejection
from claimwright.office.records.models import Authorization, AuthorizationRequest, File
from claimwright.office.reports.worklist import work_for
from claimwright.office.workflow import registration
from claimwright.office.workflow.authorizations import WantedService, request_authorization
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.estimation import estimate_visit
from claimwright.office.workflow.files import content_of
from claimwright.office.workflow.receiving import receive_file
from claimwright.x12.check import check
from claimwright.x12.review_model import Decision, ReviewAnswer, ReviewRequest, ServiceDecision
from claimwright.x12.services_review import read_278_request, write_278_request, write_278_response

DAY, VISIT_DAY = date(2026, 10, 1), date(2026, 10, 12)


def ask(office, coverage, **more: Any) -> AuthorizationRequest:
    given: dict[str, Any] = {
        "patient_id": coverage.patient_id, "coverage_id": coverage.pk, "services": [WantedService("20610", 2)],
        "diagnoses": ["M17.11"], "start": VISIT_DAY, "end": date(2026, 10, 31), "provider_id": office.provider.pk,
    }  # fmt: skip
    return request_authorization(**office.who(DAY), **(given | more))


def held_by(office):
    """The authorizations of this practice's patients."""
    return Authorization.objects.filter(patient__practice=office.practice)


@pytest.fixture
def coverage(office):
    return office.insure(office.patient())


def asked(request: AuthorizationRequest) -> ReviewRequest:
    content = content_of(request.file)
    assert [(one.code, one.message) for one in check(content, today=DAY)] == []
    (one,) = read_278_request(content)
    return one


def answer_to(request: AuthorizationRequest, **more: Any) -> ReviewAnswer:
    one = asked(request)
    shared = {name: getattr(one, name) for name in ReviewAnswer.__struct_fields__ if hasattr(one, name)}
    return ReviewAnswer(**(shared | {"services": (), "providers": (), "level_of_service": ""} | more))


def decided(one: ReviewAnswer, action: str, number: str = "", reasons: tuple[str, ...] = (), **more: Any) -> ReviewAnswer:
    decision = Decision(action=action, certification_number=number, reasons=reasons)
    service = ServiceDecision(
        procedure="20610", units=Decimal(more.pop("units", 2)), decision=decision, effective=more.pop("effective", None),
        effective_through=more.pop("through", None),
    )  # fmt: skip
    return msgspec.structs.replace(one, decision=decision, services=(service,), **more)


def receive(office, answer: ReviewAnswer, number: int = 9001) -> File:
    content = write_278_response([answer], office.envelope(number))
    return receive_file(practice=office.practice, by=None, today=DAY, name="x.278", content=content)


def test_the_request_says_who_what_when_where_and_why(office, coverage):
    request = ask(office, coverage)
    one = asked(request)
    assert (one.insured.member_id, one.umo.payer_id, one.place_of_service) == (coverage.member_id, "PAY01", "11")
    assert [(service.procedure, service.units) for service in one.services] == [("20610", Decimal(2))]
    assert [code.code.replace(".", "") for code in one.diagnoses] == ["M1711"]
    assert (request.status, request.file.kind, request.procedures) == ("asked", "278", "20610")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"services": []}, "one service"),
        ({"services": [WantedService("ZZZZZ")]}, "ZZZZZ"),
        ({"services": [WantedService("20610", 0)]}, "at least one unit"),
        ({"diagnoses": []}, "Say why"),
        ({"diagnoses": ["M17.1"]}, "M17.1"),
        ({"end": date(2026, 10, 2)}, "before the first"),
        ({"start": date(2025, 10, 2)}, "not in force"),
        ({"place": "zz"}, "place of service"),
        ({"patient_id": 0}, "another patient"),
    ],
)
def test_what_no_payer_could_answer_is_refused(office, coverage, wrong, words):
    with pytest.raises(Refused, match=words):
        ask(office, coverage, **wrong)
    assert not AuthorizationRequest.objects.filter(coverage=coverage).exists()


def test_the_same_is_not_asked_twice_while_it_waits(office, coverage):
    ask(office, coverage)
    with pytest.raises(Refused, match="was asked on"):
        ask(office, coverage)


def test_what_is_certified_becomes_an_authorization_that_claims_carry(office, coverage):
    request = ask(office, coverage)
    file = receive(office, decided(answer_to(request), "A1", "AUTH7", effective=VISIT_DAY, through=date(2027, 1, 9)))
    request.refresh_from_db()
    held = Authorization.objects.get(patient=coverage.patient)
    assert (held.number, held.procedure, held.units, held.start, held.end) == (
        "AUTH7", "20610", 2, VISIT_DAY, date(2027, 1, 9),
    )  # fmt: skip
    assert (request.status, request.answered_on, file.answers) == ("certified", DAY, request.file)
    encounter = office.code(office.visit(coverage.patient, on=VISIT_DAY), "20610-RT", diagnosis="M17.11")
    assert office.claim(encounter).content["prior_authorization"] == "AUTH7"


def test_fewer_units_than_asked_are_granted_as_the_payer_says(office, coverage):
    request = ask(office, coverage)
    receive(office, decided(answer_to(request), "A6", "AUTH7", ("0L",), units=1))
    request.refresh_from_db()
    assert (held_by(office).get().units, request.status) == (1, "in part")
    assert "1 unit of 20610 under AUTH7" in request.message
    assert "more was asked" in request.message.lower()


def test_the_same_number_given_again_takes_no_units_away(office, coverage):
    receive(office, decided(answer_to(ask(office, coverage)), "A1", "AUTH7", units=12))
    later = ask(office, coverage, start=date(2026, 10, 13))
    receive(office, decided(answer_to(later), "A1", "AUTH7", units=2), number=9002)
    assert held_by(office).get().units == 12


def test_a_pended_request_is_decided_later(office, coverage):
    request = ask(office, coverage)
    receive(office, decided(answer_to(request, final=False), "A4", "", ("0W",)))
    request.refresh_from_db()
    assert (request.status, held_by(office).count()) == ("in review", 0)
    assert "do not do the service before" in request.message
    receive(office, decided(answer_to(request), "A1", "AUTH8"), number=9002)
    request.refresh_from_db()
    assert (request.status, held_by(office).get().number) == ("certified", "AUTH8")
    receive(office, decided(answer_to(request, final=False), "A4", "", ("0W",)), number=9003)
    request.refresh_from_db()
    assert request.status == "certified"


def test_a_denial_says_why_and_what_to_do(office, coverage):
    request = ask(office, coverage)
    receive(office, decided(answer_to(request), "A3", "", ("0F",)))
    request.refresh_from_db()
    assert (request.status, held_by(office).count()) == ("denied", 0)
    assert "medically necessary (0F)" in request.message
    assert "appeal" in request.message


def test_what_needs_no_authorization_is_told_as_such(office, coverage):
    request = ask(office, coverage)
    receive(office, decided(answer_to(request), "NA", "", ("0H",)))
    request.refresh_from_db()
    assert (request.status, request.message) == ("not needed", "It needs no authorization (0H).")


def test_a_request_that_could_not_be_read_says_what_to_mend(office, coverage):
    request = ask(office, coverage)
    receive(office, answer_to(request, rejections=(Rejection(reason="72", follow_up="C", loop="2010C"),)))
    request.refresh_from_db()
    assert request.status == "rejected"
    assert request.message == (
        "The payer says the member id is not theirs. Check the card, correct the coverage, ask again. (AAA 72)"
    )


def test_the_whole_certified_without_services_grants_what_was_asked(office, coverage):
    request = ask(office, coverage)
    receive(office, answer_to(request, decision=Decision(action="A1", certification_number="AUTH9")))
    held = held_by(office).get()
    assert (held.number, held.procedure, held.units, held.start) == ("AUTH9", "20610", 2, VISIT_DAY)


def test_an_answer_to_nobody_and_a_request_are_parked(office, coverage, other_office):
    theirs = ask(other_office, other_office.insure(other_office.patient()))
    file = receive(office, decided(answer_to(theirs), "A1", "AUTH1"))
    assert (file.status, "no request" in file.reason, held_by(office).count()) == ("parked", True, 0)
    question = write_278_request([asked(theirs)], office.envelope(9004))
    assert receive_file(practice=office.practice, by=None, today=DAY, name="q", content=question).status == "parked"


def test_a_visit_that_needs_an_authorization_says_so_until_there_is_one(office, coverage, client):
    plan = coverage.plan
    plan.content = {**plan.content, "authorization_required": ["20610"]}
    plan.save()
    encounter = registration.schedule_visit(
        **office.who(DAY), patient_id=coverage.patient_id, provider_id=office.provider.pk, location_id=office.location.pk,
        on=VISIT_DAY, start=time(9, 0), reason="Knee",
    )  # fmt: skip
    planned = CodedService(procedure="20610", modifiers=("RT",), units=Decimal(1), diagnosis_codes=("M17.11",), on=VISIT_DAY)
    estimate_visit(**office.who(DAY), encounter_id=encounter.pk, services=[planned])
    (work,) = [item for item in work_for(office.practice, "front_desk", DAY) if item.step == "Ask for authorization"]
    assert "20610 needs an authorization: not asked" in work.why
    client.force_login(office.by, backend="allauth.account.auth_backends.AuthenticationBackend")
    page, day = reverse("visit", args=[encounter.pk]), reverse("schedule") + f"?day={VISIT_DAY}"
    assert "not authorized" in client.get(day).content.decode()
    asking = reverse("ask-authorization", args=[coverage.patient_id]) + f"?visit={encounter.pk}"
    assert asking in client.get(page).content.decode()
    assert 'value="20610"' in client.get(asking).content.decode()
    said = {"coverage": coverage.pk, "services": "20610x2", "diagnoses": "M17.11", "start": VISIT_DAY, "end": VISIT_DAY,
            "place": "11", "provider": office.provider.pk}  # fmt: skip
    assert client.post(asking, said).headers["Location"] == page
    request = AuthorizationRequest.objects.get(coverage=coverage)
    receive(office, decided(answer_to(request), "A1", "AUTH7", effective=VISIT_DAY, through=VISIT_DAY))
    assert "AUTH7" in client.get(page).content.decode()
    assert "not authorized" not in client.get(day).content.decode()
    assert not [item for item in work_for(office.practice, "front_desk", DAY) if item.step == "Ask for authorization"]
    assert "under AUTH7" in client.get(reverse("patient", args=[coverage.patient_id])).content.decode()
