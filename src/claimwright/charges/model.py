"""Charge lines and the charge master. Amounts in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from claimwright.effective import Period
from claimwright.money import Cents
from claimwright.parties import Struct


class ChargeMasterRow(Struct):
    procedure: str
    price: Cents
    period: Period
    modifier: str = ""


class CodedService(Struct):
    """A service a coder accepted."""

    procedure: str
    modifiers: tuple[str, ...]
    units: Decimal
    diagnosis_codes: tuple[str, ...]
    on: date
    ndc: str = ""
    ndc_quantity: Decimal | None = None
    ndc_unit: str = ""


class ChargeLine(Struct):
    """A priced service; `charge` is for all units."""

    service: CodedService
    charge: Cents
