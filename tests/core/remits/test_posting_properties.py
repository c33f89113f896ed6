"""For any balanced remittance: events sum to zero, lines add up, a replay is harmless, what is held never posts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from remit_samples import DAY, PAID, charged, decision, open_claim, open_line, remit, reversal

from claimwright.claims.model import Adjustment
from claimwright.ledger.balances import balances, check, entries_of, line_balances, totals
from claimwright.remits.model import RemitClaim, RemitLine, Remittance
from claimwright.remits.plan import OpenClaim, plan_posting
from claimwright.remits.post import events

REASONS = ["CO-45", "CO-253", "PR-1", "PR-2", "PR-3", "CO-97", "CO-16", "CO-29", "PR-96", "OA-109", "PI-204", "CO-59"]


@st.composite
def decided_line(draw: st.DrawFn, number: str) -> RemitLine:
    """A line whose adjustments and payment come to its charge."""
    charge = rest = draw(st.integers(1, 100_000))
    adjustments = []
    for code in draw(st.lists(st.sampled_from(REASONS), max_size=4, unique=True)):
        amount = draw(st.integers(0, rest))
        rest -= amount
        group, reason = code.split("-")
        if amount:
            adjustments.append(Adjustment(group=group, reason=reason, amount=amount))
    return RemitLine(
        procedure="99213", charge=charge, paid=rest, control_number=number, first_service=DAY, adjustments=tuple(adjustments)
    )


@st.composite
def remittances(draw: st.DrawFn) -> tuple[Remittance, list[OpenClaim]]:
    """A balanced remittance with strangers, second payers, claim-level amounts and provider adjustments among it."""
    claims: list[RemitClaim] = []
    ours: list[OpenClaim] = []
    for place in range(draw(st.integers(1, 4))):
        lines = [draw(decided_line(f"{place}-{number}")) for number in range(draw(st.integers(1, 3)))]
        level = draw(st.integers(0, max(0, sum(one.paid for one in lines))))
        claims.append(
            decision(
                *lines,
                patient_control_number=f"C{place}",
                payer_control_number=f"I{place}",
                paid=sum(one.paid for one in lines) - level,
                adjustments=(Adjustment(group="PR", reason="1", amount=level),) if level else (),
                status=draw(st.sampled_from(["1", "19", "4"])),
            )
        )
        known = draw(st.booleans()) or draw(st.booleans())
        if known:
            ours.append(
                open_claim(
                    *(open_line(one.control_number, charge=one.charge, modifiers=()) for one in lines),
                    patient_control_number=f"C{place}",
                    member_id=f"K{place}",
                    patient_last="LOPEZ",
                    next_payer_id=draw(st.sampled_from(["", "P2"])),
                )
            )
    provider = [(draw(st.sampled_from(["WO", "FB", "L6", "72", "ZZ"])), draw(st.integers(-5000, 5000)))]
    return remit(*claims, provider=provider if draw(st.booleans()) else []), ours


@given(remittances())
@settings(max_examples=150, deadline=None)
def test_the_books_stay_true(given_: tuple[Remittance, list[OpenClaim]]) -> None:
    answer, ours = given_
    plan = plan_posting(answer, ours)
    made = events(plan, PAID)
    history = [*(charged(claim) for claim in ours), *made]
    assert check(history) == []
    assert totals(entries_of(history)).balanced
    assert all(balance.balanced for balance in line_balances(entries_of(history)).values())
    for claim in plan.posted:
        for line in claim.lines:
            assert line.open_before == line.moved + line.left_open
            assert line.left_open == line.denied, "what is not decided is denied, and only that stays open"
        assert sum(line.paid for line in claim.lines) == claim.remit_claim.paid


@given(remittances())
@settings(max_examples=80, deadline=None)
def test_cash_is_what_was_paid_less_what_is_held(given_: tuple[Remittance, list[OpenClaim]]) -> None:
    answer, ours = given_
    plan = plan_posting(answer, ours)
    cash = balances(entries_of(events(plan, PAID))).get(("cash",), 0)
    held = sum(claim.remit_claim.paid for claim in plan.held) - sum(one.adjustment.amount for one in plan.provider_held)
    assert cash == answer.paid - held


@given(remittances())
@settings(max_examples=80, deadline=None)
def test_a_replay_is_harmless_and_what_is_held_never_posts(given_: tuple[Remittance, list[OpenClaim]]) -> None:
    answer, ours = given_
    plan = plan_posting(answer, ours)
    made = events(plan, PAID)
    assert [event.key for event in events(plan_posting(answer, ours), PAID)] == [event.key for event in made]
    assert len({event.key for event in made}) == len(made)
    assert events(plan_posting(answer, ours, posted_keys={answer.key}), PAID) == ()
    known = {claim.patient_control_number for claim in ours}
    assert {entry.claim for entry in entries_of(made) if entry.claim} <= known


@given(remittances())
@settings(max_examples=60, deadline=None)
def test_a_reversal_of_everything_leaves_only_the_charges(given_: tuple[Remittance, list[OpenClaim]]) -> None:
    answer, ours = given_
    plan = plan_posting(answer, ours)
    made = {event.entries[0].claim: event for event in events(plan, PAID) if event.kind == "remittance"}
    back = [claim for claim in answer.claims if claim.patient_control_number in made]
    takes_back = remit(*(reversal(one, paid=-one.paid, adjustments=_negative(one)) for one in back), trace="EFT9")
    after = [
        open_claim(*(open_line(line.control_number, charge=line.charge, open=0) for line in claim.lines),
                   patient_control_number=claim.patient_control_number, member_id=claim.member_id,
                   already_posted=(made[claim.patient_control_number],))
        for claim in ours if claim.patient_control_number in made
    ]  # fmt: skip
    undone = events(plan_posting(takes_back, after), PAID)
    assert balances(entries_of([*made.values(), *undone]), by=("account", "line", "payer")) == {}


@given(decided_line("L1"), st.integers(0, 100_000), st.integers(0, 100_000), st.sampled_from(["2", "3", "20"]))
@settings(max_examples=150, deadline=None)
def test_a_later_payer_never_moves_more_than_is_open_but_its_money(line: RemitLine, left: int, billed: int, status: str) -> None:
    """Whatever a secondary says: only its payment may exceed what is open, nothing is written off twice or billed twice."""
    is_open, billed = min(left, line.charge), min(billed, line.charge)
    ours = open_claim(
        open_line(charge=line.charge, open=is_open, patient_open=billed, modifiers=()), payer_id="P2", responsibility="S"
    )
    (claim,) = plan_posting(remit(decision(line, status=status)), [ours]).claims
    (one,) = claim.lines
    assert claim.posts and one.open_before == is_open == one.moved + one.left_open
    assert 0 <= one.contractual <= max(is_open - line.paid, 0)
    assert -billed <= one.patient <= max(is_open - line.paid, 0)
    assert one.left_open >= 0 or line.paid > is_open + billed
    assert one.denied <= max(one.left_open, 0)


def _negative(claim: RemitClaim) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(group=a.group, reason=a.reason, amount=-a.amount) for a in claim.adjustments)
