"""What a later payer owes after an earlier one: standard coordination, carve-out, Medigap, Medicaid's lesser-of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from claimwright.adjudication.model import Determination, Explained, LineDetermination
from claimwright.claims.model import Adjustment, Claim, LineAdjudication, OtherPayer, ServiceLine
from claimwright.coverage.model import Plan
from claimwright.money import Cents, dollars
from claimwright.parties import Insured, Payer, Struct

_PR_ORDER = ("2", "3")  # what a later payer's money fills first; the deductible last


class Earlier(Struct):
    """What earlier payers left of a line: their money, and what they made the patient's, by reason."""

    paid: Cents
    patient: tuple[tuple[str, Cents], ...]  # CARC and amount, each above zero

    @property
    def left(self) -> Cents:
        """The patient's part after them."""
        return sum(amount for _, amount in self.patient)


def decided_before(claim: Claim) -> bool:
    """Whether an earlier payer has decided this claim."""
    return any(other.paid is not None for other in claim.other_payers)


def earlier_decision(claim: Claim, line: ServiceLine) -> Earlier:
    """From the line's own adjudications, else the claim-level decision spread over the lines by charge."""
    if line.adjudications:
        last = line.adjudications[-1]
        patient = tuple((a.reason, a.amount) for a in last.adjustments if a.group == "PR" and a.amount > 0)
        if not patient and (last.remaining_patient or 0) > 0:
            patient = (("2", last.remaining_patient or 0),)
        return Earlier(paid=sum(a.paid for a in line.adjudications), patient=patient)
    decided = [other for other in claim.other_payers if other.paid is not None]
    position = claim.lines.index(line)
    paid = sum(_spread(claim, other.paid or 0)[position] for other in decided)
    last_payer = decided[-1]
    amounts = [(a.reason, a.amount) for a in last_payer.adjustments if a.group == "PR"]
    if not amounts:
        adjusted = sum(a.amount for a in last_payer.adjustments)
        left = last_payer.remaining_patient
        amounts = [("2", left if left is not None else claim.charge - (last_payer.paid or 0) - adjusted)]
    shares = ((reason, _spread(claim, amount)[position]) for reason, amount in amounts)
    return Earlier(paid=paid, patient=tuple((reason, amount) for reason, amount in shares if amount > 0))


def _spread(claim: Claim, amount: Cents) -> list[Cents]:
    """An amount over the lines in proportion to charge, the last line taking what rounding leaves."""
    total = sum(line.charge for line in claim.lines) or 1
    parts = [amount * line.charge // total for line in claim.lines[:-1]]
    return [*parts, amount - sum(parts)]


def secondary_line(plan: Plan, line: ServiceLine, earlier: Earlier, allowed: Cents, benefit: Cents) -> LineDetermination:
    """Pay what the rule gives of the patient's part; `benefit` is what this plan would pay if it were first."""
    paid, rule = _payment(plan, earlier, allowed, benefit)
    settled = line.charge - earlier.left
    adjustments = [Adjustment(group="OA", reason="23", amount=settled)] if settled else []
    why = [Explained(amount=settled, why=f"Settled by the earlier payer, which paid ${dollars(earlier.paid)}.")]
    why.append(Explained(amount=-paid, why=rule))
    rest = earlier.left - paid
    written_off = _written_off(plan, earlier, allowed, paid)
    if written_off:
        adjustments.append(Adjustment(group="CO", reason="45", amount=written_off))
        why.append(Explained(amount=written_off, why="Above what this plan agreed with the practice: you do not owe it."))
    for reason, amount in _remaining(earlier, rest - written_off):
        adjustments.append(Adjustment(group="PR", reason=reason, amount=amount))
        part = _PART.get(reason, "part")
        words = f"${dollars(amount)} of the earlier payer's {part} stays with you."
        why.append(Explained(amount=amount, why=words))
    return LineDetermination(
        number=line.number, charge=line.charge, allowed=allowed, paid=paid, adjustments=tuple(adjustments), why=tuple(why)
    )


_PART = {"1": "deductible", "2": "coinsurance", "3": "copay", "96": "non-covered service"}


def _payment(plan: Plan, earlier: Earlier, allowed: Cents, benefit: Cents) -> tuple[Cents, str]:
    left = max(earlier.left, 0)
    if plan.kind == "MEDICAID":
        paid = max(min(left, allowed - earlier.paid), 0)
        return paid, f"Medicaid pays up to its own price of ${dollars(allowed)}, less what was paid before."
    if msp(plan):
        # 42 CFR 411.33(a): the least of what is left, its own benefit, and the higher allowed amount less the other payment.
        higher = max(allowed, earlier.paid + left) - earlier.paid
        rule = f"Medicare after another payer: at most its own benefit of ${dollars(benefit)}, and no more than was left."
        return max(min(left, benefit, higher), 0), rule
    if plan.kind == "MEDIGAP" or plan.secondary_rule == "medigap":
        deductible = sum(amount for reason, amount in earlier.patient if reason == "1")
        other = sum(amount for reason, amount in earlier.patient if reason in _PR_ORDER)
        # A plan whose deductible applies to nothing also covers Medicare's (plans C and F); the others do not.
        covered = other + (0 if plan.deductible_applies else deductible)
        return max(min(covered, left), 0), "The Medicare supplement pays what Medicare leaves: its coinsurance and copays."
    if plan.secondary_rule == "carve_out":
        paid = max(min(benefit - earlier.paid, left), 0)
        return paid, f"This plan pays its own benefit of ${dollars(benefit)} less the ${dollars(earlier.paid)} paid before."
    return max(min(benefit, left), 0), f"This plan pays up to its own benefit of ${dollars(benefit)} toward what was left to you."


def msp(plan: Plan) -> bool:
    """Whether Medicare pays second, by its own rule."""
    return plan.kind == "MEDICARE_B" or plan.secondary_rule == "msp"


def _written_off(plan: Plan, earlier: Earlier, allowed: Cents, paid: Cents) -> Cents:
    rest = earlier.left - paid
    if msp(plan):
        # Nobody is asked for more than Medicare's allowed amount less both payments (42 CFR 411.35).
        return max(rest - max(allowed - earlier.paid - paid, 0), 0)
    if plan.kind == "MEDICAID":
        return rest  # 42 CFR 447.15: its payment is payment in full
    if plan.kind == "MEDIGAP" or plan.secondary_rule in ("medigap", "carve_out"):
        return 0
    return min(max(earlier.left - allowed, 0), rest)


def _remaining(earlier: Earlier, rest: Cents) -> list[tuple[str, Cents]]:
    """What stays with the patient keeps the earlier payer's reasons, the deductible first."""
    kept: list[tuple[str, Cents]] = []
    ordered = sorted(earlier.patient, key=lambda entry: entry[0] in _PR_ORDER)
    for reason, amount in ordered:
        taken = min(amount, rest)
        if taken > 0:
            kept.append((reason, taken))
            rest -= taken
    return kept


def after_decision(
    claim: Claim, decided: Determination, payer: Payer, insured: Insured, filing_indicator: str, paid_on: date
) -> Claim:
    """The claim as the next payer sees it: every line carries this payer's decision, the claim its totals."""
    lines = tuple(
        msgspec.structs.replace(line, adjudications=(*line.adjudications, _adjudication(line, found, payer, paid_on)))
        for line, found in zip(claim.lines, decided.lines, strict=True)
    )
    other = OtherPayer(
        payer=payer,
        insured=insured,
        responsibility=claim.responsibility,
        filing_indicator=filing_indicator,
        paid=decided.paid,
        paid_on=paid_on,
        remaining_patient=decided.patient_share,
    )
    return msgspec.structs.replace(claim, lines=lines, other_payers=(*_others(claim, payer), other))


def _others(claim: Claim, payer: Payer) -> Sequence[OtherPayer]:
    return [other for other in claim.other_payers if other.payer.payer_id != payer.payer_id]


def _adjudication(line: ServiceLine, found: LineDetermination, payer: Payer, paid_on: date) -> LineAdjudication:
    return LineAdjudication(
        payer_id=payer.payer_id,
        paid=found.paid,
        procedure=line.procedure,
        modifiers=line.modifiers,
        units=line.units,
        adjustments=found.adjustments,
        paid_on=paid_on,
        remaining_patient=found.patient_share,
    )
