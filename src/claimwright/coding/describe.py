"""What codes mean, as the code sets say on the date of service."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from claimwright.codesets import icd10cm, procedures
from claimwright.coding.tables import rows
from claimwright.coding.words import stem

ANY_DATE = date(2026, 10, 1)


@lru_cache(maxsize=20_000)
def description(code: str, on: date = ANY_DATE) -> str:
    """A diagnosis in the classification's words, empty if it is none."""
    found = icd10cm.lookup(code, on)
    return found.description if found else ""


@lru_cache(maxsize=20_000)
def billable(code: str, on: date) -> bool:
    """Whether a claim may carry the diagnosis on the date."""
    return icd10cm.billable(code, on)


@lru_cache(maxsize=5_000)
def label(code: str, on: date) -> str:
    """A service in our own words."""
    found = procedures.procedure(code, on)
    return found.label if found else ""


def in_starter_set(code: str) -> bool:
    """Whether the code sets know the service at all, on whatever date."""
    return procedures.known(code) is not None


@lru_cache(maxsize=5_000)
def waived(code: str, on: date) -> bool:
    """Whether the test is on the CLIA list of waived tests that need modifier QW."""
    found = procedures.procedure(code, on)
    return bool(found and found.waived)


SIDE_WORDS = frozenset(("right", "left", "bilateral", "both", "unspecified", "side"))
NAMED = {"right": "right", "left": "left", "both": "bilateral"}


def without_side(described: str) -> list[str]:
    """The words of a description that tell no side."""
    return [stem(word) for word in re.findall(r"[a-z]+", described.lower()) if word not in SIDE_WORDS]


@lru_cache(maxsize=5_000)
def of_side(template: str, side: str, on: date) -> str:
    """The code of the same thing on a side (right, left, both), where there is one; # may stand for a 7th character."""
    code = template.rstrip("#")
    if icd10cm.laterality(code) != "U":
        return template
    parent, told = code[:-1].rstrip("."), without_side(description(code, on))
    for child in icd10cm.children(parent, on):
        if NAMED[side] in child.description.lower() and without_side(child.description) == told:
            return child.code + template[len(code) :]
    return template


SYMPTOM_PREFIXES = ("R", "M25.5", "M25.4", "M54.2", "M54.5", "M54.6", "M54.9", "M79.6", "M79.1", "H92.0", "H57.1", "N64.4", "G89")


@lru_cache(maxsize=20_000)
def is_symptom(code: str) -> bool:
    """A symptom or sign, rather than what causes it (chapter 18 and its like in other chapters)."""
    return code.startswith(SYMPTOM_PREFIXES) and not code.startswith(("R73.03", "R73.0"))


@lru_cache(maxsize=10_000)
def past(template: str) -> str:
    """The code of the history of a disease that is over, if it has one."""
    return next((code for prefix, code in _histories().get(template[:3], ()) if template.startswith(prefix)), "")


@lru_cache(maxsize=1)
def _histories() -> dict[str, list[tuple[str, str]]]:
    return by_category((prefix, code) for prefix, code in rows("past"))


def by_category(found: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Rows of which the first is how codes begin, with three characters or more, by these three."""
    held: dict[str, list[tuple[str, str]]] = {}
    for prefix, meant in found:
        held.setdefault(prefix[:3], []).append((prefix, meant))
    return held


@lru_cache(maxsize=1)
def _lasting() -> tuple[str, ...]:
    return tuple(row[0] for row in rows("chronic"))


@lru_cache(maxsize=20_000)
def chronic(code: str) -> bool:
    """A disease that stays with the patient (for E/M: expected to last a year or until death)."""
    return code.startswith(_lasting())
