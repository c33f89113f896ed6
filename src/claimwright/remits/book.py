"""A small book in memory: claims, the payments that came, and what they did, the same in whatever order they came.

Payments are read in the payer's own order (the day paid, then the payer's rank, then the payment's name), whenever they
arrive. What a late one changes is undone and posted again, so that the ledger only grows: `settle` says what to add.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from claimwright.ledger.events import charge_event, reversal_of
from claimwright.ledger.model import Entry, Event
from claimwright.money import Cents
from claimwright.remits.matching import OpenClaim
from claimwright.remits.model import Remittance
from claimwright.remits.plan import plan_posting
from claimwright.remits.planned import PostingPlan
from claimwright.remits.post import events as events_of
from claimwright.remits.rules import PostingRules

_RANK = {"1": 0, "19": 0, "2": 1, "20": 1, "3": 2, "21": 2}  # of who decides; a denial or a reversal does not say


def payers_order(remit: Remittance) -> tuple[date, int, str]:
    """Where a payment stands among others: the day paid; primary before secondary before tertiary, and one that is both
    between them; its name.
    """
    ranks = [_RANK[claim.status] for claim in remit.claims if claim.status in _RANK]
    return remit.paid_on, 1000 * sum(ranks) // len(ranks) if ranks else 0, remit.key


class Book:
    """Claims as they were sent and charged, and everything that payers then said. Not for many: it plans all anew each time."""

    def __init__(self, claims: Sequence[OpenClaim], rules: PostingRules | None = None, on: date | None = None) -> None:
        self.claims = {claim.patient_control_number: claim for claim in claims}
        self.rules = rules
        self.remits: dict[str, Remittance] = {}
        self.plans: dict[str, PostingPlan] = {}
        self.events: list[Event] = [_charge(claim, on or claim.first_service) for claim in claims if claim.charged_under == ""]

    @property
    def entries(self) -> list[Entry]:
        """All that is posted."""
        return [entry for event in self.events for entry in event.entries]

    def arrive(self, remit: Remittance, today: date) -> PostingPlan:
        """Take in a payment; what came before changes nothing."""
        if remit.key not in self.remits:
            self.remits[remit.key] = remit
            self.plans, wanted = self._read(today)
            self.events += settle(self.events, wanted, today)
        return self.plans[remit.key]

    def _read(self, today: date) -> tuple[dict[str, PostingPlan], list[Event]]:
        """Every payment in the payer's order; after each, what waited is tried again."""
        plans: dict[str, PostingPlan] = {}
        wanted: dict[str, Event] = {}
        done: dict[str, set[int]] = {}
        undone: set[str] = set()
        read: list[Remittance] = []
        for remit in sorted(self.remits.values(), key=payers_order):
            read.append(remit)
            waiting = list(read)
            while waiting:
                one = waiting.pop()
                before = len(done.setdefault(one.key, set()))
                plan = plan_posting(one, self._open(wanted.values(), undone), self.rules, done=done[one.key])
                plans[one.key] = _joined(plans.get(one.key), plan)
                wanted |= {event.key: event for event in events_of(plan, today) if event.key not in wanted}
                undone |= {claim.undoes.key for claim in plan.posted if claim.undoes is not None}
                done[one.key] |= {claim.position for claim in plan.posted}
                if len(done[one.key]) > before:
                    waiting = [other for other in read if other is not one and len(done.get(other.key, ())) < len(other.claims)]
        return plans, list(wanted.values())

    def _open(self, wanted: Iterable[Event], undone: Collection[str]) -> list[OpenClaim]:
        """The claims with what those events leave open on each line."""
        insurance: Counter[tuple[str, str]] = Counter()
        patient: Counter[str] = Counter()
        wanted = list(wanted)
        for entry in (entry for event in [*self._charges(), *wanted] for entry in event.entries):
            if entry.account == "insurance_ar":
                insurance[entry.line, entry.payer] += entry.amount
            elif entry.account == "patient_ar":
                patient[entry.line] += entry.amount
        return [self._opened(claim, insurance, patient, _standing(wanted, claim, undone)) for claim in self.claims.values()]

    def _charges(self) -> list[Event]:
        return [event for event in self.events if event.kind == "charge"]

    def _opened(
        self,
        claim: OpenClaim,
        insurance: Mapping[tuple[str, str], Cents],
        patient: Mapping[str, Cents],
        posted: tuple[Event, ...],
    ) -> OpenClaim:
        lines = tuple(
            msgspec.structs.replace(
                line,
                open=insurance.get((line.control_number, claim.payer_id), 0),
                patient_open=patient.get(line.control_number, 0),
            )
            for line in claim.lines
        )
        return msgspec.structs.replace(claim, lines=lines, already_posted=posted)


def settle(posted: Sequence[Event], wanted: Sequence[Event], on: date) -> list[Event]:
    """What to add to a ledger so that its remittances say what they should: undo what differs, post what is missing."""
    standing: dict[str, Event] = {}
    count: Counter[str] = Counter()
    for event in posted:
        key, _, number = event.key.partition("#")
        if number.startswith("undo"):
            standing.pop(key, None)
        elif event.kind != "charge":
            standing[key] = event
            count[key] += 1
    should = {event.key: event for event in wanted}
    added: list[Event] = []
    for key, event in standing.items():
        if key not in should or _moves(should[key]) != _moves(event):
            added.append(reversal_of(event, key=f"{key}#undo{count[key]}", on=on, memo="decided again in the payer's order"))
    for key, event in should.items():
        if key not in standing or _moves(standing[key]) != _moves(event):
            fresh = f"{key}#again{count[key]}" if count[key] else key
            added.append(msgspec.structs.replace(event, key=fresh, on=on))
    return added


def _moves(event: Event) -> Counter[Entry]:
    return Counter(event.entries)


def _standing(wanted: Iterable[Event], claim: OpenClaim, undone: Collection[str]) -> tuple[Event, ...]:
    """The remittance events of a claim and its payer that no reversal has taken back."""
    charged = claim.charged_under or claim.patient_control_number
    return tuple(
        event
        for event in wanted
        if event.kind == "remittance"
        and event.key not in undone
        and (event.entries[0].claim, event.entries[0].payer) == (charged, claim.payer_id)
    )


def _joined(before: PostingPlan | None, plan: PostingPlan) -> PostingPlan:
    """A plan with what was posted of its remittance before."""
    if before is None:
        return plan
    now = {(claim.position, claim.part): claim for claim in before.claims}
    now |= {(claim.position, claim.part): claim for claim in plan.claims}
    return msgspec.structs.replace(plan, claims=tuple(now[place] for place in sorted(now)))


def _charge(claim: OpenClaim, on: date) -> Event:
    return charge_event(
        key=f"charge:{claim.patient_control_number}",
        on=on,
        lines=[(line.control_number, line.charge) for line in claim.lines],
        claim=claim.patient_control_number,
        patient=claim.patient,
        guarantor=claim.guarantor,
        payer=claim.payer_id,
    )
