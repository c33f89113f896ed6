"""What a billed unit of a drug is, and how the drug is packed: enough to lay a dose beside the package that is named."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache
from math import gcd
from typing import Literal

from claimwright.codesets.starter import table
from claimwright.parties import Struct

_FINE = 1000  # amounts have three decimals at most


class DrugUnit(Struct):
    """A drug's HCPCS unit and its packages, amounts in its measure."""

    procedure: str
    amount: Decimal  # of one billed unit
    measure: Literal["mg", "mcg", "U"]
    form: Literal["liquid", "powder", "both"]
    per_ml: tuple[Decimal, ...] = ()  # strengths
    containers: tuple[Decimal, ...] = ()  # contents
    once: bool = False  # only in containers for one use

    def least(self, units: Decimal) -> Decimal:
        """More than this was given: a part of a unit is billed as a whole one."""
        return (units - 1) * self.amount

    def comes_to(self, units: Decimal, lines: int) -> bool:
        """Whether whole containers hold what these units on so many lines, each rounded up to a unit, come to."""
        most = units * self.amount
        return _whole(self.containers, max(most - lines * self.amount, Decimal(0)), most)


@lru_cache(4096)
def _whole(containers: tuple[Decimal, ...], above: Decimal, most: Decimal) -> bool:
    """Whether some containers together hold more than one amount and at most another."""
    sizes = [int(one * _FINE) for one in containers]
    step = gcd(*sizes)
    reach, top = 1, int(most * _FINE) // step
    for size in sizes:
        shift = size // step
        while shift <= top:  # one, then two, then four more of them
            reach |= reach << shift
            shift *= 2
    reach &= (1 << (top + 1)) - 1
    return bool(reach >> (int(above * _FINE) // step + 1))


@cache
def drug_units() -> dict[str, DrugUnit]:
    """The common injected drugs by code."""
    return {row["procedure"]: _drug(row) for row in table("drug_units").rows}


def _drug(row: dict[str, str]) -> DrugUnit:
    return DrugUnit(
        procedure=row["procedure"],
        amount=Decimal(row["amount"]),
        measure=row["measure"],  # type: ignore[arg-type]
        form=row["form"],  # type: ignore[arg-type]
        per_ml=tuple(Decimal(one) for one in row["per_ml"].split()),
        containers=tuple(Decimal(one) for one in row["containers"].split()),
        once=row["once"] == "yes",
    )
