"""Claims: lists by state, held claims by edit, one claim's money."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
from django.db.models import BigIntegerField, Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from claimwright.claims import states
from claimwright.office.records.models import ClaimFinding, ClaimRecord, LedgerEntry, PayerRecord, Practice
from claimwright.office.reports import money

WAITING_FOR_PAYER = (states.SENT, states.ACCEPTED, states.PENDING)
DECIDED = (states.PAID, states.PART_PAID, states.DENIED, states.APPEALED, states.PATIENT, states.CLOSED)
NEXT_STEP = {
    states.DRAFT: "Check it",
    states.HELD: "Mend what the edits found, then check it again",
    states.READY: "Send it",
    states.SENT: "Wait for the payer's acknowledgement",
    states.ACCEPTED: "Wait for the payer's decision",
    states.PENDING: "Wait for the payer's decision",
    states.REJECTED: "Mend what the payer rejected, then check it again",
    states.PAID: "Nothing: the payer has paid",
    states.PART_PAID: "Work what was not paid",
    states.DENIED: "Work the denial",
    states.APPEALED: "Wait for the answer to the appeal",
    states.PATIENT: "The patient's statement says what is owed",
    states.CLOSED: "Nothing: the claim is closed",
}


ASKING = (*WAITING_FOR_PAYER, states.DRAFT, states.HELD, states.READY, states.REJECTED, states.APPEALED)
LEFT_OVER = "Money is open that nothing asks for: send a corrected claim, or have a manager write it off"


class StateCount(msgspec.Struct):
    state: str
    claims: int
    charge: int


def by_state(practice: Practice) -> list[StateCount]:
    """How many claims and how much money stand in each state, in the order of a claim's life."""
    rows = ClaimRecord.objects.filter(practice=practice).values("state").annotate(n=Count("id"), total=Sum("charge"))
    found = {row["state"]: StateCount(row["state"], row["n"], row["total"]) for row in rows}
    return [found[state] for state in states.ALL if state in found]


def overdue(practice: Practice, today: date) -> QuerySet[ClaimRecord]:
    """Sent, and no decision after the days this payer is given."""
    late = Q(pk__in=[])
    for payer in PayerRecord.objects.filter(practice=practice):
        late |= Q(payer=payer, sent_on__lt=today - timedelta(days=payer.answer_days))
    return ClaimRecord.objects.filter(late, practice=practice, state__in=WAITING_FOR_PAYER)


def left_over(practice: Practice) -> list[tuple[ClaimRecord, int]]:
    """Money that still stands open with a payer although no claim is on its way and no denial is being worked."""
    claims = ClaimRecord.objects.filter(practice=practice)
    asking = set(claims.filter(state__in=ASKING).values_list("encounter", flat=True))
    asking |= set(claims.filter(denials__status__in=("open", "appealed")).values_list("encounter", flat=True))
    owed = LedgerEntry.objects.filter(event__practice=practice, account="insurance_ar", encounter__isnull=False)
    sums = owed.values("encounter", "payer").annotate(open=Sum("amount")).exclude(open=0).order_by("encounter", "payer")
    found = []
    for row in sums:
        if row["encounter"] not in asking:
            of_visit = claims.filter(encounter=row["encounter"]).select_related("patient", "payer").order_by("-pk")
            claim = of_visit.filter(payer=row["payer"]).first() or of_visit.first()
            found += [(claim, row["open"])] if claim else []
    return found


def next_step(claim: ClaimRecord, total: money.Money) -> str:
    """What is to be done next with a claim, or why nothing is."""
    if claim.state in (states.PAID, states.PATIENT, states.CLOSED) and any(
        of_visit.pk == claim.pk and amount == total.open for of_visit, amount in left_over(claim.practice)
    ):
        return LEFT_OVER
    return NEXT_STEP[claim.state]


def with_balance(claims: QuerySet[ClaimRecord]) -> QuerySet[ClaimRecord]:
    """Each claim with what its payer still owes on the visit; a replaced claim owes nothing, its replacement does."""
    owed = (
        LedgerEntry.objects.filter(encounter=OuterRef("encounter"), payer=OuterRef("payer"), account="insurance_ar")
        .values("encounter")
        .annotate(s=Sum("amount"))
        .values("s")
    )
    replaced = Exists(ClaimRecord.objects.filter(replaces=OuterRef("pk")))
    balance = Coalesce(Subquery(owed, output_field=BigIntegerField()), Value(0))
    return claims.annotate(open=Case(When(replaced, then=Value(0)), default=balance, output_field=BigIntegerField()))


NARROW = ("state", "work", "q", "aged", "clean", "denied", "category", "decided")  # without one of these, only what is open


def listed(practice: Practice, asked: Mapping[str, str], today: date) -> QuerySet[ClaimRecord]:
    """The claims that the words in the address ask for: state, payer, q, clean, denied, aged, work."""
    claims = ClaimRecord.objects.filter(practice=practice)
    if asked.get("work") == "overdue":
        claims = overdue(practice, today)
    state = asked.get("state", "")
    if state and state != "all":
        claims = claims.filter(state__in=state.split(","))
    elif not any(asked.get(word) for word in NARROW):
        claims = claims.exclude(state=states.CLOSED)
    if (payer := asked.get("payer", "")).isdigit():
        claims = claims.filter(payer_id=int(payer))
    if text := asked.get("q", "").strip():
        claims = claims.filter(find(text))
    if asked.get("clean") in ("yes", "no"):
        claims = claims.filter(clean_first_time=asked["clean"] == "yes")
    if asked.get("denied") == "yes":
        claims = claims.filter(denials__isnull=False).distinct()
    if asked.get("category"):
        claims = claims.filter(denials__category=asked["category"]).distinct()
    if asked.get("decided") == "yes":
        claims = claims.filter(state__in=DECIDED)
    claims = with_balance(claims)
    if aged := asked.get("aged"):
        claims = claims.filter(aged_between(aged, today)).exclude(open=0)
    return claims.select_related("patient", "payer", "coverage__plan", "encounter__provider").order_by(
        *_order(asked.get("sort", ""))
    )


def _order(sort: str) -> tuple[str, ...]:
    return {"charge": ("-charge", "id"), "payer": ("payer__name", "first_service")}.get(sort, ("first_service", "id"))


def find(text: str) -> Q:
    """A claim by any number on it, or the patient's name."""
    name = Q()
    for word in text.replace(",", " ").split():
        name &= Q(patient__last__icontains=word) | Q(patient__first__icontains=word)
    return (
        name
        | Q(patient_control_number__iexact=text)
        | Q(payer_control_number__iexact=text)
        | Q(patient__mrn__iexact=text)
        | Q(encounter__number__iexact=text)
        | Q(coverage__member_id__iexact=text)
        | Q(lines__control_number__iexact=text)
    ) & Q(pk__isnull=False)


AGES = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "91-120": (91, 120), "over 120": (121, 36500)}


def aged_between(bucket: str, today: date) -> Q:
    """Claims whose first service lies so many days back."""
    low, high = AGES.get(bucket, (0, 36500))
    return Q(first_service__lte=today - timedelta(days=low), first_service__gte=today - timedelta(days=high))


def totals(claims: QuerySet[ClaimRecord]) -> dict[str, Any]:
    """How many, how much was charged, and how much of it payers still owe."""
    return claims.order_by().aggregate(
        claims=Count("id", distinct=True), charge=Coalesce(Sum("charge"), 0), open=Coalesce(Sum("open"), 0)
    )


class HeldGroup(msgspec.Struct):
    """One edit and the claims it holds."""

    edit: str
    severity: str
    fix: str
    citation: str
    claims: list[Any]  # findings, oldest service first
    charge: int = 0
    count: int = 0  # of claims: one may have several findings of an edit


def held_by_edit(practice: Practice) -> list[HeldGroup]:
    """Held claims by the edit that holds them, most money first. A claim held by two edits shows in both."""
    findings = (
        ClaimFinding.objects.filter(claim__practice=practice, claim__state=states.HELD, severity__in=("reject", "deny"))
        .select_related("claim__patient", "claim__payer", "claim__coverage__plan")
        .order_by("edit", "claim__first_service")
    )
    groups: dict[str, HeldGroup] = {}
    for finding in findings:
        group = groups.setdefault(finding.edit, HeldGroup(finding.edit, finding.severity, finding.fix, finding.citation, []))
        if all(other.claim_id != finding.claim_id for other in group.claims):
            group.charge += finding.claim.charge
            group.count += 1
        group.claims.append(finding)
    return sorted(groups.values(), key=lambda group: -group.charge)


class LineMoney(msgspec.Struct):
    line: Any
    money: money.Money


def lines(claim: ClaimRecord) -> tuple[list[LineMoney], money.Money]:
    """A claim's lines with what the ledger says, and their sum. A line not yet in the ledger is wholly open."""
    held = list(claim.lines.all())
    found = money.by_line(line.control_number for line in held)
    rows = [LineMoney(line, found.get(line.control_number) or money.Money(charge=line.charge, open=line.charge)) for line in held]
    total = money.Money()
    for row in rows:
        for column in ("charge", "paid", "adjusted", "patient", "open"):
            setattr(total, column, getattr(total, column) + getattr(row.money, column))
    return rows, total


def ledger_of(claim: ClaimRecord) -> list[LedgerEntry]:
    """Every ledger entry behind the claim's figures."""
    numbers = [line.control_number for line in claim.lines.all()]
    return list(
        LedgerEntry.objects.filter(Q(line_control_number__in=numbers) | Q(claim=claim))
        .select_related("event", "event__remit", "payer")
        .order_by("event__on", "event_id", "id")
    )


def filing_deadline(claim: ClaimRecord) -> date:
    """The last day the plan takes a first claim."""
    return claim.first_service + timedelta(days=claim.coverage.plan.content.get("timely_filing_days", 365))
