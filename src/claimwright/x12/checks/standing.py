"""276, 277 and 278: every level asks, or is answered (SNIP 4)."""

from __future__ import annotations

from claimwright.x12.checks.diagnoses import ReviewRules
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import SetRules, line_of
from claimwright.x12.located import Section, value

_LEVELS = frozenset({"2000A", "2000B", "2000C", "2000D", "2000E", "", "SE", "TRAILER"})


class StatusRules(SetRules):
    """One set of claim status questions or answers: a level that has none below it speaks for itself."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.open: Section | None = None  # a level without levels below it that has not spoken yet

    def take(self, section: Section) -> bool:
        loop = section.loop
        if loop in _LEVELS:
            if self.open is not None:
                self._silent(self.open)
            # That a level announces another and none follows is told of the hierarchy.
            ends = value(section.first("HL"), 4) == "0" and loop in ("2000B", "2000C", "2000D")
            self.open = section if ends else None
        elif loop.startswith("2200"):
            self.open = None
        return loop in ("2000D", "2000E")

    def finish(self) -> None:
        if self.open is not None:
            self._silent(self.open)

    def _silent(self, section: Section) -> None:
        self.open = None
        loop = "2200" + section.loop[-1]
        if self.report.transaction == "276":
            said = "No claim is asked about here: TRN is missing."
            self.report.add(4, "inquiry-missing", said, line=section.line, loop=loop, segment="TRN")
        else:
            said = "No status (TRN and STC) is given here, and no level follows that could give one."
            self.report.add(4, "answer-missing", said, line=section.line, loop=loop, segment="STC", severity=WARNING)


class ServicesReviewRules(ReviewRules):
    """One set of a services review: an answer decides (HCR) or rejects (AAA), and what it certifies has a number."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.answers = self.refused = self.spoken = self.numbered = False  # refused: above the events, and so for all of them
        self.event: Section | None = None
        self.bare: tuple[Section, str] | None = None  # certified without a number, so far

    def take(self, section: Section) -> bool:
        loop = section.loop
        if loop == "ANSWER":
            self.answers = True
        if self.answers:
            self._answer(section)
        return super().take(section)

    def _answer(self, section: Section) -> None:
        loop = section.loop.rstrip("+").partition("-")[0]
        if loop == "2000E" and not section.loop.endswith("+"):
            self._judge()
            self.event, self.spoken, self.numbered, self.bare = section, self.refused, False, None
        if section.first("AAA"):
            self.spoken = True
            self.refused = self.refused or self.event is None
        for row in section.all("HCR"):
            self.spoken = True
            if value(row, 2):
                self.numbered = True
            elif value(row, 1) in ("A1", "A2", "A6") and self.bare is None:
                self.bare = (section, loop)

    def _judge(self) -> None:
        """An event that has ended."""
        if self.event is not None and not self.spoken:
            said = "Neither a decision (HCR) nor a reason for refusing (AAA) is given for this patient event."
            self.report.add(4, "answer-missing", said, line=self.event.line, loop="2000E", segment="HCR", severity=WARNING)
        if self.bare is not None and not self.numbered:
            section, loop = self.bare
            said = "The review is certified, but HCR02 gives no certification number for the claim to name."
            line = line_of(section, "HCR")
            self.report.add(
                4, "certification-number-missing", said, line=line, loop=loop, segment="HCR", element="HCR02", severity=WARNING
            )
        self.event, self.bare = None, None

    def finish(self) -> None:
        self._judge()
        super().finish()
