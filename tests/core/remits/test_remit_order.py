"""Whatever the order in which payments arrive, once or twice, the books say the same; taken back, they say nothing."""

from __future__ import annotations

import random
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from remit_samples import DAY, PAID, decision, line, open_claim, open_line, remit, reversal

from claimwright.ledger.balances import balances, check, totals
from claimwright.remits.book import Book, payers_order
from claimwright.remits.model import RemitClaim, Remittance
from claimwright.remits.plan import OpenClaim

TODAY = date(2026, 12, 1)
FIRST = decision()
BETTER = decision(line(paid=8000, why="CO-45:5760 PR-2:1240"), payer_control_number="ICN2")


def on(day: int, *claims: RemitClaim, **more: object) -> Remittance:
    facts = {"trace": f"EFT{day}"} | more
    return msgspec.structs.replace(remit(*claims, **facts), paid_on=PAID + timedelta(days=day))  # type: ignore[arg-type]


ORIGINAL, TAKEN_BACK, CORRECTED = on(1, FIRST), on(2, reversal(FIRST)), on(3, BETTER)
BOTH = on(2, reversal(FIRST), BETTER)


def book(files: list[Remittance], *claims: OpenClaim) -> Book:
    made = Book(claims or (open_claim(),), on=DAY)
    for one in files:
        made.arrive(one, TODAY)
    return made


def says(made: Book) -> dict[tuple[str | int, ...], int]:
    return balances(made.entries, by=("account", "claim", "line", "payer", "patient", "guarantor"))


@pytest.mark.parametrize(
    "files", [[ORIGINAL, TAKEN_BACK, CORRECTED], [ORIGINAL, BOTH], [ORIGINAL, on(2, FIRST), on(3, reversal(FIRST))]]
)
def test_original_reversal_and_correction_come_out_the_same_in_any_order(files: list[Remittance]) -> None:
    from itertools import permutations

    found = [says(book(list(order))) for order in permutations(files)]
    assert all(one == found[0] for one in found)
    assert found[0] == says(book([*reversed(files), *files]))


def test_of_one_day_the_first_payer_comes_before_the_second_whatever_else_they_decide() -> None:
    said = {name: msgspec.structs.replace(FIRST, status=status) for name, status in zip(("1", "2", "4"), "124", strict=True)}
    first, second = on(1, said["1"], said["4"], trace="Z"), on(1, said["2"], said["4"], trace="A")
    both = on(1, said["1"], said["2"], trace="B")
    assert sorted([second, both, first], key=payers_order) == [first, both, second]


def test_a_reversal_that_comes_first_waits_and_resolves_itself() -> None:
    early = book([TAKEN_BACK])
    (waiting,) = early.plans[TAKEN_BACK.key].held
    assert "nothing is posted" in waiting.held_reason and "posts by itself" in waiting.next_step
    early.arrive(ORIGINAL, TODAY)
    assert not early.plans[TAKEN_BACK.key].held
    assert says(early) == says(book([])) and check(early.events) == []


def test_a_correction_that_overtakes_its_original_is_decided_again() -> None:
    late = book([CORRECTED, ORIGINAL, TAKEN_BACK])
    sums = balances(late.entries)
    assert (sums["cash",], sums["contractual",], sums["patient_ar",], sums.get(("payer_balance",), 0)) == (8000, 5760, 1240, 0)
    assert any("decided again" in event.memo for event in late.events) and check(late.events) == []


def test_paid_twice_and_taken_back_once_is_paid_once() -> None:
    twice = book([ORIGINAL, on(2, FIRST)])
    assert balances(twice.entries)["payer_balance",] == -7392
    twice.arrive(on(3, provider=[("WO", 7392)], paid=-7392), TODAY)
    assert balances(twice.entries).get(("payer_balance",), 0) == 0
    assert balances(twice.entries)["cash",] == 7392


def test_a_secondary_payment_before_the_primarys_comes_out_the_same() -> None:
    first = open_claim(next_payer_id="P2")
    second = open_claim(
        patient_control_number="C1S", payer_id="P2", responsibility="S", charged_under="C1", payer_control_number="S1"
    )
    paid = on(1, decision())
    then = on(5, decision(line(paid=1000, why="OA-23:13152 PR-1:848"), status="2", patient_control_number="C1S"))
    then = msgspec.structs.replace(then, payer=msgspec.structs.replace(then.payer, payer_id="P2"))
    assert says(book([paid, then], first, second)) == says(book([then, paid], first, second))
    assert balances(book([then, paid], first, second).entries)["patient_ar",] == 848


@st.composite
def histories(draw: st.DrawFn) -> list[Remittance]:
    """What payers do to a few claims: pay, pay again, take back, correct, deny, take interest and balances along."""
    files: list[Remittance] = []
    standing: dict[str, RemitClaim] = {}
    for day in range(1, draw(st.integers(1, 7)) + 1):
        said: list[RemitClaim] = []
        for number in draw(st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=3, unique=True)):
            what = draw(st.sampled_from(["pay", "deny", "take back", "correct", "again"]))
            if number in standing and what in ("take back", "correct"):
                said.append(reversal(standing[number], member_id=f"M{number}"))
                del standing[number]
            if what == "again" and number in standing:
                said.append(standing[number])
            elif what != "take back" and number not in standing:
                paid = 0 if what == "deny" else draw(st.integers(1, 12000))
                why = "CO-16:15000" if what == "deny" else f"CO-45:{15000 - paid - 1000} PR-2:1000"
                standing[number] = decision(
                    line(paid=paid, why=why, control_number=f"L{number}"),
                    patient_control_number=f"C{number}", member_id=f"M{number}", payer_control_number=f"I{number}",
                )  # fmt: skip
                said.append(standing[number])
        provider = draw(st.lists(st.tuples(st.sampled_from(["WO", "L6", "FB", "J1", "CS"]), st.integers(-500, 500)), max_size=2))
        if said or provider:
            files.append(on(day, *said, provider=provider))
    return files


CLAIMS = [
    open_claim(open_line(f"L{n}"), patient_control_number=f"C{n}", member_id=f"M{n}", payer_control_number=f"I{n}")
    for n in ("1", "2", "3")
]


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=35, deadline=None)
def test_doubled_and_shuffled_files_say_what_the_payers_order_says(files: list[Remittance], chance: random.Random) -> None:
    doubled = [*files, *files]
    chance.shuffle(doubled)
    in_turn, anyhow = book(files, *CLAIMS), book(doubled, *CLAIMS)
    assert says(in_turn) == says(anyhow)
    assert check(anyhow.events) == [] and totals(anyhow.entries).balanced
    kept = {key: [claim.posts for claim in plan.claims] for key, plan in in_turn.plans.items()}
    assert kept == {key: [claim.posts for claim in plan.claims] for key, plan in anyhow.plans.items()}


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_any_history_then_its_reversals_leaves_only_the_charges(files: list[Remittance], chance: random.Random) -> None:
    made = book(files, *CLAIMS)
    posted = [claim for plan in made.plans.values() for claim in plan.posted if claim.lines and any(x.moved for x in claim.lines)]
    gone = {claim.undoes.key for plan in made.plans.values() for claim in plan.posted if claim.undoes}
    from claimwright.remits.post import claim_key

    credits = [claim for plan in made.plans.values() for claim in plan.posted if claim.credit]
    standing = [
        claim.remit_claim
        for key, plan in made.plans.items()
        for claim in plan.posted
        if (claim in posted or claim in credits) and claim_key(key, claim.position, claim.part) not in gone
    ]
    back = [on(100 + at, reversal(one, member_id=one.member_id), trace=f"BACK{at}") for at, one in enumerate(standing)]
    plbs = [
        on(200 + at, provider=[(one.reason, -one.amount) for one in file.provider_adjustments], trace=f"PLB{at}")
        for at, file in enumerate(files)
    ]
    chance.shuffle(back)
    for one in [*back, *plbs]:
        made.arrive(one, TODAY)
    assert says(made) == says(book([], *CLAIMS))
