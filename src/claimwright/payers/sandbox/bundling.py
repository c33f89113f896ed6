"""Code pairs and unit limits, as the payer applies them (NCCI Policy Manual, chapter 1; MUE with adjudication indicators)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from claimwright.adjudication.model import Refusal
from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables

# Modifiers that may open a pair (NCCI Policy Manual, chapter 1, section E).
_OPENING: Final = frozenset(
    {"24", "25", "27", "57", "58", "59", "78", "79", "91", "XE", "XS", "XP", "XU", "LT", "RT", "LC", "LD", "RC", "LM", "RI"}
    | {"E1", "E2", "E3", "E4", "FA", "TA"}
    | {f"{limb}{digit}" for limb in "FT" for digit in range(1, 10)}
)

# Modifiers that set a visit apart from a procedure of the same day.
_APART: Final = frozenset({"24", "25", "57"})
Lined = tuple[Claim, ServiceLine]


def code_refusals(claim: Claim, others: Sequence[Claim], tables: Tables) -> dict[int, Refusal]:
    """Lines refused for their code: column 2 of a pair on the same day by the same clinician, or too many units."""
    around = [(one, line) for one in others for line in one.lines]
    own = [(claim, line) for line in claim.lines]
    refused = dict(_visits(own, [*own, *around], tables)) | dict(_pairs(own, [*own, *around], tables))
    return refused | dict(_units(own, around, tables))


def _pairs(own: Iterable[Lined], all_lines: Sequence[Lined], tables: Tables) -> Iterator[tuple[int, Refusal]]:
    for claim, line in own:
        for other_claim, other in all_lines:
            apart = other.first_service != line.first_service or _clinician(claim, line) != _clinician(other_claim, other)
            if other is line or apart:
                continue
            pair = tables.pair(other.procedure, line.procedure, line.first_service)
            if pair and not (pair.indicator == "1" and _OPENING & {*line.modifiers, *other.modifiers}):
                why = f"{line.procedure} is part of {other.procedure} on the same day (NCCI)."
                yield line.number, Refusal(group="CO", reason="236", why=why, remarks=("M15",))


def _visits(own: Iterable[Lined], all_lines: Sequence[Lined], tables: Tables) -> Iterator[tuple[int, Refusal]]:
    """A visit is part of a procedure of the same day unless modifier 25 or 57 sets it apart (Claims Manual 12, 40.2)."""
    for claim, line in own:
        known = tables.procedure(line.procedure, line.first_service)
        if known is None or not known.is_visit or _APART & set(line.modifiers):
            continue
        for other_claim, other in all_lines:
            procedure = tables.procedure(other.procedure, other.first_service)
            same = other.first_service == line.first_service and _clinician(claim, line) == _clinician(other_claim, other)
            if same and procedure and procedure.global_days in ("000", "010", "090"):
                why = f"The visit is part of {other.procedure} on the same day, unless modifier 25 says that it stands alone."
                yield line.number, Refusal(group="CO", reason="97", why=why, remarks=("M144",))
                break


def _units(own: Sequence[Lined], around: Sequence[Lined], tables: Tables) -> Iterator[tuple[int, Refusal]]:
    for claim, line in own:
        limit = tables.unit_limit(line.procedure, line.first_service)
        # A limit of 0 says that Medicare never pays the code; other payers do.
        if limit is None or (limit.units == 0 and claim.filing_indicator != "MB"):
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
