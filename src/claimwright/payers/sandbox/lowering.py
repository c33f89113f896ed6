"""Codes that the payer makes smaller on purpose: a visit's lower level, a service that is part of another. Amounts in cents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from claimwright.adjudication.model import Determination, LineDetermination
from claimwright.claims.model import Adjustment, Claim
from claimwright.money import Cents
from claimwright.payers.sandbox.habits import behaviours
from claimwright.payers.sandbox.model import Book

# Levels of visits by CPT's own order; a payer that doubts the level pays the one below.
_FAMILIES: Final = (
    ("99202", "99203", "99204", "99205"), ("99211", "99212", "99213", "99214", "99215"), ("99221", "99222", "99223"),
    ("99231", "99232", "99233"), ("99281", "99282", "99283", "99284", "99285"), ("99304", "99305", "99306"),
    ("99307", "99308", "99309", "99310"), ("99341", "99342", "99344", "99345"), ("99347", "99348", "99349", "99350"),
)  # fmt: skip
_LOWER: Final = {code: family[place] for family in _FAMILIES for place, code in enumerate(family[1:])}


def lower_codes(book: Book, claim: Claim) -> dict[int, str]:
    """Lines that the payer decides under a lower level on purpose, and the level."""
    if not book.habits or not behaviours(book, claim, "down_code"):
        return {}
    return {line.number: _LOWER[line.procedure] for line in claim.lines if line.procedure in _LOWER}


def bundled_into(book: Book, claim: Claim) -> dict[int, str]:
    """The line that the payer holds to be part of the dearest one of its day, and that one's code."""
    if not book.habits or not behaviours(book, claim, "bundle"):
        return {}
    coded = [line for line in claim.lines if line.procedure]
    for line in reversed(coded):
        others = [one for one in coded if one.first_service == line.first_service and one.procedure != line.procedure]
        main = max(others, key=lambda one: one.charge, default=None)
        if main and main.charge >= line.charge:
            return {line.number: main.procedure}
    return {}


def charged_lower(found: Determination, cuts: Mapping[int, Cents]) -> Determination:
    """What a lower code took away is told for itself: the level was not supported (CARC 150)."""
    if not cuts:
        return found
    lines = tuple(_charged_lower(line, cuts[line.number]) if line.number in cuts else line for line in found.lines)
    return msgspec.structs.replace(found, lines=lines)


def _charged_lower(line: LineDetermination, cut: Cents) -> LineDetermination:
    agreed = next((one for one in line.adjustments if (one.group, one.reason) == ("CO", "45")), None)
    if agreed is None or agreed.amount < cut:
        return line
    rest = [Adjustment(group="CO", reason="45", amount=agreed.amount - cut)] if agreed.amount > cut else []
    others = [one for one in line.adjustments if one is not agreed]
    lower = Adjustment(group="CO", reason="150", amount=cut)
    return msgspec.structs.replace(line, adjustments=(*rest, lower, *others))
