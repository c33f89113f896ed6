"""Underpayment: allowed against the contract, line by line."""

from __future__ import annotations

import random
from datetime import date

import msgspec
import pytest
from remit_samples import decision, line, open_claim, open_line, remit

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.pricing.model import Price
from claimwright.remits.plan import plan_posting
from claimwright.remits.underpaid import Underpayment, underpayments

PERSON = Person(last="Lopez", first="Maria")
CLAIM = Claim(
    patient_control_number="C1",
    charge=15000,
    place_of_service="11",
    billing=Provider(npi="1987654321", name="Riverside"),
    payer=Payer(name="P", payer_id="P1"),
    insured=Insured(person=PERSON, member_id="M1"),
    patient=PERSON,
    diagnoses=(Diagnosis(code="I10"),),
    lines=(ServiceLine(number=1, procedure="99213", charge=15000, first_service=date(2026, 11, 2), control_number="L1"),),
)
NUMBERS = {line.control_number: line.number for line in CLAIM.lines}


def found(expected: int, why: str = "CO-45:5760 PR-2:1848", paid: int = 7392, tolerance: int = 0) -> tuple[Underpayment, ...]:
    plan = plan_posting(remit(decision(line(paid=paid, why=why))), [open_claim()])
    price = Price(line=1, allowed=expected, working=("agreed",), source="contract")
    return underpayments(NUMBERS, plan.claims[0].lines, [price], tolerance)


def test_less_than_agreed_is_underpaid_with_the_working() -> None:
    (short,) = found(10000)
    assert (short.expected, short.allowed, short.short, short.working) == (10000, 9240, 760, ("agreed",))
    assert "$7.60 short" in short.why


@pytest.mark.parametrize("expected, tolerance", [(9240, 0), (9000, 0), (9250, 10)])
def test_the_agreed_sum_more_or_within_tolerance_is_not(expected: int, tolerance: int) -> None:
    assert found(expected, tolerance=tolerance) == ()


def test_a_contract_above_the_charge_expects_the_charge() -> None:
    assert found(20000, why="PR-2:1848", paid=13152) == ()


def test_a_denied_line_is_denied_and_not_underpaid() -> None:
    assert found(10000, why="CO-16:15000", paid=0) == ()


TWICE = msgspec.structs.replace(
    CLAIM, charge=20000, lines=(*CLAIM.lines, msgspec.structs.replace(CLAIM.lines[0], number=2, charge=5000, control_number="L2"))
)


@pytest.mark.parametrize(
    "allowed, shorts", [(14000, []), (15000, []), (13997, [("L1", 2), ("L2", 1)]), (7000, [("L1", 5000), ("L2", 2000)])]
)
def test_lines_told_only_together_are_judged_together(allowed: int, shorts: list[tuple[str, int]]) -> None:
    """By charge the second would look short of its 40.00, and the first paid too much of its 100.00, or the other way round."""
    whole = decision(line(charge=20000, paid=allowed, why=f"CO-45:{20000 - allowed}", control_number="", modifiers=()))
    ours = open_claim(open_line(modifiers=()), open_line("L2", charge=5000, modifiers=(), number=2))
    plan = plan_posting(remit(whole), [ours])
    assert plan.claims[0].posts
    prices = [Price(line=number, allowed=worth, working=(), source="") for number, worth in ((1, 10000), (2, 4000))]
    numbers = {line.control_number: line.number for line in TWICE.lines}
    assert [(one.control_number, one.short) for one in underpayments(numbers, plan.claims[0].lines, prices)] == shorts


def test_sequestration_is_not_what_the_contract_allows_less() -> None:
    """CO-253 lowers the payment by law, not the fee."""
    assert found(9240, why="CO-45:5760 CO-253:148 PR-2:1848", paid=7244) == ()


def test_every_seeded_shortfall_of_a_dollar_is_found_and_hardly_anything_else() -> None:
    """A thousand lines as payers pay them: deductibles, coinsurance, sequestration, withholds, denials, a cent of rounding."""
    chance = random.Random(20261102)
    seeded, flagged, money = set(), set(), 0
    for number in range(1000):
        agreed = chance.randint(2000, 14000)
        short = chance.randint(100, 1500) if chance.random() < 0.1 else 0
        allowed = agreed - short + (chance.choice((-1, 0, 1)) if not short else 0)
        deductible = chance.choice((0, 0, allowed // 2))
        coinsurance = (allowed - deductible) // 5
        lowered = (allowed - deductible - coinsurance) // 50 if chance.random() < 0.3 else 0
        paid = allowed - deductible - coinsurance - lowered
        reasons = {
            "CO-45": 15000 - allowed,
            "PR-1": deductible,
            "PR-2": coinsurance,
            chance.choice(("CO-253", "CO-104")): lowered,
        }
        why = " ".join(f"{reason}:{amount}" for reason, amount in reasons.items() if amount)
        if denied := not short and chance.random() < 0.1:
            paid, why = 0, "CO-16:15000"
        plan = plan_posting(remit(decision(line(paid=paid, why=why))), [open_claim()])
        price = Price(line=1, allowed=agreed, working=("agreed",), source="contract")
        found = underpayments(NUMBERS, plan.claims[0].lines, [price], tolerance=1)
        if short:
            seeded.add(number)
            assert [one.short for one in found] == [short] and found[0].working and "short" in found[0].why
            money += short
        if found:
            flagged.add(number)
            assert not denied
    assert seeded and seeded <= flagged and money > 0
    assert len(flagged - seeded) <= 0.02 * len(flagged)
