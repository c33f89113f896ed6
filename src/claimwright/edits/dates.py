"""Dates of service, of the illness, and the payer's deadline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_claim, on_line

MEDICARE_DAYS = 365
"""One calendar year after the service (42 CFR 424.44); also what we take where the plan's own limit is unknown."""
SOON = 14
OF_A_STAY = re.compile(r"992(2[1-3]|3[1-9])")
"""A hospital's visits: the first, the later ones, that of the discharge."""


@edit("DT-FUTURE", REJECT, cites="CARC 110", element="DTP*472", forms=ANY_FORM, needs="future")
def future_service(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """No service lies in the future."""
    for line in claim.lines:
        if line.through > context.today:
            yield on_line(
                line, f"The date of service {line.through} is in the future.", "Correct the date, or wait for the visit."
            )


@edit("DT-ORDER", REJECT, cites="837 TR3, DTP*472", element="DTP*472", forms=ANY_FORM, needs="last day")
def ends_before_it_begins(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service ends on or after the day it begins."""
    for line in claim.lines:
        if line.through < line.first_service:
            yield on_line(line, "The last day of service is before the first.", "Correct the dates of service.")


@edit("DT-SPAN", WARN, cites="CARC 267 and 268", element="DTP*472", needs="last day")
def span(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A line stays within one month."""
    for line in claim.lines:
        if (line.through.year, line.through.month) > (line.first_service.year, line.first_service.month):
            yield on_line(line, "The line spans more than one calendar month.", "Split the line by month.")


def deadline(claim: Claim, context: Context, tables: Tables) -> date:
    """The last day on which the payer takes an original claim: by the plan, else by the practice's payer directory."""
    listed = tables.listed_payer(claim.payer.payer_id)
    days = context.coverage.plan.timely_filing_days if context.coverage else listed.timely_days if listed else None
    days = MEDICARE_DAYS if days is None else days
    last = claim.last_service
    return last + timedelta(days=days) if (date.max - last).days > days else date.max


def has_deadline(claim: Claim) -> bool:
    """Corrections and later payers have deadlines of their own, from the earlier decision."""
    return claim.frequency == "1" and claim.responsibility == "P"


@edit(
    "DT-TIMELY",
    DENY,
    since=date(2010, 1, 1),
    cites="42 CFR 424.44; the plan's filing limit; CARC 29",
    element="DTP*472",
    forms=ANY_FORM,
    needs="old/payers",
)
def too_late(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The claim is filed within the payer's limit."""
    if has_deadline(claim) and context.today > deadline(claim, context, tables):
        yield on_claim(
            f"Filing ended on {deadline(claim, context, tables)}; the service was on {claim.last_service}.",
            "Look for proof of earlier filing or a reason for delay; else the charge is written off, not billed to the patient.",
        )


@edit(
    "DT-TIMELY-SOON",
    WARN,
    since=date(2010, 1, 1),
    cites="42 CFR 424.44; the plan's filing limit",
    element="DTP*472",
    forms=ANY_FORM,
    needs="old/payers",
)
def nearly_too_late(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Two weeks or less before the filing limit."""
    left = (deadline(claim, context, tables) - context.today).days if has_deadline(claim) else -1
    if 0 <= left <= SOON:
        yield on_claim(f"The payer takes this claim for {left} more days only.", "Mend and send this claim first.")


@edit("DT-ACCIDENT", REJECT, cites="837 TR3, DTP*439", element="DTP*439", forms=ANY_FORM, needs="accident")
def accident_after_service(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The accident came before the service."""
    if claim.accident_date and claim.accident_date > claim.first_service:
        yield on_claim("The accident date is after the first service.", "Correct the accident date.")


@edit("DT-ONSET", REJECT, cites="837 TR3, DTP*431", element="DTP*431", forms=ANY_FORM, needs="onset")
def onset_after_service(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The illness began before the service."""
    if claim.onset and claim.onset > claim.last_service:
        yield on_claim("The onset of the illness is after the service.", "Correct the onset date.")


@edit("DT-ADMISSION", REJECT, cites="837 TR3, DTP*435", element="DTP*435", needs="at 21/at 51/at 61")
def admission_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Services to an inpatient say when the stay began."""
    inpatient = any((line.place_of_service or claim.place_of_service) in {"21", "51", "61"} for line in claim.lines)
    if inpatient and claim.admitted is None:
        yield on_claim("The patient was in hospital, but the claim has no admission date.", "Add the admission date.")


@edit("DT-STAY", REJECT, cites="837 TR3, DTP*435 and DTP*096", element="DTP*096", forms=ANY_FORM, needs="admitted")
def stay_backwards(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay ends after it begins."""
    if claim.admitted and claim.discharged and claim.discharged < claim.admitted:
        yield on_claim("The discharge is before the admission.", "Correct the dates of the stay.")


@edit(
    "DT-STAY-FUTURE",
    REJECT,
    cites="837 TR3, DTP*435 and DTP*096: days that have been; claim status A7, 189 and 190",
    element="DTP*096",
    forms=ANY_FORM,
    needs="admitted/discharged",
)
def stay_to_come(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A stay that is billed has begun, and its discharge has been."""
    for what, on in (("admission", claim.admitted), ("discharge", claim.discharged)):
        if on and on > context.today:
            yield on_claim(f"The {what} is in the future.", f"Correct the date of {what}.")


@edit(
    "DT-OUTSIDE-STAY",
    DENY,
    cites="837P TR3, 2300 DTP*435 and DTP*096; CARC 16, MA40, N318",
    element="DTP*472",
    needs="admitted/discharged, visit of a place",
)
def visit_outside_stay(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit to an inpatient lies within the stay that the claim names."""
    for line in claim.lines:
        place = line.place_of_service or claim.place_of_service
        if place not in {"21", "51", "61"} or not OF_A_STAY.fullmatch(line.procedure):
            continue
        early = claim.admitted is not None and line.first_service < claim.admitted
        if early or (claim.discharged is not None and line.through > claim.discharged):
            yield on_line(
                line,
                f"{line.procedure} is {'before the admission' if early else 'after the discharge'}.",
                "Correct the day of service or of the stay; before the admission use the place and code of that visit.",
            )


@edit(
    "DT-PERIOD",
    REJECT,
    cites="837P TR3, DTP*484; claim status A7, 191",
    element="DTP*484",
    needs="last menstrual period",
)
def last_period_after_service(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """The last menstrual period began before the services."""
    if claim.last_menstrual_period and claim.last_menstrual_period > claim.last_service:
        yield on_claim("The last menstrual period is after the service.", "Correct its date.")


@edit(
    "DT-BEFORE-BIRTH",
    REJECT,
    cites="837 TR3, 2300 DTP and DMG02; CARC 14",
    element="DTP03",
    forms=ANY_FORM,
    needs="accident/onset/admitted/last menstrual period",
)
def before_birth(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Nothing of the claim happened to the patient before birth."""
    named = (("accident", claim.accident_date), ("onset", claim.onset), ("admission", claim.admitted),
             ("last menstrual period", claim.last_menstrual_period))  # fmt: skip
    for what, on in named:
        if on and claim.patient.birth and on < claim.patient.birth:
            yield on_claim(f"The date of the {what} is before the patient's birth.", "Correct that date or the birth date.")


@edit(
    "DT-DAYS",
    DENY,
    cites="Claims Processing Manual 26, 10.4, item 24A: one unit a day; CARC 16, M53, N345",
    element="SV104",
    needs="visit, last day",
)
def days_against_units(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A line of daily visits over several days has as many units as days."""
    for line in claim.lines:
        days = (line.through - line.first_service).days + 1
        found = tables.known_procedure(line.procedure) if days > 1 else None
        if found and found.is_visit and line.units != days:
            yield on_line(line, f"The line covers {days} days and has {line.units} units.", "Bill one unit for each day.")


DATES = (
    days_against_units,
    future_service,
    ends_before_it_begins,
    span,
    too_late,
    nearly_too_late,
    accident_after_service,
    onset_after_service,
    last_period_after_service,
    before_birth,
    admission_missing,
    stay_backwards,
    stay_to_come,
    visit_outside_stay,
)
