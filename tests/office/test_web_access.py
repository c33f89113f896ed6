"""Every page: each role is let in or refused, another practice's record does not exist, and nobody gets in without a login."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from claimwright.office.records import models
from claimwright.office.records.models import AccessLog, Membership, Practice, User
from officekit import Office

pytestmark = pytest.mark.django_db

FRONT, CODER, BILLER, MANAGER, ADMIN = "front_desk", "coder", "biller", "manager", "administrator"
ROLES = (FRONT, CODER, BILLER, MANAGER, ADMIN)
EVERYONE = frozenset(ROLES)
DESK = frozenset({FRONT, BILLER, MANAGER, ADMIN})
CODING = frozenset({CODER, BILLER, MANAGER, ADMIN})
BILLING = frozenset({BILLER, MANAGER, ADMIN})
BOOKING = frozenset({FRONT, MANAGER, ADMIN})
LEAD = frozenset({MANAGER, ADMIN})

Pick = Callable[[], Any]


def first(model: type[Model], **where: Any) -> Pick:
    """The primary key of the first such record of the demo practice."""
    return lambda: model.objects.filter(**where).order_by("pk").values_list("pk", flat=True)[0]  # type: ignore[attr-defined]


ENCOUNTER = first(models.Encounter, documents__isnull=False)


def audited_chart() -> Any:
    """A chart drawn for a second look; the demo draws none."""
    encounter = models.Encounter.objects.filter(codes__by__isnull=False).order_by("pk")[0]
    sample, _ = models.AuditSample.objects.get_or_create(
        practice=encounter.practice, seed=1, per_coder=1, start=encounter.date, end=encounter.date, drawn_on=encounter.date
    )
    coder = encounter.codes.exclude(by=None)[0].by
    return models.AuditChart.objects.get_or_create(sample=sample, encounter=encounter, defaults={"coder": coder, "first": []})[
        0
    ].pk


def refund_proposed() -> Any:
    """A refund that waits for a second person; the demo proposes none."""
    practice, day = models.Practice.objects.get(submitter_id="MAPLEFALLS01"), "2026-11-16"
    given = {"heap": "patient:0:", "amount": 100, "reason": "too much", "since": day, "proposed_on": day}
    return models.Refund.objects.get_or_create(practice=practice, key="waits", defaults=given)[0].pk


def closed_period() -> Any:
    """A period that is closed; the demo closes none."""
    practice = models.Practice.objects.get(submitter_id="MAPLEFALLS01")
    return models.PeriodClose.objects.get_or_create(practice=practice, through="2026-07-31", closed_on="2026-11-16")[0].pk


PAGES: dict[str, tuple[frozenset[str], Pick | None]] = {
    "today": (EVERYONE, None),
    "schedule": (DESK, None),
    "book": (BOOKING, None),
    "visit": (EVERYONE, ENCOUNTER),
    "estimate": (DESK, first(models.Encounter, estimates__isnull=False)),
    "estimate-pdf": (DESK, first(models.Estimate)),
    "patients": (EVERYONE, None),
    "register": (DESK, None),
    "patient": (EVERYONE, first(models.Patient)),
    "edit-patient": (DESK, first(models.Patient)),
    "asked": (DESK, None),
    "add-coverage": (DESK, first(models.Patient)),
    "add-authorization": (DESK, first(models.Patient)),
    "add-referral": (DESK, first(models.Patient)),
    "ask-authorization": (DESK, first(models.Patient)),
    "correct-coverage": (DESK, first(models.CoverageRecord)),
    "coding": (CODING, None),
    "code": (CODING, ENCOUNTER),
    "find-code": (CODING, ENCOUNTER),
    "tabular": (CODING, ENCOUNTER),
    "chart-risk": (CODING, ENCOUNTER),
    "questions": (CODING, None),
    "audits": (CODING, None),
    "audit-chart": (CODING, audited_chart),
    "claims": (CODING, None),
    "held": (CODING, None),
    "edit": (CODING, lambda: "MOD-25"),
    "claim": (CODING, first(models.ClaimRecord)),
    "claim-ledger": (CODING, first(models.ClaimRecord)),
    "cms1500": (CODING, first(models.ClaimRecord)),
    "remittances": (BILLING, None),
    "remittance": (BILLING, first(models.Remit)),
    "parked-list": (BILLING, None),
    "parked": (BILLING, first(models.RemitClaimRow)),
    "paper": (BILLING, None),
    "deposits": (BILLING, None),
    "deposit": (BILLING, first(models.Deposit)),
    "underpayments": (BILLING, None),
    "credits": (BILLING, None),
    "refunds": (BILLING, None),
    "ledger": (BILLING, None),
    "ledger-entries": (BILLING, None),
    "ledger-event": (BILLING, first(models.LedgerEvent)),
    "periods": (BILLING, None),
    "patient-ledger": (DESK, first(models.Patient)),
    "guarantor-ledger": (DESK, first(models.Guarantor)),
    "upload": (BILLING, None),
    "denials": (BILLING, None),
    "denial": (BILLING, first(models.Denial)),
    "statements": (DESK, None),
    "guarantor": (DESK, first(models.Guarantor)),
    "statement-pdf": (DESK, first(models.Statement)),
    "reports": (BILLING, None),
    "settings": (LEAD, None),
    "payers": (LEAD, None),
    "prices": (LEAD, None),
    "users": (frozenset({ADMIN}), None),
    "language-model": (frozenset({ADMIN}), None),
    "tokens": (EVERYONE, None),
    "codesets": (LEAD, None),
    "rules": (BILLING, None),
    "rules-version": (BILLING, first(models.PracticeRules)),
    "files": (BILLING, None),
    "file": (BILLING, first(models.File, kind="835")),
    "file-raw": (BILLING, first(models.File, kind="835")),
    "palette": (EVERYONE, None),
    "keys": (EVERYONE, None),
    "code-page": (EVERYONE, lambda: "99213"),
}
VERBS: dict[str, tuple[frozenset[str], Pick | None]] = {
    "next-day": (BILLING, None),
    "verify-day": (DESK, None),
    "check-in": (BOOKING, ENCOUNTER),
    "cancel-visit": (BOOKING, ENCOUNTER),
    "verify-visit": (DESK, ENCOUNTER),
    "add-note": (frozenset({FRONT, CODER, MANAGER, ADMIN}), ENCOUNTER),
    "end-coverage": (DESK, first(models.CoverageRecord)),
    "verify-coverage": (DESK, first(models.CoverageRecord)),
    "suggest": (CODING, ENCOUNTER),
    "try-codes": (CODING, ENCOUNTER),
    "draw-sample": (LEAD, None),
    "export-choices": (LEAD, None),
    "ask": (CODING, ENCOUNTER),
    "answer": (CODING, first(models.PhysicianQuery)),
    "check-claims": (CODING, None),
    "preview-fixes": (CODING, None),
    "fix-claims": (CODING, None),
    "fix-claim": (CODING, first(models.ClaimRecord)),
    "submit": (BILLING, None),
    "ask-payers": (BILLING, None),
    "send-again": (BILLING, first(models.ClaimRecord)),
    "correct-claim": (CODING, first(models.ClaimRecord)),
    "void-claim": (BILLING, first(models.ClaimRecord)),
    "secondary": (BILLING, first(models.ClaimRecord)),
    "write-off": (LEAD, first(models.ClaimRecord)),
    "seen-to": (BILLING, first(models.ClaimRecord)),
    "post-remittance": (BILLING, first(models.Remit)),
    "post-remittances": (BILLING, None),
    "undo-remittance": (BILLING, first(models.Remit)),
    "undo-posting": (BILLING, first(models.RemitClaimRow)),
    "post-again": (BILLING, first(models.RemitClaimRow)),
    "withdraw-paper": (BILLING, first(models.Remit)),
    "match": (BILLING, first(models.RemitClaimRow)),
    "owe-back": (BILLING, first(models.RemitClaimRow)),
    "put-aside": (BILLING, first(models.RemitClaimRow)),
    "two-people": (LEAD, None),
    "join-deposit": (BILLING, first(models.Deposit)),
    "part-deposit": (BILLING, first(models.Deposit)),
    "deposit-aside": (BILLING, first(models.Deposit)),
    "reconcile": (BILLING, None),
    "work-denial": (BILLING, first(models.Denial)),
    "take-denial": (BILLING, first(models.Denial)),
    "issue": (BILLING, None),
    "work-underpayments": (BILLING, None),
    "underpaid-tolerance": (LEAD, None),
    "review-credit": (BILLING, None),
    "propose-refund": (BILLING, None),
    "approve-refund": (LEAD, refund_proposed),
    "issue-refund": (BILLING, refund_proposed),
    "decline-refund": (LEAD, refund_proposed),
    "cancel-refund": (LEAD, refund_proposed),
    "close-period": (LEAD, None),
    "reopen-period": (LEAD, closed_period),
    "pay": (DESK, first(models.Guarantor)),
    "refund": (BILLING, first(models.Guarantor)),
    "undo": (LEAD, first(models.LedgerEvent)),
    "try-rules": (BILLING, None),
    "change-user": (frozenset({ADMIN}), first(models.Membership)),
    "revoke-token": (EVERYONE, None),
}
SHARED = {"code-page", "edit", "next-day", "asked"}  # the same for every practice


@pytest.fixture(autouse=True)
def own_day(settings: Any, tmp_path: Any) -> None:
    """A demo's day moved here moves nowhere else."""
    settings.HOME = tmp_path


def where(name: str, pick: Pick | None) -> str:
    """The page's address with a record of the demo practice."""
    return reverse(name, args=[pick()] if pick else [])


def enter(role: str, practice: Practice, name: str = "") -> Client:
    """A browser in which someone of that role is logged in."""
    user = User.objects.create(username=name or f"test-{role}", first_name="Test", last_name=role)
    Membership.objects.create(user=user, practice=practice, role=role)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_address_of_the_workbench_is_in_the_tables() -> None:
    names = {pattern.name for pattern in _patterns(get_resolver("claimwright.office.web.urls")) if pattern.name}
    assert names == set(PAGES) | set(VERBS)


def _patterns(resolver: Any) -> Any:
    for pattern in resolver.url_patterns:
        yield from _patterns(pattern) if hasattr(pattern, "url_patterns") else [pattern]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_its_pages_and_is_refused_the_others_in_plain_words(demo_db: Practice, role: str) -> None:
    client = enter(role, demo_db)
    for name, (allowed, pick) in PAGES.items():
        answer = client.get(where(name, pick))
        assert answer.status_code == (200 if role in allowed else 403), name
        if role not in allowed:
            assert "This page is not for your role" in answer.content.decode(), name


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_the_verbs_that_are_not_its_own(demo_db: Practice, role: str) -> None:
    client = enter(role, demo_db)
    for name, (allowed, pick) in VERBS.items():
        if role not in allowed:
            assert client.post(where(name, pick)).status_code == 403, name


def test_another_practices_records_do_not_exist(demo_db: Practice) -> None:
    stranger = enter(ADMIN, Office().practice, "stranger")
    for name, (_, pick) in PAGES.items():
        if pick and name not in SHARED:
            assert stranger.get(where(name, pick)).status_code == 404, name
    for name, (_, pick) in VERBS.items():
        if pick:
            assert stranger.post(where(name, pick), {"claim": "1", "on": "2026-11-16"}).status_code == 404, name


def test_another_practices_lists_are_empty_of_ours(demo_db: Practice) -> None:
    stranger = enter(ADMIN, Office().practice, "stranger")
    patient = models.Patient.objects.filter(practice=demo_db).latest("pk")
    for name, (_, pick) in PAGES.items():
        if pick is None:
            page = stranger.get(reverse(name), {"q": patient.last}).content.decode().replace(f'value="{patient.last}"', "")
            page = re.sub(rf"“{patient.last}”", "", page)
            assert f"{patient.last}, {patient.first}" not in page, name


def test_nobody_gets_in_without_a_login(demo_db: Practice) -> None:
    for name, (_, pick) in {**PAGES, **VERBS}.items():
        if name == "revoke-token":
            continue
        for answer in (Client().get(where(name, pick)), Client().post(where(name, pick))):
            assert answer.status_code in (302, 405), name
            assert answer.status_code == 405 or answer["Location"].startswith("/accounts/login/"), name


def test_verbs_are_not_for_links(demo_db: Practice) -> None:
    client = enter(ADMIN, demo_db)
    for name, (_, pick) in VERBS.items():
        if name != "revoke-token":
            assert client.get(where(name, pick)).status_code == 405, name


def test_someone_without_a_membership_is_told_so(demo_db: Practice) -> None:
    client = Client()
    client.force_login(User.objects.create(username="nobody"), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").status_code == 403


def test_nobody_signs_up() -> None:
    page = Client().get("/accounts/signup/")
    assert "Nobody signs up here" in page.content.decode()


def test_looking_at_a_record_is_kept_and_shown_on_it(demo_db: Practice) -> None:
    client = enter(FRONT, demo_db, "nosy")
    patient = models.Patient.objects.filter(practice=demo_db).first()
    assert patient
    client.get(reverse("patient", args=[patient.pk]))
    seen = AccessLog.objects.filter(patient=patient).latest("pk")
    assert (seen.user.username, seen.what) == ("nosy", "record")
    assert "Test front_desk" in client.get(reverse("patient", args=[patient.pk])).content.decode()


@pytest.mark.parametrize("name", ["visit", "estimate", "code", "claim", "claim-ledger", "cms1500", "denial", "guarantor"])
def test_every_page_about_a_patient_leaves_a_trace(demo_db: Practice, name: str) -> None:
    client = enter(ADMIN, demo_db)
    before = AccessLog.objects.count()
    client.get(where(name, PAGES[name][1]))
    assert AccessLog.objects.count() > before


def test_pages_carry_no_inline_script_or_style(demo_db: Practice) -> None:
    """The content security policy is 'self' only, so an inline style or handler would silently not work."""
    client = enter(ADMIN, demo_db)
    for name, (_, pick) in PAGES.items():
        answer = client.get(where(name, pick))
        if not answer["Content-Type"].startswith("text/html"):
            continue
        page = answer.content.decode()
        assert not re.search(r"<[^>]+\sstyle=|<style|\son(click|change|submit|load)=", page), name
        assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", page), name
        assert "https://" not in page.replace("https://www.w3.org", ""), name


def test_no_page_asks_the_database_for_each_row(demo_db: Practice) -> None:
    """A page's queries do not grow with its rows; `bench/pages.py` shows the seconds."""
    client = enter(ADMIN, demo_db)
    counted = {}
    for name, (_, pick) in PAGES.items():
        with CaptureQueriesContext(connection) as asked:
            client.get(where(name, pick))
        counted[name] = len(asked)
    assert {name: count for name, count in counted.items() if count > 60} == {}
