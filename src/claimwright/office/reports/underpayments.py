"""Underpayments as work: each line short of its contract beyond the tolerance, by payer and contract, with sums and age."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from claimwright.money import Cents
from claimwright.office.records.models import ContractRecord, Practice, UnderpaidLine
from claimwright.office.records.money import contracts_of, words_on

STATUSES = ("open", "disputed", "accepted", "recovered")
ORDERS = {"age": ("found_on", "-short"), "payer": ("claim__payer__name", "-short"), "service": ("claim__first_service", "-short")}


class Group(msgspec.Struct):
    """The lines of one payer under one contract."""

    payer: str
    payer_pk: int
    source: str
    lines: list[UnderpaidLine] = []
    short: Cents = 0
    oldest: date | None = None
    count: int = 0


def _rows(practice: Practice) -> QuerySet[UnderpaidLine]:
    rows = UnderpaidLine.objects.filter(claim__practice=practice).exclude(claim__replaced_by__isnull=False)
    return rows.annotate(tolerance=Coalesce("claim__payer__underpaid_tolerance", "claim__practice__underpaid_tolerance"))


def _work() -> Q:
    """What is still short beyond the tolerance; what the payer has taken back waits for its next decision."""
    return Q(status="open", short__gt=F("tolerance"), allowed__isnull=False)


def counts(practice: Practice) -> dict[str, dict[str, Cents]]:
    """How many lines and how much money stand in each state."""
    found = {}
    for status in STATUSES:
        rows = list(_of(practice, status).values_list("short", "found_short"))
        amount = sum(first - short if status == "recovered" else short for short, first in rows)
        found[status] = {"lines": len(rows), "amount": amount}
    return found


def _of(practice: Practice, status: str) -> QuerySet[UnderpaidLine]:
    rows = _rows(practice)
    if status == "open":
        return rows.filter(_work())
    if status == "recovered":
        return rows.filter(allowed__isnull=False, short__lt=F("found_short"))  # in full or in part
    return rows.filter(status=status)


def listed(practice: Practice, asked: Mapping[str, str]) -> QuerySet[UnderpaidLine]:
    """The lines that the words in the address ask for: status, payer, contract, owner, q, sort; most money first."""
    status = asked.get("status", "open")
    rows = _of(practice, status if status in STATUSES else "open")
    if asked.get("payer", "").isdigit():
        rows = rows.filter(claim__payer=int(asked["payer"]))
    if asked.get("owner", "").isdigit():
        rows = rows.filter(owner=int(asked["owner"]))
    for word in asked.get("q", "").replace(",", " ").split():
        rows = rows.filter(
            Q(claim__patient__last__icontains=word)
            | Q(claim__patient__first__icontains=word)
            | Q(claim__patient_control_number__iexact=word)
            | Q(line__procedure__iexact=word)
        )
    related = ("line", "claim__payer", "claim__patient", "owner", "remit", "letter", "worked_by")
    rows = rows.select_related(*related).defer("claim__content", "remit__content", "letter__content")
    return rows.order_by(*ORDERS.get(asked.get("sort", ""), ("-short", "found_on")), "pk")


def grouped(rows: QuerySet[UnderpaidLine], shown: Iterable[UnderpaidLine]) -> tuple[list[Group], list[Group]]:
    """All groups by payer and contract with their sums, most money first; and those of the lines shown, with these lines."""
    groups: dict[tuple[int, str], Group] = {}
    held: dict[int, list[ContractRecord]] = {}

    def group(payer: int, name: str, on: date, source: str) -> Group:
        if payer not in held:
            held[payer] = contracts_of(payer)
        said = words_on(held[payer], on) or source
        return groups.setdefault((payer, said), Group(name, payer, said))

    columns = ("claim__payer", "claim__payer__name", "claim__first_service", "line__price_source", "short", "found_on")
    for *whose, short, found_on in rows.order_by().values_list(*columns):
        one = group(*whose)
        one.short, one.count = one.short + short, one.count + 1
        one.oldest = min(one.oldest or found_on, found_on)
    for row in shown:
        group(row.claim.payer_id, row.claim.payer.name, row.claim.first_service, row.line.price_source).lines.append(row)
    ordered = sorted(groups.values(), key=lambda one: (-one.short, one.payer))
    return ordered, [one for one in ordered if one.lines]


def within_tolerance(practice: Practice) -> dict[str, Cents]:
    """What is short but not worth the work by the practice's own word."""
    rows = _rows(practice).filter(status="open", short__lte=F("tolerance"), short__gt=0, allowed__isnull=False)
    amount = rows.aggregate(amount=Coalesce(Sum("short"), 0))["amount"]
    return {"lines": rows.count(), "amount": amount}


def payers_short(practice: Practice) -> list[tuple[str, int, Cents]]:
    """Open underpayments by payer: name, lines, cents; most money first."""
    found: dict[str, list[Cents]] = {}
    for name, short in _of(practice, "open").values_list("claim__payer__name", "short"):
        found.setdefault(name, []).append(short)
    return sorted(((name, len(short), sum(short)) for name, short in found.items()), key=lambda row: -row[2])
