"""Denied at first pass, by month and cause, and what the edits held before it could be denied. Amounts in cents."""

from collections import Counter, defaultdict
from datetime import date

import msgspec
from django.db.models import Count, Min, Sum

from claimwright.office.records.models import ClaimEvent, ClaimRecord, Denial, Practice


class Month(msgspec.Struct):
    """First claims to the first payer: those it first answered in the month, and those an edit first held in it."""

    month: date
    answered: int = 0
    charge: int = 0
    denied: int = 0
    amount: int = 0  # denied
    causes: Counter[str] = msgspec.field(default_factory=Counter)  # cause -> denied amount
    held: int = 0
    held_charge: int = 0
    edits: Counter[str] = msgspec.field(default_factory=Counter)  # edit -> claims

    @property
    def rate(self) -> float | None:
        """Claims with a denied line, of all answered."""
        return self.denied / self.answered if self.answered else None

    @property
    def rate_of_charges(self) -> float | None:
        """Denied money, of all charged."""
        return self.amount / self.charge if self.charge else None

    @property
    def by_cause(self) -> list[tuple[str, int]]:
        """Denied money by cause, most first."""
        return self.causes.most_common()

    @property
    def by_edit(self) -> list[tuple[str, int]]:
        """Held claims by edit, most first."""
        return self.edits.most_common()


def by_month(practice: Practice) -> list[Month]:
    """The months in which anything was answered or held, in order."""
    months: dict[date, Month] = {}

    def of(on: date) -> Month:
        return months.setdefault(on.replace(day=1), Month(on.replace(day=1)))

    first = ClaimRecord.objects.filter(practice=practice, frequency="1", primary_claim=None)
    answers = dict(first.filter(events__kind="posted").annotate(on=Min("events__on")).values_list("pk", "on"))
    charges = dict(first.values_list("pk", "charge"))
    for claim, on in answers.items():
        of(on).answered += 1
        of(on).charge += charges[claim]
    for claim, causes in _denied(practice, answers).items():
        month = of(answers[claim])
        month.denied += 1
        month.amount += sum(causes.values())
        month.causes.update(causes)
    seen: set[int] = set()
    for event in ClaimEvent.objects.filter(claim__in=first).exclude(edits="").order_by("pk"):
        if event.claim_id in seen:
            continue
        seen.add(event.claim_id)
        month = of(event.on)
        month.held += 1
        month.held_charge += event.charge or 0
        month.edits.update(event.edits.split())
    return [months[on] for on in sorted(months)]


def _denied(practice: Practice, answers: dict[int, date]) -> dict[int, Counter[str]]:
    """What the first answer to each claim denied, by cause."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Denial.objects.filter(claim__practice=practice, claim__in=list(answers))
    for row in rows.values("claim", "category", "denied_on").annotate(n=Count("id"), total=Sum("amount")):
        if row["denied_on"] <= answers[row["claim"]]:
            found[row["claim"]][row["category"]] += row["total"]
    return found


def together(months: list[Month]) -> Month:
    """All months as one."""
    whole = Month(months[0].month if months else date.min)
    for one in months:
        for name in ("answered", "charge", "denied", "amount", "held", "held_charge"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.causes.update(one.causes)
        whole.edits.update(one.edits)
    return whole
