"""Coded services become charge lines by the charge master in force on the day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from claimwright.charges.capture import capture
from claimwright.charges.model import ChargeMasterRow, CodedService
from claimwright.effective import Period

ON = date(2026, 11, 2)
MASTER = [
    ChargeMasterRow(procedure="99213", price=14000, period=Period(date(2025, 1, 1), date(2025, 12, 31))),
    ChargeMasterRow(procedure="99213", price=15000, period=Period(date(2026, 1, 1))),
    ChargeMasterRow(procedure="20610", price=18000, period=Period(date(2026, 1, 1))),
    ChargeMasterRow(procedure="71046", price=9000, period=Period(date(2026, 1, 1))),
    ChargeMasterRow(procedure="71046", price=4000, period=Period(date(2026, 1, 1)), modifier="26"),
    ChargeMasterRow(procedure="J7613", price=75, period=Period(date(2026, 1, 1))),
]


def service(code: str, units: str = "1", on: date = ON) -> CodedService:
    procedure, *modifiers = code.split("-")
    return CodedService(procedure=procedure, modifiers=tuple(modifiers), units=Decimal(units), diagnosis_codes=("M17.11",), on=on)


def charges(*services: CodedService) -> list[int]:
    return [line.charge for line in capture(services, MASTER)[0]]


def test_the_price_of_the_day_is_taken() -> None:
    assert charges(service("99213"), service("99213", on=date(2025, 12, 31))) == [15000, 14000]


def test_units_multiply_and_round_half_up() -> None:
    assert charges(service("J7613", "3"), service("J7613", "1.5")) == [225, 113]


def test_a_price_for_the_modifier_beats_the_plain_one() -> None:
    assert charges(service("71046-26"), service("71046-TC"), service("71046")) == [4000, 9000, 9000]


def test_both_sides_on_one_line_charge_twice() -> None:
    assert charges(service("20610-50"), service("20610-RT")) == [36000, 18000]


def test_a_missing_price_is_a_finding_and_loses_no_other_line() -> None:
    lines, findings = capture([service("93000"), service("99213"), service("99213", on=date(2024, 5, 1))], MASTER)
    assert [line.service.procedure for line in lines] == ["99213"]
    assert [(f.code, f.line, f.stops) for f in findings] == [("CHG-PRICE", 1, True), ("CHG-PRICE", 3, True)]
    assert "the code is not in it" in findings[0].message
    assert "not in force" in findings[1].message


def test_no_units_is_a_finding() -> None:
    assert capture([service("99213", "0")], MASTER)[1][0].code == "CHG-UNITS"
