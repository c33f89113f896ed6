"""Denials as work: reason in words, deadline, money, next step, owner."""

from collections.abc import Mapping

from django.db.models import Count, QuerySet, Sum

from claimwright.office.records.models import Denial, Practice

ORDERS = {"deadline": ("deadline", "-amount"), "amount": ("-amount", "deadline"), "payer": ("claim__payer__name", "deadline")}


def listed(practice: Practice, asked: Mapping[str, str]) -> QuerySet[Denial]:
    """Denials that the words in the address ask for: status, category, owner, q; soonest deadline first."""
    rows = Denial.objects.filter(claim__practice=practice)
    status = asked.get("status", "open")
    if status != "all":
        rows = rows.filter(status=status)
    if category := asked.get("category"):
        rows = rows.filter(category=category)
    if asked.get("owner", "").isdigit():
        rows = rows.filter(owner_id=int(asked["owner"]))
    if asked.get("reason"):
        rows = rows.filter(reason=asked["reason"])
    return rows.select_related("claim__patient", "claim__payer", "line", "owner", "remit").order_by(
        *ORDERS.get(asked.get("sort", ""), ORDERS["deadline"]), "id"
    )


def by_status(practice: Practice) -> list[dict[str, object]]:
    """How many and how much by status."""
    return list(
        Denial.objects.filter(claim__practice=practice)
        .values("status")
        .annotate(n=Count("id"), total=Sum("amount"))
        .order_by("status")
    )


def by_category(practice: Practice, status: str = "") -> list[dict[str, object]]:
    """How many and how much by root cause, most money first."""
    rows = Denial.objects.filter(claim__practice=practice)
    if status and status != "all":
        rows = rows.filter(status=status)
    return list(rows.values("category").annotate(n=Count("id"), total=Sum("amount")).order_by("-total"))
