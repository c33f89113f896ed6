"""Medicare's therapy threshold counts what is allowed; charges stand in only where no price is known."""

from datetime import date

import pytest
from edit_bench import context, medicare, replace

from claimwright.claims.model import Claim
from claimwright.codesets.tables import starter
from claimwright.edits.scrub import scrub
from claimwright.payers.edits import edits_for

DENIED, ASKED = "MEDICARE/THERAPY-KX", "MEDICARE/THERAPY-KX-CHARGES"


def visit(do: str, charge: int = 40_000, on: date = date(2026, 11, 2), number: str = "A100") -> Claim:
    made = medicare(do=do, dx="M54.50", on=on, patient_control_number=number)
    return replace(made, charge=charge, lines=tuple(replace(line, charge=charge) for line in made.lines))


def found(of: Claim, *history: Claim) -> set[str]:
    around = context(history=history)
    ids = {finding.edit for finding in scrub(of, around, starter(), edits_for(of, around))}
    return ids & {DENIED, ASKED}


def many(do: str, count: int, charge: int = 40_000) -> list[Claim]:
    return [visit(do, charge, date(2026, 1 + at % 10, 1 + at // 10), f"H{at}") for at in range(count)]


@pytest.mark.parametrize(
    ("do", "history", "expected"),
    [
        ("97110-GP*4", [], set()),
        ("97110-GP*4", many("97110-GP*4", 15), set()),  # $6,400 charged, not $2,480 allowed
        ("97110-GP*4", many("97110-GP*4", 40), {DENIED}),
        ("97110-GP*4", many("97110-GN*4", 40), {DENIED}),
        ("97110-GO*4", many("97110-GP*4", 40), set()),
        ("97110-GP-KX*4", many("97110-GP*4", 40), set()),
        ("97110-GP*4", [replace(one, filing_indicator="CI") for one in many("97110-GP", 2)], set()),
    ],
)
def test_the_years_allowed_amounts_decide(do, history, expected):
    assert found(visit(do), *history) == expected


def test_without_a_price_of_the_day_charges_only_ask():
    assert found(visit("97110-GP", 233_100, date(2024, 5, 2))) == {ASKED}
    assert found(visit("97110-GP", 233_000, date(2024, 5, 2))) == set()
    assert found(visit("97110-GP", 500_000, date(2017, 12, 31))) == set()


def test_another_year_counts_anew():
    last_year = [
        replace(one, lines=tuple(replace(line, first_service=date(2025, 12, 1)) for line in one.lines))
        for one in many("97110-GP*4", 40)
    ]
    assert found(visit("97110-GP*4"), *last_year) == set()
