"""What people do through the pages: forms keep what was typed, refusals are said, money is moved once."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from test_web_access import ADMIN, BILLER, CODER, FRONT, MANAGER, enter

from claimwright.office import web
from claimwright.office.records.models import (
    ApiToken,
    ClaimRecord,
    CoverageRecord,
    Encounter,
    LedgerEntry,
    Membership,
    Patient,
    PatientPayment,
)
from claimwright.office.reports import claims as claim_reports
from claimwright.office.reports import coding as coding_reports
from claimwright.office.reports import measures, money, worklist
from officekit import Office

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 16)
STATIC = Path(web.__file__).parent / "static" / "workbench"
PERSON = {
    "patient-last": "Vale",
    "patient-first": "Ines",
    "patient-birth": "1990-05-01",
    "patient-sex": "F",
    "patient-line1": "3 Hill Road",
    "patient-city": "Maple Falls",
    "patient-state": "OH",
    "patient-zip": "43098-1204",
    "patient-phone": "(614) 555-0199",
    "home-payer": "self",
}


DRAFT = {
    "system": "ICD-10-CM",
    "code": "I10",
    "modifiers": "",
    "units": "1",
    "dx": "",
    "suggestion": "",
    "decision": "accepted",
}


@pytest.fixture
def office() -> Office:
    return Office()


def browser(office: Office, role: str) -> Client:
    return enter(role, office.practice)


def test_registering_leads_to_the_card(office: Office) -> None:
    answer = browser(office, FRONT).post(reverse("register"), PERSON)
    patient = Patient.objects.get(last="Vale")
    assert answer["Location"] == reverse("add-coverage", args=[patient.pk])
    assert (patient.zip, patient.phone, patient.guarantor.first) == ("430981204", "6145550199", "Ines")


def test_a_wrong_field_is_named_beside_it_and_the_rest_stays(office: Office) -> None:
    page = browser(office, FRONT).post(reverse("register"), {**PERSON, "patient-zip": "12"}).content.decode()
    assert "Five or nine digits." in page
    assert 'value="Ines"' in page
    assert not Patient.objects.filter(last="Vale").exists()


def test_a_birth_to_come_and_days_in_the_wrong_order_are_named_beside_the_field(office: Office) -> None:
    client = browser(office, FRONT)
    page = client.post(reverse("register"), {**PERSON, "patient-birth": "2199-05-01"}).content.decode()
    assert 'id="id_patient-birth-error">The birth date lies in the future.' in page
    client.post(reverse("register"), PERSON)
    patient = Patient.objects.get(last="Vale")
    card = {"plan": office.plans["P"].pk, "order": 1, "member_id": "A1", "relationship": "18", "start": "2026-02-01"}
    said = {f"coverage-{name}": value for name, value in {**card, "end": "2026-01-01"}.items()}
    assert "The last day lies before the first." in client.post(reverse("add-coverage", args=[patient.pk]), said).content.decode()


def test_a_service_nobody_knows_is_not_left_out_of_an_estimate_in_silence(office: Office) -> None:
    visit = office.visit(office.patient())
    answer = browser(office, FRONT).post(reverse("estimate", args=[visit.pk]), {"services": "99213 8788"}, follow=True)
    page = answer.content.decode()
    assert "Not a procedure code in force on that day: 8788." in page
    assert 'value="99213 8788"' in page
    assert not visit.estimates.exists()


def test_the_page_that_waits_for_a_payer_hears_of_the_answer(office: Office) -> None:
    patient = office.patient()
    coverage = office.insure(patient)
    client = browser(office, FRONT)
    client.post(reverse("verify-coverage", args=[coverage.pk]))
    check = coverage.checks.get()
    asked = f"{reverse('asked')}?check={check.pk}"
    assert asked in client.get(reverse("patient", args=[patient.pk])).content.decode()
    assert "HX-Refresh" not in client.get(asked).headers
    coverage.checks.update(status="active")
    assert client.get(asked).headers["HX-Refresh"] == "true"


def test_a_question_to_the_physician_keeps_what_was_decided_but_not_yet_saved(office: Office) -> None:
    visit = office.visit(office.patient())
    said = {**DRAFT, "topic": "Stage", "question": "Which stage is it?"}
    browser(office, CODER).post(reverse("ask", args=[visit.pk]), said)
    visit.refresh_from_db()
    assert (visit.state, [row.code for row in visit.codes.all()]) == ("query", ["I10"])


def test_a_chart_that_cannot_be_finished_yet_keeps_what_was_decided(office: Office) -> None:
    visit = office.visit(office.patient())
    browser(office, CODER).post(reverse("code", args=[visit.pk]), {**DRAFT, "finish": "done"})
    visit.refresh_from_db()
    assert (visit.state, [row.code for row in visit.codes.all()]) == ("to code", ["I10"])


def test_the_next_chart_is_the_one_after_this_and_then_the_oldest(office: Office) -> None:
    first, second, third = (office.visit(office.patient(last), start=time(hour)) for hour, last in enumerate(("A", "B", "C"), 9))
    told = [coding_reports.next_chart(office.practice, visit.pk) for visit in (first, second, third)]
    assert told == [second.pk, third.pk, first.pk]
    office.code(second)
    assert coding_reports.next_chart(office.practice, second.pk) == third.pk


def test_in_place_of_a_diagnosis_only_diagnoses_are_found(office: Office) -> None:
    visit = office.visit(office.patient())
    asked = {"q": "glucose", "kind": "diagnosis"}
    page = browser(office, CODER).get(reverse("find-code", args=[visit.pk]), asked).content.decode()
    assert 'data-system="ICD-10-CM"' in page
    assert 'data-system="CPT"' not in page


def test_a_namesake_is_refused_until_it_is_said_to_be_another_person(office: Office) -> None:
    client = browser(office, FRONT)
    client.post(reverse("register"), PERSON)
    page = client.post(reverse("register"), PERSON).content.decode()
    assert "already registered" in page
    assert client.post(reverse("register"), {**PERSON, "home-namesake": "on"}).status_code == 302


def test_the_guarantor_may_be_someone_else(office: Office) -> None:
    guarantor = {name.replace("patient-", "guarantor-"): value for name, value in PERSON.items() if name.startswith("patient-")}
    said = {**PERSON, **guarantor, "guarantor-first": "Otto", "home-payer": "other"}
    browser(office, FRONT).post(reverse("register"), said)
    assert Patient.objects.get(last="Vale").guarantor.first == "Otto"


def test_a_coverage_with_another_subscriber(office: Office) -> None:
    patient = office.patient()
    said = {
        "coverage-plan": office.plans["P"].pk,
        "coverage-order": "1",
        "coverage-member_id": "ZZ9",
        "coverage-relationship": "19",
        "coverage-start": "2026-01-01",
        **{name.replace("patient-", "subscriber-"): value for name, value in PERSON.items() if name.startswith("patient-")},
    }
    assert browser(office, FRONT).post(reverse("add-coverage", args=[patient.pk]), said).status_code == 302
    coverage = CoverageRecord.objects.get(patient=patient)
    assert (coverage.subscriber_last, coverage.relationship, coverage.member_id) == ("Vale", "19", "ZZ9")


def test_another_practices_plan_cannot_be_chosen(office: Office) -> None:
    other = Office("Birch Clinic", "100000002")
    patient = office.patient()
    said = {
        "coverage-plan": other.plans["P"].pk,
        "coverage-order": "1",
        "coverage-member_id": "ZZ9",
        "coverage-relationship": "18",
        "coverage-start": "2026-01-01",
    }
    page = browser(office, FRONT).post(reverse("add-coverage", args=[patient.pk]), said)
    assert page.status_code == 200
    assert not patient.coverages.exists()


def test_a_refusal_is_said_once_beside_the_action(office: Office) -> None:
    patient = office.patient()
    client = browser(office, FRONT)
    booking = {
        "patient": patient.pk,
        "provider": office.provider.pk,
        "location": office.location.pk,
        "on": "2026-11-20",
        "start": "09:00",
        "minutes": "20",
        "reason": "Cough",
        "setting": "office",
    }
    client.post(reverse("book"), booking)
    visit = Encounter.objects.get(patient=patient)
    client.post(reverse("check-in", args=[visit.pk]))
    address = reverse("visit", args=[visit.pk])
    assert "on a later day" in client.get(address).content.decode()
    assert "on a later day" not in client.get(address).content.decode()


def test_verifying_from_the_record_asks_the_payer(office: Office) -> None:
    coverage = office.insure(office.patient())
    browser(office, FRONT).post(reverse("verify-coverage", args=[coverage.pk]))
    assert coverage.checks.get().status == "asked"


def test_a_verb_does_not_follow_a_link_out_of_the_workbench(office: Office) -> None:
    coverage = office.insure(office.patient())
    answer = browser(office, FRONT).post(reverse("verify-coverage", args=[coverage.pk]), {"next": "https://example.com/"})
    assert answer["Location"] == reverse("patient", args=[coverage.patient_id])


def test_a_token_is_shown_once_and_only_its_digest_is_kept(office: Office) -> None:
    client = browser(office, CODER)
    page = client.post(reverse("tokens"), {"label": "Export"})
    token = ApiToken.objects.get()
    assert "Copy the token now" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert token.digest not in page.content.decode()
    assert "Copy the token now" not in client.get(reverse("tokens")).content.decode()
    client.post(reverse("revoke-token", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at


def test_a_colleagues_token_is_revoked_only_by_the_administrator(office: Office) -> None:
    browser(office, CODER).post(reverse("tokens"), {"label": "Export"})
    token = ApiToken.objects.get()
    browser(office, MANAGER).post(reverse("revoke-token", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is None
    browser(office, ADMIN).post(reverse("revoke-token", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at


def test_the_administrator_makes_an_account_that_can_log_in(office: Office) -> None:
    client = browser(office, ADMIN)
    said = {"username": "nora", "first": "Nora", "last": "Field", "role": BILLER, "password": "short"}
    page = client.post(reverse("users"), said).content.decode()
    assert "at least 12 characters" in page
    assert 'value="nora"' in page
    client.post(reverse("users"), {**said, "password": "long-enough-to-hold"})
    newcomer = Client()
    newcomer.post("/accounts/login/", {"login": "nora", "password": "long-enough-to-hold"})
    assert newcomer.get(reverse("claims")).status_code == 200
    assert newcomer.get(reverse("users")).status_code == 403


def test_the_practice_keeps_an_administrator(office: Office) -> None:
    client = browser(office, ADMIN)
    only = Membership.objects.get(practice=office.practice, role=ADMIN)
    client.post(reverse("change-user", args=[only.pk]), {"role": BILLER, "active": "on"})
    assert "needs an administrator" in client.get(reverse("users")).content.decode()
    only.refresh_from_db()
    assert only.role == ADMIN


def test_a_closed_account_stays_out_and_its_tokens_end(office: Office) -> None:
    coder = browser(office, CODER)
    coder.post(reverse("tokens"), {"label": "Export"})
    person = Membership.objects.get(practice=office.practice, role=CODER)
    browser(office, ADMIN).post(reverse("change-user", args=[person.pk]), {"role": CODER})
    assert coder.get(reverse("coding")).status_code == 302
    assert ApiToken.objects.get().revoked_at


def test_a_payment_sent_twice_is_taken_once(demo_db: object) -> None:
    client = enter(FRONT, demo_db)  # type: ignore[arg-type]
    entry = LedgerEntry.objects.filter(account="patient_ar", guarantor__isnull=False).order_by("-amount").first()
    assert entry and entry.guarantor
    address = reverse("pay", args=[entry.guarantor_id])
    for _ in range(2):
        client.post(address, {"amount": "2.50", "method": "cash", "key": "the-same"})
    assert PatientPayment.objects.filter(guarantor=entry.guarantor, amount=250).count() == 1


def test_an_amount_that_is_none_is_refused_in_words(demo_db: object) -> None:
    client = enter(FRONT, demo_db)  # type: ignore[arg-type]
    guarantor = Patient.objects.filter(practice=demo_db)[0].guarantor_id
    client.post(reverse("pay", args=[guarantor]), {"amount": "ten", "method": "cash"})
    assert "in dollars, like 25" in client.get(reverse("guarantor", args=[guarantor])).content.decode()


def test_a_biller_does_not_write_off(demo_db: object) -> None:
    client = enter(BILLER, demo_db)  # type: ignore[arg-type]
    from claimwright.office.records.models import Denial

    denial = Denial.objects.filter(status="open")[0]
    client.post(reverse("work-denial", args=[denial.pk]), {"action": "write off", "note": "because"})
    denial.refresh_from_db()
    assert denial.status == "open"
    assert "Only a manager writes money off" in client.get(reverse("denial", args=[denial.pk])).content.decode()


def test_a_file_that_says_nothing_is_parked_with_its_reason(demo_db: object) -> None:
    client = enter(BILLER, demo_db)  # type: ignore[arg-type]
    answer = client.post(reverse("upload"), {"file": SimpleUploadedFile("note.txt", b"hello")}, follow=True)
    page = answer.content.decode()
    assert "Parked" in page


def test_saving_codes_for_later_keeps_them_in_order(demo_db: object) -> None:
    client = enter(CODER, demo_db)  # type: ignore[arg-type]
    encounter = Encounter.objects.filter(state="to code")[0]
    rows = [("ICD-10-CM", "I10", ""), ("ICD-10-CM", "E78.5", ""), ("CPT", "99213", "I10 E78.5")]
    said = {
        "system": [row[0] for row in rows],
        "code": [row[1] for row in rows],
        "dx": [row[2] for row in rows],
        "modifiers": [""] * 3,
        "units": ["1"] * 3,
        "suggestion": [""] * 3,
        "decision": ["accepted"] * 3,
        "finish": "later",
    }
    client.post(reverse("code", args=[encounter.pk]), said)
    assert [row.code for row in encounter.codes.all()] == ["I10", "E78.5", "99213"]
    encounter.refresh_from_db()
    assert encounter.state == "to code"


def test_units_that_are_no_number_are_refused(demo_db: object) -> None:
    client = enter(CODER, demo_db)  # type: ignore[arg-type]
    encounter = Encounter.objects.filter(state="to code")[0]
    said = {
        "system": "CPT",
        "code": "99213",
        "dx": "",
        "modifiers": "",
        "units": "many",
        "suggestion": "",
        "decision": "accepted",
    }
    assert client.post(reverse("code", args=[encounter.pk]), said).status_code == 400


def test_every_claims_lines_add_up(demo_db: object) -> None:
    for claim in ClaimRecord.objects.filter(practice=demo_db, replaced_by=None).prefetch_related("lines"):
        rows, total = claim_reports.lines(claim)
        assert all(row.money.balanced for row in rows), claim.patient_control_number
        assert total.charge == claim.charge


def test_the_aging_adds_up_to_what_is_owed(demo_db: object) -> None:
    rows = measures.aging(demo_db, TODAY)  # type: ignore[arg-type]
    assert sum(row.total for row in rows) == measures.receivable(demo_db)  # type: ignore[arg-type]
    assert measures.check_ledger(demo_db)["sum"] == 0  # type: ignore[arg-type]


def test_the_most_urgent_work_comes_first(demo_db: object) -> None:
    for role in (FRONT, CODER, BILLER, MANAGER):
        work = worklist.work_for(demo_db, role, TODAY)  # type: ignore[arg-type]
        assert work, role
        ranks = [item.rank(TODAY) for item in work]
        assert ranks == sorted(ranks)


def test_a_filing_limit_days_away_beats_more_money_months_away() -> None:
    soon = worklist.Work("claim", 1, "claims", "", "", "", 100, TODAY + timedelta(days=4))
    later = worklist.Work("claim", 2, "claims", "", "", "", 90_000, TODAY + timedelta(days=60))
    assert soon.rank(TODAY) < later.rank(TODAY)


def test_where_evidence_overlaps_a_piece_carries_every_code() -> None:
    found = coding_reports.cut(
        "HPI: knee pain, no fever.", [(5, 14, 1, "", "M25.561"), (10, 14, 2, "", "R52"), (19, 24, 0, "negated", "fever")]
    )
    assert [(piece.text, piece.keys, piece.kind) for piece in found] == [
        ("HPI:", (), "sec"),
        (" ", (), ""),
        ("knee ", (1,), ""),
        ("pain", (1, 2), ""),
        (", no ", (), ""),
        ("fever", (), "negated"),
        (".", (), ""),
    ]


def test_the_pieces_are_the_whole_note(demo_db: object) -> None:
    for encounter in Encounter.objects.filter(practice=demo_db, documents__isnull=False).distinct()[:12]:
        seen, _ = coding_reports.read(encounter)
        for document, pieces in coding_reports.pieces(encounter, seen):
            assert "".join(piece.text for piece in pieces) == document.text


def test_money_of_a_line_is_balanced_by_its_columns() -> None:
    row = money.Money()
    for account, amount in {"charges": -100, "cash": 40, "contractual": 30, "patient_ar": 20, "insurance_ar": 10}.items():
        row.add(account, amount)
    assert row.balanced
    assert (row.charge, row.paid, row.adjusted, row.patient, row.open, row.balance) == (100, 40, 30, 20, 10, 30)


def test_scripts_shown_together_name_nothing_twice() -> None:
    """Plain scripts share one scope: a name declared twice stops the whole second script."""
    declared = re.compile(r"^(?:let|const|function|async function) (\w+)", re.MULTILINE)
    frame, *others = [
        set(declared.findall((STATIC / f"{name}.js").read_text(encoding="utf-8"))) for name in ("app", "coding", "charts")
    ]
    assert not [names & frame for names in others if names & frame]
