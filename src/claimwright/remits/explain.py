"""A remittance in plain words: paid what, balanced or not and where, why each line is not paid in full, what would post."""

from __future__ import annotations

from datetime import date
from typing import Final

from claimwright.claims.model import Adjustment
from claimwright.codesets import reference
from claimwright.ledger.balances import balances, entries_of
from claimwright.money import Cents, dollars
from claimwright.parties import Struct
from claimwright.remits.balance import claim_faults, payment_fault
from claimwright.remits.matching import OpenClaim, OpenLine
from claimwright.remits.model import RemitClaim, RemitLine, Remittance
from claimwright.remits.plan import NOT_A_DECISION, plan_posting
from claimwright.remits.post import events
from claimwright.remits.rules import PostingRules, default_rules, provider_words
from claimwright.remits.sharing import spread_claim_level

STATUS_WORDS: Final = {
    "1": "decided as primary",
    "2": "decided as secondary",
    "3": "decided as tertiary",
    "4": "denied",
    "19": "decided as primary, forwarded to the next payer",
    "20": "decided as secondary, forwarded to the next payer",
    "21": "decided as tertiary, forwarded to the next payer",
    "22": "an earlier decision is taken back",
    "23": "not this payer's claim, forwarded",
    "25": "a predetermination, nothing is paid",
}

_LATER: Final = frozenset({"2", "3", "20", "21"})  # after another payer the amounts themselves do not tell what was allowed

METHOD_WORDS: Final = {
    "ACH": "electronic transfer (ACH)",
    "CHK": "check",
    "NON": "no payment",
    "FWT": "wire transfer",
    "BOP": "at the payer's choice",
}

ACCOUNT_WORDS: Final = {
    "cash": "received",
    "contractual": "written off by agreement",
    "patient_ar": "moved to the patient",
    "insurance_ar": "taken off what the payer owes",
    "payer_balance": "settled with the payer's balance",
    "interest": "interest",
}


class ExplainedAdjustment(Struct):
    """One CAS amount in words."""

    group: str
    reason: str
    amount: Cents
    words: str
    category: str = ""
    next_step: str = ""


class ExplainedLine(Struct):
    """One service. Cents."""

    procedure: str
    modifiers: tuple[str, ...]
    first_service: date | None
    billed: Cents
    allowed: Cents | None  # as the payer states it, else by its amounts: paid and the patient's
    paid: Cents
    adjustments: tuple[ExplainedAdjustment, ...]
    patient: Cents
    why: tuple[str, ...]  # why it is not paid in full, and what would be posted
    control_number: str
    remarks: tuple[str, ...]
    qualifier: str = "HC"
    submitted: str = ""  # the code that was billed, where the payer changed it


class ExplainedClaim(Struct):
    """One claim. Holds no name or member id. Cents."""

    patient_control_number: str
    payer_control_number: str
    status: str
    status_words: str
    charge: Cents
    paid: Cents
    patient: Cents
    denied: bool
    balanced: bool
    faults: tuple[str, ...]
    lines: tuple[ExplainedLine, ...]
    adjustments: tuple[ExplainedAdjustment, ...]
    remarks: tuple[str, ...]
    forwarded_to: str
    why: tuple[str, ...]
    held_reason: str
    next_step: str


class ExplainedProviderAdjustment(Struct):
    """One PLB amount; positive lowers the payment."""

    reason: str
    words: str
    amount: Cents
    reference: str
    effect: str
    account: str  # where it goes in the ledger
    held_reason: str
    next_step: str


class RemitExplanation(Struct):
    """One payment, explained. `posting` are the ledger's movements in cents if every claim is ours and open."""

    payer: str
    payer_id: str
    trace: str
    paid: Cents
    paid_on: date
    method: str
    method_words: str
    balanced: bool
    fault: str
    claims: tuple[ExplainedClaim, ...]
    plb: tuple[ExplainedProviderAdjustment, ...]
    posting: dict[str, Cents]
    held: int

    @property
    def in_order(self) -> bool:
        """Whether all of it adds up and would post."""
        return self.balanced and not self.held and all(claim.balanced for claim in self.claims)


def explain(remit: Remittance, rules: PostingRules | None = None) -> RemitExplanation:
    """Explain a payment by itself, as if each claim in it were ours and open. Reversals undo what was posted then."""
    plan = plan_posting(remit, _as_if_open(remit), rules, chosen=_chosen(remit))
    posting = {str(key[0]): amount for key, amount in balances(entries_of(events(plan, remit.paid_on))).items()}
    claims = []
    for planned in plan.claims:
        claim = planned.remit_claim
        held = "" if claim.reversal and not plan.held_reason else planned.held_reason
        whys = {line.line: line.why for line in planned.lines}
        claims.append(_claim(claim, whys, planned.why, held, planned.next_step if held else ""))
    return RemitExplanation(
        payer=remit.payer.name,
        payer_id=remit.payer.payer_id,
        trace=remit.trace,
        paid=remit.paid,
        paid_on=remit.paid_on,
        method=remit.method,
        method_words=METHOD_WORDS.get(remit.method, remit.method),
        balanced=remit.balanced,
        fault=payment_fault(remit),
        claims=tuple(claims),
        plb=tuple(
            ExplainedProviderAdjustment(
                reason=one.adjustment.reason,
                words=provider_words(one.adjustment.reason),
                amount=one.adjustment.amount,
                reference=one.adjustment.reference,
                effect=one.why,
                account=one.account or "",
                held_reason=one.held_reason,
                next_step=one.next_step,
            )
            for one in plan.provider
        ),
        posting=posting,
        held=sum(bool(claim.held_reason) for claim in claims) + len(plan.provider_held),
    )


def _pseudonym(position: int) -> str:
    return f"claim {position}"


def _chosen(remit: Remittance) -> dict[int, str]:
    return {position: _pseudonym(position) for position in range(len(remit.claims))}


def _as_if_open(remit: Remittance) -> list[OpenClaim]:
    """Each claim of the remittance as we would have billed it; earlier payers' part is already gone."""
    made = []
    for position, claim in enumerate(remit.claims):
        lines = spread_claim_level(claim) or (
            RemitLine(procedure="", charge=claim.charge, paid=claim.paid, adjustments=claim.adjustments),
        )
        made.append(
            OpenClaim(
                patient_control_number=_pseudonym(position),
                payer_id=remit.payer.payer_id or "payer",
                charge=claim.charge,
                responsibility="P",
                lines=tuple(_open_line(line, place, claim, remit) for place, line in enumerate(lines)),
            )
        )
    return made


def _open_line(line: RemitLine, place: int, claim: RemitClaim, remit: Remittance) -> OpenLine:
    prior = sum(a.amount for a in line.adjustments if default_rules().verdict(a.group, a.reason) == "prior payer")
    return OpenLine(
        control_number=line.control_number or f"{place}",
        procedure=line.submitted_procedure or line.procedure,
        modifiers=line.submitted_modifiers if line.submitted_procedure else line.modifiers,
        revenue_code=line.procedure if line.qualifier == "NU" else line.revenue_code,
        drug=line.procedure if line.qualifier == "N4" else "",
        charge=line.charge,
        first_service=line.first_service or claim.first_service or remit.paid_on,
        number=place + 1,
        open=line.charge - prior,
    )


def _claim(
    claim: RemitClaim, why: dict[str, tuple[str, ...]], would: tuple[str, ...], held_reason: str, next_step: str
) -> ExplainedClaim:
    if claim.reversal:
        would = ("Takes back, entry by entry, what was posted for this claim before.",)
    lines = tuple(
        _line(line, why.get(line.control_number or f"{place}", ()), claim.status) for place, line in enumerate(claim.lines)
    )
    faults = claim_faults(claim)
    return ExplainedClaim(
        patient_control_number=claim.patient_control_number,
        payer_control_number=claim.payer_control_number,
        status=claim.status,
        status_words=STATUS_WORDS.get(claim.status) or NOT_A_DECISION.get(claim.status, f"status {claim.status}"),
        charge=claim.charge,
        paid=claim.paid,
        patient=claim.patient_share,
        denied=claim.status == "4",
        balanced=not faults,
        faults=faults,
        lines=lines,
        adjustments=tuple(_adjustment(a) for a in claim.adjustments),
        remarks=tuple(_remark(code) for code in claim.remarks),
        forwarded_to=claim.crossover_payer.name if claim.crossover_payer else "",
        why=would if claim.lines or claim.reversal else (*(w for words in why.values() for w in words), *would),
        held_reason=held_reason,
        next_step=next_step,
    )


def _line(line: RemitLine, why: tuple[str, ...], status: str) -> ExplainedLine:
    patient = sum(a.amount for a in line.adjustments if a.group == "PR")
    return ExplainedLine(
        procedure=line.procedure or line.revenue_code,
        modifiers=line.modifiers,
        first_service=line.first_service,
        billed=line.charge,
        allowed=line.paid + patient if line.allowed is None and status not in _LATER else line.allowed,
        paid=line.paid,
        adjustments=tuple(_adjustment(a) for a in line.adjustments),
        patient=patient,
        why=why,
        control_number=line.control_number,
        remarks=tuple(_remark(code) for code in line.remarks),
        qualifier=line.qualifier,
        submitted=line.submitted_procedure,
    )


def _adjustment(one: Adjustment) -> ExplainedAdjustment:
    known = reference.carc(one.reason)
    return ExplainedAdjustment(
        group=one.group,
        reason=one.reason,
        amount=one.amount,
        words=known.text if known else "A reason we have no words for",
        category=known.category if known else "",
        next_step=known.next_step if known else "",
    )


def _remark(code: str) -> str:
    known = reference.rarc(code)
    return f"{code}: {known.text}" if known else code


def posting_words(posting: dict[str, Cents]) -> list[str]:
    """The movements as sentences."""
    return [
        f"{dollars(-amount if account == 'insurance_ar' else amount)} {ACCOUNT_WORDS.get(account, account)}"
        for account, amount in posting.items()
    ]
