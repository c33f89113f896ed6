"""Codes of services, drugs and supplies that have no code of their own: what was done must be told beside them."""

from __future__ import annotations

import re
from functools import cache

from claimwright.codesets.starter import table

_SAID = re.compile(r"unlisted|^unclassified|not otherwise classified|^noc |^miscellaneous|; ?miscellaneous", re.IGNORECASE)
"""What an official description says of such a code (837 TR3, SV101-7)."""


@cache
def _codes() -> frozenset[str]:
    return frozenset(code for row in table("unlisted").rows for code in row["codes"].split())


def is_unlisted(code: str, description: str = "") -> bool:
    """Whether a code says nothing by itself: by the table of those, or by its description in an official list."""
    return code in _codes() or _SAID.search(description) is not None
