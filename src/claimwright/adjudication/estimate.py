"""What the patient will owe, said before the visit, by the engine that decides it afterwards. Amounts in cents."""

from __future__ import annotations

from collections.abc import Sequence

from claimwright.adjudication.adjudicate import adjudicate
from claimwright.adjudication.kinds import label
from claimwright.adjudication.model import Determination, LineDetermination
from claimwright.adjudication.secondary import after_decision
from claimwright.claims.model import Claim, ServiceLine
from claimwright.coverage.model import Accumulators, Plan
from claimwright.money import Cents, dollars
from claimwright.parties import Struct
from claimwright.pricing.model import Price


class EstimateLine(Struct):
    """One service: what it costs, who pays what, and the reason for each amount."""

    number: int
    procedure: str
    label: str
    charge: Cents
    allowed: Cents
    plan_pays: Cents  # all plans together
    patient: Cents
    why: tuple[str, ...]


class EstimateResult(Struct):
    """The whole visit. `total` is what the patient owes for it and from before."""

    lines: tuple[EstimateLine, ...]
    patient_owes: Cents
    earlier_balance: Cents
    total: Cents


def estimate(
    claim: Claim,
    plan: Plan | None,
    prices: Sequence[Price],
    accumulators: Accumulators,
    *,
    earlier_balance: Cents = 0,
    secondary: Plan | None = None,
    secondary_prices: Sequence[Price] | None = None,
    secondary_accumulators: Accumulators | None = None,
    authorized: bool = True,
    referred: bool = True,
) -> EstimateResult:
    """Adjudicate the planned visit, then by the secondary plan what is left. Without a plan the patient owes the price."""
    if plan is None or plan.kind == "SELF_PAY":
        lines = tuple(_own_pay(line, price) for line, price in zip(claim.lines, prices, strict=True))
        return _result(lines, earlier_balance)
    first = adjudicate(claim, plan, prices, accumulators, authorized=authorized, referred=referred, received=claim.last_service)
    if secondary is None:
        return _result(
            tuple(_line(line, (found,)) for line, found in zip(claim.lines, first.lines, strict=True)), earlier_balance
        )
    second = _second(claim, plan, first, secondary, secondary_prices or prices, secondary_accumulators or Accumulators())
    lines = tuple(_line(line, found) for line, *found in zip(claim.lines, first.lines, second.lines, strict=True))
    return _result(lines, earlier_balance)


def _second(
    claim: Claim, plan: Plan, first: Determination, secondary: Plan, prices: Sequence[Price], accumulators: Accumulators
) -> Determination:
    seen = after_decision(claim, first, plan.payer, claim.insured, plan.filing_indicator, claim.last_service)
    return adjudicate(seen, secondary, prices, accumulators, received=claim.last_service)


def _line(line: ServiceLine, found: Sequence[LineDetermination]) -> EstimateLine:
    last = found[-1]
    sentences = [part.why for decided in found for part in decided.why]
    return EstimateLine(
        number=line.number,
        procedure=line.procedure,
        label=label(line),
        charge=line.charge,
        allowed=found[0].allowed,
        plan_pays=sum(decided.paid for decided in found),
        patient=last.patient_share,
        why=tuple(sentences),
    )


def _own_pay(line: ServiceLine, price: Price) -> EstimateLine:
    why = [f"No insurance: the price is ${dollars(price.allowed)}."]
    if price.allowed < line.charge:
        why = [f"No insurance: the charge is ${dollars(line.charge)}, the agreed price ${dollars(price.allowed)}."]
    return EstimateLine(
        number=line.number,
        procedure=line.procedure,
        label=label(line),
        charge=line.charge,
        allowed=price.allowed,
        plan_pays=0,
        patient=price.allowed,
        why=tuple(why),
    )


def _result(lines: tuple[EstimateLine, ...], earlier_balance: Cents) -> EstimateResult:
    owes = sum(line.patient for line in lines)
    return EstimateResult(lines=lines, patient_owes=owes, earlier_balance=earlier_balance, total=owes + earlier_balance)
