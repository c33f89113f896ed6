"""What a unit of a drug is equals what CMS says of its code, and whole containers are found by counting."""

from __future__ import annotations

import csv
import itertools
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimwright.codesets.drug_units import _whole, drug_units

HCPCS = Path(__file__).parents[4] / "shared" / "data" / "hcpcs" / "hcpcs_level2_2026_01.csv"
OF_A_MIXTURE = {"J0702": Decimal(6)}  # three milligrams of each of two salts


@pytest.mark.skipif(not HCPCS.exists(), reason="the shared HCPCS file is not here")
def test_the_amount_of_a_unit_is_that_of_its_code() -> None:
    with HCPCS.open(encoding="utf-8-sig") as file:
        long = {row["code"]: row["long"] for row in csv.DictReader(file)}
    for code, drug in drug_units().items():
        if code in long and code not in OF_A_MIXTURE:
            said = re.findall(r"([\d,.]+) ?(mg|mcg|units?)\b", long[code])
            assert {(Decimal(n.replace(",", "")), m) for n, m in said} == {
                (drug.amount, {"U": said[0][1]}.get(drug.measure, drug.measure))
            }


def test_each_drug_can_be_laid_beside_its_package() -> None:
    for code, drug in drug_units().items():
        assert drug.per_ml or drug.form == "powder", code
        assert drug.containers or (drug.form == "liquid" and not drug.once), code


sizes = st.lists(st.sampled_from(["2.5", "3.5", "6", "40", "100", "240", "150"]), min_size=1, max_size=3, unique=True)


@settings(max_examples=60, deadline=None)
@given(sizes=sizes, above=st.integers(0, 4000), width=st.integers(1, 500))
def test_whole_containers_are_those_that_counting_finds(sizes: list[str], above: int, width: int) -> None:
    held = tuple(Decimal(one) for one in sizes)
    low, high = Decimal(above) / 10, Decimal(above + width) / 10
    counted = [range(int(high / one) + 1) for one in sorted(held)[-2:]]
    rest = sorted(held)[:-2]
    found = False
    for numbers in itertools.product(*counted):
        total = sum((n * one for n, one in zip(numbers, sorted(held)[-2:], strict=False)), Decimal(0))
        if rest and total <= high:
            total += (high - total) // rest[0] * rest[0]  # as many of the smallest as still go in
        found = found or low < total <= high
    assert _whole(held, low, high) is found
