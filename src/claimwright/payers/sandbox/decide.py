"""One claim's decision, and how the 835 tells it. Amounts in cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from claimwright.adjudication.adjudicate import adjudicate
from claimwright.adjudication.model import Determination, LineDetermination
from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.coverage.model import Plan
from claimwright.money import share
from claimwright.payers.sandbox.checks import authorization_for, behaviours, claim_refusal, denial_of, line_refusals, units_used
from claimwright.payers.sandbox.members import difference, key_of, use, used_by
from claimwright.payers.sandbox.model import Behaviour, Book, Member
from claimwright.payers.sandbox.state import State, Taken
from claimwright.pricing.contracts import contract_for
from claimwright.pricing.model import Price
from claimwright.pricing.price import price
from claimwright.remits.model import RemitClaim, RemitLine

UNDERPAID = Decimal("0.85")
_STATUS = {"P": "1", "S": "2", "T": "3"}
_CLP06 = frozenset({"12", "13", "14", "15", "16", "17", "AM", "CH", "DS", "HM", "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC"})
_NOT_INSURED = frozenset({"26", "27", "31"})


def plan_of(book: Book, taken: Taken) -> Plan:
    """The plan that answers for a claim."""
    return next(plan for plan in book.plans if plan.plan_id == taken.plan_id)


def member_of(book: Book, taken: Taken) -> Member:
    """The member of a claim; of several periods, the one of the service."""
    held = [member for member in book.members if key_of(member) == taken.member]
    return next((member for member in held if member.period.covers(taken.claim.first_service)), held[-1])


def decide(book: Book, state: State, taken: Taken, on: date, tables: Tables, *, again: bool = False) -> Taken:
    """Adjudicate a claim and count it to the member's year. `again`: the correction of a first decision."""
    claim, member, plan = taken.claim, member_of(book, taken), plan_of(book, taken)
    refused = line_refusals(book, state, taken, member, plan, tables)
    for behaviour in behaviours(book, claim, "reverse"):
        if again and behaviour.reason:
            refused |= denial_of(behaviour, claim)
    before = used_by(state, member)
    found = adjudicate(
        claim,
        plan,
        _prices(book, taken, again),
        before,
        referred=claim.referral_number != "",
        received=taken.received,
        eligible=member.period,
        refused=claim_refusal(taken, member),
        refused_lines=refused,
    )
    use(state, member, found.accumulators)
    _count_authorized(state, claim, member, found, 1)
    decided = msgspec.structs.replace(taken, determination=found, used=difference(found.accumulators, before), paid_on=on)
    return msgspec.structs.replace(decided, remitted=remit_claim(book, decided, found))


def take_back(book: Book, state: State, taken: Taken) -> RemitClaim:
    """Undo a decision: the member's year goes back, the 835 shows the reversal."""
    member = member_of(book, taken)
    use(state, member, difference(used_by(state, member), taken.used))
    assert taken.remitted is not None and taken.determination is not None
    _count_authorized(state, taken.claim, member, taken.determination, -1)
    return reversal(taken.remitted)


def _prices(book: Book, taken: Taken, again: bool) -> tuple[Price, ...]:
    claim = taken.claim
    contract = contract_for(book.contracts, claim.payer.payer_id, taken.plan_id, claim.first_service)
    prices = price(claim, contract)
    wrong = behaviours(book, claim, "underpay")
    if not again:
        wrong += [b for b in behaviours(book, claim, "reverse") if not b.reason]
    return tuple(_underpaid(one, claim, wrong) for one in prices)


def _underpaid(found: Price, claim: Claim, wrong: Sequence[Behaviour]) -> Price:
    line = next(line for line in claim.lines if line.number == found.line)
    if not any(behaviour.procedure in ("", line.procedure) for behaviour in wrong):
        return found
    return msgspec.structs.replace(found, allowed=share(found.allowed, UNDERPAID))  # rounded half up, once a line


def _count_authorized(state: State, claim: Claim, member: Member, decided: Determination, sign: int) -> None:
    """Units of an authorization are used by what was paid, and given back when it is taken back."""
    denied = {line.number for line in decided.lines if line.denied}
    for line in claim.lines:
        if line.number not in denied and (found := authorization_for(state, claim, line, member)):
            state.authorized[f"{found.number}:{found.procedure}"] = units_used(state, found) + sign * int(line.units)


def remit_claim(book: Book, taken: Taken, found: Determination) -> RemitClaim:
    """The CLP loop of a decision."""
    claim, plan = taken.claim, plan_of(book, taken)
    status = "4" if found.reason in _NOT_INSURED else _STATUS[claim.responsibility]
    changed = behaviours(book, claim, "change_modifier")
    decisions = {line.number: line for line in found.lines}
    return RemitClaim(
        patient_control_number=claim.patient_control_number,
        status=status,
        charge=claim.charge,
        paid=found.paid,
        patient_share=found.patient_share,
        filing_indicator=_filing(plan),
        payer_control_number=taken.number,
        place_of_service=claim.place_of_service,
        frequency=claim.frequency,
        patient_last=claim.patient.last,
        patient_first=claim.patient.first,
        member_id=claim.insured.member_id,
        rendering_npi=claim.rendering.npi if claim.rendering else "",
        rendering_name=claim.rendering.name if claim.rendering else "",
        first_service=claim.first_service,
        last_service=claim.last_service,
        received=taken.received,
        lines=tuple(_line(line, decisions[line.number], changed) for line in claim.lines),
    )


def _filing(plan: Plan) -> str:
    """CLP06: the 835 has no CI; commercial plans are told as indemnity (835 guide, 2100 CLP06)."""
    return plan.filing_indicator if plan.filing_indicator in _CLP06 else "15" if plan.filing_indicator == "CI" else "ZZ"


def _line(line: ServiceLine, found: LineDetermination, changed: Sequence[Behaviour]) -> RemitLine:
    modifiers = line.modifiers
    if any(behaviour.procedure in ("", line.procedure) for behaviour in changed):
        modifiers = () if modifiers else ("59",)
    return RemitLine(
        procedure=line.procedure,
        charge=line.charge,
        paid=found.paid,
        modifiers=modifiers,
        units=line.units,
        first_service=line.first_service,
        last_service=line.last_service,
        control_number=line.control_number,
        allowed=None if found.denied else found.allowed,
        adjustments=found.adjustments,
        remarks=found.remarks,
    )


def reversal(remitted: RemitClaim) -> RemitClaim:
    """Status 22: every amount of the first decision with its sign turned (835 guide, 1.10.2.8)."""
    replace = msgspec.structs.replace
    lines = tuple(
        replace(
            line,
            charge=-line.charge,
            paid=-line.paid,
            allowed=None,
            adjustments=tuple(replace(a, amount=-a.amount) for a in line.adjustments),
            remarks=(),
        )
        for line in remitted.lines
    )
    return replace(
        remitted,
        status="22",
        charge=-remitted.charge,
        paid=-remitted.paid,
        patient_share=-remitted.patient_share,
        adjustments=tuple(replace(a, amount=-a.amount) for a in remitted.adjustments),
        lines=lines,
        interest=0,
        remarks=(),
        crossover_payer=None,
    )
