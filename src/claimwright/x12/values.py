"""From the wire's text to values, with what is wrong kept as findings instead of raised."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from claimwright.claims.model import Adjustment
from claimwright.findings import Finding
from claimwright.money import Cents, cents
from claimwright.parties import Address, Person, Provider, Sex
from claimwright.x12.located import Section, value
from claimwright.x12.tokens import Segment


class UnreadableError(Exception):
    """A value without which there is no claim (payment, answer) to speak of."""

    def __init__(self, segment: str, element: str, message: str) -> None:
        super().__init__(message)
        self.segment, self.element = segment, element


def amount(segment: Segment, place: int, default: Cents | None = None) -> Cents:
    """An amount in cents. Raises UnreadableError where it is not one."""
    text = value(segment, place)
    if not text and default is not None:
        return default
    try:
        return cents(text)
    except ValueError as error:
        name = segment[0] if segment else ""
        message = "is missing" if not text else "is not an amount in dollars and cents"
        raise UnreadableError(name, f"{name}{place:02d}", f"{name}{place:02d} {message}.") from error


def quantity(text: str, default: Decimal | None = None) -> Decimal | None:
    """A quantity; None (or the default) where there is none or it is no number."""
    try:
        found = Decimal(text) if text and len(text) < 20 else None
    except InvalidOperation:
        return default
    return found if found is not None and found.is_finite() else default


def date8(text: str) -> date | None:
    """A D8 date, or None where it is none."""
    if len(text) < 8 or not text[:8].isascii() or not text[:8].isdigit():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def dates(text: str) -> tuple[date | None, date | None]:
    """First and last day of a D8 or RD8 value; the last is None for one day."""
    first, _, last = text.partition("-")
    begins, ends = date8(first), date8(last)
    return begins, (ends if ends != begins else None)


def dated(section: Section, qualifier: str) -> date | None:
    """The date of a DTP with this qualifier."""
    return date8(value(section.first("DTP", qualifier), 3))


def reference(section: Section, *qualifiers: str) -> str:
    """The value of a REF."""
    return value(section.first("REF", *qualifiers), 2)


def address(section: Section) -> Address | None:
    """N3 and N4 together."""
    street, place = section.first("N3"), section.first("N4")
    if not street and not place:
        return None
    return Address(
        line1=value(street, 1), line2=value(street, 2), city=value(place, 1), state=value(place, 2), zip=value(place, 3)
    )


def person(section: Section) -> Person:
    """NM1 with what follows it of a person."""
    name, birth = section.first("NM1"), section.first("DMG")
    sex: Sex = "F" if value(birth, 3) == "F" else "M" if value(birth, 3) == "M" else "U"
    return Person(
        last=value(name, 3),
        first=value(name, 4),
        middle=value(name, 5),
        suffix=value(name, 7),
        birth=date8(value(birth, 2)),
        sex=sex,
        address=address(section),
    )


def provider(section: Section, taxonomy: str = "") -> Provider:
    """NM1 with what follows it of a provider."""
    name = section.first("NM1")
    phone = section.first("PER")
    numbers = [value(phone, i + 1) for i in (3, 5, 7) if value(phone, i) == "TE"]
    return Provider(
        npi=value(name, 9) if value(name, 8) == "XX" else "",
        name=value(name, 3),
        first=value(name, 4),
        middle=value(name, 5),
        person=value(name, 2) == "1",
        taxonomy=taxonomy or value(section.first("PRV"), 3),
        ein=reference(section, "EI"),
        address=address(section),
        phone=numbers[0] if numbers else "",
    )


def adjustments(section: Section) -> tuple[Adjustment, ...]:
    """Every triple of every CAS."""
    found = []
    for segment in section.all("CAS"):
        for place in range(2, len(segment), 3):
            if segment[place]:
                found.append(
                    Adjustment(
                        group=value(segment, 1),
                        reason=segment[place],
                        amount=amount(segment, place + 1),
                        quantity=quantity(value(segment, place + 2)),
                    )
                )
    return tuple(found)


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
