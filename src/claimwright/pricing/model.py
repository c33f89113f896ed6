"""What payer and practice agreed. Rates as fractions, amounts in cents."""

from __future__ import annotations

from decimal import Decimal

from claimwright.effective import Period
from claimwright.money import Cents
from claimwright.parties import Struct


class Contract(Struct):
    """Dated terms with one payer (and plan, where given).

    A fixed fee beats the percentages; the lesser of that and the charge is allowed.
    """

    contract_id: str
    payer_id: str
    period: Period
    percent_of_medicare: Decimal | None = None
    percent_of_charge: Decimal | None = None
    fees: dict[str, Cents] = {}  # fixed fee per unit by procedure
    lesser_of: bool = True
    locality: str = "00"
    plan_id: str = ""


class Price(Struct):
    """The expected allowed amount of one line, with its working."""

    line: int
    allowed: Cents
    working: tuple[str, ...]  # plain sentences with figures, in order
    source: str  # table, version, period
    priced: bool = True  # False: no price known, `allowed` is the charge
    reason: str = ""  # CARC when the table itself pays nothing: 97 bundled, 54 no assistant
