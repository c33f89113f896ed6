"""One statement a guarantor: none for nothing, none while insurance is pending (P16, P17), each line explained."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from claimwright.money import Cents, dollars
from claimwright.parties import Person
from claimwright.statements.model import (
    Aging,
    PatientLine,
    Sender,
    StatementContent,
    StatementLine,
    StatementPayment,
    StatementVisit,
    Waiting,
)

DUE_DAYS: Final = 30

SHARE_WORDS: Final = {
    "1": "your deductible",
    "2": "your coinsurance",
    "3": "your copay",
    "66": "your blood deductible",
    "122": "your part for psychiatric care",
    "247": "your deductible",
    "248": "your coinsurance",
}


def build(
    *,
    guarantor: Person,
    sender: Sender,
    number: str,
    lines: Sequence[PatientLine],
    today: date,
    payments: Sequence[StatementPayment] = (),
    unapplied: Cents = 0,
    due_days: int = DUE_DAYS,
) -> StatementContent | None:
    """The statement, or None when nothing is due. A visit with a line still at a plan is shown as waiting and not billed."""
    visits: dict[str, list[PatientLine]] = {}
    for line in sorted(lines, key=lambda line: (line.on, line.visit)):
        visits.setdefault(line.visit, []).append(line)
    pending = {visit for visit, group in visits.items() if any(line.insurance_open > 0 for line in group)}
    due = [group for visit, group in visits.items() if visit not in pending and sum(line.due for line in group) != 0]
    owed = sum(line.due for group in due for line in group)
    balance = owed - max(unapplied, 0)
    if balance <= 0:
        return None
    return StatementContent(
        number=number,
        issued_on=today,
        due_on=today + timedelta(days=due_days),
        sender=sender,
        guarantor=_name(guarantor),
        address=guarantor.address,
        visits=tuple(_visit(group) for group in due),
        balance=balance,
        aging=aging([line for group in due for line in group], today, credit=max(unapplied, 0)),
        unapplied=max(unapplied, 0),
        payments=tuple(payments),
        waiting=tuple(_waiting(visits[visit]) for visit in visits if visit in pending),
    )


def aging(lines: Sequence[PatientLine], today: date, *, credit: Cents = 0) -> Aging:
    """What is due by age since it became the patient's; money held (credit) comes off the oldest first."""
    buckets = [0, 0, 0, 0]
    for line in lines:
        days = (today - (line.billed_on or line.on)).days
        buckets[0 if days <= 30 else 1 if days <= 60 else 2 if days <= 90 else 3] += line.due
    for place in (3, 2, 1, 0):
        taken = min(max(buckets[place], 0), credit)
        buckets[place] -= taken
        credit -= taken
    return Aging(current=buckets[0], over_30=buckets[1], over_60=buckets[2], over_90=buckets[3])


def _name(person: Person) -> str:
    return " ".join(part for part in (person.first, person.middle, person.last, person.suffix) if part)


def _visit(lines: Sequence[PatientLine]) -> StatementVisit:
    first = lines[0]
    return StatementVisit(
        visit=first.visit,
        patient=first.patient,
        on=first.on,
        provider=next((line.provider for line in lines if line.provider), ""),
        lines=tuple(_line(line) for line in lines),
    )


def _line(line: PatientLine) -> StatementLine:
    return StatementLine(
        service=line.service,
        charge=line.charge,
        plan_paid=line.plan_paid,
        adjusted=line.adjusted,
        patient_paid=line.patient_paid,
        due=line.due,
        words=explain(line),
    )


def _waiting(lines: Sequence[PatientLine]) -> Waiting:
    return Waiting(patient=lines[0].patient, on=lines[0].on, plan=next((line.plan for line in lines if line.insurance_open), ""))


def explain(line: PatientLine) -> str:
    """Why this much: what the plan allowed and paid, and by which of its rules the rest is the patient's (C091)."""
    said: list[str] = []
    if not line.plan:
        said.append("No insurance on file for this service.")
    elif line.allowed is not None and line.allowed < line.charge:
        paid = f"and paid ${dollars(line.plan_paid)}" if line.plan_paid else "and paid nothing"
        said.append(f"{line.plan} allowed ${dollars(line.allowed)} of ${dollars(line.charge)} {paid}.")
    else:
        said.append(f"{line.plan} paid ${dollars(line.plan_paid)}." if line.plan_paid else f"{line.plan} paid nothing.")
    shares = [(SHARE_WORDS.get(reason, "your share under the plan"), amount) for reason, amount in line.shares if amount]
    if shares:
        said.append("The rest is " + " and ".join(f"${dollars(amount)} {words}" for words, amount in shares) + ".")
    if line.patient_paid:
        said.append(f"You paid ${dollars(line.patient_paid)}. Thank you.")
    if line.due < 0:
        said.append(f"You have paid ${dollars(-line.due)} too much; it lowers this bill.")
    return " ".join(said)
