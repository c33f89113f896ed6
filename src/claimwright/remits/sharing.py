"""What is said of a whole shared over its parts, to the cent: a claim over its lines, a line over those it stands for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from claimwright.money import Cents
from claimwright.remits.model import RemitClaim, RemitLine


def spread_claim_level(claim: RemitClaim) -> tuple[RemitLine, ...]:
    """The claim's lines with claim-level adjustments shared over them by charge, to the cent.

    The lines then carry every adjustment and add up to the claim's payment (835 guide, 1.10.2.1.2).
    """
    lines = list(claim.lines)
    if not lines or not claim.adjustments:
        return claim.lines
    for adjustment in claim.adjustments:
        for place, part in enumerate(shares(adjustment.amount, [abs(line.charge) for line in lines])):
            if part:
                added = (*lines[place].adjustments, msgspec.structs.replace(adjustment, amount=part, quantity=None))
                lines[place] = msgspec.structs.replace(lines[place], adjustments=added, paid=lines[place].paid - part)
    return tuple(lines)


def lines_from_claim(claim: RemitClaim, ours: Sequence[tuple[str, Cents]]) -> tuple[RemitLine, ...]:
    """A decision given only for the whole claim, shared over our lines (control number, charge) by charge, to the cent."""
    whole = RemitLine(
        procedure="", charge=claim.charge, paid=claim.paid, adjustments=claim.adjustments, remarks=claim.remarks
    )  # fmt: skip
    return share_line(whole, ours)


def share_line(whole: RemitLine, ours: Sequence[tuple[str, Cents]]) -> tuple[RemitLine, ...]:
    """A decision given for several of our lines at once, shared over them (control number, charge) by charge, to the cent.

    The payment of each is what its adjustments leave, so that every line balances and the payment is met to the cent.
    """
    sign = -1 if whole.charge < 0 else 1
    charges = [sign * charge for _, charge in ours]
    adjustments = [shares(one.amount, [abs(charge) for charge in charges]) for one in whole.adjustments]
    made: list[RemitLine] = []
    for place, (control_number, _) in enumerate(ours):
        of_line = tuple(
            msgspec.structs.replace(one, amount=amounts[place], quantity=None)
            for one, amounts in zip(whole.adjustments, adjustments, strict=True)
        )
        made.append(
            msgspec.structs.replace(
                whole,
                charge=charges[place],
                paid=charges[place] - sum(one.amount for one in of_line),
                control_number=control_number,
                adjustments=of_line,
                allowed=None,
            )
        )
    return tuple(made)


def shares(amount: Cents, weights: Sequence[Cents]) -> list[Cents]:
    """An amount shared by weight: whole cents that sum to it; the cents left over go to the largest remainders."""
    total = sum(weights) or len(weights)
    by = weights if sum(weights) else [1] * len(weights)
    sign = -1 if amount < 0 else 1
    found = [abs(amount) * weight // total for weight in by]
    order = sorted(range(len(by)), key=lambda place: (-(abs(amount) * by[place] % total), place))
    for place in order[: abs(amount) - sum(found)]:
        found[place] += 1
    return [sign * part for part in found]
