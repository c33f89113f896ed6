"""Anesthesia: base units plus time units, by the unit's price (Claims Processing Manual 12, 50 and 140)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from claimwright.claims.model import ServiceLine
from claimwright.parties import Struct
from claimwright.pricing.medicare import show
from claimwright.pricing.tables import Anesthesia, Locality

_MINUTES: Final = Decimal(15)  # of a time unit
_TENTH: Final = Decimal("0.1")

# Who did it: the share of the allowance (Claims Processing Manual 12, 50.B to 50.D and 140.4).
_SHARES: Final = {
    "QK": ("directed two to four at once", Decimal("0.5")),
    "QX": ("nurse anesthetist directed by a physician", Decimal("0.5")),
    "QY": ("directed one nurse anesthetist", Decimal("0.5")),
    "AA": ("by the anesthesiologist alone", Decimal(1)),
    "QZ": ("nurse anesthetist without direction", Decimal(1)),
}
# Burn areas, and anesthesia that follows labor analgesia, are added to another code with units of their own.
ADD_ONS: Final = frozenset({"01953", "01968", "01969"})
# More than four at once: three base units, and one of time when present at induction (50.D).
_SUPERVISED: Final = Decimal(3)


class AnesthesiaAmount(Struct):
    """A line's whole allowance in unrounded cents, and its sentences."""

    amount: Decimal
    working: tuple[str, ...]


def is_anesthesia(code: str) -> bool:
    """Whether a code is anesthesia's."""
    return len(code) == 5 and "00100" <= code <= "01999" and code.isdigit()


def anesthesia_amount(
    line: ServiceLine, found: Anesthesia, where: Locality, unit_price: Decimal | None, *, beside: int = 0
) -> AnesthesiaAmount:
    """(Base units + time units) x the unit's price x the share.

    `unit_price` in cents, where a contract sets it; `beside`: the line of the same day whose base units count instead.
    """
    price = found.factor * 100 if unit_price is None else unit_price
    of = "by contract" if unit_price is not None else where.name if found.own else "national"
    if "AD" in line.modifiers:
        amount = _SUPERVISED * price
        said = f"Modifier AD, more than four at once: 3 units x {show(price)} ({of}) = {show(amount)}"
        why = f"{said} (Claims Processing Manual 12, 50.D)."
        return AnesthesiaAmount(amount=amount, working=(why,))
    minutes = line.unit_basis == "MJ"
    # A time unit is 15 minutes, to one decimal (Claims Processing Manual 12, 50.G).
    time = (line.units / _MINUTES).quantize(_TENTH, rounding=ROUND_HALF_UP) if minutes else line.units
    base = Decimal(0) if beside else found.base  # several procedures: one base, all the time (50.E)
    amount = (base + time) * price
    told = f" ({line.units.normalize():f} minutes / 15)" if minutes else ""
    counted = f" (those of line {beside} count)" if beside else ""
    working = [
        f"Anesthesia {line.procedure}: ({base.normalize():f} base units{counted} + {time.normalize():f} time units{told}) x "
        f"{show(price)} ({of}) = {show(amount)} (Claims Processing Manual 12, 50)."
    ]
    for modifier, (words, share) in _SHARES.items():
        if modifier in line.modifiers:
            amount *= share
            working.append(f"Modifier {modifier}, {words}: {share:.0%}. {show(amount)}.")
            break
    return AnesthesiaAmount(amount=amount, working=tuple(working))
