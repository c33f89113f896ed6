"""The API lets in whom it should, keeps practices apart, and does each write once."""

import hashlib
import json

import pytest
from django.test import Client
from django.utils import timezone

from claimwright.office.records.models import AccessLog, ApiToken, ClaimRecord, Membership, Patient, Practice, RemitClaimRow, User

pytestmark = pytest.mark.django_db


def token_of(username: str) -> str:
    user = User.objects.get(username=username)
    secret = f"token-{username}"
    digest = hashlib.sha256(secret.encode()).hexdigest()
    ApiToken.objects.create(user=user, digest=digest, label="test", created_at=timezone.now())
    return secret


class Caller:
    """A client that speaks JSON as one user."""

    def __init__(self, username: str) -> None:
        self.headers = {"Authorization": f"Bearer {token_of(username)}"}
        self.client = Client()

    def get(self, path: str):
        return self.client.get(f"/api/v1{path}", headers=self.headers)

    def post(self, path: str, body: dict | None = None, key: str = ""):
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", headers=headers)


NEW_PATIENT = {"last": "Abara", "first": "Ines", "birth": "1990-02-03", "sex": "F"}


@pytest.fixture
def other_practice(demo_db):
    practice = Practice.objects.create(
        name="Elsewhere", npi="1234567893", ein="123456789", taxonomy="207Q00000X", line1="1 A", city="B", state="TX",
        zip="75001", phone="5555550100", submitter_id="ELSE",
    )  # fmt: skip
    user = User.objects.create_user("elsewhere")
    Membership.objects.create(user=user, practice=practice, role="manager")
    return practice


def test_without_a_token_there_is_no_answer(demo_db):
    assert Client().get("/api/v1/patients").status_code == 401
    assert Client().get("/api/v1/patients", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_a_revoked_token_is_refused(demo_db):
    caller = Caller("manager")
    ApiToken.objects.update(revoked_at=timezone.now())
    assert caller.get("/patients").status_code == 401


def test_another_practice_sees_none_of_ours(other_practice):
    caller = Caller("elsewhere")
    assert caller.get("/patients").json()["count"] == 0
    assert caller.get("/claims").json()["count"] == 0
    patient = Patient.objects.exclude(practice=other_practice).first()
    claim = ClaimRecord.objects.first()
    for path in (
        f"/patients/{patient.pk}", f"/patients/{patient.pk}/coverages", f"/patients/{patient.pk}/balance",
        f"/guarantors/{patient.guarantor_id}/balance", f"/claims/{claim.pk}", f"/claims/{claim.pk}/cms1500.pdf",
        f"/encounters/{claim.encounter_id}", f"/encounters/{claim.encounter_id}/codes", f"/files/{claim.file_id or 1}/content",
    ):  # fmt: skip
        assert caller.get(path).status_code == 404, path
    assert caller.post(f"/claims/{claim.pk}/scrub").status_code == 404


@pytest.mark.parametrize(
    ("username", "path", "allowed"),
    [
        ("front", "/patients", True),
        ("coder", "/patients", False),
        ("biller", "/patients", False),
        ("front", "/batches", False),
        ("coder", "/batches", False),
        ("front", "/payments", True),
        ("coder", "/payments", False),
    ],
)
def test_each_role_writes_only_its_own(demo_db, username, path, allowed):
    answer = Caller(username).post(path, NEW_PATIENT if path == "/patients" else {})
    if path == "/batches" or not allowed:
        assert (answer.status_code == 403) is not allowed
    else:
        assert answer.status_code != 403


def test_the_same_key_registers_one_patient(demo_db):
    caller = Caller("front")
    first = caller.post("/patients", NEW_PATIENT, key="k1")
    again = caller.post("/patients", NEW_PATIENT, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Patient.objects.filter(last="Abara").count() == 1


def test_the_same_key_for_another_request_is_refused(demo_db):
    caller = Caller("front")
    caller.post("/patients", NEW_PATIENT, key="k1")
    assert caller.post("/patients", NEW_PATIENT | {"first": "Ada"}, key="k1").status_code == 422


def test_a_look_at_a_patient_is_kept(demo_db):
    patient = Patient.objects.first()
    Caller("biller").get(f"/patients/{patient.pk}")
    seen = AccessLog.objects.filter(patient=patient, user__username="biller").last()
    assert seen is not None and seen.what == "API: patient"


def test_the_totals_balance(demo_db):
    totals = Caller("biller").get("/balances").json()
    assert totals["ledger_sum"] == 0
    left = totals["charges"] + totals["credits"]
    assert left == totals["payments"] + totals["adjustments"] + totals["ar_insurance"] + totals["ar_patient"]
    assert totals["charges"] > 0


def test_a_bad_upload_says_what_is_wrong(demo_db):
    answer = Caller("biller").post("/files", {"name": "x.835", "content_base64": "%%%"})
    assert answer.status_code == 400
    assert "base64" in answer.json()["detail"]


def test_a_posting_is_undone_and_posted_again(demo_db):
    row = RemitClaimRow.objects.filter(remit__practice=demo_db, status="posted").latest("pk")
    caller = Caller("biller")
    assert caller.post(f"/remittance-claims/{row.pk}/undo", {"reason": " "}).status_code == 409
    undone = caller.post(f"/remittance-claims/{row.pk}/undo", {"reason": "another patient's"}).json()
    assert (undone["status"], undone["reason"]) == ("parked", "Undone: another patient's")
    assert undone["next_step"]
    assert caller.post(f"/remittance-claims/{row.pk}/post-again").json()["status"] == "posted"
    assert caller.post(f"/remittances/{row.remit_id}/undo", {"reason": "the wrong file"}).json()["status"] == "parked"
    assert caller.get("/balances").json()["ledger_sum"] == 0


def test_a_parked_decision_is_owed_back_or_put_aside(demo_db):
    row = RemitClaimRow.objects.filter(remit__practice=demo_db, status="parked", paid__gt=0).latest("pk")
    caller = Caller("biller")
    assert caller.post(f"/remittance-claims/{row.pk}/put-aside", {"reason": "not ours"}).status_code == 409
    assert caller.post(f"/remittance-claims/{row.pk}/owe-back", {"reason": "not ours"}).json()["status"] == "posted"


def test_docs_are_served_without_another_host(demo_db):
    page = Client().get("/api/docs")
    assert page.status_code == 200
    assert b"cdn" not in page.content
