"""Reasons not to pay, in the order a payer looks for them."""

from __future__ import annotations

from datetime import date, timedelta

from claimwright.adjudication.model import Refusal
from claimwright.adjudication.shares import Account
from claimwright.claims.model import Claim, ServiceLine
from claimwright.coverage.model import Plan
from claimwright.effective import Period
from claimwright.money import dollars
from claimwright.pricing.model import Price

_PRICE_WORDS = {
    "97": "Paid as part of the other services of the day, never alone.",
    "54": "No assistant is paid for this procedure.",
}


def claim_refusal(claim: Claim, plan: Plan, received: date, eligible: Period | None) -> Refusal | None:
    """Why the whole claim is not paid: the member was not covered, or it came too late."""
    held = [plan.period] + ([eligible] if eligible else [])
    if any(claim.first_service < period.start for period in held):
        return Refusal(group="PR", reason="26", why=f"Coverage had not begun on {claim.first_service}.")
    if not all(period.covers(claim.first_service) for period in held):
        return Refusal(group="PR", reason="27", why=f"Coverage had ended before {claim.first_service}.")
    # Medicare counts from the service (42 CFR 424.44); a secondary payer counts from the earlier payer's decision.
    since = max([claim.last_service, *(o.paid_on for o in claim.other_payers if o.paid_on)])
    limit = since + timedelta(days=plan.timely_filing_days)
    if received > limit:
        return Refusal(group="CO", reason="29", why=f"Filed on {received}, after the limit of {limit}.")
    return None


def line_refusal(line: ServiceLine, plan: Plan, kind: str, price: Price, authorized: bool, referred: bool) -> Refusal | None:
    """Why one line is not paid: authorization, referral, not covered, or the fee schedule pays nothing for it."""
    if line.procedure in plan.authorization_required and not authorized:
        return Refusal(group="CO", reason="197", why=f"{line.procedure} needs the plan's authorization first, and there is none.")
    if kind in plan.referral_required and not referred:
        return Refusal(group="CO", reason="288", why="The plan asks for a referral for this, and there is none.")
    medicare = plan.kind == "MEDICARE_B"
    if line.procedure in plan.not_covered or (medicare and price.reason == "96"):
        return Refusal(group="PR", reason="96", why=f"The plan does not cover {line.procedure}.", remarks=("N130",))
    if medicare and price.reason == "16":
        return Refusal(group="CO", reason="16", why=f"Medicare wants another code than {line.procedure}.", remarks=("M51",))
    if medicare and "GY" in line.modifiers:
        return Refusal(group="PR", reason="96", why="Billed as excluded by law (GY).", remarks=("N425",))
    if medicare and "GZ" in line.modifiers:
        return Refusal(group="CO", reason="50", why="Billed as not necessary, with no notice signed by the patient (GZ).")
    if price.reason:
        return Refusal(group="CO", reason=price.reason, why=_PRICE_WORDS.get(price.reason, price.working[-1]))
    return None


def network_refusal(account: Account) -> Refusal | None:
    """The plan pays nothing for these providers."""
    if account.tier is None or account.tier.covered:
        return None
    return Refusal(group="PR", reason="242", why="The plan pays no provider outside its network.", remarks=("N130",))


def limit_refusal(account: Account, line: ServiceLine, kind: str) -> Refusal | None:
    """A limit of the year is reached."""
    for limit in account.limits(line.procedure, kind):
        if account.reached(limit, line.first_service):
            most = f"{limit.visits} visits" if limit.visits else f"${dollars(limit.amount)}"
            why = f"The plan pays at most {most} a year for {limit.name}, and that is used."
            return Refusal(group="PR", reason="119", why=why, remarks=("N362",) if limit.visits else ())
    return None
