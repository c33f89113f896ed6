"""The books as of a day and an instant, closed periods, the chart, and the journal as text that other programs read."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta
from typing import get_args

import msgspec
import pytest

from claimwright.ledger.balances import as_of, balances, entries_of, totals
from claimwright.ledger.chart import chart, read_chart
from claimwright.ledger.events import charge_event, patient_payment_event, reversal_of
from claimwright.ledger.journal import WRITERS
from claimwright.ledger.model import Account, Entry, Event
from claimwright.ledger.periods import ClosedPeriodError, into_open, refuse_closed

DAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 12, 0)
CHARGE = charge_event(key="charge:1", on=DAY, lines=[("L1", 15000)], claim="C1", patient=1, guarantor=7, payer="P1")
LATE = charge_event(key="charge:2", on=DAY - timedelta(days=30), lines=[("L2", 9000)], claim="C2", patient=2, guarantor=7)
BOOKS = [
    msgspec.structs.replace(CHARGE, at=NOON),
    msgspec.structs.replace(LATE, at=NOON + timedelta(days=5), memo='said "late", \\ and =1+1'),
    msgspec.structs.replace(
        patient_payment_event(key="pay:1", on=DAY + timedelta(days=1), amount=4000, guarantor=7), at=NOON + timedelta(days=1)
    ),
]


def ar(**when: object) -> int:
    return sum(balances(entries_of(as_of(BOOKS, **when))).get((name,), 0) for name in ("insurance_ar", "patient_ar"))  # type: ignore[arg-type]


def test_what_is_dated_by_a_day_differs_from_what_was_known_then() -> None:
    assert ar(dated=DAY) == 24000 and ar(known=NOON) == 15000
    assert ar(dated=DAY - timedelta(days=1)) == 9000
    assert ar(dated=DAY - timedelta(days=1), known=NOON) == 0
    assert ar() == 24000 and totals(entries_of(as_of(BOOKS, known=NOON))).balanced


def test_a_closed_period_refuses_what_is_dated_in_it_and_takes_the_correction_in_the_open_one() -> None:
    undo = reversal_of(CHARGE, key="undo:1", on=DAY)
    with pytest.raises(ClosedPeriodError, match="closed through 2026-11-30"):
        refuse_closed([undo], date(2026, 11, 30))
    moved = into_open(undo, date(2026, 11, 30), "billed to the wrong patient")
    refuse_closed([moved], date(2026, 11, 30))
    assert moved.on == date(2026, 12, 1) and "of 2026-11-02" in moved.memo and "wrong patient" in moved.memo
    assert into_open(undo, date(2026, 10, 31), "") == undo
    with pytest.raises(ValueError, match="say why"):
        into_open(undo, date(2026, 11, 30), " ")
    refuse_closed([undo], None)


def test_the_chart_names_every_account_once_and_refuses_what_it_cannot_read() -> None:
    assert list(chart()) and set(chart()) == set(get_args(Account))
    assert len({one.journal for one in chart().values()}) == len(chart())
    for text in ("cash | asset | Cash | Assets:Cash", "petty | asset | x | y", "cash | thing | x | y"):
        with pytest.raises(ValueError, match="chart of accounts"):
            read_chart(text)


@pytest.mark.parametrize("account", get_args(Account))
def test_totals_hold_whatever_account_is_used(account: Account) -> None:
    entries = (Entry(account="cash", amount=-500), Entry(account=account, amount=500))
    assert totals(entries).balanced


def test_the_csv_has_a_line_for_each_entry_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(WRITERS["csv"](BOOKS)))))
    assert len(rows) == sum(len(event.entries) for event in BOOKS)
    assert rows[0]["amount"] == "150.00" and rows[0]["claim"] == "C1" and rows[0]["posted_at"] == NOON.isoformat()
    assert sum(float(row["amount"]) for row in rows) == 0
    spiked = msgspec.structs.replace(CHARGE, memo="=cmd()")
    assert "'=cmd()" in "".join(WRITERS["csv"]([spiked]))


def test_the_json_gives_the_events_back() -> None:
    lines = "".join(WRITERS["json"](BOOKS)).splitlines()
    assert [msgspec.json.decode(line, type=Event) for line in lines] == BOOKS
    assert json.loads(lines[0])["key"] == "charge:1"


def test_the_journal_reads_in_beancount_and_balances_like_the_ledger() -> None:
    loader = pytest.importorskip("beancount.loader", reason="beancount is not installed")
    read, errors, _ = loader.load_string("".join(WRITERS["beancount"](BOOKS)))
    assert errors == []
    sums: dict[str, int] = {}
    for entry in read:
        for posting in getattr(entry, "postings", ()):
            sums[posting.account] = sums.get(posting.account, 0) + int(posting.units.number * 100)
    ours = {chart()[str(key[0])].journal: amount for key, amount in balances(entries_of(BOOKS)).items()}
    assert {name: amount for name, amount in sums.items() if amount} == ours


def test_the_journal_has_a_transaction_for_each_event_and_each_sums_to_zero() -> None:
    text = "".join(WRITERS["beancount"](BOOKS))
    assert text.count(" open ") == len(chart())
    blocks = [block for block in text.split("\n\n") if ' * "' in block]
    assert len(blocks) == len(BOOKS)
    for block in blocks:
        amounts = [line.split()[1].replace(".", "") for line in block.splitlines() if line.endswith(" USD")]
        assert amounts and sum(map(int, amounts)) == 0
    assert '"said \\"late\\", \\\\ and =1+1"' in text
