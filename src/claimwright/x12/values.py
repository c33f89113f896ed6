"""From the wire's text to values, with what is wrong kept as findings instead of raised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import cast

from claimwright.claims.model import Adjustment
from claimwright.findings import Finding
from claimwright.money import Cents, cents
from claimwright.parties import Address, Person, Provider, Sex
from claimwright.x12.located import Section, value
from claimwright.x12.tokens import Segment


class UnreadableError(Exception):
    """A value without which there is no claim (payment, answer) to speak of; `row` is the segment that should have it."""

    def __init__(self, segment: str, element: str, message: str, row: Segment | None = None) -> None:
        super().__init__(message)
        self.segment, self.element, self.row = segment, element, row or []


def padded(segment: Segment, upto: int) -> Segment:
    """The segment with empty elements as far as this number, so that all to there may be asked for."""
    return segment if len(segment) > upto else segment + [""] * (upto + 1 - len(segment))


# Elements ------------------------------------------------------------------------------------------------------------

_AMOUNT = 20  # eighteen digits are the most of any amount (element 782), and sign and point


@lru_cache(maxsize=65_536)  # a file has few different amounts and fewer different days; who checks it asks before who reads it
def known_cents(text: str) -> Cents:
    """An amount's text in cents. Raises ValueError where it is none."""
    if len(text) > _AMOUNT:
        raise ValueError("longer than an amount can be")
    return cents(text)


def amount(segment: Segment, place: int, default: Cents | None = None) -> Cents:
    """An amount in cents. Raises UnreadableError where it is not one."""
    text = segment[place] if place < len(segment) else ""
    if not text and default is not None:
        return default
    try:
        return known_cents(text)
    except ValueError as error:
        name = segment[0] if segment else ""
        message = "is missing" if not text else "is not an amount in dollars and cents"
        raise UnreadableError(name, f"{name}{place:02d}", f"{name}{place:02d} {message}.", segment) from error


@lru_cache(maxsize=1024)
def quantity(text: str, default: Decimal | None = None) -> Decimal | None:
    """A quantity; None (or the default) where there is none or it is no number."""
    try:
        found = Decimal(text) if text and len(text) < 20 else None
    except InvalidOperation:
        return default
    return found if found is not None and found.is_finite() else default


@lru_cache(maxsize=32_768)  # most days on which anyone alive was born
def date8(text: str) -> date | None:
    """A D8 date, or None where it is none."""
    digits = text[:8]
    if len(digits) < 8 or not digits.isascii() or not digits.isdigit():
        return None
    try:
        return date.fromisoformat(digits)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def dates(text: str) -> tuple[date | None, date | None]:
    """First and last day of a D8 or RD8 value; the last is None for one day."""
    first, _, last = text.partition("-")
    begins, ends = date8(first), date8(last)
    return begins, (ends if ends != begins else None)


def day(segment: Segment, place: int) -> date | None:
    """The D8 date of an element, None where there is none."""
    return date8(segment[place]) if place < len(segment) else None


_SEXES = frozenset({"F", "M"})


# Segments that say one thing together --------------------------------------------------------------------------------


def address_of(street: Segment, place: Segment) -> Address | None:
    """N3 and N4 together; either may be empty."""
    if len(place) < 4 or len(street) < 2:
        if not street and not place:
            return None
        street, place = padded(street, 1), padded(place, 3)
    line2 = street[2] if len(street) > 2 else ""
    return Address(line1=street[1], line2=line2, city=place[1], state=place[2], zip=place[3])


def person_of(name: Segment, birth: Segment, home: Address | None) -> Person:
    """NM1 with the DMG and the address of a person."""
    if len(name) < 8:
        name = padded(name, 7)
    if len(birth) < 4:
        birth = padded(birth, 3)
    sex = birth[3]
    return Person(
        last=name[3],
        first=name[4],
        middle=name[5],
        suffix=name[7],
        birth=date8(birth[2]),
        sex=cast(Sex, sex) if sex in _SEXES else "U",
        address=home,
    )


def provider_of(name: Segment, taxonomy: str, ein: str, place: Address | None, contact: Segment) -> Provider:
    """NM1 with what else is said of a provider; the phone is the first that PER has."""
    if len(name) < 10:
        name = padded(name, 9)
    return Provider(
        npi=name[9] if name[8] == "XX" else "",
        name=name[3],
        first=name[4],
        middle=name[5],
        person=name[2] == "1",
        taxonomy=taxonomy,
        ein=ein,
        address=place,
        phone=phone_of(contact) if contact else "",
    )


def phone_of(contact: Segment) -> str:
    """The first telephone number of a PER."""
    return next((value(contact, place + 1) for place in (3, 5, 7) if value(contact, place) == "TE"), "")


def adjustments_of(rows: Iterable[Segment]) -> tuple[Adjustment, ...]:
    """Every triple of every CAS."""
    found = []
    for row in rows:
        group = value(row, 1)
        for place in range(2, len(row), 3):
            if row[place]:
                counted = quantity(row[place + 2]) if place + 2 < len(row) else None
                found.append(Adjustment(group=group, reason=row[place], amount=amount(row, place + 1), quantity=counted))
    return tuple(found)


# The same of a section ------------------------------------------------------------------------------------------------


def dated(section: Section, qualifier: str) -> date | None:
    """The date of a DTP with this qualifier."""
    return day(section.first("DTP", qualifier), 3)


def reference(section: Section, *qualifiers: str) -> str:
    """The value of a REF."""
    return value(section.first("REF", *qualifiers), 2)


def address(section: Section) -> Address | None:
    """N3 and N4 together."""
    return address_of(section.first("N3"), section.first("N4"))


def person(section: Section) -> Person:
    """NM1 with what follows it of a person."""
    return person_of(section.first("NM1"), section.first("DMG"), address(section))


def provider(section: Section, taxonomy: str = "") -> Provider:
    """NM1 with what follows it of a provider."""
    taxonomy = taxonomy or value(section.first("PRV"), 3)
    return provider_of(section.first("NM1"), taxonomy, reference(section, "EI"), address(section), section.first("PER"))


def adjustments(section: Section) -> tuple[Adjustment, ...]:
    """Every triple of every CAS."""
    return adjustments_of(section.all("CAS"))


def unreadable(error: UnreadableError, *, transaction: str, version: str, claim: str, line: int, loop: str) -> Finding:
    """What stopped a claim from being read, as a finding."""
    return Finding(
        code="unreadable",
        severity="error",
        message=str(error),
        transaction=transaction,
        version=version,
        claim=claim,
        line=line,
        loop=loop,
        segment=error.segment,
        element=error.element,
    )
