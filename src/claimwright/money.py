"""Money is whole cents. Floats never touch it; rounding is half up, once a line, where it is named."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

Cents = int
"""An amount in US cents; negative for money taken back."""

_AMOUNT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def cents(amount: str | Decimal) -> Cents:
    """Dollars as written ("92.4", "-3", ".50") to cents. Raises ValueError on anything else or on a fraction of a cent."""
    if isinstance(amount, str):
        whole, _, rest = amount.partition(".")
        digits = whole + rest
        if len(rest) < 3 and digits.isdecimal():  # nearly every amount: whole numbers are much quicker than Decimal
            return int(digits) * (100, 10, 1)[len(rest)]
        if not _AMOUNT.fullmatch(amount):
            raise ValueError(f"not an amount of money: {amount!r}")
        amount = Decimal(amount)
    scaled = amount * 100
    if scaled != int(scaled):
        raise ValueError(f"more than two decimals: {amount}")
    return int(scaled)


def dollars(amount: Cents) -> str:
    """Cents for people: 1,234.50, with a true minus sign when negative."""
    if amount < 0:
        return f"−{dollars(-amount)}"
    return f"{amount // 100:,}.{amount % 100:02d}"


def x12_amount(amount: Cents) -> str:
    """Cents as an X12 R element: no trailing zeros, no leading zeros ("92.4", "-3", "0.05")."""
    if amount < 0:
        return f"-{x12_amount(-amount)}"
    whole, rest = divmod(amount, 100)
    if rest % 10:
        return f"{whole}.{rest:02d}"
    return f"{whole}.{rest // 10}" if rest else str(whole)


def round_half_up(amount: Decimal) -> Cents:
    """A computed amount in cents (may carry a fraction) to whole cents, half away from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share(amount: Cents, rate: Decimal) -> Cents:
    """A rate (0.20 for 20%) of an amount, rounded half up to the cent."""
    return round_half_up(amount * rate)
