"""Numbers and ranges of procedures as tables write them: `26055 26010-26989 A4206-A8004`."""

from __future__ import annotations

import re
from collections.abc import Iterable

Spans = tuple[tuple[str, str], ...]
"""From and through, both included."""


def spans(text: str) -> Spans:
    """Ranges as written, apart by spaces; a number alone is a range of one."""
    found = []
    for one in text.split():
        low, _, high = one.partition("-")
        found.append((low, high or low))
    return tuple(found)


def among(code: str, ranges: Iterable[tuple[str, str]]) -> bool:
    """Whether a code lies in one of the ranges. Numbers of another shape (2029F) lie in no range of numbers."""
    return any(low <= code <= high and _shape(low) == _shape(code) for low, high in ranges)


def _shape(code: str) -> str:
    return re.sub(r"\d", "0", code)
