"""The official fee tables of a local store: the same questions as the package's, answered from the imported files.

A release that covers the date wins over the package's table; one that does not answers only if the package's is older still.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

import msgspec

from claimwright.codesets.releases import Release
from claimwright.codesets.store import Store
from claimwright.codesets.stored import StoredTables
from claimwright.codesets.tables import Tables
from claimwright.pricing.tables import (
    NATIONAL,
    STARTER,
    Anesthesia,
    FacilityRate,
    Fee,
    Fees,
    Locality,
    RelativeValues,
    Table,
    anesthesia_units,
    flat_fees,
    physician_schedule,
)

_NUMBERS = (
    "work", "pe_nonfacility", "pe_facility", "mp", "pre", "intra", "post",
    "opps_pe_nonfacility", "opps_pe_facility", "opps_mp",
)  # fmt: skip
_NAMES = {
    "pprrvu": "CMS physician fee schedule relative values",
    "pprrvu-qpp": "CMS physician fee schedule relative values, qualifying participants",
    "gpci": "CMS geographic practice cost indices",
    "anesthesia-units": "CMS anesthesia base units",
    "anesthesia-factors": "CMS anesthesia conversion factors",
    "clfs": "CMS clinical laboratory fee schedule",
    "dmepos": "CMS DMEPOS fee schedule",
    "opps": "CMS hospital outpatient PPS Addendum B",
    "asc": "CMS ambulatory surgical center fee schedule",
}
_DRUG_STATUS = frozenset({"G", "K", "K1"})  # paid by the unit at the average sales price plus 6 percent


class StoredFees(Fees):
    """A store's tables laid over the package's. A few thousand answers of each kind are remembered."""

    def __init__(self, store: Store) -> None:
        """One for each store that is open."""
        self.store = store
        self._values = lru_cache(16_384)(self._read_values)
        self._indices = lru_cache(64)(self._read_indices)
        self._factors = lru_cache(64)(self._read_factors)
        self._factor = lru_cache(1024)(self._read_factor)
        self._rows = lru_cache(16_384)(self._read_rows)

    def _release(self, table: str, on: date, ours: Table | None = None) -> Release | None:
        held = self.store.in_force(table, on)
        if not held or (ours and not held[0].period.covers(on) and ours.period.start > held[0].period.start):
            return None
        return held[0]

    def _read_rows(self, table: str, code: str, on: date) -> tuple[tuple[Table, Mapping[str, str]], ...]:
        held = self.store.in_force(table, on)
        return tuple((_table(release), row) for release in held for row in self.store.rows(release, code))

    # The physician fee schedule ----------------------------------------------------------------------------------------

    def physician(self, on: date) -> Table:
        """The imported release of the date, else the package's."""
        ours = physician_schedule()[0]
        release = self._release("pprrvu", on, ours)
        return _table(release) if release else ours

    def relative_values(self, code: str, modifier: str, on: date) -> RelativeValues | None:
        """The row of the imported release; a code that it lacks has none."""
        if self._release("pprrvu", on, physician_schedule()[0]) is None:
            return STARTER.relative_values(code, modifier, on)
        return self._values(code, on).get(modifier)

    def _read_values(self, code: str, on: date) -> dict[str, RelativeValues]:
        found = {}
        for _, row in self._rows("pprrvu", code, on):
            values = {"code": code, **row} | {name: row.get(name) or "0" for name in _NUMBERS}
            found[row["modifier"]] = msgspec.convert(values, RelativeValues)
        return found

    def conversion_factor(self, on: date, qualifying: bool = False) -> Decimal:
        """As the imported file tells; for qualifying participants from their own file, where that is imported."""
        return self._factor(on, qualifying)

    def _read_factor(self, on: date, qualifying: bool) -> Decimal:
        ours = physician_schedule()[0]
        for table in ("pprrvu-qpp", "pprrvu") if qualifying else ("pprrvu",):
            if release := self._release(table, on, ours):
                if table == "pprrvu" and qualifying and ours.period.covers(on):
                    break  # the general file says nothing of them, the package does
                return next((Decimal(row["conversion_factor"]) for _, row in self.store.all_rows(release)), Decimal(0))
        return ours.factor(qualifying)

    # Places ------------------------------------------------------------------------------------------------------------

    def indices(self, on: date) -> Table:
        """The imported release of the date, else the package's."""
        release = self._release("gpci", on)
        return _table(release) if release else STARTER.indices(on)

    def locality(self, name: str, on: date) -> Locality | None:
        """The indices by state and number ("TX-11"), or by contractor and number ("04412-11")."""
        if name == NATIONAL:
            return STARTER.locality(name, on)
        return self._indices(on).get(name) or STARTER.locality(name, on)

    def _read_indices(self, on: date) -> dict[str, Locality]:
        found = {}
        for release in self.store.in_force("gpci", on):
            for key, row in self.store.all_rows(release):
                number = f"{row['state']}-{row['locality']}"
                indices = {part: Decimal(row[part]) for part in ("work", "pe", "mp")}
                found[key] = found[number] = Locality(locality=number, name=row["name"], mac=row["mac"], **indices)
        return found

    def locality_names(self, on: date) -> list[str]:
        """By state and number, the imported ones and the package's."""
        return sorted({one.locality for one in self._indices(on).values()} | set(STARTER.locality_names(on)))

    def locality_of(self, zip_code: str, on: date) -> str:
        """By the carrier and locality of the ZIP code file."""
        for _, row in self._rows("zip-localities", zip_code[:5], on):
            if where := self._indices(on).get(f"{row['carrier']}-{row['locality']}"):
                return where.locality
        return ""

    def rural(self, zip_code: str, on: date) -> bool:
        """By the rural indicator of the ZIP code file."""
        return any(row["rural"] in ("R", "B") for _, row in self._rows("zip-localities", zip_code[:5], on))

    # Other schedules ---------------------------------------------------------------------------------------------------

    def anesthesia(self, code: str, where: Locality, on: date, qualifying: bool = False) -> Anesthesia | None:
        """Units and factor of the imported files; the package's national factor if it is of a later year."""
        ours, units = anesthesia_units()
        rows = self._rows("anesthesia-units", code, on)
        base = Decimal(rows[0][1]["base_units"]) if rows else units.get(code)
        if base is None:
            return None
        found = self._factors(on).get(f"{where.mac}-{where.locality.partition('-')[2]}")
        if found is None or (not found[0].period.covers(on) and ours.period.start > found[0].period.start):
            return Anesthesia(base=base, factor=ours.factor(qualifying), own=False, table=ours)
        return Anesthesia(base=base, factor=found[1], own=True, table=found[0])

    def _read_factors(self, on: date) -> dict[str, tuple[Table, Decimal]]:
        return {
            key: (_table(release), Decimal(row["conversion_factor"]))
            for release in self.store.in_force("anesthesia-factors", on)
            for key, row in self.store.all_rows(release)
        }

    def flat(self, code: str, modifiers: Collection[str], on: date, state: str = "", rural: bool = False) -> Fee | None:
        """The laboratory's fee, else the supplies', else a drug's; the package's where that table is not imported."""
        found = self._laboratory(code, modifiers, on) or self._supply(code, modifiers, on, state, rural) or self._drug(code, on)
        if found:
            return found
        ours = flat_fees().get(code)
        imported = {"lab": "clfs", "supply": "dmepos", "drug": "opps"}
        known = ours is not None and ours.kind in imported and self.store.in_force(imported[ours.kind], on)
        return None if known else ours

    def _laboratory(self, code: str, modifiers: Collection[str], on: date) -> Fee | None:
        rows = [(table, row) for table, row in self._rows("clfs", code, on) if row["modifier"] in ("", *modifiers)]
        for table, row in sorted(rows, key=lambda one: one[1]["modifier"], reverse=True):
            if row["rate"] and (rate := Decimal(row["rate"])):
                about = f"with modifier {row['modifier']}" if row["modifier"] else ""
                return Fee(code=code, kind="lab", fee=rate, table=table, about=about)
        return None

    def _supply(self, code: str, modifiers: Collection[str], on: date, state: str, rural: bool) -> Fee | None:
        held = {"", *modifiers}
        rows = [(t, r) for t, r in self._rows("dmepos", code, on) if {r["modifier"], r["modifier2"]} <= held]
        best = max(rows, key=lambda one: (one[1]["modifier"] != "", one[1]["modifier2"] != ""), default=None)
        if best is None:
            return None
        table, row = best
        fees = dict(one.split("=") for one in row["fees"].split())
        amount = Decimal(fees.get(f"{state}({'R' if rural else 'NR'})") or fees.get(f"{state}(NR)") or fees.get(state) or "0")
        if not amount:
            return None
        named = " ".join(filter(None, (row["modifier"], row["modifier2"])))
        about = f"in {state}{', rural' if rural else ''}{f', {named}' if named else ''}"
        if row["category"] == "CR" and "KJ" in held:
            # Capped rental: months 4 to 13 at 75% of the first three (Claims Processing Manual 20, 30.5).
            return Fee(code=code, kind="supply", fee=amount * Decimal("0.75"), table=table, about=f"{about}, later month at 75%")
        return Fee(code=code, kind="supply", fee=amount, table=table, about=about)

    def _drug(self, code: str, on: date) -> Fee | None:
        found = self.outpatient(code, on)
        if found and found.status in _DRUG_STATUS and found.rate:
            return Fee(code=code, kind="drug", fee=found.rate, table=found.table)
        return None

    def outpatient(self, code: str, on: date) -> FacilityRate | None:
        """The row of Addendum B."""
        for table, row in self._rows("opps", code, on):
            return FacilityRate(code=code, status=row["status"], rate=_rate(row["rate"]), table=table)
        return None

    def has_outpatient(self, on: date) -> bool:
        """Whether Addendum B is imported."""
        return bool(self.store.in_force("opps", on))

    def surgical_center(self, code: str, on: date) -> FacilityRate | None:
        """The row of Addendum AA or BB; AA, the surgical one, first."""
        rows = sorted(self._rows("asc", code, on), key=lambda one: one[1]["addendum"])
        for table, row in rows:
            discounted = row["multiple"].upper().startswith("Y")
            return FacilityRate(
                code=code, status=row["indicator"].upper(), rate=_rate(row["rate"]), discounted=discounted, table=table
            )
        return None


def fees_of(tables: Tables) -> Fees:
    """The fee tables that go with the edits' tables: of the same store, or the package's."""
    return stored_fees(tables.answers.store) if isinstance(tables, StoredTables) else STARTER


@lru_cache(4)
def stored_fees(store: Store) -> StoredFees:
    """The fee tables of an open store."""
    return StoredFees(store)


def _rate(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@lru_cache(256)
def _table(release: Release) -> Table:
    said = f"{_NAMES.get(release.table, release.table)}, {release.version}, {release.file}"
    return Table(name=release.table, source=said, period=release.period, rows=release.rows)
