"""The fee tables that come with the package: dated, each with its source."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

import msgspec

from claimwright.effective import Period
from claimwright.parties import Struct


class Table(Struct):
    """One file of prices and where it is from."""

    name: str
    source: str
    period: Period
    about: str = ""
    conversion_factor: Decimal = Decimal(0)  # dollars per relative value unit
    rows: int = 0

    def cited(self, on: date) -> str:
        """The source as an answer names it; says so when the date lies outside its period."""
        held = f"{self.source} ({self.period.start} to {self.period.end or 'now'})"
        return held if self.period.covers(on) else f"{held}; no table for {on.year}-{on.month:02d} is loaded"


class RelativeValues(Struct):
    """One row of the physician fee schedule: relative value units and payment indicators (PPRRVU record layout)."""

    code: str
    modifier: str
    status: str  # A active, N non-covered, B bundled, R restricted, I not valid for Medicare, T, X, E
    work: Decimal
    pe_nonfacility: Decimal
    pe_facility: Decimal
    mp: Decimal
    pctc: str  # professional/technical component indicator
    global_days: str
    pre: Decimal
    intra: Decimal
    post: Decimal
    multiple: str
    bilateral: str
    assistant: str
    cosurgeon: str
    team: str
    endoscopic_base: str
    imaging_family: str

    @property
    def priced(self) -> bool:
        """Whether there are values to multiply."""
        return bool(self.work or self.pe_nonfacility or self.pe_facility or self.mp)


class Locality(Struct):
    """Geographic practice cost indices."""

    locality: str
    name: str
    work: Decimal
    pe: Decimal
    mp: Decimal


class Fee(Struct):
    """A flat fee per unit, in dollars; drugs carry fractions of a cent."""

    code: str
    kind: str
    fee: Decimal
    table: Table


@cache
def physician_schedule() -> tuple[Table, Mapping[tuple[str, str], RelativeValues]]:
    """The physician fee schedule slice, by code and modifier ("" for the whole service)."""
    table, rows = _read("mpfs_2026.csv")
    return table, {(row["code"], row["modifier"]): msgspec.convert(row, RelativeValues) for row in rows}


@cache
def localities() -> Mapping[str, Locality]:
    """Indices by locality: "00" national, others state-number ("TX-11")."""
    _, rows = _read("gpci_2026.csv")
    return {
        row["locality"]: Locality(
            locality=row["locality"], name=row["name"], work=Decimal(row["work"]), pe=Decimal(row["pe"]), mp=Decimal(row["mp"])
        )
        for row in rows
    }


@cache
def flat_fees() -> Mapping[str, Fee]:
    """Fees of what the physician fee schedule does not price; a published limit beats our demo fee."""
    held: dict[str, Fee] = {}
    for name in ("demo_fees.csv", "opps_drugs_2026_04.csv"):
        table, rows = _read(name)
        held |= {row["code"]: Fee(code=row["code"], kind=row["kind"], fee=Decimal(row["fee"]), table=table) for row in rows}
    return held


def relative_values(code: str, modifier: str = "") -> RelativeValues | None:
    """The row of a service, or of its component."""
    return physician_schedule()[1].get((code, modifier))


def medicare_status(code: str) -> str:
    """The fee schedule's status letter for a code; empty when it is not in the slice."""
    row = relative_values(code)
    return row.status if row else ""


def tables() -> tuple[Table, ...]:
    """Every price table in the package."""
    return tuple(_read(name)[0] for name in ("mpfs_2026.csv", "gpci_2026.csv", "opps_drugs_2026_04.csv", "demo_fees.csv"))


def _read(name: str) -> tuple[Table, list[dict[str, str]]]:
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8").splitlines()
    facts = dict(line.removeprefix("# ").split(": ", 1) for line in text if line.startswith("#"))
    rows = list(csv.DictReader(line for line in text if not line.startswith("#")))
    table = Table(
        name=name.removesuffix(".csv"),
        source=facts["source"],
        period=Period(date.fromisoformat(facts["start"]), date.fromisoformat(facts["end"])),
        about=facts["about"],
        conversion_factor=Decimal(facts.get("conversion_factor", "0")),
        rows=len(rows),
    )
    return table, rows
