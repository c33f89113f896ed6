"""Modifiers: valid, allowed on the code, not against each other, and there where they are needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.procedures import known
from claimwright.codesets.tables import Tables
from claimwright.codesets.trips import of_a_trip
from claimwright.edits.context import Context
from claimwright.edits.place import place_of
from claimwright.edits.procedures import CODE_SETS_BIND, OWN_CODES, priced
from claimwright.edits.registry import ADVISE, ANY_FORM, DENY, REJECT, Problem, edit, on_line

TWO = re.compile(r"[A-Z0-9]{2}")
DISTINCT = frozenset({"59", "XE", "XP", "XS", "XU"})
AGAINST = (
    frozenset({"LT", "RT"}), frozenset({"50", "LT"}), frozenset({"50", "RT"}), frozenset({"26", "TC"}), frozenset({"GY", "GA"}),
    frozenset({"GZ", "GA"}), frozenset({"GY", "GZ"}), frozenset({"76", "77"}), frozenset({"93", "95"}), frozenset({"JW", "JZ"}),
    frozenset({"58", "78"}), frozenset({"78", "79"}), frozenset({"52", "53"}), frozenset({"54", "55"}),
    frozenset({"22", "52"}), frozenset({"62", "66"}), frozenset({"62", "80"}), frozenset({"66", "80"}), frozenset({"80", "AS"}),
    frozenset({"80", "81"}), frozenset({"81", "82"}), frozenset({"80", "82"}), frozenset({"93", "GT"}), frozenset({"GQ", "GT"}),
    frozenset({"GQ", "95"}), frozenset({"73", "74"}), frozenset({"NU", "RR"}), frozenset({"NU", "UE"}), frozenset({"RR", "UE"}),
    frozenset({"Q5", "Q6"}), frozenset({"GV", "GW"}), frozenset({"GC", "GE"}), frozenset({"96", "97"}), frozenset({"FX", "FY"}),
)  # fmt: skip
KITS = frozenset(
    {"87880", "87804", "87807", "87811", "87426", "86308", "80305", "82274", "83037", "82044", "G0328", "87651", "81003"}
)
"""Waived kits that a practice runs itself: as good as always billed with QW under a certificate of waiver."""


@edit("MOD-SHAPE", REJECT, cites="837 TR3, SV101-3 to 6; CARC 4", element="SV101-3", forms=ANY_FORM, needs="modifier in doubt")
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
    needs="modifier in doubt",
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
    needs="modifier in doubt",
)
def unknown(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A modifier is in the whole list of the day, or says whence and whither an ambulance went."""
    for line, one, listed in _unknown(claim, tables):
        if listed:
            yield on_line(line, f"There is no modifier {one} ({listed}).", "Correct the modifier, or take it off.")


@edit(
    "MOD-UNCHECKED",
    ADVISE,
    cites="claimwright's starter table of modifiers",
    element="SV101-3",
    forms=ANY_FORM,
    needs="modifier in doubt",
)
def unchecked(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A modifier outside the table on this machine could not be checked."""
    for line, one, listed in _unknown(claim, tables):
        if not listed:
            said = f"Modifier {one} is not in the modifier table of this machine."
            yield on_line(line, said, "Check it in the payer's manual.")


@edit("MOD-AGAINST", REJECT, cites="Definitions of the modifiers; N519", element="SV101-3", forms=ANY_FORM, needs="two modifiers")
def against_each_other(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers of a line do not contradict each other."""
    for line in claim.lines:
        for one, other in combinations(line.modifiers, 2):
            if frozenset({one, other}) in AGAINST:
                yield on_line(line, f"Modifiers {one} and {other} contradict each other.", "Keep the one the note supports.")


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


@edit("MOD-ORDER", ADVISE, cites="Payers read the first modifiers for pricing", element="SV101-3", needs="two modifiers")
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
    no_components,
    whole_in_hospital,
    waived_kit,
    waived_possible,
    not_waived,
    payment_first,
)
