"""The chart of accounts, as data (`chart.txt`)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final, Literal, cast, get_args

from claimwright.ledger.model import Account
from claimwright.parties import Struct

Kind = Literal["asset", "liability", "income", "expense"]

_KINDS: Final = frozenset(get_args(Kind))


class ChartAccount(Struct, gc=False):
    """One account: its kind, its name for people, and its name in a journal."""

    account: Account
    kind: Kind
    name: str
    journal: str

    @property
    def natural_sign(self) -> int:
        """1 where people read the debit side as it is, -1 where a credit balance is what they call positive."""
        return 1 if self.kind in ("asset", "expense") else -1


def read_chart(text: str) -> dict[str, ChartAccount]:
    """The accounts of a text, in its order. Raises ValueError where a line cannot be read or an account is missing."""
    found: dict[str, ChartAccount] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 4 or cells[0] not in get_args(Account) or cells[1] not in _KINDS:
            raise ValueError(f"line {number} of the chart of accounts cannot be read")
        account, kind, name, journal = cells
        found[account] = ChartAccount(account=cast(Account, account), kind=cast(Kind, kind), name=name, journal=journal)
    if missing := set(get_args(Account)) - set(found):
        raise ValueError(f"the chart of accounts does not name {', '.join(sorted(missing))}")
    return found


@cache
def chart() -> dict[str, ChartAccount]:
    """The ledger's accounts."""
    return read_chart(resources.files("claimwright.ledger").joinpath("chart.txt").read_text("utf-8"))
