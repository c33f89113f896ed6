"""What the edits need of the code sets, in one read-only object, and where each table comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Literal

from claimwright.codesets import icd10cm, procedures, reference, tabular_notes
from claimwright.codesets.frequency import Frequency, frequencies
from claimwright.codesets.icd10cm import IcdCode
from claimwright.codesets.present_on_admission import may_be_exempt
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.reference import Modifier, Taxonomy
from claimwright.codesets.rhythm import State, dated, due
from claimwright.codesets.starter import row_period, table
from claimwright.effective import Period
from claimwright.parties import Struct

PairSetting = Literal["practitioner", "outpatient"]
UnitSetting = Literal["practitioner", "outpatient", "dme"]
Excluded = Callable[[str, str], str]
"""The Excludes1 note of a code that names another, or nothing."""
CPT_MODIFIER = re.compile(r"\d\d|[1-8]P")


class Pair(Struct):
    """An NCCI procedure-to-procedure pair: column 2 is not paid. Indicator 1: a modifier may open it; 0: never; 9: ended."""

    column1: str
    column2: str
    indicator: Literal["0", "1", "9"]
    rationale: str
    deleted: date | None = None


class UnitLimit(Struct):
    """A medically unlikely edit. MAI 1: a line; 2: a day, by policy, absolute; 3: a day, by benchmark, may be appealed."""

    code: str
    units: int
    mai: Literal["1", "2", "3"]


class AddOn(Struct):
    """An add-on code and the codes it may be added to. Type 1: only these; 3: these and others the payer allows."""

    code: str
    kind: Literal["1", "2", "3"]
    primaries: frozenset[str]


class Necessity(Struct):
    """Diagnoses that do not (`not`) or that alone do (`only`) support a service, by public coverage policy. Code starts."""

    rule: str
    procedures: frozenset[str]
    sense: Literal["not", "only"]
    diagnoses: tuple[str, ...]
    filing: frozenset[str]  # SBR09 codes it holds for; empty: all
    period: Period
    citation: str
    why: str


class CoverageArticle(Struct):
    """A coverage article that speaks of a procedure: the diagnoses that support it, and those that do not. Dotless codes."""

    article: str  # id and version
    title: str
    supports: frozenset[str]
    excludes: frozenset[str]
    source: str


class RegisteredProvider(Struct):
    """What the national register (NPPES) says of an NPI; one that was deactivated has no kind and no taxonomy any more."""

    person: bool | None
    taxonomies: frozenset[str]
    period: Period  # from its enumeration; ended where it was deactivated and not reactivated


class ListedPayer(Struct):
    """A payer of the practice's own directory; `timely_days`: from the service to the last day of filing, None if not said."""

    timely_days: int | None
    period: Period


class Tables(Struct):
    """Everything dated that the edits look up."""

    pairs: dict[tuple[str, str], Pair]
    units: dict[str, UnitLimit]
    addons: dict[str, AddOn]
    necessity: tuple[Necessity, ...]
    frequency: tuple[Frequency, ...]
    sources: dict[str, str]  # table -> source and version, for citations
    providers: dict[str, RegisteredProvider] = {}  # by NPI; there is no register in the starter set
    payers: dict[str, ListedPayer] = {}  # by payer id
    holds: frozenset[str] = frozenset()  # "register", "whole register", "payers": which of these two lists there are

    def pair(self, column1: str, column2: str, on: date, setting: PairSetting = "practitioner") -> Pair | None:
        """The NCCI pair in force on a date, in that order. The starter set has practitioners' pairs only."""
        found = self.pairs.get((column1, column2))
        if found and setting == "outpatient" and procedures.is_visit(column2):
            return None  # hospitals have other pairs of visits, and these are in their own file only
        return found if found and found.indicator != "9" and (found.deleted is None or on <= found.deleted) else None

    def unit_limit(self, code: str, on: date | None = None, setting: UnitSetting = "practitioner") -> UnitLimit | None:
        """The most units of a code on a date (without one: by the newest table). The starter set has practitioners' only."""
        return self.units.get(code) if setting == "practitioner" else None

    def add_on(self, code: str, on: date | None = None) -> AddOn | None:
        """What an add-on code may be added to on a date (without one: by the newest table)."""
        return self.addons.get(code)

    def procedure(self, code: str, on: date) -> Procedure | None:
        """A procedure in force on a date."""
        return procedures.procedure(code, on)

    def known_procedure(self, code: str) -> Procedure | None:
        """A procedure whatever the date, its latest version; for saying when a code ended."""
        return procedures.known(code)

    def modifier(self, code: str, on: date) -> Modifier | None:
        """A modifier in force on a date."""
        return reference.modifier(code, on)

    def known_modifier(self, code: str) -> Modifier | None:
        """A modifier whatever the date."""
        return reference.known_modifier(code)

    def whole_list(self, code: str, on: date) -> str:
        """The list that has every code or modifier of such a shape on a date, as cited; empty where none is held.

        Only where there is one, a code outside it is no code. The starter set is whole for CPT's modifiers alone.
        """
        held = table("modifiers")
        whole = CPT_MODIFIER.fullmatch(code) and on <= (held.period.end or on)
        return f"CPT's own modifiers, {held.version}" if whole else ""

    def taxonomy(self, code: str, on: date) -> Taxonomy | None:
        """A provider taxonomy on a date."""
        return reference.taxonomy(code)

    def registered(self, npi: str) -> RegisteredProvider | None:
        """What the newest register says of an NPI."""
        return self.providers.get(npi)

    def listed_payer(self, payer_id: str) -> ListedPayer | None:
        """A payer by the practice's newest directory."""
        return self.payers.get(payer_id)

    def diagnosis(self, code: str, on: date) -> IcdCode | None:
        """An ICD-10-CM code or heading in force on a date."""
        return icd10cm.lookup(code, on)

    def known_diagnosis(self, code: str) -> bool:
        """Whether an ICD-10-CM code is in any year's list."""
        return icd10cm.known(code)

    def excluded_on(self, on: date) -> Excluded:
        """What the Excludes1 notes of a code say of another, by the tabular list of a day."""
        return tabular_notes.excluded_with

    def outpatient_status(self, code: str, on: date) -> str:
        """The OPPS status indicator of a code (Addendum B), or nothing; the starter set has none."""
        return ""

    def needs_presence(self, code: str, on: date) -> bool:
        """Whether a stay's diagnosis surely says if it was present on admission: it is on no list of exempt codes."""
        return not may_be_exempt(code)

    def coverage(self, code: str, on: date) -> tuple[CoverageArticle, ...]:
        """The coverage articles in force that speak of a procedure; the starter set has none (see `necessity`)."""
        return ()

    def cited(self, name: str, on: date) -> str:
        """Where the answers of a table (icd10cm, hcpcs, cpt, ncci, mue, addons) for a date come from, with version and period."""
        if name == "icd10cm":
            return (
                "starter: the tabular list of April 2026 in the package simple-icd-10-cm, with the changes of FY2023 to FY2027"
                + ("" if on >= icd10cm.HELD_SINCE else "; what began or ended before is not held")
            )
        held = table("procedures" if name in ("hcpcs", "cpt") else name)
        late = "" if held.period.covers(on) else f"; not the table of {on}"
        return f"starter: {held.cited} ({held.period.start} to {held.period.end or 'now'}){late}"


@cache
def starter() -> Tables:
    """The tables that travel with the package."""
    return Tables(
        pairs={(pair.column1, pair.column2): pair for pair in _pairs()},
        units={row["code"]: _unit_limit(row) for row in table("mue").rows},
        addons={row["addon"]: _add_on(row) for row in table("addons").rows},
        necessity=tuple(_necessity(row) for row in table("necessity").rows),
        frequency=frequencies(),
        sources={name: table(name).cited for name in ("ncci", "mue", "addons")},
    )


def _pairs() -> Iterator[Pair]:
    for row in table("ncci").rows:
        deleted = date.fromisoformat(row["deleted"]) if row["deleted"] else None
        for column2 in row["column2"].split():
            yield Pair(
                column1=row["column1"], column2=column2, indicator=_indicator(row), rationale=row["rationale"], deleted=deleted
            )


def _indicator(row: dict[str, str]) -> Literal["0", "1", "9"]:
    return "0" if row["indicator"] == "0" else "1" if row["indicator"] == "1" else "9"


def _unit_limit(row: dict[str, str]) -> UnitLimit:
    mai: Literal["1", "2", "3"] = "1" if row["mai"] == "1" else "2" if row["mai"] == "2" else "3"
    return UnitLimit(code=row["code"], units=int(row["units"]), mai=mai)


def _add_on(row: dict[str, str]) -> AddOn:
    kind: Literal["1", "2", "3"] = "1" if row["type"] == "1" else "2" if row["type"] == "2" else "3"
    return AddOn(code=row["addon"], kind=kind, primaries=frozenset(row["primaries"].split()))


def _necessity(row: dict[str, str]) -> Necessity:
    return Necessity(
        rule=row["rule"],
        procedures=frozenset(row["procedures"].split()),
        sense="only" if row["sense"] == "only" else "not",
        diagnoses=tuple(row["diagnoses"].split()),
        filing=frozenset(row["filing"].split()),
        period=row_period(row),
        citation=row["citation"],
        why=row["why"],
    )


class TableStatus(Struct):
    """Where a table comes from and whether there must be a newer one.

    State: current; out of date: over, or a newer release is out; superseded: a newer one takes its place; earlier: it still
    answers for its own period; coming: not begun.
    """

    name: str
    source: str
    version: str
    start: date
    end: date | None
    rows: int
    stale: bool
    state: State = "current"
    due: date | None = None  # from this day on there is a newer release
    origin: Literal["starter", "store"] = "starter"
    file: str = ""  # of an imported table: the file it came from
    sha256: str = ""
    imported_at: str = ""


NAMES = (
    "procedures", "ncci", "mue", "addons", "necessity", "frequency", "modifiers", "pos", "icd10cm_changes", "icd10cm_limits",
    "mce", "carc", "rarc", "group_codes", "claim_status_categories", "claim_status_codes", "taxonomies", "states", "synonyms",
    "icd10cm_common", "publishers", "code_numbers", "drug_units", "procedure_limits", "unlisted",
    "icd10cm_contradictions", "scopes", "sites", "poa_exempt",
)  # fmt: skip


def status(today: date) -> list[TableStatus]:
    """Every table with its source, version, period, number of rows, and whether its period is over."""
    return [_tabular_status(today), *(_status(name, today) for name in NAMES)]


RELEASED = {
    "carc": "carc", "rarc": "rarc", "claim_status_categories": "claim-status-categories", "claim_status_codes": "claim-status",
    "taxonomies": "taxonomies", "ncci": "ncci-practitioner", "mue": "mue-practitioner", "addons": "addons",
    "poa_exempt": "poa-exempt",
}  # fmt: skip
"""Starter tables that are made of one published list, and that list."""


def _status(name: str, today: date) -> TableStatus:
    held = table(name)
    period = held.period
    ends = [period.end + timedelta(days=1)] if period.end else []
    ends += [due(RELEASED[name], dated(held.version, period.start))] if name in RELEASED else []
    newer = min(ends, default=None)
    stale = newer is not None and newer <= today
    return TableStatus(
        name=held.name,
        source=held.source,
        version=held.version,
        start=period.start,
        end=period.end,
        rows=len(held.rows),
        stale=stale,
        state="out of date" if stale else "current",
        due=newer,
    )


def _tabular_status(today: date) -> TableStatus:
    """The tabular list of the package simple-icd-10-cm, carried through FY2027 by the table of changes."""
    return TableStatus(
        name="ICD-10-CM tabular list",
        source="CDC/NCHS ICD-10-CM tabular list, in the package simple-icd-10-cm, with the changes table",
        version="April 2026 + FY2027",
        start=date(2025, 10, 1),
        end=date(2027, 9, 30),
        rows=74_879,  # billable codes in FY2027; a test counts them
        stale=today > date(2027, 9, 30),
        state="out of date" if today > date(2027, 9, 30) else "current",
        due=date(2027, 10, 1),
    )
