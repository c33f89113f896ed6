"""Whose credit balances are, since when, and Medicare's sixty days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from claimwright.ledger.credits import credit_balances, medicare_clock
from claimwright.ledger.events import Owed, charge_event, patient_payment_event
from claimwright.ledger.model import Entry, Event
from claimwright.ledger.refunds import set_aside_event

DAY = date(2026, 11, 2)
TWICE = Event(
    key="r:1",
    kind="remittance",
    on=DAY,
    entries=(
        Entry(account="cash", amount=7392, payer="P1", claim="C1"),
        Entry(account="payer_balance", amount=-7392, payer="P1"),
    ),
)
CHARGE = charge_event(key="c", on=DAY, lines=[("L1", 15000)], guarantor=7, patient=1)
TOO_MUCH = patient_payment_event(
    key="p", on=DAY + timedelta(days=3), amount=16000, guarantor=7, shares=[Owed(line="L1", amount=16000)]
)
HELD = patient_payment_event(key="h", on=DAY, amount=500, guarantor=8)


def test_each_credit_says_whose_it_is_and_since_when() -> None:
    found = credit_balances([TWICE, CHARGE, TOO_MUCH, HELD])
    assert [(one.owed_to, one.payer, one.guarantor, one.line, one.amount, one.since) for one in found] == [
        ("payer", "P1", 0, "", 7392, DAY),
        ("patient", "", 7, "L1", 1000, DAY + timedelta(days=3)),
        ("patient", "", 8, "", 500, DAY),
    ]
    assert "paid twice" in found[0].why


def test_what_was_refunded_or_taken_back_is_no_credit_any_more() -> None:
    refund = set_aside_event(key="b", on=DAY, amount=7392, payer="P1", memo="paid twice")
    assert credit_balances([TWICE, refund]) == []


def test_a_share_that_waits_with_another_payer_is_no_credit() -> None:
    early = Event(
        key="s",
        kind="remittance",
        on=DAY,
        entries=(
            Entry(account="insurance_ar", amount=-1848, payer="P2", line="L1"),
            Entry(account="cash", amount=1848, payer="P2", line="L1"),
        ),
    )
    charge = charge_event(key="c", on=DAY, lines=[("L1", 15000)], payer="P1")
    assert credit_balances([charge, early]) == []


@pytest.mark.parametrize(
    "received, investigated, today, return_by, left, counts",
    [
        (date(2026, 9, 1), None, DAY, date(2027, 1, 1), 60, True),
        (date(2026, 9, 1), None, date(2027, 1, 3), date(2027, 1, 1), -2, True),
        (date(2020, 11, 2), None, DAY, date(2027, 1, 1), 60, True),  # six years to the day
        (date(2020, 11, 1), None, DAY, date(2027, 1, 1), 60, False),
        (date(2026, 9, 1), date(2026, 11, 2), DAY, date(2027, 6, 30), 240, True),  # 180 days, then 60
    ],
)
def test_medicares_sixty_days(
    received: date, investigated: date | None, today: date, return_by: date, left: int, counts: bool
) -> None:
    clock = medicare_clock(received=received, identified=DAY, today=today, investigated_from=investigated)
    assert (clock.return_by, clock.days_left, clock.in_look_back) == (return_by, left, counts)
    assert "401.305" in clock.words


def test_an_investigation_that_ends_early_starts_the_clock_again() -> None:
    dates = {"received": DAY, "identified": DAY, "today": DAY, "investigated_from": DAY}
    assert medicare_clock(**dates, concluded=DAY + timedelta(days=10)).return_by == DAY + timedelta(days=70)


def test_six_years_before_a_leap_day_is_the_last_of_february() -> None:
    leap = date(2028, 2, 29)
    assert medicare_clock(received=leap, identified=leap, today=leap).looked_back_to == date(2022, 2, 28)
