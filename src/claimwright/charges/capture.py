"""Coded services to priced lines by the charge master in force on the day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from claimwright.charges.model import ChargeLine, ChargeMasterRow, CodedService
from claimwright.effective import as_of
from claimwright.findings import Finding
from claimwright.money import Cents, round_half_up


def capture(
    services: Sequence[CodedService], master: Sequence[ChargeMasterRow]
) -> tuple[tuple[ChargeLine, ...], tuple[Finding, ...]]:
    """Priced lines in the coder's order; a service without a price, or with no units, becomes a finding instead of a line."""
    lines: list[ChargeLine] = []
    findings: list[Finding] = []
    for position, service in enumerate(services, start=1):
        price = unit_price(service, master)
        if service.units <= 0:
            findings.append(_no_units(service, position))
        elif price is None:
            findings.append(_no_price(service, position, master))
        else:
            lines.append(ChargeLine(service=service, charge=round_half_up(price * service.units)))
    return tuple(lines), tuple(findings)


def unit_price(service: CodedService, master: Sequence[ChargeMasterRow]) -> Cents | None:
    """The price of one unit; a row for one of the service's modifiers beats the plain row, modifier 50 doubles the plain one."""
    rows = [row for row in master if row.procedure == service.procedure]
    for modifier in service.modifiers:
        if row := as_of((row for row in rows if row.modifier == modifier), service.on):
            return row.price
    row = as_of((row for row in rows if not row.modifier), service.on)
    if row is None:
        return None
    # One line stands for both sides: the charge is for two (Claims Processing Manual 12, 40.7.C).
    return row.price * 2 if "50" in service.modifiers and service.units == Decimal(1) else row.price


def _no_price(service: CodedService, position: int, master: Sequence[ChargeMasterRow]) -> Finding:
    known = any(row.procedure == service.procedure for row in master)
    why = "its prices are not in force on that day" if known else "the code is not in it"
    return Finding(
        code="CHG-PRICE",
        severity="reject",
        line=position,
        message=f"No charge for {service.procedure} on {service.on}: the charge master has no price, {why}.",
        fix=f"Add a price for {service.procedure} that covers {service.on} to the charge master, then capture again.",
    )


def _no_units(service: CodedService, position: int) -> Finding:
    return Finding(
        code="CHG-UNITS",
        severity="reject",
        line=position,
        message=f"No charge for {service.procedure} on {service.on}: its units are {service.units}.",
        fix="Enter how many units were done, at least one.",
    )
