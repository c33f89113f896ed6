"""What a payer decides: order of reasons, shares, other payers; and that every line balances."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimwright.adjudication.adjudicate import adjudicate
from claimwright.adjudication.estimate import estimate
from claimwright.adjudication.model import Determination, Refusal
from claimwright.adjudication.secondary import after_decision
from claimwright.claims.model import Adjustment, Claim, Diagnosis, LineAdjudication, OtherPayer, ServiceLine
from claimwright.coverage.model import Accumulators, Plan
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.pricing.model import Price

ON = date(2026, 11, 2)
WHO = Person(last="Lopez", first="Maria", birth=date(1970, 3, 4))
FIRST, SECOND = Payer(name="First", payer_id="F"), Payer(name="Second", payer_id="S")
GOLD = Plan(
    plan_id="G",
    name="PPO Gold",
    kind="PPO",
    payer=FIRST,
    period=Period(date(2026, 1, 1), date(2026, 12, 31)),
    filing_indicator="12",
    deductible=50000,
    coinsurance=Decimal("0.2"),
)
OPEN = msgspec.structs.replace(GOLD, deductible=0)
PART_B = msgspec.structs.replace(
    GOLD,
    kind="MEDICARE_B",
    deductible=28300,
    deductible_applies=GOLD.deductible_applies - {"lab"},
    crossover_to="X",
    filing_indicator="MB",
)


def plan(base: Plan = GOLD, **terms: object) -> Plan:
    return msgspec.structs.replace(base, **terms)


def claim(*services: str, **more: object) -> Claim:
    """Services as "99213-25 150.00"."""
    lines = []
    for number, service in enumerate(services, start=1):
        code, charge = service.split()
        procedure, *modifiers = code.split("-")
        cents = int(Decimal(charge) * 100)
        lines.append(ServiceLine(number=number, procedure=procedure, modifiers=tuple(modifiers), charge=cents, first_service=ON))
    return Claim(
        patient_control_number="A1",
        charge=sum(line.charge for line in lines),
        place_of_service="11",
        billing=Provider(npi="1234567893", name="Family Practice"),
        payer=FIRST,
        insured=Insured(person=WHO, member_id="1"),
        patient=WHO,
        diagnoses=(Diagnosis(code="M17.11"),),
        lines=tuple(lines),
        **more,  # type: ignore[arg-type]
    )


def prices(*allowed: str, reason: str = "") -> list[Price]:
    return [
        Price(line=n, allowed=int(Decimal(a) * 100), working=("Fee.",), source="test", reason=reason)
        for n, a in enumerate(allowed, start=1)
    ]


def decide(
    one: Claim, terms: Plan, worth: list[Price], used: Accumulators | None = None, received: date = ON, **how: object
) -> Determination:
    found = adjudicate(one, terms, worth, used or Accumulators(), received=received, **how)  # type: ignore[arg-type]
    assert_balanced(one, found)
    return found


def assert_balanced(one: Claim, found: Determination) -> None:
    for line, decided in zip(one.lines, found.lines, strict=True):
        assert decided.charge == line.charge
        assert decided.charge == decided.paid + sum(a.amount for a in decided.adjustments)


def cas(found: Determination, line: int = 1) -> dict[str, int]:
    return {f"{a.group}-{a.reason}": a.amount for a in found.lines[line - 1].adjustments}


def test_the_journeys_figures() -> None:
    visit = claim("99213-25 150.00", "20610-RT 180.00")
    found = decide(visit, GOLD, prices("92.40", "66.10"), Accumulators(deductible=35000))
    assert cas(found, 1) == {"CO-45": 5760, "PR-1": 9240}
    assert cas(found, 2) == {"CO-45": 11390, "PR-1": 5760, "PR-2": 170}
    assert (found.paid, found.patient_share) == (680, 15170)
    assert found.accumulators == Accumulators(
        deductible=50000, family_deductible=15000, out_of_pocket=15170, family_out_of_pocket=15170
    )
    assert found.lines[0].why[1].why == "Deductible: $150.00 is left, so this $92.40 counts toward it."


def test_the_family_deductible_ends_the_members() -> None:
    family = plan(family_deductible=60000)
    found = decide(claim("99213 150.00"), family, prices("100.00"), Accumulators(deductible=0, family_deductible=56000))
    assert cas(found) == {"CO-45": 5000, "PR-1": 4000, "PR-2": 1200}


def test_a_copay_is_taken_once_a_day_and_stands_for_coinsurance() -> None:
    terms = plan(copays={"office": 3000}, deductible_applies=frozenset({"procedure"}))
    found = decide(claim("99213 150.00", "99214 200.00", "20610 180.00"), terms, prices("90.00", "120.00", "60.00"))
    assert cas(found, 1) == {"CO-45": 6000, "PR-3": 3000}
    assert cas(found, 2) == {"CO-45": 8000}
    assert cas(found, 3) == {"CO-45": 12000, "PR-1": 6000}


def test_a_copay_is_never_more_than_the_price() -> None:
    found = decide(claim("99213 150.00"), plan(copays={"office": 3000}, deductible_applies=frozenset()), prices("20.00"))
    assert cas(found) == {"CO-45": 13000, "PR-3": 2000}


def test_a_telehealth_visit_has_its_own_copay() -> None:
    terms = plan(copays={"office": 3000, "telehealth": 1000}, deductible_applies=frozenset())
    visit = claim("99213-95 150.00")
    at_home = msgspec.structs.replace(visit, place_of_service="10")
    assert cas(decide(at_home, terms, prices("90.00")))["PR-3"] == 1000


def test_preventive_care_is_free_and_modifier_33_makes_it_so() -> None:
    found = decide(claim("99396 210.00", "80061-33 28.00", "90471 38.00"), GOLD, prices("130.00", "13.00", "22.00"))
    assert found.patient_share == 0
    assert found.paid == 16500


def test_the_out_of_pocket_maximum_ends_the_patients_part() -> None:
    terms = plan(deductible=5000, out_of_pocket_max=100000)
    found = decide(claim("20610 180.00"), terms, prices("150.00"), Accumulators(out_of_pocket=94000))
    assert cas(found) == {"CO-45": 3000, "PR-1": 5000, "PR-2": 1000}
    assert found.paid == 9000
    assert found.accumulators.out_of_pocket == 100000
    spent = decide(claim("20610 180.00"), terms, prices("150.00"), Accumulators(out_of_pocket=100000))
    assert spent.patient_share == 0


def test_medicare_withholds_sequestration_from_its_payment_only() -> None:
    found = decide(claim("99213 150.00", "80053 25.00"), plan(PART_B, deductible=0), prices("95.00", "10.40"))
    assert cas(found, 1) == {"CO-45": 5500, "CO-253": 152, "PR-2": 1900}
    assert cas(found, 2) == {"CO-45": 1460, "CO-253": 21}
    assert found.forward_to == "X"


def test_medicare_does_not_cover_what_its_schedule_calls_non_covered() -> None:
    worth = [*prices("0.00", reason="96"), msgspec.structs.replace(prices("95.00")[0], line=2)]
    found = decide(claim("99396 210.00", "99213-25 150.00"), PART_B, worth)
    assert cas(found, 1) == {"PR-96": 21000}
    assert found.lines[0].denied and not found.denied


@pytest.mark.parametrize(
    ("service", "reason", "expected"),
    [("98005", "16", "CO-16"), ("99213-GY", "", "PR-96"), ("99213-GZ", "", "CO-50"), ("99396", "", "CO-45")],
)
def test_medicares_own_reasons(service: str, reason: str, expected: str) -> None:
    found = decide(claim(f"{service} 150.00"), plan(PART_B, deductible=0), prices("95.00", reason=reason))
    assert next(iter(cas(found))) == expected
    assert not decide(claim(f"{service} 150.00"), OPEN, prices("95.00")).denied


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"terms": plan(period=Period(date(2026, 1, 1), date(2026, 10, 31)))}, "PR-27"),
        ({"terms": plan(period=Period(date(2026, 12, 1)))}, "PR-26"),
        ({"eligible": Period(date(2026, 1, 1), date(2026, 9, 30))}, "PR-27"),
        ({"terms": plan(timely_filing_days=90), "received": date(2027, 2, 1)}, "CO-29"),
        ({"refused": Refusal(group="OA", reason="18", why="Duplicate.")}, "OA-18"),
    ],
)
def test_reasons_to_refuse_the_whole_claim(what: dict[str, object], expected: str) -> None:
    terms = what.pop("terms", GOLD)
    found = decide(claim("99213 150.00", "20610 180.00"), terms, prices("92.40", "66.10"), **what)  # type: ignore[arg-type]
    assert found.denied and found.paid == 0 and found.reason == expected[3:]
    assert cas(found, 1) == {expected: 15000}
    assert found.accumulators == Accumulators()


def test_the_last_day_to_file_is_in_time() -> None:
    terms = plan(timely_filing_days=90)
    assert not decide(claim("99213 150.00"), terms, prices("92.40"), received=date(2027, 1, 31)).denied


@pytest.mark.parametrize(
    ("terms", "how", "worth", "expected"),
    [
        (plan(authorization_required=frozenset({"20610"})), {"authorized": False}, {}, "CO-197"),
        (plan(referral_required=frozenset({"procedure"})), {"referred": False}, {}, "CO-288"),
        (plan(not_covered=frozenset({"20610"})), {}, {}, "PR-96"),
        (GOLD, {}, {"reason": "97"}, "CO-97"),
        (GOLD, {"refused_lines": {1: Refusal(group="CO", reason="236", why="NCCI.", remarks=("M15",))}}, {}, "CO-236"),
    ],
)
def test_reasons_to_refuse_a_line(terms: Plan, how: dict[str, object], worth: dict[str, str], expected: str) -> None:
    found = decide(claim("20610 180.00"), terms, prices("66.10", **worth), **how)
    assert cas(found) == {expected: 18000}
    assert found.lines[0].denied


def test_an_authorized_and_referred_service_is_paid() -> None:
    terms = plan(OPEN, authorization_required=frozenset({"20610"}), referral_required=frozenset({"procedure"}))
    assert not decide(claim("20610 180.00"), terms, prices("66.10")).denied


def test_a_contract_above_the_charge_leaves_a_negative_difference() -> None:
    found = decide(claim("99213 80.00"), OPEN, prices("95.00"))
    assert cas(found) == {"CO-94": -1500, "PR-2": 1900}
    assert found.paid == 7600


# After another payer -------------------------------------------------------------------------------------------------


def after(terms: Plan, *services: str, worth: tuple[str, ...], used: Accumulators | None = None) -> Claim:
    """The claim as the second payer sees it."""
    one = claim(*services)
    first = decide(one, terms, prices(*worth), used)
    seen = after_decision(one, first, terms.payer, one.insured, terms.filing_indicator, ON)
    return msgspec.structs.replace(seen, responsibility="S", payer=SECOND)


def test_the_second_plan_pays_up_to_its_benefit_of_what_was_left() -> None:
    seen = after(GOLD, "99213 150.00", worth=("92.40",))  # all deductible
    found = decide(seen, OPEN, prices("92.40"))
    assert cas(found) == {"OA-23": 5760, "PR-1": 1848}
    assert found.paid == 7392


def test_a_second_plan_with_a_lower_price_writes_off_the_rest() -> None:
    seen = after(GOLD, "99213 150.00", worth=("92.40",))
    found = decide(seen, OPEN, prices("80.00"))
    assert cas(found) == {"OA-23": 5760, "CO-45": 1240, "PR-1": 1600}
    assert found.paid == 6400


def test_carve_out_pays_only_what_the_first_paid_less_than_it_would_have() -> None:
    seen = after(OPEN, "99213 150.00", worth=("92.40",))  # first paid 73.92, coinsurance 18.48
    carve = plan(OPEN, secondary_rule="carve_out")
    assert decide(seen, carve, prices("92.40")).paid == 0
    assert cas(decide(seen, carve, prices("92.40"))) == {"OA-23": 13152, "PR-2": 1848}
    rich = plan(carve, coinsurance=Decimal("0.1"))
    assert decide(seen, rich, prices("92.40")).paid == 924


def test_medigap_pays_coinsurance_but_not_the_deductible() -> None:
    seen = after(PART_B, "99213 150.00", worth=("95.00",), used=Accumulators(deductible=25300))  # 30.00 left
    gap = plan(GOLD, kind="MEDIGAP", secondary_rule="medigap", deductible=0, coinsurance=Decimal(0))
    found = decide(seen, gap, prices("95.00"))
    assert found.paid == 1300
    assert cas(found)["PR-1"] == 3000
    whole = plan(gap, deductible_applies=frozenset())  # plans C and F
    assert decide(seen, whole, prices("95.00")).paid == 4300


def test_medicaid_pays_up_to_its_own_price_and_leaves_the_patient_nothing() -> None:
    seen = after(PART_B, "99213 150.00", worth=("95.00",), used=Accumulators(deductible=28300))  # paid 74.48, left 19.00
    medicaid = plan(GOLD, kind="MEDICAID", deductible=0, coinsurance=Decimal(0))
    low = decide(seen, medicaid, prices("70.00"))
    assert (low.paid, low.patient_share) == (0, 0)
    assert cas(low) == {"OA-23": 13100, "CO-45": 1900}
    high = decide(seen, medicaid, prices("90.00"))
    assert (high.paid, high.patient_share) == (1552, 0)


def test_a_later_payers_refusal_touches_only_what_was_left() -> None:
    seen = after(OPEN, "99213 150.00", worth=("92.40",))
    ended = plan(period=Period(date(2026, 1, 1), date(2026, 6, 30)))
    assert cas(decide(seen, ended, prices("92.40"))) == {"OA-23": 13152, "PR-27": 1848}


def test_a_claim_level_decision_is_spread_over_the_lines() -> None:
    one = claim("99213 150.00", "20610 50.00")
    other = OtherPayer(
        payer=FIRST,
        insured=one.insured,
        responsibility="P",
        filing_indicator="12",
        paid=10001,
        adjustments=(Adjustment(group="CO", reason="45", amount=7999), Adjustment(group="PR", reason="2", amount=2000)),
    )
    seen = msgspec.structs.replace(one, responsibility="S", other_payers=(other,))
    found = decide(seen, OPEN, prices("110.00", "40.00"))
    assert found.paid == 2000
    assert found.patient_share == 0


# The estimate is the decision, told beforehand -----------------------------------------------------------------------


def test_the_estimate_equals_the_decision_and_explains_itself() -> None:
    visit = claim("99213-25 150.00", "20610-RT 180.00")
    told = estimate(visit, GOLD, prices("92.40", "66.10"), Accumulators(deductible=35000), earlier_balance=2500)
    assert (told.patient_owes, told.total) == (15170, 17670)
    assert [line.plan_pays for line in told.lines] == [0, 680]
    assert "Deductible: $57.60 is left, so the first $57.60 of $66.10 counts toward it." in told.lines[1].why
    assert told.lines[0].label


def test_without_insurance_the_patient_owes_the_charge() -> None:
    told = estimate(claim("99213 150.00"), None, prices("150.00"), Accumulators())
    assert told.patient_owes == 15000
    assert "No insurance" in told.lines[0].why[0]


def test_a_second_plan_lowers_the_estimate() -> None:
    visit = claim("99213 150.00")
    told = estimate(visit, GOLD, prices("92.40"), Accumulators(), secondary=plan(OPEN, payer=SECOND))
    assert told.patient_owes == 1848
    assert told.lines[0].plan_pays == 7392


# Properties ----------------------------------------------------------------------------------------------------------

AMOUNTS = st.integers(min_value=0, max_value=300_000)
CODES = st.sampled_from(["99213", "99214", "20610", "80053", "71046", "90471", "99396", "J1885", "93000", "77777"])
KINDS = st.sampled_from(["office", "lab", "imaging", "procedure", "drug"])
PLANS = st.builds(
    lambda kind, deductible, family, limit, rate, copays, rule, free: plan(
        kind=kind,
        deductible=deductible,
        family_deductible=family,
        out_of_pocket_max=limit,
        coinsurance=Decimal(rate) / 100,
        copays=copays,
        secondary_rule=rule,
        preventive_free=free,
    ),
    st.sampled_from(["PPO", "HMO", "MEDICARE_B", "MEDICAID", "MEDIGAP"]),
    AMOUNTS,
    AMOUNTS,
    AMOUNTS,
    st.integers(0, 100),
    st.dictionaries(KINDS, st.integers(0, 10_000), max_size=3),
    st.sampled_from(["standard", "carve_out", "medigap"]),
    st.booleans(),
)
LINES = st.lists(st.tuples(CODES, AMOUNTS, AMOUNTS), min_size=1, max_size=5)
USED = st.builds(lambda d, f, o: Accumulators(deductible=d, family_deductible=f, out_of_pocket=o), AMOUNTS, AMOUNTS, AMOUNTS)


def made(lines: list[tuple[str, int, int]]) -> tuple[Claim, list[Price]]:
    one = claim(*(f"{code} {Decimal(charge) / 100}" for code, charge, _ in lines))
    return one, [Price(line=n, allowed=a, working=("Fee.",), source="test") for n, (_, _, a) in enumerate(lines, start=1)]


@given(LINES, PLANS, USED)
def test_every_line_balances_and_nobody_pays_less_than_nothing(
    lines: list[tuple[str, int, int]], terms: Plan, used: Accumulators
) -> None:
    one, worth = made(lines)
    found = decide(one, terms, worth, used)
    assert all(line.paid >= 0 and line.patient_share >= 0 for line in found.lines)
    if terms.out_of_pocket_max:
        benefits = [line for line in found.lines if not line.denied]
        left = max(terms.out_of_pocket_max - used.out_of_pocket, 0)
        assert sum(line.patient_share for line in benefits) <= left
    assert found.accumulators.deductible >= used.deductible


@given(LINES, PLANS, PLANS, USED)
def test_a_second_payer_never_pays_more_than_was_left(
    lines: list[tuple[str, int, int]], terms: Plan, second: Plan, used: Accumulators
) -> None:
    one, worth = made(lines)
    first = decide(one, terms, worth, used)
    seen = after_decision(one, first, FIRST, one.insured, "12", ON)
    found = decide(seen, second, worth)
    for before, then in zip(first.lines, found.lines, strict=True):
        assert 0 <= then.paid <= before.patient_share
        assert 0 <= then.patient_share <= before.patient_share


@given(
    st.lists(st.tuples(st.sampled_from(["CO", "PR", "OA"]), st.integers(-5000, 20000)), max_size=4), st.integers(0, 20000), PLANS
)
def test_whatever_an_earlier_payer_said_the_line_balances(said: list[tuple[str, int]], paid: int, second: Plan) -> None:
    one = claim("99213 150.00")
    adjustments = tuple(Adjustment(group=group, reason="2", amount=amount) for group, amount in said)
    adjudication = LineAdjudication(payer_id="F", paid=paid, procedure="99213", adjustments=adjustments)
    line = msgspec.structs.replace(one.lines[0], adjudications=(adjudication,))
    other = OtherPayer(payer=FIRST, insured=one.insured, responsibility="P", filing_indicator="12", paid=paid)
    decide(msgspec.structs.replace(one, lines=(line,), other_payers=(other,)), second, prices("95.00"))
