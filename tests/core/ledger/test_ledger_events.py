"""The ledger: events balance, replays and reversals are harmless, order does not matter."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimwright.ledger.balances import balances, check, entries_of, line_balances, totals
from claimwright.ledger.events import (
    Owed,
    allocate,
    apply_unapplied_event,
    charge_event,
    patient_payment_event,
    reversal_of,
    transfer_event,
    write_off_event,
)
from claimwright.ledger.model import Entry, Event
from claimwright.ledger.refunds import pay_out_event, set_aside_event

DAY = date(2026, 11, 2)


def owed(line: str, amount: int, **more: object) -> Owed:
    return Owed(line=line, amount=amount, claim="C1", patient=1, guarantor=7, **more)  # type: ignore[arg-type]


def charge(line: str = "L1", amount: int = 15000, payer: str = "P1", key: str = "") -> Event:
    return charge_event(
        key=key or f"charge:{line}", on=DAY, lines=[(line, amount)], claim="C1", patient=1, guarantor=7, payer=payer
    )


def test_an_insured_charge_is_the_payers_to_pay_and_a_self_pay_charge_the_patients() -> None:
    assert balances(charge().entries) == {("insurance_ar",): 15000, ("charges",): -15000}
    assert balances(charge(payer="").entries) == {("patient_ar",): 15000, ("charges",): -15000}


def test_a_payment_pays_the_oldest_service_first_and_holds_the_rest() -> None:
    debts = [owed("L2", 3000, on=date(2026, 11, 5)), owed("L1", 1000, on=date(2026, 10, 1))]
    shares, rest = allocate(5000, debts)
    assert [(s.line, s.amount) for s in shares] == [("L1", 1000), ("L2", 3000)] and rest == 1000
    event = patient_payment_event(key="pay:1", on=DAY, amount=5000, guarantor=7, shares=shares)
    assert event.balanced
    assert balances(event.entries) == {("cash",): 5000, ("patient_ar",): -4000, ("unapplied",): -1000}


def test_a_payment_smaller_than_its_shares_is_refused() -> None:
    with pytest.raises(ValueError, match="ledger"):
        patient_payment_event(key="pay:1", on=DAY, amount=100, guarantor=7, shares=[owed("L1", 200)])


def test_held_money_pays_a_later_line_and_the_line_still_adds_up() -> None:
    events = [
        charge(payer=""),
        patient_payment_event(key="pay:1", on=DAY, amount=4000, guarantor=7),
        apply_unapplied_event(key="apply:1", on=DAY, guarantor=7, shares=[owed("L1", 4000)]),
    ]
    assert check(events) == []
    line = line_balances(entries_of(events))["L1"]
    assert (line.charge, line.paid, line.patient) == (15000, 4000, 11000)
    assert totals(entries_of(events)).credits == 0


def test_a_transfer_moves_the_debt_between_payer_and_patient() -> None:
    event = transfer_event(
        key="t:1",
        on=DAY,
        shares=[owed("L1", 2000, payer="P1")],
        source="insurance_ar",
        target="insurance_ar",
        to_payer="P2",
        memo="next",
    )
    assert balances(event.entries, by=("account", "payer")) == {("insurance_ar", "P1"): -2000, ("insurance_ar", "P2"): 2000}


def test_a_write_off_says_why() -> None:
    event = write_off_event(key="w:1", on=DAY, shares=[owed("L1", 2000)], receivable="patient_ar", memo="courtesy")
    assert event.balanced and {entry.memo for entry in event.entries} == {"courtesy"}


def test_check_finds_what_is_wrong() -> None:
    lame = Event(key="x", kind="charge", on=DAY, entries=(Entry(account="cash", amount=5, line="L9"),))
    strange = Event(key="y", kind="charge", on=DAY, entries=(Entry(account="petty", amount=0),))  # type: ignore[arg-type]
    codes = {finding.code for finding in check([lame, charge(), charge(), strange])}
    assert codes == {"LEDGER-UNBALANCED", "LEDGER-KEY-TWICE", "LEDGER-LINE", "LEDGER-ACCOUNT"}


def test_totals_keep_the_equation() -> None:
    events = [
        charge("L1", 15000),
        charge("L2", 9000, payer=""),
        patient_payment_event(key="pay:1", on=DAY, amount=10000, guarantor=7, shares=[owed("L2", 9000)]),
    ]
    figures = totals(entries_of(events))
    assert figures.balanced
    assert (figures.charges, figures.payments, figures.ar_insurance, figures.ar_patient, figures.credits) == (
        24000,
        10000,
        15000,
        0,
        1000,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Any mixture of business events over a few lines."""
    made: list[Event] = []
    for number in range(draw(st.integers(1, 12))):
        line, amount = draw(st.sampled_from(["L1", "L2", "L3"])), draw(st.integers(1, 50000))
        kind = draw(st.sampled_from(["charge", "payment", "refund", "write off", "transfer", "apply"]))
        key = f"{kind}:{number}"
        shares = [owed(line, draw(st.integers(1, amount)), payer="P1")]
        if kind == "charge":
            made.append(charge(line, amount, draw(st.sampled_from(["", "P1"])), key))
        elif kind == "payment":
            made.append(patient_payment_event(key=key, on=DAY, amount=amount, guarantor=7, shares=shares))
        elif kind == "refund":
            made.append(set_aside_event(key=key, on=DAY, amount=amount, guarantor=7, shares=shares, memo="m"))
            made.append(pay_out_event(key=f"{key}:out", on=DAY, amount=amount, guarantor=7, memo="m"))
        elif kind == "write off":
            made.append(write_off_event(key=key, on=DAY, shares=shares, receivable="insurance_ar", memo="m"))
        elif kind == "transfer":
            made.append(transfer_event(key=key, on=DAY, shares=shares, source="insurance_ar", target="patient_ar", memo="m"))
        else:
            made.append(apply_unapplied_event(key=key, on=DAY, guarantor=7, shares=shares))
    return made


@given(histories())
@settings(max_examples=100, deadline=None)
def test_any_history_is_true_and_with_its_reversals_is_zero(events: list[Event]) -> None:
    assert check(events) == []
    assert totals(entries_of(events)).balanced
    undone = [reversal_of(event, key=f"undo:{event.key}", on=DAY) for event in events]
    assert balances(entries_of([*events, *undone]), by=("account", "line", "guarantor", "payer")) == {}


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_order_gives_the_same_balances(events: list[Event], chance: random.Random) -> None:
    shuffled = events[:]
    chance.shuffle(shuffled)
    for by in (("account",), ("line", "account"), ("guarantor", "payer")):
        assert balances(entries_of(events), by) == balances(entries_of(shuffled), by)  # type: ignore[arg-type]
