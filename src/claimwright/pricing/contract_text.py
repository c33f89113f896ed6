"""Contracts as people write them: a heading, then one term a line, percentages and dollars as in the paper contract.

contract NL-2026 payer NL plan GOLD from 2026-01-01 to 2026-12-31
  locality OH-00
  pay 120% of medicare
  pay 135% of medicare for surgery
  pay 60% of charge
  fee 99213 92.40
  carve out C1713-C1789 50% of charge
  case drg 470 14,200.00
  per diem 0120-0129 2,150.00
  stop loss over 100,000.00 60% of charge above
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, Final, Literal

import msgspec

from claimwright.effective import Period
from claimwright.money import cents, round_half_up
from claimwright.pricing.model import ANY_PAYER, KINDS, CaseRate, Contract, PerDiem, Rate, StopLoss

_HEADING = re.compile(
    r"contract (?P<id>\S+) payer (?P<payer>\S+)(?: plan (?P<plan>\S+))? from (?P<start>\S+)(?: to (?P<end>\S+))?", re.IGNORECASE
)
_CODE = r"[0-9A-Z]{3,5}"
_CODES = re.compile(rf"{_CODE}(?:-{_CODE})?")
_EXAMPLE: Final = "contract NL-2026 payer NL from 2026-01-01 to 2026-12-31"


class ContractError(ValueError):
    """A contract that cannot be read: its line, what was found, what was expected."""

    def __init__(self, line: int, said: str, fix: str) -> None:
        super().__init__(f"line {line}: {said} {fix}")
        self.line, self.said, self.fix = line, said, fix


def read_contracts(text: str) -> tuple[Contract, ...]:
    """The contracts of a text; `#` begins a comment. Raises ContractError at the first line that cannot be read."""
    found: list[Contract] = []
    for number, line in enumerate(text.splitlines(), start=1):
        said = " ".join(line.split("#", 1)[0].split())
        if not said:
            continue
        if said.lower().startswith("contract "):
            found.append(_heading(number, said))
        elif not found:
            raise ContractError(number, f"A term before any contract: {said!r}.", f"Begin with: {_EXAMPLE}")
        else:
            found[-1] = _with_term(number, found[-1], said)
    if not found:
        raise ContractError(1, "There is no contract in the text.", f"Begin with: {_EXAMPLE}")
    return tuple(found)


def _heading(number: int, said: str) -> Contract:
    told = _HEADING.fullmatch(said)
    if told is None:
        raise ContractError(number, f"Not a contract's heading: {said!r}.", f"Write it so: {_EXAMPLE}")
    period = Period(_day(number, told["start"]), _day(number, told["end"]) if told["end"] else None)
    if period.end and period.end < period.start:
        raise ContractError(number, "The contract ends before it begins.", "Correct the dates.")
    payer = ANY_PAYER if told["payer"].lower() == "any" else told["payer"]
    return Contract(contract_id=told["id"], payer_id=payer, plan_id=told["plan"] or "", period=period)


def _with_term(number: int, contract: Contract, said: str) -> Contract:
    for term in TERMS:
        if told := re.fullmatch(term.pattern, said, re.IGNORECASE):
            return msgspec.structs.replace(contract, **term.read(number, contract, told))
    first = said.split()[0].lower()
    words = sorted({term.shape.split()[0] for term in TERMS})
    near = first if first in words else next(iter(get_close_matches(first, words, 1)), "")
    shapes = [term.shape for term in TERMS if term.shape.split()[0] == near]
    fix = f"Write it so: {' | '.join(shapes)}" if shapes else f"A term begins with {', '.join(words)}."
    raise ContractError(number, f"Not a term of a contract: {said!r}.", fix)


def _pay(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    share, basis = _percent(number, told["percent"]), _basis(told["basis"])
    if told["codes"] is None:
        field = f"percent_of_{basis}"
        if getattr(contract, field) is not None:
            raise ContractError(number, f"The percentage of {basis} was told before.", "Drop one of them.")
        return {field: share}
    kind = told["codes"].lower()
    named = kind if kind in KINDS else ""
    codes = KINDS[kind] if named else _codes(number, told["codes"])
    return {"rates": (*contract.rates, Rate(codes=codes, basis=basis, percent=share, kind=named))}


def _carve_out(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    kind = told["codes"].lower()
    codes = KINDS[kind] if kind in KINDS else _codes(number, told["codes"])
    named = kind if kind in KINDS else ""
    if told["nothing"]:
        rate = Rate(codes=codes, basis="nothing", apart=True, kind=named)
    elif told["amount"]:
        rate = Rate(codes=codes, basis="fee", fee=_amount(number, told["amount"]), apart=True, kind=named)
    else:
        share = _percent(number, told["percent"])
        rate = Rate(codes=codes, basis=_basis(told["basis"]), percent=share, apart=True, kind=named)
    return {"rates": (*contract.rates, rate)}


def _fee(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    key = told["key"].upper()
    if key in contract.fees:
        raise ContractError(number, f"The fee for {key} was told before.", "Drop one of them.")
    return {"fees": {**contract.fees, key: _amount(number, told["amount"])}}


def _case(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    key = f"drg {told['drg'].zfill(3)}" if told["drg"] else told["code"].upper()
    if any(one.key == key for one in contract.cases):
        raise ContractError(number, f"The case rate for {key} was told before.", "Drop one of them.")
    if told["weight"] is None:
        return {"cases": (*contract.cases, CaseRate(key=key, amount=_amount(number, told["amount"])))}
    if contract.base_rate is None:
        raise ContractError(number, "A weight without a base rate.", "Write the base rate on a line above: base rate 9,500.00")
    weight = Decimal(told["weight"])
    case = CaseRate(key=key, amount=round_half_up(contract.base_rate * weight), weight=weight)
    return {"cases": (*contract.cases, case)}


def _base_rate(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    if contract.base_rate is not None:
        raise ContractError(number, "The base rate was told before.", "Drop one of them.")
    return {"base_rate": _amount(number, told["amount"])}


def _per_diem(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    codes = "-".join(code.zfill(4) for code in told["codes"].split("-"))
    return {"per_diems": (*contract.per_diems, PerDiem(revenue_codes=codes, amount=_amount(number, told["amount"])))}


def _stop_loss(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    share = _percent(number, told["percent"])
    first = told["how"].lower() != "above"
    return {"stop_loss": StopLoss(threshold=_amount(number, told["amount"]), percent=share, first_dollar=first)}


def _multiple(number: int, contract: Contract, told: re.Match[str]) -> dict[str, Any]:
    shares = tuple(_percent(number, one) for one in told["shares"].replace("%", " ").split())
    if any(later > before for before, later in pairwise(shares)) or shares[0] > 1:
        raise ContractError(number, "A later procedure is paid more than an earlier one.", "Write them falling: 100% 50% 25%")
    return {"multiple": shares}


class Term(msgspec.Struct, frozen=True):
    """One kind of line: what it looks like, the pattern that it follows, and what it says."""

    shape: str
    pattern: str
    read: Callable[[int, Contract, re.Match[str]], dict[str, Any]]


_PERCENT = r"(?P<percent>[\d.]+)%"
_BASIS = r"of (?P<basis>medicare|charges?)"
_MONEY = r"\$?(?P<amount>[\d,]+(?:\.\d*)?)"

TERMS: tuple[Term, ...] = (
    Term("pay 120% of medicare [for surgery]", rf"pay {_PERCENT} {_BASIS}(?: for (?P<codes>.+))?", _pay),
    Term("fee 99213 92.40", rf"fee (?P<key>{_CODE}(?:-[0-9A-Z]{{2}})?) {_MONEY}", _fee),
    Term(
        "carve out J0000-J9999 80% of charge | 12.50 | nothing",
        rf"carve out (?P<codes>.+?) (?:{_PERCENT} {_BASIS}|{_MONEY}|(?P<nothing>nothing))",
        _carve_out,
    ),
    Term("base rate 9,500.00", rf"base rate {_MONEY}", _base_rate),
    Term(
        "case drg 470 14,200.00 | weight 1.9021",
        rf"case (?:drg (?P<drg>\d{{1,3}})|(?P<code>{_CODE})) (?:{_MONEY}|(?(drg)weight (?P<weight>\d*\.?\d+)|(?!)))",
        _case,
    ),
    Term("per diem 0120-0129 2,150.00", rf"per diem (?P<codes>\d{{3,4}}(?:-\d{{3,4}})?) {_MONEY}", _per_diem),
    Term(
        "stop loss over 100,000.00 60% of charge above | from the first dollar",
        rf"stop loss over {_MONEY} {_PERCENT} of charges? (?P<how>above|from the first dollar)",
        _stop_loss,
    ),
    Term("multiple procedures 100% 50% 25%", r"multiple procedures (?P<shares>[\d.]+%(?: [\d.]+%)*)", _multiple),
    Term("lesser of charge", r"lesser of charge", lambda number, contract, told: {"lesser_of": True}),
    Term("not lesser of charge", r"not lesser of charge", lambda number, contract, told: {"lesser_of": False}),
    Term("locality OH-00", r"locality (?P<where>\S+)", lambda number, contract, told: {"locality": told["where"].upper()}),
    Term(
        "medicare of 2025-01-01",
        r"medicare of (?P<day>\S+)",
        lambda number, contract, told: {"medicare_of": _day(number, told["day"])},
    ),
    Term("medicare rules", r"medicare rules", lambda number, contract, told: {"medicare_rules": True}),
    Term("qualifying participant", r"qualifying participant", lambda number, contract, told: {"qualifying": True}),
    Term("not participating", r"not participating", lambda number, contract, told: {"participating": False}),
    Term(
        "anesthesia unit 68.00",
        rf"anesthesia unit {_MONEY}",
        lambda number, contract, told: {"anesthesia_unit": _amount(number, told["amount"])},
    ),
    Term(
        "wage index 0.9821",
        r"wage index (?P<index>\d?\.\d+|1)",
        lambda number, contract, told: {"wage_index": Decimal(told["index"])},
    ),
)


def _basis(word: str) -> Literal["medicare", "charge"]:
    return "medicare" if word.lower() == "medicare" else "charge"


def _codes(number: int, said: str) -> tuple[str, ...]:
    codes = tuple(re.split(r"[, ]+", said.upper()))
    for code in codes:
        low, _, high = code.partition("-")
        if not _CODES.fullmatch(code) or (high and (len(high) != len(low) or high < low)):
            fix = f"Write codes and ranges (J0000-J9999, 27447), or one of {', '.join(KINDS)}."
            raise ContractError(number, f"Not a code, a range or a kind of services: {code!r}.", fix)
    return codes


def _percent(number: int, said: str) -> Decimal:
    try:
        return Decimal(said) / 100
    except InvalidOperation:
        raise ContractError(number, f"Not a percentage: {said}%.", "Write it so: 112.5%") from None


def _amount(number: int, said: str) -> int:
    try:
        return cents(said.replace(",", ""))
    except ValueError:
        raise ContractError(number, f"Not an amount in dollars and cents: {said}.", "Write it so: 1,250.00") from None


def _day(number: int, said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ContractError(number, f"Not a date: {said}.", "Write it so: 2026-01-31") from None
