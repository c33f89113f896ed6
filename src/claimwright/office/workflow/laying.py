"""What a payment would post, laid ready before its turn to write: read as the books stood, and good while they stand so.

Nothing is written here. A worker lays the next payment while another writes, so that only the writing itself goes one by one.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, NamedTuple

import msgspec
from django.db.models import Count

from claimwright.ledger.model import Event
from claimwright.office.records.asked import asked, asked_rows
from claimwright.office.records.content import unpack_text
from claimwright.office.records.ledger import Sides, sides
from claimwright.office.records.models import (
    ClaimEvent,
    ClaimRecord,
    LedgerEntry,
    LedgerEvent,
    PayerRecord,
    Practice,
    Remit,
    User,
)
from claimwright.office.records.remittances import remittances
from claimwright.office.records.snapshot import snapshot
from claimwright.office.workflow.following import Decision, Following, decisions, follow
from claimwright.office.workflow.openclaims import Sent, as_open, candidates, named_by_payer, read_claims
from claimwright.office.workflow.posting_rules import posting_rules
from claimwright.office.workflow.reposting import SETTLED, UNDONE, comes_late
from claimwright.office.workflow.trail import Later, kept_back
from claimwright.remits.plan import BY_HAND, PostingPlan, plan_posting
from claimwright.remits.post import claim_key, events


class Reading(NamedTuple):
    """What a payment would post, its rows by position, the claims that it is about by their numbers, and what it rests on."""

    plan: PostingPlan
    rows: dict[int, Decision]
    claims: dict[str, ClaimRecord]
    texts: dict[int, str]  # what was sent, by claim
    visits: frozenset[int]  # of all claims that it may be about


def read(practice: Practice, remit: Remit) -> Reading:
    """Load, match and plan a payment."""
    remittance = remittances([remit.pk])[remit.pk]
    rows = {row.position: row for row in decisions(remit)}
    picked = {position: row.claim_id for position, row in rows.items() if row.claim_id and row.matched_by == BY_HAND}
    chosen = ClaimRecord.objects.filter(pk__in=picked.values())
    numbers = dict(chosen.values_list("pk", "patient_control_number")) if picked else {}
    known = read_claims(practice, candidates(practice, remit.payer, remittance, numbers))
    records = [record for record, _ in known.values()]
    plan = plan_posting(
        remittance,
        as_open(records, remit.payer, {pk: unpack_text(text, Sent) for pk, (_, text) in known.items()}),
        posting_rules(practice, remit.payer, remittance),
        chosen={position: numbers[pk] for position, pk in picked.items()},
        owed_back=[position for position, row in rows.items() if row.owed_back],
        done=[position for position, row in rows.items() if row.status in SETTLED or row.hold == UNDONE],
        key=remit.key,
    )
    matched = {planned.match.patient_control_number for planned in plan.claims if planned.match}
    claims = {record.patient_control_number: record for record in records if record.patient_control_number in matched}
    texts = {claim.pk: known[claim.pk][1] for claim in claims.values()}
    return Reading(plan, rows, claims, texts, frozenset(record.encounter_id for record in records))


class Laid(NamedTuple):
    """A payment ready to be written."""

    remit: Remit
    reading: Reading
    events: list[Event]
    undoes: dict[str, str]  # by the key of an event, the key of the one that it takes back
    sides: Sides  # what the events' entries say
    following: Following
    later: Later
    mark: frozenset[tuple[Any, ...]] = frozenset()

    def stands(self) -> bool:
        """Whether nothing that it rests on has changed since."""
        return [*_status([self.remit.pk])] == [("new",)] and self.mark == _mark(self.remit, self.reading)


def lay(practice: Practice, remit: Remit, reading: Reading, by: User | None, today: date, *, again: bool = False) -> Laid:
    """Everything that a plan writes, but for what is known only once it is written."""
    fresh, undoes = _events(reading.plan, remit, today)
    with kept_back(reading.claims.values()) as later:
        following = follow(practice, remit, reading.plan, reading.rows, reading.claims, reading.texts, by, today, again=again)
    return Laid(remit, reading, fresh, undoes, sides(practice, fresh, reading.claims), following, later)


def lay_ahead(practice: Practice, remit_id: int, today: date) -> Laid | None:
    """A payment of which nothing is posted yet, laid beside whoever writes; None where only its turn can tell what it does."""
    with snapshot():
        remit = next(_new([remit_id], practice=practice.pk), None)
        if remit is None:
            return None
        remit.payer = next(_payer([remit.payer_id]), None) if remit.payer_id else None
        reading = read(practice, remit)
        if comes_late(remit, reading.claims.values()):
            return None
        return lay(practice, remit, reading, None, today)._replace(mark=_mark(remit, reading))


_new = asked_rows(Remit, lambda pks, practice: Remit.objects.filter(pk__among=pks, practice=practice, status="new"), "content")
_payer = asked_rows(PayerRecord, lambda pks: PayerRecord.objects.filter(pk__among=pks))


def _mark(remit: Remit, reading: Reading) -> frozenset[tuple[Any, ...]]:
    """How much the books say of each visit, and each claim's own history, which only ever grow; and whom the payer names."""
    visits = reading.visits
    named = named_by_payer(remit.payer, reading.plan.remit)
    return frozenset((what, *row) for what, rows in enumerate((_entries(visits), _told(visits), named)) for row in rows)


_status = asked(lambda pks: Remit.objects.filter(pk__among=pks).values_list("status"))
_entries = asked(
    lambda visits: (
        LedgerEntry.objects.filter(encounter__among=visits).order_by().values_list("encounter").annotate(count=Count("pk"))
    )
)
_told = asked(
    lambda visits: (
        ClaimEvent.objects.filter(claim__encounter__among=visits).order_by().values_list("claim").annotate(count=Count("pk"))
    )
)


_posted = asked(lambda remits: LedgerEvent.objects.filter(remit__among=remits).order_by().values_list("key", "undone_by"))


def _events(plan: PostingPlan, remit: Remit, today: date) -> tuple[list[Event], dict[str, str]]:
    """The plan's events; what was posted before and undone by hand is posted under a fresh key."""
    undoes = {claim_key(remit.key, c.position, c.part): c.undoes.key for c in plan.posted if c.undoes is not None}
    count, standing = Counter[str](), set[str]()
    for key, undone_by in _posted([remit.pk]):
        base = key.partition(":again")[0]
        count[base] += 1
        if undone_by is None:
            standing.add(base)
    fresh: list[Event] = []
    for event in events(plan, today, remit.key):
        if event.key in standing:
            continue
        key = f"{event.key}:again{count[event.key]}" if count[event.key] else event.key
        if event.key in undoes:
            undoes[key] = undoes.pop(event.key)
        fresh.append(msgspec.structs.replace(event, key=key))
    return fresh, undoes
