"""Remittances: what payers paid, where it went, and what waits for a person."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec
from django.db.models import Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Abs, Coalesce

from claimwright.claims.model import Adjustment
from claimwright.claims.states import NEVER_SENT
from claimwright.money import cents
from claimwright.office.records.models import ClaimRecord, PayerRecord, Practice, Remit, RemitClaimRow
from claimwright.remits.model import RemitClaim

STATUS_WORDS = {
    "1": "processed as primary",
    "2": "processed as secondary",
    "3": "processed as tertiary",
    "4": "denied",
    "19": "primary, forwarded to another payer",
    "20": "secondary, forwarded to another payer",
    "21": "tertiary, forwarded to another payer",
    "22": "takes back an earlier payment",
    "23": "not our claim, forwarded",
    "25": "pre-determination only",
}
CHARGE_OF = re.compile(r"\$?(\d[\d,]*\.\d\d)|\$(\d[\d,]*)")
US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def listed(practice: Practice, asked: Mapping[str, str]) -> QuerySet[Remit]:
    """The payments that the words in the address ask for: status, bank, payer, source, q, sort."""
    rows = Remit.objects.filter(practice=practice)
    status = asked.get("status", "")
    parked = Exists(RemitClaimRow.objects.filter(remit=OuterRef("pk"), status="parked"))
    if status == "parked":
        rows = rows.filter(Q(status__in=("parked", "partly")) | parked)
    elif status:
        rows = rows.filter(status=status)
    else:
        rows = rows.exclude(status="void")
    if asked.get("bank") in ("awaited", "found"):
        rows = rows.filter(deposit__isnull=asked["bank"] == "awaited", paid__gt=0)
    if asked.get("source") == "paper":
        rows = rows.filter(keyed_by__isnull=False)
    if (payer := asked.get("payer", "")).isdigit():
        rows = rows.filter(payer_id=int(payer))
    if text := asked.get("q", "").strip():
        claim = Exists(RemitClaimRow.objects.filter(remit=OuterRef("pk"), patient_control_number__iexact=text))
        rows = rows.filter(Q(trace__istartswith=text) | Q(payer__name__icontains=text) | claim)
    order = {"old": ("paid_on", "id"), "money": ("-held", "-paid", "id")}.get(asked.get("sort", ""), ("-paid_on", "-id"))
    waits = Q(claims__status="parked")
    return (
        rows.select_related("payer", "deposit")
        .defer("content")
        .annotate(
            claims_said=Count("claims"),
            posted=Count("claims", filter=Q(claims__status="posted")),
            parked=Count("claims", filter=waits),
            held=Coalesce(Sum(Abs("claims__paid"), filter=waits), 0),
        )
        .order_by(*order)
    )


def figures(practice: Practice) -> dict[str, Any]:
    """Paid by payers, what waits, and the part of the lines that no person had to touch (C073)."""
    remits = Remit.objects.filter(practice=practice).exclude(status="void")
    found: dict[str, Any] = remits.aggregate(
        payments=Count("id"),
        money=Coalesce(Sum("paid"), 0),
        lines=Coalesce(Sum("lines_posted"), 0),
        untouched=Coalesce(Sum("lines_untouched"), 0),
        new=Count("id", filter=Q(status="new")),
        awaited=Coalesce(Sum("paid", filter=Q(deposit=None)), 0),
    )
    waiting = RemitClaimRow.objects.filter(remit__practice=practice, status="parked").exclude(remit__status="void")
    found |= waiting.aggregate(
        parked=Count("id"), held=Coalesce(Sum(Abs("paid")), 0), waiting=Coalesce(Sum(_Lines("content")), 0)
    )
    decided = found["lines"] + found["waiting"]
    found["untouched_rate"] = found["untouched"] / decided if decided else None
    return found


class _Lines(Func):
    """How many lines a decision has; one without any counts as one."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="COALESCE(JSON_ARRAY_LENGTH(%(expressions)s, '$.lines'), 1)")

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="COALESCE(JSONB_ARRAY_LENGTH(%(expressions)s -> 'lines'), 1)")


def payers_of(practice: Practice) -> list[PayerRecord]:
    """The payers that have paid."""
    return list(PayerRecord.objects.filter(practice=practice, pk__in=Remit.objects.filter(practice=practice).values("payer")))


# --- one decision -------------------------------------------------------------------------------------------------------


class LineShown(msgspec.Struct):
    line: Any  # RemitLine; an Adjustment of the whole claim; the RemitClaim for the sums
    contractual: int
    patient: int
    other: int


class ClaimShown(msgspec.Struct):
    """One CLP: what the payer said."""

    row: Any
    said: RemitClaim
    status_words: str
    lines: list[LineShown]

    @property
    def whole(self) -> list[LineShown]:
        """What was adjusted on the claim as a whole, a row each."""
        return [LineShown(one, *_by_carrier([one])) for one in self.said.adjustments]

    @property
    def together(self) -> LineShown:
        """The columns' sums."""
        rows = [*self.lines, *self.whole]
        return LineShown(self.said, *(sum(getattr(row, name) for row in rows) for name in ("contractual", "patient", "other")))

    @property
    def allowed(self) -> int | None:
        """What the lines say was allowed, where all of them do."""
        told = [one.line.allowed for one in self.lines]
        return sum(told) if told and None not in told else None

    @property
    def service(self) -> date | None:
        """The first day of service that it names."""
        return self.said.first_service or next((line.line.first_service for line in self.lines), None)


def _by_carrier(adjustments: Iterable[Adjustment]) -> tuple[int, int, int]:
    """Adjustments by who carries them: the practice (CO), the patient (PR), others."""
    by = {"CO": 0, "PR": 0, "": 0}
    for one in adjustments:
        by[one.group if one.group in by else ""] += one.amount
    return by["CO"], by["PR"], by[""]


def shown(row: RemitClaimRow) -> ClaimShown:
    """A decision with its lines' adjustments by who carries them."""
    said = msgspec.convert(row.content, RemitClaim, strict=False)
    lines = [LineShown(line, *_by_carrier(line.adjustments)) for line in said.lines]
    return ClaimShown(row, said, STATUS_WORDS.get(said.status, f"status {said.status}"), lines)


# --- the queue ----------------------------------------------------------------------------------------------------------


def parked(practice: Practice, asked: Mapping[str, str] | None = None) -> QuerySet[RemitClaimRow]:
    """Decisions that matched no claim or may not be posted by themselves, by the words in the address: why, payer, q, sort."""
    asked = asked or {}
    rows = RemitClaimRow.objects.filter(remit__practice=practice, status="parked").exclude(remit__status="void")
    if why := asked.get("why", ""):
        rows = rows.filter(hold=why)
    if (payer := asked.get("payer", "")).isdigit():
        rows = rows.filter(remit__payer_id=int(payer))
    if text := asked.get("q", "").strip():
        rows = rows.filter(
            Q(patient_control_number__istartswith=text)
            | Q(payer_control_number__istartswith=text)
            | Q(content__patient_last__istartswith=text)
            | Q(remit__trace__istartswith=text)
        )
    rows = rows.select_related("remit__payer", "claim__patient")
    rows = rows.defer("remit__content", "claim__content")  # a payment of many claims is large
    return rows.order_by(Abs("paid").desc(), "id") if asked.get("sort") == "money" else rows.order_by("remit__paid_on", "id")


def holds(practice: Practice) -> list[dict[str, Any]]:
    """The kinds of reasons in the queue, each with how many and how much."""
    rows = parked(practice).order_by().values(kind=F("hold"))
    return list(rows.annotate(count=Count("id"), amount=Sum(Abs("paid"))).order_by("-count"))


def next_parked(row: RemitClaimRow) -> RemitClaimRow | None:
    """The decision that waits after this one."""
    rows = parked(row.remit.practice).filter(
        Q(remit__paid_on__gt=row.remit.paid_on) | Q(remit__paid_on=row.remit.paid_on, pk__gt=row.pk)
    )
    return rows.first() or parked(row.remit.practice).exclude(pk=row.pk).first()


def likely(row: RemitClaimRow, text: str = "") -> list[ClaimRecord]:
    """Claims this decision may belong to: those that every word fits, or else those that share something with it."""
    claims = ClaimRecord.objects.filter(practice=row.remit.practice).exclude(state__in=NEVER_SENT)
    if text:
        for word in text.replace(",", " ").split():
            claims = claims.filter(_fits(word))
    else:
        claims = claims.filter(_shares(row))
    rows = claims.select_related("patient__practice", "payer", "coverage__plan__payer", "encounter").prefetch_related("lines")
    return list(rows.distinct().order_by("-first_service", "-pk")[:30])


def _fits(word: str) -> Q:
    """A word as a date, a charge, a code, a name or any number."""
    if us := US_DATE.fullmatch(word):
        word = f"{us[3]}-{int(us[1]):02d}-{int(us[2]):02d}"
    try:
        return Q(first_service=date.fromisoformat(word)) if "-" in word else _fits_amount(word)
    except ValueError:
        return _fits_amount(word)


def _fits_amount(word: str) -> Q:
    if amount := CHARGE_OF.fullmatch(word):
        return Q(charge=cents((amount[1] or amount[2]).replace(",", "")))
    return (
        Q(patient__last__icontains=word)
        | Q(patient__first__icontains=word)
        | Q(patient_control_number__istartswith=word)
        | Q(payer_control_number__iexact=word)
        | Q(patient__mrn__iexact=word)
        | Q(coverage__member_id__iexact=word)
        | Q(encounter__number__iexact=word)
        | Q(lines__control_number__iexact=word)
        | Q(lines__procedure__iexact=word)
    )


def _shares(row: RemitClaimRow) -> Q:
    said = msgspec.convert(row.content, RemitClaim, strict=False)
    days = {day for day in (said.first_service, *(line.first_service for line in said.lines)) if day}
    guess = Q(patient_control_number__iexact=said.patient_control_number)
    if said.payer_control_number:
        guess |= Q(payer_control_number__iexact=said.payer_control_number)
    if said.member_id:
        guess |= Q(coverage__member_id__iexact=said.member_id)
    if said.patient_last:
        guess |= Q(patient__last__iexact=said.patient_last)
    return guess | Q(charge=abs(said.charge), first_service__in=days)


class Fact(msgspec.Struct):
    """One thing that the decision and a claim both tell."""

    name: str
    theirs: Any
    ours: Any
    kind: str = ""  # day, money or code: how it is written

    @property
    def same(self) -> bool | None:
        """None where there is nothing to compare."""
        if not self.theirs or not self.ours:
            return None
        return _plain(self.theirs) == _plain(self.ours)


def _plain(value: Any) -> str:
    return "".join(one for one in str(value).upper() if one.isalnum())


def facts(said: ClaimShown, claim: ClaimRecord) -> list[Fact]:
    """The decision beside a claim."""
    codes = " ".join(line.line.submitted_procedure or line.line.procedure for line in said.lines)
    return [
        Fact("Claim number", said.said.patient_control_number, claim.patient_control_number, "code"),
        Fact("Payer's number", said.said.payer_control_number, claim.payer_control_number, "code"),
        Fact("Member id", said.said.member_id, claim.coverage.member_id, "code"),
        Fact("Last name", said.said.patient_last, claim.patient.last),
        Fact("First name", said.said.patient_first, claim.patient.first),
        Fact("Service", said.service, claim.first_service, "day"),
        Fact("Charge", abs(said.said.charge), claim.charge, "money"),
        Fact("Codes", codes, " ".join(line.procedure for line in claim.lines.all()), "code"),
    ]
