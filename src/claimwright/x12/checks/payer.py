"""Where a payer's own rules are asked (SNIP 7): each claim with the levels above it. What the rules are, the payer knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from claimwright.x12.checks.report import ERROR
from claimwright.x12.checks.rules import RawSection, SetRules
from claimwright.x12.located import Section, value
from claimwright.x12.tokens import Delimiters, Segment

_LEVELS = ("2000A", "2000B", "2000C")


class ClaimSections(NamedTuple):
    """A claim as its payer's rules see it: its own loops, and those of its provider, subscriber and patient, in order."""

    transaction: str
    sections: tuple[Section, ...]
    marks: Delimiters
    today: date | None

    def find(self, loop: str, segment: str = "", *qualifiers: str) -> Iterator[tuple[Section, Segment, int]]:
        """Every segment of this kind in these loops, with its line; the loops' first segments where none is named."""
        for section in self.sections:
            if section.loop.rstrip("+") != loop:
                continue
            for place, one in enumerate(section.segments if segment else section.segments[:1]):
                if (not segment or one[0] == segment) and (not qualifiers or value(one, 1) in qualifiers):
                    yield section, one, section.line + place


class PayerFlaw(NamedTuple):
    """What a payer would refuse a claim for. The message holds no name, birth date or member id."""

    code: str
    message: str
    line: int
    loop: str
    segment: str
    element: str = ""
    fix: str = ""
    severity: str = ERROR


PayerRules = Callable[[ClaimSections], Iterable[PayerFlaw]]


class PayerChecks(SetRules):
    """Stands before the guide's own rules: hands every section on, and every finished claim to the payer's rules."""

    def __init__(self, own: SetRules, rules: PayerRules) -> None:
        self.own, self.rules = own, rules
        self.above: list[Section] = []
        self.claim: list[Section] = []
        super().__init__(own.report)

    @property
    def marks(self) -> Delimiters:
        """The delimiters, which the guide's rules need too."""
        return self.own.marks

    @marks.setter
    def marks(self, marks: Delimiters) -> None:
        self.own.marks = marks

    def take(self, section: RawSection) -> bool:
        loop, judged = section.loop, False
        if self.claim and (not loop or loop in ("2300", "TRAILER", *_LEVELS)):
            self._judge()
            judged = True
        if loop in _LEVELS:
            self.above = [one for one in self.above if one.loop[4] < loop[4]]
        if loop == "2300" or self.claim:
            self.claim.append(section)
        elif loop[:2] == "20":
            self.above.append(section)
        return self.own.take(section) or judged

    def finish(self) -> None:
        self.own.finish()

    def _judge(self) -> None:
        report, claim = self.report, value(self.claim[0].first("CLM"), 1)[:38]
        seen = ClaimSections(report.transaction, (*self.above, *self.claim), self.marks, report.today)
        for flaw in self.rules(seen):
            report.add(
                7, flaw.code, flaw.message, line=flaw.line, loop=flaw.loop, segment=flaw.segment, element=flaw.element,
                fix=flaw.fix, severity=flaw.severity, claim=claim,
            )  # fmt: skip
        self.claim = []
