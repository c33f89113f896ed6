"""The practice's health in figures, each with its definition (after HFMA's MAP Keys where one exists) and its claims."""

from collections import defaultdict
from datetime import date, timedelta

import msgspec
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from claimwright.office.records.models import ClaimRecord, Denial, LedgerEntry, Practice, Remit
from claimwright.office.reports import money
from claimwright.office.reports.claims import AGES, DECIDED


class Measure(msgspec.Struct):
    name: str
    value: float | int | None
    kind: str  # rate, days, money
    note: str  # the figures it is made of
    definition: str
    link: str  # query of the claims page


class Aging(msgspec.Struct):
    payer: str
    payer_pk: int | None
    buckets: list[int]

    @property
    def total(self) -> int:
        """All ages."""
        return sum(self.buckets)

    @property
    def cells(self) -> list[tuple[str, int]]:
        """Age with amount."""
        return list(zip(AGES, self.buckets, strict=True))


def rates(practice: Practice, today: date) -> list[Measure]:
    """The five figures at the top."""
    claims = ClaimRecord.objects.filter(practice=practice)
    scrubbed = claims.exclude(clean_first_time=None).count()
    clean = claims.filter(clean_first_time=True).count()
    decided = claims.filter(state__in=DECIDED).count()
    denied = claims.filter(state__in=DECIDED, denials__isnull=False).distinct().count()
    lines = Remit.objects.filter(practice=practice).aggregate(all=Sum("lines_posted"), hands_off=Sum("lines_untouched"))
    paid, due = _collected(practice)
    owed, daily = receivable(practice), _daily_charges(practice, today)
    return [
        Measure(
            "Days in A/R",
            owed / daily if daily else None,
            "days",
            "",
            "Everything payers and patients owe, divided by the average charges a day over the last 90 days.",
            "?state=sent,accepted,pending,part paid,denied,appealed,patient",
        ),
        Measure(
            "Clean claims",
            clean / scrubbed if scrubbed else None,
            "rate",
            f"{clean} of {scrubbed} claims",
            "Claims that passed every edit the first time they were checked, of all claims checked.",
            "?clean=no",
        ),
        Measure(
            "Denials",
            denied / decided if decided else None,
            "rate",
            f"{denied} of {decided} decided claims",
            "Claims with at least one denied line, of all claims a payer has decided.",
            "?denied=yes",
        ),
        Measure(
            "Net collection",
            paid / due if due else None,
            "rate",
            "of visits payers have decided",
            "Money received, of charges less contractual adjustments, for visits where no payer owes an answer any more.",
            "?state=paid,patient,closed",
        ),
        Measure(
            "Posted untouched",
            (lines["hands_off"] or 0) / lines["all"] if lines["all"] else None,
            "rate",
            f"{lines['hands_off'] or 0} of {lines['all'] or 0} lines",
            "Remittance lines posted by the rules alone, of all lines posted.",
            "?decided=yes",
        ),
    ]


def receivable(practice: Practice) -> int:
    """Everything owed, by payers and patients."""
    owed = LedgerEntry.objects.filter(event__practice=practice, account__in=("insurance_ar", "patient_ar")).aggregate(
        s=Sum("amount")
    )
    return owed["s"] or 0


def _daily_charges(practice: Practice, today: date) -> float:
    charged = LedgerEntry.objects.filter(
        event__practice=practice, account="charges", event__on__gt=today - timedelta(days=90)
    ).aggregate(s=Sum("amount"))
    return -(charged["s"] or 0) / 90


def _collected(practice: Practice) -> tuple[int, int]:
    visits: dict[int, money.Money] = defaultdict(money.Money)
    rows = (
        LedgerEntry.objects.filter(event__practice=practice, encounter__isnull=False)
        .values("encounter", "account")
        .annotate(total=Sum("amount"))
    )
    for row in rows:
        visits[row["encounter"]].add(row["account"], row["total"])
    settled = [visit for visit in visits.values() if visit.open == 0]
    contractual = LedgerEntry.objects.filter(
        event__practice=practice, account="contractual", encounter_id__in=[pk for pk, visit in visits.items() if visit.open == 0]
    ).aggregate(s=Sum("amount"))
    return sum(visit.paid for visit in settled), sum(visit.charge for visit in settled) - (contractual["s"] or 0)


def aging(practice: Practice, today: date) -> list[Aging]:
    """What payers owe by age from the date of service, most first, then patients."""
    found: dict[tuple[str, int | None], list[int]] = defaultdict(lambda: [0] * len(AGES))
    entries = LedgerEntry.objects.filter(event__practice=practice, account__in=("insurance_ar", "patient_ar"))
    for row in entries.values("account", "payer", "payer__name", "encounter__date").annotate(total=Sum("amount")):
        whom = ("Patients", None) if row["account"] == "patient_ar" else (row["payer__name"] or "No payer named", row["payer"])
        days = (today - row["encounter__date"]).days if row["encounter__date"] else 0
        place = next(place for place, (_, high) in enumerate(AGES.values()) if days <= high)
        found[whom][place] += row["total"]
    rows = [Aging(name, pk, buckets) for (name, pk), buckets in found.items() if any(buckets)]
    return sorted(rows, key=lambda row: (row.payer == "Patients", -row.total))


def months(practice: Practice) -> dict[str, list[int | str]]:
    """Charges, payments and adjustments by month of posting, in cents."""
    rows = (
        LedgerEntry.objects.filter(event__practice=practice, account__in=("charges", "cash", "contractual", "write_off"))
        .annotate(month=TruncMonth("event__on"))
        .values("month", "account")
        .annotate(total=Sum("amount"))
        .order_by("month")
    )
    found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        column = {"charges": "charges", "cash": "payments"}.get(row["account"], "adjustments")
        found[row["month"]][column] += -row["total"] if column == "charges" else row["total"]
    order = sorted(found)
    return {
        "labels": [f"{month:%b %Y}" for month in order],
        **{name: [found[month][name] for month in order] for name in ("charges", "payments", "adjustments")},
    }


def denial_causes(practice: Practice) -> list[dict[str, object]]:
    """Denied money by root cause, most first."""
    return list(
        Denial.objects.filter(claim__practice=practice)
        .values("category")
        .annotate(n=Count("id"), total=Sum("amount"))
        .order_by("-total")
    )


def check_ledger(practice: Practice) -> dict[str, int]:
    """The practice's books in one line: every account, and their sum, which is zero."""
    rows = LedgerEntry.objects.filter(event__practice=practice).values("account").annotate(total=Sum("amount"))
    totals = {row["account"]: row["total"] for row in rows}
    return {**totals, "sum": sum(totals.values())}
