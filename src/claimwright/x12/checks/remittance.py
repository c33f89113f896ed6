"""835 payments: the three balances of the guide (X221, 1.10.2.1) and what the segments ask of each other."""

from __future__ import annotations

from datetime import date

from claimwright.codesets.numbers import numbers
from claimwright.money import Cents, dollars
from claimwright.x12.checks.claim_money import adjusted, money
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import SetRules, line_of
from claimwright.x12.located import Section, value
from claimwright.x12.values import date8

_GROUPS = frozenset({"CO", "CR", "OA", "PI", "PR"})


class RemittanceRules(SetRules):
    """Follows one payment, holding one claim at a time and the totals."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.header = Section("", 0)
        self.claim: list[Section] = []
        self.paid: Cents = 0
        self.provider: Cents = 0
        self.off: Cents = 0  # by how much claims themselves do not balance
        self.paid_on: date | None = None
        self.certain = True  # every amount of the totals could be read

    def take(self, section: Section) -> bool:
        judged = False
        if self.claim and section.loop not in ("2110", "2100+", "2110+"):
            self._judge()
            self.claim = []
            judged = True
        if section.loop == "HEADER":
            self.header = section
            self._header()
        elif section.loop in ("2100", "2110"):
            self.claim.append(section)
        elif section.loop == "FOOTER":
            self._provider(section)
        return judged

    def _add(
        self, level: int, code: str, said: str, section: Section, segment: str, element: str = "", fix: str = "",
        severity: str = "error", at: int = 0,
    ) -> None:  # fmt: skip
        line, loop = line_of(section, segment, at), section.loop if section.loop[:1].isdigit() else ""
        self.report.add(level, code, said, line=line, loop=loop, segment=segment, element=element, fix=fix, severity=severity)

    def _header(self) -> None:
        """How the money travels."""
        bank, trace = self.header.first("BPR"), self.header.first("TRN")
        method, self.paid_on = value(bank, 4), date8(value(bank, 16))
        if method in ("ACH", "BOP", "FWT") and not (value(bank, 7) and value(bank, 13)):
            said = f"BPR04 is {method}: the banks and accounts (BPR06 to BPR09, BPR12 to BPR15) should be sent."
            self._add(4, "bank-missing", said, self.header, "BPR", "BPR07", severity=WARNING)
        if len(value(bank, 10)) == 10 == len(value(trace, 3)) and value(bank, 10) != value(trace, 3):
            said = "TRN03 and BPR10 name different originators; the payment cannot be matched by them."
            self._add(4, "originator-differs", said, self.header, "TRN", "TRN03", severity=WARNING)

    def _judge(self) -> None:
        head, *lines = self.claim
        clp = head.first("CLP")
        before, self.report.claim = self.report.claim, value(clp, 1)[:38]
        charge, paid, taken = money(clp, 3), money(clp, 4), adjusted(head.all("CAS"))
        if paid is None:
            self.certain = False
        self.paid += paid or 0
        uncertain = [one for one in lines if not self._line(one)]
        if charge is not None and paid is not None and taken is not None and not uncertain:
            self._claim(head, lines, charge, paid, taken)
        if value(clp, 2) == "22" and charge is not None and charge > 0:
            said = "CLP02 is 22 (reversal): the amounts of the claim should be negative."
            self._add(4, "reversal-positive", said, head, "CLP", "CLP03", severity=WARNING)
        self._ended()
        first, last = value(head.first("DTM", "232"), 2), value(head.first("DTM", "233"), 2)
        if first and last and last < first:
            self._add(4, "dates-order", "The claim's last day is before its first.", head, "DTM", "DTM02")
        self.report.claim = before

    def _line(self, section: Section) -> bool:
        """Whether a line could be read and balances: charge less adjustments is paid."""
        svc = section.first("SVC")
        charge, paid, taken = money(svc, 2), money(svc, 3), adjusted(section.all("CAS"))
        if charge is None or paid is None or taken is None:
            return False
        if charge - taken != paid:
            expected = dollars(charge - taken)
            said = f"Charge {dollars(charge)} less adjustments {dollars(taken)} is {expected}; SVC03 says {dollars(paid)}."
            self._add(3, "line-balance", said, section, "SVC", "SVC03")
            return False
        return True

    def _claim(self, head: Section, lines: list[Section], charge: Cents, paid: Cents, taken: Cents) -> None:
        """Charge less all adjustments is paid; lines add up to both."""
        by_line = sum(adjusted(one.all("CAS")) or 0 for one in lines)
        if lines:
            charges = sum(money(one.first("SVC"), 2) or 0 for one in lines)
            if charges != charge:
                said = f"CLP03 is {dollars(charge)}, but the lines' charges add up to {dollars(charges)}."
                self._add(3, "claim-balance", said, head, "CLP", "CLP03")
                return
        if charge - taken - by_line != paid:
            expected = charge - taken - by_line
            self.off += paid - expected
            said = f"Charge {dollars(charge)} less all adjustments is {dollars(expected)}; CLP04 says {dollars(paid)}."
            self._add(3, "claim-balance", said, head, "CLP", "CLP04")
            return
        share, said_share = _patient_share([head, *lines]), money(head.first("CLP"), 5)
        if said_share and share is not None and share != said_share:  # X221, CLP05: supported by the PR adjustments
            said = f"CLP05 is {dollars(said_share)}, but the adjustments in group PR add up to {dollars(share)}."
            self._add(3, "patient-share", said, head, "CLP", "CLP05", severity=WARNING)

    def _ended(self) -> None:
        """Reason codes that were no longer in use on the day of payment."""
        listed = numbers("carc")
        for section in self.claim:
            for at, segment in enumerate(section.all("CAS")):
                for place in range(2, len(segment), 3):
                    if listed.ended_by(segment[place], self.paid_on):
                        said = f"CAS{place:02d}: reason code {segment[place][:5]} was no longer in use on the day of payment."
                        self._add(5, "carc-ended", said, section, "CAS", f"CAS{place:02d}", severity=WARNING, at=at)

    def _provider(self, section: Section) -> None:
        for segment in section.all("PLB"):
            for place in range(4, len(segment), 2):
                amount = money(segment, place)
                if amount is None and value(segment, place):
                    self.certain = False
                self.provider += amount or 0

    def finish(self) -> None:
        """Payment is the claims' payments less the provider adjustments."""
        bank = self.header.first("BPR")
        amount = money(bank, 2)
        if amount is None or not self.certain:
            return
        signed = -amount if value(bank, 3) == "D" else amount
        if signed != self.paid - self.provider and signed != self.paid - self.off - self.provider:
            said = (
                f"BPR02 is {dollars(signed)}; claims {dollars(self.paid)} less provider adjustments"
                f" {dollars(self.provider)} make {dollars(self.paid - self.provider)}."
            )
            self._add(3, "payment-balance", said, self.header, "BPR", "BPR02")
        elif amount < 0:
            said = "BPR02 is negative: a payment is never less than zero; a balance is carried forward (PLB*FB)."
            self._add(4, "payment-negative", said, self.header, "BPR", "BPR02", severity=WARNING)
        elif value(bank, 4) == "NON" and amount:
            self._add(4, "payment-method", "BPR04 is NON (no payment), but BPR02 is not zero.", self.header, "BPR", "BPR04")


def _patient_share(sections: list[Section]) -> Cents | None:
    """What the adjustments in group PR add up to, or None where a group is none."""
    total = 0
    for segment in (segment for section in sections for segment in section.all("CAS")):
        if value(segment, 1) not in _GROUPS:
            return None
        if value(segment, 1) == "PR":
            total += sum(money(segment, place) or 0 for place in range(3, len(segment), 3))
    return total
