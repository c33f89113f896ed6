"""The ledger's rows: append events, and read back what is owed where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Max, Prefetch, QuerySet, Sum

from claimwright.ledger.balances import Dimension, balances
from claimwright.ledger.events import Owed
from claimwright.ledger.model import Entry, Event
from claimwright.ledger.periods import refuse_closed
from claimwright.money import Cents
from claimwright.office.records.billing import LedgerEntry, LedgerEvent, Remit
from claimwright.office.records.bulk import in_parts, insert_rows
from claimwright.office.records.claims import ClaimRecord
from claimwright.office.records.practice import PayerRecord, Practice, User
from claimwright.office.records.visits import Charge, Encounter


@transaction.atomic
def append(
    practice: Practice,
    events: Iterable[Event],
    *,
    by: User | None = None,
    remit: Remit | None = None,
    undoes: Mapping[str, str] | None = None,
) -> list[LedgerEvent]:
    """Post events, each whole and once: a key already there is left alone. Raises ValueError on an unbalanced event, and
    ClosedPeriodError on one dated in a closed period.

    `undoes` names, by the key of an event, the key of the one that it takes back; nothing is taken back twice.
    """
    events, undoes = list(events), undoes or {}
    undone = dict(LedgerEvent.objects.filter(practice=practice, key__in=undoes.values()).values_list("key", "pk"))
    known = set(
        LedgerEvent.objects.filter(practice=practice, key__in=[event.key for event in events]).values_list("key", flat=True)
    )
    fresh = [event for event in events if event.key not in known and event.entries]
    refuse_closed(fresh, closed_through(practice))
    parties = _Parties(practice, [entry for event in fresh for entry in event.entries])
    for event in fresh:
        if not event.balanced:
            raise ValueError(f"ledger: the entries of {event.key} do not sum to zero")
        if any(balances(event.entries, by=("line",)).values()):
            raise ValueError(f"ledger: the entries of {event.key} do not sum to zero on each line")
    written = LedgerEvent.objects.bulk_create(
        LedgerEvent(
            practice=practice,
            key=event.key,
            kind=event.kind,
            on=event.on,
            by=by,
            remit=remit,
            undoes_id=undone.get(undoes.get(event.key, "")),
            memo=event.memo[:200],
        )
        for event in fresh
    )
    insert_rows([parties.row(row, entry) for row, event in zip(written, fresh, strict=True) for entry in event.entries])
    return written


def closed_through(practice: Practice) -> date | None:
    """The last day of the last closed period that was not opened again."""
    return practice.period_closes.filter(reopened_on=None).aggregate(through=Max("through"))["through"]


class _Parties:
    """The rows that entries name by number, as primary keys."""

    def __init__(self, practice: Practice, entries: Sequence[Entry]) -> None:
        self.claims: dict[str, tuple[int, _Visit]] = {}
        for numbers in in_parts({entry.claim for entry in entries if entry.claim}):
            claims = ClaimRecord.objects.filter(practice=practice, patient_control_number__in=numbers)
            for number, pk, *visit in claims.values_list("patient_control_number", "pk", *_VISIT):
                self.claims[number] = pk, _Visit(*visit)
        lines = {entry.line for entry in entries if entry.line}
        self.visits: dict[str, _Visit] = {}
        for some in in_parts(lines):
            charges = Charge.objects.filter(control_number__in=some, encounter__practice=practice).order_by()
            for line, *visit in charges.values_list("control_number", *_VISIT):
                self.visits[line] = _Visit(*visit)
        # A service that was dropped from its visit still has its money in the books.
        for some in in_parts(lines - self.visits.keys()):
            dropped = LedgerEntry.objects.filter(
                event__practice=practice, line_control_number__in=some, encounter__isnull=False
            ).order_by("pk")
            for line, *visit in dropped.values_list("line_control_number", *_VISIT):
                self.visits[line] = _Visit(*visit)
        self.payers = dict(PayerRecord.objects.filter(practice=practice).values_list("payer_id", "pk"))

    def row(self, event: LedgerEvent, entry: Entry) -> LedgerEntry:
        """One side of an event with everything it belongs to."""
        claim, of_claim = self.claims.get(entry.claim, (None, _NOWHERE))
        visit = self.visits.get(entry.line, of_claim)
        return LedgerEntry(
            event_id=event.pk,
            account=entry.account,
            amount=entry.amount,
            claim_id=claim,
            encounter_id=visit.encounter,
            line_control_number=entry.line,
            patient_id=entry.patient or visit.patient,
            guarantor_id=entry.guarantor or visit.guarantor,
            payer_id=self.payers.get(entry.payer),
            memo=entry.memo[:200],
        )


class _Visit(NamedTuple):
    encounter: int | None = None
    patient: int | None = None
    guarantor: int | None = None


_NOWHERE = _Visit()
_VISIT = ("encounter", "encounter__patient", "encounter__patient__guarantor")


def event_of(row: LedgerEvent) -> Event:
    """A posted event as the core knows it."""
    return _event(row, row.entries.select_related("claim", "payer", "encounter__provider").order_by("pk"))


def with_entries(events: QuerySet[LedgerEvent]) -> Iterator[tuple[Event, list[LedgerEntry]]]:
    """Posted events as the core knows them, each with its rows."""
    entries = LedgerEntry.objects.select_related("claim", "payer", "encounter__provider").order_by("pk")
    for row in events.prefetch_related(Prefetch("entries", entries)):
        own = list(row.entries.all())
        yield _event(row, own), own


def events_until(practice: Practice, *, dated: date | None = None, known: datetime | None = None) -> Iterator[Event]:
    """The practice's events in the order they were posted, as of a day and of an instant (see `ledger.balances.as_of`)."""
    rows = LedgerEvent.objects.filter(practice=practice).order_by("pk")
    if dated is not None:
        rows = rows.filter(on__lte=dated)
    if known is not None:
        rows = rows.filter(at__lte=known)
    entries = LedgerEntry.objects.select_related("claim", "payer", "encounter__provider").order_by("pk")
    for row in rows.prefetch_related(Prefetch("entries", entries)).iterator(chunk_size=500):
        yield _event(row, row.entries.all())


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


def _event(row: LedgerEvent, entries: Iterable[LedgerEntry]) -> Event:
    return Event(
        key=row.key,
        kind=row.kind,  # type: ignore[arg-type]
        on=row.on,
        at=row.at,
        memo=row.memo,
        entries=tuple(
            Entry(
                account=entry.account,  # type: ignore[arg-type]
                amount=entry.amount,
                claim=entry.claim.patient_control_number if entry.claim else "",
                line=entry.line_control_number,
                patient=entry.patient_id or 0,
                guarantor=entry.guarantor_id or 0,
                payer=entry.payer.payer_id if entry.payer else "",
                provider=entry.encounter.provider.npi if entry.encounter else "",
                memo=entry.memo,
            )
            for entry in entries
        ),
    )


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
