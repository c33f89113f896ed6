"""How coders agree, and how long physicians take to answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

import msgspec
from django.db.models import F, QuerySet

from claimwright.coding.audit import read_charged
from claimwright.coding.em_families import families
from claimwright.office.records.models import AuditChart, PhysicianQuery, Practice

ANSWER_DAYS = 3  # after so many days without an answer a question is overdue


class Agreement(msgspec.Struct):
    """One coder's charts against the second coder's. Shares from 0 to 1; None where there is nothing to compare."""

    coder: str
    charts: int
    exact: float | None  # charts with the very same codes
    code: float | None  # F1 of whole codes
    category: float | None  # F1 of the diagnoses' first three characters
    level: float | None  # charts with a visit whose visit code is the same


def agreement(charts: Iterable[AuditChart]) -> list[Agreement]:
    """Per coder, over the charts that the second coder has done."""
    held: dict[str, list[tuple[list[str], list[str]]]] = {}
    for chart in charts:
        if chart.second is not None:
            held.setdefault(chart.coder.get_full_name() or chart.coder.username, []).append((chart.first, chart.second))
    return [_agreement(coder, pairs) for coder, pairs in sorted(held.items())]


def _agreement(coder: str, pairs: Sequence[tuple[list[str], list[str]]]) -> Agreement:
    visits = [(_visits(one), _visits(two)) for one, two in pairs]
    visits = [pair for pair in visits if pair[0] or pair[1]]
    return Agreement(
        coder=coder,
        charts=len(pairs),
        exact=sum(sorted(one) == sorted(two) for one, two in pairs) / len(pairs),
        code=f1(pairs),
        category=f1([(_categories(one), _categories(two)) for one, two in pairs]),
        level=sum(one == two for one, two in visits) / len(visits) if visits else None,
    )


def f1(pairs: Iterable[tuple[list[str], list[str]]]) -> float | None:
    """Twice what both have, of what either has, over all charts together."""
    both = either = 0
    for one, two in pairs:
        both += (Counter(one) & Counter(two)).total()
        either += len(one) + len(two)
    return 2 * both / either if either else None


def _categories(codes: Iterable[str]) -> list[str]:
    return [code[:3] for code in read_charged(codes)[1]]


def _visits(codes: Iterable[str]) -> list[str]:
    known = {code for family in families().values() for code in family.codes}
    return sorted(one.code for one in read_charged(codes)[0] if one.code in known)


class Turnaround(msgspec.Struct):
    """How long answers take, in days."""

    asked: int
    answered: int
    overdue: int
    median: float | None
    slowest: int | None


def questions(practice: Practice) -> QuerySet[PhysicianQuery]:
    """Every question to a physician, the unanswered and oldest first."""
    rows = PhysicianQuery.objects.filter(encounter__practice=practice)
    rows = rows.select_related("encounter__patient", "encounter__provider", "asked_by")
    return rows.order_by(F("answered_on").desc(nulls_first=True), "asked_on", "id")


def overdue(query: PhysicianQuery, today: date) -> bool:
    """Whether a question waits longer than it may."""
    return query.answered_on is None and (today - query.asked_on).days > ANSWER_DAYS


def turnaround(rows: Sequence[PhysicianQuery], today: date) -> Turnaround:
    """Counts and days of some questions."""
    days = [(row.answered_on - row.asked_on).days for row in rows if row.answered_on]
    return Turnaround(
        asked=len(rows),
        answered=len(days),
        overdue=sum(overdue(row, today) for row in rows),
        median=median(days) if days else None,
        slowest=max(days, default=None),
    )
