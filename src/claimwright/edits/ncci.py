"""NCCI: pairs of procedures that are not paid together, and the most units of one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.tables import Pair, Tables, UnitLimit
from claimwright.edits.context import Context
from claimwright.edits.procedures import earlier
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line

Setting = Literal["practitioner", "outpatient"]
UnitSetting = Literal["practitioner", "outpatient", "dme"]
HOSPITAL_OUTPATIENT = frozenset({"12", "13", "14", "22", "23", "34", "74", "75", "76"})
"""Bill types that the outpatient files are for: hospitals paid by APC, and therapy of facilities (NCCI FAQ; 42 CFR 419)."""
SUPPLIER = re.compile(r"332|333|335")
"""Taxonomies of suppliers of equipment and of pharmacies: their units are those of the DME file."""
BOTH_FILES = frozenset({"professional", "institutional"})
WHY = {
    "instruction": "coding instructions",
    "practice": "standards of practice",
    "misuse": "the second is misused with the first",
    "exclusive": "they exclude each other",
    "extensive": "the first is the more extensive",
    "definition": "the definition of the code",
    "anesthesia": "anesthesia belongs to the procedure",
    "panel": "the test is part of the panel",
    "separate": "a separate procedure within another",
    "sequential": "one led to the other",
}


def setting_of(claim: Claim) -> Setting:
    """Whose NCCI files hold for a claim: hospitals' for institutional claims (NCCI Policy Manual, introduction)."""
    return "outpatient" if claim.form == "institutional" else "practitioner"


def unit_setting_of(claim: Claim) -> UnitSetting:
    """Whose file of units holds for a claim."""
    supplier = claim.form == "professional" and SUPPLIER.match(claim.billing.taxonomy)
    return "dme" if supplier else setting_of(claim)


def judged(claim: Claim) -> bool:
    """Whether NCCI holds for a claim: of facilities only hospital outpatients and therapy."""
    return claim.form != "institutional" or claim.bill_type in HOSPITAL_OUTPATIENT


def pairs_of(claim: Claim, tables: Tables) -> Iterator[tuple[ServiceLine, ServiceLine, Pair]]:
    """Pairs in force on this claim: (column 1 line, column 2 line, pair), same day, same provider."""
    if not judged(claim):
        return
    setting = setting_of(claim)
    for first in claim.lines:
        for second in claim.lines:
            if first is second or first.first_service != second.first_service:
                continue
            pair = tables.pair(first.procedure, second.procedure, second.first_service, setting)
            if pair and rendering_of(claim, first).npi == rendering_of(claim, second).npi:
                yield first, second, pair


def opened(first: ServiceLine, second: ServiceLine) -> bool:
    """Whether a modifier on either line opens a pair of indicator 1 (NCCI Policy Manual I.E; either line since July 2019).

    Sides and sites open it only where they tell the two lines apart.
    """
    found = [reference.modifier(one, second.first_service) for one in first.modifiers + second.modifiers]
    opening = [one for one in found if one is not None and one.opens_ncci]
    sites = [
        {one.code for one in opening if one.kind in {"side", "site"} and one.code in line.modifiers} for line in (first, second)
    ]
    return any(one.kind not in {"side", "site"} for one in opening) or sites[0] != sites[1]


def is_visit(code: str, tables: Tables) -> bool:
    """Visits in pairs are told by MOD-25."""
    found = tables.known_procedure(code)
    return found is not None and found.is_visit


@edit(
    "NCCI-NEVER",
    DENY,
    since=date(1996, 1, 1),
    cites="NCCI procedure-to-procedure edits, modifier indicator 0; CARC 236",
    element="SV101-2",
    forms=BOTH_FILES,
    needs="pair",
)
def never_together(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Two procedures of a pair with indicator 0 are never both paid."""
    for first, second, pair in pairs_of(claim, tables):
        if pair.indicator == "0":
            yield on_line(
                second,
                f"{second.procedure} is not paid beside {first.procedure}, with any modifier ({WHY[pair.rationale]}).",
                f"Take {second.procedure} off; a denial cannot be appealed.",
            )


@edit(
    "NCCI-MODIFIER",
    DENY,
    since=date(1996, 1, 1),
    cites="NCCI procedure-to-procedure edits, modifier indicator 1; CARC 236",
    element="SV101-3",
    forms=BOTH_FILES,
    needs="pair",
)
def needs_modifier(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Of a pair with indicator 1 both are paid only with a modifier that says they were separate."""
    for first, second, pair in pairs_of(claim, tables):
        if pair.indicator == "1" and not opened(first, second) and not is_visit(second.procedure, tables):
            yield on_line(
                second,
                f"{second.procedure} is part of {first.procedure} of the same day ({WHY[pair.rationale]}).",
                "If the note shows another site, session or injury, add XS, XE or 59 to it; else take it off.",
            )


@edit(
    "NCCI-OTHER-CLAIM",
    WARN,
    since=date(1996, 1, 1),
    cites="NCCI procedure-to-procedure edits apply across claims of a day; CARC 236",
    element="SV101-2",
    forms=BOTH_FILES,
    needs="history",
)
def pair_with_other_claim(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service is not in a pair with one of the same day on another claim."""
    for line in claim.lines:
        for other, done in earlier(claim, context):
            same = done.first_service == line.first_service and rendering_of(other, done).npi == rendering_of(claim, line).npi
            if not same:
                continue
            either = (done.procedure, line.procedure), (line.procedure, done.procedure)
            pairs = (tables.pair(*codes, line.first_service, setting_of(claim)) for codes in either)
            pair = next(filter(None, pairs), None)
            if pair and not (pair.indicator == "1" and opened(done, line)):
                yield on_line(
                    line,
                    f"{line.procedure} is in an NCCI pair with {done.procedure} of claim {other.patient_control_number}.",
                    "Combine the claims as a corrected claim, or add the modifier the note supports.",
                )


def limit_of(code: str, on: date, setting: UnitSetting, tables: Tables) -> UnitLimit | None:
    """The most units of a code. A limit of 0 says that Medicare does not cover it, which PX-MEDICARE-NOT-COVERED tells."""
    limit = tables.unit_limit(code, on, setting)
    return limit if limit and limit.units else None


@edit(
    "MUE-LINE",
    DENY,
    since=date(2007, 1, 1),
    cites="NCCI medically unlikely edits, MAI 1; CARC 151, N362",
    element="SV104",
    forms=BOTH_FILES,
    needs="several units",
)
def units_on_line(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A line does not exceed its code's units (MAI 1)."""
    for line in claim.lines:
        limit = limit_of(line.procedure, line.first_service, unit_setting_of(claim), tables) if judged(claim) else None
        if limit and limit.mai == "1" and line.units > limit.units:
            yield on_line(
                line,
                f"{line.units} units of {line.procedure}; {limit.units} fit on a line.",
                "Check the units; put units of separate sites on their own lines with a modifier.",
            )


def units_a_day(claim: Claim, mai: str, tables: Tables) -> Iterator[tuple[ServiceLine, Decimal, int]]:
    """Codes whose units of a day exceed the limit of that kind: the last line, the units, the limit."""
    days: dict[tuple[str, date, str], list[ServiceLine]] = defaultdict(list)
    for line in claim.lines:
        days[line.procedure, line.first_service, rendering_of(claim, line).npi].append(line)
    for (code, day, _), lines in days.items():
        limit = limit_of(code, day, unit_setting_of(claim), tables) if judged(claim) else None
        total = sum((line.units for line in lines), Decimal(0))
        if limit and limit.mai == mai and total > limit.units:
            yield lines[-1], total, limit.units


@edit(
    "MUE-DAY",
    DENY,
    since=date(2013, 4, 1),
    cites="NCCI medically unlikely edits, MAI 2; CARC 151, N362",
    element="SV104",
    forms=BOTH_FILES,
    needs="several units",
)
def units_by_policy(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A day does not exceed the units that policy sets (MAI 2): it is absolute."""
    for line, units, limit in units_a_day(claim, "2", tables):
        yield on_line(
            line,
            f"{units} units of {line.procedure} on one day; policy allows {limit}.",
            "Correct the units; more is never paid.",
        )


@edit(
    "MUE-DAY-CLINICAL",
    DENY,
    since=date(2013, 4, 1),
    cites="NCCI medically unlikely edits, MAI 3; CARC 151, N362",
    element="SV104",
    forms=BOTH_FILES,
    needs="several units",
)
def units_by_benchmark(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A day does not exceed the units usual in practice (MAI 3); more may be appealed with the record."""
    for line, units, limit in units_a_day(claim, "3", tables):
        yield on_line(
            line,
            f"{units} units of {line.procedure} on one day; {limit} are usual at most.",
            "Check the units against the note (drug units: dose divided by the code's amount); correct them.",
        )


NCCI = (never_together, needs_modifier, pair_with_other_claim, units_on_line, units_by_policy, units_by_benchmark)
