"""837 claims as wholes: balances (SNIP 3), what one segment asks of another (SNIP 4), codes on their dates (SNIP 5)."""

from __future__ import annotations

from datetime import date

from claimwright.x12.checks.claim_dates import check_dates, service_days
from claimwright.x12.checks.claim_money import check_money
from claimwright.x12.checks.diagnoses import ICD10, icd10_flaw
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import SetRules, line_of
from claimwright.x12.checks.situations import check_situations
from claimwright.x12.located import Section, value

_ICD10_BEGAN = date(2015, 10, 1)  # 45 CFR 162.1002(c)
_TURNS = frozenset({"", "2000A", "2000B", "2000C", "2300", "TRAILER"})  # where a claim or a level may end
_CLAIMS_HELD = 20_000  # control numbers kept to see one again


class ClaimRules(SetRules):
    """Gathers one claim with the levels above it, then judges it."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.claim: list[Section] = []
        self.levels: dict[str, Section] = {}
        self.empty: Section | None = None  # the subscriber's or patient's level, until a claim stands under it
        self.told: Section | None = None  # the subscriber judged last: what is wrong with it is said once for all its claims
        self.unborn: Section | None = None  # the patient whose birth was found to be after a service
        self.held: set[str] = set()  # control numbers of this set

    def take(self, section: Section) -> bool:
        loop = section.loop
        judged = False
        if loop not in _TURNS:
            if self.claim:
                self.claim.append(section)
            else:
                self._level(loop, section)
            return False
        if self.claim and (not loop or loop in ("2300", "2000A", "2000B", "2000C", "TRAILER")):
            self._judge()
            self.claim = []
            judged = True
        if loop in ("2000A", "2000B", "2000C", "TRAILER", ""):
            self._level_ends(loop)
        if loop in ("2000B", "2000C"):
            self.empty = section
        if loop in ("2000A", "2000B", "2000C"):
            self.levels = {name: one for name, one in self.levels.items() if name[4] < loop[4]} if loop != "2000A" else {}
        if loop == "2300":
            self.empty = None
        if loop == "2300":
            self.claim.append(section)
        elif loop:
            self._level(loop, section)
        return judged

    def _level(self, loop: str, section: Section) -> None:
        home = {"2010BA": "2000B~1", "2010BB": "2000B~2", "2010CA": "2000C~1"}.get(loop, loop)
        self.levels[home] = section

    def _level_ends(self, then: str) -> None:
        """A subscriber without patients and a patient are there for a claim."""
        if self.empty is not None and not (self.empty.loop == "2000B" and then == "2000C"):
            said = "No claim stands under this level."
            self._add("claim-missing", said, self.empty, "HL", fix="Send a claim or leave the level out.")
        self.empty = None

    # One claim -----------------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        report, held = self.report, report_claim(self.claim)
        before, report.claim = report.claim, held
        lines = [section for section in self.claim if section.loop == "2400"]
        self._repeated(held)
        self._parties()
        count = self._diagnoses(lines)
        self._pointers(lines, count)
        for section in self.claim:
            check_situations(report, section, section.loop.rstrip("+"), self.marks.component)
        self._other_payers()
        self._lines(lines)
        patients = self._patients()
        told = check_dates(self.report, self.claim, lines, patients, bool(patients) and self.unborn is patients[0])
        self.unborn = patients[0] if told else None
        check_money(report, self.claim, self.marks.component)
        report.claim = before

    def _add(
        self, code: str, said: str, section: Section, segment: str, element: str = "", fix: str = "", severity: str = "error",
        level: int = 4, at: int = 0,
    ) -> None:  # fmt: skip
        line = line_of(section, segment, at)
        self.report.add(
            level,
            code,
            said,
            line=line,
            loop=section.loop.rstrip("+"),
            segment=segment,
            element=element,
            fix=fix,
            severity=severity,
        )

    def _parties(self) -> None:
        """The subscriber is the patient, or there is a patient level; whoever is the patient has an address and a birth date."""
        subscriber, name = self.levels.get("2000B"), self.levels.get("2000B~1")
        if subscriber is None:
            return
        relation, dependent = value(subscriber.first("SBR"), 2), "2000C" in self.levels
        if subscriber is self.told or not subscriber.first("SBR"):
            return
        self.told = subscriber
        policy = subscriber.first("SBR")
        if self.report.transaction == "837P" and value(policy, 9) == "MB" and value(policy, 1) != "P" and not value(policy, 5):
            said = "SBR05 must say why Medicare is not the first payer."  # X222, loop 2000B, SBR05
            self._add("msp-type-missing", said, subscriber, "SBR", "SBR05", "Give the insurance type, such as 12 or 47.")
        if relation == "18" and dependent:
            said = "SBR02 says that the subscriber is the patient, but a patient level follows."
            self._add("subscriber-is-patient", said, subscriber, "SBR", "SBR02", "Leave SBR02 empty or drop the patient level.")
        elif relation != "18" and not dependent:
            said = "The claim stands under the subscriber, but SBR02 does not say that the subscriber is the patient."
            self._add("patient-unknown", said, subscriber, "SBR", "SBR02", "Set SBR02 to 18 or add the patient level.")
        elif relation == "18" and name is not None and name.first("NM1"):
            if value(name.first("NM1"), 2) == "1" and not value(name.first("NM1"), 9):
                said = "The subscriber's member number (NM109) must be sent."
                self._add("member-id-missing", said, name, "NM1", "NM109")
            missing = [what for what in ("N3", "N4", "DMG") if not name.first(what)]
            if missing and value(name.first("NM1"), 2) == "1":
                said = f"The subscriber is the patient: {', '.join(missing)} must be sent."
                self._add("patient-incomplete", said, name, "NM1", "", f"Add {missing[0]} to loop 2010BA.")

    def _repeated(self, held: str) -> None:
        """Answers are matched by the patient control number: each claim of a set has its own."""
        if held and held in self.held:
            said = "CLM01 was used by another claim of this set; the payer's answers cannot be told apart."
            self._add("claim-repeated", said, self.claim[0], "CLM", "CLM01", "Give each claim its own number.", WARNING)
        elif len(self.held) < _CLAIMS_HELD:
            self.held.add(held)

    def _diagnoses(self, lines: list[Section]) -> int:
        """How many diagnoses there are; each must be a code on the date of service."""
        head, seen, place, told = self.claim[0], set[str](), 0, False
        on = service_days(head, lines)
        for at, segment in enumerate(head.all("HI")):
            for number, composite in enumerate(segment[1:], 1):
                qualifier, code, *_ = [*composite.split(self.marks.component), "", ""]
                if qualifier not in ("ABK", "ABF", "BK", "BF"):
                    place += bool(code) and segment[1].startswith(("ABK", "BK"))  # a diagnosis too, if its qualifier were right
                    continue
                place += 1
                element = f"HI{number:02d}-2"
                if code and code in seen and qualifier in ("ABF", "BF"):
                    self._add(
                        "diagnosis-repeated", "The same diagnosis is listed twice.", head, "HI", element, at=at, severity=WARNING
                    )
                seen.add(code)
                if on is not None and (on >= _ICD10_BEGAN) != qualifier.startswith("A"):
                    told = told or self._classification(element, head, at, on)
                elif qualifier.startswith("A") and code:
                    self._diagnosis(code, element, head, at, on)
        return place

    def _classification(self, element: str, head: Section, at: int, on: date) -> bool:
        """Say once a claim that its codes are of the wrong classification."""
        wanted = "ICD-10-CM (ABK, ABF)" if on >= _ICD10_BEGAN else "ICD-9-CM (BK, BF)"
        said = f"{element[:4]}-1 names the wrong classification; on the date of service it is {wanted}."
        self._add("diagnosis-classification", said, head, "HI", f"{element[:4]}-1", at=at, level=5)
        return True

    def _diagnosis(self, code: str, element: str, head: Section, at: int, on: date | None) -> None:
        if "." in code:
            self._add(
                "diagnosis-dot", f"{element} holds a dot.", head, "HI", element, "Send the code without its dot.", level=5, at=at
            )
        elif on is None or 5 not in self.report.levels:
            if not ICD10.fullmatch(code):
                said = f"{element} does not have the form of an ICD-10-CM code."
                self._add("diagnosis-invalid", said, head, "HI", element, level=5, at=at)
        elif wrong := icd10_flaw(code, on):
            self._add(wrong[0], f"{element} {wrong[1]}", head, "HI", element, level=5, at=at)

    def _pointers(self, lines: list[Section], count: int) -> None:
        """SV107 points into the claim's diagnoses."""
        if not count:
            return  # that there are none is a finding already
        for line in lines:
            service = line.first("SV1") or line.first("SV3")
            name, element = ("SV1", 7) if not service or service[0] == "SV1" else ("SV3", 11)
            given = value(service, element)
            if given in ("", "1"):
                continue
            pointers = [one for one in given.split(self.marks.component) if one]
            label = f"{name}{element:02d}"
            for place, one in enumerate(pointers, 1):
                if one.isdecimal() and not 1 <= int(one[:4]) <= count:
                    said = f"{label}-{place} points to diagnosis {int(one[:4])}; the claim has {count}."
                    self._add("pointer-invalid", said, line, name, f"{label}-{place}")
                    break
            if len(set(pointers)) < len(pointers):
                said = f"{label} points to the same diagnosis twice."
                self._add("pointer-repeated", said, line, name, label, severity=WARNING)

    def _lines(self, lines: list[Section]) -> None:
        """Line numbers and control numbers."""
        controls: set[str] = set()
        numbered = True
        for place, line in enumerate(lines, 1):
            if numbered and line.first("LX") and value(line.first("LX"), 1) != str(place):
                said = f"LX01 must be {place}: lines are numbered from 1 within the claim."
                self._add("line-number", said, line, "LX", "LX01", severity=WARNING)
                numbered = False
            control = value(line.first("REF", "6R"), 2)
            if control and control in controls:
                said = "REF*6R (line control number) was used before in this claim."
                at = [one[1] if len(one) > 1 else "" for one in line.all("REF")].index("6R")
                self._add("line-control-repeated", said, line, "REF", "REF02", at=at)
            controls.add(control)

    def _patients(self) -> list[Section]:
        return [self.levels[name] for name in ("2000C~1", "2000B~1") if name in self.levels][:1]

    def _other_payers(self) -> None:
        """COB: each payer has its own turn, and who decided a line is one of them."""
        subscriber = self.levels.get("2000B")
        own = value(subscriber.first("SBR"), 1) if subscriber is not None else ""
        turns, told = {own}, False
        for section in self.claim:
            if section.loop == "2320":
                turn = value(section.first("SBR"), 1)
                if turn in turns and turn in ("P", "S", "T"):
                    said = "SBR01: two payers have the same place in the order of payers."
                    self._add("responsibility-repeated", said, section, "SBR", "SBR01")
                    told = True
                turns.add(turn)
        if own in ("S", "T") and "P" not in turns and not told:
            said = "The claim goes to a later payer, but no primary payer is in loop 2320."
            self._add("primary-missing", said, self.claim[0], "CLM", fix="Add what the primary payer decided.", severity=WARNING)
        else:
            self._deciders()

    def _deciders(self) -> None:
        """Who decided a line is one of the claim's other payers; each stranger is told of once."""
        payers = [value(section.first("NM1"), 9) for section in self.claim if section.loop == "2330B"]
        if len(payers) < sum(section.loop == "2320" for section in self.claim):
            return  # that a payer is missing is a finding already
        strangers: set[str] = set(payers)
        for section in self.claim:
            decider = value(section.first("SVD"), 1) if section.loop == "2430" else ""
            if decider and decider not in strangers:
                strangers.add(decider)
                said = "SVD01 names no payer of loop 2330B."
                self._add("decider-unknown", said, section, "SVD", "SVD01", "Use the number of one of the claim's other payers.")


def report_claim(claim: list[Section]) -> str:
    """The patient control number of a gathered claim."""
    return value(claim[0].first("CLM"), 1)[:38]
