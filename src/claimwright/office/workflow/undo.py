"""Undoing a posting: reversal entries with a reason and a name, and the decision waits for a person again (C072)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max, Q

from claimwright.money import dollars
from claimwright.office.records.content import unpack
from claimwright.office.records.models import (
    ClaimRecord,
    Encounter,
    LedgerEvent,
    Practice,
    Remit,
    RemitClaimRow,
    User,
)
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.posting import post_remittance
from claimwright.office.workflow.reposting import UNDONE, events_by, standing, take_back_event, uncount
from claimwright.office.workflow.settling import settle
from claimwright.office.workflow.trail import books, changed, find, tell, touched
from claimwright.office.workflow.underpayments import taken_back
from claimwright.office.workflow.undone import billed_since, recheck_secondaries, take_back_denials
from claimwright.remits.holding import NEXT_STEP
from claimwright.remits.model import RemitClaim
from claimwright.remits.plan import forwarded

NOT_TAKEN_BACK = "Not taken back"
"""How an undone decision's next step begins, where something of it has left the house."""


@transaction.atomic
def undo_posting(*, practice: Practice, by: User | None, today: date, remit_claim_id: int, reason: str) -> RemitClaimRow:
    """Take one decision of a payment out of the books again, entry by entry; it waits until a person posts it once more.

    What cannot be taken back (appeals, bills, claims to the next payer that have left) is said in its next step, and is work.
    """
    books(practice)
    row = find(RemitClaimRow, practice, remit_claim_id, "remit__payer", "remit__file", "claim", path="remit__practice")
    if row.status != "posted":
        raise Refused("It is not posted: there is nothing to undo.")
    _why(reason)
    _undo(practice, [row], by, today, reason.strip())
    return row


@transaction.atomic
def undo_remittance(*, practice: Practice, by: User | None, today: date, remit_id: int, reason: str) -> Remit:
    """Take a whole payment out of the books again: each decision, and what the payer adjusted beside its claims."""
    books(practice)
    remit = find(Remit, practice, remit_id, "payer")
    _why(reason)
    rows = list(remit.claims.filter(status="posted").select_related("remit__payer", "remit__file", "claim"))
    beside = LedgerEvent.objects.filter(practice=practice, remit=remit, kind="provider_adjustment", undone_by=None)
    if not rows and not beside.exists():
        raise Refused("Nothing of this payment is posted.")
    for event in beside.select_related("undoes", "remit").order_by("-pk"):
        take_back_event(practice, event, by, today, prefix="undo", memo=reason.strip())
    _undo(practice, rows, by, today, reason.strip())
    remit.refresh_from_db()
    changed(remit, status="parked", reason=f"Undone: {reason.strip()}"[:300])
    return remit


@transaction.atomic
def post_again(*, practice: Practice, by: User | None, today: date, remit_claim_id: int) -> RemitClaimRow:
    """Post a decision that was undone once more, as it was."""
    books(practice)
    row = find(RemitClaimRow, practice, remit_claim_id, "remit", path="remit__practice")
    if row.hold != UNDONE:
        raise Refused("It was not undone.")
    changed(row, hold="", reason="", next_step="")
    post_remittance(practice=practice, by=by, today=today, remit_id=row.remit_id)
    row.refresh_from_db()
    if row.status != "posted":
        raise Refused(row.reason or "It cannot be posted.")
    return row


def _why(reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why: the reason stays with the reversal entry.")


def _undo(practice: Practice, rows: Iterable[RemitClaimRow], by: User | None, today: date, reason: str) -> None:
    """Undo decisions of one payment, the latest posted first."""
    events = {row.pk: standing(practice, row) for row in rows}
    ours = {event.pk for found in events.values() for event in found}
    claims = _claims_of(rows)
    visits = {claim.encounter_id for found in claims.values() for claim in found}
    latest = [pk for row in rows if (pk := events_by(practice, row).aggregate(latest=Max("pk"))["latest"])]
    _last_on(practice, visits, min(latest, default=0), ours)
    for row in sorted(rows, key=lambda one: max((event.pk for event in events[one.pk]), default=0), reverse=True):
        for event in events[row.pk]:
            take_back_event(practice, event, by, today, prefix="undo", memo=reason)
        _wait_again(row, claims[row.pk], by, today, reason)
    settle(Encounter.objects.filter(pk__in=visits), today)


def _claims_of(rows: Iterable[RemitClaimRow]) -> dict[int, list[ClaimRecord]]:
    """The claims that each decision was posted to; a decision may stand for several."""
    found: dict[int, list[ClaimRecord]] = {}
    for row in rows:
        wanted = {row.claim_id, *row.parts.values_list("claim", flat=True)} - {None}
        claims = ClaimRecord.objects.filter(pk__in=wanted).select_related("patient", "encounter", "payer")
        found[row.pk] = list(claims.order_by("pk"))
    return found


def _last_on(practice: Practice, visits: Collection[int], posted: int, ours: Collection[int]) -> None:
    """Refuse while a payment that was posted on the same visit after the event `posted` still stands."""
    if not posted:
        return
    later = LedgerEvent.objects.filter(
        practice=practice,
        kind__in=("remittance", "reversal"),
        undone_by=None,
        pk__gt=posted,
        entries__encounter__in=visits,
    ).exclude(pk__in=ours)
    other = later.select_related("remit").order_by("-pk").first()
    if other is not None:
        named = f"payment {other.remit.trace}" if other.remit else "another payment"
        raise Refused(f"On the same visit {named} was posted after it: undo that first.")


def _wait_again(row: RemitClaimRow, claims: list[ClaimRecord], by: User | None, today: date, reason: str) -> None:
    """The row back in the queue, its claims back where they stood, and what followed from it gone."""
    remit = row.remit
    uncount(row, status="partly")
    changed(
        row,
        status="parked",
        hold=UNDONE,
        reason=f"Undone: {reason}"[:300],
        next_step=NEXT_STEP["undone"],
        owed_back=False,
    )
    payer = remit.payer.name if remit.payer else "the payer"
    left: list[str] = []
    for claim in claims:
        _back_to_where_it_stood(claim, row)
        if remit.payer_id in (claim.payer_id, None):
            claim.lines.update(allowed=None)
            changed(claim, underpaid=0)
            taken_back(claim.underpaid_lines.all())
        text = f"The posting of ${dollars(row.paid)} from {payer} ({remit.trace}) was undone: {reason}"
        number = claim.events.filter(key__startswith=f"undone:{row.pk}:").count() + 1
        key = f"undone:{row.pk}:{number}"
        tell(claim, today=today, kind="undone", text=text, key=key, by=by, file=remit.file)
        left += _leave_behind(claim, row, key, by, today)
        touched(claim.practice, by, claim.patient, "posting undone")
    if left:
        changed(row, next_step=f"{_sentence(left)} {NEXT_STEP['undone']}"[:300])
    others = remit.claims.filter(status="posted").exists()
    changed(remit, status="partly" if others else "parked", reason=f"Undone: {reason}"[:300])


def _leave_behind(claim: ClaimRecord, row: RemitClaimRow, key: str, by: User | None, today: date) -> list[str]:
    """What hangs on the decision taken back as far as it can be, the rest left to do on its claim; what was left, in words."""
    left = take_back_denials(claim, row.remit)
    others = RemitClaimRow.objects.filter(Q(claim=claim) | Q(parts__claim=claim), status="posted")
    if claim.forwarded and forwarded(unpack(row.content, RemitClaim)) and not others.exists():
        changed(claim, forwarded=False)
        left.append(f"{claim.payer.name} has forwarded the claim to the next payer itself")
    posted = claim.events.filter(kind="posted", key__startswith=f"posted:{row.pk}").last()
    left += billed_since(claim, posted.on) if posted else []
    if left:
        changed(claim, follow_up=f"The posting was undone, but {'; '.join(left)}"[:300])
        tell(claim, today=today, kind="left", text=_sentence(left), key=f"{key}:left", by=by)
    return left + recheck_secondaries(claim, today, by)


def _sentence(left: list[str]) -> str:
    return f"{NOT_TAKEN_BACK}: {'; '.join(left)}."


def _back_to_where_it_stood(claim: ClaimRecord, row: RemitClaimRow) -> None:
    """The claim's state before this posting, unless another payment still stands on it."""
    others = RemitClaimRow.objects.filter(Q(claim=claim) | Q(parts__claim=claim), status="posted")
    if others.exclude(pk=row.pk).exists():
        return
    posted = [one for one in claim.events.all() if one.key.split(":")[:2] == ["posted", str(row.pk)]]
    before = claim.events.filter(pk__lt=posted[-1].pk).last() if posted else None
    if before is not None:
        changed(claim, state=before.state)
