"""Who touched what, and what happened to a claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from claimwright.claims.states import may_follow
from claimwright.findings import Finding
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import insert, update_rows
from claimwright.office.records.models import AccessLog, ClaimEvent, ClaimRecord, File, Patient, Practice, User
from claimwright.office.workflow.errors import Refused

M = TypeVar("M", bound=Model)


def find(model: type[M], practice: Practice, pk: int, *related: str, path: str = "practice", without: Collection[str] = ()) -> M:
    """A row of the practice, locked until the transaction ends where the database can. Another practice's row does not exist.

    `without`: large columns that are read only if somebody asks for them.
    """
    rows = model._default_manager.select_for_update(of=("self",)).select_related(*related).defer(*without)
    try:
        return rows.get(pk=pk, **{path: practice})
    except model.DoesNotExist:
        raise Refused(f"There is no such {model._meta.verbose_name} in this practice.") from None


def books(practice: Practice) -> None:
    """Let one verb at a time move a practice's money: two that saw the same balance would both use it.

    Taken before anything is read. On SQLite the transaction is the only writer anyway (BEGIN IMMEDIATE).
    """
    if connection.features.has_select_for_update:
        next(_locked([practice.pk]))


_locked = asked(lambda pks: Practice.objects.select_for_update(no_key=True).filter(pk__among=pks).values_list("pk"))


def touched(practice: Practice, by: User | None, patient: Patient, what: str) -> None:
    """Keep who touched a patient's record (45 CFR 164.312(b)); work nobody did by hand is not an access."""
    if by is not None:
        AccessLog.objects.create(practice=practice, user=by, patient=patient, what=what)


def touched_all(practice: Practice, by: User, patients: Collection[int], what: str) -> None:
    """The same for many patients, by their primary keys."""
    insert(AccessLog, ("practice", "user", "patient", "what"), [(practice.pk, by.pk, patient, what) for patient in patients])


def tell(
    claim: ClaimRecord,
    *,
    today: date,
    kind: str,
    text: str,
    key: str,
    state: str = "",
    by: User | None = None,
    file: File | int | None = None,
    stops: Sequence[Finding] = (),
) -> bool:
    """Write one thing that happened to a claim, once; False when it was already written.

    The claim takes the new state if that may follow the one it is in: an acknowledgement that comes after the payment
    is told, but changes nothing. `stops`: the findings that hold the claim, kept with its charge for the reports.
    """
    after = state if state and (state == claim.state or may_follow(claim.state, state)) else claim.state
    later = _later.get()
    if key in later.told(claim) if later else claim.events.filter(key=key).exists():
        return False
    edits = " ".join(dict.fromkeys(finding.edit or finding.code for finding in stops))
    charge = claim.charge if stops else None
    file_id = file.pk if isinstance(file, File) else file
    event = (claim.pk, key, today, kind, after, text[:300], edits, charge, file_id, by and by.pk)
    if later:
        later.tell(claim, event)
    else:
        insert(ClaimEvent, _EVENT, [event])
    changed(claim, state=after)
    return True


_EVENT = ("claim", "key", "on", "kind", "state", "text", "edits", "charge", "file", "by")


def must_follow(claim: ClaimRecord, state: str) -> None:
    """Refuse a step that the claim's state does not allow."""
    if not may_follow(claim.state, state):
        raise Refused(f"Claim {claim.patient_control_number} is {claim.state}; it cannot become {state} now.")


def event_number(claim: ClaimRecord, *kinds: str) -> int:
    """The next number of events that may happen to a claim more than once."""
    if later := _later.get():
        return sum(1 for kind in later.told(claim).values() if kind in kinds) + 1
    return claim.events.filter(kind__in=kinds).count() + 1


def told_before(claim: ClaimRecord, key: str) -> int:
    """How many of a claim's events have a key that begins so."""
    if later := _later.get():
        return sum(1 for known in later.told(claim) if known.startswith(key))
    return claim.events.filter(key__startswith=key).count()


def changed(row: Any, **values: Any) -> list[str]:
    """Set what differs and save it; the names that changed."""
    names = [name for name, value in values.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, values[name])
    if names:
        if later := _later.get():
            later.change(row, names)
        else:
            row.save(update_fields=names)
    return names


@contextmanager
def together(claims: Collection[ClaimRecord], before: Later | None = None) -> Iterator[None]:
    """Within it, what `changed` and `tell` do is written at its end, in a few statements for all rows.

    `claims`: those that something may happen to. Until the end a query does not see what was changed. Within another it
    ends with that one. `before`: what was kept back for it.
    """
    if later := _later.get():
        later.know(claims)
        yield
        return
    later = before or Later()
    later.know(claims)
    token = _later.set(later)
    try:
        yield
        later.write()
    finally:
        _later.reset(token)


@contextmanager
def kept_back(claims: Collection[ClaimRecord]) -> Iterator[Later]:
    """Within it, what `changed` and `tell` do is kept for a `together` that goes on with it (`before`)."""
    if later := _later.get():
        later.know(claims)
        yield later
        return
    later = Later()
    later.know(claims)
    token = _later.set(later)
    try:
        yield later
    finally:
        _later.reset(token)


@contextmanager
def at_once() -> Iterator[None]:
    """Within `together`: what waits is written first, and what is done here is written as it is done."""
    later = _later.get()
    if later:
        later.write()
    token = _later.set(None)
    try:
        yield
    finally:
        _later.reset(token)
        if later:
            later.kinds.clear()


_told = asked(lambda claims: ClaimEvent.objects.filter(claim__among=claims).order_by().values_list("claim", "key", "kind"))


class Later:
    """Changes that wait to be written together."""

    def __init__(self) -> None:
        self.rows: dict[tuple[type[Model], Any], tuple[Model, set[str]]] = {}
        self.events: list[tuple[Any, ...]] = []
        self.kinds: dict[int, dict[str, str]] = {}  # of each claim's events, by their keys

    def know(self, claims: Iterable[ClaimRecord]) -> None:
        """Read what happened to these claims before."""
        fresh: dict[int, dict[str, str]] = {claim.pk: {} for claim in claims if claim.pk not in self.kinds}
        if not fresh:
            return
        for claim, key, kind in _told(fresh):
            fresh[claim][key] = kind
        self.kinds |= fresh

    def told(self, claim: ClaimRecord) -> dict[str, str]:
        """The kinds of a claim's events by their keys."""
        if claim.pk not in self.kinds:
            self.know([claim])
        return self.kinds[claim.pk]

    def tell(self, claim: ClaimRecord, event: tuple[Any, ...]) -> None:
        self.told(claim)[event[1]] = event[3]
        self.events.append(event)

    def change(self, row: Model, names: Collection[str]) -> None:
        known, before = self.rows.setdefault((type(row), row.pk), (row, set()))
        assert known is row, f"office: two {row._meta.verbose_name} objects for one row are changed together"
        before.update(names)

    def write(self) -> None:
        alike: dict[tuple[type[Model], tuple[str, ...]], list[Model]] = defaultdict(list)
        for (model, _), (row, names) in self.rows.items():
            alike[model, tuple(sorted(names))].append(row)
        for (_, names), rows in alike.items():
            update_rows(rows, names)
        insert(ClaimEvent, _EVENT, self.events)
        self.rows, self.events = {}, []


_later: ContextVar[Later | None] = ContextVar("written together", default=None)
