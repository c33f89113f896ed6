"""Was the agreed sum paid? What the payer allowed, line by line, against what the contract says (C095)."""

from __future__ import annotations

from collections.abc import Sequence

from claimwright.claims.model import Claim
from claimwright.money import Cents, dollars
from claimwright.parties import Struct
from claimwright.pricing.model import Price
from claimwright.remits.decide import PlannedLine


class Underpayment(Struct):
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
    claim: Claim, lines: Sequence[PlannedLine], prices: Sequence[Price], tolerance: Cents = 0
) -> tuple[Underpayment, ...]:
    """The lines allowed for less than the contract's price by more than the tolerance.

    Denied lines are not underpaid but denied; lines without a known price, and decisions after another payer's, are left out.
    """
    expected = {price.line: price for price in prices if price.priced}
    numbers = {line.control_number: line.number for line in claim.lines}
    found = []
    for line in lines:
        price = expected.get(numbers.get(line.line, line.number))
        if price is None or line.allowed is None or line.denials or line.open_before != line.charge:
            continue
        agreed = min(price.allowed, line.charge)
        short = agreed - line.allowed
        if short > tolerance:
            found.append(
                Underpayment(
                    line=price.line,
                    control_number=line.line,
                    procedure=line.procedure,
                    expected=agreed,
                    allowed=line.allowed,
                    short=short,
                    why=_why(line, agreed, line.allowed, short),
                    working=price.working,
                )
            )
    return tuple(found)


def _why(line: PlannedLine, agreed: Cents, allowed: Cents, short: Cents) -> str:
    taken = (
        f"The payer wrote off ${dollars(line.contractual)} where the contract gives up ${dollars(line.charge - agreed)}."
        if line.contractual
        else "Paid and patient share come to less than agreed."
    )
    said = f"The contract allows ${dollars(agreed)} for {line.procedure}, the payer allowed ${dollars(allowed)}"
    return f"{said}: ${dollars(short)} short. {taken}"
