"""The bank beside the remittances: what came without a remittance, what was told and did not come, what is not applied yet."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from claimwright.office.records.models import Deposit, LedgerEntry, Practice, Remit

SHOWS = ("alone", "awaited", "unapplied", "joined", "aside")


def alone(practice: Practice) -> QuerySet[Deposit]:
    """Lines of the bank that no remittance explains, oldest first, each with how many awaited payments have its amount."""
    same = awaited(practice).filter(paid=OuterRef("amount")).order_by().values("paid").annotate(n=Count("pk")).values("n")
    rows = Deposit.objects.filter(practice=practice, remit=None, aside=False)
    return rows.annotate(fitting=Coalesce(Subquery(same), 0)).order_by("on", "id")


def awaited(practice: Practice) -> QuerySet[Remit]:
    """Payments that payers told of and the bank has not, oldest first."""
    rows = Remit.objects.filter(practice=practice, deposit=None, paid__gt=0).exclude(status="void")
    return rows.select_related("payer").defer("content").order_by("paid_on", "id")


def joined(practice: Practice) -> QuerySet[Deposit]:
    """Lines of the bank with their remittance, newest first."""
    return (
        Deposit.objects.filter(practice=practice, remit__isnull=False)
        .select_related("remit__payer", "said_by")
        .defer("remit__content")
        .order_by("-on", "-id")
    )


def aside(practice: Practice) -> QuerySet[Deposit]:
    """Lines of the bank that are no payer's remittance."""
    return Deposit.objects.filter(practice=practice, aside=True).select_related("said_by").order_by("-on", "-id")


def unapplied(practice: Practice) -> QuerySet[Remit]:
    """Payments in the bank of which some money is not in the books yet, oldest first."""
    cash = (
        LedgerEntry.objects.filter(account="cash", event__remit=OuterRef("pk"))
        .order_by()
        .values("event__remit")
        .annotate(sum=Sum("amount"))
        .values("sum")
    )
    rows = Remit.objects.filter(practice=practice, deposit__isnull=False).exclude(status="posted")
    rows = rows.annotate(applied=Coalesce(Subquery(cash, output_field=BigIntegerField()), Value(0)))
    rows = rows.annotate(left=F("paid") - F("applied")).exclude(left=0)
    return rows.select_related("payer", "deposit").defer("content").order_by("deposit__on", "id")


def figures(practice: Practice, today: date) -> dict[str, Any]:
    """In the bank = explained + put aside + alone; what of that is not in the books, and what is told but not in the bank."""
    bank = Deposit.objects.filter(practice=practice).aggregate(
        bank=Coalesce(Sum("amount"), 0),
        joined=Coalesce(Sum("amount", filter=Q(remit__isnull=False)), 0),
        alone=Coalesce(Sum("amount", filter=Q(aside=False, remit=None)), 0),
    )
    waiting = list(unapplied(practice).values_list("left", "deposit__on"))
    lone = alone(practice)
    told = awaited(practice)
    return {
        **bank,
        "alone_count": lone.count(),
        "alone_oldest": lone.values_list("on", flat=True).first(),
        "unapplied": sum(left for left, _ in waiting),
        "unapplied_count": len(waiting),
        "unapplied_oldest": min((on for _, on in waiting), default=None),
        "awaited": told.aggregate(sum=Coalesce(Sum("paid"), 0))["sum"],
        "awaited_count": told.count(),
        "awaited_oldest": told.values_list("paid_on", flat=True).first(),
    }


def remits_for(deposit: Deposit, asked: Mapping[str, str]) -> list[Remit]:
    """The payments that a line of the bank may be: those of its amount, nearest day first."""
    rows = awaited(deposit.practice).filter(paid=deposit.amount)
    if text := asked.get("q", "").strip():
        rows = rows.filter(Q(trace__icontains=text) | Q(payer__name__icontains=text))
    return sorted(rows[:50], key=lambda remit: (remit.trace != deposit.trace, abs((remit.paid_on - deposit.on).days)))[:10]
