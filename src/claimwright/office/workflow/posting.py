"""A payer's decision into the books: what is certain is posted, the rest waits with its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
from django.db import transaction
from django.db.models import Q

from claimwright.claims.states import CLOSED, PENDING
from claimwright.denials.classify import classify
from claimwright.ledger.model import Event
from claimwright.money import dollars
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.content import unpack
from claimwright.office.records.convert import plan_of
from claimwright.office.records.ledger import append
from claimwright.office.records.models import (
    ClaimRecord,
    Denial,
    Deposit,
    Encounter,
    Guarantor,
    LedgerEvent,
    Practice,
    Remit,
    RemitClaimRow,
    User,
)
from claimwright.office.records.outbox import enqueue
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.openclaims import as_open, open_claims
from claimwright.office.workflow.posting_rules import posting_rules
from claimwright.office.workflow.reposting import FINISHED, SETTLED, UNDONE, next_waiting, rewind
from claimwright.office.workflow.settling import apply_held_money, settle
from claimwright.office.workflow.trail import books, changed, find, tell, touched
from claimwright.office.workflow.underpayments import keep_shortfalls, taken_back
from claimwright.pricing.model import Price
from claimwright.remits.matching import HandMatch, by_hand
from claimwright.remits.model import RemitClaim, Remittance
from claimwright.remits.plan import BY_HAND, NOT_A_DECISION, PlannedClaim, PostingPlan, plan_posting
from claimwright.remits.post import claim_key, events
from claimwright.remits.underpaid import underpayments


@transaction.atomic
def post_remittance(*, practice: Practice, by: User | None, today: date, remit_id: int) -> Remit:
    """Post a payment claim by claim; run again, it posts only what was held and has since become certain.

    A payment that comes late is posted where the payer has it: what later ones did to its claims is undone and posted again,
    and what waited for it posts by itself. So the books say the same whatever the order in which payments arrive.
    """
    books(practice)
    remit = find(Remit, practice, remit_id, "payer")
    if remit.status in FINISHED:
        return remit
    second_person(practice, remit, by)
    plan, claims = _plan(practice, remit)
    encounters = {claim.encounter_id for claim in claims.values()}
    later = rewind(practice, remit, encounters, by, today)
    if later:
        plan, claims = _plan(practice, remit)
    moved = _post(practice, remit, plan, claims, by, today)
    tried = {remit.pk}
    for other in later:
        moved |= _post(practice, other, *_plan(practice, other), by, today, again=True)
    while moved and (other := next_waiting(practice, claims.values(), tried)) is not None:
        tried.add(other.pk)
        fresh = _post(practice, other, *_plan(practice, other), by, today)
        tried = {other.pk} if fresh else tried
        moved |= fresh
    for guarantor in Guarantor.objects.filter(patients__encounters__in=moved).distinct():
        apply_held_money(practice, guarantor, today)
    settle(Encounter.objects.filter(pk__in=moved), today)
    remit.refresh_from_db()
    return remit


def second_person(practice: Practice, remit: Remit, by: User | None) -> None:
    """Where the practice wants two people, who keyed a remittance in from paper does not post it, and no job does."""
    if practice.two_person_posting and remit.keyed_by_id is not None and (by is None or by.pk == remit.keyed_by_id):
        raise Refused("Two people: whoever keyed this remittance in may not post it. Ask a colleague to look and post.")


def plan_remittance(practice: Practice, remit: Remit) -> PostingPlan:
    """What posting a payment now would do; nothing is changed."""
    return _plan(practice, remit)[0]


def _plan(practice: Practice, remit: Remit) -> tuple[PostingPlan, dict[str, ClaimRecord]]:
    """What a payment would post now, and the claims that it is about."""
    remittance = unpack(remit.content, Remittance)
    rows = {row.position: row for row in remit.claims.select_related("claim")}
    chosen = {position: row.claim for position, row in rows.items() if row.claim is not None and row.matched_by == BY_HAND}
    plan = plan_posting(
        remittance,
        open_claims(practice, remit.payer, remittance, [claim.pk for claim in chosen.values()]),
        posting_rules(practice, remit.payer, remittance),
        chosen={position: claim.patient_control_number for position, claim in chosen.items()},
        owed_back=[position for position, row in rows.items() if row.owed_back],
        done=[position for position, row in rows.items() if row.status in SETTLED or row.hold == UNDONE],
    )
    return plan, _matched(practice, plan)


def _post(
    practice: Practice,
    remit: Remit,
    plan: PostingPlan,
    claims: dict[str, ClaimRecord],
    by: User | None,
    today: date,
    *,
    again: bool = False,
) -> set[int]:
    """Post a plan; the visits on which something moved."""
    rows = {row.position: row for row in remit.claims.select_related("claim")}
    _append(practice, plan, remit, by, today)
    in_turn = sorted(plan.claims, key=lambda planned: not planned.remit_claim.reversal)
    followed = [_follow(remit, rows[planned.position], planned, claims, today, by, again) for planned in in_turn]
    _remember(remit, plan, list(rows.values()))
    return {claim.encounter_id for claim in followed if claim is not None}


def _append(practice: Practice, plan: PostingPlan, remit: Remit, by: User | None, today: date) -> None:
    """The plan's events; what was posted before and undone by hand is posted under a fresh key."""
    posted = list(events(plan, today, remit.key))
    undoes = {claim_key(remit.key, c.position, c.part): c.undoes.key for c in plan.posted if c.undoes is not None}
    fresh: list[Event] = []
    for event in posted:
        before = LedgerEvent.objects.filter(Q(key=event.key) | Q(key__startswith=f"{event.key}:again"), practice=practice)
        if before.filter(undone_by=None).exists():
            continue
        again = before.count()
        key = f"{event.key}:again{again}" if again else event.key
        if event.key in undoes:
            undoes[key] = undoes.pop(event.key)
        fresh.append(msgspec.structs.replace(event, key=key))
    append(practice, fresh, by=by, remit=remit, undoes=undoes)


def _matched(practice: Practice, plan: PostingPlan) -> dict[str, ClaimRecord]:
    numbers = {planned.match.patient_control_number for planned in plan.claims if planned.match}
    rows = ClaimRecord.objects.filter(practice=practice, patient_control_number__in=numbers)
    related = rows.select_related("payer", "patient", "encounter", "coverage__plan", "replaces")
    return {row.patient_control_number: row for row in related}


def _follow(
    remit: Remit,
    row: RemitClaimRow,
    planned: PlannedClaim,
    claims: dict[str, ClaimRecord],
    today: date,
    by: User | None,
    again: bool = False,
) -> ClaimRecord | None:
    """Everything one claim's decision means beside the ledger: its row, its lines, its denials, its state, the next payer."""
    claim = claims.get(planned.match.patient_control_number) if planned.match else None
    if not planned.posts:
        sure = claim if planned.matched_by.endswith("control number") or planned.matched_by == BY_HAND else None
        changed(
            row,
            status="parked",
            reason=planned.held_reason[:300],
            hold=planned.hold or "",
            next_step=planned.next_step[:300],
            claim=sure,
            matched_by=planned.matched_by[:40],
            score=Decimal(str(planned.likeness.score)),
        )
        if claim is not None and planned.remit_claim.status in NOT_A_DECISION:
            text = f"{planned.held_reason}"
            tell(claim, today=today, kind="pending", text=text, key=f"pending:{row.pk}", state=PENDING)
        return None
    again = again or row.status == "parked"
    by_words = planned.matched_by[:40] if claim is not None or planned.matched_by == BY_HAND else ""
    score = Decimal(str(planned.likeness.score))
    matched = row.claim if planned.part else claim  # of a CLP that stands for several claims, the first
    changed(row, status="posted", reason="", hold="", next_step="", claim=matched, matched_by=by_words, score=score)
    if claim is None:
        return None  # owed back to the payer, for no claim of ours
    if planned.credit or not (planned.lines or planned.remit_claim.reversal):
        number = _number(claim, f"owed-back:{row.pk}", again)
        tell(claim, today=today, kind="credit", text=planned.why[0], key=number, by=by, file=remit.file)
        return claim
    # A payer that got the claim from another payer answers under the first one's number.
    own = remit.payer_id in (claim.payer_id, None)  # None: payers pay under ids that they do not bill under
    if planned.remit_claim.payer_control_number and not claim.payer_control_number and own:
        changed(claim, payer_control_number=planned.remit_claim.payer_control_number)
    if own:
        _judge_lines(remit, claim, planned, today)
    _write_denials(remit, claim, planned, again)
    if planned.crossover and not claim.forwarded:
        changed(claim, forwarded=True)
    if planned.secondary_due and not claim.forwarded:  # a payer that forwards its decision forwards the correction too
        enqueue(claim.practice, "secondary claim", f"secondary:{claim.pk}", {"claim_id": claim.pk})
    payer = remit.payer.name if remit.payer else unpack(remit.content, Remittance).payer.name
    text = in_words(payer, planned)
    number = _number(claim, f"posted:{row.pk}" + (f":part{planned.part}" if planned.part else ""), again)
    tell(claim, today=today, kind="posted", text=text, key=number, state=planned.state_after, by=by, file=remit.file)
    if claim.replaces is not None and planned.state_after and not planned.remit_claim.reversal:
        replaced = f"Replaced by {claim.patient_control_number}, which is decided"
        tell(claim.replaces, today=today, kind="replaced", text=replaced, key=f"replaced:{claim.pk}", state=CLOSED)
    touched(claim.practice, by, claim.patient, "remittance posted")
    return claim


def _number(claim: ClaimRecord, key: str, again: bool) -> str:
    """The key of an event that may happen to a claim more than once: what was undone and is posted again is told again."""
    count = claim.events.filter(key__startswith=key).count() if again else 0
    return f"{key}:again{count}" if count else key


def in_words(payer: str, planned: PlannedClaim) -> str:
    """What a decision did, in a line for the claim's timeline."""
    if planned.undoes is not None or planned.remit_claim.reversal:
        return f"{payer} took back its decision"
    said = [f"{payer} paid ${dollars(sum(line.paid for line in planned.lines))}"]
    shares = {
        "written off by agreement": sum(line.contractual for line in planned.lines),
        "the patient's": sum(line.patient for line in planned.lines),
        "for the next payer": planned.to_next_payer,
    }
    said += [f"${dollars(amount)} {words}" for words, amount in shares.items() if amount]
    if planned.denials:
        reasons = ", ".join(dict.fromkeys(f"{d.group}-{d.reason}" for d in planned.denials))
        said.append(f"${dollars(sum(d.amount for d in planned.denials))} denied ({reasons})")
    if planned.crossover:
        said.append("forwarded to the next payer by itself")
    return ", ".join(said)


def _judge_lines(remit: Remit, claim: ClaimRecord, planned: PlannedClaim, today: date) -> None:
    """What was allowed against what the contract says; a cent short is underpaid."""
    decided = {line.line: line for line in planned.lines}
    rows = list(claim.lines.all())
    for row in rows:
        one = decided.get(row.control_number)
        if planned.remit_claim.reversal:
            changed(row, allowed=None)
        elif one is not None:
            changed(row, allowed=one.allowed)
    agreed = [
        Price(line=row.number, allowed=row.expected_allowed, working=tuple(row.price_working), source=row.price_source)
        for row in rows
        if row.expected_allowed is not None
    ]
    short = underpayments(claim_of(claim), planned.lines, agreed)
    changed(claim, underpaid=sum(one.short for one in short))
    if planned.remit_claim.reversal:
        taken_back(claim)
    else:
        keep_shortfalls(claim, remit, planned.lines, short, today)


def _write_denials(remit: Remit, claim: ClaimRecord, planned: PlannedClaim, again: bool) -> None:
    """Each refused amount becomes work; work on what is now paid is done."""
    if planned.remit_claim.reversal:
        return
    lines = {line.control_number: line for line in claim.lines.all()}
    refused = {denial.line for denial in planned.denials}
    paid = [line.line for line in planned.lines if line.line not in refused]
    earlier = Denial.objects.filter(claim__encounter=claim.encounter, status__in=["open", "appealed", "corrected"])
    earlier = earlier.exclude(remit=remit)
    earlier.filter(line__control_number__in=paid).update(status="won")
    earlier.filter(line__control_number__in=refused).update(status="lost")
    if not planned.denials:
        return
    if again:  # what a payment that came in between had settled is open as it was
        Denial.objects.filter(remit=remit, claim=claim, status__in=["won", "lost"]).update(status="open")
    content = claim_of(claim)
    filing = plan_of(claim.coverage.plan).timely_filing_days
    for denial in planned.denials:
        work = classify(
            denial, denied_on=remit.paid_on, claim=content, appeal_days=claim.payer.appeal_days, timely_filing_days=filing
        )
        Denial.objects.get_or_create(
            remit=remit,
            claim=claim,
            line=lines.get(denial.line),
            group=denial.group,
            reason=denial.reason,
            defaults={
                "remarks": " ".join(denial.remarks)[:40],
                "amount": denial.amount,
                "category": work.category,
                "words": work.words[:300],
                "next_step": work.next_step[:300],
                "action": work.action,
                "deadline": work.deadline,
                "denied_on": remit.paid_on,
            },
        )


def _remember(remit: Remit, plan: PostingPlan, rows: list[RemitClaimRow]) -> None:
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
    waiting = list(Deposit.objects.filter(practice=practice, remit=None, aside=False, said="").order_by("pk"))
    told = Remit.objects.filter(practice=practice, deposit=None, trace__in={deposit.trace for deposit in waiting})
    remits = {(remit.trace, remit.paid): remit for remit in told.exclude(status="void").order_by("-pk")}
    found = 0
    for deposit in waiting:
        remit = remits.pop((deposit.trace, deposit.amount), None)
        if remit is not None:
            changed(deposit, remit=remit)
            found += 1
    return found
