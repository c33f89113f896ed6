"""What is open with a payer, as the remittance room wants to see it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet, Sum, TextField
from django.db.models.functions import Cast

from claimwright.claims.model import Claim
from claimwright.claims.states import NEVER_SENT
from claimwright.ledger.events import RECEIVABLES
from claimwright.ledger.model import Event
from claimwright.money import Cents
from claimwright.office.records.asked import asked, asked_rows
from claimwright.office.records.bulk import Many
from claimwright.office.records.content import unpack
from claimwright.office.records.ledger import with_entries
from claimwright.office.records.models import (
    ClaimRecord,
    CoverageRecord,
    LedgerEntry,
    LedgerEvent,
    Patient,
    PayerRecord,
    Practice,
)
from claimwright.office.workflow.compose import RESPONSIBILITY
from claimwright.parties import Struct
from claimwright.remits.likeness import key
from claimwright.remits.matching import OpenClaim, OpenLine, days_of
from claimwright.remits.model import RemitClaim, Remittance


def candidates(practice: Practice, payer: PayerRecord | None, remit: Remittance, chosen: Collection[int] = ()) -> set[int]:
    """The sent claims a remittance may be about: those that it names and those of the same visits, those that a person chose,
    and, where a decision names no claim of ours or more than one, those of its member or name on its days.
    """
    named = {claim.patient_control_number for claim in remit.claims} - {""}
    beside = {adjustment.reference for adjustment in remit.provider_adjustments} - {""}
    charges: dict[str, Cents] = {}
    found = set(chosen)
    visits: set[int] = set()
    for pk, visit, number, charge in _numbered(named | beside, practice=practice.pk):
        charges[number] = charge
        found.add(pk)
        visits.add(visit)
    if payer is None:
        return found
    for pk, visit in named_by_payer(payer, remit):
        found.add(pk)
        visits.add(visit)
    found |= {pk for pk, decides in _of_visits(visits) if decides == payer.pk}
    theirs = _sent().filter(payer=payer)
    return found | _alike(theirs, [one for one in remit.claims if charges.get(one.patient_control_number) != abs(one.charge)])


def named_by_payer(payer: PayerRecord | None, remit: Remittance) -> Iterator[tuple[int, int]]:
    """The claims, each with its visit, whose payer's own number a remittance names: an earlier payment may have brought it."""
    numbers = {claim.payer_control_number for claim in remit.claims}
    numbers |= {adjustment.reference for adjustment in remit.provider_adjustments}
    return _payers_numbered(numbers - {""}, payer=payer.pk) if payer and numbers - {""} else iter(())  # type: ignore[return-value]


def _sent() -> QuerySet[ClaimRecord]:
    return ClaimRecord.objects.exclude(state__in=NEVER_SENT)


_numbered = asked(
    lambda numbers, practice: (
        _sent()
        .filter(practice=practice, patient_control_number__among=numbers)
        .values_list("pk", "encounter", "patient_control_number", "charge")
    )
)
# By payer alone: SQLite would take an index that begins with the practice, and read all of its claims.
_payers_numbered = asked(
    lambda numbers, payer: _sent().filter(payer=payer, payer_control_number__among=numbers).values_list("pk", "encounter")
)
_of_visits = asked(lambda visits: _sent().filter(encounter__among=visits).values_list("pk", "payer"))


def read_claims(practice: Practice, pks: Iterable[int]) -> dict[int, tuple[ClaimRecord, str]]:
    """Claims by their primary keys, each with its content as the database has it."""
    pks = list(pks)
    texts: dict[int, str] = dict(_texts(pks, practice=practice.pk))
    read = {row.pk: (row, texts[row.pk]) for row in _claims(pks, practice=practice.pk)}
    if replaced := {claim.replaces_id for claim, _ in read.values() if claim.replaces_id}:
        known = ClaimRecord.objects.defer("content").in_bulk(replaced - read.keys())
        known |= {pk: claim for pk, (claim, _) in read.items()}
        for claim, _ in read.values():
            if claim.replaces_id is not None:
                claim.replaces = known[claim.replaces_id]
    return read


def _these(pks: Many, practice: int) -> QuerySet[ClaimRecord]:
    return ClaimRecord.objects.filter(pk__among=pks, practice=practice).order_by("pk")


_claims = asked_rows(ClaimRecord, _these, "content")
_texts = asked(lambda pks, practice: _these(pks, practice).values_list("pk", Cast("content", TextField())))


def _alike(theirs: QuerySet[ClaimRecord], told: Collection[RemitClaim]) -> set[int]:
    """The claims of the members, or names, and days that these decisions tell of."""
    days: dict[date, set[str]] = {}
    for one in told:
        names = {key(one.member_id), key(one.patient_last), key(one.patient_control_number)} - {""}
        for day in days_of(one):
            days.setdefault(day, set()).update(names)
    if not days:
        return set()
    names_of = ("coverage__member_id", "patient__last", "patient_control_number")
    rows = theirs.filter(first_service__among=Many(days)).values_list("pk", "first_service", *names_of)
    return {pk for pk, day, *names in rows if any(key(name) in days[day] for name in names)}


class SentDrug(Struct, gc=False):
    """The drug of a line."""

    ndc: str


class SentLine(Struct, gc=False):
    """A line of a claim, as far as a payer's decision is matched with it (`claims.model.ServiceLine`)."""

    number: int
    charge: Cents
    first_service: date
    control_number: str = ""
    procedure: str = ""
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    drug: SentDrug | None = None


class Sent(Struct, gc=False):
    """A claim's lines; the rest of what was sent is not read."""

    lines: tuple[SentLine, ...]


class _Coverage(NamedTuple):
    """A patient's coverage, and whose it is."""

    pk: int
    patient: int
    order: int
    member_id: str
    start: date
    end: date | None
    kind: str
    payer: int
    payer_id: str


def as_open(
    records: Iterable[ClaimRecord], decides: PayerRecord | None = None, contents: Mapping[int, Sent] | None = None
) -> list[OpenClaim]:
    """Claims with what the ledger says is open on each line, as the payer that decides sees them.

    A payer to which the claim's own payer forwarded it answers under the same number, for its own coverage. `contents`: the
    claims themselves by primary key, where they are known.
    """
    rows = list(records)
    claims = {row.pk: unpack(row.content, Sent) for row in rows} if contents is None else contents
    insurance, patient = _open([line.control_number for row in rows for line in claims[row.pk].lines])
    posted = _posted(rows)
    whose = {row.patient_id for row in rows}
    people = {pk: who for pk, *who in _people(whose)}
    coverages = _coverages(whose)
    own = {coverage.pk: coverage for each in coverages.values() for coverage in each}
    same: dict[tuple[int, int], list[str]] = defaultdict(list)
    for row in rows:
        same[row.encounter_id, row.payer_id].append(row.patient_control_number)
    found = []
    for row in rows:
        others = coverages[row.patient_id]
        coverage = _coverage_of(row, own[row.coverage_id], others, decides)
        last, guarantor = people[row.patient_id]
        number = row.patient_control_number
        found.append(
            OpenClaim(
                patient_control_number=number,
                payer_id=coverage.payer_id,
                charge=row.charge,
                lines=open_lines_of(claims[row.pk], insurance[coverage.payer], patient),
                member_id=coverage.member_id,
                patient_last=last,
                payer_control_number=row.payer_control_number if coverage.payer == row.payer_id else "",
                responsibility=RESPONSIBILITY[coverage.order],
                same_charges=tuple(other for other in same[row.encounter_id, row.payer_id] if other != number),
                next_payer_id=_next_payer(row, coverage, others),
                patient=row.patient_id,
                guarantor=guarantor,
                already_posted=tuple(posted.get((row.pk, coverage.payer), ())),
            )
        )
    return found


_people = asked(lambda pks: Patient.objects.filter(pk__among=pks).values_list("pk", "last", "guarantor"))
_coverages_of = asked(
    lambda patients: CoverageRecord.objects.filter(patient__among=patients).values_list(
        *_Coverage._fields[:6], "plan__kind", "plan__payer", "plan__payer__payer_id"
    )
)


def _coverages(patients: Iterable[int]) -> dict[int, list[_Coverage]]:
    """Each patient's coverages, in order."""
    found: dict[int, list[_Coverage]] = defaultdict(list)
    for row in _coverages_of(patients):
        coverage = _Coverage(*row)
        found[coverage.patient].append(coverage)
    return found


def _coverage_of(row: ClaimRecord, own: _Coverage, coverages: Iterable[_Coverage], decides: PayerRecord | None) -> _Coverage:
    if row.forwarded and decides is not None and decides.pk != row.payer_id:
        for coverage in coverages:
            if coverage.payer == decides.pk and coverage.order > own.order:
                return coverage
    return own


def open_lines_of(claim: Sent | Claim, insurance: Mapping[str, Cents], patient: Mapping[str, Cents]) -> tuple[OpenLine, ...]:
    """A claim's lines with what is open on them by line control number."""
    return tuple(
        OpenLine(
            control_number=line.control_number,
            procedure=line.procedure,
            charge=line.charge,
            first_service=line.first_service,
            modifiers=line.modifiers,
            revenue_code=line.revenue_code,
            drug=line.drug.ndc if line.drug else "",
            number=line.number,
            open=insurance.get(line.control_number, 0),
            patient_open=patient.get(line.control_number, 0),
        )
        for line in claim.lines
    )


_receivable = asked(
    lambda lines: (
        LedgerEntry.objects.filter(account__in=RECEIVABLES, line_control_number__among=lines)
        .order_by()
        .values_list("account", "line_control_number", "payer")
        .annotate(sum=Sum("amount"))
    )
)


def _open(numbers: Iterable[str]) -> tuple[dict[int | None, dict[str, Cents]], dict[str, Cents]]:
    """What is open on lines with each payer, by its primary key and the line, and with the patient, by the line."""
    insurance: dict[int | None, dict[str, Cents]] = defaultdict(dict)
    patient: Counter[str] = Counter()
    for account, line, payer, amount in _receivable(numbers):
        if account == "insurance_ar":
            insurance[payer][line] = amount
        else:
            patient[line] += amount
    return insurance, patient


_events_of = asked(lambda claims: LedgerEntry.objects.filter(claim__among=claims).order_by().values_list("event"))


def _posted(rows: Sequence[ClaimRecord]) -> dict[tuple[int, int | None], list[Event]]:
    """The remittance events of each claim and payer that nothing has undone, oldest first."""
    wanted = {row.pk for row in rows}
    found: dict[tuple[int, int | None], list[Event]] = {}
    ids = {event for (event,) in _events_of(wanted)}
    if not ids:
        return found
    standing = LedgerEvent.objects.filter(pk__among=Many(ids), kind="remittance", undone_by=None)
    for event, parties in with_entries(standing.order_by("pk")):
        ours = [party for party in parties if party[0] in wanted]
        # the first one of a payer moves the deciding payer's receivable
        first = next((party for party in ours if party[1] is not None), ours[0])
        found.setdefault(first, []).append(event)  # type: ignore[arg-type]
    return found


def _next_payer(row: ClaimRecord, own: _Coverage, coverages: Iterable[_Coverage]) -> str:
    """Who decides after a coverage, if anyone."""
    on = row.first_service
    later = [
        other
        for other in coverages
        if other.order > own.order and other.kind != "SELF_PAY" and other.start <= on and (other.end is None or on <= other.end)
    ]
    return min(later, key=lambda other: other.order).payer_id if later else ""
