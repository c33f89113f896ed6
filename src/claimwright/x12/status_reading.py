"""276 and 277 (005010X212) from the wire: which claims are asked about, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from claimwright.findings import Finding
from claimwright.money import Cents
from claimwright.parties import Payer, Person, Provider
from claimwright.x12.located import Place, Section, part, sections, value
from claimwright.x12.status_model import (
    REFERENCES,
    AskedClaim,
    LineInquiry,
    LineStatus,
    Receiver,
    Status,
    StatusAnswer,
    StatusCode,
    StatusInquiry,
)
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.values import UnreadableError, amount, date8, dates, person, provider, quantity, reference


def read_276(source: Source, findings: list[Finding] | None = None) -> Iterator[StatusInquiry]:
    """Every claim that a 276 file asks about. What of it is no amount or date is left out: the check says so.

    `findings` gains what is cut off: of the claim before a break, service lines may be missing.
    """
    for levels in _claims(source, "276", findings):
        rows = levels.claim
        lines = tuple(LineInquiry(**levels.line(one)) for one in levels.lines)
        yield StatusInquiry(
            **levels.common(), **_referred(rows, StatusInquiry), charge=_amount(rows.first("AMT"), 2), lines=lines
        )


def read_277(source: Source, findings: list[Finding] | None = None) -> Iterator[StatusAnswer]:
    """Every answer of a 277 file, in its order, whether it speaks of a claim, a provider or all that was asked.

    `findings` gains what is cut off: of the answer before a break, statuses and service lines may be missing.
    """
    for levels in _claims(source, "277", findings):
        rows = levels.claim
        lines = tuple(
            LineStatus(**levels.line(one), statuses=levels.statuses(one), paid=_amount(one.first("SVC"), 3))
            for one in levels.lines
        )
        level: Literal["claim", "provider", "receiver"] = "claim"
        if rows.loop in ("2200B", "2200C"):
            level = "receiver" if rows.loop == "2200B" else "provider"
        yield StatusAnswer(
            **levels.common(), **_referred(rows, StatusAnswer), statuses=levels.statuses(rows), level=level, lines=lines
        )


def _amount(segment: Segment, place: int) -> Cents | None:
    try:
        return amount(segment, place) if value(segment, place) else None
    except UnreadableError:
        return None


def _referred(rows: Section, kind: type[AskedClaim]) -> dict[str, Any]:
    known = kind.__struct_fields__
    return {name: found for qualifier, name in REFERENCES if name in known and (found := reference(rows, qualifier))}


class _Levels:
    """What has been read of a set on the way to one claim."""

    def __init__(self, place: Place, header: Section) -> None:
        self.separator = place.tokens.delimiters.component
        self.reference = value(header.first("BHT"), 3)
        self.held: dict[str, list[Section]] = {}
        self.claim = Section("", 0)
        self.lines: list[Section] = []

    def first(self, loop: str) -> Section:
        return self.held.get(loop, [Section(loop, 0)])[0]

    def common(self) -> dict[str, Any]:
        """Who is spoken of, and what a claim's loop says of itself."""
        payer, receiver = self.first("2100A"), self.first("2100B").first("NM1")
        providers = [_identified(one) for one in self.held.get("2100C", [])]
        phones = [value(row, 4) for row in payer.all("PER") if value(row, 3) == "TE"]
        begins, ends = dates(value(self.claim.first("DTP", "472"), 3))
        return {
            "payer": Payer(
                name=value(payer.first("NM1"), 3), payer_id=value(payer.first("NM1"), 9), phone=phones[0] if phones else ""
            ),
            "receiver": Receiver(
                name=value(receiver, 3),
                identifier=value(receiver, 9),
                first=value(receiver, 4),
                middle=value(receiver, 5),
                person=value(receiver, 2) == "1",
            ),
            "trace": value(self.claim.first("TRN"), 2),
            "provider": providers[0] if providers else None,
            "other_provider": providers[1] if len(providers) > 1 else None,
            "subscriber": self._member("D"),
            "member_id": value(self.first("2100D").first("NM1"), 9),
            "dependent": self._member("E"),
            "reference": self.reference,
            "first_service": begins,
            "last_service": ends,
        }

    def _member(self, rank: str) -> Person | None:
        """NM1 with the birth date, which stands at the level, before the name."""
        if f"2100{rank}" not in self.held:
            return None
        whole = Section("", 0)
        whole.segments = [*self.first(f"2100{rank}").segments, *self.first(f"2000{rank}").segments]
        return person(whole)

    def line(self, section: Section) -> dict[str, Any]:
        """What a service line says of itself."""
        row = section.first("SVC")
        code = [part(value(row, 1), at, self.separator) for at in range(1, 7)]
        begins, ends = dates(value(section.first("DTP", "472"), 3))
        return {
            "procedure": code[1],
            "qualifier": code[0],
            "modifiers": tuple(one for one in code[2:] if one),
            "charge": _amount(row, 2),
            "units": quantity(value(row, 7)),
            "revenue_code": value(row, 4),
            "control_number": reference(section, "FJ"),
            "first_service": begins,
            "last_service": ends,
        }

    def statuses(self, section: Section) -> tuple[Status, ...]:
        """Every STC of a loop."""
        return tuple(
            Status(
                codes=tuple(self._code(value(row, at)) for at in (1, 10, 11) if value(row, at)),
                effective=date8(value(row, 2)),
                charge=_amount(row, 4),
                paid=_amount(row, 5),
                finalized=date8(value(row, 6)),
                paid_on=date8(value(row, 8)),
                check_number=value(row, 9),
            )
            for row in section.all("STC")
        )

    def _code(self, composite: str) -> StatusCode:
        category, code, entity, code_list = (part(composite, at, self.separator) for at in (1, 2, 3, 4))
        return StatusCode(category=category, code=code, entity=entity, code_list=code_list)


def _identified(section: Section) -> Provider:
    """A service provider with its NPI or its tax number."""
    name = section.first("NM1")
    found = provider(section)
    if value(name, 8) != "FI":
        return found
    return Provider(npi="", name=found.name, first=found.first, middle=found.middle, person=found.person, ein=value(name, 9))


_TRACED = frozenset({"2200B", "2200C", "2200D", "2200E"})


def _claims(source: Source, transaction: str, findings: list[Finding] | None) -> Iterator[_Levels]:
    """The levels as they stand at the end of each claim's loop, or of a status that stands for all under it."""
    levels: _Levels | None = None
    for place, section in sections(source, frozenset({transaction}), findings):
        loop = section.loop.rstrip("+")
        if loop == "HEADER":
            levels = _Levels(place, section)
            continue
        if levels is None:
            continue
        if section.loop.endswith("+"):
            levels.held.get(loop, [section])[-1].segments += section.segments
            continue
        if loop[:4] in ("2210", "2220"):
            levels.lines.append(section)
            continue
        if levels.claim.loop:
            yield levels
            levels.claim = Section("", 0)
        if loop.startswith("2000"):
            levels.held = {name: one for name, one in levels.held.items() if name[4] < loop[4]}
        if loop in _TRACED:
            levels.claim, levels.lines = section, []
        else:
            levels.held.setdefault(loop, []).append(section)
