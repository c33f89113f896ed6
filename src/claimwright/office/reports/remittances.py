"""Remittances: what payers paid, where it went, what waits, and whether the bank agrees."""

from typing import Any

import msgspec
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from claimwright.claims.states import NEVER_SENT
from claimwright.office.records.models import ClaimRecord, Deposit, LedgerEntry, Practice, Remit, RemitClaimRow
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


def listed(practice: Practice, status: str = "") -> QuerySet[Remit]:
    """Payments, newest first, with how many claims were posted and parked."""
    rows = Remit.objects.filter(practice=practice)
    if status == "parked":
        rows = rows.filter(Q(status__in=("parked", "partly")) | Q(claims__status="parked")).distinct()
    elif status:
        rows = rows.filter(status=status)
    return (
        rows.select_related("payer", "deposit")
        .annotate(
            posted=Count("claims", filter=Q(claims__status="posted"), distinct=True),
            parked=Count("claims", filter=Q(claims__status="parked"), distinct=True),
        )
        .order_by("-paid_on", "-id")
    )


class LineShown(msgspec.Struct):
    line: Any  # RemitLine
    contractual: int
    patient: int
    other: int


class ClaimShown(msgspec.Struct):
    """One CLP: what the payer said, and what was done with it."""

    row: Any
    said: RemitClaim
    status_words: str
    lines: list[LineShown]


def claims_of(remit: Remit) -> list[ClaimShown]:
    """The payer's decisions in the order of the file."""
    rows = remit.claims.select_related("claim__patient", "claim__payer").order_by("position")
    return [shown(row) for row in rows]


def shown(row: RemitClaimRow) -> ClaimShown:
    """A decision with its lines' adjustments by who carries them."""
    said = msgspec.convert(row.content, RemitClaim, strict=False)
    lines = [
        LineShown(
            line,
            sum(a.amount for a in line.adjustments if a.group == "CO"),
            sum(a.amount for a in line.adjustments if a.group == "PR"),
            sum(a.amount for a in line.adjustments if a.group not in ("CO", "PR")),
        )
        for line in said.lines
    ]
    return ClaimShown(row, said, STATUS_WORDS.get(said.status, f"status {said.status}"), lines)


def posted_by_account(remit: Remit) -> list[dict[str, Any]]:
    """What this remittance moved in the ledger; sums to zero."""
    return list(
        LedgerEntry.objects.filter(event__remit=remit).values("account").annotate(total=Sum("amount")).order_by("account")
    )


def parked(practice: Practice) -> QuerySet[RemitClaimRow]:
    """Decisions that matched no claim or may not be posted by themselves."""
    return (
        RemitClaimRow.objects.filter(remit__practice=practice, status="parked")
        .select_related("remit__payer", "claim__patient")
        .order_by("remit__paid_on", "id")
    )


def candidates(row: RemitClaimRow, text: str = "") -> QuerySet[ClaimRecord]:
    """Claims this decision may belong to, likeliest first: by what is typed, else same charge or same name."""
    from claimwright.office.reports.claims import find

    claims = ClaimRecord.objects.filter(practice=row.remit.practice).exclude(state__in=NEVER_SENT)
    if text:
        claims = claims.filter(find(text))
    else:
        said = row.content
        guess = Q(charge=row.charge) | Q(patient_control_number=row.patient_control_number)
        if last := said.get("patient_last"):
            guess |= Q(patient__last__iexact=last)
        claims = claims.filter(guess)
    likely = Case(When(charge=row.charge, then=0), default=1, output_field=IntegerField())
    return claims.select_related("patient", "payer").distinct().order_by(likely, "-first_service")[:20]


def deposits(practice: Practice) -> tuple[list[Deposit], list[Remit], dict[str, int]]:
    """Bank lines with their remittance, remittances without a bank line, and totals that show whether all agrees."""
    lines = list(Deposit.objects.filter(practice=practice).select_related("remit__payer").order_by("-on", "-id"))
    unpaid = list(Remit.objects.filter(practice=practice, deposit=None, paid__gt=0).select_related("payer").order_by("-paid_on"))
    bank = sum(line.amount for line in lines)
    matched = sum(line.amount for line in lines if line.remit_id)
    return (
        lines,
        unpaid,
        {"bank": bank, "matched": matched, "open": bank - matched, "awaited": sum(remit.paid for remit in unpaid)},
    )


def figures(practice: Practice) -> dict[str, int]:
    """Paid by payers, lines posted, and lines nobody had to touch."""
    return Remit.objects.filter(practice=practice).aggregate(
        payments=Count("id"),
        paid=Coalesce(Sum("paid"), 0),
        lines=Coalesce(Sum("lines_posted"), 0),
        untouched=Coalesce(Sum("lines_untouched"), 0),
    )
