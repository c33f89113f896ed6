"""What the payer says of the benefits, as the front desk reads it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from claimwright.coverage.benefits import benefits_of, summarize
from claimwright.coverage.model import Accumulators, Benefit, EligibilityAnswer, Plan, Rejection
from claimwright.coverage.rejections import REASONS
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Person, Provider

ON = date(2026, 11, 2)
PAYER = Payer(name="Northlake", payer_id="NL")
WHO = Person(last="Lopez", first="Maria", birth=date(1970, 3, 4))
PLAN = Plan(
    plan_id="S",
    name="Silver",
    kind="PPO",
    payer=PAYER,
    period=Period(date(2026, 1, 1), date(2026, 12, 31)),
    filing_indicator="12",
    deductible=200000,
    family_deductible=400000,
    out_of_pocket_max=750000,
    coinsurance=Decimal("0.30"),
    copays={"office": 3500, "telehealth": 2000, "specialist": 6000},
)


def answer(*benefits: Benefit, rejections: tuple[Rejection, ...] = (), period: Period | None = None) -> EligibilityAnswer:
    return EligibilityAnswer(
        payer=PAYER,
        provider=Provider(npi="1234567893", name="Family Practice"),
        insured=Insured(person=WHO, member_id="1"),
        patient=WHO,
        trace="T1",
        on=ON,
        benefits=benefits,
        rejections=rejections,
        plan_period=period,
    )


def test_what_a_plan_says_is_what_is_read() -> None:
    used = Accumulators(deductible=12345, family_deductible=50000, out_of_pocket=20000)
    read = summarize(answer(*benefits_of(PLAN, used)))
    assert read.active
    assert read.plan_name == "Silver"
    assert (read.copay, read.copays["specialist"], read.copays["telehealth"]) == (3500, 6000, 2000)
    assert (read.deductible_left, read.family_deductible_left, read.out_of_pocket_left) == (187655, 350000, 730000)
    assert read.coinsurance == Decimal("0.30")
    assert read.copays["preventive"] == 0


def test_more_used_than_the_limit_leaves_nothing() -> None:
    assert summarize(answer(*benefits_of(PLAN, Accumulators(deductible=300000)))).deductible_left == 0


def test_what_the_payer_did_not_say_stays_unknown() -> None:
    read = summarize(answer(Benefit(information="1", service_types=("30",))))
    assert read.active
    assert (read.copay, read.deductible_left, read.coinsurance, read.out_of_pocket_left) == (None, None, None, None)


def test_out_of_network_figures_are_not_taken_for_ours() -> None:
    out = Benefit(information="A", service_types=("30",), percent=Decimal("0.5"), in_network="N")
    inside = Benefit(information="A", service_types=("30",), percent=Decimal("0.2"), in_network="Y")
    assert summarize(answer(Benefit(information="1"), out, inside)).coinsurance == Decimal("0.2")


def test_coverage_that_ended_says_when_and_what_to_do() -> None:
    ended = answer(Benefit(information="6"), period=Period(date(2026, 1, 1), date(2026, 8, 31)))
    read = summarize(ended)
    assert not read.active
    assert "2026-08-31" in read.message
    assert "self-pay" in read.next_step


def test_a_rejection_explains_itself() -> None:
    read = summarize(answer(rejections=(Rejection(reason="75", follow_up="C", loop="2100C"),)))
    assert not read.active
    assert "does not find a subscriber" in read.message
    assert "insurance card" in read.next_step


def test_every_reason_has_words_and_a_step_and_an_unknown_one_too() -> None:
    for reason in [*REASONS, "ZZ"]:
        read = summarize(answer(rejections=(Rejection(reason=reason, follow_up="N"),)))
        assert read.message and read.next_step
