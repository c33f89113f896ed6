"""A payer's decision into the books: what is certain is posted, the rest waits with its reason."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from claimwright.money import dollars
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import update
from claimwright.office.records.content import unpack
from claimwright.office.records.ledger import append
from claimwright.office.records.models import (
    ClaimRecord,
    Deposit,
    Practice,
    Remit,
    RemitClaimRow,
    User,
)
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.following import Decision
from claimwright.office.workflow.laying import Laid, lay, read
from claimwright.office.workflow.openclaims import as_open
from claimwright.office.workflow.reposting import FINISHED, SETTLED, next_waiting, rewind
from claimwright.office.workflow.settling import apply_held_money, guarantors_ahead, settle_visits
from claimwright.office.workflow.trail import books, changed, find, together, touched
from claimwright.remits.matching import HandMatch, by_hand
from claimwright.remits.model import RemitClaim
from claimwright.remits.plan import BY_HAND, NOT_A_DECISION, PostingPlan


@transaction.atomic
def post_remittance(*, practice: Practice, by: User | None, today: date, remit_id: int, laid: Laid | None = None) -> Remit:
    """Post a payment claim by claim; run again, it posts only what was held and has since become certain.

    A payment that comes late is posted where the payer has it: what later ones did to its claims is undone and posted again,
    and what waited for it posts by itself. So the books say the same whatever the order in which payments arrive.
    `laid`: what it would post, as it was read before; where something has changed since it is read again.
    """
    books(practice)
    later: list[Remit] = []
    if laid is None or not laid.stands():
        remit = find(Remit, practice, remit_id, "payer", without=("content",))
        if remit.status in FINISHED:
            return remit
        reading = read(practice, remit)
        later = rewind(practice, remit, {claim.encounter_id for claim in reading.claims.values()}, by, today)
        if later:
            reading = read(practice, remit)
        laid = lay(practice, remit, reading, by, today)
    remit = laid.remit
    second_person(practice, remit, by)
    claims = {claim.pk: claim for claim in laid.reading.claims.values()}
    with together(claims.values(), laid.later):
        moved = _write(practice, laid, by)
        alone = not (later or guarantors_ahead(moved) or next_waiting(practice, moved and claims.values(), {remit.pk}))
        if alone:
            settle_visits(moved, today, claims)
    if alone:
        return remit
    tried = {remit.pk}
    for other in later:
        moved |= _post(practice, other, by, today, again=True)
    while moved and (other := next_waiting(practice, claims.values(), tried)) is not None:
        tried.add(other.pk)
        fresh = _post(practice, other, by, today)
        tried = {other.pk} if fresh else tried
        moved |= fresh
    for guarantor in guarantors_ahead(moved):
        apply_held_money(practice, guarantor, today)
    settle_visits(moved, today)
    remit.refresh_from_db(fields=("status", "reason", "lines_posted", "lines_untouched"))  # it may have been posted once more
    return remit


def second_person(practice: Practice, remit: Remit, by: User | None) -> None:
    """Where the practice wants two people, who keyed a remittance in from paper does not post it, and no job does."""
    if practice.two_person_posting and remit.keyed_by_id is not None and (by is None or by.pk == remit.keyed_by_id):
        raise Refused("Two people: whoever keyed this remittance in may not post it. Ask a colleague to look and post.")


def plan_remittance(practice: Practice, remit: Remit) -> PostingPlan:
    """What posting a payment now would do; nothing is changed."""
    return read(practice, remit).plan


def _post(practice: Practice, remit: Remit, by: User | None, today: date, *, again: bool = False) -> set[int]:
    """Post a payment as the books now stand; the visits on which something moved."""
    laid = lay(practice, remit, read(practice, remit), by, today, again=again)
    with together((), laid.later):
        return _write(practice, laid, by)


def _write(practice: Practice, laid: Laid, by: User | None) -> set[int]:
    """Write what is laid, within `together`; the visits on which something moved."""
    reading = laid.reading
    append(practice, laid.events, by=by, remit=laid.remit, undoes=laid.undoes, ready=laid.sides)
    laid.following.write()
    _remember(laid.remit, reading.plan, list(reading.rows.values()))
    return laid.following.moved


def _remember(remit: Remit, plan: PostingPlan, rows: list[Decision]) -> None:
    parked = [row for row in rows if row.status not in SETTLED]
    held = [one.held_reason for one in plan.provider_held]
    if not parked and not held:
        status, reason = "posted", ""
    else:
        status = "partly" if len(parked) < len(rows) or (rows and not parked) else "parked"
        reason = plan.held_reason or (parked[0].reason if parked else held[0])
    changed(
        remit,
        status=status,
        reason=reason[:300],
        lines_posted=remit.lines_posted + plan.lines_posted,
        lines_untouched=remit.lines_untouched + plan.lines_untouched,
    )


@transaction.atomic
def match_remit_claim(
    *, practice: Practice, by: User | None, today: date, remit_claim_id: int, claim_id: int, despite: str = ""
) -> RemitClaimRow:
    """A person says which claim a parked decision is about; then it is posted like any other, or nothing is changed.

    Where neither the member id nor the name is the patient's it is refused, unless `despite` says why it is right all the same.
    """
    books(practice)
    row = find(RemitClaimRow, practice, remit_claim_id, "remit", path="remit__practice")
    claim = find(ClaimRecord, practice, claim_id, "patient")
    if row.status in SETTLED:
        raise Refused("This decision is posted already." if row.status == "posted" else "This decision was put aside.")
    told = compare_by_hand(practice=practice, row=row, claim=claim)
    if told.refused and not despite.strip():
        said = " ".join(dict.fromkeys((told.refused, *told.differences)))
        raise Refused(f"It may not be of {claim.patient_control_number}. {said} Match it all the same only with the reason why.")
    changed(row, claim=claim, matched_by=BY_HAND, hold="", said=despite.strip()[:200])
    post_remittance(practice=practice, by=by, today=today, remit_id=row.remit_id)
    touched(practice, by, claim.patient, "remittance matched by hand")
    row.refresh_from_db()
    if row.status != "posted":
        raise Refused(f"It cannot be posted to {claim.patient_control_number}. {row.reason}")
    return row


def compare_by_hand(*, practice: Practice, row: RemitClaimRow, claim: ClaimRecord) -> HandMatch:
    """What agrees and what differs between a parked decision and a claim, for the person who matches them."""
    (ours,) = as_open([claim], row.remit.payer)
    return by_hand(ours, unpack(row.content, RemitClaim))


@transaction.atomic
def owe_back(
    *, practice: Practice, by: User | None, today: date, remit_claim_id: int, reason: str, claim_id: int | None = None
) -> RemitClaimRow:
    """We owe it back: a parked payment is not ours to keep; it stands as the payer's credit until taken back or refunded."""
    books(practice)
    row = find(RemitClaimRow, practice, remit_claim_id, "remit", path="remit__practice")
    if row.status in SETTLED:
        raise Refused("This decision is posted already." if row.status == "posted" else "This decision was put aside.")
    if not reason.strip():
        raise Refused("Say why.")
    claim = find(ClaimRecord, practice, claim_id, "patient") if claim_id is not None else None
    by_words = BY_HAND if claim is not None else ""
    changed(row, claim=claim, matched_by=by_words, owed_back=True, hold="", said=reason.strip()[:200])
    post_remittance(practice=practice, by=by, today=today, remit_id=row.remit_id)
    row.refresh_from_db()
    if row.status != "posted":
        raise Refused(f"It cannot be owed back. {row.reason}")
    if claim is not None:
        touched(practice, by, claim.patient, "payment owed back to the payer")
    return row


@transaction.atomic
def put_aside(*, practice: Practice, by: User | None, today: date, remit_claim_id: int, reason: str) -> RemitClaimRow:
    """Nothing is to be done about a parked decision that moves no money: an estimate, a claim sent on, a repetition."""
    books(practice)
    row = find(RemitClaimRow, practice, remit_claim_id, "remit", path="remit__practice")
    if row.status in SETTLED:
        raise Refused("This decision is posted already." if row.status == "posted" else "This decision was put aside.")
    if not reason.strip():
        raise Refused("Say why.")
    if row.paid and row.clp_status not in NOT_A_DECISION:
        raise Refused(f"It pays ${dollars(row.paid)}: match it to its claim, or say that we owe it back.")
    changed(row, status="aside", said=reason.strip()[:200])
    post_remittance(practice=practice, by=by, today=today, remit_id=row.remit_id)
    return row


@transaction.atomic
def reconcile_deposits(*, practice: Practice, by: User | None, today: date) -> int:
    """Join each line of the bank to the remittance with its trace number and amount; how many found theirs.

    What a person took apart or put aside is left to people.
    """
    waiting = list(_waiting(practice=practice.pk))
    remits = {
        (trace, paid): remit for remit, trace, paid in _not_in_bank({trace for _, trace, _ in waiting}, practice=practice.pk)
    }
    joined = []
    for deposit, trace, amount in waiting:
        remit = remits.pop((trace, amount), None)
        if remit is not None:
            joined.append((remit, deposit))
    update(Deposit, ("remit",), joined)
    return len(joined)


_waiting = asked(
    lambda practice: (
        Deposit.objects.filter(practice=practice, remit=None, aside=False, said="")
        .order_by("pk")
        .values_list("pk", "trace", "amount")
    )
)
_not_in_bank = asked(
    lambda traces, practice: (
        Remit.objects.filter(practice=practice, deposit=None, trace__among=traces)
        .exclude(status="void")
        .order_by("-pk")
        .values_list("pk", "trace", "paid")
    )
)
