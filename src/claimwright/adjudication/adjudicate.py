"""Given this claim, these benefits and these prices, what should the payer decide? Amounts in cents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from claimwright.adjudication.kinds import service_kind
from claimwright.adjudication.model import Determination, Explained, LineDetermination, Refusal
from claimwright.adjudication.refusals import claim_refusal, limit_refusal, line_refusal, network_refusal
from claimwright.adjudication.secondary import decided_before, earlier_decision, msp, secondary_line
from claimwright.adjudication.shares import Account, PatientShare, patient_share
from claimwright.claims.model import Adjustment, Claim, ServiceLine
from claimwright.coverage.model import Accumulators, Plan, Tier
from claimwright.effective import Period
from claimwright.money import Cents, dollars, share
from claimwright.pricing.model import Price

# Budget Control Act: Medicare withholds 2% of its own payment (CARC 253).
SEQUESTRATION = Decimal("0.02")
_WITHHELD = "Medicare withholds 2% of its payment (sequestration); you do not owe it."


def adjudicate(
    claim: Claim,
    plan: Plan,
    prices: Sequence[Price],
    accumulators: Accumulators,
    *,
    authorized: bool = True,
    referred: bool = True,
    received: date,
    eligible: Period | None = None,
    refused: Refusal | None = None,
    refused_lines: Mapping[int, Refusal] | None = None,
) -> Determination:
    """Decide every line: charge = paid + adjustments, by construction.

    `eligible` is the member's own coverage period; `refused` and `refused_lines` are what the caller found
    beyond the plan (a duplicate, NCCI, units), by line number.
    """
    whole = refused or claim_refusal(claim, plan, received, eligible)
    if whole:
        lines = tuple(_refuse(claim, line, whole) for line in claim.lines)
        return Determination(lines=lines, accumulators=accumulators, denied=True, reason=whole.reason)
    account = Account(plan=plan, used=accumulators, tier=tier_of(plan, claim))
    priced = {price.line: price for price in prices}
    lines = tuple(
        _decide(claim, line, account, priced[line.number], authorized, referred, refused_lines or {}) for line in claim.lines
    )
    return Determination(
        lines=lines,
        accumulators=account.used,
        denied=all(line.denied for line in lines),
        forward_to=plan.crossover_to if any(not line.denied for line in lines) else "",
    )


def _decide(
    claim: Claim,
    line: ServiceLine,
    account: Account,
    price: Price,
    authorized: bool,
    referred: bool,
    refused_lines: Mapping[int, Refusal],
) -> LineDetermination:
    kind = service_kind(claim, line)
    refusal = refused_lines.get(line.number) or line_refusal(line, account.plan, kind, price, authorized, referred)
    refusal = refusal or network_refusal(account) or limit_refusal(account, line, kind)
    if refusal:
        return _refuse(claim, line, refusal)
    limits = account.limits(line.procedure, kind)
    if decided_before(claim):
        decided = _after_another(claim, line, account, price, kind)
    else:
        owed = patient_share(account, kind, line.first_service, price.allowed)
        account.use(owed.deductible, owed.total)
        decided = _paid(account, line, price, owed, account.most(limits))
    account.count(limits, line.first_service, decided.paid)
    return decided


def _paid(account: Account, line: ServiceLine, price: Price, owed: PatientShare, most: Cents | None) -> LineDetermination:
    allowed = price.allowed
    benefit = allowed - owed.total
    over = max(benefit - most, 0) if most is not None else 0
    withheld = share(benefit - over, _withheld(account.plan, price))  # rounded half up, once a line
    adjustments: list[Adjustment] = []
    why: list[Explained] = []
    if line.charge != allowed:
        adjustments.append(_difference(account, line.charge - allowed))
        why.append(Explained(amount=line.charge - allowed, why=_difference_words(account, line.charge, allowed)))
    if over:
        adjustments.append(Adjustment(group="PR", reason="119", amount=over))
        why.append(Explained(amount=over, why=f"The plan pays ${dollars(benefit - over)} more this year for these services."))
    if withheld:
        adjustments.append(Adjustment(group="CO", reason="253", amount=withheld))
        why.append(Explained(amount=withheld, why=_WITHHELD))
    return LineDetermination(
        number=line.number,
        charge=line.charge,
        allowed=allowed,
        paid=benefit - over - withheld,
        adjustments=(*adjustments, *owed.adjustments),
        why=(*why, *owed.why),
    )


def _withheld(plan: Plan, price: Price) -> Decimal:
    """Medicare's own; a plan that pays by Medicare's prices withholds nothing."""
    return (price.withheld or SEQUESTRATION) if plan.kind == "MEDICARE_B" else Decimal(0)


def _difference(account: Account, amount: Cents) -> Adjustment:
    """Charge and allowed amount differ: by contract, by nobody's contract, or because more than the charge is agreed."""
    if amount < 0:
        return Adjustment(group="CO", reason="94", amount=amount)
    return Adjustment(group="PR" if account.tier and account.tier.balance_billed else "CO", reason="45", amount=amount)


def _difference_words(account: Account, charge: Cents, allowed: Cents) -> str:
    if allowed > charge:
        return f"The price agreed with the plan, ${dollars(allowed)}, is more than the charge of ${dollars(charge)}."
    if account.tier and account.tier.balance_billed:
        return f"Outside the network: the plan allows ${dollars(allowed)}, and the rest of the ${dollars(charge)} is yours."
    return f"The charge is ${dollars(charge)}; the price agreed with the plan is ${dollars(allowed)}."


def tier_of(plan: Plan, claim: Claim) -> Tier | None:
    """The terms that hold for who billed or rendered; none: the plan's own."""
    npis = {claim.billing.npi, claim.rendering.npi if claim.rendering else claim.billing.npi}
    return next((tier for tier in plan.tiers if not tier.npis or npis & tier.npis), None)


def _after_another(claim: Claim, line: ServiceLine, account: Account, price: Price, kind: str) -> LineDetermination:
    """A later payer: its own benefit as if it were first, then the coordination rule on what is left."""
    owed = patient_share(account, kind, line.first_service, price.allowed)
    decided = secondary_line(account.plan, line, earlier_decision(claim, line), price.allowed, price.allowed - owed.total)
    kept = decided.patient_share
    # What another payer paid of covered services counts toward Medicare's deductible (42 CFR 411.30(b)).
    account.use(owed.deductible if msp(account.plan) else min(owed.deductible, kept), min(owed.total, kept))
    withheld = share(decided.paid, _withheld(account.plan, price))  # rounded half up, once a line
    if not withheld:
        return decided
    adjustments = (*decided.adjustments, Adjustment(group="CO", reason="253", amount=withheld))
    why = (*decided.why, Explained(amount=withheld, why=_WITHHELD))
    return msgspec.structs.replace(decided, paid=decided.paid - withheld, adjustments=adjustments, why=why)


def _refuse(claim: Claim, line: ServiceLine, refusal: Refusal) -> LineDetermination:
    """A first payer refuses the charge; a later one only what the earlier left, the rest stays as it was settled."""
    left = earlier_decision(claim, line).left if decided_before(claim) else line.charge
    settled = Adjustment(group="OA", reason="23", amount=line.charge - left)
    own = Adjustment(group=refusal.group, reason=refusal.reason, amount=left)
    return LineDetermination(
        number=line.number,
        charge=line.charge,
        allowed=0,
        paid=0,
        adjustments=tuple(a for a in (settled, own) if a.amount) or (own,),
        why=(Explained(amount=left, why=refusal.why),),
        remarks=refusal.remarks,
        denied=True,
    )
