"""Credit balances as the books hold them: found by sums in the database, dated by the core."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Q, QuerySet, Sum

from claimwright.ledger.credits import CreditBalance, credit_balances
from claimwright.ledger.model import Entry, Event
from claimwright.office.records.models import LedgerEntry, PlanRecord, Practice

LAWS = {
    "medicare": "42 CFR 401.305",
    "medicare advantage": "42 CFR 422.326",
    "medicaid": "42 USC 1320a-7k(d)",
}
"""Who must have an overpayment back within 60 days of its being identified, and by which rule."""
_BY_FILING = {"MA": "medicare", "MB": "medicare", "16": "medicare advantage", "MC": "medicaid"}  # CLP06, SBR09


def heap_of(credit: CreditBalance) -> str:
    """The name of a credit balance in addresses and reviews: whose it is, and on which line."""
    return f"{credit.owed_to}:{credit.payer or credit.guarantor or ''}:{credit.line}"


def heaps(practice: Practice) -> dict[str, CreditBalance]:
    """Every credit balance of the practice by its name, largest first."""
    wanted = _negative(practice)
    if wanted is None:
        return {}
    return {heap_of(one): one for one in credit_balances(_events(_entries(practice).filter(wanted)))}


def _entries(practice: Practice) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(event__practice=practice)


def _negative(practice: Practice) -> Q | None:
    """The entries of every heap that stands on the credit side."""
    of = _entries(practice)

    def credits(account: str, *by: str) -> list[tuple[object, ...]]:
        rows = of.filter(account=account).order_by().values_list(*by).annotate(sum=Sum("amount"))
        return [row[:-1] for row in rows if row[-1] < 0]

    found = []
    if payers := [row[0] for row in credits("payer_balance", "payer")]:
        named = Q(payer__in=[payer for payer in payers if payer is not None])
        found.append(Q(account="payer_balance") & (named | Q(payer=None) if None in payers else named))
    if lines := [row[0] for row in credits("insurance_ar", "line_control_number")]:
        found.append(Q(account="insurance_ar", line_control_number__in=lines))
    if overpaid := credits("patient_ar", "line_control_number", "guarantor"):
        found.append(Q(account="patient_ar", line_control_number__in={row[0] for row in overpaid}))
    if held := [row[0] for row in credits("unapplied", "guarantor")]:
        found.append(Q(account="unapplied", guarantor__in=held))
    if not found:
        return None
    wanted = found[0]
    for one in found[1:]:
        wanted |= one
    return wanted


def _events(rows: QuerySet[LedgerEntry]) -> list[Event]:
    """The events of some entries, with these entries only."""
    entries: dict[tuple[int, date], list[Entry]] = defaultdict(list)
    names = ("event_id", "event__on", "account", "amount", "line_control_number", "guarantor_id", "payer__payer_id")
    for event, on, account, amount, line, guarantor, payer in rows.order_by("event__on", "event_id", "pk").values_list(*names):
        entry = Entry(account=account, amount=amount, line=line, guarantor=guarantor or 0, payer=payer or "")
        entries[(event, on)].append(entry)
    return [Event(key=str(event), kind="correction", on=on, entries=tuple(rows)) for (event, on), rows in entries.items()]


def laws(practice: Practice) -> dict[str, str]:
    """The payers whose overpayments the law wants back within 60 days: payer id -> key of `LAWS`."""
    found: dict[str, str] = {}
    for payer, kind, content in PlanRecord.objects.filter(practice=practice).values_list("payer__payer_id", "kind", "content"):
        law = _BY_FILING.get(content.get("filing_indicator", ""), "")
        law = law or next((name for name in ("medicare", "medicaid") if kind.lower().startswith(name)), "")
        if law:
            found.setdefault(payer, law)
    return found
