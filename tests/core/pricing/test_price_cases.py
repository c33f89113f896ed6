"""Every rule that changes a price, as short cases with easy figures, each under its source."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimwright.claims.model import Claim, ServiceLine
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.pricing.model import Contract, Price
from claimwright.pricing.price import price
from claimwright.pricing.tables import Anesthesia, FacilityRate, Fee, Fees, Locality, RelativeValues, Table

ON = date(2026, 11, 2)
WHO = Person(last="Lopez", first="Maria")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
TABLE = Table(name="invented", source="invented", period=YEAR, conversion_factor=Decimal(10), qualifying_factor=Decimal(11))
TERMS = Contract(contract_id="C", payer_id="P", period=YEAR, percent_of_medicare=Decimal(1), lesser_of=False)
_SERVICE = re.compile(r"(?P<code>[0-9A-Z]{5})(?P<modifiers>(-[0-9A-Z]{2})*)(?:x(?P<units>\d+)|:(?P<minutes>\d+))?")


def sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (Path(__file__).parent / "price_cases.txt").read_text().splitlines():
        if line.startswith("["):
            rows = found[line.strip("[]")] = []
        elif line.strip() and not line.startswith("#"):
            rows.append(line)
    return found


TOLD = sections()


def rows(name: str) -> list[list[str]]:
    return [line.split() for line in TOLD[name]]


def row_of(said: list[str]) -> RelativeValues:
    said = ["" if one == "." else one for one in said]
    numbers = dict(zip(("work", "pe_nonfacility", "pe_facility", "mp"), map(Decimal, said[3:7]), strict=True))
    parts = dict(zip(("pre", "intra", "post"), map(Decimal, said[9:12]), strict=True))
    words = dict(zip(("multiple", "bilateral", "assistant", "cosurgeon", "team", "endoscopic_base"), said[12:18], strict=True))
    cap = Decimal(said[18])
    return RelativeValues(
        code=said[0], modifier=said[1], status=said[2], pctc=said[7], global_days=said[8], imaging_family="99",
        opps_pe_nonfacility=cap, opps_pe_facility=cap, opps_mp=Decimal(said[19]), **numbers, **parts, **words,
    )  # fmt: skip


class Invented(Fees):
    """The tables of the case file."""

    values = {(row.code, row.modifier): row for row in map(row_of, rows("physician"))}
    fees = {code: Fee(code=code, kind=kind, fee=Decimal(fee), table=TABLE) for code, kind, fee in rows("flat")}
    hospital = {
        code: FacilityRate(code=code, status=status, rate=None if rate == "-" else Decimal(rate), table=TABLE)
        for code, status, rate in rows("outpatient")
    }
    center = {
        code: FacilityRate(
            code=code, status=status, rate=None if rate == "-" else Decimal(rate), table=TABLE, discounted=discounted == "Y"
        )
        for code, status, rate, discounted in rows("surgical center")
    }

    def physician(self, on: date) -> Table:
        return TABLE

    def relative_values(self, code: str, modifier: str, on: date) -> RelativeValues | None:
        return self.values.get((code, modifier))

    def anesthesia(self, code: str, where: Locality, on: date, qualifying: bool = False) -> Anesthesia | None:
        base = dict(rows("anesthesia")).get(code)
        return Anesthesia(base=Decimal(base), factor=Decimal(20), own=False, table=TABLE) if base else None

    def flat(self, code: str, modifiers: Collection[str], on: date, state: str = "", rural: bool = False) -> Fee | None:
        return self.fees.get(code)

    def outpatient(self, code: str, on: date) -> FacilityRate | None:
        return self.hospital.get(code)

    def has_outpatient(self, on: date) -> bool:
        return True

    def surgical_center(self, code: str, on: date) -> FacilityRate | None:
        return self.center.get(code)


FEES = Invented()


def claim(billed: str, charge: int = 1_000_000) -> Claim:
    """Services as "20610-50x2" (minutes as ":75"), and what the whole claim says as place=22."""
    said = billed.split()
    how = dict(word.split("=") for word in said if "=" in word)
    lines = []
    for number, word in enumerate((one for one in said if "=" not in one), start=1):
        told = _SERVICE.fullmatch(word)
        assert told, word
        later = timedelta(days=number - 1 if "day" in how else 0)
        lines.append(
            ServiceLine(
                number=number,
                procedure=told["code"],
                modifiers=tuple(filter(None, told["modifiers"].split("-"))),
                units=Decimal(told["minutes"] or told["units"] or 1),
                unit_basis="MJ" if told["minutes"] else "UN",
                charge=charge,
                first_service=ON + later,
            )
        )
    hospital = "bill" in how
    return Claim(
        patient_control_number="A1",
        charge=charge * len(lines),
        place_of_service=how.get("place", "11"),
        billing=Provider(npi="1234567893", name="Practice", taxonomy="261QA1903X" if "center" in how else ""),
        rendering=Provider(npi="1000000004", name="Chen", person=True, taxonomy=how.get("taxonomy", "207Q00000X")),
        payer=Payer(name="Payer", payer_id="P"),
        insured=Insured(person=WHO, member_id="1"),
        patient=WHO,
        diagnoses=(),
        lines=tuple(lines),
        filing_indicator=how.get("filing", "CI"),
        form="institutional" if hospital else "professional",
        bill_type=how.get("bill", ""),
    )


def told(one: Price) -> str:
    if not one.priced:
        return "-"
    return f"0/{one.reason}" if one.reason else f"{one.allowed // 100}.{one.allowed % 100:02d}"


CASES = [[part.strip() for part in line.split("|")] for line in TOLD["cases"]]


@pytest.mark.parametrize(("source", "name", "billed", "worth"), CASES, ids=[f"{one[0]}: {one[1]}" for one in CASES])
def test_a_rule_is_applied_as_its_source_says(source: str, name: str, billed: str, worth: str) -> None:
    prices = price(claim(billed), TERMS, fees=FEES)
    assert " ".join(told(one) for one in prices) == worth, [one.working for one in prices]
    assert all(one.working and one.source for one in prices)


@pytest.mark.parametrize(
    ("billed", "line", "cited"),
    [
        ("69001-50", 0, "Claims Processing Manual 12, 40.7"),
        ("69001-LT 69001-RT", 1, "Claims Processing Manual 12, 40.7"),
        ("20001 20002", 1, "Claims Processing Manual 12, 40.6"),
        ("29871 29870", 1, "Claims Processing Manual 12, 40.6"),
        ("76001 76002", 1, "Claims Processing Manual 23, Addendum, indicator 4"),
        ("93001 93002", 1, "Claims Processing Manual 23, Addendum, indicator 6"),
        ("92002 92001", 1, "Claims Processing Manual 23, Addendum, indicator 7"),
        ("97001x2", 0, "Claims Processing Manual 5, 10.7"),
        ("20002 20003 bill=131", 1, "Claims Processing Manual 4, 10.5"),
        ("20001 20002 place=24 center=1", 1, "Claims Processing Manual 14, 40.5"),
    ],
)
def test_every_reduction_cites_the_manual(billed: str, line: int, cited: str) -> None:
    assert cited in " ".join(price(claim(billed), TERMS, fees=FEES)[line].working)


def test_qualifying_participants_have_a_factor_of_their_own() -> None:
    terms = Contract(contract_id="C", payer_id="P", period=YEAR, percent_of_medicare=Decimal(1), qualifying=True, lesser_of=False)
    assert told(price(claim("99001"), terms, fees=FEES)[0]) == "110.00"


def test_medicare_withholds_from_its_payment_and_leaves_what_is_allowed() -> None:
    found = price(claim("99001 filing=MB"), TERMS, fees=FEES)[0]
    assert (found.allowed, found.withheld) == (10_000, Decimal("0.02"))
    assert "CO-253" in found.working[-1]
    assert price(claim("99001 filing=CI"), TERMS, fees=FEES)[0].withheld == 0


MODIFIERS = ("", "-50", "-52", "-53", "-54", "-62", "-80", "-AS", "-26", "-TC", "-CT", "-FX", "-LT", "-RT", "-78", "-73")
SERVICE = st.builds(
    lambda code, modifier, units: f"{code}{modifier}x{units}",
    st.sampled_from(sorted({code for code, _ in Invented.values})),
    st.sampled_from(MODIFIERS),
    st.integers(1, 4),
)


@given(st.lists(SERVICE, min_size=1, max_size=6), st.sampled_from(["", "bill=131", "place=22 filing=MB"]), st.integers(0, 30_000))
def test_with_lesser_of_no_line_is_allowed_more_than_its_charge(services: list[str], how: str, charge: int) -> None:
    one = claim(" ".join((*services, how)), charge)
    terms = Contract(contract_id="C", payer_id="P", period=YEAR, percent_of_medicare=Decimal("1.4"))
    assert all(0 <= found.allowed <= charge for found in price(one, terms, fees=FEES))


@given(st.lists(SERVICE, min_size=2, max_size=6))
def test_what_is_done_beside_a_service_never_makes_it_dearer(services: list[str]) -> None:
    together = price(claim(" ".join(services)), TERMS, fees=FEES)
    for service, one in zip(services, together, strict=True):
        alone = price(claim(service), TERMS, fees=FEES)[0]
        assert not one.priced or one.allowed <= alone.allowed
