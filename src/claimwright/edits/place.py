"""Where the service took place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, REJECT, Problem, edit, on_claim, on_line

AFAR = frozenset({"02", "10"})
HOSPITAL = frozenset({"06", "08", "21", "22", "23", "26", "31", "51", "52", "61"})
ONLY_AT = (  # visit codes, the places they are for, in words
    (re.compile(r"992(2[1-3]|3[1-9])"), HOSPITAL | AFAR, "a hospital"),
    (re.compile(r"9928[1-5]"), frozenset({"23"}) | AFAR, "an emergency room"),
    (re.compile(r"993(0[4-9]|1[0-8])"), frozenset({"31", "32", "54", "56"}) | AFAR, "a nursing facility"),
    (re.compile(r"993(4[1-57-9]|50)"), frozenset({"04", "12", "13", "14", "16", "33", "55"}) | AFAR, "a home"),
    (
        re.compile(r"99(20[2-5]|21[1-5]|38[1-7]|39[1-7])"),
        frozenset(reference.places()) - {"21", "23", "31", "51"},
        "an office or clinic",
    ),
)
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


@edit("POS-SERVICE", DENY, cites="Definitions of the visit codes; CARC 5", element="SV105", needs="visit of a place")
def does_not_fit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit code fits the place: hospital, emergency room, nursing facility, home or office."""
    for line in claim.lines:
        place = place_of(claim, line)
        for codes, places, words in ONLY_AT:
            if place not in places and codes.fullmatch(line.procedure) and reference.place_of_service(place):
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


PLACE = (valid, does_not_fit, needs_touch)
