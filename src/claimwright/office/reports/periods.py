"""The books month by month, and which of them are closed."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from datetime import date

import msgspec
from django.db.models import Min, Sum
from django.db.models.functions import TruncMonth

from claimwright.money import Cents
from claimwright.office.records.ledger import closed_through
from claimwright.office.records.models import LedgerEntry, LedgerEvent, PeriodClose, Practice
from claimwright.office.reports.ledger import COLUMNS


class Month(msgspec.Struct):
    """What one month moved, debits positive, and whether it is closed."""

    first: date
    last: date
    moved: dict[str, Cents]
    closed: PeriodClose | None  # the closing that holds for it
    over: bool
    next: bool  # the one that may be closed now

    @property
    def sum(self) -> Cents:
        """All entries together: zero."""
        return sum(self.moved.values())

    @property
    def cells(self) -> list[Cents]:
        """The amounts in the order of `COLUMNS`."""
        return [self.moved.get(name, 0) for name in COLUMNS]


def months(practice: Practice, today: date) -> list[Month]:
    """Every month from the first event to today, newest first."""
    first = LedgerEvent.objects.filter(practice=practice).aggregate(first=Min("on"))["first"]
    if first is None:
        return []
    moved: dict[date, dict[str, Cents]] = defaultdict(lambda: defaultdict(int))
    rows = LedgerEntry.objects.filter(event__practice=practice).annotate(month=TruncMonth("event__on")).order_by()
    column = {account: name for name, accounts in COLUMNS.items() for account in accounts}
    for month, account, amount in rows.values_list("month", "account").annotate(sum=Sum("amount")):
        moved[month][column[account]] += amount
    through = closed_through(practice)
    closings = list(practice.period_closes.filter(reopened_on=None).select_related("by").order_by("through"))
    found: list[Month] = []
    at = first.replace(day=1)
    while at <= today:
        last = at.replace(day=monthrange(at.year, at.month)[1])
        holds = next((one for one in closings if one.through >= last), None)
        waits = holds is None and last < today and not any(month.next for month in found)
        found.append(Month(at, last, dict(moved.get(at, {})), holds, last < today, waits and (through is None or last > through)))
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return found[::-1]


def closings(practice: Practice) -> list[PeriodClose]:
    """Every closing and every opening again, newest first."""
    return list(practice.period_closes.select_related("by", "reopened_by").order_by("-through", "-pk"))
