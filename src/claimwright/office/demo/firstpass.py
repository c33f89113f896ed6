"""What the edits are worth: the demo's claims as first coded, sent to the same payers with no edits, the first ones, and all.

A pass is made in memory, beside the practice's own books: the same visits, the same coders' slips, the same payers with what
they deny on purpose. A claim that the edits of a pass stop leaves as it was mended, on the day it really left, or not at all.
Only first claims to the first payer count, each by the payer's first decision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from importlib import resources
from typing import Any, Final

import msgspec

from claimwright.charges.capture import capture
from claimwright.charges.model import CodedService
from claimwright.claims.model import Claim
from claimwright.edits.registry import all_edits
from claimwright.edits.scrub import Context, scrub
from claimwright.office.codes import tables
from claimwright.office.demo.backoffice import batch_day
from claimwright.office.demo.steps import Steps
from claimwright.office.demo.story import Story, StoryVisit
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, Practice
from claimwright.office.workflow.compose import compose
from claimwright.office.workflow.history import known_around
from claimwright.office.workflow.rules import own_edits
from claimwright.parties import Struct
from claimwright.payers.sandbox.intake import take_in
from claimwright.payers.sandbox.model import Book
from claimwright.payers.sandbox.runs import due_payments
from claimwright.payers.sandbox.state import State

Stops = Callable[[str], bool]
"""Whether an edit holds claims in a pass."""


class FirstClaim(Struct):
    """A visit's first claim, as coded and as it left in the end. `leaves`: the day on which it left, if it did."""

    patient: int
    built: date
    coded: Claim
    mended: Claim
    around: Context
    leaves: date | None
    not_before: date | None


class Pass(Struct):
    """What came of the claims. Charges in cents; rates of claims with a denied line, and of denied charges."""

    edits: int
    held: int
    sent: int
    rejected: int
    answered: int
    denied: int
    charge: int
    charge_denied: int

    @property
    def told(self) -> dict[str, Any]:
        """For the demo's document."""
        rates = {"rate": _rate(self.denied, self.answered), "rate_of_charges": _rate(self.charge_denied, self.charge)}
        return msgspec.to_builtins(self) | rates


def _rate(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def first_edits() -> frozenset[str]:
    """The ids of the first journey's edits."""
    text = resources.files("claimwright.office.demo").joinpath("first_edits.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


def first_pass(practice: Practice, story: Story, book: Book, steps: Steps) -> dict[str, dict[str, Any]]:
    """The three passes, by name: no edits, those of the first journey in their form of today, all of today."""
    claims = first_claims(practice, story, steps)
    first = first_edits()
    own = {edit.id for claim in claims for edit in own_edits(practice, claim.coded, claim.around)}
    now = len(all_edits()) + len(own)
    passes: Final = (
        ("no_edits", 0, lambda edit: False),
        ("first_edits", len(first), first.__contains__),
        ("now", now, lambda edit: True),
    )
    return {name: _pass(practice, story.today, claims, book, edits, stops).told for name, edits, stops in passes}


def first_claims(practice: Practice, story: Story, steps: Steps) -> list[FirstClaim]:
    """Every visit's first claim."""
    numbers = {steps.done[f"claim:{n}"]: n for n in range(len(story.visits)) if steps.done.get(f"claim:{n}")}
    rows = ClaimRecord.objects.filter(practice=practice, pk__in=numbers).order_by("pk")
    related = ("encounter__patient", "encounter__provider", "encounter__location", "encounter__practice", "patient", "payer",
               "coverage__plan__payer", "practice")  # fmt: skip
    return [_first_claim(row, story, story.visits[numbers[row.pk]]) for row in rows.select_related(*related)]


def _first_claim(row: ClaimRecord, story: Story, visit: StoryVisit) -> FirstClaim:
    mended = claim_of(row)
    coded = _as_coded(row, mended, story, visit)
    around = known_around(row, row.built_on)
    if around.coverage and visit.corrected_member_id:  # registered as it is on the claim
        around = msgspec.structs.replace(around, coverage=msgspec.structs.replace(around.coverage, insured=coded.insured))
    return FirstClaim(
        patient=visit.patient,
        built=row.built_on,
        coded=coded,
        mended=mended,
        around=around,
        leaves=row.events.filter(kind="sent").values_list("on", flat=True).first(),
        not_before=visit.sent_on,
    )


def _as_coded(row: ClaimRecord, mended: Claim, story: Story, visit: StoryVisit) -> Claim:
    """The claim as it was before anybody mended it."""
    claim = mended
    if visit.corrected_services or visit.corrected_diagnoses:
        services = [
            CodedService(
                procedure=one.procedure,
                modifiers=one.modifiers,
                units=one.units,
                diagnosis_codes=one.diagnosis_codes,
                on=visit.on,
                ndc=one.drug.ndc if one.drug else "",
                ndc_quantity=one.drug.quantity if one.drug else None,
                ndc_unit=one.drug.unit if one.drug else "",
            )
            for one in visit.services
        ]
        lines, _ = capture(services, story.charge_master)
        numbered = [(f"{row.pk}L{place}", line) for place, line in enumerate(lines, 1)]
        number = row.patient_control_number
        claim = compose(row.encounter, row.coverage, numbered, number=number, diagnoses=visit.diagnoses)
    if visit.corrected_member_id:
        registered = story.patients[visit.patient].coverages[0].insured.member_id
        claim = msgspec.structs.replace(claim, insured=msgspec.structs.replace(claim.insured, member_id=registered))
    return claim


def _pass(practice: Practice, today: date, claims: list[FirstClaim], book: Book, edits: int, stops: Stops) -> Pass:
    """Day by day: what may leave leaves, the payers answer."""
    state, waiting, held = State(), list(claims), dict[str, FirstClaim]()
    sent: list[Claim] = []
    numbers: dict[str, Claim] = {}  # by the payer's number
    decided: dict[str, tuple[int, int]] = {}  # charge and denied charge
    day = min((claim.built for claim in claims), default=today)
    while day <= today:
        leaving: list[Claim] = []
        if batch_day(day) or any(claim.not_before == day for claim in waiting):
            due = [claim for claim in waiting if claim.built <= day and (claim.not_before is None or claim.not_before <= day)]
            waiting = [claim for claim in waiting if claim not in due]
            clean, stopped = _checked(practice, due, sent, day, stops)
            held |= {claim.coded.patient_control_number: claim for claim in stopped}
            leaving += clean
        leaving += [claim.mended for claim in held.values() if claim.leaves == day]
        for claim in leaving:
            sent.append(claim)
            verdict = take_in(book, state, claim, practice.submitter_id, day)
            if verdict.accepted:
                numbers[verdict.number] = claim
            elif not verdict.silent:
                numbers[f"rejected {claim.patient_control_number}"] = claim
        for _ in due_payments(book, state, day, tables()):
            pass
        decided |= _decided(state, numbers.keys() - decided.keys())
        day += timedelta(days=1)
    return Pass(
        edits=edits,
        held=len(held),
        sent=len(sent),
        rejected=sum(number.startswith("rejected") for number in numbers),
        answered=len(decided),
        denied=sum(1 for _, denied in decided.values() if denied),
        charge=sum(charge for charge, _ in decided.values()),
        charge_denied=sum(denied for _, denied in decided.values()),
    )


def _checked(
    practice: Practice, due: list[FirstClaim], sent: list[Claim], day: date, stops: Stops
) -> tuple[list[Claim], list[FirstClaim]]:
    """Which claims leave as coded, and which the edits of the pass hold."""
    leaving, held = [claim.coded for claim in due], []
    codes = tables()
    for claim in due:
        batch = tuple(other for other in leaving if other is not claim.coded)
        before = next(place for place, other in enumerate(leaving) if other is claim.coded)
        history = tuple(other for other in sent if _same_patient(other, claim.coded))
        around = msgspec.structs.replace(claim.around, today=day, batch=batch, before=before, history=history)
        found = scrub(claim.coded, around, codes, own_edits(practice, claim.coded, around))
        if any(finding.stops and stops(finding.edit or finding.code) for finding in found):
            leaving.remove(claim.coded)
            held.append(claim)
    return leaving, held


def _same_patient(one: Claim, other: Claim) -> bool:
    return (one.patient.last, one.patient.first, one.patient.birth) == (
        other.patient.last,
        other.patient.first,
        other.patient.birth,
    )


def _decided(state: State, numbers: Iterable[str]) -> dict[str, tuple[int, int]]:
    """The payer's first decision on each claim that has one: its charge, and how much of it was denied."""
    found = {}
    for number in numbers:
        taken = state.claims.get(number)
        if taken is None or taken.determination is None:
            continue
        denied = {line.number for line in taken.determination.lines if line.denied}
        found[number] = (taken.claim.charge, sum(line.charge for line in taken.claim.lines if line.number in denied))
    return found
