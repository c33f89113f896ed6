"""Modifiers of visits: beside procedures and surgery (25, 57), never 59, and from afar (95, 93)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.modifiers import DISTINCT
from claimwright.edits.ncci import VISIT_APART, is_visit, minor_beside
from claimwright.edits.place import place_of, telehealth
from claimwright.edits.procedures import priced
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line
from claimwright.edits.visits import BESIDE_A_VISIT, never_both

REMOTE = frozenset({"95", "93", "GT", "GQ", "FQ", "G0"})


def same_day(claim: Claim, visit: ServiceLine) -> Iterator[ServiceLine]:
    """Other lines of the same day by the same provider."""
    me = rendering_of(claim, visit).npi
    for line in claim.lines:
        if line is not visit and line.first_service == visit.first_service and rendering_of(claim, line).npi == me:
            yield line


def work_beside(claim: Claim, visit: ServiceLine, tables: Tables) -> Iterator[tuple[ServiceLine, Procedure]]:
    """Those of them whose procedure is known and in force."""
    for line in same_day(claim, visit):
        found = tables.procedure(line.procedure, line.first_service)
        if found:
            yield line, found


def _told_elsewhere(visit: ServiceLine, line: ServiceLine, tables: Tables) -> bool:
    """Whether what stands beside a visit is a second visit (PX-TWO-VISITS) or major surgery (MOD-57), both in force."""
    found = tables.procedure(line.procedure, line.first_service)
    apart = BESIDE_A_VISIT.fullmatch(line.procedure) or BESIDE_A_VISIT.fullmatch(visit.procedure)
    second = found is not None and found.is_visit and (not apart or "25" in line.modifiers)
    beside = second or (found is not None and found.global_days == "090")
    return beside and tables.procedure(visit.procedure, visit.first_service) is not None


@edit(
    "MOD-25",
    DENY,
    since=date(1996, 1, 1),
    cites="NCCI Policy Manual I.D; Claims Processing Manual 12, 30.6.6; CARC 97",
    element="SV101-3",
    needs="visit, two lines",
)
def visit_with_procedure(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit on the day of a minor procedure, or in an NCCI pair with a service, carries 25 if it stands on its own."""
    for visit in claim.lines:
        if VISIT_APART & set(visit.modifiers) or not is_visit(visit.procedure, tables):
            continue
        for line in same_day(claim, visit):
            if _told_elsewhere(visit, line, tables):
                continue
            part = tables.pair(line.procedure, visit.procedure, visit.first_service) is not None
            if (part or minor_beside(visit, line, tables)) and not never_both(visit, line, tables):
                yield on_line(
                    visit,
                    f"{visit.procedure} with {line.procedure} on one day is only paid with modifier 25.",
                    "Add modifier 25 if the note shows a visit beyond the procedure's own work; else take the visit off.",
                )
                break


@edit(
    "MOD-57",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 30.6.6.C; CARC 97",
    element="SV101-3",
    needs="visit, two lines",
)
def visit_with_surgery(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit on the day of a major procedure carries 57 if the surgery was decided there."""
    for visit, found in priced(claim, tables):
        if not found.is_visit or {"57", "24", "25"} & set(visit.modifiers):
            continue
        surgery = (line for line, other in work_beside(claim, visit, tables) if other.global_days == "090")
        major = next((line for line in surgery if not never_both(visit, line, tables)), None)
        if major:
            yield on_line(
                visit,
                f"{visit.procedure} on the day of {major.procedure} (90 days included) is only paid with modifier 57.",
                "Add modifier 57 if the treatment was decided at this visit.",
            )


@edit(
    "MOD-25-ON-PROCEDURE",
    DENY,
    cites="CPT definition of modifier 25: on visits only; CARC 4",
    element="SV101-3",
    needs="-24/-25/-57",
)
def visit_modifier_on_procedure(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers 24, 25 and 57 belong on visits."""
    for line, found in priced(claim, tables):
        wrong = sorted({"24", "25", "57"} & set(line.modifiers))
        if wrong and not found.is_visit and found.service_kind in {"procedure", "imaging", "lab", "drug"}:
            yield on_line(
                line, f"Modifier {wrong[0]} is for visits, {line.procedure} is not one.", "Move it to the visit's line."
            )


@edit("MOD-25-ALONE", WARN, cites="CPT definition of modifier 25", element="SV101-3", needs="-25")
def nothing_beside(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifier 25 means there was something else that day."""
    for line in claim.lines:
        if "25" in line.modifiers and not any(
            other.first_service == line.first_service for other in claim.lines if other is not line
        ):
            yield on_line(
                line, "Modifier 25 is on a visit with nothing else that day.", "Take modifier 25 off, or add the other service."
            )


@edit(
    "MOD-59-ON-VISIT",
    DENY,
    since=date(1997, 1, 1),
    cites="NCCI Policy Manual I.E: 59 and X modifiers not on evaluation and management",
    element="SV101-3",
    needs="visit, -59/-XE/-XP/-XS/-XU",
)
def distinct_on_visit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers 59 and XE, XP, XS, XU do not belong on visits."""
    for line, found in priced(claim, tables):
        wrong = sorted(DISTINCT & set(line.modifiers))
        if wrong and found.is_visit:
            yield on_line(
                line, f"Modifier {wrong[0]} is not for visits.", "Use modifier 25 on the visit if it stands on its own."
            )


@edit(
    "MOD-TELEHEALTH",
    DENY,
    since=date(2017, 1, 1),
    cites="CPT appendix P and T; plans' telehealth policies; MLN MM9726 and MM10152; CARC 4",
    element="SV101-3",
    needs="at 02/at 10",
)
def telehealth_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit from afar says how: 95 by video, 93 by sound only. Not 98000-98016; Medicare asked for GT in 2017 alone."""
    for line, found in priced(claim, tables):
        for_medicare = claim.filing_indicator == "MB"
        asks = found.service_kind != "telehealth" and (not for_medicare or line.first_service.year == 2017)
        if asks and telehealth(claim, line) and not REMOTE & set(line.modifiers):
            yield on_line(
                line,
                f"Place of service {place_of(claim, line)} says telehealth, {line.procedure} does not.",
                "Add modifier GT." if for_medicare else "Add modifier 95 (video) or 93 (sound only).",
            )


@edit(
    "MOD-TELEHEALTH-PLACE",
    DENY,
    since=date(2024, 1, 1),
    cites="CMS place of service 02 and 10; physician fee schedule 2024 (88 FR 78818); CARC 5",
    element="SV105",
    needs="-95/-93/-GT",
)
def telehealth_place(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit from afar has place of service 10 (at home) or 02, but for Medicare's therapists and hospitals."""
    for line in claim.lines:
        remote = sorted({"95", "93", "GT"} & set(line.modifiers))
        apart = place_of(claim, line) in {"19", "22"} or {"GN", "GO", "GP"} & set(line.modifiers)
        if remote and not telehealth(claim, line) and not (apart and claim.filing_indicator == "MB"):
            yield on_line(
                line,
                f"Modifier {remote[0]} says telehealth, place of service {place_of(claim, line)} does not.",
                "Use place of service 10 (patient at home) or 02.",
            )


VISIT_MODIFIERS = (
    visit_with_procedure,
    visit_with_surgery,
    visit_modifier_on_procedure,
    nothing_beside,
    distinct_on_visit,
    telehealth_missing,
    telehealth_place,
)
