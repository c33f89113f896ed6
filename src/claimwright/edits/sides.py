"""Sides and sites of the body: said where the service has them, and only there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.sites import site_elsewhere
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.procedures import priced
from claimwright.edits.registry import ANY_FORM, DENY, WARN, Problem, edit, on_line

SIDES = frozenset({"LT", "RT", "50"})
DIGITS = re.compile(r"F[A1-9]|T[A1-9]|E[1-4]")


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
    "MOD-SITE",
    DENY,
    cites="Definitions of the modifiers FA to F9, TA to T9, E1 to E4, LC, LD, LM, RC, RI, LT and RT; CARC 4, N519",
    element="SV101-3",
    forms=ANY_FORM,
    needs="site elsewhere",
)
def of_another_site(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A modifier of a finger, toe, eyelid, artery of the heart or side stands on what is done there."""
    for line in claim.lines:
        for one in line.modifiers:
            if site := site_elsewhere(line.procedure, one):
                yield on_line(
                    line,
                    f"Modifier {one} names {site}, {line.procedure} is not done there.",
                    "Take the modifier off, or correct the code.",
                )


SIDE_MODIFIERS = (
    side_missing,
    both_sides_not_allowed,
    both_sides_units,
    of_another_site,
)
