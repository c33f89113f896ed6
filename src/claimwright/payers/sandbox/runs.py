"""Payment runs: what has fallen due becomes one balanced payment a payer and provider. Amounts in cents."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from claimwright.adjudication.secondary import after_decision
from claimwright.codesets.tables import Tables
from claimwright.money import Cents, round_half_up
from claimwright.parties import Payer, Provider, Struct
from claimwright.payers.sandbox.decide import decide, member_of, plan_of, reversal, take_back
from claimwright.payers.sandbox.habits import behaviours, chance, doings, habit_of, habit_of_payment
from claimwright.payers.sandbox.intake import payment_day
from claimwright.payers.sandbox.members import key_of, member_of_plan, payer_of
from claimwright.payers.sandbox.model import Book
from claimwright.payers.sandbox.state import State, Taken, Work
from claimwright.payers.sandbox.telling import Part, parts_of, told_later
from claimwright.payers.sandbox.truth import Event, Truth, truth_of
from claimwright.remits.model import ProviderAdjustment, RemitClaim, Remittance

_REVERSED_AFTER = timedelta(days=21)
_RECOUPED_AFTER = timedelta(days=28)
_AGAIN_AFTER = timedelta(days=2)
_AFTERWARDS: Final[tuple[tuple[str, Literal["correct", "void", "recoup"]], ...]] = (
    ("reverse", "correct"),
    ("void", "void"),
    ("recoup", "recoup"),
)
_INTEREST = Decimal("0.10")  # a year; state prompt-pay laws range around it
_PROMPT = 30  # days
_ROUTING = "999999992"  # no bank has it; an 835 with an EFT names both banks (BPR06-BPR15)


class Paid(Struct):
    """One payment and who gets its 835."""

    on: date
    remittance: Remittance
    submitter: str
    deposit: bool = True  # False: the same payment told again
    told: bool = True  # False: the money comes now, its 835 later
    renamed: bool = False  # the very same file comes twice
    decisions: tuple[Truth, ...] = ()  # those told first by this payment


class _Run(msgspec.Struct):
    """One payment in the making."""

    payer: Payer
    payee: Provider
    submitter: str
    on: date
    claims: list[RemitClaim] = msgspec.field(default_factory=list)
    adjustments: list[ProviderAdjustment] = msgspec.field(default_factory=list)
    decisions: list[Truth] = msgspec.field(default_factory=list)
    again: bool = False

    def tell(self, event: Event, taken: Taken, parts: Sequence[Part], does: tuple[str, ...] = ()) -> None:
        """Add a claim's decision, or its being taken back."""
        for part in parts:
            self.claims.append(part.told)
            self.decisions.append(truth_of(event, taken.claim, part, does))

    def adjust(self, reason: str, amount: Cents, reference: str) -> None:
        """Add a PLB amount: positive lowers the payment."""
        year_end = date(self.on.year, 12, 31)
        self.adjustments.append(
            ProviderAdjustment(npi=self.payee.npi, fiscal_period_end=year_end, reason=reason, amount=amount, reference=reference)
        )


def due_payments(book: Book, state: State, today: date, tables: Tables) -> Iterator[Paid]:
    """Everything that falls due up to today, day by day; the state moves along."""
    while on := state.next_day(today):
        yield from _pay(book, state, on, tables)


def _pay(book: Book, state: State, on: date, tables: Tables) -> Iterator[Paid]:
    """One day's payments. A full one is finished at once; where work comes payment by payment, each as soon as it is whole."""
    runs: dict[tuple[str, str, str], _Run] = {}
    for work in state.take_work(on):
        if work.do in ("again", "deliver") and work.remittance:
            yield Paid(on=on, remittance=work.remittance, submitter=work.submitter, deposit=False)
            continue
        taken = state.claims.get(work.number)
        if taken is None:
            continue
        claim = taken.claim
        key = (claim.payer.payer_id, claim.billing.npi, taken.submitter)
        run = runs.get(key)
        if run is None:
            if state.in_order:
                yield from _finished_all(book, state, runs)
            payer = payer_of(book, claim.payer)
            run = runs[key] = _Run(payer=payer, payee=claim.billing, submitter=taken.submitter, on=on)
        _do(book, state, run, work, taken, tables)
        if len(run.claims) >= book.pace.claims_per_payment:
            yield _finished(book, state, runs.pop(key))
    yield from _finished_all(book, state, runs)


def _finished_all(book: Book, state: State, runs: dict[tuple[str, str, str], _Run]) -> Iterator[Paid]:
    for run in runs.values():
        if run.claims or run.adjustments:
            yield _finished(book, state, run)
    runs.clear()


def _do(book: Book, state: State, run: _Run, work: Work, taken: Taken, tables: Tables) -> None:
    if work.do == "correct":
        _correct(book, state, run, taken, tables)
    elif work.do == "void":
        _void(book, state, run, taken)
    elif work.do == "recoup":
        _recoup(book, state, run, taken)
    elif work.do == "rest":
        _rest(book, run, taken)
    elif not taken.withdrawn:
        _first(book, state, run, taken, tables)


def _first(book: Book, state: State, run: _Run, taken: Taken, tables: Tables) -> None:
    """Decide and pay; before it, take back the claim that this one replaces."""
    original = state.claims.get(taken.replaces)
    if original and _stands(original):
        _take_back(book, state, run, original)
    if taken.claim.frequency == "8":
        return
    decided = decide(book, state, taken, run.on, tables)
    decided = _interest(book, run, decided)
    decided = _forwarded(book, state, run, decided)
    state.claims[taken.number] = decided
    assert decided.remitted is not None
    parts = parts_of(book, decided.claim, decided.remitted)
    if len(parts) > 1 and (days := told_later(book, decided.claim)):
        due = payment_day(book, run.payer.payer_id, run.on + timedelta(days=days))
        state.add_work(Work(due=due, do="rest", number=decided.number))
        parts = parts[:1]
    run.tell("decision", decided, parts, doings(book, decided.claim) if book.habits else ())
    _later(book, state, run, decided)


def _rest(book: Book, run: _Run, taken: Taken) -> None:
    """The part of a split claim that was not told yet."""
    if taken.remitted is not None and not taken.withdrawn:
        run.tell("decision", taken, parts_of(book, taken.claim, taken.remitted)[1:], ("split_claim",))


def _stands(original: Taken) -> bool:
    """Whether there is a decision to take back: money or a patient's part."""
    remitted = original.remitted
    return remitted is not None and bool(remitted.paid or remitted.patient_share)


def _take_back(book: Book, state: State, run: _Run, taken: Taken) -> None:
    """The reversal, told in the same loops as the decision was (835 guide, 1.10.2.8); interest goes back with it."""
    assert taken.remitted is not None
    take_back(book, state, taken)
    parts = parts_of(book, taken.claim, taken.remitted)
    if state.waits(taken.number, "rest"):  # its second part was never told
        parts = parts[:1]
    turned = [msgspec.structs.replace(one, decided=reversal(one.decided), told=reversal(one.told)) for one in parts]
    run.tell("reversal", taken, turned)
    if interest := taken.interest - taken.interest_recouped:
        run.adjust("L6", interest, taken.number)
    if taken.recouped:  # the reversal takes all of it: what was taken before comes back
        run.adjust("WO", -taken.recouped, taken.number)


def _later(book: Book, state: State, run: _Run, decided: Taken) -> None:
    """What this payer will do to the claim afterwards, and what else it does on purpose now."""
    claim = decided.claim
    for habit, do in _AFTERWARDS:
        if found := behaviours(book, claim, habit):
            after = timedelta(days=found[0].days) or (_RECOUPED_AFTER if do == "recoup" else _REVERSED_AFTER)
            if rest := told_later(book, claim):
                after = max(after, timedelta(days=rest + 7))  # all of it is told before any of it is taken back
            due = payment_day(book, run.payer.payer_id, run.on + after)
            state.add_work(Work(due=due, do=do, number=decided.number))
    if behaviours(book, claim, "unknown_claim"):
        _of_nobody(state, run, decided)
    run.again = run.again or bool(book.behaviours and behaviours(book, claim, "twice"))


def _correct(book: Book, state: State, run: _Run, taken: Taken, tables: Tables) -> None:
    """Reversal and corrected claim in one payment (835 guide, 1.10.2.8)."""
    if taken.withdrawn or taken.remitted is None:
        return
    _take_back(book, state, run, taken)
    state.claims[taken.number] = msgspec.structs.replace(taken, withdrawn=True)  # no duplicate of itself
    fresh = msgspec.structs.replace(taken, interest=0, interest_recouped=0, recouped=0)
    corrected = decide(book, state, fresh, run.on, tables, again=True)
    state.claims[taken.number] = corrected
    assert corrected.remitted is not None
    run.tell("correction", corrected, parts_of(book, corrected.claim, corrected.remitted))


def _void(book: Book, state: State, run: _Run, taken: Taken) -> None:
    """The decision is taken back, and none comes in its place."""
    if not taken.withdrawn and _stands(taken):
        _take_back(book, state, run, taken)
        state.claims[taken.number] = msgspec.structs.replace(taken, withdrawn=True)


def _recoup(book: Book, state: State, run: _Run, taken: Taken) -> None:
    """Take an overpayment back out of this payment, naming the claim (PLB WO; 835 guide, 1.10.2.17), and its interest (L6)."""
    if taken.withdrawn or taken.remitted is None:
        return
    wanted = behaviours(book, taken.claim, "recoup")
    lines = zip(taken.claim.lines, taken.remitted.lines, strict=True)
    touched = [told for line, told in lines if any(one.touches(line.procedure, line.number) for one in wanted)]
    amount = sum(line.paid for line in touched)
    if amount <= 0:
        return
    run.adjust("WO", amount, taken.number)
    interest = taken.interest
    if interest and amount < taken.remitted.paid:  # the part of it that was paid on the lines taken back
        interest = round_half_up(Decimal(interest) * amount / taken.remitted.paid)
    if interest:
        run.adjust("L6", interest, taken.number)
    state.claims[taken.number] = msgspec.structs.replace(taken, recouped=amount, interest_recouped=interest)


def _interest(book: Book, run: _Run, decided: Taken) -> Taken:
    """Interest for late payment: AMT*I tells the claim's part, PLB L6 pays it (835 guide, 1.10.2.9)."""
    remitted = decided.remitted
    found = behaviours(book, decided.claim, "interest")
    if remitted is None or remitted.paid <= 0 or not found:
        return decided
    late = max((run.on - decided.received).days - _PROMPT, 1)
    interest = max(round_half_up(remitted.paid * _INTEREST * late / 365), 1)
    run.adjust("L6", -interest, decided.number)
    if not found[0].quietly:
        remitted = msgspec.structs.replace(remitted, interest=interest)
    return msgspec.structs.replace(decided, remitted=remitted, interest=interest)


def _forwarded(book: Book, state: State, run: _Run, decided: Taken) -> Taken:
    """Cross the claim over to the member's other plan, which then decides it without a claim from the practice."""
    found, remitted = decided.determination, decided.remitted
    if found is None or remitted is None or not found.patient_share:
        return decided
    claim = decided.claim
    if not found.forward_to:
        return _said_to_be_forwarded(book, decided)
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
    state.add_work(Work(due=due, do="decide", number=number))
    told = msgspec.structs.replace(remitted, status="19", crossover_payer=plan.payer, remarks=(*remitted.remarks, "MA18"))
    return msgspec.structs.replace(decided, remitted=told)


def _said_to_be_forwarded(book: Book, decided: Taken) -> Taken:
    """On purpose: another payer, one that this box does not play, is said to have the claim now."""
    habit, remitted = habit_of(book, decided.claim, "crossover"), decided.remitted
    if habit is None or habit.payer is None or remitted is None or remitted.status != "1":
        return decided
    told = msgspec.structs.replace(remitted, status="19", crossover_payer=habit.payer, remarks=(*remitted.remarks, "MA18"))
    return msgspec.structs.replace(decided, remitted=told)


def _of_nobody(state: State, run: _Run, decided: Taken) -> None:
    """A payment for a claim that the practice never sent."""
    assert decided.remitted is not None
    number = f"{decided.paid_on:%Y%j}{state.next_control():06d}"
    lines = tuple(msgspec.structs.replace(line, control_number="") for line in decided.remitted.lines)
    told = msgspec.structs.replace(
        decided.remitted, patient_control_number=f"X{number}", payer_control_number=number, lines=lines, interest=0
    )
    run.tell("unknown", decided, [Part(decided=told, places=tuple(range(len(lines))), told=told)])


def _adjusted_on_purpose(book: Book, run: _Run, trace: str) -> None:
    """An amount of the provider's as a whole, of which no claim tells."""
    habit = habit_of_payment(book, trace, "adjust")
    if habit is None or not habit.codes:
        return
    drawn = chance(book.seed, "code", trace)
    code = habit.codes[drawn % len(habit.codes)]
    amount = habit.amount + (drawn >> 16) % max(habit.amount, 1)
    if code == "72":  # a refund that arrived is told by a pair that adds up to nothing (835 guide, 1.10.2.17)
        run.adjust("WO", amount, f"R{trace}")
        amount = -amount
    elif code in ("CS", "J1") and drawn >> 40 & 1:
        amount = -amount
    run.adjust(code, amount, f"R{trace}")


def _finished(book: Book, state: State, run: _Run) -> Paid:
    """Carry balances, name the payment, and count the repeat if this payer sends it twice."""
    key = f"{run.payer.payer_id}:{run.payee.npi}"
    trace = f"{run.on:%y%m%d}{state.next_control():06d}"
    for told in run.claims:
        taken = state.claims.get(told.payer_control_number)
        if taken is not None and told.status != "22":
            state.claims[taken.number] = msgspec.structs.replace(taken, trace=trace)
    _adjusted_on_purpose(book, run, trace)
    if key in state.forward:
        earlier_trace, owed = state.forward.pop(key)
        run.adjust("FB", owed, earlier_trace)
    paid = sum(claim.paid for claim in run.claims) - sum(one.amount for one in run.adjustments)
    if paid < 0:
        # Nothing can be paid out: the rest moves to the next payment (835 guide, 1.10.2.12).
        run.adjust("FB", paid, trace)
        state.forward[key] = (trace, -paid)
        paid = 0
    remittance = _remittance(run, trace, paid)
    twice = run.again or habit_of_payment(book, trace, "twice")
    if twice:
        state.add_work(Work(due=run.on + _AGAIN_AFTER, do="again", remittance=remittance, submitter=run.submitter))
    late = habit_of_payment(book, trace, "late_file")
    if late:
        due = run.on + timedelta(days=late.days or 10)
        state.add_work(Work(due=due, do="deliver", remittance=remittance, submitter=run.submitter))
    return Paid(
        on=run.on,
        remittance=remittance,
        submitter=run.submitter,
        told=late is None,
        renamed=habit_of_payment(book, trace, "renamed") is not None,
        decisions=tuple(run.decisions),
    )


def _remittance(run: _Run, trace: str, paid: Cents) -> Remittance:
    return Remittance(
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
