"""Medicare's yearly threshold of outpatient therapy, beyond which KX must say that more was needed.

The threshold counts allowed amounts, not charges: lines are priced by the fee schedule of their day, from the store where it
has one. Physical therapy and speech-language pathology count together, occupational therapy alone (42 CFR 410.60(e)).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.others import earlier
from claimwright.edits.registry import ADVISE, DENY, Edit, Problem, edit, on_line
from claimwright.money import Cents, dollars
from claimwright.pricing.contracts import MEDICARE
from claimwright.pricing.price import price
from claimwright.pricing.stored import fees_of

THRESHOLDS: dict[int, Cents] = {
    2018: 2_010_00, 2019: 2_040_00, 2020: 2_080_00, 2021: 2_110_00, 2022: 2_150_00,
    2023: 2_230_00, 2024: 2_330_00, 2025: 2_410_00, 2026: 2_480_00,
}  # fmt: skip
"""By year, the same for both sums: CMS's yearly update of the threshold amounts (Claims Processing Manual 5, 10.3)."""
TOGETHER = (frozenset({"GP", "GN"}), frozenset({"GO"}))
PLANS = frozenset({"GP", "GN", "GO"})
CITES = "42 CFR 410.60(e); Claims Processing Manual 5, 10.3; CARC 119"


def _beyond(claim: Claim, context: Context, tables: Tables) -> Iterator[tuple[ServiceLine, Cents, bool]]:
    """Lines without KX in a year past its threshold: the sum, and whether every price in it is known."""
    if claim.filing_indicator != "MB" or claim.form != "professional":
        return
    for line in claim.lines:
        held = THRESHOLDS.get(line.first_service.year)
        plans = next((plans for plans in TOGETHER if plans & set(line.modifiers)), None)
        if held is None or plans is None or "KX" in line.modifiers:
            continue
        counted = _of_year(claim, context, line.first_service.year, plans)
        if sum(one.charge for _, one in counted) > held:  # no line is allowed more than it charges
            amounts = [_allowed(of, one, tables) for of, one in counted]
            total = sum(amount for amount, _ in amounts)
            if total > held:
                yield line, total, all(known for _, known in amounts)


def _of_year(claim: Claim, context: Context, year: int, plans: frozenset[str]) -> list[tuple[Claim, ServiceLine]]:
    """The year's lines of the plans of care on this claim and on earlier ones to Medicare."""
    before = ((of, line) for of, line in earlier(claim, context) if of.payer.payer_id == claim.payer.payer_id)
    all_lines = (*((claim, line) for line in claim.lines), *before)
    return [(of, line) for of, line in all_lines if line.first_service.year == year and plans & set(line.modifiers)]


def _allowed(claim: Claim, line: ServiceLine, tables: Tables) -> tuple[Cents, bool]:
    """What Medicare allows for a line, beside the others of its claim; the charge where no table of the day knows."""
    fees = fees_of(tables)
    if fees.physician(line.first_service).period.covers(line.first_service):
        place = claim.lines.index(line)
        found = price(claim, MEDICARE, fees=fees)[place]
        if found.priced:
            return found.allowed, True
    return line.charge, False


@edit("MEDICARE/THERAPY-KX", DENY, since=date(2018, 1, 1), cites=CITES, element="SV101-3")
def beyond_the_threshold(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Therapy beyond the year's threshold of allowed amounts carries KX."""
    for line, total, known in _beyond(claim, context, tables):
        if known:
            held = THRESHOLDS[line.first_service.year]
            said = f"The year's therapy comes to ${dollars(total)} allowed, beyond the threshold of ${dollars(held)}."
            yield on_line(line, said, "Add KX if the record shows that more therapy is needed.")


@edit("MEDICARE/THERAPY-KX-CHARGES", ADVISE, since=date(2018, 1, 1), cites=CITES, element="SV101-3")
def beyond_by_charges(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Where not all prices are known, charges count for them: the threshold may have been passed."""
    for line, total, known in _beyond(claim, context, tables):
        if not known:
            held = THRESHOLDS[line.first_service.year]
            said = f"The year's therapy comes to ${dollars(total)}, partly as charged; the threshold is ${dollars(held)} allowed."
            yield on_line(line, said, "Check the year's allowed amounts; add KX if the record shows that more is needed.")


EDITS: tuple[Edit, ...] = tuple(
    msgspec.structs.replace(one, family="medicare") for one in (beyond_the_threshold, beyond_by_charges)
)


def edits_of(claim: Claim) -> tuple[Edit, ...]:
    """The edits, if the claim has therapy for Medicare."""
    asked = claim.filing_indicator == "MB" and any(not PLANS.isdisjoint(line.modifiers) for line in claim.lines)
    return EDITS if asked else ()
