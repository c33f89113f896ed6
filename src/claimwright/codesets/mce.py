"""The Medicare Code Editor's lists of diagnoses (CMS, Definitions of Medicare Code Edits), for inpatient claims.

`tests/core/edits/mce_lists.py` lays those by age and sex.
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import Literal

from claimwright.codesets.icd10cm import plain
from claimwright.codesets.starter import table

List = Literal[
    "newborn", "pediatric", "maternity", "adult", "female", "male", "external", "unspecified", "unacceptable", "manifestation",
    "questionable", "needs-secondary",
]  # fmt: skip
AGES: dict[List, tuple[int, int]] = {"newborn": (0, 0), "pediatric": (0, 17), "maternity": (9, 64), "adult": (15, 124)}
SEX_UNTIL = date(2024, 9, 30)
"""The last day of the lists by sex: from fiscal year 2025 on, a sex conflict is no edit."""
UNSPECIFIED_FROM = date(2022, 4, 1)


@cache
def _beginnings() -> dict[str, str]:
    """Beginning of codes -> the list that holds all codes of that beginning; a code may be under several."""
    found: dict[str, str] = {}
    for row in table("mce").rows:
        for beginning in row["codes"].split():
            found[beginning] = f"{found.get(beginning, '')} {row['list']}"
    return found


@lru_cache(maxsize=16_384)
def lists_of(code: str) -> frozenset[str]:
    """The lists that hold a code, dotted or not."""
    code, beginnings = plain(code), _beginnings()
    return frozenset(name for end in range(1, len(code) + 1) for name in beginnings.get(code[:end], "").split())


def age_conflict(code: str, age: int) -> tuple[int, int] | None:
    """The ages a code is for, where a patient's age in completed years is none of them."""
    for name, (low, high) in AGES.items():
        if name in lists_of(code) and not low <= age <= high:
            return low, high
    return None


def sex_conflict(code: str, sex: str, on: date) -> bool:
    """Whether a code is for the other sex, while that was an edit."""
    other = {"F": "male", "M": "female"}.get(sex, "")
    return on <= SEX_UNTIL and other in lists_of(code)
