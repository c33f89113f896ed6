"""Whether a dental service fits the tooth, the patient and what was done before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from claimwright.claims.model import Claim, ServiceLine, Tooth
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.dental import DENTAL, FRONT
from claimwright.edits.others import earlier
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line
from claimwright.effective import age_on

ON_A_TOOTH = re.compile(r"D2(?:[1-8]\d\d|9[1-7]\d)|D3(?:[0-3]\d\d|4[0-7]\d)|D7111|D7140|D72[1-5]\d")
EXTRACTION = re.compile(r"D7111|D7140|D72[1-5]\d")
FOR_A_GAP = re.compile(r"D[56]\d{3}|D7[3-9]\d\d|D0\d{3}")
"""What is done where a tooth is missing: dentures, implants, bridges, surgery of the jaw, examinations."""
PREMOLARS = frozenset({"4", "5", "12", "13", "20", "21", "28", "29"})
MILK = re.compile(r"[A-T]S?")
KINDS: tuple[
    tuple[re.Pattern[str], Callable[[str], bool], str], ...
] = (  # codes, whether the tooth fits, in words (CDT's definitions)
    (re.compile(r"D233[0-5]|D3310|D3346"), lambda tooth: tooth in FRONT, "a front tooth"),
    (re.compile(r"D239[1-4]"), lambda tooth: tooth not in FRONT, "a back tooth"),
    (re.compile(r"D3320|D3347"), lambda tooth: tooth in PREMOLARS, "a premolar"),
    (
        re.compile(r"D3330|D3348"),
        lambda tooth: tooth not in PREMOLARS | FRONT,
        "a molar",
    ),
    (re.compile(r"D2930|D7111|D3230|D3240"), lambda tooth: MILK.fullmatch(tooth) is not None, "a primary tooth"),
    (re.compile(r"D2931|D33[1-4]\d"), lambda tooth: MILK.fullmatch(tooth) is None, "a permanent tooth"),
)
AGES = {"D0145": (0, 2), "D1110": (12, 124), "D1120": (0, 14)}
OFTEN = (  # codes, days in which plans pay them once
    (frozenset({"D0120", "D0145"}), 150),
    (frozenset({"D1110", "D1120", "D4910"}), 80),
    (frozenset({"D0270", "D0272", "D0273", "D0274"}), 150),
    (frozenset({"D0210", "D0330"}), 1060),
)


def treated(line: ServiceLine) -> tuple[Tooth, ...]:
    """The teeth of a line."""
    return line.dental.teeth if line.dental else ()


@edit("DEN-TOOTH-NEEDED", DENY, cites="CDT: by tooth; 837D TR3, TOO02; CARC 16, N37", element="TOO02", forms=DENTAL)
def tooth_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Fillings, crowns, root canals and extractions name their tooth."""
    for line in claim.lines:
        if ON_A_TOOTH.fullmatch(line.procedure) and not treated(line):
            yield on_line(line, f"{line.procedure} names no tooth.", "Add the tooth that was treated.")


@edit(
    "DEN-TOOTH-KIND", DENY, cites="CDT: front, premolar, molar, primary, permanent; CARC 16, N37", element="TOO02", forms=DENTAL
)
def tooth_of_another_kind(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A code for front or back, primary or permanent teeth is used for one of these."""
    for line in claim.lines:
        for codes, fits, words in KINDS:
            wrong = [one.number for one in treated(line) if not fits(one.number)] if codes.fullmatch(line.procedure) else []
            if wrong:
                yield on_line(line, f"{line.procedure} is for {words}, not for {wrong[0]}.", "Correct the tooth or the code.")


@edit("DEN-AGE", WARN, cites="CDT: by dentition and age; CARC 6", element="SV301-2", forms=DENTAL)
def other_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Cleaning and examination have codes for children and for adults."""
    birth = claim.patient.birth
    for line in claim.lines if birth else ():
        assert birth
        low, high = AGES.get(line.procedure, (0, 124))
        if not low <= age_on(birth, line.first_service) <= high:
            yield on_line(line, f"{line.procedure} does not fit the patient's age.", "Use the code for children or adults.")


@edit("DEN-GONE", DENY, cites="837D TR3, DN2; the patient's history; CARC 16, N39", element="TOO02", forms=DENTAL)
def tooth_gone(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A tooth that is missing or was taken out is not treated any more."""
    gone = {one.tooth: "is marked as missing" for one in (claim.dental.tooth_status if claim.dental else ()) if one.status == "M"}
    for _, done in earlier(claim, context):
        if EXTRACTION.fullmatch(done.procedure) and done.first_service < claim.first_service:
            gone |= {one.number: f"was taken out on {done.first_service}" for one in treated(done)}
    for line in claim.lines:
        for one in treated(line) if not FOR_A_GAP.fullmatch(line.procedure) else ():
            if one.number in gone:
                yield on_line(line, f"Tooth {one.number} {gone[one.number]}.", "Correct the tooth, or the chart.")


@edit("DEN-TWICE", DENY, cites="837D TR3, SV3; CARC 18", element="SV301-2", forms=DENTAL)
def twice(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A dental service is on the claim once for each tooth or area."""
    seen = set()
    for line in claim.lines:
        where = (tuple(one.number for one in treated(line)), line.dental.oral_cavity if line.dental else ())
        one = (line.procedure, line.first_service, where, line.modifiers)
        if one in seen:
            yield on_line(line, f"{line.procedure} is on the claim twice for one place.", "Take one off, or correct the tooth.")
        seen.add(one)


@edit("DEN-OFTEN", WARN, cites="Usual limits of dental plans; CARC 119", element="DTP*472", forms=DENTAL, needs="history/batch")
def too_soon(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Examinations, cleanings and X-rays are paid once in a while by one payer."""
    for line in claim.lines:
        for codes, days in OFTEN:
            before = [
                done.first_service
                for of, done in earlier(claim, context)
                if line.procedure in codes and done.procedure in codes and of.payer.payer_id == claim.payer.payer_id
            ]
            near = [one for one in before if timedelta(0) < line.first_service - one < timedelta(days=days)]
            if near:
                yield on_line(
                    line, f"{line.procedure} was last on {max(near)}; most plans pay it again later.", "Check the plan's limit."
                )


ON_ONE_TOOTH = (  # what is not done to one tooth on one day, or is part of the other
    (EXTRACTION, re.compile(r"D2(?:[1-8]\d\d|9[1-7]\d)|D3[1-4]\d\d"), "a tooth that was taken out"),
    (re.compile(r"D27[1-9]\d|D29[23]\d"), re.compile(r"D2(?:1[4-6]\d|3[39]\d)|D2940"), "the tooth that was crowned"),
    (re.compile(r"D33[1-3]0"), re.compile(r"D3220|D3221"), "the tooth whose root was treated"),
)


@edit(
    "DEN-SAME-TOOTH",
    DENY,
    cites="CDT: fillings beneath a crown, pulp before a root canal, care of a tooth taken out; CARC 97",
    element="SV301-2",
    forms=DENTAL,
    needs="two lines",
)
def on_one_tooth(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A tooth is not filled on the day it is crowned or taken out."""
    for line in claim.lines:
        for whole, part, words in ON_ONE_TOOTH if treated(line) else ():
            others = (one for one in claim.lines if whole.fullmatch(one.procedure) and one.first_service == line.first_service)
            teeth = {tooth.number for one in others for tooth in treated(one)}
            if part.fullmatch(line.procedure) and any(one.number in teeth for one in treated(line)):
                yield on_line(line, f"{line.procedure} is billed for {words} that day.", "Take it off, or correct the tooth.")


DENTAL_FIT = (tooth_missing, tooth_of_another_kind, other_age, tooth_gone, twice, too_soon, on_one_tooth)
