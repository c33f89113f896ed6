"""270, 271, 277CA and 999: totals that must agree, and questions that must be asked (SNIP 3 and 4)."""

from __future__ import annotations

from claimwright.money import Cents, dollars
from claimwright.x12.checks.claim_money import money
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import SetRules, line_of
from claimwright.x12.located import Section, value
from claimwright.x12.values import quantity


class AnswerRules(SetRules):
    """One set of any of these."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.answered = 0
        self.taken = 0
        self.open: Section | None = None  # a member's level that has neither asked nor been answered yet
        self.refused = ""  # the rank of a level that was refused: what stands under it needs no answer
        self.batch = Section("", 0)
        self.charges: Cents = 0
        self.claims = 0

    def take(self, section: Section) -> bool:
        transaction = self.report.transaction
        if transaction == "999":
            self._functional(section)
        elif transaction == "277CA":
            self._claims(section)
        elif transaction in ("270", "271"):
            self._eligibility(section, transaction)
        return section.loop in ("2000D", "2200D", "2000")

    # 999 -----------------------------------------------------------------------------------------------------------

    def _functional(self, section: Section) -> None:
        for segment in section.segments:
            if segment[0] == "IK5":
                self.answered += 1
                self.taken += value(segment, 1) in ("A", "E")
            elif segment[0] == "AK9":
                self._totals(section, [value(segment, place) for place in range(1, 5)])

    def _totals(self, section: Section, totals: list[str]) -> None:
        code, included, received, accepted = totals
        if not all(one.isdecimal() and len(one) < 7 for one in totals[1:]):
            return
        if int(accepted) > int(received) or (self.answered and int(received) < self.answered):
            said = "AK9: more sets are accepted or answered than were received."
            self._add(3, "ack-totals", said, section, "AK9", "AK904")
        elif self.answered == int(received) and self.taken != int(accepted):
            said = f"AK904 is {int(accepted)}, but {self.taken} sets are accepted above."
            self._add(3, "ack-totals", said, section, "AK9", "AK904")
        elif (code == "A" and int(accepted) < int(included)) or (code == "R" and int(accepted)):
            said = f"AK901 is {code}, which does not agree with {int(accepted)} of {int(included)} sets accepted."
            self._add(3, "ack-totals", said, section, "AK9", "AK901")

    # 277CA ---------------------------------------------------------------------------------------------------------

    def _claims(self, section: Section) -> None:
        if section.loop == "2200B":
            self.batch = section
        elif section.loop == "2200D":
            self.claims += 1
            self.charges += money(section.first("STC"), 4) or 0

    # 270, 271 ------------------------------------------------------------------------------------------------------

    def _eligibility(self, section: Section, transaction: str) -> None:
        loop = section.loop
        if loop in ("2000A", "2000B", "2000C", "2000D", "", "TRAILER"):
            if self.open is not None and loop != "2000D":
                self._silent(self.open, transaction)
            if loop[4:] <= self.refused:
                self.refused = ""  # a level of that rank, or above it, begins anew
            self.open = section if loop in ("2000C", "2000D") and not self.refused else None
        elif loop.startswith("2110"):
            self.open = None
        elif section.first("AAA"):
            self.open, self.refused = None, loop[4:]

    def _silent(self, section: Section, transaction: str) -> None:
        if transaction == "270":
            said = "Nothing is asked about this member: EQ is missing."
            self.report.add(4, "inquiry-missing", said, line=section.line, loop="2110" + section.loop[-1], segment="EQ")
        else:
            said = "Neither a benefit (EB) nor a reason for refusing (AAA) is given for this member."
            self.report.add(
                4, "answer-missing", said, line=section.line, loop="2110" + section.loop[-1], segment="EB", severity=WARNING
            )

    def finish(self) -> None:
        """277CA: what the batch totals say is what the claims add up to."""
        if self.report.transaction != "277CA" or not self.claims:
            return
        counts = [quantity(value(self.batch.first("QTY", code), 2)) for code in ("90", "AA")]
        told = [count for count in counts if count is not None]
        if told and sum(told) != self.claims:
            said = f"QTY of the batch does not add up to its {self.claims} claims."
            self._add(3, "batch-totals", said, self.batch, "QTY", "QTY02")
        total = money(self.batch.first("STC"), 4)
        if total is not None and total != self.charges:
            said = f"STC04 of the batch is {dollars(total)}; its claims add up to {dollars(self.charges)}."
            self._add(3, "batch-totals", said, self.batch, "STC", "STC04")

    def _add(self, level: int, code: str, said: str, section: Section, segment: str, element: str) -> None:
        line, loop = line_of(section, segment), section.loop.partition("-")[0] if section.loop[:1].isdigit() else ""
        self.report.add(level, code, said, line=line, loop=loop, segment=segment, element=element)
