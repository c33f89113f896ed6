"""Visits and returns around a surgery: the decision for it, what is unrelated to it, where the patient came back to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import pointed
from claimwright.edits.others import earlier, others
from claimwright.edits.place import place_of
from claimwright.edits.procedures import GLOBAL_DAYS, MINOR, priced
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line
from claimwright.edits.visit_modifiers import work_beside

DAY = timedelta(days=1)
NO_THEATER = frozenset({"02", "10", "12", "31", "32"})
"""Places of service with no operating, endoscopy or laser room (Claims Processing Manual 12, 40.1.B)."""


def _known(claim: Claim, context: Context) -> Iterator[tuple[Claim, ServiceLine]]:
    """Lines of the claim and of the patient's other claims by this practice."""
    yield from ((claim, line) for line in claim.lines)
    yield from others(claim, context)


@edit(
    "MOD-57-EVE",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 40.1.A: a major surgery includes the day before; CARC 97",
    element="SV101-3",
    needs="visit, two lines/history/batch",
)
def eve_of_surgery(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit on the day before a major procedure carries 57 if the surgery was decided there."""
    for visit, found in priced(claim, tables):
        if not found.is_visit or {"57", "24"} & set(visit.modifiers):
            continue
        for of, done in _known(claim, context):
            next_day = done.first_service - visit.first_service == DAY
            if not next_day or rendering_of(of, done).npi != rendering_of(claim, visit).npi:
                continue
            surgery = tables.known_procedure(done.procedure)
            if surgery and surgery.global_days == "090":
                said = f"{visit.procedure} is on the day before {done.procedure} (90 days included): only paid with modifier 57."
                yield on_line(visit, said, "Add modifier 57 if the surgery was decided at this visit.")
                break


@edit(
    "MOD-57-MINOR",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 30.6.6.C: 57 is for major surgery; CARC 4",
    element="SV101-3",
    needs="visit, -57, two lines",
)
def decided_minor(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Beside a minor procedure a visit that stands on its own carries 25, not 57."""
    for visit, found in priced(claim, tables):
        done = [other for line, other in work_beside(claim, visit, tables) if other.service_kind == "procedure"]
        minor = any(other.global_days in MINOR for other in done) and not any(other.global_days == "090" for other in done)
        tomorrow = any(line.first_service - visit.first_service == DAY for line in claim.lines)
        if found.is_visit and "57" in visit.modifiers and minor and not tomorrow:
            yield on_line(
                visit, "57 is for the decision for major surgery; the procedure of the day is minor.", "Use 25 instead."
            )


@edit(
    "SUR-SAME-DIAGNOSIS",
    WARN,
    since=date(1992, 1, 1),
    cites="Definitions of modifiers 24 and 79: unrelated to the surgery; CARC 97",
    element="SV107",
    needs="history/batch, -24/-79",
)
def related_after_all(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What is unrelated to a surgery (24, 79) has a diagnosis that the surgery had not."""
    for line in claim.lines:
        said = sorted({"24", "79"} & set(line.modifiers))
        codes = set(pointed(claim, line.pointers)) if said else set()
        for of, done in earlier(claim, context) if codes else ():
            surgery = tables.known_procedure(done.procedure)
            days = GLOBAL_DAYS.get(surgery.global_days, 0) if surgery else 0
            within = timedelta(0) < line.first_service - done.first_service <= timedelta(days=days)
            if within and codes <= set(pointed(of, done.pointers)):
                text = (
                    f"Modifier {said[0]} says unrelated to {done.procedure} of {done.first_service}, the diagnosis is the same."
                )
                yield on_line(line, text, "Link the diagnosis that was treated now; else the service is part of the surgery.")
                break


@edit(
    "SUR-RETURN-PLACE",
    WARN,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 40.1.B and 40.2.A.5: 78 is a return to the operating room; CARC 4, 5",
    element="SV105",
    needs="-78",
)
def returned_nowhere(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A return to the operating room (78) is at a place that has one."""
    for line in claim.lines:
        if "78" in line.modifiers and place_of(claim, line) in NO_THEATER:
            yield on_line(
                line,
                f"78 says operating room; place of service {place_of(claim, line)} has none.",
                "Correct the place; care of a complication outside an operating room is part of the surgery.",
            )


DECISIONS = (eve_of_surgery, decided_minor, related_after_all, returned_nowhere)
