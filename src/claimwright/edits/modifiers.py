"""Modifiers: valid, allowed on the code, not against each other, and there where they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.procedures import Procedure, known
from claimwright.codesets.tables import Tables
from claimwright.codesets.trips import of_a_trip
from claimwright.edits.context import Context
from claimwright.edits.ncci import VISIT_APART, is_visit, minor_beside
from claimwright.edits.place import place_of, telehealth
from claimwright.edits.procedures import BESIDE_A_VISIT, CODE_SETS_BIND, OWN_CODES, never_both, priced
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, WARN, Problem, edit, on_line

TWO = re.compile(r"[A-Z0-9]{2}")
DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})
SIDES = frozenset({"LT", "RT", "50"})
DIGITS = re.compile(r"F[A1-9]|T[A1-9]|E[1-4]")
REMOTE = frozenset({"95", "93", "GT", "GQ", "FQ", "G0"})
AGAINST = (
    frozenset({"LT", "RT"}), frozenset({"50", "LT"}), frozenset({"50", "RT"}), frozenset({"26", "TC"}), frozenset({"GY", "GA"}),
    frozenset({"GZ", "GA"}), frozenset({"GY", "GZ"}), frozenset({"76", "77"}), frozenset({"93", "95"}), frozenset({"JW", "JZ"}),
    frozenset({"58", "78"}), frozenset({"78", "79"}), frozenset({"52", "53"}), frozenset({"54", "55"}),
    frozenset({"22", "52"}), frozenset({"62", "66"}), frozenset({"62", "80"}), frozenset({"66", "80"}), frozenset({"80", "AS"}),
    frozenset({"80", "81"}), frozenset({"81", "82"}), frozenset({"80", "82"}), frozenset({"93", "GT"}), frozenset({"GQ", "GT"}),
    frozenset({"GQ", "95"}), frozenset({"73", "74"}), frozenset({"NU", "RR"}),
)  # fmt: skip
KITS = frozenset(
    {"87880", "87804", "87807", "87811", "87426", "86308", "80305", "82274", "83037", "82044", "G0328", "87651", "81003"}
)
"""Waived kits that a practice runs itself: as good as always billed with QW under a certificate of waiver."""


@edit("MOD-SHAPE", REJECT, cites="837 TR3, SV101-3 to 6; CARC 4", element="SV101-3", forms=ANY_FORM, needs="modifier")
def shape(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """At most four modifiers of two characters, each once."""
    for line in claim.lines:
        wrong = [one for one in line.modifiers if not TWO.fullmatch(one)]
        if wrong or len(line.modifiers) > 4 or len(set(line.modifiers)) < len(line.modifiers):
            yield on_line(
                line,
                "Modifiers are two characters each, at most four, none twice.",
                f"Correct the modifiers {' '.join(line.modifiers)}.",
            )


@edit(
    "MOD-DATE",
    REJECT,
    since=date(2005, 1, 1),
    cites="Yearly modifier update; CARC 182",
    element="SV101-3",
    forms=ANY_FORM,
    needs="modifier",
)
def not_in_force(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A modifier is in force on the date of service."""
    for line in claim.lines:
        for one in line.modifiers:
            found = None if of_a_trip(line.procedure, one) else tables.known_modifier(one)
            if found and not found.period.covers(line.first_service):
                yield on_line(line, f"Modifier {one} was not in force on {line.first_service}.", "Use the modifier of that date.")


def _unknown(claim: Claim, tables: Tables) -> Iterator[tuple[ServiceLine, str, str]]:
    """Lines with a modifier that no table has, and the whole list of the day, if there is one that binds the payer."""
    for line in claim.lines:
        for one in line.modifiers:
            if TWO.fullmatch(one) and tables.known_modifier(one) is None and not of_a_trip(line.procedure, one):
                yield line, one, "" if claim.filing_indicator in OWN_CODES else tables.whole_list(one, line.first_service)


@edit(
    "MOD-UNKNOWN",
    REJECT,
    since=CODE_SETS_BIND,
    cites="45 CFR 162.1002: HCPCS and CPT modifiers; Claims Processing Manual 15, 30 (ambulance); CARC 4, N519",
    element="SV101-3",
    forms=ANY_FORM,
    needs="modifier",
)
def unknown(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A modifier is in the whole list of the day, or says whence and whither an ambulance went."""
    for line, one, listed in _unknown(claim, tables):
        if listed:
            yield on_line(line, f"There is no modifier {one} ({listed}).", "Correct the modifier, or take it off.")


@edit(
    "MOD-UNCHECKED", ADVISE, cites="claimwright's starter table of modifiers", element="SV101-3", forms=ANY_FORM, needs="modifier"
)
def unchecked(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A modifier outside the table on this machine could not be checked."""
    for line, one, listed in _unknown(claim, tables):
        if not listed:
            said = f"Modifier {one} is not in the modifier table of this machine."
            yield on_line(line, said, "Check it in the payer's manual.")


@edit("MOD-AGAINST", REJECT, cites="Definitions of the modifiers; N519", element="SV101-3", forms=ANY_FORM, needs="modifier")
def against_each_other(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers of a line do not contradict each other."""
    for line in claim.lines:
        for one, other in combinations(line.modifiers, 2):
            if frozenset({one, other}) in AGAINST:
                yield on_line(line, f"Modifiers {one} and {other} contradict each other.", "Keep the one the note supports.")


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
    "MOD-SIDE",
    WARN,
    since=date(1992, 1, 1),
    cites="Medicare physician fee schedule, bilateral indicator 1 or 3; CARC 4",
    element="SV101-3",
    needs="sided",
)
def side_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service on one side of the body says which."""
    for line, found in priced(claim, tables):
        sided = found.bilateral in {"1", "3"} and found.service_kind in {"procedure", "imaging"} and found.global_days != "ZZZ"
        if sided and not (SIDES & set(line.modifiers) or any(DIGITS.fullmatch(one) for one in line.modifiers)):
            yield on_line(line, f"{line.procedure} can be done on either side.", "Add RT, LT, or 50 for both sides.")


@edit(
    "MOD-50",
    DENY,
    since=date(1992, 1, 1),
    cites="Medicare physician fee schedule, bilateral indicator 0, 2 or 9; CARC 4",
    element="SV101-3",
    needs="-50",
)
def both_sides_not_allowed(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifier 50 is only for services that can be done on both sides and are not already meant so."""
    for line, found in priced(claim, tables):
        if "50" in line.modifiers and found.bilateral in {"0", "2", "9"}:
            why = "already means both sides" if found.bilateral == "2" else "has no sides"
            yield on_line(line, f"Modifier 50 is not allowed: {line.procedure} {why}.", "Take modifier 50 off.")


@edit(
    "MOD-50-UNITS",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 40.7; CARC 151",
    element="SV104",
    needs="-50",
)
def both_sides_units(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Both sides with modifier 50 are one unit on one line."""
    for line in claim.lines:
        if "50" in line.modifiers and line.units != 1:
            yield on_line(line, f"{line.procedure} with modifier 50 has {line.units} units.", "Bill one unit with modifier 50.")


@edit(
    "MOD-COMPONENT",
    DENY,
    since=date(1992, 1, 1),
    cites="Medicare physician fee schedule, PC/TC indicator; CARC 4",
    element="SV101-3",
    needs="-26/-TC",
)
def no_components(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers 26 and TC are only for services that have both parts."""
    for line, found in priced(claim, tables):
        parts = {"26", "TC"} & set(line.modifiers)
        allowed = {"1": {"26", "TC"}, "6": {"26"}}.get(found.pc_tc, set())
        if found.pc_tc and parts - allowed:
            yield on_line(
                line, f"{line.procedure} has no part {sorted(parts)[0]}.", "Take the modifier off, or use the code of the part."
            )


@edit(
    "MOD-FACILITY",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 13, 20.2; CARC 4, 5",
    element="SV101-3",
    needs="two parts, at 19/at 21/at 22/at 23",
)
def whole_in_hospital(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """In a hospital the practice bills the professional part only."""
    for line, found in priced(claim, tables):
        if found.pc_tc == "1" and place_of(claim, line) in {"19", "21", "22", "23"} and "26" not in line.modifiers:
            yield on_line(line, f"{line.procedure} in a hospital: its technical part is the hospital's.", "Add modifier 26.")


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


@edit(
    "MOD-QW",
    DENY,
    cites="Claims Processing Manual 16, 70.8; CLIA waived tests; CARC B23",
    element="SV101-3",
    needs="kit, filed MB/filed MC",
)
def waived_kit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A waived test kit for Medicare or Medicaid carries QW."""
    for line in claim.lines:
        if claim.filing_indicator in {"MB", "MC"} and line.procedure in KITS and not {"QW", "90"} & set(line.modifiers):
            yield on_line(
                line,
                f"{line.procedure} is a waived test and lacks QW.",
                "Add QW if the laboratory holds a certificate of waiver.",
            )


@edit("MOD-QW-POSSIBLE", ADVISE, cites="Claims Processing Manual 16, 70.8; CLIA waived tests", element="SV101-3", needs="waived")
def waived_possible(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A test that has waived kits carries QW when one was used."""
    for line, found in priced(claim, tables):
        asked = claim.filing_indicator in {"MB", "MC"} and line.procedure in KITS
        if found.waived and not asked and not {"QW", "90"} & set(line.modifiers):
            yield on_line(line, f"{line.procedure} may be a waived test.", "Add QW if it was run under a certificate of waiver.")


@edit("MOD-QW-WRONG", DENY, cites="CMS list of waived tests; CARC 4", element="SV101-3", needs="-QW")
def not_waived(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """QW is only for waived tests."""
    for line in claim.lines:
        found = known(line.procedure)
        if found and "QW" in line.modifiers and not found.waived:
            yield on_line(line, f"{line.procedure} is not on the list of waived tests.", "Take QW off.")


@edit("MOD-ORDER", ADVISE, cites="Payers read the first modifiers for pricing", element="SV101-3", needs="modifier")
def payment_first(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers that change payment come before those that inform."""
    for line in claim.lines:
        found = [reference.known_modifier(one) for one in line.modifiers]
        informs = [one is not None and one.kind in {"information", "site"} for one in found]
        if informs != sorted(informs):
            yield on_line(
                line,
                f"An informing modifier comes before one that changes payment ({' '.join(line.modifiers)}).",
                "Reorder them.",
            )


MODIFIERS = (
    shape,
    not_in_force,
    unknown,
    unchecked,
    against_each_other,
    visit_with_procedure,
    visit_with_surgery,
    visit_modifier_on_procedure,
    nothing_beside,
    distinct_on_visit,
    side_missing,
    both_sides_not_allowed,
    both_sides_units,
    no_components,
    whole_in_hospital,
    telehealth_missing,
    telehealth_place,
    waived_kit,
    waived_possible,
    not_waived,
    payment_first,
)
