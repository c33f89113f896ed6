"""Code pairs and unit limits, as the payer applies them (NCCI Policy Manual, chapter 1; MUE with adjudication indicators)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from claimwright.adjudication.model import Refusal
from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables, starter

# Modifiers that may open a pair (NCCI Policy Manual, chapter 1, section E).
_OPENING: Final = frozenset(
    {"24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XS", "XP", "XU", "LT", "RT", "LC", "LD", "RC", "LM", "RI"}
    | {"E1", "E2", "E3", "E4", "FA", "TA"}
    | {f"{limb}{digit}" for limb in "FT" for digit in range(1, 10)}
)


def code_refusals(claim: Claim, others: Sequence[Claim]) -> dict[int, Refusal]:
    """Lines refused for their code: column 2 of a pair on the same day by the same clinician, or too many units."""
    tables = starter()
    around = [(one, line) for one in others for line in one.lines]
    own = [(claim, line) for line in claim.lines]
    refused = dict(_pairs(own, [*own, *around], tables))
    return refused | dict(_units(own, around, tables))


def _pairs(
    own: Iterable[tuple[Claim, ServiceLine]], all_lines: Sequence[tuple[Claim, ServiceLine]], tables: Tables
) -> Iterator[tuple[int, Refusal]]:
    for claim, line in own:
        for other_claim, other in all_lines:
            apart = other.first_service != line.first_service or _clinician(claim, line) != _clinician(other_claim, other)
            if other is line or apart:
                continue
            pair = tables.pair(other.procedure, line.procedure, line.first_service)
            if pair and not (pair.indicator == "1" and _OPENING & {*line.modifiers, *other.modifiers}):
                why = f"{line.procedure} is part of {other.procedure} on the same day (NCCI)."
                yield line.number, Refusal(group="CO", reason="236", why=why, remarks=("M15",))


def _units(
    own: Sequence[tuple[Claim, ServiceLine]], around: Sequence[tuple[Claim, ServiceLine]], tables: Tables
) -> Iterator[tuple[int, Refusal]]:
    for _, line in own:
        limit = tables.unit_limit(line.procedure)
        if limit is None:
            continue
        day = sum(
            other.units
            for _, other in (*own, *around)
            if (other.procedure, other.first_service) == (line.procedure, line.first_service)
        )
        units, reason = (line.units, "222") if limit.mai == "1" else (Decimal(day), "151")
        if units > limit.units:
            why = f"{units.normalize():f} units of {line.procedure}; at most {limit.units} are paid (MUE)."
            yield line.number, Refusal(group="CO", reason=reason, why=why, remarks=("N362",))


def _clinician(claim: Claim, line: ServiceLine) -> str:
    return (line.rendering or claim.rendering or claim.billing).npi
