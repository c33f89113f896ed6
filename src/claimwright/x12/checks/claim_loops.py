"""A claim's loops, sorted once for all the rules that look at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from claimwright.x12.checks.rules import RawSection
from claimwright.x12.checks.situations import Watched, watched
from claimwright.x12.located import value
from claimwright.x12.stretches import Places
from claimwright.x12.tokens import Segment
from claimwright.x12.values import date8, dates

_NONE: Segment = []
_SORTED = frozenset({"2320", "2330B", "2400", "2430"})
_SERVICES = {"SV1": (2, 7), "SV2": (3, 0), "SV3": (2, 11)}  # where the charge and the diagnosis pointers stand; SV2 has none


class Sites:
    """Where in a section the rules look (-1: nowhere), which is the same for all sections of a shape."""

    __slots__ = ("charge_at", "control", "number", "pointers_at", "served", "service", "watched")

    def __init__(self, transaction: str, loop: str, where: Places) -> None:
        self.watched = watched(transaction, loop, where)
        self.number, self.served, self.control = (where.get(name, (-1,))[0] for name in ("LX", "DTP*472", "REF*6R"))
        name = next((one for one in _SERVICES if one in where), "")
        self.service = where[name][0] if name else -1
        self.charge_at, self.pointers_at = _SERVICES.get(name, (0, 0))


def sites_of(transaction: str, loop: str, where: Places) -> Sites:
    """The sites of a section, worked out once for its shape."""
    if where.noted is None:
        where.noted = Sites(transaction, loop, where)
    found: Sites = where.noted
    return found


class ServiceLine:
    """A line (2400) with what other payers decided of it (2430)."""

    __slots__ = ("decided", "section", "served", "service", "sites")

    def __init__(self, section: RawSection, sites: Sites) -> None:
        self.section, self.sites = section, sites
        self.decided: list[RawSection] = []
        segments = section.segments
        self.served = _day(segments[sites.served]) if sites.served >= 0 else None
        self.service = segments[sites.service] if sites.service >= 0 else _NONE

    @property
    def served_at(self) -> int:
        """Which of its DTP says when it was done."""
        return self.section.where["DTP"].index(self.sites.served) if self.sites.served >= 0 else 0


class OtherPayer:
    """Another payer (2320) and its number, None where it is not named (2330B)."""

    __slots__ = ("number", "section")

    def __init__(self, section: RawSection) -> None:
        self.section = section
        self.number: str | None = None


class ClaimLoops:
    """A claim (2300) with its lines and other payers."""

    __slots__ = ("dated", "decided", "head", "lines", "others", "payers", "watched")

    def __init__(self, sections: Sequence[RawSection], transaction: str) -> None:
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
        self.watched: list[tuple[RawSection, Watched]] = []  # the sections that situations may arise in
        for section in sections:
            loop, where = section.loop, section.where
            sites = where.noted or sites_of(transaction, loop, where)
            if sites.watched:
                self.watched.append((section, sites.watched))
            if loop not in _SORTED:
                continue
            if loop == "2400":
                self.lines.append(ServiceLine(section, sites))
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

    def days(self) -> list[date]:
        """Every day of service: the claim's and each line's."""
        found = [one.served for one in self.lines if one.served]
        on = self.day("472") if self.dated else None
        return [on, *found] if on else found

    def served(self) -> list[tuple[RawSection, int, date]]:
        """Every day of service with the loop that says it and which of its DTP it is."""
        found = [(one.section, one.served_at, one.served) for one in self.lines if one.served]
        on = self.day("472")
        return [(self.head, self.place("472"), on), *found] if on else found

    def judged_on(self) -> date | None:
        """The day by which a claim's codes are judged.

        An institutional one goes by the end of its statement (Claims Processing Manual 23, 10.2), others by their first service.
        """
        if self.dated:
            starts, ends = self.statement()
            if starts:
                return ends or starts
        return min([one.served for one in self.lines if one.served], default=None) or self.day("472")


def _day(row: Segment) -> date | None:
    return date8(row[3][:8]) if len(row) > 3 else None
