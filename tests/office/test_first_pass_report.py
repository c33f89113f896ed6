"""Denied at first pass by month and cause, and what the edits held: the report agrees with the demo's own figures."""

import pytest
from django.test import Client

from claimwright.office.records.models import User
from claimwright.office.reports import firstpass

pytestmark = pytest.mark.django_db


def test_the_months_add_up_to_what_the_demo_counts(demo_db, demo_result):
    months = firstpass.by_month(demo_db)
    whole, now = firstpass.together(months), demo_result["first_pass"]["now"]
    assert [one.month for one in months] == sorted({one.month for one in months})
    assert whole.denied == now["denied"]
    assert whole.amount == now["charge_denied"] == sum(whole.causes.values())
    assert whole.held == now["held"]
    assert now["answered"] <= whole.answered <= now["answered"] + now["rejected"], "what was rejected once is answered later"
    assert {edit for one in demo_result["mistakes"] for edit in one["held_by"]} <= whole.edits.keys()


def test_a_practice_without_answers_has_no_months(office):
    assert firstpass.by_month(office.practice) == []
    assert firstpass.together([]).rate is None


def test_the_reports_page_shows_it(demo_db):
    client = Client()
    client.force_login(User.objects.get(username="manager"))
    page = client.get("/reports/").content.decode()
    assert "Denied at first pass, and what the edits held" in page
    assert "MUE-DAY-CLINICAL" in page
