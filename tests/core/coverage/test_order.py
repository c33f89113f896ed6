"""Which payer pays first."""

from __future__ import annotations

from datetime import date

import pytest

from claimwright.coverage.model import Coverage, Plan
from claimwright.coverage.order import MedicareFacts, birthday_rule, medicare_second, order_of_payers
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Person

ON = date(2026, 11, 2)
CHILD = Person(last="Lopez", first="Ana", birth=date(2018, 5, 6))
MOTHER = Person(last="Lopez", first="Maria", birth=date(1985, 9, 30))
FATHER = Person(last="Lopez", first="Juan", birth=date(1980, 10, 1))
RETIRED = Person(last="Okafor", first="Grace", birth=date(1955, 2, 2))


def held(kind: str, who: Person, relationship: str = "18", start: date = date(2026, 1, 1)) -> Coverage:
    plan = Plan(
        plan_id=f"{kind}-{who.first}",
        name=kind,
        kind=kind,  # type: ignore[arg-type]
        payer=Payer(name="P", payer_id="P"),
        period=Period(date(2026, 1, 1)),
        filing_indicator="CI",
    )
    return Coverage(
        plan=plan, insured=Insured(person=who, member_id="1", relationship=relationship), order=1, period=Period(start)
    )


def order(*coverages: Coverage, patient: Person, facts: MedicareFacts | None = None) -> list[str]:
    return [one.coverage.plan.plan_id for one in order_of_payers(coverages, patient, ON, facts)]


def test_the_patients_own_coverage_comes_before_one_as_a_dependent() -> None:
    own, spouse = held("PPO", MOTHER), held("HMO", FATHER, "01")
    assert order(spouse, own, patient=MOTHER) == ["PPO-Maria", "HMO-Juan"]


def test_a_childs_parents_go_by_birthday_whatever_the_year() -> None:
    assert birthday_rule(MOTHER, FATHER) < 0
    assert order(held("PPO", FATHER, "19"), held("HMO", MOTHER, "19"), patient=CHILD) == ["HMO-Maria", "PPO-Juan"]


def test_parents_who_share_a_birthday_go_by_the_older_coverage() -> None:
    twin = Person(last="Lopez", first="Juan", birth=date(1981, 9, 30))
    assert birthday_rule(MOTHER, twin) == 0
    newer, older = held("PPO", MOTHER, "19"), held("HMO", twin, "19", date(2020, 1, 1))
    assert order(newer, older, patient=CHILD) == ["HMO-Juan", "PPO-Maria"]


def test_medicare_then_medigap_and_medicaid_last() -> None:
    coverages = (held("MEDICAID", RETIRED), held("MEDIGAP", RETIRED), held("MEDICARE_B", RETIRED))
    assert order(*coverages, patient=RETIRED) == ["MEDICARE_B-Grace", "MEDIGAP-Grace", "MEDICAID-Grace"]


def test_a_large_employers_plan_comes_before_medicare() -> None:
    coverages = (held("MEDICARE_B", RETIRED), held("PPO", RETIRED))
    facts = MedicareFacts(working=True, employer_size=20)
    placed = order_of_payers(coverages, RETIRED, ON, facts)
    assert [one.coverage.plan.kind for one in placed] == ["PPO", "MEDICARE_B"]
    assert placed[1].insurance_type == "12"
    assert order(*coverages, patient=RETIRED, facts=MedicareFacts(working=True, employer_size=19))[0] == "MEDICARE_B-Grace"


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        (MedicareFacts(), ""),
        (MedicareFacts(working=True, employer_size=19), ""),
        (MedicareFacts(entitled_by="disability", working=True, employer_size=99), ""),
        (MedicareFacts(entitled_by="disability", working=True, employer_size=100), "43"),
        (MedicareFacts(entitled_by="esrd", employer_size=1, esrd_months=29), "13"),
        (MedicareFacts(entitled_by="esrd", employer_size=1, esrd_months=30), ""),
        (MedicareFacts(accident="work"), "15"),
        (MedicareFacts(accident="auto"), "14"),
        (MedicareFacts(accident="liability"), "47"),
    ],
)
def test_when_medicare_is_second(facts: MedicareFacts, kind: str) -> None:
    assert medicare_second(facts) == kind


def test_only_coverage_in_force_counts_and_self_pay_is_none() -> None:
    later = held("PPO", MOTHER, start=date(2027, 1, 1))
    assert order(later, held("SELF_PAY", MOTHER), held("HMO", MOTHER), patient=MOTHER) == ["HMO-Maria"]
    assert "only coverage" in order_of_payers([held("HMO", MOTHER)], MOTHER, ON)[0].why
