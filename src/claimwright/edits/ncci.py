"""NCCI: pairs of procedures that are not paid together, and the most units of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.tables import Pair, Tables, UnitLimit, UnitSetting
from claimwright.edits.context import Context
from claimwright.edits.duplicates import repeats
from claimwright.edits.others import earlier, others
from claimwright.edits.procedures import MINOR, MPFS_FROM, unit_setting_of
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line
from claimwright.parties import Provider

Setting = Literal["practitioner", "outpatient"]
HOSPITAL_OUTPATIENT = frozenset({"12", "13", "14", "22", "23", "34", "74", "75", "76"})
"""Bill types that the outpatient files are for: hospitals paid by APC, and therapy of facilities (NCCI FAQ; 42 CFR 419)."""
VISIT_APART = frozenset({"24", "25", "27", "57"})
"""Modifiers of a visit that stands on its own (NCCI Policy Manual I.D); 59 and its kin are not for visits (I.E)."""
MEDICARE = frozenset({"MA", "MB"})
"""Who is paid by Medicare's own files. A 0 in them speaks of its coverage: other payers have files or benefits of their own."""
AS_NOT_COVERED = frozenset({"GX", "GY", "GZ"})
"""Modifiers by which a line asks for its denial, or gives it away (MCR-GZ): its units do not matter."""
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


def provider_of(claim: Claim, line: ServiceLine) -> Provider:
    """Who did a service in the sense of NCCI: the practitioner, or the hospital."""
    return claim.billing if claim.form == "institutional" else rendering_of(claim, line)


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
            if pair and provider_of(claim, first).npi == provider_of(claim, second).npi:
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
    """Whether a code is of a visit."""
    found = tables.known_procedure(code)
    return found is not None and found.is_visit


def apart(first: ServiceLine, second: ServiceLine, pair: Pair, tables: Tables) -> bool:
    """Whether both of a pair may be paid: a visit in column 2 says itself that it stands on its own, of two visits either."""
    if pair.indicator != "1" or not is_visit(second.procedure, tables):
        return pair.indicator == "1" and opened(first, second)
    visits = first.modifiers + second.modifiers if is_visit(first.procedure, tables) else second.modifiers
    return not VISIT_APART.isdisjoint(visits)


def minor_beside(visit: ServiceLine, line: ServiceLine, tables: Tables) -> bool:
    """Whether a line is a minor procedure, which includes a visit of the day unless it carries 25."""
    found = tables.procedure(line.procedure, line.first_service)
    if found is None or tables.procedure(visit.procedure, visit.first_service) is None:
        return False
    return not found.is_visit and found.global_days in MINOR and found.service_kind == "procedure"


def by_25(first: ServiceLine, second: ServiceLine, tables: Tables) -> bool:
    """Whether a practitioner's pair is a matter of modifier 25, which MOD-25 tells."""
    if is_visit(second.procedure, tables):
        return True
    return is_visit(first.procedure, tables) and minor_beside(first, second, tables)


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
        if pair.indicator != "1" or apart(first, second, pair, tables):
            continue
        if not (is_visit(second.procedure, tables) if claim.form == "institutional" else by_25(first, second, tables)):
            yield on_line(
                second,
                f"{second.procedure} is part of {first.procedure} of the same day ({WHY[pair.rationale]}).",
                "If the note shows another site, session or injury, add XS, XE or 59 to it; else take it off.",
            )


@edit(
    "NCCI-VISIT",
    DENY,
    since=date(2000, 8, 1),
    cites="NCCI procedure-to-procedure edits, modifier indicator 1; NCCI Policy Manual I.D; CARC 236",
    element="SV202-3",
    forms=frozenset({"institutional"}),
    needs="pair, visit",
)
def hospital_visit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A hospital's visit that is part of a procedure of the day carries 25, or 27 beside another visit."""
    for first, second, pair in pairs_of(claim, tables):
        if pair.indicator == "1" and is_visit(second.procedure, tables) and not apart(first, second, pair, tables):
            yield on_line(
                second,
                f"{second.procedure} is part of {first.procedure} of the same day ({WHY[pair.rationale]}).",
                "Add 25 (27 beside another visit) if the record shows a visit of its own; else take it off.",
            )


def _same_day(claim: Claim, context: Context) -> Iterator[tuple[ServiceLine, Claim, ServiceLine]]:
    """The claim's lines with those of the patient's other claims that NCCI sees beside them: same day, same provider."""
    if not judged(claim):
        return
    for other, done in others(claim, context):
        for line in claim.lines if other.form == claim.form and judged(other) else ():
            same = done.first_service == line.first_service
            if same and provider_of(other, done).npi == provider_of(claim, line).npi:
                yield line, other, done


@edit(
    "NCCI-OTHER-CLAIM",
    DENY,
    since=date(1996, 1, 1),
    cites="NCCI procedure-to-procedure edits apply across claims of a day; CARC 236",
    element="SV101-2",
    forms=BOTH_FILES,
    needs="history/batch",
)
def part_of_other_claim(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service is not in a pair with one of the same day on another claim, as the one that is not paid."""
    for line, other, done in _same_day(claim, context):
        pair = tables.pair(done.procedure, line.procedure, line.first_service, setting_of(claim))
        if pair and not apart(done, line, pair, tables):
            modifier = "25" if is_visit(line.procedure, tables) else "XS, XE or 59"
            never = "Take it off; no modifier opens this pair."
            yield on_line(
                line,
                f"{line.procedure} is not paid beside {done.procedure} of claim {other.patient_control_number} of the same day "
                f"({WHY[pair.rationale]}).",
                never if pair.indicator == "0" else f"If the note shows that it was separate, add {modifier}; else take it off.",
            )


@edit(
    "NCCI-PART-BILLED",
    WARN,
    since=date(1996, 1, 1),
    cites="NCCI procedure-to-procedure edits apply across claims of a day; CARC 236",
    element="SV101-2",
    forms=BOTH_FILES,
    needs="history",
)
def whole_of_part_billed(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What a service includes was not billed before on another claim of the same day: the payer takes one of the two back."""
    for line, other, done in _same_day(claim, context):
        pair = tables.pair(line.procedure, done.procedure, line.first_service, setting_of(claim))
        if pair and not apart(line, done, pair, tables) and any(other is one for one in context.history):
            yield on_line(
                line,
                f"{line.procedure} includes {done.procedure} of claim {other.patient_control_number} of the same day "
                f"({WHY[pair.rationale]}).",
                "Correct that claim (frequency 7): both on one claim, or the modifier that the note supports.",
            )


def limit_of(code: str, on: date, setting: UnitSetting, tables: Tables) -> UnitLimit | None:
    """The most units of a code where any are paid; a limit of 0 is no matter of units (MUE-ZERO)."""
    limit = tables.unit_limit(code, on, setting)
    return limit if limit and limit.units else None


@edit(
    "MUE-ZERO",
    DENY,
    since=date(2007, 1, 1),
    cites="NCCI medically unlikely edits of 0 units: not payable by Medicare; NCCI Policy Manual I.V; CARC 96, 151",
    element="SV101-2",
    forms=BOTH_FILES,
    needs="filed MA/filed MB",
)
def never_a_unit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare pays not one unit of a code whose limit is 0; a notice (GA) does not move the charge to the patient."""
    if claim.filing_indicator not in MEDICARE or not judged(claim):
        return
    setting = unit_setting_of(claim)
    for line in claim.lines:
        limit = tables.unit_limit(line.procedure, line.first_service, setting)
        if limit is None or limit.units or AS_NOT_COVERED & set(line.modifiers) or _told_as_not_covered(claim, line, tables):
            continue
        elsewhere = tables.unit_limit(line.procedure, line.first_service, "dme") if setting == "practitioner" else None
        yield on_line(
            line,
            f"Medicare pays no unit of {line.procedure} on this kind of claim.",
            "It is equipment: bill it to the contractor for equipment (DME MAC)."
            if elsewhere and elsewhere.units
            else "Take it off or code what Medicare pays; GY where the law excludes it and another payer wants the denial.",
        )


def _told_as_not_covered(claim: Claim, line: ServiceLine, tables: Tables) -> bool:
    """Whether another edit tells that Medicare does not take a service, and what to do: one cause is told once."""
    if claim.form == "institutional":
        return 0 < line.charge <= line.non_covered  # billed as not covered
    consultation = line.procedure.startswith(("9924", "9925"))  # MEDICARE/CONSULTATION
    found = tables.procedure(line.procedure, line.first_service) if claim.first_service >= MPFS_FROM else None
    return consultation or (found is not None and found.status in {"I", "N"})  # PX-MEDICARE-..., MCR-NOTICE-EXCLUDED


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


class _Day(NamedTuple):
    """A code's units of a day beyond their limit."""

    line: ServiceLine  # the last of the claim
    units: Decimal
    limit: int
    beside: str  # the other claims whose units count, in words


def units_a_day(claim: Claim, context: Context, mai: str, tables: Tables) -> Iterator[_Day]:
    """Codes whose units of a day exceed the limit of that kind, with those of earlier claims by the same provider."""
    if not judged(claim):
        return
    setting, days = unit_setting_of(claim), defaultdict(list)
    for line in claim.lines:
        days[line.procedure, line.first_service, provider_of(claim, line).npi].append(line)
    for key, lines in days.items():
        limit = limit_of(*key[:2], setting, tables)
        if limit is None or limit.mai != mai:
            continue
        total = sum((line.units for line in lines), Decimal(0))
        before = [] if total > limit.units else _before(claim, context, key)
        total += sum((done.units for _, done in before), Decimal(0))
        if total > limit.units:
            numbers = list(dict.fromkeys(other.patient_control_number for other, _ in before))
            more = " and others" if len(numbers) > 2 else ""
            yield _Day(lines[-1], total, limit.units, f" with claim {', '.join(numbers[:2])}{more}" if numbers else "")


def _before(claim: Claim, context: Context, key: tuple[str, date, str]) -> list[tuple[Claim, ServiceLine]]:
    """Lines of a code, day and provider on earlier claims; not those of a duplicate, which DUP-BATCH and DUP-HISTORY tell."""
    return [
        (other, done)
        for other, done in earlier(claim, context)
        if (done.procedure, done.first_service, provider_of(other, done).npi) == key
        and unit_setting_of(other) == unit_setting_of(claim)
        and judged(other)
        and not repeats(claim, other)
    ]


@edit(
    "MUE-DAY",
    DENY,
    since=date(2013, 4, 1),
    cites="NCCI medically unlikely edits, MAI 2; CARC 151, N362",
    element="SV104",
    forms=BOTH_FILES,
    needs="several units/history/batch",
)
def units_by_policy(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A day does not exceed the units that policy sets (MAI 2), on all claims together: it is absolute."""
    for line, units, limit, beside in units_a_day(claim, context, "2", tables):
        yield on_line(
            line,
            f"{units} units of {line.procedure} on one day{beside}; policy allows {limit}.",
            "Correct the units; more is never paid.",
        )


@edit(
    "MUE-DAY-CLINICAL",
    DENY,
    since=date(2013, 4, 1),
    cites="NCCI medically unlikely edits, MAI 3; CARC 151, N362",
    element="SV104",
    forms=BOTH_FILES,
    needs="several units/history/batch",
)
def units_by_benchmark(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A day does not exceed the units usual in practice (MAI 3), on all claims together; more may be appealed with the record."""
    for line, units, limit, beside in units_a_day(claim, context, "3", tables):
        yield on_line(
            line,
            f"{units} units of {line.procedure} on one day{beside}; {limit} are usual at most.",
            "Check the units against the note (drug units: dose divided by the code's amount); correct them.",
        )


NCCI = (
    never_together,
    needs_modifier,
    hospital_visit,
    part_of_other_claim,
    whole_of_part_billed,
    never_a_unit,
    units_on_line,
    units_by_policy,
    units_by_benchmark,
)
