"""Visits: who is new, how many on a day, after an operation, and what goes with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.others import earlier
from claimwright.edits.procedures import GLOBAL_DAYS, priced, unit_setting_of
from claimwright.edits.providers import one_specialty, rendering_of
from claimwright.edits.registry import ADVISE, DENY, Problem, edit, on_line
from claimwright.effective import age_on

NEW_PATIENT = re.compile(r"9920[1-5]|9934[1-5]|9938[1-7]|9800[0-3]|9800[89]|9801[01]")
BESIDE_A_VISIT = re.compile(r"9936[678]|9940[6-9]|994(2[4-7]|3[79]|5[347]|7[34]|8[479]|9[0-478])")
"""Numbered among visits, and no second one: conferences, counseling on tobacco and alcohol, months of care management and of
remote monitoring, advance care planning."""
ONCE_A_DAY = re.compile(
    r"992(0[2-5]|1[1-5]|2[1-3]|3[1-9]|4[2-5]|5[2-5]|8[1-5])|9930[4-9]|9931[056]|9934[1-9]|99350|9938[1-7]|9939[1-7]"
)
"""Visits that are reported once a day, whatever their length."""
OF_MEDICARE = frozenset({"G0402", "G0438", "G0439"})
OTHER_PLANS = frozenset({"12", "13", "14", "15", "BL", "CI", "HM"})
MEDICARE_AGE = 65
AFTER_SURGERY = frozenset({"24", "25", "57", "58", "78", "79", "FT"})


@edit(
    "PX-NEW-PATIENT",
    DENY,
    since=date(1992, 1, 1),
    cites="CPT definition of a new patient; Claims Processing Manual 12, 30.6.7; CARC B16",
    element="SV101-2",
    needs="history/batch, new patient",
)
def not_new(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A new patient was not seen by this practice, in this specialty, within three years."""
    for line in claim.lines:
        if not NEW_PATIENT.fullmatch(line.procedure):
            continue
        for other, seen in earlier(claim, context):
            recent = timedelta(0) < line.first_service - seen.first_service < timedelta(days=3 * 365)
            if recent and one_specialty(rendering_of(claim, line), rendering_of(other, seen)):
                yield on_line(
                    line,
                    f"{line.procedure} is for new patients; the practice saw this one on {seen.first_service} "
                    f"(claim {other.patient_control_number}).",
                    "Use the code of the same level for an established patient.",
                )
                break


def never_both(one: ServiceLine, other: ServiceLine, tables: Tables) -> bool:
    """Whether two lines of a day are an NCCI pair that no modifier opens, which NCCI-NEVER tells."""
    codes = (one.procedure, other.procedure), (other.procedure, one.procedure)
    return any(pair is not None and pair.indicator == "0" for pair in (tables.pair(*two, one.first_service) for two in codes))


@edit(
    "PX-TWO-VISITS",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 30.6.5; CARC B14",
    element="SV101-2",
    needs="visit, two lines",
)
def two_visits(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """One visit a day by one provider, unless a second stands on its own (25)."""
    seen: dict[tuple[date, str], ServiceLine] = {}
    for line, found in priced(claim, tables):
        if not found.is_visit or BESIDE_A_VISIT.fullmatch(line.procedure):
            continue
        day = (line.first_service, rendering_of(claim, line).npi)
        first = seen.setdefault(day, line)
        if first is not line and "25" not in line.modifiers + first.modifiers and not never_both(first, line, tables):
            yield on_line(
                line,
                f"{first.procedure} and {line.procedure} are two visits on one day by one provider.",
                "Bill one visit for the whole work, or add modifier 25 if the note shows two separate ones.",
            )


@edit(
    "PX-VISIT-UNITS",
    DENY,
    since=date(1992, 1, 1),
    cites="CPT: evaluation and management is reported once a day; Claims Processing Manual 12, 30.6.5; CARC 151",
    element="SV104",
    needs="visit, several units",
)
def several_visits_on_a_line(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit of one day is one unit, however long it took; MUE-LINE and MUE-DAY tell more than the table allows."""
    for line in claim.lines:
        if line.units > 1 and line.through == line.first_service and ONCE_A_DAY.fullmatch(line.procedure):
            limit = tables.unit_limit(line.procedure, line.first_service, unit_setting_of(claim))
            if limit is None or line.units <= limit.units:
                yield on_line(
                    line,
                    f"{line.procedure} is one unit a day, and the line has {line.units:f}.",
                    "Bill one unit; visits of other days each have their line.",
                )


@edit(
    "PX-GLOBAL",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 40; CARC 97, N525",
    element="SV101-3",
    needs="history/batch, visit",
)
def inside_global(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit within the days included in an earlier procedure carries the modifier that says why it is apart."""
    for line, found in priced(claim, tables):
        if not found.is_visit or AFTER_SURGERY & set(line.modifiers):
            continue
        for other, done in earlier(claim, context):
            surgery = tables.known_procedure(done.procedure)
            days = GLOBAL_DAYS.get(surgery.global_days, 0) if surgery else 0
            days *= one_specialty(rendering_of(claim, line), rendering_of(other, done))
            if days and timedelta(0) < line.first_service - done.first_service <= timedelta(days=days):
                yield on_line(
                    line,
                    f"The visit falls within the {days} days included in {done.procedure} of {done.first_service} "
                    f"(claim {other.patient_control_number}).",
                    "If it was for something else, add modifier 24; else it is part of the procedure and is not billed.",
                )
                break


@edit(
    "PX-G2211",
    DENY,
    since=date(2024, 1, 1),
    cites="42 CFR 414; Claims Processing Manual 12, 30.6.7.2",
    element="SV101-2",
    needs="G2211",
)
def g2211(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """G2211 goes with an office visit, and not with one that carries modifier 25 (but for prevention and vaccines, from 2025)."""
    for line in claim.lines:
        if line.procedure != "G2211":
            continue
        visits = [
            one
            for one in claim.lines
            if re.fullmatch(r"992(0[2-5]|1[1-5])", one.procedure) and one.first_service == line.first_service
        ]
        others = [
            found
            for one, found in priced(claim, tables)
            if one.first_service == line.first_service and not found.is_visit and not found.add_on
        ]
        prevention = line.first_service >= date(2025, 1, 1) and all(
            one.service_kind in {"preventive", "immunization"} for one in others
        )
        if not visits:
            yield on_line(line, "G2211 needs an office visit on the same day.", "Add the visit, or take G2211 off.")
        elif any("25" in visit.modifiers for visit in visits) and not prevention:
            yield on_line(
                line,
                "G2211 is not paid when the visit carries modifier 25.",
                "Take G2211 off, or modifier 25 if it was not needed.",
            )


@edit(
    "PX-MEDICARE-VISIT",
    ADVISE,
    since=date(2011, 1, 1),
    cites="42 CFR 410.15 and 410.16: wellness visits of Medicare; CPT preventive medicine visits; CARC 96, 204",
    element="SV101-2",
    needs="Medicare's visit, filed 12/filed 13/filed 14/filed 15/filed BL/filed CI/filed HM",
)
def wellness_of_medicare(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare's wellness visits are seldom paid by other plans for people under 65."""
    birth = claim.patient.birth
    for line in claim.lines if birth and claim.filing_indicator in OTHER_PLANS else ():
        if line.procedure in OF_MEDICARE and birth and age_on(birth, line.first_service) < MEDICARE_AGE:
            yield on_line(
                line,
                f"{line.procedure} is Medicare's visit, and the claim goes to another plan.",
                "Use the preventive visit of the patient's age (99381-99397), unless this is a Medicare Advantage plan.",
            )


VISITS = (not_new, two_visits, several_visits_on_a_line, inside_global, g2211, wellness_of_medicare)
