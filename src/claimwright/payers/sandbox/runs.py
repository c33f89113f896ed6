"""Payment runs: what has fallen due becomes one balanced payment a payer and provider. Amounts in cents."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from claimwright.adjudication.secondary import after_decision
from claimwright.codesets.tables import Tables
from claimwright.money import Cents, round_half_up
from claimwright.parties import Payer, Provider, Struct
from claimwright.payers.sandbox.checks import behaviours
from claimwright.payers.sandbox.decide import decide, member_of, plan_of, take_back
from claimwright.payers.sandbox.intake import payment_day
from claimwright.payers.sandbox.members import key_of, member_of_plan
from claimwright.payers.sandbox.model import Book
from claimwright.payers.sandbox.state import State, Taken, Work
from claimwright.remits.model import ProviderAdjustment, RemitClaim, Remittance

_REVERSED_AFTER = timedelta(days=21)
_RECOUPED_AFTER = timedelta(days=28)
_AGAIN_AFTER = timedelta(days=2)
_INTEREST = Decimal("0.10")  # a year; state prompt-pay laws range around it
_PROMPT = 30  # days
_ROUTING = "999999992"  # no bank has it; an 835 with an EFT names both banks (BPR06-BPR15)


class Paid(Struct):
    """One payment and who gets its 835."""

    on: date
    remittance: Remittance
    submitter: str
    deposit: bool = True  # False: the same payment told again


class _Run(msgspec.Struct):
    """One payment in the making."""

    payer: Payer
    payee: Provider
    submitter: str
    on: date
    claims: list[RemitClaim] = msgspec.field(default_factory=list)
    adjustments: list[ProviderAdjustment] = msgspec.field(default_factory=list)
    again: bool = False

    def adjust(self, reason: str, amount: Cents, reference: str) -> None:
        """Add a PLB amount: positive lowers the payment."""
        year_end = date(self.on.year, 12, 31)
        self.adjustments.append(
            ProviderAdjustment(npi=self.payee.npi, fiscal_period_end=year_end, reason=reason, amount=amount, reference=reference)
        )


def due_payments(book: Book, state: State, today: date, tables: Tables) -> Iterator[Paid]:
    """Everything that falls due up to today, day by day; the state moves along."""
    while days := [work.due for work in state.work if work.due <= today]:
        on = min(days)
        work_today = [work for work in state.work if work.due == on]
        state.work = [work for work in state.work if work.due != on]
        yield from _pay(book, state, work_today, on, tables)


def _pay(book: Book, state: State, work_today: list[Work], on: date, tables: Tables) -> Iterator[Paid]:
    runs: dict[tuple[str, str, str], _Run] = {}
    for work in work_today:
        if work.do == "again" and work.remittance:
            yield Paid(on=on, remittance=work.remittance, submitter=work.submitter, deposit=False)
        elif work.number in state.claims:
            taken = state.claims[work.number]
            claim = taken.claim
            key = (claim.payer.payer_id, claim.billing.npi, taken.submitter)
            payer = next(payer for payer in book.payers if payer.payer_id == claim.payer.payer_id)
            run = runs.setdefault(key, _Run(payer=payer, payee=claim.billing, submitter=taken.submitter, on=on))
            _do(book, state, run, work, taken, tables)
    for run in runs.values():
        if run.claims or run.adjustments:
            yield _finished(state, run)


def _do(book: Book, state: State, run: _Run, work: Work, taken: Taken, tables: Tables) -> None:
    if work.do == "correct":
        _correct(book, state, run, taken, tables)
    elif work.do == "recoup":
        _recoup(book, run, taken)
    elif not taken.withdrawn:
        _first(book, state, run, taken, tables)


def _first(book: Book, state: State, run: _Run, taken: Taken, tables: Tables) -> None:
    """Decide and pay; before it, take back the claim that this one replaces."""
    original = state.claims.get(taken.replaces)
    if original and _stands(original):
        run.claims.append(take_back(book, state, original))
    if taken.claim.frequency == "8":
        return
    decided = decide(book, state, taken, run.on, tables)
    decided = _interest(book, run, decided)
    decided = _forwarded(book, state, run, decided)
    state.claims[taken.number] = decided
    assert decided.remitted is not None
    run.claims.append(decided.remitted)
    _later(book, state, run, decided)


def _stands(original: Taken) -> bool:
    """Whether there is a decision to take back: money or a patient's part."""
    remitted = original.remitted
    return remitted is not None and bool(remitted.paid or remitted.patient_share)


def _later(book: Book, state: State, run: _Run, decided: Taken) -> None:
    """What this payer will do to the claim afterwards, and what else it does on purpose now."""
    claim, payer_id = decided.claim, run.payer.payer_id
    if behaviours(book, claim, "reverse"):
        state.work.append(Work(due=payment_day(book, payer_id, run.on + _REVERSED_AFTER), do="correct", number=decided.number))
    if behaviours(book, claim, "recoup"):
        state.work.append(Work(due=payment_day(book, payer_id, run.on + _RECOUPED_AFTER), do="recoup", number=decided.number))
    if behaviours(book, claim, "unknown_claim"):
        run.claims.append(_of_nobody(state, decided))
    run.again = run.again or bool(behaviours(book, claim, "twice"))


def _correct(book: Book, state: State, run: _Run, taken: Taken, tables: Tables) -> None:
    """Reversal and corrected claim in one payment (835 guide, 1.10.2.8)."""
    if taken.withdrawn or taken.remitted is None:
        return
    run.claims.append(take_back(book, state, taken))
    state.claims[taken.number] = msgspec.structs.replace(taken, withdrawn=True)  # no duplicate of itself
    corrected = decide(book, state, taken, run.on, tables, again=True)
    state.claims[taken.number] = corrected
    assert corrected.remitted is not None
    run.claims.append(corrected.remitted)


def _recoup(book: Book, run: _Run, taken: Taken) -> None:
    """Take an overpayment back out of this payment, naming the claim (PLB WO; 835 guide, 1.10.2.17)."""
    if taken.withdrawn or taken.remitted is None:
        return
    wanted = {behaviour.procedure for behaviour in behaviours(book, taken.claim, "recoup")}
    amount = sum(line.paid for line in taken.remitted.lines if "" in wanted or line.procedure in wanted)
    if amount > 0:
        run.adjust("WO", amount, taken.number)


def _interest(book: Book, run: _Run, decided: Taken) -> Taken:
    """Interest for late payment: AMT*I tells the claim's part, PLB L6 pays it (835 guide, 1.10.2.9)."""
    remitted = decided.remitted
    if remitted is None or remitted.paid <= 0 or not behaviours(book, decided.claim, "interest"):
        return decided
    late = max((run.on - decided.received).days - _PROMPT, 1)
    interest = max(round_half_up(remitted.paid * _INTEREST * late / 365), 1)
    run.adjust("L6", -interest, decided.number)
    return msgspec.structs.replace(decided, remitted=msgspec.structs.replace(remitted, interest=interest))


def _forwarded(book: Book, state: State, run: _Run, decided: Taken) -> Taken:
    """Cross the claim over to the member's other plan, which then decides it without a claim from the practice."""
    found, remitted = decided.determination, decided.remitted
    if found is None or remitted is None or not found.forward_to or not found.patient_share:
        return decided
    claim = decided.claim
    other = member_of_plan(book, found.forward_to, claim.patient, claim.first_service)
    if other is None:
        return decided
    plan = next(plan for plan in book.plans if plan.plan_id == found.forward_to)
    own_plan = plan_of(book, decided)
    insured = member_of(book, decided).insured
    seen = after_decision(claim, found, own_plan.payer, insured, own_plan.filing_indicator, run.on)
    number = f"{run.on:%Y%j}{state.next_control():06d}"
    crossed = msgspec.structs.replace(
        seen, payer=plan.payer, insured=other.insured, responsibility="S", filing_indicator=plan.filing_indicator
    )
    state.claims[number] = Taken(
        number=number, claim=crossed, plan_id=plan.plan_id, member=key_of(other), received=run.on, submitter=decided.submitter
    )
    due = payment_day(book, plan.payer.payer_id, run.on + timedelta(days=7))
    state.work.append(Work(due=due, do="decide", number=number))
    told = msgspec.structs.replace(remitted, status="19", crossover_payer=plan.payer, remarks=(*remitted.remarks, "MA18"))
    return msgspec.structs.replace(decided, remitted=told)


def _of_nobody(state: State, decided: Taken) -> RemitClaim:
    """A payment for a claim that the practice never sent."""
    assert decided.remitted is not None
    number = f"{decided.paid_on:%Y%j}{state.next_control():06d}"
    lines = tuple(msgspec.structs.replace(line, control_number="") for line in decided.remitted.lines)
    return msgspec.structs.replace(
        decided.remitted, patient_control_number=f"X{number}", payer_control_number=number, lines=lines, interest=0
    )


def _finished(state: State, run: _Run) -> Paid:
    """Carry balances, name the payment, and count the repeat if this payer sends it twice."""
    key = f"{run.payer.payer_id}:{run.payee.npi}"
    trace = f"{run.on:%y%m%d}{state.next_control():06d}"
    for told in run.claims:
        taken = state.claims.get(told.payer_control_number)
        if taken is not None and told.status != "22":
            state.claims[taken.number] = msgspec.structs.replace(taken, trace=trace)
    if key in state.forward:
        earlier_trace, owed = state.forward.pop(key)
        run.adjust("FB", owed, earlier_trace)
    paid = sum(claim.paid for claim in run.claims) - sum(one.amount for one in run.adjustments)
    if paid < 0:
        # Nothing can be paid out: the rest moves to the next payment (835 guide, 1.10.2.12).
        run.adjust("FB", paid, trace)
        state.forward[key] = (trace, -paid)
        paid = 0
    remittance = Remittance(
        payer=run.payer,
        payee_name=run.payee.name,
        payee_npi=run.payee.npi,
        payee_ein=run.payee.ein,
        trace=trace,
        paid=paid,
        paid_on=run.on,
        method="ACH" if paid else "NON",
        handling="I" if paid else "H",
        originator=f"1{zlib.crc32(run.payer.payer_id.encode()) % 10**9:09d}",
        produced_on=run.on,
        sender_routing=_ROUTING if paid else "",
        sender_account="1000200030" if paid else "",
        receiver_routing=_ROUTING if paid else "",
        receiver_account="4000500060" if paid else "",
        claims=tuple(run.claims),
        provider_adjustments=tuple(run.adjustments),
    )
    if run.again:
        state.work.append(Work(due=run.on + _AGAIN_AFTER, do="again", remittance=remittance, submitter=run.submitter))
    return Paid(on=run.on, remittance=remittance, submitter=run.submitter)
