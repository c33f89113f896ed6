"""Mistakes in whom a service is for, how often it is covered, and where it is done."""

from __future__ import annotations

from random import Random

from dirty_around import alone, lone_visit, part_b
from dirty_claims import MISTAKES, PRO, Mistake, Spoilt, add, before, has, more, office, on_first, on_last, who
from edit_bench import replace

from claimwright.claims.model import Claim
from claimwright.edits.scrub import Context
from claimwright.effective import age_on


def age(claim: Claim) -> int:
    birth = claim.patient.birth
    return age_on(birth, claim.first_service) if birth else 0


add("infant's hernia in an adult", "CARC 6", "PX-AGE", lambda c: more(c, "49495", "RT") if lone_visit(c) and age(c) > 5 else None)
add("tonsils of a child in an adult", "CARC 6", "PX-AGE", lambda c: more(c, "42820") if lone_visit(c) and age(c) > 12 else None)
add("hysterectomy in a man", "CARC 7", "PX-SEX", lambda c: more(who(c, sex="M"), "58150") if lone_visit(c) else None)
add("birth in a man", "CARC 7", "PX-SEX", lambda c: more(who(c, sex="M"), "59510") if lone_visit(c) else None)
add("prostate taken out of a woman", "CARC 7", "PX-SEX", lambda c: more(who(c, sex="F"), "55866") if lone_visit(c) else None)
add(
    "vaccine beyond the age of its license",
    "CARC 6",
    "IMM-AGE",
    lambda c: on_last(c, procedure="90651") if has(c, "90715") and age(c) > 45 else None,
)
add(
    "lung screening too late in life",
    "CARC 96",
    "NEC-AGE",
    lambda c: more(c, "71271") if part_b(c) and lone_visit(c) and age(c) > 77 else None,
)


def again(kind: str, edit: str, code: str, *sooner: tuple[int, str]) -> None:
    """A service for Medicare that the patient had so many days before."""

    def make(claim: Claim, context: Context, rng: Random) -> Spoilt:
        if not (part_b(claim) and lone_visit(claim)):
            return None
        done = (replace(before(claim, days, one), patient_control_number=f"A{days}") for days, one in sooner)
        return more(claim, code), replace(context, history=tuple(done))

    MISTAKES.append(Mistake(kind, "CARC 119", frozenset({edit}), make))


again("mammogram within the year", "NEC-LIMIT", "77067", (200, "77067"))
again("screening colonoscopy after five years", "NEC-LIMIT", "G0121", (5 * 365, "G0121"))
again("second look for an aneurysm", "NEC-LIMIT", "76706", (3000, "76706"))
again("stool test within the year", "NEC-LIMIT", "G0328", (300, "82270"))
again("glaucoma screening within the year", "NEC-LIMIT", "G0117", (100, "G0118"))
again("ninth session against smoking", "NEC-LIMIT", "99406", *((20 * number, "99406") for number in range(1, 9)))
again("bone density within the year", "NEC-FREQUENCY", "77080", (300, "77080"))
again("nails after a month", "NEC-FREQUENCY", "11721", (30, "11720"))

add(
    "three pairs of diabetic shoes",
    "CARC 151",
    "NEC-LIMIT",
    lambda c: more(c, "A5500", "KX", units=6 * c.lines[0].units) if part_b(c) and lone_visit(c) else None,
)
add(
    "mask cushions for a year",
    "CARC 151",
    "NEC-FREQUENCY",
    lambda c: more(c, "A7032", units=24 * c.lines[0].units) if part_b(c) and lone_visit(c) else None,
)

# Where it is done ----------------------------------------------------------------------------------------------------

add(
    "maternity package from an office",
    "CARC 5",
    "POS-FACILITY-ONLY",
    lambda c: on_first(c, procedure="59400") if lone_visit(c) and c.patient.sex == "F" else None,
)
add("newborn care in an office", "CARC 5", "POS-SERVICE", lambda c: on_first(c, procedure="99460") if lone_visit(c) else None)
add(
    "whole electrocardiogram in an emergency room",
    "CARC 5",
    "POS-WHOLE-TEST",
    lambda c: more(c, "93000") if c.form == PRO and alone(c, "99283") else None,
)
add(
    "X-ray in a skilled nursing stay",
    "CARC 109",
    "MCR-SKILLED-NURSING",
    lambda c: more(replace(c, place_of_service="31"), "71046") if part_b(c) and lone_visit(c) else None,
)
add(
    "own drug in a hospital",
    "CARC 5",
    "POS-DRUG",
    lambda c: more(replace(c, place_of_service="22"), "J1885") if part_b(c) and lone_visit(c) else None,
)
add(
    "hospital's clinic visit on a practice's claim",
    "CARC 16",
    "POS-HOSPITAL-CODE",
    lambda c: on_first(c, procedure="G0463") if office(c) and lone_visit(c) else None,
)
