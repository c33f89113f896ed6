"""Small code lists in our own words: places, modifiers, reason and remark codes, taxonomies, states, claim status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Literal, TypeVar, cast

from claimwright.codesets.starter import row_period, table
from claimwright.effective import Period, as_of
from claimwright.parties import Struct

Category = Literal["front desk", "coding", "authorization", "payer", "contract", "patient", "coordination"]


class Entry(Struct):
    """A code and what it says, in our words."""

    code: str
    text: str


class Place(Entry):
    """A place of service; `facility` where Medicare pays its lower facility rate."""

    facility: bool

    @property
    def telehealth(self) -> bool:
        """Whether the patient was seen from afar."""
        return self.code in {"02", "10"}


class Modifier(Entry):
    """A two-character modifier."""

    kind: Literal["payment", "side", "site", "telehealth", "component", "waiver", "who", "information"]
    opens_ncci: bool  # may let both services of an NCCI pair be paid
    period: Period


class Reason(Entry):
    """A claim adjustment reason (CARC) or remark (RARC): who in the practice can mend it, and how."""

    category: Category
    next_step: str
    period: Period


class Taxonomy(Entry):
    """A provider taxonomy."""

    person: bool


class State(Entry):
    """A state or territory, and the ZIP codes used there."""

    zips: tuple[tuple[str, str], ...]

    def has_zip(self, zip_code: str) -> bool:
        """Whether a ZIP code may lie in the state, by its first digits."""
        return any(low <= zip_code[: len(low)] <= high for low, high in self.zips)


class StatusCategory(Entry):
    """A claim status category (277CA STC01-1)."""

    meaning: Literal["accepted", "rejected", "pending", "decided", "error"]


E = TypeVar("E", bound=Entry)


def _by_code(name: str, make: Callable[[dict[str, str]], E]) -> dict[str, E]:
    return {row["code"]: make(row) for row in table(name).rows}


def place_of_service(code: str) -> Place | None:
    """A place of service code."""
    return _places().get(code)


def places() -> tuple[str, ...]:
    """All place of service codes."""
    return tuple(_places())


@cache
def _places() -> dict[str, Place]:
    return _by_code("pos", lambda row: Place(code=row["code"], text=row["text"], facility=row["setting"] == "facility"))


def modifier(code: str, on: date) -> Modifier | None:
    """A modifier in force on a date."""
    held = known_modifier(code)
    return as_of((held,), on) if held else None


def known_modifier(code: str) -> Modifier | None:
    """A modifier whatever the date."""
    return _modifiers().get(code)


@cache
def _modifiers() -> dict[str, Modifier]:
    return _by_code("modifiers", _modifier)


def _modifier(row: dict[str, str]) -> Modifier:
    kind = cast(Literal["payment", "side", "site", "telehealth", "component", "waiver", "who", "information"], row["kind"])
    return Modifier(code=row["code"], text=row["text"], kind=kind, opens_ncci=row["ncci"] == "y", period=row_period(row))


def carc(code: str) -> Reason | None:
    """A claim adjustment reason code."""
    return _reasons("carc").get(code)


def rarc(code: str) -> Reason | None:
    """A remittance advice remark code."""
    return _reasons("rarc").get(code)


@cache
def _reasons(name: str) -> dict[str, Reason]:
    return _by_code(name, _reason)


def _reason(row: dict[str, str]) -> Reason:
    return Reason(
        code=row["code"],
        text=row["text"],
        category=cast(Category, row["category"]),
        next_step=row["next_step"],
        period=row_period(row),
    )


def group(code: str) -> Entry | None:
    """A claim adjustment group code (CO, PR, OA, PI, CR)."""
    return _entries("group_codes").get(code)


def claim_status(code: str) -> Entry | None:
    """A claim status code (277CA STC01-2)."""
    return _entries("claim_status_codes").get(code)


@cache
def _entries(name: str) -> dict[str, Entry]:
    return _by_code(name, lambda row: Entry(code=row["code"], text=row["text"]))


def claim_status_category(code: str) -> StatusCategory | None:
    """A claim status category code (277CA STC01-1)."""
    return _categories().get(code)


@cache
def _categories() -> dict[str, StatusCategory]:
    return _by_code("claim_status_categories", _category)


def _category(row: dict[str, str]) -> StatusCategory:
    meaning = cast(Literal["accepted", "rejected", "pending", "decided", "error"], row["meaning"])
    return StatusCategory(code=row["code"], text=row["text"], meaning=meaning)


def taxonomy(code: str) -> Taxonomy | None:
    """A provider taxonomy code of primary care or its neighbors."""
    return _taxonomies().get(code)


@cache
def _taxonomies() -> dict[str, Taxonomy]:
    return _by_code("taxonomies", lambda row: Taxonomy(code=row["code"], text=row["text"], person=row["kind"] == "person"))


def state(code: str) -> State | None:
    """A US state or territory by its postal abbreviation."""
    return _states().get(code)


@cache
def _states() -> dict[str, State]:
    return _by_code("states", lambda row: State(code=row["code"], text=row["text"], zips=_zips(row["zips"])))


def _zips(text: str) -> tuple[tuple[str, str], ...]:
    """ZIP starts as written ("10-14 063 900-961") to spans of equal length."""
    spans = (part.partition("-") for part in text.split())
    return tuple((low.ljust(3, "0"), (high or low).ljust(3, "9")) for low, _, high in spans)
