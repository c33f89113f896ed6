"""The books as of any instant: balances by account, payer, provider or patient, opened down to each entry. Debits positive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.timezone import is_naive, make_aware

from claimwright.ledger.chart import chart
from claimwright.money import Cents
from claimwright.office.records.models import (
    ClaimRecord,
    Guarantor,
    LedgerEntry,
    LedgerEvent,
    Patient,
    PayerRecord,
    Practice,
    ProviderRecord,
)

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "Charges": ("charges",),
    "Payments": ("cash",),
    "Adjustments": ("contractual", "write_off"),
    "Insurance owes": ("insurance_ar",),
    "Patients owe": ("patient_ar",),
    "Held and other": (
        "unapplied", "payer_balance", "refunds_due", "interest", "capitation", "other_income", "withheld", "payer_charges",
    ),
}  # fmt: skip
BY: Final = {
    "account": "account",
    "payer": "payer",
    "provider": "encounter__provider",
    "patient": "patient",
}
NUMBERS: Final = {"payer": "payer", "provider": "encounter__provider", "patient": "patient", "guarantor": "guarantor"}


class Asked(msgspec.Struct):
    """Which entries: what the words in the address ask for."""

    where: Q
    words: list[tuple[str, str, str]]  # name in the address, label, value for people
    known: datetime | None
    dated: date | None
    wrong: str = ""  # what in the address cannot be read

    def of(self, practice: Practice) -> QuerySet[LedgerEntry]:
        """The entries, in no order."""
        return LedgerEntry.objects.filter(self.where, event__practice=practice).order_by()


def asked(practice: Practice, query: Mapping[str, str]) -> Asked:
    """Read account, payer, provider, patient, guarantor, claim, line, kind, from, to, as_of. What cannot be read is told."""
    found = Asked(Q(), [], None, None)
    if (account := query.get("account", "")) in chart():
        _narrow(found, "account", "account", chart()[account].name, Q(account=account))
    for name, column in NUMBERS.items():
        said = query.get(name, "")
        if said == "none":
            _narrow(found, name, name, "none named", Q(**{column: None}))
        elif said.isdigit():
            _narrow(found, name, name, _name(practice, name, int(said)), Q(**{column: int(said)}))
    if claim := query.get("claim", "").strip():
        _narrow(found, "claim", "claim", claim, Q(claim__patient_control_number=claim))
    if line := query.get("line", "").strip():
        _narrow(found, "line", "line", line, Q(line_control_number=line))
    if kind := query.get("kind", ""):
        _narrow(found, "kind", "kind", kind.replace("_", " "), Q(event__kind=kind))
    _dates(found, query)
    return found


def _narrow(found: Asked, name: str, label: str, said: str, where: Q) -> None:
    found.where &= where
    found.words.append((name, label, said))


def _dates(found: Asked, query: Mapping[str, str]) -> None:
    for name, label, test in (("from", "from", "event__on__gte"), ("to", "up to", "event__on__lte")):
        if not (said := query.get(name, "")):
            continue
        try:
            on = date.fromisoformat(said)
        except ValueError:
            found.wrong = f"{said} is no day; write it like 2026-10-31."
            continue
        _narrow(found, name, label, on.isoformat(), Q(**{test: on}))
        found.dated = on if name == "to" else found.dated
    if said := query.get("as_of", ""):
        try:
            known = datetime.fromisoformat(said.replace("Z", "+00:00"))
        except ValueError:
            found.wrong = f"{said} is no instant; write it like 2026-10-31T17:00."
            return
        found.known = make_aware(known) if is_naive(known) else known
        found.where &= Q(event__at__lte=found.known)


def _name(practice: Practice, name: str, pk: int) -> str:
    models: dict[str, Any] = {"payer": PayerRecord, "provider": ProviderRecord, "patient": Patient, "guarantor": Guarantor}
    row = models[name].objects.filter(practice=practice, pk=pk).first()
    return str(row) if row else "not in this practice"


class Balance(msgspec.Struct):
    """One account, or one party with its accounts by column. Cents."""

    key: str
    name: str
    amounts: list[Cents]
    kind: str = ""

    @property
    def sum(self) -> Cents:
        """All of it together."""
        return sum(self.amounts)


def by_account(practice: Practice, want: Asked) -> list[Balance]:
    """Balances in the order of the chart, accounts that nothing touched left out."""
    sums = dict(want.of(practice).values_list("account").annotate(sum=Sum("amount")))
    return [Balance(one.account, one.name, [sums[one.account]], one.kind) for one in chart().values() if one.account in sums]


def by_party(practice: Practice, want: Asked, by: str) -> list[Balance]:
    """Balances of each payer, provider or patient, what is open first; who is not named is a row of its own."""
    column = {account: place for place, accounts in enumerate(COLUMNS.values()) for account in accounts}
    sums: dict[int | None, list[Cents]] = defaultdict(lambda: [0] * len(COLUMNS))
    rows = want.of(practice).annotate(party=F(BY[by]))
    for party, account, amount in rows.values_list("party", "account").annotate(sum=Sum("amount")):
        sums[party][column[account]] += amount
    names = _names(practice, by)
    found = [
        Balance("none" if pk is None else str(pk), names.get(pk, "none named") if pk else "none named", amounts)
        for pk, amounts in sums.items()
    ]
    return sorted(found, key=lambda row: (row.key == "none", -abs(row.amounts[3]) - abs(row.amounts[4]), row.name))


def _names(practice: Practice, by: str) -> dict[int | None, str]:
    models: dict[str, Any] = {"payer": PayerRecord, "provider": ProviderRecord, "patient": Patient}
    return {row.pk: str(row) for row in models[by].objects.filter(practice=practice)}


def together(rows: list[Balance]) -> list[Cents]:
    """The columns' sums."""
    return [sum(cells) for cells in zip(*(row.amounts for row in rows), strict=True)]


class Line(msgspec.Struct):
    """An entry with what stood on the account after it."""

    entry: LedgerEntry
    after: Cents


def entries(practice: Practice, want: Asked) -> QuerySet[LedgerEntry]:
    """The entries, newest first."""
    return want.of(practice).order_by("-event__on", "-pk")


def opened(rows: QuerySet[LedgerEntry]) -> list[LedgerEntry]:
    """The entries of one page with all that a reader may open. What stands beside an entry is read for these only."""
    numbers = list(rows.values_list("pk", flat=True))
    related = ("event__remit", "claim", "payer", "patient__practice", "guarantor")
    found = LedgerEntry.objects.select_related(*related).defer("claim__content", "event__remit__content").in_bulk(numbers)
    return [found[pk] for pk in numbers]


def figures(practice: Practice, want: Asked) -> dict[str, int]:
    """How many entries, and their sum."""
    return want.of(practice).aggregate(entries=Count("pk"), total=Sum("amount"))


def running(rows: list[LedgerEntry], newer: Cents, total: Cents) -> list[Line]:
    """The page's entries with the balance after each; `newer` is what the entries before the page come to."""
    after, found = total - newer, []
    for entry in rows:
        found.append(Line(entry, after))
        after -= entry.amount
    return found


def newer_than(rows: QuerySet[LedgerEntry], count: int) -> Cents:
    """What the first entries of a list come to."""
    return rows[:count].aggregate(sum=Sum("amount"))["sum"] or 0 if count else 0


def event_lines(event: LedgerEvent) -> list[tuple[str, list[LedgerEntry], Cents]]:
    """An event's entries by service line, each with its sum: zero."""
    groups: dict[str, list[LedgerEntry]] = defaultdict(list)
    related = ("claim", "payer", "patient__practice", "guarantor")
    for entry in event.entries.select_related(*related).defer("claim__content").order_by("pk"):
        groups[entry.line_control_number].append(entry)
    return [(line, rows, sum(row.amount for row in rows)) for line, rows in groups.items()]


def claims_of(event: LedgerEvent) -> list[ClaimRecord]:
    """The claims that an event is about."""
    return list(ClaimRecord.objects.filter(pk__in=event.entries.values("claim")).defer("content").select_related("patient"))
