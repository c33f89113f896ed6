"""A claim's loops, sorted once for all the rules that look at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from claimwright.x12.checks.rules import RawSection
from claimwright.x12.located import value
from claimwright.x12.tokens import Segment
from claimwright.x12.values import date8, dates

_NONE: Segment = []
_SERVICES = {"SV1": (2, 7), "SV2": (3, 0), "SV3": (2, 11)}  # where the charge and the diagnosis pointers stand; SV2 has none


class ServiceLine:
    """A line (2400) with what other payers decided of it (2430)."""

    __slots__ = ("charge_at", "decided", "pointers_at", "section", "served", "served_at", "service")

    def __init__(self, section: RawSection) -> None:
        self.section = section
        self.decided: list[RawSection] = []
        self.served: date | None = None
        self.served_at = 0  # which DTP says so
        self.service, self.charge_at, self.pointers_at = _NONE, 0, 0
        segments, where = section.segments, section.where
        for place, at in enumerate(where.get("DTP", ())):
            row = segments[at]
            if len(row) > 1 and row[1] == "472":
                self.served, self.served_at = _day(row), place
                break
        for name, places in _SERVICES.items():
            if name in where:
                self.service, (self.charge_at, self.pointers_at) = segments[where[name][0]], places
                break


class OtherPayer:
    """Another payer (2320) and its number, None where it is not named (2330B)."""

    __slots__ = ("number", "section")

    def __init__(self, section: RawSection) -> None:
        self.section = section
        self.number: str | None = None


class ClaimLoops:
    """A claim (2300) with its lines and other payers."""

    __slots__ = ("dated", "decided", "head", "lines", "others", "payers", "sections")

    def __init__(self, sections: Sequence[RawSection]) -> None:
        self.sections = sections
        self.head = sections[0]
        self.lines: list[ServiceLine] = []
        self.others: list[OtherPayer] = []
        self.payers: list[str] = []  # the numbers of all other payers that are named
        self.decided: list[RawSection] = []  # every decision, also one that stands under no line
        self.dated: dict[str, tuple[int, Segment]] = {}  # the first date of each kind, and which DTP it is
        if "DTP" in self.head.where:
            for place, row in enumerate(self.head.all("DTP")):
                if len(row) > 1 and row[1] not in self.dated:
                    self.dated[row[1]] = place, row
        for section in sections:
            loop = section.loop
            if loop == "2400":
                self.lines.append(ServiceLine(section))
            elif loop == "2430":
                self.decided.append(section)
                if self.lines:
                    self.lines[-1].decided.append(section)
            elif loop == "2320":
                self.others.append(OtherPayer(section))
            elif loop == "2330B":
                number = value(section.first("NM1"), 9)
                self.payers.append(number)
                if self.others and self.others[-1].number is None:
                    self.others[-1].number = number

    def day(self, qualifier: str) -> date | None:
        """The (first) day of one of the claim's own dates."""
        found = self.dated.get(qualifier)
        return _day(found[1]) if found else None

    def place(self, qualifier: str) -> int:
        """Which of the claim's DTP it is."""
        return self.dated.get(qualifier, (0, ()))[0]

    def statement(self) -> tuple[date | None, date | None]:
        """First and last day of an institutional claim (DTP*434); the last is None for one day."""
        found = self.dated.get("434")
        return dates(value(found[1], 3)) if found else (None, None)

    def served(self) -> list[tuple[RawSection, int, date]]:
        """Every day of service: the claim's and each line's, with the loop and which of its DTP it is."""
        found = [(one.section, one.served_at, one.served) for one in self.lines if one.served]
        on = self.day("472")
        return [(self.head, self.place("472"), on), *found] if on else found

    def judged_on(self) -> date | None:
        """The day by which a claim's codes are judged.

        An institutional one goes by the end of its statement (Claims Processing Manual 23, 10.2), others by their first service.
        """
        starts, ends = self.statement()
        if starts:
            return ends or starts
        return min((one.served for one in self.lines if one.served), default=None) or self.day("472")


def _day(row: Segment) -> date | None:
    return date8(row[3][:8]) if len(row) > 3 else None
