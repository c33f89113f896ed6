"""Money through the pages: a button does what it says it will, and the account can be followed."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.urls import reverse
from test_web_access import BILLER, MANAGER, enter

from claimwright.office.jobs.worker import run_until_idle
from claimwright.office.records.models import (
    ApiToken,
    ClaimRecord,
    CoverageRecord,
    Denial,
    Deposit,
    File,
    Guarantor,
    LedgerEvent,
    Practice,
    Refund,
    Remit,
    RemitClaimRow,
    Statement,
)
from claimwright.office.reports import credits as credit_reports
from claimwright.office.reports import statements, worklist
from claimwright.office.web.templatetags.workbench import spoken

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 16)


def test_the_button_issues_just_the_statements_it_counted(demo_db: Practice) -> None:
    counted = {row.guarantor.pk: row.billable for row in statements.guarantors(demo_db, TODAY) if row.to_bill}
    before = set(Statement.objects.values_list("pk", flat=True))
    enter(BILLER, demo_db).post(reverse("issue"))
    issued = Statement.objects.exclude(pk__in=before)
    assert counted
    assert {row.guarantor_id: row.balance for row in issued} == counted
    assert not any(row.to_bill for row in statements.guarantors(demo_db, TODAY))


def test_a_payment_above_what_is_owed_says_what_is_held(demo_db: Practice) -> None:
    row = next(row for row in statements.guarantors(demo_db, TODAY) if row.balance > 0)
    client = enter(BILLER, demo_db)
    amount = f"{(row.balance + 1500) / 100:.2f}"
    answer = client.post(
        reverse("pay", args=[row.guarantor.pk]), {"amount": amount, "method": "cash", "key": "k1", "next": "/"}, follow=True
    )
    assert "$15.00 of it more than is owed and held for them" in answer.content.decode()
    guarantor = Guarantor.objects.get(pk=row.guarantor.pk)
    account = statements.account(Q(guarantor=guarantor) | Q(encounter__patient__guarantor=guarantor))
    assert "$15.00 held for later" in account[-1].words


def test_a_payment_file_that_does_not_add_up_is_told_on_its_page(demo_db: Practice) -> None:
    remit = Remit.objects.filter(paid__gt=0, file__isnull=False).latest("pk")
    assert remit.file is not None
    broken = bytes(File.objects.get(pk=remit.file.pk).content).replace(b"BPR*I*", b"BPR*I*9", 1)
    client = enter(BILLER, demo_db)
    told = client.post(reverse("upload"), {"file": SimpleUploadedFile("again.835", broken)}, follow=True)
    assert "posted within seconds" in told.content.decode()
    run_until_idle(demo_db, TODAY)
    file = File.objects.latest("pk")
    assert "BPR02 says" in client.get(reverse("file", args=[file.pk])).content.decode()
    again = client.post(reverse("upload"), {"file": SimpleUploadedFile("twice.835", broken)}, follow=True)
    assert "here already: nothing changes" in again.content.decode()


def test_loading_the_new_tokens_page_again_makes_no_second_token(demo_db: Practice) -> None:
    client = enter(BILLER, demo_db)
    said = {"label": "export", "key": "one"}
    assert b"data-token" in client.post(reverse("tokens"), said).content
    assert client.post(reverse("tokens"), said).status_code == 302
    assert ApiToken.objects.filter(label="export").count() == 1


def test_a_correction_knows_the_claim_it_corrects(demo_db: Practice) -> None:
    denial = Denial.objects.filter(status="open", action="correct", claim__state="part paid")[0]
    enter(BILLER, demo_db).post(reverse("work-denial", args=[denial.pk]), {"action": "correct", "note": "modifier"})
    fresh = ClaimRecord.objects.get(replaces=denial.claim)
    assert not fresh.findings.filter(edit="FRQ-UNKNOWN").exists()


def test_dates_inside_sentences_are_spoken() -> None:
    assert spoken("Filing ended on 2026-11-09.") == "Filing ended on Mon 9 Nov 2026."
    assert spoken("Number 2026251000142 and 2026-13-40 stay") == "Number 2026251000142 and 2026-13-40 stay"


def test_what_was_taken_back_is_not_offered_to_be_taken_back_again(demo_db: Practice) -> None:
    payment = LedgerEvent.objects.filter(kind="patient_payment", undone_by=None).latest("pk")
    guarantor = payment.entries.filter(guarantor__isnull=False)[0].guarantor_id
    client = enter(MANAGER, demo_db)
    undo = reverse("undo", args=[payment.pk])
    assert undo in client.get(reverse("guarantor", args=[guarantor])).content.decode()
    client.post(undo, {"reason": "typed wrongly"})
    page = client.get(reverse("guarantor", args=[guarantor])).content.decode()
    assert undo not in page
    assert "Taken back" in page


def test_a_refused_form_gets_back_what_was_typed(demo_db: Practice) -> None:
    row = RemitClaimRow.objects.filter(remit__practice=demo_db, status="posted").latest("pk")
    client = enter(BILLER, demo_db)
    client.post(reverse("undo-posting", args=[row.pk]), {"reason": "  ", "csrfmiddlewaretoken": "x"})
    page = reverse("remittance", args=[row.remit_id])
    kept = re.search(r'data-refused="([^"]*)"', client.get(page).content.decode())
    assert kept is not None
    asked = reverse("undo-posting", args=[row.pk])
    assert json.loads(unescape(kept[1])) == {"action": asked, "field": "", "typed": {"reason": ["  "]}}
    assert "data-refused" not in client.get(page).content.decode()


def test_today_tells_of_the_law_s_clock_and_of_refunds_that_wait(demo_db: Practice) -> None:
    owed = next(row for row in credit_reports.credits(demo_db, TODAY) if row.clock)
    waiting = Refund.objects.filter(practice=demo_db, status="proposed")[0]
    approve = f'href="{reverse("refunds")}#refund-{waiting.pk}"'
    told = enter(MANAGER, demo_db).get(reverse("today")).content.decode()
    assert approve in told and f"{owed.whose} is owed money back" in told
    biller = enter(BILLER, demo_db)
    told = biller.get(reverse("today")).content.decode()
    assert approve not in told and f"{owed.whose} is owed money back" in told
    Refund.objects.filter(pk=waiting.pk).update(status="approved", approved_on=TODAY)
    assert approve in biller.get(reverse("today")).content.decode()


def test_a_deposit_that_was_put_aside_is_no_work(demo_db: Practice) -> None:
    line = Deposit.objects.create(practice=demo_db, on=TODAY, trace="CARDS-1", amount=312_40, sender="Card batch")
    assert any(item.kind == "deposits" for item in worklist.work_for(demo_db, BILLER, TODAY))
    enter(BILLER, demo_db).post(reverse("deposit-aside", args=[line.pk]), {"reason": "patients' cards"})
    assert not any(item.kind == "deposits" for item in worklist.work_for(demo_db, BILLER, TODAY))


@pytest.mark.parametrize("name", ["add-authorization", "add-referral"])
def test_an_authorization_and_a_referral_are_recorded_alike(demo_db: Practice, name: str) -> None:
    coverage = CoverageRecord.objects.filter(patient__practice=demo_db, end=None).select_related("patient")[0]
    said = {"plan": coverage.plan_id, "coverage": coverage.pk, "number": "KEPT-77", "procedure": "20610", "units": 2, "visits": 3}
    said |= {"start": TODAY, "end": TODAY, "referred_by": "Dr. Vale", "referring_npi": "1598247066"}
    told = enter(BILLER, demo_db).post(reverse(name, args=[coverage.patient.pk]), said, follow=True)
    assert "KEPT-77 is kept; claims carry its number." in told.content.decode()
