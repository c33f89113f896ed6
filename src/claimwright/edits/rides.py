"""Ambulances and equipment: whence and whither, the ride beside its miles, bought or rented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.codesets.trips import of_a_trip
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line

RIDE = re.compile(r"A042[5-9]|A043[0-6]")
MILES = frozenset({"A0425", "A0435", "A0436"})
DEAD_BEFORE = "QL"
"""The patient was pronounced dead after the call: nobody was taken anywhere."""
EQUIPMENT = re.compile(r"E[012]\d{3}|K0\d{3}")
HOW_HAD = frozenset({"NU", "UE", "RR", "NR", "MS", "KR", "RA", "RB", "GY"})


@edit(
    "AMB-TRIP",
    DENY,
    since=date(2002, 4, 1),
    cites="Claims Processing Manual 15, 30: two letters, whence and whither; CARC 16, N519",
    element="SV101-3",
    needs="ride",
)
def trip_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A line of an ambulance says from where to where the patient was taken."""
    for line in claim.lines:
        ride = RIDE.fullmatch(line.procedure) and DEAD_BEFORE not in line.modifiers
        if ride and not any(of_a_trip(line.procedure, one) for one in line.modifiers):
            yield on_line(
                line, f"{line.procedure} does not say whence and whither.", "Add the trip's modifier, such as RH or SH."
            )


@edit(
    "AMB-MILES",
    DENY,
    since=date(2002, 4, 1),
    cites="Claims Processing Manual 15, 30.1: miles beside the ride on one claim; CARC 107",
    element="SV101-2",
    needs="ride",
)
def miles_alone(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Miles of an ambulance stand beside the ride of that day."""
    rides = {line.first_service for line in claim.lines if line.procedure[:1] == "A" and line.procedure not in MILES}
    for line in claim.lines:
        if line.procedure in MILES and line.first_service not in rides:
            yield on_line(line, f"{line.procedure} are miles without their ride.", "Add the ride's line, or void the miles.")


@edit(
    "EQP-HOW",
    WARN,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 20, 30: new, used or rented; CARC 4",
    element="SV101-3",
    needs="filed MB, equipment",
)
def bought_or_rented(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Equipment for a Medicare patient says whether it was bought, new or used, or rented."""
    for line in claim.lines:
        if claim.filing_indicator == "MB" and EQUIPMENT.fullmatch(line.procedure) and not HOW_HAD & set(line.modifiers):
            yield on_line(line, f"{line.procedure} does not say whether it was bought or rented.", "Add NU, UE or RR.")


RIDES = (trip_missing, miles_alone, bought_or_rented)
