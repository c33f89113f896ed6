"""Prices against an independent computation from the official files, and the rules that change them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimwright.claims.model import Claim, Diagnosis, ServiceLine
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.pricing.contracts import contract_for
from claimwright.pricing.model import Contract, Price
from claimwright.pricing.price import price
from claimwright.pricing.tables import flat_fees, physician_schedule, tables

ON = date(2026, 11, 2)
WHO = Person(last="Lopez", first="Maria", birth=date(1970, 3, 4))


def claim(*services: str, place: str = "11", taxonomy: str = "207Q00000X", filing: str = "CI") -> Claim:
    """Services as "20610-RT x2 $180.00"; units and charge may be left out."""
    lines = []
    for number, service in enumerate(services, start=1):
        words = service.split()
        code, *modifiers = words[0].split("-")
        units = next((word[1:] for word in words if word.startswith("x")), "1")
        charge = next((word[1:] for word in words if word.startswith("$")), "9999")
        lines.append(
            ServiceLine(
                number=number,
                procedure=code,
                modifiers=tuple(modifiers),
                units=Decimal(units),
                charge=int(Decimal(charge) * 100),
                first_service=ON,
            )
        )
    return Claim(
        patient_control_number="A1",
        charge=sum(line.charge for line in lines),
        place_of_service=place,
        billing=Provider(npi="1234567893", name="Family Practice"),
        rendering=Provider(npi="1000000004", name="Chen", person=True, taxonomy=taxonomy),
        payer=Payer(name="Northlake", payer_id="NL"),
        insured=Insured(person=WHO, member_id="1"),
        patient=WHO,
        diagnoses=(Diagnosis(code="M17.11"),),
        lines=tuple(lines),
        filing_indicator=filing,
    )


def contract(**terms: object) -> Contract:
    given = {"contract_id": "C1", "payer_id": "NL", "period": Period(date(2026, 1, 1)), "percent_of_medicare": Decimal(1)}
    return Contract(**(given | terms))  # type: ignore[arg-type]


def allowed(*services: str, terms: Contract | None = None, **how: str) -> list[int]:
    return [one.allowed for one in price(claim(*services, **how), terms or contract())]


def half_up(amount: Fraction) -> int:
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def test_an_office_visit_at_the_national_payment() -> None:
    found = price(claim("99213"), contract())[0]
    assert found.allowed == 9519  # (1.30 + 1.46 + 0.09) x 33.4009 = 95.192565
    assert "= $95.19." in found.working[0]
    assert "July release" in found.source


@pytest.mark.parametrize(
    ("service", "place", "expected"),
    [
        ("99213", "11", 9519),
        ("99213", "22", 5745),  # facility practice expense 0.33
        ("99213-95", "10", 9519),  # telehealth at home: not a facility
        ("99213-95", "02", 5745),
        ("71046-26", "22", 1002),
        ("71046-TC", "11", 2305),
        ("20610-50", "11", 10321),  # 68.81 x 150%
        ("69210-50", "11", 4776),  # indicator 2: both ears are in the code
        ("12001-52", "11", 5695),
        ("20610-76", "11", 6881),
        ("J1885 x2", "11", 68),  # 0.341 x 2, rounded once
        ("93000", "11", 1536),
    ],
)
def test_places_and_modifiers(service: str, place: str, expected: int) -> None:
    assert allowed(service, place=place) == [expected]


def test_the_second_procedure_of_a_day_is_paid_half() -> None:
    assert allowed("20553", "20610-RT", "99213-25") == [2989, 6881, 9519]  # 59.79 at half, the higher 68.81 in full


def test_units_of_one_procedure_are_ranked_like_procedures() -> None:
    assert allowed("20610 x2") == [10321]


def test_endoscopies_of_a_family_share_their_base() -> None:
    # 57460 is the highest; 57454 is worth what it has beyond the base 57452.
    values = {code: physician_schedule()[1][code, ""] for code in ("57452", "57454", "57460")}
    total = {code: Fraction(str(v.work + v.pe_nonfacility + v.mp)) * Fraction("3340.09") for code, v in values.items()}
    assert allowed("57454", "57460") == [half_up(total["57454"] - total["57452"]), half_up(total["57460"])]


def test_therapy_units_after_the_first_lose_half_their_practice_expense() -> None:
    row = physician_schedule()[1]["97110", ""]
    whole = Fraction(str(row.work + row.pe_nonfacility + row.mp)) * Fraction("3340.09")
    expense = Fraction(str(row.pe_nonfacility)) * Fraction("3340.09")
    assert allowed("97110 x3") == [half_up(whole * 3 - expense)]


def test_second_ultrasound_loses_half_its_technical_part_and_five_percent_of_the_professional() -> None:
    rows = physician_schedule()[1]

    def worth(code: str, part: str) -> Fraction:
        row = rows[code, part]
        return Fraction(str(row.work + row.pe_nonfacility + row.mp)) * Fraction("3340.09")

    low = worth("76856", "")
    lost = worth("76856", "TC") / 2 + (low - worth("76856", "TC")) * Fraction(5, 100)
    assert allowed("76700", "76856") == [half_up(worth("76700", "")), half_up(low - lost)]


def test_an_assistant_is_paid_only_where_the_schedule_says_so() -> None:
    found = price(claim("11981-AS"), contract())[0]
    assert (found.allowed, found.reason) == (0, "54")


def test_medicare_pays_a_nurse_practitioner_85_percent() -> None:
    assert allowed("99213", taxonomy="363LF0000X", filing="MB") == [8091]
    assert allowed("99213", taxonomy="363LF0000X", filing="12") == [9519]


def test_bundled_codes_are_worth_nothing_alone() -> None:
    found = price(claim("99000"), contract())[0]
    assert (found.allowed, found.reason) == (0, "97")


def test_a_fixed_fee_beats_the_percentages_and_still_follows_the_modifiers() -> None:
    terms = contract(fees={"20610": 6610, "99213": 9240}, percent_of_medicare=Decimal("1.2"))
    assert allowed("99213-25 $150", "20610-RT $180", terms=terms) == [9240, 6610]
    assert allowed("20610-50", terms=terms) == [9915]


def test_a_fixed_fee_for_a_modifier_beats_the_one_for_the_code() -> None:
    terms = contract(fees={"71046": 4000, "71046-26": 1500})
    assert allowed("71046-26", "71046", terms=terms) == [1500, 4000]


def test_the_lesser_of_fee_and_charge_is_allowed() -> None:
    assert allowed("99213 $80") == [8000]
    assert allowed("99213 $80", terms=contract(lesser_of=False)) == [9519]


def test_percent_of_charge_prices_what_medicare_does_not() -> None:
    terms = contract(percent_of_charge=Decimal("0.6"))
    assert allowed("99499 $75.05 x1", terms=terms) == [4503]


def test_without_a_price_the_charge_stands_and_says_so() -> None:
    found = price(claim("99499 $75"), contract())[0]
    assert (found.allowed, found.priced) == (7500, False)
    assert "no price for 99499" in found.working[0]
    assert price(claim("99213 $75"), None)[0].priced is False
    old = contract(period=Period(date(2025, 1, 1), date(2025, 12, 31)))
    assert "not in force" in price(claim("99213 $75"), old)[0].working[0]


def test_an_answer_outside_the_tables_period_says_so() -> None:
    inside: Price = price(claim("99213"), contract())[0]
    assert "no table" not in inside.source
    assert "no table for 2027-01 is loaded" in physician_schedule()[0].cited(date(2027, 1, 5))


def test_every_table_names_its_source_and_period() -> None:
    for table in tables():
        assert table.source and table.about and table.rows and table.period.end
    assert "invented" in flat_fees()["80053"].table.source


SERVICES = [
    "99213-25",
    "20610-RT",
    "20553",
    "97110",
    "97140",
    "76700",
    "76856",
    "57454",
    "57460",
    "80053",
    "99000",
    "93000",
    "93306",
]


@given(st.permutations(SERVICES), st.integers(1, len(SERVICES)))
def test_the_order_of_the_lines_does_not_change_what_they_are_worth(services: list[str], count: int) -> None:
    some = services[:count]
    worth = dict(zip(some, allowed(*some), strict=True))
    assert worth == dict(zip(sorted(some), allowed(*sorted(some)), strict=True))
    assert all(0 <= cents <= 999900 for cents in worth.values())


def test_a_contract_for_the_plan_beats_one_for_the_payer() -> None:
    whole, for_plan = contract(contract_id="P"), contract(contract_id="G", plan_id="GOLD")
    later = contract(contract_id="L", period=Period(date(2026, 7, 1)))
    assert contract_for([whole, for_plan], "NL", "GOLD", ON) is for_plan
    assert contract_for([whole, for_plan], "NL", "SILVER", ON) is whole
    assert contract_for([whole, later], "NL", "", ON) is later
    assert contract_for([whole], "XX", "", ON) is None
