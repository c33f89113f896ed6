"""The doors of the workbench and the API: who gets in, what is kept of it, and what is never told."""

import datetime as dt
import hashlib
import logging
import re
import sys

import msgspec
import pytest
from django.test import Client
from django.utils import timezone

from claimwright.office.logs import WithoutWords
from claimwright.office.records.models import AccessLog, ApiToken, Membership, Statement, User
from claimwright.office.workflow import billing, eligibility, people
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import content_of
from officekit import decision, keep_remittance, payment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_other_limits(settings):
    """Only axes counts here: allauth's own limits live in the process and would reach over from test to test."""
    settings.ACCOUNT_RATE_LIMITS = False


PASSWORD = "correct horse battery"


def person(office, role):
    user = User.objects.create_user(f"u-{role}", password=PASSWORD, email=f"{role}@example.org")
    Membership.objects.create(user=user, practice=office.practice, role=role)
    return user


def browser(office, role="administrator"):
    client = Client()
    client.force_login(person(office, role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def caller(office, role):
    secret = f"secret-{role}"
    digest = hashlib.sha256(secret.encode()).hexdigest()
    ApiToken.objects.create(user=person(office, role), digest=digest, label="t", created_at=timezone.now())
    return lambda path: Client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {secret}"})


def log_in(name, password):
    return Client().post("/accounts/login/", {"login": name, "password": password})


def test_eight_wrong_passwords_lock_the_door_even_for_the_right_one(office):
    person(office, "coder")
    for _ in range(8):
        assert log_in("u-coder", "wrong").status_code != 302
    assert log_in("u-coder", PASSWORD).status_code != 302


def test_a_login_answers_alike_for_known_and_unknown_names(office):
    person(office, "coder")
    pages = [log_in(name, "wrong").content.decode() for name in ("u-coder", "nobody")]
    said = [re.findall(r'role="alert">(.*?)</p>', page) for page in pages]
    assert said[0] == said[1] != []


@pytest.mark.parametrize("page", ["password/reset/", "email/"])
def test_no_mail_tells_who_has_an_account(office, page):
    person(office, "coder")
    said = {Client().post(f"/accounts/{page}", {"email": f"{name}@example.org"}).status_code for name in ("coder", "x")}
    assert said == {405}
    assert "administrator" in Client().get(f"/accounts/{page}").content.decode()


@pytest.mark.parametrize("password", ["short", "123456789012345", "passwordpassword"[:8], "u-newcomer-jo"])
def test_a_weak_password_is_refused(office, password):
    with pytest.raises(Refused):
        people.add_person(**office.who(), username="u-newcomer-jo", first="Jo", last="New", role="coder", password=password)


@pytest.mark.parametrize("path", ["/accounts/login/", "/api/docs", "/api/v1/patients", "/nowhere/", "/"])
def test_every_answer_carries_its_guards(office, path):
    answer = Client().get(path)
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_session_cookie_is_out_of_reach_and_pages_are_not_kept(office):
    person(office, "coder")
    cookie = log_in("u-coder", PASSWORD).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "no-store" in browser(office).get("/patients/")["Cache-Control"]


def test_a_form_from_another_site_is_refused(office):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person(office, "manager"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post("/claims/submit/", {}).status_code == 403


def test_a_log_says_where_but_not_whose(office):
    try:
        try:
            raise KeyError("Iris Moss M000001")
        except KeyError as inner:
            raise ValueError("born 1980-04-02") from inner
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "Job failed", None, sys.exc_info())
    text = WithoutWords().format(record)
    assert "ValueError" in text
    assert "KeyError" in text
    assert "Moss" not in text
    assert "1980" not in text


@pytest.mark.parametrize(
    ("path", "role"),
    [("/claims", "front_desk"), ("/claims/{claim}", "front_desk"), ("/claims/{claim}/cms1500.pdf", "front_desk"),
     ("/encounters/{visit}/codes", "front_desk"), ("/files/{file}/content", "coder")],
)  # fmt: skip
def test_the_api_shows_a_role_no_more_than_the_workbench(office, path, role):
    claim = office.sent("99213")
    asked = path.format(claim=claim.pk, visit=claim.encounter_id, file=claim.file_id)
    assert caller(office, role)(asked).status_code == 403
    assert caller(office, "manager")(asked).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/claims/{claim}", "/claims/{claim}/cms1500.pdf", "/coverages/{coverage}/checks", "/guarantors/{guarantor}/balance",
     "/encounters?patient_id={patient}", "/encounters/{visit}/codes", "/files/{file}/content", "/files/{asked}/content"],
)  # fmt: skip
def test_every_reading_of_a_patient_through_the_api_is_kept(office, path):
    claim = office.sent("99213")
    check = eligibility.verify_coverage(**office.who(), coverage_id=claim.coverage_id)
    numbers = {
        "claim": claim.pk, "coverage": claim.coverage_id, "guarantor": claim.patient.guarantor_id, "patient": claim.patient_id,
        "visit": claim.encounter_id, "file": claim.file_id, "asked": check.file_id,
    }  # fmt: skip
    assert caller(office, "manager")(path.format(**numbers)).status_code == 200
    assert AccessLog.objects.filter(patient=claim.patient, user__username="u-manager").exists()


def test_every_paper_about_a_patient_is_kept(office):
    patient = office.patient()
    office.code(office.visit(patient))
    (statement,) = billing.issue_statements(**office.who())
    assert Statement.objects.get(practice=office.practice).pdf == statement.pdf
    assert content_of(statement.pdf)
    client = browser(office)
    for path in (
        f"/statements/{statement.pk}.pdf",
        f"/settings/files/{statement.pdf_id}/",
        f"/settings/files/{statement.pdf_id}/raw/",
        f"/patients/{patient.pk}/edit/",
    ):
        before = AccessLog.objects.filter(patient=patient).count()
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert AccessLog.objects.filter(patient=patient).count() == before + 1, path


def test_files_of_a_real_practice_are_not_marked_as_tests(office, settings):
    coverage = office.insure(office.patient())
    for today, mark in ((None, b"P"), (office.who()["today"], b"T")):
        settings.TODAY = today
        check = eligibility.verify_coverage(**office.who(), coverage_id=coverage.pk)
        assert content_of(check.file).split(b"*")[15] == mark


def test_an_uninsured_visit_is_charged_alike_with_and_without_an_idempotency_key(office):
    caller(office, "manager")
    headers = {"Authorization": "Bearer secret-manager"}
    for number, more in enumerate(({}, {"Idempotency-Key": "k"}), start=1):
        visit = office.visit(office.patient(last=f"Reed{number}"), start=dt.time(8 + number))
        codes = [
            {"system": "ICD-10-CM", "code": "I10"},
            {"system": "CPT", "code": "99213", "diagnosis_codes": ["I10"]},
        ]
        path = f"/api/v1/encounters/{visit.pk}"
        Client().put(f"{path}/codes", {"codes": codes}, content_type="application/json", headers=headers)
        for _ in range(2):
            answer = Client().post(f"{path}/claim", {}, content_type="application/json", headers=headers | more)
            assert answer.status_code == 409
            assert "the patient is billed" in answer.json()["detail"]
        assert office.sums() == {"charges": -150_00 * number, "patient_ar": 150_00 * number}


def test_a_decision_that_seems_another_persons_is_matched_by_the_api_only_with_the_reason_why(office):
    claim = office.sent("99213")
    said = decision(claim, (80_00, (("CO", "45", 50_00), ("PR", "2", 20_00))))
    strange = msgspec.structs.replace(said, patient_control_number="X1", member_id="", patient_last="SOMEBODY")
    remit, _ = keep_remittance(office.practice, payment(claim, strange), None)
    caller(office, "biller")
    row = remit.claims.get()

    def match(given):
        headers = {"Authorization": "Bearer secret-biller"}
        path = f"/api/v1/remittance-claims/{row.pk}/match"
        return Client().post(path, {"claim_id": claim.pk} | given, content_type="application/json", headers=headers)

    refused = match({})
    assert refused.status_code == 409 and "only with the reason why" in refused.json()["detail"]
    assert match({"despite": "x" * 201}).status_code == 422
    assert match({"despite": "the payer's clerk said so"}).json()["status"] == "posted"
    row.refresh_from_db()
    assert (row.said, office.sums()["cash"]) == ("the payer's clerk said so", 80_00)
    described = Client().get("/api/openapi.json").json()["components"]["schemas"]["MatchIn"]["properties"]["despite"]
    assert "neither the member id nor the last name agrees" in described["description"]
