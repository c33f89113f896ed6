"""Was the agreed sum paid? What the payer allowed, line by line, against what the contract says (C095)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from claimwright.money import Cents, dollars
from claimwright.parties import Struct
from claimwright.pricing.model import Price
from claimwright.remits.decide import PlannedLine
from claimwright.remits.sharing import shares


class Underpayment(Struct, gc=False):
    """One line on which the payer allowed less than agreed. Cents."""

    line: int
    control_number: str
    procedure: str
    expected: Cents
    allowed: Cents
    short: Cents
    why: str
    working: tuple[str, ...] = ()  # how the expected amount was reached


def underpayments(
    numbers: Mapping[str, int], lines: Sequence[PlannedLine], prices: Sequence[Price], tolerance: Cents = 0
) -> tuple[Underpayment, ...]:
    """The lines allowed for less than the contract's price by more than the tolerance.

    `numbers` are those of the claim's lines by their control numbers. Denied lines are not underpaid but denied; lines without a
    known price, and decisions after another payer's, are left out. Lines told only together are judged together, and what they
    are short of is shared by what each is worth.
    """
    expected = {price.line: price for price in prices if price.priced}
    judged: list[tuple[PlannedLine, Price, Cents, Cents]] = []
    for line in lines:
        price = expected.get(numbers.get(line.line, line.number))
        if price is not None and line.allowed is not None and not line.denials and line.open_before == line.charge:
            judged.append((line, price, min(price.allowed, line.charge), line.allowed))
    alone = [one for one in judged if not one[0].shared]
    found = []
    for line, price, agreed, allowed in (*alone, *_together(lines, judged)):
        short = agreed - allowed
        if short > tolerance:
            found.append(
                Underpayment(
                    line=price.line,
                    control_number=line.line,
                    procedure=line.procedure,
                    expected=agreed,
                    allowed=allowed,
                    short=short,
                    why=_why(line, agreed, allowed, short),
                    working=price.working,
                )
            )
    return tuple(found)


def _together(
    lines: Sequence[PlannedLine], judged: Sequence[tuple[PlannedLine, Price, Cents, Cents]]
) -> list[tuple[PlannedLine, Price, Cents, Cents]]:
    """The lines that were told together, each with its part of what all of them were allowed; none where one is not judged."""
    shared = [one for one in judged if one[0].shared]
    if len(shared) < sum(line.shared for line in lines):
        return []
    agreed = [one[2] for one in shared]
    short = shares(sum(agreed) - sum(one[3] for one in shared), agreed)
    return [(line, price, worth, worth - part) for (line, price, worth, _), part in zip(shared, short, strict=True)]


def _why(line: PlannedLine, agreed: Cents, allowed: Cents, short: Cents) -> str:
    taken = (
        f"The payer wrote off ${dollars(line.contractual)} where the contract gives up ${dollars(line.charge - agreed)}."
        if line.contractual
        else "Paid and patient share come to less than agreed."
    )
    said = f"The contract allows ${dollars(agreed)} for {line.procedure}, the payer allowed ${dollars(allowed)}"
    return f"{said}: ${dollars(short)} short. {taken}"
