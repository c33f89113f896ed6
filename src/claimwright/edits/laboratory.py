"""Tests and images: who ordered them, and the laboratory's CLIA number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, REJECT, Problem, edit, on_line

NOT_CLIA = frozenset({"36415", "36416", "99000", "P9612", "86580"})
"""Laboratory lines that are no test of a specimen (42 CFR 493.2)."""


def is_test(line: ServiceLine, tables: Tables) -> bool:
    """Whether a line is a laboratory test that CLIA governs."""
    found = tables.known_procedure(line.procedure)
    kind = found.service_kind if found else "lab" if re.fullmatch(r"8[0-9]{4}", line.procedure) else ""
    return kind == "lab" and line.procedure not in NOT_CLIA


def clia_of(claim: Claim, line: ServiceLine) -> str:
    """The CLIA number that stands for a line."""
    facility = claim.service_facility.clia if claim.service_facility else ""
    return line.clia or facility or claim.billing.clia


@edit(
    "PRV-ORDERING",
    DENY,
    since=date(2014, 1, 6),
    cites="42 CFR 424.507; CARC 183 and 184",
    element="2310A NM109",
    needs="filed MB, imaging/lab/laboratory",
)
def ordering(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Tests and imaging for Medicare name who ordered them."""
    if claim.filing_indicator != "MB":
        return
    for line in claim.lines:
        found = tables.known_procedure(line.procedure)
        if found and (found.service_kind == "imaging" or is_test(line, tables)) and not (line.ordering or claim.referring):
            yield on_line(
                line, f"{line.procedure} needs the provider who ordered it.", "Add the ordering or referring provider with NPI."
            )


@edit(
    "PRV-CLIA",
    REJECT,
    since=date(1992, 9, 1),
    cites="42 CFR 493.3; 837 TR3, REF*X4; CARC B23, MA120",
    element="REF*X4",
    needs="lab/laboratory",
)
def clia_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A laboratory test carries the CLIA number of the laboratory."""
    for line in claim.lines:
        if is_test(line, tables) and "90" not in line.modifiers and not clia_of(claim, line):
            yield on_line(
                line,
                f"{line.procedure} is a laboratory test and the claim has no CLIA number.",
                "Add the CLIA number of the location that ran the test; if it was sent out, modifier 90 and that laboratory's.",
            )


@edit(
    "PRV-CLIA-SHAPE",
    REJECT,
    since=date(1992, 9, 1),
    cites="CMS CLIA: ten characters with a D in third place",
    element="REF*X4",
    needs="lab/laboratory",
)
def clia_shape(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A CLIA number has ten characters, the third a D."""
    for line in claim.lines:
        number = clia_of(claim, line) if is_test(line, tables) else ""
        if number and not re.fullmatch(r"\d{2}D\d{7}", number):
            yield on_line(line, f"CLIA number {number} is not one (like 05D1234567).", "Correct the location's CLIA number.")


LABORATORY = (ordering, clia_missing, clia_shape)
