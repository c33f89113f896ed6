"""One claim's decision, and how the 835 tells it. Amounts in cents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from claimwright.adjudication.adjudicate import adjudicate
from claimwright.adjudication.model import Determination, LineDetermination
from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.coverage.model import Plan
from claimwright.money import Cents, share
from claimwright.payers.sandbox.checks import authorization_for, claim_refusal, denial_of, line_refusals, units_used
from claimwright.payers.sandbox.habits import behaviours
from claimwright.payers.sandbox.lowering import bundled_into, charged_lower, lower_codes
from claimwright.payers.sandbox.members import insured_member, key_of, use, used_by
from claimwright.payers.sandbox.model import ANY, Behaviour, Book, Member
from claimwright.payers.sandbox.state import State, Taken
from claimwright.pricing.contracts import by_medicares_rules, contract_for
from claimwright.pricing.model import Contract, Price
from claimwright.pricing.price import price
from claimwright.pricing.stored import fees_of
from claimwright.pricing.tables import Fees
from claimwright.remits.model import RemitClaim, RemitLine

UNDERPAID = 85  # percent
_STATUS = {"P": "1", "S": "2", "T": "3"}
_CLP06 = frozenset({"12", "13", "14", "15", "16", "17", "AM", "CH", "DS", "HM", "LM", "MA", "MB", "MC", "OF", "TV", "VA", "WC"})
_NOT_INSURED = frozenset({"26", "27", "31"})


def plan_of(book: Book, taken: Taken) -> Plan:
    """The plan that answers for a claim."""
    found = next(plan for plan in book.plans if plan.plan_id == taken.plan_id)
    return msgspec.structs.replace(found, payer=taken.claim.payer) if found.payer.payer_id == ANY else found


def member_of(book: Book, taken: Taken) -> Member:
    """The member of a claim; of several periods, the one of the service."""
    if book.any_member:
        found = insured_member(book, taken.claim)
        assert not isinstance(found, str)
        return found
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
    prices, cuts = _prices(book, taken, again, fees_of(tables))
    found = adjudicate(
        claim,
        plan,
        prices,
        before,
        referred=claim.referral_number != "",
        received=taken.received,
        eligible=member.period,
        refused=claim_refusal(taken, member),
        refused_lines=refused,
    )
    found = charged_lower(found, cuts)
    use(state, member, found.accumulators)
    _count_authorized(state, claim, member, found, 1)
    decided = msgspec.structs.replace(taken, determination=found, used=found.accumulators - before, paid_on=on)
    return msgspec.structs.replace(decided, remitted=remit_claim(book, decided, found))


def take_back(book: Book, state: State, taken: Taken) -> RemitClaim:
    """Undo a decision: the member's year goes back, the 835 shows the reversal."""
    member = member_of(book, taken)
    use(state, member, used_by(state, member) - taken.used)
    assert taken.remitted is not None and taken.determination is not None
    _count_authorized(state, taken.claim, member, taken.determination, -1)
    return reversal(taken.remitted)


def _prices(book: Book, taken: Taken, again: bool, fees: Fees) -> tuple[tuple[Price, ...], dict[int, Cents]]:
    """The agreed prices, or what this payer makes of them on purpose; and what a lower code took away, by line."""
    claim = taken.claim
    contract = _contract(book, taken)
    prices = price(claim, contract, fees=fees)
    wrong = behaviours(book, claim, "underpay")
    if not again:
        wrong += [b for b in behaviours(book, claim, "reverse") if not b.reason]
    prices = tuple(_mispriced(one, claim, wrong, behaviours(book, claim, "excess")) for one in prices)
    lower = {} if again else lower_codes(book, claim)
    if not lower:
        return prices, {}
    lines = tuple(msgspec.structs.replace(line, procedure=lower.get(line.number, line.procedure)) for line in claim.lines)
    less = {one.line: one for one in price(msgspec.structs.replace(claim, lines=lines), contract, fees=fees)}
    cuts = {one.line: one.allowed - less[one.line].allowed for one in prices if one.line in lower}
    cuts = {line: cut for line, cut in cuts.items() if cut > 0}
    return tuple(less[one.line] if one.line in cuts else one for one in prices), cuts


def _contract(book: Book, taken: Taken) -> Contract | None:
    claim = taken.claim
    found = contract_for(book.contracts, claim.payer.payer_id, taken.plan_id, claim.first_service)
    return by_medicares_rules(found) if plan_of(book, taken).kind == "MEDICARE_B" else found


def _mispriced(found: Price, claim: Claim, wrong: Sequence[Behaviour], excess: Sequence[Behaviour]) -> Price:
    if not wrong and not excess:
        return found
    line = next(line for line in claim.lines if line.number == found.line)
    touched = [one for one in wrong if one.touches(line.procedure, line.number)]
    allowed = found.allowed
    if excess:
        allowed = max(allowed, share(line.charge, Decimal(excess[0].percent) / 100))
    elif touched:
        allowed = share(allowed, Decimal(touched[0].percent or UNDERPAID) / 100)
    return msgspec.structs.replace(found, allowed=allowed)  # rounded half up, once a line


def _count_authorized(state: State, claim: Claim, member: Member, decided: Determination, sign: int) -> None:
    """Units of an authorization are used by what was paid, and given back when it is taken back."""
    denied = {line.number for line in decided.lines if line.denied}
    for line in claim.lines:
        if line.number not in denied and (found := authorization_for(state, claim, line, member)):
            state.authorized[f"{found.number}:{found.procedure}"] = units_used(state, found) + sign * int(line.units)


def remit_claim(book: Book, taken: Taken, found: Determination) -> RemitClaim:
    """The CLP loop of a decision."""
    claim, plan = taken.claim, plan_of(book, taken)
    status = "4" if found.reason in _NOT_INSURED else _STATUS.get(claim.responsibility, "3")
    changed = behaviours(book, claim, "change_modifier")
    decisions = {line.number: line for line in found.lines}
    codes = bundled_into(book, claim) | lower_codes(book, claim)
    codes = {number: code for number, code in codes.items() if _recoded(decisions[number])}
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
        lines=tuple(_line(claim, line, decisions[line.number], changed, codes) for line in claim.lines),
    )


def _filing(plan: Plan) -> str:
    """CLP06: the 835 has no CI; commercial plans are told as indemnity (835 guide, 2100 CLP06)."""
    return plan.filing_indicator if plan.filing_indicator in _CLP06 else "15" if plan.filing_indicator == "CI" else "ZZ"


def _recoded(found: LineDetermination) -> bool:
    """Whether the line was decided under another code: a lower level (CARC 150), or part of another service (97)."""
    return any(one.reason == "150" or (one.reason == "97" and found.denied) for one in found.adjustments)


def _line(
    claim: Claim, line: ServiceLine, found: LineDetermination, changed: Sequence[Behaviour], codes: Mapping[int, str]
) -> RemitLine:
    modifiers = line.modifiers
    if any(behaviour.touches(line.procedure, line.number) for behaviour in changed):
        modifiers = () if modifiers else ("59",)
    qualifier, procedure, revenue = line.procedure_qualifier or "HC", line.procedure, line.revenue_code
    if claim.form == "dental":
        qualifier = "AD"
    elif not procedure and revenue:  # a facility's line without a procedure (835 guide, SVC01)
        qualifier, procedure, revenue = "NU", revenue, ""
    recoded = codes.get(line.number, "")
    return RemitLine(
        procedure=recoded or procedure,
        qualifier=qualifier,
        charge=line.charge,
        paid=found.paid,
        modifiers=modifiers,
        revenue_code=revenue,
        units=line.units,
        submitted_procedure=procedure if recoded else "",
        submitted_modifiers=line.modifiers if recoded else (),
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
        interest=-remitted.interest,
        remarks=(),
        crossover_payer=None,
    )
