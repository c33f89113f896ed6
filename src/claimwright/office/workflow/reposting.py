"""Payments that come out of order: undo what later ones did to the same claims, and find what waited for this one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import groupby

import msgspec
from django.db.models import Q, QuerySet

from claimwright.ledger.events import reversal_of
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import Many
from claimwright.office.records.ledger import append, event_of
from claimwright.office.records.models import ClaimRecord, LedgerEvent, Practice, Remit, RemitClaimPart, RemitClaimRow, User
from claimwright.office.records.remittances import remittances
from claimwright.office.workflow.trail import changed
from claimwright.remits.book import payers_order
from claimwright.remits.holding import Hold
from claimwright.remits.planned import BY_HAND
from claimwright.remits.post import claim_key

SETTLED = ("posted", "aside")
FINISHED = ("posted", "void")
UNDONE: Hold = "undone"
"""Held by a person who undid it: it is posted again only when a person says so."""
WAITS_FOR_OTHERS: tuple[Hold, ...] = ("waits for original", "other amount", "decided before", "more than open")
"""What may post by itself once another payment is in the books."""


def rewind(practice: Practice, remit: Remit, encounters: Collection[int], by: User | None, today: date) -> list[Remit]:
    """Take back what payments that come after this one in the payer's order did to the same visits, latest first.

    The payments to post again, in their order. Each step is an entry of its own: nothing in the books is changed.
    """
    order, after = _later_decisions(remit, encounters)
    again = True
    while again:  # what a reversal took back stands again, and may be of a decision that is taken back too
        again = any([_take_back(practice, row, by, today) for row in after])
    for row in after:
        changed(row, status="new", reason="")
        uncount(row, status="partly")
    in_turn = sorted(after, key=lambda row: order[row.remit_id])
    return [next(rows).remit for _, rows in groupby(in_turn, key=lambda row: row.remit_id)]


def comes_late(remit: Remit, claims: Iterable[ClaimRecord]) -> bool:
    """Whether payments that come after this one may have moved these claims' visits already."""
    visits = {claim.encounter_id for claim in claims}
    return any(_laid_together(visits)) or bool(_later_decisions(remit, visits)[1])


def _later_decisions(remit: Remit, encounters: Collection[int]) -> tuple[dict[int, tuple[date, int, str]], list[RemitClaimRow]]:
    """Where payments stand in the payer's order, and what later ones than this decided on these visits, latest first."""
    rows = _decisions_on(encounters)
    others = {row.remit_id for row in rows} - {remit.pk}
    if not others:
        return {}, []
    same_or_after = Remit.objects.filter(pk__in=others, paid_on__gte=remit.paid_on).defer("content")
    remits = {other.pk: other for other in same_or_after.select_related("payer")}
    found = [row for row in rows if row.remit_id in remits]
    if not found:
        return {}, []
    said = remittances({remit.pk, *remits})
    order = {pk: payers_order(remittance) for pk, remittance in said.items()}
    after = [row for row in found if order[row.remit_id] > order[remit.pk]]
    for row in after:
        row.remit = remits[row.remit_id]
    after.sort(key=lambda row: (order[row.remit_id], row.clp_status != "22", row.position), reverse=True)
    return order, after


_laid_together = asked(lambda visits: RemitClaimPart.objects.filter(claim__encounter__among=visits).values_list("row"))
# apart from their rows, so that each is found by its own index
_posted = asked(lambda claims: RemitClaimRow.objects.filter(status="posted", claim__among=claims).order_by().values_list("pk"))
_claims_of = asked(lambda visits: ClaimRecord.objects.filter(encounter__among=visits).values_list("pk"))


def _decisions_on(encounters: Collection[int]) -> list[RemitClaimRow]:
    """The posted decisions on these visits, and on those of claims that a payer laid together with theirs."""
    laid = {row for (row,) in _laid_together(encounters)}
    if laid:
        beside = set(RemitClaimPart.objects.filter(row__in=laid).values_list("claim__encounter", flat=True))
        if beside - set(encounters):
            return _decisions_on({*encounters, *beside})
    posted = RemitClaimRow.objects.filter(status="posted")
    known = Many(row for (row,) in _posted(claim for (claim,) in _claims_of(encounters)))
    rows = {row.pk: row for row in posted.filter(pk__among=known)} if known.values else {}
    if laid - rows.keys():
        rows |= posted.in_bulk(laid - rows.keys())
    return list(rows.values())


def _take_back(practice: Practice, row: RemitClaimRow, by: User | None, today: date) -> bool:
    """Undo what a decision posted; whether a reversal was among it."""
    found = standing(practice, row)
    for posted in found:
        take_back_event(practice, posted, by, today, prefix="reorder", memo="decided again in the payer's order")
    return any(posted.kind == "reversal" for posted in found)


def standing(practice: Practice, row: RemitClaimRow) -> list[LedgerEvent]:
    """What a decision posted and nothing has undone since, latest first."""
    events = events_by(practice, row).filter(undone_by=None)
    return list(events.select_related("undoes__remit", "remit").order_by("-pk"))


def events_by(practice: Practice, row: RemitClaimRow) -> QuerySet[LedgerEvent]:
    """Everything that a decision ever posted."""
    key = claim_key(row.remit.key, row.position)
    ours = Q(key=key) | Q(key__startswith=f"{key}:part") | Q(key__startswith=f"{key}:again")
    return LedgerEvent.objects.filter(ours, practice=practice)


def take_back_event(
    practice: Practice, posted: LedgerEvent, by: User | None, today: date, *, prefix: str, memo: str
) -> LedgerEvent:
    """Undo one event by its opposite; of a reversal, what it took back stands again, under a fresh key."""
    if posted.kind == "reversal" and posted.undoes is not None:  # what stands again undoes something too, but is no reversal
        first = posted.undoes
        base = first.key.partition(":again")[0]
        number = LedgerEvent.objects.filter(Q(key=base) | Q(key__startswith=f"{base}:again"), practice=practice).count()
        fresh = msgspec.structs.replace(event_of(first), key=f"{base}:again{number}", on=today)
        return append(practice, [fresh], by=by, remit=first.remit, undoes={fresh.key: posted.key})[0]
    undo = f"{prefix}:{posted.key}"
    opposite = reversal_of(event_of(posted), key=undo, on=today, memo=memo)
    return append(practice, [opposite], by=by, remit=posted.remit, undoes={undo: posted.key})[0]


def uncount(row: RemitClaimRow, *, status: str) -> None:
    """The remittance without the lines, and parts, of a decision that is no longer posted."""
    row.parts.all().delete()
    lines = len(row.content.get("lines", ())) or 1
    untouched = lines if row.matched_by not in ("", BY_HAND) and not row.owed_back else 0
    changed(
        row.remit,
        status=status,
        lines_posted=max(row.remit.lines_posted - lines, 0),
        lines_untouched=max(row.remit.lines_untouched - untouched, 0),
    )


def _waiting() -> QuerySet[RemitClaimRow]:
    return RemitClaimRow.objects.filter(status="parked", hold__in=WAITS_FOR_OTHERS)


# two, so that each is found by its own index
_named_and_wait = asked(lambda numbers: _waiting().filter(patient_control_number__among=numbers).values_list("remit"))
_wait = asked(lambda claims: _waiting().filter(claim__among=claims).values_list("remit"))


def next_waiting(practice: Practice, claims: Iterable[ClaimRecord], tried: Collection[int]) -> Remit | None:
    """The first payment, in the payer's order, with a decision on these claims that waits for another payment."""
    claims = list(claims)
    found = {remit for (remit,) in _named_and_wait(claim.patient_control_number for claim in claims)}
    found |= {remit for (remit,) in _wait([claim.pk for claim in claims])}
    if not found - set(tried):
        return None
    waiting = Remit.objects.filter(practice=practice, pk__in=found - set(tried)).defer("content")
    remits = {other.pk: other for other in waiting.select_related("payer")}
    said = remittances(remits)
    return min(remits.values(), key=lambda remit: payers_order(said[remit.pk]), default=None)
