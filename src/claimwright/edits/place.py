"""Where the service took place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, REJECT, WARN, Problem, edit, on_claim, on_line

AFAR = frozenset({"02", "10"})
HOSPITAL = frozenset({"06", "08", "19", "21", "22", "23", "26", "31", "34", "51", "52", "61"})
BIRTH = frozenset({"06", "08", "19", "21", "22", "23", "25", "26"})
NURSING = frozenset({"31", "32", "54", "56"})
HOME = frozenset({"04", "12", "13", "14", "16", "33", "55"})
ANYWHERE = frozenset(reference.places())
ONLY_AT = (  # visit codes, the places they are for, in words
    (re.compile(r"992(2[1-3]|3[1-9])"), HOSPITAL | AFAR, "a hospital"),
    (re.compile(r"9928[1-5]"), frozenset({"23"}) | AFAR, "an emergency room"),
    (re.compile(r"993(0[4-9]|1[0-8])"), NURSING | AFAR, "a nursing facility"),
    (re.compile(r"992(5[1-5])"), HOSPITAL | NURSING | AFAR, "a hospital or nursing facility"),
    (re.compile(r"993(2[4-8]|3[4-7])"), frozenset({"13", "14", "33", "55", "56"}), "a rest home or assisted living"),
    (re.compile(r"993(4[1-57-9]|50)"), HOME | AFAR, "a home"),
    (re.compile(r"99(50[0-79]|51[0-2])"), HOME, "a home"),
    (re.compile(r"9946[0234]|99465"), BIRTH, "a hospital or birthing center"),
    (re.compile(r"99461"), ANYWHERE - {"21", "25"}, "a newborn outside of a hospital"),
    (re.compile(r"994(6[89]|7[125-9]|80)"), frozenset({"06", "08", "21", "23", "26"}) | AFAR, "an inpatient hospital"),
    (re.compile(r"S908[38]"), frozenset({"20"}), "an urgent care center"),
    (re.compile(r"A042[5-9]|A043[234]"), frozenset({"41", "42"}), "an ambulance"),
    (re.compile(r"A043[0156]"), frozenset({"42"}), "an ambulance of the air"),
    (
        re.compile(r"99(20[2-5]|21[1-5]|38[1-7]|39[1-7])"),
        ANYWHERE - {"21", "23", "31", "41", "42", "51", "81"},
        "an office or clinic",
    ),
)
OF_A_HOSPITAL = frozenset({"19", "21", "22", "23"})
OFFICES = frozenset({"01", "03", "04", "11", "12", "13", "14", "15", "16", "17", "18", "20", "33", "49", "50", "60", "71", "72"})
"""Offices, clinics and homes: no operating room, and Medicare's non-facility price (Claims Processing Manual 26, 10.5)."""
BEFORE_OR_AFTER = frozenset({"55", "56"})
"""Only the care before or after the operation was given, which may be in an office (Claims Processing Manual 12, 40.2)."""
OF_HOSPITALS_ONLY = re.compile(r"G0463|G037[89]|G038[0-4]")
"""A hospital's clinic and emergency visits and its hours of observation."""
DEVICE_OR_DRUG = re.compile(r"C\d{4}")
NEVER_REMOTE = frozenset({"imaging", "procedure", "drug", "immunization"})
REMOTE_ANYWAY = re.compile(
    r"9083\d|9084\d|9079\d|9680\d|9616[01]|96127|9780[23]|9[89]9\d\d|G0.*|9525[01]|92(227|228|507)|9711\d|9753\d|9716\d|95249|93228"
)


def place_of(claim: Claim, line: ServiceLine) -> str:
    """A line's place of service: its own, else the claim's."""
    return line.place_of_service or claim.place_of_service


def telehealth(claim: Claim, line: ServiceLine) -> bool:
    """Whether a line's place of service says telehealth."""
    return place_of(claim, line) in {"02", "10"}


@edit(
    "POS-VALID",
    REJECT,
    since=date(2003, 10, 16),
    cites="CMS place of service code set; 45 CFR 162.1002; M77",
    element="CLM05-1",
    needs="place in doubt",
)
def valid(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Every place of service is a code of CMS's list."""
    if reference.place_of_service(claim.place_of_service) is None:
        yield on_claim(
            f"Place of service {claim.place_of_service!r} is not in the code set.", "Use 11 for the office, 10 for telehealth."
        )
    for line in claim.lines:
        if line.place_of_service and reference.place_of_service(line.place_of_service) is None:
            yield on_line(line, f"Place of service {line.place_of_service!r} is not in the code set.", "Correct it.", "SV105")


@lru_cache(8192)
def _meant_for(code: str, place: str) -> tuple[str, ...]:
    """The kinds of place that a visit code is for, where this is none of them."""
    if reference.place_of_service(place) is None:
        return ()
    return tuple(words for codes, places, words in ONLY_AT if place not in places and codes.fullmatch(code))


@edit("POS-SERVICE", DENY, cites="Definitions of the visit codes; CARC 5", element="SV105", needs="visit of a place")
def does_not_fit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit code fits the place: hospital, emergency room, nursing facility, home or office."""
    for line in claim.lines:
        place = place_of(claim, line)
        for words in _meant_for(line.procedure, place):
            yield on_line(
                line,
                f"{line.procedure} is for {words}; place of service is {place}.",
                "Correct the place of service, or use the visit code of the place.",
            )


@edit("POS-REMOTE", DENY, since=date(2017, 1, 1), cites="42 CFR 410.78; CARC 5", element="SV105", needs="at 02/at 10")
def needs_touch(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What needs the patient in the room is not done by telehealth."""
    for line in claim.lines:
        found = tables.known_procedure(line.procedure)
        hands_on = found and (found.service_kind in NEVER_REMOTE or line.procedure in {"36415", "36416"})
        if hands_on and telehealth(claim, line) and not REMOTE_ANYWAY.fullmatch(line.procedure):
            yield on_line(
                line,
                f"{line.procedure} cannot be done by telehealth (place of service {place_of(claim, line)}).",
                "Give the line the place where it was done.",
            )


def _major_for_medicare(claim: Claim, found: Procedure) -> bool:
    return claim.filing_indicator == "MB" and found.global_days == "090"


@edit(
    "POS-OPERATING-ROOM",
    DENY,
    since=date(1999, 1, 1),
    cites="42 CFR 414.22(b)(5); Medicare physician fee schedule, NA in the non-facility price, 90 days included; CARC 5, 58",
    element="SV105",
    needs="filed MB, facility only",
)
def major_surgery_in_an_office(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Major surgery for which Medicare has no price outside of a facility is not billed from an office."""
    for line in claim.lines:
        place, found = place_of(claim, line), tables.procedure(line.procedure, line.first_service)
        there = place in OFFICES and not BEFORE_OR_AFTER & set(line.modifiers)
        if there and found and found.facility_only and _major_for_medicare(claim, found):
            yield on_line(
                line,
                f"Medicare has no price for {line.procedure} at place of service {place}.",
                "Correct the place of service: the hospital or surgery center where it was done.",
            )


@edit(
    "POS-FACILITY-ONLY",
    WARN,
    since=date(1999, 1, 1),
    cites="42 CFR 414.22(b)(5); Medicare physician fee schedule, NA in the non-facility price; CARC 5",
    element="SV105",
    needs="facility only",
)
def not_in_an_office(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What is rarely or never done outside of a hospital or surgery center is not billed from an office."""
    for line in claim.lines:
        place, found = place_of(claim, line), tables.procedure(line.procedure, line.first_service)
        of_a_place = any(codes.fullmatch(line.procedure) for codes, _, _ in ONLY_AT)  # told by POS-SERVICE
        there = place in OFFICES and not BEFORE_OR_AFTER & set(line.modifiers)
        if found and found.facility_only and there and not of_a_place and not _major_for_medicare(claim, found):
            yield on_line(
                line,
                f"{line.procedure} is done in a hospital or surgery center; place of service is {place}.",
                "Correct the place of service, or the code.",
            )


@edit(
    "POS-WHOLE-TEST",
    DENY,
    since=date(1992, 1, 1),
    cites="Medicare physician fee schedule, PC/TC indicator 4; Claims Processing Manual 13, 20.2; CARC 5",
    element="SV101-2",
    needs="whole test, at 19/at 21/at 22/at 23",
)
def whole_test_in_hospital(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """In a hospital the practice bills the code of the reading, not that of the test with its reading."""
    for line in claim.lines:
        found = tables.procedure(line.procedure, line.first_service)
        if found and found.pc_tc == "4" and place_of(claim, line) in OF_A_HOSPITAL:
            yield on_line(
                line,
                f"{line.procedure} is the whole test; in a hospital its technical part is the hospital's.",
                "Use the code of the reading alone (such as 93010 for 93000).",
            )


@edit(
    "POS-DRUG",
    DENY,
    since=date(2002, 1, 1),
    cites="42 CFR 410.26(b)(1): incident to a physician's service, not in a hospital; CARC 5, M77",
    element="SV105",
    needs="filed MB, J code, at 19/at 21/at 22/at 23",
)
def drug_of_the_hospital(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A drug given in a hospital is the hospital's, not the practice's."""
    for line in claim.lines:
        place = place_of(claim, line)
        if claim.filing_indicator == "MB" and line.procedure.startswith("J") and place in OF_A_HOSPITAL:
            yield on_line(
                line, f"{line.procedure} at place of service {place} is the hospital's.", "Take it off, or correct the place."
            )


@edit(
    "POS-HOSPITAL-CODE",
    DENY,
    since=date(2000, 8, 1),
    cites="42 CFR 419: codes of hospitals' outpatient payment; Claims Processing Manual 4, 20 and 14, 40.8; CARC 16, M51",
    element="SV101-2",
    needs="hospital's code",
)
def code_of_hospitals(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Hospitals' visits and observation, and for Medicare C codes but in a surgery center, are not for a practice's claim."""
    for line in claim.lines:
        device = DEVICE_OR_DRUG.fullmatch(line.procedure) and claim.filing_indicator == "MB" and place_of(claim, line) != "24"
        if device or OF_HOSPITALS_ONLY.fullmatch(line.procedure):
            yield on_line(
                line,
                f"{line.procedure} is a hospital's code, for its institutional claim.",
                "Use the practice's own code (a visit: 99202 to 99215), or take the line off.",
            )


PLACE = (
    valid,
    does_not_fit,
    needs_touch,
    not_in_an_office,
    major_surgery_in_an_office,
    whole_test_in_hospital,
    drug_of_the_hospital,
    code_of_hospitals,
)
