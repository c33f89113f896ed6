"""The fee tables that come with the package: dated, each with its source. `stored.StoredFees` lays official files over them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

import msgspec

from claimwright.effective import Period
from claimwright.parties import Struct

NATIONAL = "00"
"""The locality of the national payment: every index is one."""


class Table(Struct):
    """One file of prices and where it is from."""

    name: str
    source: str
    period: Period
    about: str = ""
    conversion_factor: Decimal = Decimal(0)  # dollars per relative value unit
    qualifying_factor: Decimal = Decimal(0)  # for qualifying participants of advanced payment models, since 2026
    rows: int = 0

    def cited(self, on: date) -> str:
        """The source as an answer names it; says so when the date lies outside its period."""
        held = f"{self.source} ({self.period.start} to {self.period.end or 'now'})"
        return held if self.period.covers(on) else f"{held}; no table for {on.year}-{on.month:02d} is loaded"

    def factor(self, qualifying: bool) -> Decimal:
        """Dollars per unit; the one for qualifying participants where there is one."""
        return (self.qualifying_factor if qualifying else Decimal(0)) or self.conversion_factor


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
    na_facility: str = ""  # NA: rarely or never done there
    opps_pe_nonfacility: Decimal = Decimal(0)  # what caps the technical part of imaging, 0 where nothing does
    opps_pe_facility: Decimal = Decimal(0)
    opps_mp: Decimal = Decimal(0)

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
    mac: str = ""  # the contractor, where the table tells


class Fee(Struct):
    """A flat fee per unit, in dollars; drugs carry fractions of a cent."""

    code: str
    kind: str  # lab, drug, supply ...
    fee: Decimal
    table: Table
    about: str = ""  # which of several fees of the code, for the working


class FacilityRate(Struct):
    """What Medicare pays a hospital's outpatient department (OPPS) or a surgical center (ASC) for a code, in dollars."""

    code: str
    status: str  # OPPS status indicator or ASC payment indicator
    rate: Decimal | None
    table: Table
    discounted: bool = False  # ASC: a second procedure is paid half


class Anesthesia(Struct):
    """Base units of an anesthesia code, and dollars a unit."""

    base: Decimal
    factor: Decimal
    own: bool  # the factor is the locality's own, not the national one
    table: Table


class Fees:
    """The tables of the package. Every question carries a date of service; None where no table knows."""

    def physician(self, on: date) -> Table:
        """The physician fee schedule that answers for a date."""
        return physician_schedule()[0]

    def indices(self, on: date) -> Table:
        """The localities' indices that answer for a date."""
        return _read("gpci_2026.csv")[0]

    def relative_values(self, code: str, modifier: str, on: date) -> RelativeValues | None:
        """The row of a service ("" for modifier), or of its component."""
        return physician_schedule()[1].get((code, modifier))

    def conversion_factor(self, on: date, qualifying: bool = False) -> Decimal:
        """Dollars per relative value unit."""
        return self.physician(on).factor(qualifying)

    def locality(self, name: str, on: date) -> Locality | None:
        """The indices of a locality: "00" national, others state-number ("TX-11")."""
        return localities().get(name)

    def locality_names(self, on: date) -> list[str]:
        """What `locality` answers to, for a message."""
        return sorted(localities())

    def locality_of(self, zip_code: str, on: date) -> str:
        """The locality of a ZIP code, empty where it is not known."""
        return ""

    def rural(self, zip_code: str, on: date) -> bool:
        """Whether supplies sent to a ZIP code are paid at the rural fee."""
        return False

    def anesthesia(self, code: str, where: Locality, on: date, qualifying: bool = False) -> Anesthesia | None:
        """Base units, and the factor of the locality or, where that is not known, the national one."""
        table, units = anesthesia_units()
        base = units.get(code)
        return Anesthesia(base=base, factor=table.factor(qualifying), own=False, table=table) if base is not None else None

    def flat(self, code: str, modifiers: Collection[str], on: date, state: str = "", rural: bool = False) -> Fee | None:
        """A laboratory, drug or supply fee."""
        return flat_fees().get(code)

    def outpatient(self, code: str, on: date) -> FacilityRate | None:
        """The OPPS row of a code (Addendum B)."""
        return None

    def surgical_center(self, code: str, on: date) -> FacilityRate | None:
        """The ASC row of a code (Addenda AA and BB)."""
        return None

    def has_outpatient(self, on: date) -> bool:
        """Whether there is an OPPS table at all."""
        return False


STARTER = Fees()


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
def anesthesia_units() -> tuple[Table, Mapping[str, Decimal]]:
    """Base units by code, and the national factors in the table's head."""
    table, rows = _read("anesthesia_2026.csv")
    return table, {row["code"]: Decimal(row["base_units"]) for row in rows}


@cache
def flat_fees() -> Mapping[str, Fee]:
    """Fees of what the physician fee schedule does not price; a published limit beats our demo fee."""
    held: dict[str, Fee] = {}
    for name in ("demo_fees.csv", "opps_drugs_2026_04.csv"):
        table, rows = _read(name)
        held |= {row["code"]: Fee(code=row["code"], kind=row["kind"], fee=Decimal(row["fee"]), table=table) for row in rows}
    return held


def relative_values(code: str, modifier: str = "") -> RelativeValues | None:
    """The package's row of a service, or of its component."""
    return physician_schedule()[1].get((code, modifier))


def tables() -> tuple[Table, ...]:
    """Every price table in the package."""
    names = ("mpfs_2026.csv", "gpci_2026.csv", "anesthesia_2026.csv", "opps_drugs_2026_04.csv", "demo_fees.csv")
    return tuple(_read(name)[0] for name in names)


@cache
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
        qualifying_factor=Decimal(facts.get("qualifying_conversion_factor", "0")),
        rows=len(rows),
    )
    return table, rows
