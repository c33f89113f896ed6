"""270, 271, 277CA and 999: totals that must agree, and questions that must be asked (SNIP 3 and 4)."""

from __future__ import annotations

from claimwright.money import Cents, dollars
from claimwright.x12.checks.claim_money import money
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import SetRules, line_of
from claimwright.x12.located import Section, part, value
from claimwright.x12.values import quantity


class AnswerRules(SetRules):
    """One set of any of these."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.answered = 0
        self.taken = 0
        self.errors = 0  # of the set being answered
        self.uncertain = False  # something that the totals count could not be read
        self.open: Section | None = None  # a member's level that has neither asked nor been answered yet
        self.named = False  # the member's name has come; that it has not is a finding already
        self.refused = ""  # the rank of a level that was refused: what stands under it needs no answer
        self.batch = Section("", 0)
        self.charges: Cents = 0
        self.accepted: Cents = 0
        self.good = 0  # claims accepted
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
            if segment[0] == "IK3":
                self.errors += 1
            elif segment[0] == "IK5":
                self._answered(section, value(segment, 1))
            elif segment[0] == "AK9":
                self._totals(section, [value(segment, place) for place in range(1, 5)])

    def _answered(self, section: Section, code: str) -> None:
        """A set's result; one that is plainly accepted has no errors."""
        self.answered += 1
        self.taken += code in ("A", "E")
        if code not in ("A", "E", "M", "R", "W", "X"):
            self.uncertain = True
        elif code == "A" and self.errors:
            said = "IK501 is A (accepted), but errors are reported for the set."
            self._add(4, "ack-disagrees", said, section, "IK5", "IK501")
            self.uncertain = True
        self.errors = 0

    def _totals(self, section: Section, totals: list[str]) -> None:
        code, included, received, accepted = totals
        if self.uncertain or not all(one.isdecimal() and len(one) < 7 for one in totals[1:]):
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
            self._claim(section)

    def _claim(self, section: Section) -> None:
        """One claim: its charge counts with the accepted or with the refused, and its status says the same."""
        status = section.first("STC")
        charge, action = money(status, 4), value(status, 3)
        category = part(value(status, 1), 1, self.marks.component)
        if charge is None or action not in ("U", "WQ"):
            self.uncertain = True
            return
        self.charges += charge
        if action == "WQ":
            self.accepted += charge
            self.good += 1
        refused = category in ("A3", "A4", "A6", "A7", "A8")
        if (category in ("A1", "A2") and action == "U") or (refused and action == "WQ"):
            said = f"STC03 is {action}, which does not agree with the category {category} in STC01-1."
            self._add(4, "status-disagrees", said, section, "STC", "STC03", severity=WARNING)
            self.uncertain = True

    # 270, 271 ------------------------------------------------------------------------------------------------------

    def _eligibility(self, section: Section, transaction: str) -> None:
        loop = section.loop
        self.named |= loop in ("2100C", "2100D")
        if loop in ("2000A", "2000B", "2000C", "2000D", "", "TRAILER"):
            if self.open is not None and self.named and loop != "2000D":
                self._silent(self.open, transaction)
            self.named = False
            if loop[4:] <= self.refused:
                self.refused = ""  # a level of that rank, or above it, begins anew
            self.open = section if loop in ("2000C", "2000D") and not self.refused else None
        elif loop.startswith("2110"):
            self.open = None
        elif section.first("AAA"):
            self.open, self.refused = None, loop[4:]

    def _silent(self, section: Section, transaction: str) -> None:
        if transaction == "270" and section.loop == "2000D":
            return  # the guide's table requires the dependent's inquiry
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
        if self.report.transaction != "277CA" or not self.claims or self.uncertain:
            return
        for code, claims, what in (("90", self.good, "accepted"), ("AA", self.claims - self.good, "refused")):
            count = quantity(value(self.batch.first("QTY", code), 2))
            if count is not None and count != claims:
                self._batch("QTY", code, f"QTY*{code} of the batch is {count}, but {claims} of its claims are {what}.")
                break
        total = money(self.batch.first("STC"), 4)
        if total is not None and total != self.charges:
            said = f"STC04 of the batch is {dollars(total)}; its claims add up to {dollars(self.charges)}."
            self._add(3, "batch-totals", said, self.batch, "STC", "STC04")
            return

        for code, charges, what in (("YU", self.accepted, "accepted"), ("YY", self.charges - self.accepted, "refused")):
            amount = money(self.batch.first("AMT", code), 2)
            if amount is not None and amount != charges:
                said = f"AMT*{code} of the batch is {dollars(amount)}; its {what} claims add up to {dollars(charges)}."
                self._batch("AMT", code, said)
                return

    def _batch(self, segment: str, code: str, said: str) -> None:
        at = [value(one, 1) for one in self.batch.all(segment)].index(code)
        line = line_of(self.batch, segment, at)
        self.report.add(3, "batch-totals", said, line=line, loop="2200B", segment=segment, element=f"{segment}02")

    def _add(
        self, level: int, code: str, said: str, section: Section, segment: str, element: str, severity: str = "error"
    ) -> None:
        line, loop = line_of(section, segment), section.loop.partition("-")[0] if section.loop[:1].isdigit() else ""
        self.report.add(level, code, said, line=line, loop=loop, segment=segment, element=element, severity=severity)
