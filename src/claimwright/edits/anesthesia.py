"""Anesthesia is paid by time: who gave it, how long, and once a session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, REJECT, WARN, Problem, edit, on_line

CODE = re.compile(r"0[01]\d{3}")
BY_THE_DAY = frozenset({"01996"})  # daily care of an epidural, no time
ADDED = frozenset({"01953", "01968", "01969"})
WHO = frozenset({"AA", "AD", "QK", "QX", "QY", "QZ"})
ONLY_HERE = WHO | {"QS", "G8", "G9", "P1", "P2", "P3", "P4", "P5", "P6"}
LONGEST = 24 * 60
MANUAL = "Claims Processing Manual 12, 50"


@edit("ANE-WHO", DENY, since=date(1998, 1, 1), cites=f"{MANUAL}; CARC 4", element="SV101-3", needs="anesthesia")
def who(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Anesthesia says who gave it and under whose direction."""
    for line in claim.lines:
        said = WHO & set(line.modifiers)
        if CODE.fullmatch(line.procedure) and len(said) != 1:
            yield on_line(
                line,
                f"{line.procedure} needs one modifier that says who gave it.",
                "Use AA (physician alone), QK or QY (directing), AD (supervising), QX (directed nurse) or QZ (nurse alone).",
            )


@edit("ANE-MINUTES", REJECT, cites=f"837P TR3, SV103: minutes for anesthesia; {MANUAL}.K", element="SV103", needs="anesthesia")
def minutes(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Anesthesia is billed in minutes."""
    for line in claim.lines:
        timed = CODE.fullmatch(line.procedure) and line.procedure not in BY_THE_DAY | {"01953"}
        if timed and line.unit_basis != "MJ":
            yield on_line(line, f"{line.procedure} is billed in units.", "Bill its minutes (SV103 MJ), from start to end.")


@edit(
    "ANE-MINUTES-ELSEWHERE",
    REJECT,
    cites="837P TR3, SV103: units but for anesthesia; status 476",
    element="SV103",
    needs="minutes",
)
def minutes_elsewhere(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Only anesthesia is billed in minutes."""
    for line in claim.lines:
        if line.unit_basis == "MJ" and not CODE.fullmatch(line.procedure):
            yield on_line(line, f"{line.procedure} is billed in minutes.", "Bill units.")


@edit(
    "ANE-LONG",
    WARN,
    cites=f"{MANUAL}.G: time from preparation to hand-over; CARC 151",
    element="SV104",
    needs="anesthesia, minutes",
)
def too_long(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """One anesthesia lasts at most a day."""
    for line in claim.lines:
        if CODE.fullmatch(line.procedure) and line.unit_basis == "MJ" and line.units > LONGEST:
            yield on_line(line, f"{line.units} minutes are more than a day.", "Correct the minutes.")


@edit(
    "ANE-ELSEWHERE",
    DENY,
    cites="Definitions of AA, AD, QK, QS, QX, QY, QZ, G8, G9 and P1 to P6; CARC 4",
    element="SV101-3",
    needs="modifier",
)
def elsewhere(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Anesthesia's modifiers are for anesthesia."""
    for line in claim.lines:
        wrong = sorted(ONLY_HERE & set(line.modifiers))
        if wrong and not CODE.fullmatch(line.procedure):
            yield on_line(line, f"Modifier {wrong[0]} is for anesthesia, {line.procedure} is none.", "Take the modifier off.")


@edit(
    "ANE-TWICE",
    DENY,
    cites=f"{MANUAL}.I: several procedures, one anesthesia; CARC 97",
    element="SV101-2",
    needs="anesthesia, two lines",
)
def twice(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Several procedures of a session have one anesthesia: that with the highest base, with the time of all."""
    seen = set()
    for line in claim.lines:
        counted = CODE.fullmatch(line.procedure) and line.procedure not in ADDED | BY_THE_DAY and "59" not in line.modifiers
        if counted and line.first_service in seen:
            yield on_line(
                line,
                "A second anesthesia of the day.",
                "Bill the code with the highest base and the minutes of the whole session.",
            )
        if counted:
            seen.add(line.first_service)


ANESTHESIA = (who, minutes, minutes_elsewhere, too_long, elsewhere, twice)
