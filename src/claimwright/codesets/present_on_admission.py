"""Which diagnoses a hospital reports without an indicator of presence on admission (CMS's list of exempt codes)."""

from __future__ import annotations

from functools import cache, lru_cache

from claimwright.codesets.icd10cm import plain
from claimwright.codesets.starter import table

_FIRST_CARE = frozenset("ABC")
"""Seventh characters of active treatment; the letters after them are later encounters and sequela."""


@cache
def _beginnings() -> dict[str, str]:
    return {plain(code): row["exempt"] for row in table("poa_exempt").rows for code in row["codes"].split()}


@lru_cache(maxsize=16_384)
def may_be_exempt(code: str) -> bool:
    """Whether a code, dotted or not, is exempt or may be: external causes are in part, which only the whole list tells."""
    code, held = plain(code), _beginnings()
    said = next((held[code[:end]] for end in range(len(code), 0, -1) if code[:end] in held), "no")
    later = len(code) == 7 and code[6].isalpha() and code[6] not in _FIRST_CARE
    return later if said == "later" else said != "no"
