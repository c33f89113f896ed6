"""Contracts as text: what each term is worth, and what a person is told about a line that is no term."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_price_cases import FEES, claim, told

from claimwright.claims.model import Claim, Institutional
from claimwright.pricing.contract_text import TERMS, ContractError, read_contracts
from claimwright.pricing.contracts import MEDICARE, contract_for
from claimwright.pricing.model import Contract
from claimwright.pricing.price import price
from claimwright.pricing.stays import spread

HEAD = "contract C1 payer P from 2026-01-01 to 2026-12-31\n"


def contract(terms: str) -> Contract:
    """Terms with `;` between them."""
    return read_contracts(HEAD + terms.replace(";", "\n"))[0]


def worth(terms: str, billed: str, charge: int = 1_000_000) -> str:
    return " ".join(told(one) for one in price(claim(billed, charge), contract(terms), fees=FEES))


@pytest.mark.parametrize(
    ("terms", "billed", "expected"),
    [
        ("pay 120% of medicare", "99001", "120.00"),
        ("pay 112.5% of medicare", "76001 76002", "112.50 43.88"),  # 39.00 x 112.5%, rounded once
        ("pay 120% of medicare; pay 150% of medicare for surgery", "99001 20001", "120.00 150.00"),
        ("pay 120% of medicare; pay 80% of medicare for laboratory", "80053 99001", "9.88 120.00"),
        ("pay 120% of medicare; pay 50% of medicare for 99000-99100", "99001 20001", "50.00 120.00"),
        ("pay 60% of charge", "99001 99999", "6000.00 6000.00"),
        ("pay 120% of medicare; pay 60% of charge", "99001 90004", "120.00 6000.00"),  # what Medicare does not price
        ("fee 99001 92.40; pay 120% of medicare", "99001x2 20001", "184.80 120.00"),
        ("fee 76001 80.00; fee 76001-26 25.00", "76001-26 76001-TC", "25.00 56.00"),
        ("fee 69001 66.00", "69001-50", "99.00"),
        ("carve out J0001 12.50; pay 120% of medicare", "J0001x2 99001", "25.00 120.00"),
        ("carve out drugs 50% of charge; pay 100% of medicare", "J0001x2", "5000.00"),
        ("carve out 90002, 20001-20003 nothing; pay 100% of medicare", "20002 99001", "0/96 100.00"),
        ("case 20001 9,800.00; not lesser of charge", "20001 99001", "4900.00 4900.00"),
        ("case 20001 9,800.00; carve out J0001 2.00", "20001 J0001x3 99001", "4900.00 6.00 4900.00"),
        ("multiple procedures 100% 50% 25%; pay 100% of medicare", "20001 20002 20003", "100.00 40.00 15.00"),
        ("pay 100% of medicare; not participating", "99001", "95.00"),
        ("pay 100% of medicare; qualifying participant", "99001", "110.00"),
        ("pay 100% of medicare; anesthesia unit 68.00", "00100-AA:75", "680.00"),
        ("pay 100% of medicare; medicare rules", "90002", "0/96"),
        ("pay 100% of medicare; wage index 0.9", "69001 J0001 bill=131", "282.00 2.50"),  # 60% of 300 by the index
        ("pay 100% of medicare; wage index 0.9", "69001 place=24 center=1", "95.00"),
        ("pay 100% of medicare", "99999", "-"),
    ],
)
def test_a_term_is_worth_what_it_says(terms: str, billed: str, expected: str) -> None:
    assert worth(terms, billed) == expected


def stay(drg: str = "", *lines: tuple[str, int, int]) -> Claim:
    """A hospital's claim: revenue code, units and charge in cents of each line."""
    one = claim(" ".join(["99999"] * len(lines)) + " bill=111")
    made = tuple(
        msgspec.structs.replace(line, procedure="", revenue_code=code, units=Decimal(units), charge=charge)
        for line, (code, units, charge) in zip(one.lines, lines, strict=True)
    )
    inside = Institutional(statement_from=date(2026, 11, 2), statement_through=date(2026, 11, 5), drg=drg)
    return msgspec.structs.replace(one, lines=made, institutional=inside, charge=sum(line.charge for line in made))


ROOM, DRUGS, IMPLANT = ("0120", 3, 600_000), ("0250", 1, 399_999), ("0278", 1, 5_000_001)


@pytest.mark.parametrize(
    ("terms", "drg", "total"),
    [
        ("case drg 470 14,200.00", "470", 14_200_00),
        ("case drg 470 14,200.00; pay 100% of charge", "469", 60_000_00),  # another DRG
        ("base rate 9,500.00; case drg 470 weight 1.9021", "470", 18_069_95),
        ("base rate 9,500.00; case drg 280 14,200.00; case drg 470 weight .5", "280", 14_200_00),
        ("per diem 0120-0129 2,150.00", "", 6_450_00),
        ("per diem 0120 2,150.00; case drg 470 14,200.00", "470", 14_200_00),
        ("per diem 120 2,150.00; carve out 0278 40% of charge", "", 6_450_00 + 20_000_00),
        ("per diem 0120 30,000.00", "", 60_000_00),  # never more than the charges
        ("per diem 0120 30,000.00; not lesser of charge", "", 90_000_00),
        ("case drg 470 14,200.00; stop loss over 50,000.00 60% of charge above", "470", 14_200_00 + 6_000_00),
        ("case drg 470 14,200.00; stop loss over 50,000.00 60% of charge from the first dollar", "470", 36_000_00),
        ("case drg 470 14,200.00; stop loss over 60,000.00 60% of charge above", "470", 14_200_00),
    ],
)
def test_a_stay_is_paid_whole_and_spread_by_charge_to_the_cent(terms: str, drg: str, total: int) -> None:
    prices = price(stay(drg, ROOM, DRUGS, IMPLANT), contract(terms), fees=FEES)
    assert sum(one.allowed for one in prices) == total
    assert all(one.priced for one in prices)


def test_a_stay_without_its_drg_says_why_its_case_rate_is_left_out() -> None:
    terms = contract("case drg 470 14,200.00; pay 60% of charge")
    left_out, named = (price(stay(drg, ROOM), terms, fees=FEES)[0] for drg in ("", "469"))
    assert "names no DRG" in left_out.working[0] and left_out.allowed == named.allowed == 3_600_00
    assert "DRG" not in named.working[0]


@pytest.mark.parametrize(
    ("bill_type", "said"),
    [
        ("11", "42 CFR 412"),
        ("21", "413.337"),
        ("72", "dialysis"),
        ("85", "101%"),
        ("89", "no table here prices it"),
        ("", "not told"),
    ],
)
def test_what_medicare_pays_by_a_system_of_its_own_is_named_and_never_priced_at_nothing(bill_type: str, said: str) -> None:
    for found in price(msgspec.structs.replace(stay("470", ROOM), bill_type=bill_type), MEDICARE, fees=FEES):
        assert not found.priced and found.allowed == 6_000_00 and said in found.working[0]


def test_an_ambulance_is_priced_by_base_and_mile_of_the_contract_and_not_by_medicares_tables() -> None:
    ride = claim("A0427-RH A0425-RHx12", 100_000)
    assert not any(one.priced for one in price(ride, MEDICARE, fees=FEES))
    assert "42 CFR 414.601" in price(ride, MEDICARE, fees=FEES)[1].working[0]
    assert [one.allowed for one in price(ride, contract("fee A0427 512.40; fee A0425 8.10"), fees=FEES)] == [51240, 9720]


@given(st.integers(0, 10_000_000), st.lists(st.integers(0, 900_000), min_size=1, max_size=30))
def test_spreading_loses_no_cent_and_exceeds_no_charge(amount: int, charges: list[int]) -> None:
    parts = spread(amount, charges)
    assert sum(parts) == amount and min(parts) >= 0
    if 0 < amount <= sum(charges):
        assert all(part <= charge for part, charge in zip(parts, charges, strict=True))


def test_medicares_prices_of_another_day_are_used_where_the_contract_pins_them() -> None:
    found = price(claim("99001"), contract("pay 100% of medicare; medicare of 2025-07-01"), fees=FEES)[0]
    assert "Medicare's prices of 2025-07-01" in found.working[0]
    assert "no table for 2025-07" in found.source


def test_a_text_holds_several_contracts_dated_and_by_plan() -> None:
    text = (
        "# signed 2025-11-03\ncontract ALL payer any from 2020-01-01\n  pay 100% of medicare  # whoever pays\n\n"
        "contract P26 payer P from 2026-01-01\n  locality oh-00\n  pay 110% of medicare\n"
        "contract P26G payer P plan GOLD from 2026-01-01 to 2026-06-30\n  pay 130% of medicare\n"
    )
    held = read_contracts(text)
    assert [one.contract_id for one in held] == ["ALL", "P26", "P26G"] and held[1].locality == "OH-00"

    def found(payer: str, plan: str, on: date) -> str:
        one = contract_for(held, payer, plan, on)
        return one.contract_id if one else ""

    assert found("P", "GOLD", date(2026, 6, 30)) == "P26G"
    assert found("P", "GOLD", date(2026, 7, 1)) == "P26"
    assert found("P", "", date(2025, 12, 31)) == "ALL"
    assert found("Q", "", date(2019, 12, 31)) == ""


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "no contract"),
        ("pay 100% of medicare", 1, "before any contract"),
        ("contract C1 payer P", 1, "Write it so: contract"),
        ("contract C1 payer P from 2026-13-01", 1, "Not a date: 2026-13-01"),
        ("contract C1 payer P from 2026-02-01 to 2026-01-01", 1, "ends before it begins"),
        (HEAD + "\n# words\n  pai 120% of medicare", 4, "pay 120% of medicare [for surgery]"),
        (HEAD + "pay 120 of medicare", 2, "pay 120% of medicare"),
        (HEAD + "pay 1.2.0% of medicare", 2, "Not a percentage"),
        (HEAD + "pay 120% of medicare\npay 110% of medicare", 3, "was told before"),
        (HEAD + "pay 120% of medicare for sugery", 2, "Not a code, a range or a kind of services"),
        (HEAD + "fee 99213 92.405", 2, "Not an amount"),
        (HEAD + "fee 99213 92\nfee 99213 93", 3, "was told before"),
        (HEAD + "carve out 99999-10000 nothing", 2, "Not a code"),
        (HEAD + "case drg 470 1\ncase drg 470 2", 3, "was told before"),
        (HEAD + "case drg 470 weight 1.9", 2, "base rate 9,500.00"),
        (HEAD + "base rate 9,500.00\ncase 27447 weight 1.9", 3, "Not a term"),
        (HEAD + "base rate 9,500.00\nbase rate 1", 3, "was told before"),
        (HEAD + "multiple procedures 100% 50% 75%", 2, "Write them falling"),
        (HEAD + "medicare of yesterday", 2, "Not a date"),
        (HEAD + "99213 92.40", 2, "A term begins with"),
    ],
)
def test_what_is_no_contract_is_named_by_its_line_with_what_to_write(text: str, line: int, said: str) -> None:
    with pytest.raises(ContractError) as error:
        read_contracts(text)
    assert error.value.line == line and said in str(error.value)


def test_the_contract_of_the_howto_is_read() -> None:
    text = (Path(__file__).parents[3] / "docs" / "howto" / "pricing.md").read_text()
    found = read_contracts(text[text.index("contract NL-2026") : text.index("More terms:")].replace("```", ""))
    assert found[0].plan_id == "GOLD" and found[0].multiple and found[0].stop_loss and len(found[0].rates) == 2


def test_lines_that_a_file_numbers_alike_are_priced_each() -> None:
    one = claim("99001 20001")
    one = msgspec.structs.replace(one, lines=tuple(msgspec.structs.replace(line, number=1) for line in one.lines))
    assert [told(found) for found in price(one, contract("pay 100% of medicare; fee 20001 5.00"), fees=FEES)] == [
        "100.00",
        "5.00",
    ]


@pytest.mark.parametrize(
    ("kind", "code", "held"),
    [
        ("laboratory", "0005U", True),
        ("laboratory", "0071T", False),
        ("surgery", "10060", True),
        ("surgery", "1000F", False),
        ("drugs", "J1885", True),
        ("visits", "99499", True),
    ],
)
def test_a_kind_of_services_holds_its_codes_and_no_others(kind: str, code: str, held: bool) -> None:
    assert contract(f"pay 1% of medicare for {kind}").rates[0].names(code) is held


def test_every_terms_own_example_is_read() -> None:
    for term in TERMS:
        for shape in term.shape.replace("[", "").replace("]", "").split(" | "):
            example = shape if shape.startswith(term.shape.split()[0]) else ""
            assert not example or read_contracts(HEAD + example), term.shape


def test_a_contract_of_the_office_is_still_read_from_its_json() -> None:
    old = b'{"contract_id":"C","payer_id":"P","period":{"start":"2026-01-01"},"percent_of_medicare":"1.2","fees":{"99213":9240}}'
    held = msgspec.json.decode(old, type=Contract)
    assert held.lesser_of and held.rates == () and msgspec.json.decode(msgspec.json.encode(held), type=Contract) == held
