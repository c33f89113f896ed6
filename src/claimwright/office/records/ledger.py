"""The ledger's rows: append events, and read back what is owed where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Max, QuerySet, Sum

from claimwright.ledger.balances import Dimension
from claimwright.ledger.events import Owed
from claimwright.ledger.model import Entry, Event
from claimwright.ledger.periods import refuse_closed
from claimwright.money import Cents
from claimwright.office.records.asked import asked
from claimwright.office.records.billing import LedgerEntry, LedgerEvent, PeriodClose, Remit
from claimwright.office.records.bulk import Many, insert
from claimwright.office.records.claims import ClaimRecord
from claimwright.office.records.practice import PayerRecord, Practice, User
from claimwright.office.records.visits import Charge, Encounter

Sides = dict[str, list[tuple[Any, ...]]]
"""The entries of events by their keys, each with everything that it belongs to, as `_ENTRY` names it."""


def append(
    practice: Practice,
    events: Iterable[Event],
    *,
    by: User | None = None,
    remit: Remit | None = None,
    undoes: Mapping[str, str] | None = None,
    ready: Sides | None = None,
) -> QuerySet[LedgerEvent]:
    """Post events, each whole and once: a key already there is left alone. Raises ValueError on an unbalanced event, and
    ClosedPeriodError on one dated in a closed period.

    `undoes` names, by the key of an event, the key of the one that it takes back; nothing is taken back twice. `ready`: what
    `sides` found of them before. What was posted is read only if somebody asks for it.
    """
    events, undoes = list(events), undoes or {}
    keys = {event.key for event in events} | set(undoes.values())
    known: dict[str, int] = dict(_by_key(keys, practice=practice.pk))
    fresh = [event for event in events if event.key not in known and event.entries]
    refuse_closed(fresh, closed_through(practice))
    ready = sides(practice, fresh) if ready is None else ready
    with transaction.atomic(savepoint=False):
        insert(
            LedgerEvent,
            ("practice", "key", "kind", "on", "by", "remit", "undoes", "memo"),
            [
                (
                    practice.pk,
                    event.key,
                    event.kind,
                    event.on,
                    by and by.pk,
                    remit and remit.pk,
                    known.get(undoes.get(event.key, "")),
                    event.memo[:200],
                )
                for event in fresh
            ],
        )
        posted = _by_key([event.key for event in fresh], practice=practice.pk) if fresh else ()
        ids: dict[str, int] = dict(posted)
        insert(LedgerEntry, ("event", *_ENTRY), [(ids[event.key], *side) for event in fresh for side in ready[event.key]])
    return LedgerEvent.objects.filter(practice=practice, key__among=Many(event.key for event in fresh)).order_by("pk")


def sides(practice: Practice, events: Sequence[Event], claims: Mapping[str, ClaimRecord] | None = None) -> Sides:
    """What `append` will write of events. Raises ValueError on an unbalanced one. `claims`: those at hand, by their numbers."""
    for event in events:
        if not event.balanced:
            raise ValueError(f"ledger: the entries of {event.key} do not sum to zero")
        if not _balanced_by_line(event):
            raise ValueError(f"ledger: the entries of {event.key} do not sum to zero on each line")
    parties = _Parties(practice, [entry for event in events for entry in event.entries], claims or {})
    return {event.key: [parties.side(entry) for entry in event.entries] for event in events}


_by_key = asked(lambda keys, practice: LedgerEvent.objects.filter(practice=practice, key__among=keys).values_list("key", "pk"))


def _balanced_by_line(event: Event) -> bool:
    sums: dict[str, Cents] = {}
    for entry in event.entries:
        sums[entry.line] = sums.get(entry.line, 0) + entry.amount
    return not any(sums.values())


def closed_through(practice: Practice) -> date | None:
    """The last day of the last closed period that was not opened again."""
    return max((through for (through,) in _closed(practice=practice.pk)), default=None)


_closed = asked(
    lambda practice: PeriodClose.objects.filter(practice=practice, reopened_on=None).order_by().values_list("through")
)


_ENTRY = ("account", "amount", "claim", "encounter", "line_control_number", "patient", "guarantor", "payer", "memo")


class _Parties:
    """The rows that entries name by number, as primary keys."""

    def __init__(self, practice: Practice, entries: Sequence[Entry], at_hand: Mapping[str, ClaimRecord]) -> None:
        self.claims: dict[str, tuple[int, _Visit]] = {}
        for number, claim in at_hand.items():  # whose guarantor their entries name
            self.claims[number] = claim.pk, _Visit(claim.encounter_id, claim.patient_id)
        known = self.claims.keys()
        if missing := {entry.claim for entry in entries if entry.claim and not (entry.guarantor and entry.claim in known)}:
            claims = ClaimRecord.objects.filter(practice=practice, patient_control_number__among=Many(missing))
            for number, pk, *visit in claims.values_list("patient_control_number", "pk", *_VISIT):
                self.claims[number] = pk, _Visit(*visit)
        # What a claim bills is of the claim's visit; only lines of no claim are looked for.
        lines = {entry.line for entry in entries if entry.line and entry.claim not in self.claims}
        self.visits: dict[str, _Visit] = {}
        if lines:
            charges = Charge.objects.filter(control_number__among=Many(lines), encounter__practice=practice).order_by()
            for line, *visit in charges.values_list("control_number", *_VISIT):
                self.visits[line] = _Visit(*visit)
        if dropped := lines - self.visits.keys():  # a service that was dropped from its visit still has its money in the books
            before = LedgerEntry.objects.filter(
                event__practice=practice, line_control_number__among=Many(dropped), encounter__isnull=False
            ).order_by("pk")
            for line, *visit in before.values_list("line_control_number", *_VISIT):
                self.visits[line] = _Visit(*visit)
        self.payers: dict[str, int] = dict(_payers(practice=practice.pk))

    def side(self, entry: Entry) -> tuple[Any, ...]:
        """One side of an event with everything it belongs to, as `_ENTRY` names it."""
        claim, of_claim = self.claims.get(entry.claim, _NO_CLAIM)
        visit = of_claim if claim is not None else self.visits.get(entry.line, _NOWHERE)
        return (
            entry.account,
            entry.amount,
            claim,
            visit.encounter,
            entry.line,
            entry.patient or visit.patient,
            entry.guarantor or visit.guarantor,
            self.payers.get(entry.payer),
            entry.memo[:200],
        )


_payers = asked(lambda practice: PayerRecord.objects.filter(practice=practice).order_by().values_list("payer_id", "pk"))


class _Visit(NamedTuple):
    encounter: int | None = None
    patient: int | None = None
    guarantor: int | None = None


_NOWHERE = _Visit()
_NO_CLAIM: tuple[int | None, _Visit] = (None, _NOWHERE)
_VISIT = ("encounter", "encounter__patient", "encounter__patient__guarantor")


def event_of(row: LedgerEvent) -> Event:
    """A posted event as the core knows it."""
    ((event, _),) = with_entries([row])
    return event


def with_entries(events: Iterable[LedgerEvent]) -> Iterator[tuple[Event, list[Party]]]:
    """Posted events as the core knows them, each with the claim and payer of each of its entries."""
    rows = list(events)
    entries: dict[int, list[Entry]] = {row.pk: [] for row in rows}
    parties: dict[int, list[Party]] = {row.pk: [] for row in rows}
    found = LedgerEntry.objects.filter(event__among=Many(entries)).order_by("pk")
    for event, claim, payer, *said in found.values_list("event", "claim", "payer", *_SAID):
        account, amount, number, line, patient, guarantor, payer_id, provider, memo = said
        entries[event].append(
            Entry(
                account=account,
                amount=amount,
                claim=number or "",
                line=line,
                patient=patient or 0,
                guarantor=guarantor or 0,
                payer=payer_id or "",
                provider=provider or "",
                memo=memo,
            )
        )
        parties[event].append((claim, payer))
    for row in rows:
        event_kind: Any = row.kind
        told = tuple(entries[row.pk])
        yield Event(key=row.key, kind=event_kind, on=row.on, at=row.at, memo=row.memo, entries=told), parties[row.pk]


Party = tuple[int | None, int | None]
"""A claim and a payer by their primary keys."""
_SAID = (
    "account", "amount", "claim__patient_control_number", "line_control_number", "patient", "guarantor", "payer__payer_id",
    "encounter__provider__npi", "memo",
)  # fmt: skip


def events_until(practice: Practice, *, dated: date | None = None, known: datetime | None = None) -> Iterator[Event]:
    """The practice's events in the order they were posted, as of a day and of an instant (see `ledger.balances.as_of`)."""
    rows = LedgerEvent.objects.filter(practice=practice).order_by("pk")
    if dated is not None:
        rows = rows.filter(on__lte=dated)
    if known is not None:
        rows = rows.filter(at__lte=known)
    read = rows.iterator(chunk_size=500)
    while some := list(islice(read, 500)):
        for event, _ in with_entries(some):
            yield event


_COLUMN: dict[Dimension, str] = {
    "account": "account",
    "claim": "claim__patient_control_number",
    "line": "line_control_number",
    "patient": "patient_id",
    "guarantor": "guarantor_id",
    "payer": "payer__payer_id",
    "provider": "encounter__provider__npi",
}


def balances_of(
    practice: Practice,
    by: Sequence[Dimension] = ("account",),
    *,
    dated: date | None = None,
    known: datetime | None = None,
    **where: Any,
) -> dict[tuple[Any, ...], Cents]:
    """Sums by any dimensions as of a day and an instant, zero balances left out; `where` narrows the entries."""
    rows: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(event__practice=practice, **where)
    if dated is not None:
        rows = rows.filter(event__on__lte=dated)
    if known is not None:
        rows = rows.filter(event__at__lte=known)
    names = [f"by_{name}" for name in by]
    rows = rows.annotate(**{name: F(_COLUMN[one]) for name, one in zip(names, by, strict=True)}).order_by()
    return {row[:-1]: row[-1] for row in rows.values_list(*names).annotate(sum=Sum("amount")) if row[-1]}


def balance(account: str, **where: Any) -> Cents:
    """What stands on one account, for the entries of a guarantor, encounter, claim or line."""
    return LedgerEntry.objects.filter(account=account, **where).aggregate(sum=Sum("amount"))["sum"] or 0


def open_lines(account: str, **where: Any) -> tuple[Owed, ...]:
    """The lines with something left on a receivable, oldest service first; overpaid lines are negative."""
    sums = (
        LedgerEntry.objects.filter(account=account, **where)
        .exclude(line_control_number="")
        .values("line_control_number", "encounter", "patient", "guarantor")
        .annotate(sum=Sum("amount"), claim=Max("claim"))
        .exclude(sum=0)
    )
    rows = list(sums)
    days = dict(Encounter.objects.filter(pk__in={row["encounter"] for row in rows}).values_list("pk", "date"))
    claims = dict(ClaimRecord.objects.filter(pk__in={row["claim"] for row in rows}).values_list("pk", "patient_control_number"))
    payers = _latest_payers(account, [row["line_control_number"] for row in rows])
    owed = [
        Owed(
            line=row["line_control_number"],
            amount=row["sum"],
            claim=claims.get(row["claim"], ""),
            patient=row["patient"] or 0,
            guarantor=row["guarantor"] or 0,
            payer=payers.get(row["line_control_number"], ""),
            on=days.get(row["encounter"]),
        )
        for row in rows
    ]
    return tuple(sorted(owed, key=lambda one: (str(one.on), one.line)))


def _latest_payers(account: str, lines: Sequence[str]) -> dict[str, str]:
    """The payer each line was last with."""
    rows = LedgerEntry.objects.filter(account=account, line_control_number__in=lines, payer__isnull=False)
    return dict(rows.order_by("pk").values_list("line_control_number", "payer__payer_id"))
