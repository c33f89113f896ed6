"""The edits' tables from the local store: the same questions as the starter set, answered from the official files.

A release that covers the date wins over the starter set; one that does not answers only if the starter set is older still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, cast

import msgspec

from claimwright.codesets import icd10cm, procedures, starter, tables, tabular_notes
from claimwright.codesets.icd10cm import IcdCode
from claimwright.codesets.packing import number
from claimwright.codesets.present_on_admission import may_be_exempt
from claimwright.codesets.procedures import Procedure, ServiceKind
from claimwright.codesets.reference import Modifier, Taxonomy
from claimwright.codesets.releases import Release, Terms
from claimwright.codesets.starter import LONG_AGO
from claimwright.codesets.store import Store
from claimwright.codesets.stored_notes import StoredNotes
from claimwright.codesets.tables import (
    AddOn,
    CoverageArticle,
    Excluded,
    ListedPayer,
    Pair,
    PairSetting,
    RegisteredProvider,
    Tables,
    UnitLimit,
    UnitSetting,
)
from claimwright.codesets.unlisted import is_unlisted
from claimwright.effective import Period

NEWEST = date.max
_WHOLE_REGISTER = 5_000_000
"""NPIs that the whole register has at least; an extract has those of a state or a practice."""
_WHOLE = (  # codes, the table that has all of them in its period, and the rows of one that is no excerpt
    (re.compile(r"(?![MQ]02|U)[ABCE-V]\d{4}"), "hcpcs", 5_000),  # D is CDT; U, M02, Q02 began between two releases in emergencies
    (re.compile(r"(?!90[2-7]|913)\d{5}"), "cpt", 9_000),  # not vaccines: new ones begin on any day
    (re.compile(r"(?!90[2-7]|913)\d{5}|\d{4}[FT]"), "pprrvu", 12_000),  # priced or not; no laboratory's own tests
    (re.compile(r"[A-Z][A-Z0-9]"), "modifiers", 250),
)


class Answers:
    """What the store says, remembered for as long as it is asked again: a few thousand answers of each kind."""

    def __init__(self, store: Store) -> None:
        """One for each store that is open."""
        self.store = store
        self.number = lru_cache(32_768)(number)
        self.oldest = lru_cache(64)(store.first)
        self.block = lru_cache(16_384)(store.block)
        self.parts = lru_cache(4_096)(self._parts)
        self.unit_limit = lru_cache(16_384)(self._unit_limit)
        self.add_on = lru_cache(16_384)(self._add_on)
        self.procedure = lru_cache(16_384)(self._procedure)
        self.diagnosis = lru_cache(16_384)(self._diagnosis)
        self.outpatient_status = lru_cache(16_384)(self._outpatient_status)
        self.excluded_on = lru_cache(1024)(self._excluded_on)
        self.needs_presence = lru_cache(16_384)(self._needs_presence)
        self.registered = lru_cache(16_384)(self._registered)
        self.listed_payer = lru_cache(4_096)(self._listed_payer)
        self.articles = lru_cache(4_096)(lambda code, on: tuple(self.coverage(code, on)))

    def release(self, table: str, starter_table: str, on: date) -> tuple[Release, ...]:
        """The release that answers for a date, or none if the starter set knows better."""
        held = self.store.in_force(table, on)
        if held and starter_table and not held[0].period.covers(on):
            ours = starter.table(starter_table).period
            if ours.start > held[0].period.start:
                return ()
        return held

    def pair_releases(self, setting: PairSetting, on: date) -> tuple[Release, ...]:
        """The parts that answer: rows carry their own dates, so that a release speaks of the days before it too."""
        table = f"ncci-{setting}"
        return self.release(table, "ncci", on) or (() if self.store.in_force(table, on) else self.store.first(table))

    def _parts(self, setting: PairSetting, on: date) -> tuple[tuple[int, tuple[Terms, ...]], ...]:
        return tuple((release.number, self.store.terms(release)) for release in self.pair_releases(setting, on))

    def pair(self, parts: tuple[tuple[int, tuple[Terms, ...]], ...], column1: str, column2: str, on: date) -> Pair | None:
        """The pair in force on a date: of several periods, the one that began last."""
        try:
            first, second = self.number(column1), self.number(column2)
        except ValueError:
            return None
        for release, terms in parts:
            block = self.block(release, first)
            found = block.find(second) if block else ()
            if found:
                return _pair(column1, column2, [terms[place] for place in found if terms[place].covers(on)])
        return None

    def _unit_limit(self, code: str, on: date, setting: UnitSetting) -> UnitLimit | None:
        release = self.release(f"mue-{setting}", "mue" if setting == "practitioner" else "", on)
        rows = [row for part in release for row in self.store.rows(part, code)]
        if not rows:
            return None if release else tables.starter().unit_limit(code, on, setting)
        mai = cast(Literal["1", "2", "3"], rows[0]["mai"])
        return UnitLimit(code=code, units=int(rows[0]["units"]), mai=mai)

    def _add_on(self, code: str, on: date) -> AddOn | None:
        release = self.release("addons", "addons", on)
        if not release:
            return tables.starter().add_on(code)
        rows = [row for part in release for row in self.store.rows(part, code) if _holds(row, on)]
        if not rows:
            return None
        kinds = {row["type"] for row in rows}
        kind: Literal["1", "2", "3"] = "1" if kinds == {"1"} else "2" if kinds == {"2"} else "3"
        return AddOn(code=code, kind=kind, primaries=frozenset(row["primary"] for row in rows) - {"CCCCC"})

    def _earliest(self, table: str, code: str, on: date) -> tuple[Release, list[dict[str, str]]] | None:
        """A code's rows on a date; before the oldest release those of that one: that it is in a list does not say since when."""
        found = self.store.look_up(table, code, on)
        oldest = self.oldest(table) if found is None else ()
        if oldest and on < oldest[0].period.start:
            held = ((release, self.store.rows(release, code)) for release in oldest)
            found = next((one for one in held if one[1]), None)
        return found

    def whole_list(self, code: str, on: date) -> Release | None:
        """The release in force that has every code of such a shape."""
        for shape, table, fewest in _WHOLE:
            held = self.store.in_force(table, on) if shape.fullmatch(code) else ()
            if held and held[0].period.covers(on) and sum(part.rows for part in held) >= fewest:
                return held[0]
        return None

    def _procedure(self, code: str, on: date) -> Procedure | None:
        ours = procedures.procedure(code, on) if on != NEWEST else procedures.known(code)
        listed = "hcpcs" if code[:1].isalpha() else "cpt"
        found = self._earliest(listed, code, on)
        row = found[1][0] if found else {}
        if row and on != NEWEST and not _holds(row, on):
            return None
        fees = self._earliest("pprrvu", code, on)
        if found is None and self.whole_list(code, on) and not (fees and fees[0].period.covers(on)):
            return None
        indicators = min(fees[1], key=lambda one: one["modifier"]) if fees else None  # the whole service, if it is listed
        if ours is None and not row and indicators is None:
            return None
        return _merged(code, ours, row, indicators, bool(self.add_on(code, on)))

    def _diagnosis(self, code: str, on: date) -> IcdCode | None:
        ours = icd10cm.lookup(code, on)
        held = self.store.in_force("icd10cm", on)
        if not held or not (held[0].period.covers(on) or on == NEWEST):
            return ours
        rows = self.store.rows(held[0], icd10cm.plain(code))
        if not rows:
            return None
        billable, words = rows[0]["billable"] == "1", rows[0]["long"]
        if ours is not None:
            return msgspec.structs.replace(ours, billable=billable, description=words)
        return IcdCode(code=icd10cm.dotted(code), description=words, billable=billable, period=held[0].period)

    def _excluded_on(self, on: date) -> Excluded:
        held = self.store.in_force("icd10cm-tabular", on)
        whole = held and held[0].period.covers(on)
        return StoredNotes(self.store, held[0]).excluded_with if whole else tabular_notes.excluded_with

    def _outpatient_status(self, code: str, on: date) -> str:
        held = self.store.in_force("opps", on)
        if not held or held[0].period.start.year != on.year:
            return ""  # the yearly rule moves codes off the inpatient list: an older year says nothing of this one
        found = self.store.look_up("opps", code, on)
        return found[1][0]["status"] if found else ""

    def _needs_presence(self, code: str, on: date) -> bool:
        held = self.store.in_force("poa-exempt", on)
        if held and self.store.rows(held[0], icd10cm.plain(code)):
            return False
        return bool(held and held[0].period.covers(on)) or not may_be_exempt(code)

    def _registered(self, npi: str) -> RegisteredProvider | None:
        found = self.store.look_up("nppes", npi, NEWEST)
        if found is None:
            return None
        row = found[1][0]
        person = row["kind"] == "1" if row["kind"] else None
        return RegisteredProvider(person=person, taxonomies=frozenset(row["taxonomies"].split()), period=_period(row))

    def _listed_payer(self, payer_id: str) -> ListedPayer | None:
        found = self.store.look_up("payers", payer_id, NEWEST)
        if found is None:
            return None
        row = found[1][0]
        return ListedPayer(timely_days=int(row["timely_days"]) if row["timely_days"] else None, period=_period(row))

    def lists(self) -> frozenset[str]:
        """Which of the register and the payer directory there are."""
        register, payers = (self.store.in_force(table, NEWEST) for table in ("nppes", "payers"))
        whole = sum(part.rows for part in register) >= _WHOLE_REGISTER
        said = {"register": register, "whole register": whole, "payers": payers}
        return frozenset(name for name, held in said.items() if held)

    def coverage(self, code: str, on: date) -> Iterator[CoverageArticle]:
        """The articles in force that speak of a procedure; groups join procedures and diagnoses."""
        spoken = self.store.look_up("coverage-procedures", code, on)
        for row in spoken[1] if spoken else ():
            article = self.store.look_up("coverage-articles", row["article"], on)
            about = article[1][0] if article else {"title": "", "start": "", "end": ""}
            if _holds(about, on):
                yield CoverageArticle(
                    article=row["article"],
                    title=about["title"],
                    supports=self._diagnoses("coverage-diagnoses", row, on),
                    excludes=self._diagnoses("coverage-excluded", row, on),
                    source=spoken[0].cited if spoken else "",
                )

    def _diagnoses(self, table: str, spoken: dict[str, str], on: date) -> frozenset[str]:
        found = self.store.look_up(table, spoken["article"], on)
        same_group = (row for row in (found[1] if found else ()) if row["group"] == spoken["group"] or not spoken["group"])
        return frozenset(row["diagnosis"] for row in same_group)


class StoredTables(Tables, kw_only=True):
    """The starter set with the official tables of a store laid over it."""

    answers: Answers

    def pair(self, column1: str, column2: str, on: date, setting: PairSetting = "practitioner") -> Pair | None:
        """The NCCI pair in force on a date, in that order."""
        parts = self.answers.parts(setting, on)
        return self.answers.pair(parts, column1, column2, on) if parts else Tables.pair(self, column1, column2, on)

    def unit_limit(self, code: str, on: date | None = None, setting: UnitSetting = "practitioner") -> UnitLimit | None:
        """The most units of a code on a date (without one: by the newest table)."""
        return self.answers.unit_limit(code, on or NEWEST, setting)

    def add_on(self, code: str, on: date | None = None) -> AddOn | None:
        """What an add-on code may be added to on a date (without one: by the newest table)."""
        return self.answers.add_on(code, on or NEWEST)

    def procedure(self, code: str, on: date) -> Procedure | None:
        """A procedure in force on a date, with the fee schedule's indicators of that date."""
        return self.answers.procedure(code, on)

    def known_procedure(self, code: str) -> Procedure | None:
        """A procedure whatever the date, its latest version."""
        return self.answers.procedure(code, NEWEST) or procedures.known(code)

    def modifier(self, code: str, on: date) -> Modifier | None:
        """A modifier in force on a date; what it does to payment only the starter set knows."""
        ours = Tables.known_modifier(self, code)
        held = Tables.modifier(self, code, on) if ours else self._listed_modifier(code, on)
        return held if held and held.period.covers(on) else None

    def known_modifier(self, code: str) -> Modifier | None:
        """A modifier whatever the date."""
        return Tables.known_modifier(self, code) or self._listed_modifier(code, NEWEST)

    def _listed_modifier(self, code: str, on: date) -> Modifier | None:
        found = self.answers.store.look_up("modifiers", code, on)
        if found is None:
            return None
        row = found[1][0]
        return Modifier(code=code, text=row["short"] or row["long"], kind="information", opens_ncci=False, period=_period(row))

    def whole_list(self, code: str, on: date) -> str:
        """The list that has every code or modifier of such a shape on a date, as cited; empty where none is held."""
        held = self.answers.whole_list(code, on)
        return held.cited if held else Tables.whole_list(self, code, on)

    def taxonomy(self, code: str, on: date) -> Taxonomy | None:
        """A provider taxonomy on a date."""
        ours = Tables.taxonomy(self, code, on)
        found = None if ours else self.answers.store.look_up("taxonomies", code, on)
        return Taxonomy(code=code, text=found[1][0]["label"], person=found[1][0]["kind"] == "person") if found else ours

    def registered(self, npi: str) -> RegisteredProvider | None:
        """What the newest register says of an NPI."""
        return self.answers.registered(npi)

    def listed_payer(self, payer_id: str) -> ListedPayer | None:
        """A payer by the practice's newest directory."""
        return self.answers.listed_payer(payer_id)

    def diagnosis(self, code: str, on: date) -> IcdCode | None:
        """An ICD-10-CM code in force on a date: by the imported list of its year, else by the package's."""
        return self.answers.diagnosis(code, on)

    def known_diagnosis(self, code: str) -> bool:
        """Whether an ICD-10-CM code is in any year's list, the package's or an imported one."""
        return Tables.known_diagnosis(self, code) or self.answers.diagnosis(code, NEWEST) is not None

    def excluded_on(self, on: date) -> Excluded:
        """What the Excludes1 notes of a code say of another: by the imported tabular list of the day, else the package's."""
        return self.answers.excluded_on(on)

    def outpatient_status(self, code: str, on: date) -> str:
        """The OPPS status indicator of a code by the Addendum B of the date's year, or nothing."""
        return self.answers.outpatient_status(code, on)

    def needs_presence(self, code: str, on: date) -> bool:
        """Whether a stay's diagnosis says if it was present on admission: by the list of its year, else by the starter's."""
        return self.answers.needs_presence(code, on)

    def coverage(self, code: str, on: date) -> tuple[CoverageArticle, ...]:
        """The coverage articles in force that speak of a procedure."""
        return self.answers.articles(code, on)

    def cited(self, name: str, on: date) -> str:
        """Where the answers of a table (ncci, mue, addons) for a date come from."""
        store = self.answers.store
        if name == "ncci":
            held = self.answers.pair_releases("practitioner", on)
        elif name in ("mue", "addons"):
            held = self.answers.release("mue-practitioner" if name == "mue" else name, name, on)
        else:
            held = store.in_force(name, on)
        if not held or (name == "icd10cm" and not held[0].period.covers(on)):
            return Tables.cited(self, name, on)
        return held[0].cited_on(on)


def stored_tables(store: Store) -> StoredTables:
    """The edits' tables with a store's laid over the starter set."""
    ours, answers = tables.starter(), Answers(store)
    fields = {name: getattr(ours, name) for name in ours.__struct_fields__} | {"holds": answers.lists()}
    return StoredTables(**fields, answers=answers)


def _pair(column1: str, column2: str, held: list[Terms]) -> Pair | None:
    """Of the periods that cover a day the last begun; where beginnings are not told, the first to end."""
    if not held:
        return None
    best = (
        held[0]
        if len(held) == 1
        else min(held, key=lambda terms: (-(terms.effective or LONG_AGO).toordinal(), terms.deleted or date.max))
    )
    indicator = cast(Literal["0", "1", "9"], best.indicator)
    return Pair(column1=column1, column2=column2, indicator=indicator, rationale=best.rationale, deleted=best.deleted)


def _holds(row: dict[str, str], on: date) -> bool:
    return on == NEWEST or _period(row).covers(on)


def _period(row: dict[str, str]) -> Period:
    start, end = row.get("start"), row.get("end")
    return Period(date.fromisoformat(start) if start else LONG_AGO, date.fromisoformat(end) if end else None)


def _merged(code: str, ours: Procedure | None, row: dict[str, str], indicators: dict[str, str] | None, added: bool) -> Procedure:
    """Our label, ages and sex where we have them; the list's dates; the fee schedule's indicators."""
    label = row.get("short") or row.get("long") or f"{'HCPCS' if code[:1].isalpha() else 'CPT'} {code}"
    one = ours or Procedure(
        code=code,
        system="HCPCS" if code[:1].isalpha() else "CPT",
        service_kind=_kind(code),
        label=label,
        period=_period(row),
        unlisted=is_unlisted(code, row.get("long") or label),
    )
    if row.get("start") or row.get("end"):
        one = msgspec.structs.replace(one, period=_period(row))
    if indicators:
        one = msgspec.structs.replace(
            one,
            status=indicators["status"],
            global_days=indicators["global_days"],
            pc_tc=indicators["pctc"],
            multiple=indicators["multiple"],
            bilateral=indicators["bilateral"],
            assistant=indicators["assistant"],
            cosurgeons=indicators["cosurgeon"],
            team=indicators["team"],
            facility_only=indicators.get("na_nonfacility") == "NA",
        )
    return msgspec.structs.replace(one, add_on=one.add_on or added or one.global_days == "ZZZ")


_KINDS: tuple[tuple[str, str, ServiceKind], ...] = (
    ("70010", "79999", "imaging"),
    ("80047", "89398", "lab"),
    ("90281", "90759", "immunization"),
    ("98000", "98016", "telehealth"),
    ("99202", "99380", "office"),
    ("99381", "99429", "preventive"),
    ("99437", "99499", "office"),
    ("90785", "97999", "specialist"),
    ("J0000", "J9999", "drug"),
)


def _kind(code: str) -> ServiceKind:
    if code.endswith(("U", "M")):
        return "lab"
    return next((kind for low, high, kind in _KINDS if low <= code <= high), "procedure")
