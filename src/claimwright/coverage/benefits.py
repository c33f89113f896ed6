"""Benefits as a payer tells them in a 271, and what the front desk needs to read there. Amounts in cents."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from claimwright.coverage.model import Accumulators, Benefit, EligibilityAnswer, Plan, Tier
from claimwright.coverage.rejections import explained
from claimwright.money import Cents
from claimwright.parties import Struct

# 271 EB03 by our service kinds. Kinds that share a code tell each other apart by the message.
SERVICE_TYPES: Final = {
    "office": "98",
    "specialist": "98",
    "telehealth": "98",
    "preventive": "81",
    "immunization": "80",
    "lab": "5",
    "imaging": "4",
    "procedure": "2",
    "drug": "92",
}
_MESSAGES: Final = {"specialist": "SPECIALIST VISIT", "telehealth": "TELEHEALTH VISIT"}
_INSURANCE_TYPES: Final = {"PPO": "PR", "HMO": "HM", "MEDICARE_B": "MB", "MEDIGAP": "MI", "MEDICAID": "MC"}  # EB04
_YEAR, _LEFT, _VISIT = "23", "29", "27"  # EB06: calendar year, remaining, visit


class BenefitSummary(Struct):
    """What is left of the benefits; None where the payer did not say."""

    active: bool
    copay: Cents | None = None  # of an office visit
    deductible_left: Cents | None = None
    coinsurance: Decimal | None = None  # the patient's part
    out_of_pocket_left: Cents | None = None
    message: str = ""
    next_step: str = ""
    copays: dict[str, Cents] = {}  # by service kind
    family_deductible_left: Cents | None = None
    plan_name: str = ""


def summarize(answer: EligibilityAnswer) -> BenefitSummary:
    """Read a 271: in force or not, what the patient still pays, or why there is no answer and what to do."""
    if answer.rejections:
        message, next_step = explained(answer.rejections[0])
        return BenefitSummary(active=False, message=message, next_step=next_step)
    if not answer.active:
        return BenefitSummary(
            active=False,
            message=f"Coverage is not in force on {answer.on}{_until(answer)}.",
            next_step="Ask the patient for newer insurance, or register the visit as self-pay.",
            plan_name=answer.plan_name,
        )
    copays = _copays(answer.benefits)
    return BenefitSummary(
        active=True,
        copay=copays.get("office"),
        deductible_left=answer.left("C"),
        coinsurance=_coinsurance(answer.benefits),
        out_of_pocket_left=answer.left("G"),
        message=f"Coverage is in force on {answer.on}.",
        copays=copays,
        family_deductible_left=answer.left("C", "FAM"),
        plan_name=answer.plan_name or next((b.plan_name for b in answer.benefits if b.plan_name), ""),
    )


def _until(answer: EligibilityAnswer) -> str:
    period = answer.plan_period
    return f": it ended on {period.end}" if period and period.end and period.end < answer.on else ""


def _coinsurance(benefits: tuple[Benefit, ...]) -> Decimal | None:
    """The general rate (service type 30) before any other; in network before unsaid."""
    rates = [b for b in benefits if b.information == "A" and b.percent is not None and b.in_network != "N"]
    rates.sort(key=lambda b: ("30" not in b.service_types, "98" not in b.service_types, b.in_network != "Y"))
    return rates[0].percent if rates else None


def _copays(benefits: tuple[Benefit, ...]) -> dict[str, Cents]:
    copays: dict[str, Cents] = {}
    for benefit in benefits:
        if benefit.information != "B" or benefit.amount is None or benefit.in_network == "N":
            continue
        for kind, service_type in SERVICE_TYPES.items():
            if service_type in benefit.service_types and _MESSAGES.get(kind, "") == benefit.message:
                copays.setdefault(kind, benefit.amount)
        if "30" in benefit.service_types:
            copays.setdefault("office", benefit.amount)
    return copays


def benefits_of(plan: Plan, accumulators: Accumulators) -> tuple[Benefit, ...]:
    """What a payer says of a member in force: plan, deductible, out-of-pocket maximum, coinsurance, copays."""
    kind = _INSURANCE_TYPES.get(plan.kind, "")
    benefits = [Benefit(information="1", service_types=("30",), coverage_level="IND", insurance_type=kind, plan_name=plan.name)]
    if plan.deductible:
        benefits += _limit("C", "IND", plan.deductible, accumulators.deductible)
    if plan.family_deductible:
        benefits += _limit("C", "FAM", plan.family_deductible, accumulators.family_deductible)
    if plan.out_of_pocket_max:
        benefits += _limit("G", "IND", plan.out_of_pocket_max, accumulators.out_of_pocket)
    for tier in plan.tiers:
        if tier.separate and tier.outside and tier.covered:
            benefits += _outside(tier, plan, accumulators)
            break  # a 271 tells of one network and of what lies outside it
    benefits.append(
        Benefit(information="A", service_types=("30",), coverage_level="IND", percent=plan.coinsurance, in_network="Y")
    )
    for service, amount in sorted(plan.copays.items()):
        benefits.append(_copay(service, amount))
    if plan.preventive_free:
        benefits.append(Benefit(information="B", service_types=("81",), coverage_level="IND", amount=0, in_network="Y"))
    return tuple(benefits)


APART: Final = (
    ("C", "IND", "deductible", "deductible"),
    ("C", "FAM", "family_deductible", "family_deductible"),
    ("G", "IND", "out_of_pocket_max", "out_of_pocket"),
    ("G", "FAM", "family_out_of_pocket_max", "family_out_of_pocket"),
)
"""What is counted apart: EB01 and EB03 level, its name in the plan's terms and among what is used."""


def _outside(tier: Tier, plan: Plan, accumulators: Accumulators) -> list[Benefit]:
    found: list[Benefit] = []
    for information, level, most, used in APART:
        if whole := tier.most(most, plan):
            found += _limit(information, level, whole, accumulators.apart.get(f"{tier.name}:{used}", 0), "N")
    return found


def _limit(information: str, level: str, whole: Cents, used: Cents, in_network: str = "Y") -> list[Benefit]:
    def said(period: str, amount: Cents) -> Benefit:
        return Benefit(
            information=information,
            service_types=("30",),
            coverage_level=level,
            period=period,
            amount=amount,
            in_network=in_network,
        )

    return [said(_YEAR, whole), said(_LEFT, max(whole - used, 0))]


def _copay(service: str, amount: Cents) -> Benefit:
    return Benefit(
        information="B",
        service_types=(SERVICE_TYPES.get(service, "30"),),
        coverage_level="IND",
        period=_VISIT,
        amount=amount,
        in_network="Y",
        message=_MESSAGES.get(service, ""),
    )
