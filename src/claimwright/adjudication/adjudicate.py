"""Given this claim, these benefits and these prices, what should the payer decide? Amounts in cents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from claimwright.adjudication.kinds import service_kind
from claimwright.adjudication.model import Determination, Explained, LineDetermination, Refusal
from claimwright.adjudication.refusals import claim_refusal, line_refusal
from claimwright.adjudication.secondary import decided_before, earlier_decision, secondary_line
from claimwright.adjudication.shares import Account, PatientShare, patient_share
from claimwright.claims.model import Adjustment, Claim, ServiceLine
from claimwright.coverage.model import Accumulators, Plan
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
    account = Account(plan=plan, used=accumulators)
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
    if refusal:
        return _refuse(claim, line, refusal)
    if decided_before(claim):
        return _after_another(claim, line, account, price, kind)
    owed = patient_share(account, kind, line.first_service, price.allowed)
    account.use(owed.deductible, owed.total)
    return _paid(account.plan, line, price.allowed, owed)


def _paid(plan: Plan, line: ServiceLine, allowed: Cents, owed: PatientShare) -> LineDetermination:
    benefit = allowed - owed.total
    withheld = share(benefit, SEQUESTRATION) if plan.kind == "MEDICARE_B" else 0  # rounded half up, once a line
    adjustments: list[Adjustment] = []
    why: list[Explained] = []
    if line.charge != allowed:
        adjustments.append(Adjustment(group="CO", reason="45", amount=line.charge - allowed))
        words = f"The charge is ${dollars(line.charge)}; the price agreed with the plan is ${dollars(allowed)}."
        why.append(Explained(amount=line.charge - allowed, why=words))
    if withheld:
        adjustments.append(Adjustment(group="CO", reason="253", amount=withheld))
        why.append(Explained(amount=withheld, why=_WITHHELD))
    return LineDetermination(
        number=line.number,
        charge=line.charge,
        allowed=allowed,
        paid=benefit - withheld,
        adjustments=(*adjustments, *owed.adjustments),
        why=(*why, *owed.why),
    )


def _after_another(claim: Claim, line: ServiceLine, account: Account, price: Price, kind: str) -> LineDetermination:
    """A later payer: its own benefit as if it were first, then the coordination rule on what is left."""
    owed = patient_share(account, kind, line.first_service, price.allowed)
    decided = secondary_line(account.plan, line, earlier_decision(claim, line), price.allowed, price.allowed - owed.total)
    kept = decided.patient_share
    account.use(min(owed.deductible, kept), min(owed.total, kept))
    withheld = share(decided.paid, SEQUESTRATION) if account.plan.kind == "MEDICARE_B" else 0  # rounded half up, once a line
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
