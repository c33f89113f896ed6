"""Whom a diagnosis is for: its ages and its sex, by the Medicare Code Editor's lists and by what the codes say of themselves.

The editor's lists by sex were frozen on 2024-09-30; payers other than Medicare's inpatient editor still ask. Codes that began
since, and limits that the tabular list itself gives, are in `icd10cm_limits.csv`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from claimwright.codesets import mce
from claimwright.codesets.icd10cm import latest, plain
from claimwright.codesets.starter import table
from claimwright.parties import Struct

OLDEST = 124
"""The last age of a list without an end, in years (CMS, Definitions of Medicare Code Edits)."""
_NAMED = re.compile(r"\b(adults?|age-related|senile|child|childhood|adolescent|infants?|newborn|pediatric)\b", re.IGNORECASE)


class _Own(Struct):
    """What the codes of a range say of themselves. Ages in completed years, both included."""

    low: str
    high: str
    sex: str
    ages: tuple[int, int] | None


@cache
def _own() -> tuple[_Own, ...]:
    return tuple(_read(row) for row in table("icd10cm_limits").rows)


def _read(row: dict[str, str]) -> _Own:
    low, _, high = row["range"].partition("-")
    ages = (int(row["age_min"] or 0), int(row["age_max"] or OLDEST)) if row["age_min"] or row["age_max"] else None
    return _Own(low=plain(low), high=plain(high or low), sex=row["sex"], ages=ages)


def _of(code: str) -> list[_Own]:
    return [one for one in _own() if one.low <= code[: len(one.low)] and code[: len(one.high)] <= one.high]


@lru_cache(maxsize=16_384)
def ages_of(code: str) -> tuple[int, int] | None:
    """The ages a code is for, in completed years, both included; None: all."""
    spans = [mce.AGES[name] for name in mce.AGES if name in mce.lists_of(code)]
    spans += [one.ages for one in _of(plain(code)) if one.ages]
    return (max(low for low, _ in spans), min(high for _, high in spans)) if spans else None


@lru_cache(maxsize=16_384)
def sex_of(code: str) -> str:
    """The sex a code is for: F, M or nothing."""
    lists = mce.lists_of(code)
    listed = "F" if "female" in lists else "M" if "male" in lists else ""
    return listed or next((one.sex for one in _of(plain(code)) if one.sex), "")


@lru_cache(maxsize=16_384)
def names_its_age(code: str) -> bool:
    """Whether the code says itself for whom it is (newborn, pregnancy, "adult", "age-related"), not experience alone."""
    own = any(one.ages for one in _of(plain(code)))
    return own or not mce.lists_of(code).isdisjoint({"newborn", "maternity"}) or bool(_NAMED.search(latest(code)))
