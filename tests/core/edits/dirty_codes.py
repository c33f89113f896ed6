"""Mistakes in the codes themselves: services told by nothing but their number, and diagnoses that do not fit the patient."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from dirty_claims import MISTAKES, PRO, Mistake, Spoilt, add, dx, has, office, on_first, on_last, who, with_lines

from claimwright.claims.model import Claim
from claimwright.codesets.starter import table
from claimwright.edits.scrub import Context
from claimwright.effective import age_on

OPERATIONS = next(row["codes"].split() for row in table("unlisted").rows if row["of"] == "digestion")


def unlisted_operation_not_described(claim: Claim, context: Context, rng: Random) -> Spoilt:
    return (on_first(claim, procedure=rng.choice(OPERATIONS), modifiers=()), context) if has(claim, "17110") else None


MISTAKES.append(Mistake("unlisted operation not described", "N350", frozenset({"PX-UNLISTED"}), unlisted_operation_not_described))
add(
    "drug with no code of its own not named",
    "N350",
    "PX-UNLISTED",
    lambda c: on_last(c, procedure="J3490") if c.form == PRO and c.lines[-1].procedure.startswith("J") else None,
)
add(
    "unspecified restoration not described",
    "N350",
    "PX-UNLISTED",
    lambda c: on_first(c, procedure="D2999") if c.lines[0].procedure.startswith("D23") else None,
    "dental",
)


def aged(claim: Claim, low: int, high: int) -> bool:
    birth = claim.patient.birth
    return birth is not None and low <= age_on(birth, claim.first_service) <= high


add(
    "adult's body mass index in a child",
    "CARC 9",
    "DX-AGE",
    lambda c: dx(c, "E66.9", "Z68.30") if aged(c, 0, 17) else None,
    PRO,
)
add("dementia of a child", "CARC 9", "DX-AGE-USUAL", lambda c: dx(c, "F03.90") if aged(c, 0, 13) else None, PRO)
add("newborn's visit of an adult", "CARC 9", "DX-AGE", lambda c: dx(c, "Z00.110") if aged(c, 18, 99) else None, PRO)
add(
    "heart disease of old age in a hospital's child",
    "CARC 9",
    "DX-AGE",
    lambda c: dx(who(c, birth=c.first_service - timedelta(days=3_500)), "I25.10") if c.bill_type == "13" else None,
    "institutional",
)
add("female breast cancer of a man", "CARC 10", "DX-SEX", lambda c: dx(who(c, sex="M"), "C50.911"), PRO)
add(
    "prostate taken out of a woman in a hospital",
    "CARC 7",
    "PX-SEX",
    lambda c: on_last(who(c, sex="F"), procedure="55866") if c.bill_type == "13" else None,
    "institutional",
)


# Diagnoses that contradict each other -----------------------------------------------------------------------------------

add("hypertension beside kidney disease", "CARC 11", "DX-CONTRADICTION", lambda c: dx(c, "I10", "N18.30"), PRO)
add("hypertension beside heart failure", "CARC 11", "DX-CONTRADICTION", lambda c: dx(c, "I10", "I50.9"), PRO)
add("diabetes with and without complications", "CARC 11", "DX-CONTRADICTION", lambda c: dx(c, "E11.9", "E11.65"), PRO)
add("class of obesity against the body mass index", "CARC 11", "DX-CONTRADICTION", lambda c: dx(c, "E66.811", "Z68.41"), PRO)
add("plain birth beside a tear", "CARC 11", "DX-CONTRADICTION", lambda c: dx(who(c, sex="F"), "O80", "O70.0", "Z37.0"), PRO)
add("first trimester at week thirty", "CARC 11", "DX-TRIMESTER", lambda c: dx(who(c, sex="F"), "O09.91", "Z3A.30"), PRO)
add("sprain treated and healing", "CARC 11", "DX-ENCOUNTER-KIND", lambda c: dx(c, "S93.401A", "S93.401D"), PRO)
add("underdosing first", "MA63", "DX-DRUG-FIRST", lambda c: dx(c, "T46.5X6A", "I10"), PRO)
add("adverse effect first", "MA63", "DX-DRUG-FIRST", lambda c: dx(c, "T38.0X5A", "R73.9"), PRO)
add("chemotherapy without the tumor", "CARC 11", "DX-TUMOR-TREATED", lambda c: dx(c, "Z51.11"), PRO)


# What a visit or a vaccine is for ---------------------------------------------------------------------------------------

add(
    "visit of Medicare's for a check-up alone",
    "CARC 49",
    "NEC-NOT-SUPPORTED",
    lambda c: dx(c, "Z00.00") if c.filing_indicator == "MB" and has(c, "99213", "99214") and len(c.lines) == 1 else None,
    PRO,
)
add("preventive visit for a cold", "CARC 11", "NEC-REQUIRED", lambda c: dx(c, "J06.9") if has(c, "9938", "9939") else None, PRO)
add("vaccine for a cold", "CARC 11", "IMM-REASON", lambda c: dx(c, "J06.9") if has(c, "90471") else None, PRO)
add(
    "dental code on a medical claim",
    "CARC 16, N34",
    "PX-DENTAL",
    lambda c: on_last(c, procedure="D1206", modifiers=()) if office(c) and c.filing_indicator not in {"MB", "MC"} else None,
    PRO,
)
add(
    "yearly visit of Medicare's to another plan",
    "CARC 204",
    "PX-MEDICARE-VISIT",
    lambda c: on_first(c, procedure="G0439") if has(c, "99395", "99396") and c.filing_indicator in {"BL", "CI"} else None,
    PRO,
)
add(
    "vaccine of the drug plan sent to Medicare",
    "CARC 96",
    "IMM-PART-D",
    lambda c: on_last(c, procedure="90750") if c.filing_indicator == "MB" and has(c, "906") and has(c, "G0008") else None,
    PRO,
)
add(
    "drug given, not billed",
    "CARC 107",
    "DRUG-PRODUCT",
    lambda c: with_lines(c, *(line for line in c.lines if line.procedure[0] != "J")) if has(c, "96372") and has(c, "J") else None,
    PRO,
)
add(
    "screening mammogram for a lump",
    "CARC 11",
    "NEC-REQUIRED",
    lambda c: dx(on_first(who(c, sex="F"), procedure="77067", modifiers=()), "N63.10") if has(c, "73562") else None,
    PRO,
)
add(
    "screening colonoscopy under the diagnostic code",
    "CARC 11",
    "NEC-NOT-SUPPORTED",
    lambda c: dx(on_first(c, procedure="45378"), "Z12.11") if c.filing_indicator == "MB" and len(c.lines) == 1 else None,
    PRO,
)
add(
    "visit of two units",
    "CARC 151",
    "PX-VISIT-UNITS MUE-LINE MUE-DAY MUE-DAY-CLINICAL",
    lambda c: on_first(c, units=Decimal(2)) if has(c, "9921", "9920") and len(c.lines) == 1 else None,
    PRO,
)
add(
    "nails cut without findings",
    "CARC 96",
    "PX-FOOT-CARE",
    lambda c: on_first(c, procedure="11719") if c.filing_indicator == "MB" and len(c.lines) == 1 else None,
    PRO,
)
