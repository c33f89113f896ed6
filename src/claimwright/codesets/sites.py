"""Modifiers that name a site of the body, and the procedures that are done elsewhere."""

from __future__ import annotations

from functools import cache

from claimwright.codesets.code_spans import Spans, among, spans
from claimwright.codesets.starter import table


def site_elsewhere(code: str, modifier: str) -> str:
    """The site that a modifier names, in words, where the procedure is certainly not done there; else nothing."""
    site, elsewhere = _sites().get(modifier, ("", ()))
    return site if among(code, elsewhere) else ""


@cache
def _sites() -> dict[str, tuple[str, Spans]]:
    return {
        modifier: (row["site"], spans(row["elsewhere"])) for row in table("sites").rows for modifier in row["modifiers"].split()
    }
