"""Which benefit a line falls under."""

from __future__ import annotations

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.procedures import known, procedure

PREVENTIVE = frozenset({"preventive", "immunization"})
_TELEHEALTH_PLACES = frozenset({"02", "10"})

# What patients read for each kind.
WORDS = {
    "office": "an office visit",
    "specialist": "a specialist visit",
    "preventive": "preventive care",
    "lab": "laboratory tests",
    "imaging": "imaging",
    "procedure": "a procedure",
    "drug": "a drug given in the office",
    "telehealth": "a telehealth visit",
    "immunization": "an immunization",
}


def service_kind(claim: Claim, line: ServiceLine) -> str:
    """The line's service kind; modifier 33 makes it preventive, a telehealth place makes a visit telehealth."""
    if "33" in line.modifiers:
        return "preventive"
    found = procedure(line.procedure, line.first_service) or known(line.procedure)
    kind: str = found.service_kind if found else "procedure"
    place = line.place_of_service or claim.place_of_service
    return "telehealth" if kind in ("office", "specialist") and place in _TELEHEALTH_PLACES else kind


def label(line: ServiceLine) -> str:
    """Our own words for the service."""
    found = procedure(line.procedure, line.first_service) or known(line.procedure)
    return found.label if found else line.description or line.procedure
