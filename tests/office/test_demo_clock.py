"""A demo's day can be moved on, and its payers answer what has fallen due; a real office keeps the calendar's."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from claimwright.office import clock
from claimwright.office.jobs.exchange import do_what_waits
from claimwright.office.records.models import Remit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_home(demo_copy, demo_db, settings):
    settings.HOME, settings.TODAY = demo_copy, date(2026, 11, 16)
    return demo_copy


def test_the_next_days_bring_the_payers_money(demo_home, demo_db):
    client = Client()
    client.force_login(User.objects.get(username="biller"))
    paid_before = Remit.objects.count()
    for _ in range(12):
        assert client.post(reverse("next-day")).status_code == 302
        do_what_waits(demo_db, demo_home, clock.today())
    assert clock.today() == date(2026, 11, 16) + timedelta(days=12)
    assert Remit.objects.count() > paid_before


def test_the_front_desk_does_not_move_the_day(demo_home):
    client = Client()
    client.force_login(User.objects.get(username="front"))
    assert client.post(reverse("next-day")).status_code == 403
    assert clock.today() == date(2026, 11, 16)


def test_a_real_office_keeps_the_calendars_day(demo_home, settings):
    settings.TODAY = None
    client = Client()
    client.force_login(User.objects.get(username="manager"))
    client.post(reverse("next-day"))
    assert clock.today() == date.today()
    assert b"Next demo day" not in client.get("/").content
    with pytest.raises(RuntimeError, match="clock"):
        clock.move_on()
