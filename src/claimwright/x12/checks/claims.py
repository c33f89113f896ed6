"""837 claims as wholes: balances (SNIP 3), what one segment asks of another (SNIP 4), codes on their dates (SNIP 5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from claimwright.x12.checks.claim_dates import check_dates
from claimwright.x12.checks.claim_loops import ClaimLoops
from claimwright.x12.checks.claim_money import check_money
from claimwright.x12.checks.claim_plain import Held, flawless, goes_on, number_of, plan_of
from claimwright.x12.checks.diagnoses import ICD10, ICD10_BEGAN, icd10_flaw
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import RawSection, SetRules, line_of
from claimwright.x12.checks.situations import check_situations
from claimwright.x12.located import Section, value
from claimwright.x12.stretches import Course, Stretch
from claimwright.x12.values import date8, padded

_TURNS = frozenset({"", "2000A", "2000B", "2000C", "2300", "TRAILER"})  # where a claim or a level may end
_DIAGNOSES = {"ABK": True, "ABF": True, "BK": False, "BF": False}  # whether by ICD-10-CM
_CLAIMS_HELD = 20_000  # control numbers kept to see one again


class ClaimRules(SetRules):
    """Gathers one claim with the levels above it, then judges it."""

    claim: list[RawSection]  # type: ignore[assignment]

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.subscriber: RawSection | None = None  # the level (2000B), and the name below it (2010BA)
        self.subscriber_name: RawSection | None = None
        self.patient: RawSection | None = None  # where it is not the subscriber: 2000C and 2010CA
        self.patient_name: RawSection | None = None
        self.empty: RawSection | None = None  # the subscriber's or patient's level, until a claim stands under it
        self.told: RawSection | None = None  # the subscriber judged last: what is wrong with it is said once for all its claims
        self.unborn: RawSection | None = None  # the patient whose birth was found to be after a service
        self.numbers: set[str] = set()  # control numbers of this set
        self.held: list[Held] = []  # a plain claim as it came
        self.passed = False  # whether one has been let go as flawless

    def take(self, section: RawSection) -> bool:
        loop, judged = section.loop, False
        if loop in _TURNS:
            judged, self.passed = bool(self.claim) or self.passed, False
            if self.claim:
                self._judge()
                self.claim = []
            if loop == "2300":
                self.empty = None
                self.claim.append(section)
            else:
                self._level(loop, section)
        elif self.claim:
            self.claim.append(section)
        elif loop == "2010BA":
            self.subscriber_name = section
        elif loop == "2010CA":
            self.patient_name = section
        return judged

    def _level(self, loop: str, section: RawSection) -> None:
        """A level begins, and ends those as deep as it; or the set ends."""
        if self.empty is not None and not (self.empty.loop == "2000B" and loop == "2000C"):
            # A subscriber without patients and a patient are there for a claim.
            said = "No claim stands under this level."
            self._add("claim-missing", said, self.empty, "HL", fix="Send a claim or leave the level out.")
        self.empty = section if loop in ("2000B", "2000C") else None
        if loop[:4] == "2000":
            self.patient = self.patient_name = None
        if loop in ("2000A", "2000B"):
            self.subscriber = self.subscriber_name = None
        if loop == "2000B":
            self.subscriber = section
        elif loop == "2000C":
            self.patient = section

    def hold(self, stretch: Stretch, course: Course, clean: bool) -> bool:
        if self.held and course.begins == "2000B" and self._is_flawless():
            self.held, self.passed = [], True
        plan = course.noted or plan_of(course, self.report.transaction)
        if not clean or not plan.plain or not goes_on(self.held, course.begins):
            return False
        self.held.append(Held(plan, stretch.line, stretch.segments))
        self.passed = False
        return True

    def let_go(self) -> Sequence[RawSection]:
        held, self.held = self.held, []
        return [section for one in held for section in one.sections()]

    def _is_flawless(self) -> bool:
        """Whether the claim that is held surely is; then its control number is remembered."""
        number = number_of(self.held)
        if not number or number in self.numbers or not flawless(self.held, self.marks.component, self.report.today):
            return False
        self._repeated(number)
        return True

    # One claim -----------------------------------------------------------------------------------------------------

    def _judge(self) -> None:
        report, separator = self.report, self.marks.component
        claim = ClaimLoops(self.claim, report.transaction)
        clm = claim.head.first("CLM")
        before, report.claim = report.claim, value(clm, 1)[:38]
        self._repeated(report.claim)
        self._parties()
        count = self._diagnoses(claim)
        self._pointers(claim, count)
        for section, watched in claim.watched:
            check_situations(report, section, watched, separator)
        self._other_payers(claim)
        self._lines(claim)
        patient = self.patient_name or self.subscriber_name
        birth = date8(value(patient.first("DMG"), 2)) if patient is not None else None
        told = check_dates(report, claim, birth, patient is not None and self.unborn is patient)
        self.unborn = patient if told else None
        check_money(report, claim)
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
        subscriber, dependent = self.subscriber, self.patient is not None
        if subscriber is None or subscriber is self.told:
            return
        policy = subscriber.first("SBR")
        if not policy:
            return
        self.told = subscriber
        policy = padded(policy, 9)
        relation = policy[2]
        if policy[9] == "MB" and policy[1] != "P" and not policy[5] and self.report.transaction == "837P":
            said = "SBR05 must say why Medicare is not the first payer."  # X222, loop 2000B, SBR05
            self._add("msp-type-missing", said, subscriber, "SBR", "SBR05", "Give the insurance type, such as 12 or 47.")
        if relation == "18" and dependent:
            said = "SBR02 says that the subscriber is the patient, but a patient level follows."
            self._add("subscriber-is-patient", said, subscriber, "SBR", "SBR02", "Leave SBR02 empty or drop the patient level.")
        elif relation != "18" and not dependent:
            said = "The claim stands under the subscriber, but SBR02 does not say that the subscriber is the patient."
            self._add("patient-unknown", said, subscriber, "SBR", "SBR02", "Set SBR02 to 18 or add the patient level.")
        elif relation == "18" and self.subscriber_name is not None:
            self._self_insured(self.subscriber_name)

    def _self_insured(self, name: RawSection) -> None:
        """A subscriber who is the patient."""
        person, where = padded(name.first("NM1"), 9), name.where
        if person[2] != "1":
            return
        if not person[9]:
            said = "The subscriber's member number (NM109) must be sent."
            self._add("member-id-missing", said, name, "NM1", "NM109")
        if not ("N3" in where and "N4" in where and "DMG" in where):
            missing = [what for what in ("N3", "N4", "DMG") if what not in where]
            said = f"The subscriber is the patient: {', '.join(missing)} must be sent."
            self._add("patient-incomplete", said, name, "NM1", "", f"Add {missing[0]} to loop 2010BA.")

    def _repeated(self, number: str) -> None:
        """Answers are matched by the patient control number: each claim of a set has its own."""
        if number and number in self.numbers:
            said = "CLM01 was used by another claim of this set; the payer's answers cannot be told apart."
            self._add("claim-repeated", said, self.claim[0], "CLM", "CLM01", "Give each claim its own number.", WARNING)
        elif len(self.numbers) < _CLAIMS_HELD:
            self.numbers.add(number)

    def _diagnoses(self, claim: ClaimLoops) -> int:
        """How many diagnoses there are; each must be a code on the date of service."""
        head, separator, on = claim.head, self.marks.component, claim.judged_on()
        wanted = on >= ICD10_BEGAN if on is not None else None
        judged = on if 5 in self.report.levels else None  # the day that codes are looked up by
        seen, place, told = set[str](), 0, False
        for at, segment in enumerate(head.all("HI")):
            for number, composite in enumerate(segment[1:], 1):
                qualifier, _, rest = composite.partition(separator)
                code = rest.partition(separator)[0]
                icd10 = _DIAGNOSES.get(qualifier)
                if icd10 is None:
                    place += bool(code) and segment[1].startswith(("ABK", "BK"))  # a diagnosis too, if its qualifier were right
                    continue
                place += 1
                if code and code in seen and qualifier in ("ABF", "BF"):
                    said = "The same diagnosis is listed twice."
                    self._add("diagnosis-repeated", said, head, "HI", f"HI{number:02d}-2", at=at, severity=WARNING)
                seen.add(code)
                if on is not None and wanted != icd10:
                    told = told or self._classification(f"HI{number:02d}-1", head, at, on)
                elif code and icd10 and (judged is None or icd10_flaw(code, judged) is not None):
                    self._diagnosis(code, number, head, at, judged)
        return place

    def _classification(self, element: str, head: Section, at: int, on: date) -> bool:
        """Say once a claim that its codes are of the wrong classification."""
        wanted = "ICD-10-CM (ABK, ABF)" if on >= ICD10_BEGAN else "ICD-9-CM (BK, BF)"
        said = f"{element} names the wrong classification; on the date of service it is {wanted}."
        self._add("diagnosis-classification", said, head, "HI", element, at=at, level=5)
        return True

    def _diagnosis(self, code: str, number: int, head: Section, at: int, on: date | None) -> None:
        """A code that is none on the day; without a day its form is looked at."""
        element = f"HI{number:02d}-2"
        if "." in code:
            self._add(
                "diagnosis-dot", f"{element} holds a dot.", head, "HI", element, "Send the code without its dot.", level=5, at=at
            )
        elif on is None:
            if not ICD10.fullmatch(code):
                said = f"{element} does not have the form of an ICD-10-CM code."
                self._add("diagnosis-invalid", said, head, "HI", element, level=5, at=at)
        elif wrong := icd10_flaw(code, on):
            self._add(wrong[0], f"{element} {wrong[1]}", head, "HI", element, level=5, at=at)

    def _pointers(self, claim: ClaimLoops, count: int) -> None:
        """SV107 points into the claim's diagnoses."""
        if not count:
            return  # that there are none is a finding already
        for line in claim.lines:
            service, element = line.service, line.sites.pointers_at
            given = service[element] if 0 < element < len(service) else ""
            if given in ("", "1"):
                continue
            name = service[0]
            pointers = [one for one in given.split(self.marks.component) if one]
            label = f"{name}{element:02d}"
            for place, one in enumerate(pointers, 1):
                if one.isdecimal() and not 1 <= int(one[:4]) <= count:
                    said = f"{label}-{place} points to diagnosis {int(one[:4])}; the claim has {count}."
                    self._add("pointer-invalid", said, line.section, name, f"{label}-{place}")
                    break
            if len(set(pointers)) < len(pointers):
                said = f"{label} points to the same diagnosis twice."
                self._add("pointer-repeated", said, line.section, name, label, severity=WARNING)

    def _lines(self, claim: ClaimLoops) -> None:
        """Line numbers and control numbers."""
        controls: set[str] = set()
        numbered = True
        for place, line in enumerate(claim.lines, 1):
            section, sites = line.section, line.sites
            if numbered and sites.number >= 0 and value(section.segments[sites.number], 1) != str(place):
                said = f"LX01 must be {place}: lines are numbered from 1 within the claim."
                self._add("line-number", said, section, "LX", "LX01", severity=WARNING)
                numbered = False
            control = value(section.segments[sites.control], 2) if sites.control >= 0 else ""
            if control and control in controls:
                said = "REF*6R (line control number) was used before in this claim."
                at = section.where["REF"].index(sites.control)
                self._add("line-control-repeated", said, section, "REF", "REF02", at=at)
            controls.add(control)

    def _other_payers(self, claim: ClaimLoops) -> None:
        """COB: each payer has its own turn, and who decided a line is one of them."""
        own = value(self.subscriber.first("SBR"), 1) if self.subscriber is not None else ""
        if own == "P" and not claim.others and not claim.decided:
            return
        turns, told = {own}, False
        for other in claim.others:
            turn = value(other.section.first("SBR"), 1)
            if turn in turns and turn in ("P", "S", "T"):
                said = "SBR01: two payers have the same place in the order of payers."
                self._add("responsibility-repeated", said, other.section, "SBR", "SBR01")
                told = True
            turns.add(turn)
        if own in ("S", "T") and "P" not in turns and not told:
            said = "The claim goes to a later payer, but no primary payer is in loop 2320."
            self._add("primary-missing", said, claim.head, "CLM", fix="Add what the primary payer decided.", severity=WARNING)
        elif claim.decided and len(claim.payers) >= len(claim.others):  # that one is missing is a finding already
            self._deciders(claim)

    def _deciders(self, claim: ClaimLoops) -> None:
        """Who decided a line is one of the claim's other payers; each stranger is told of once."""
        known = {"", *claim.payers}
        for section in claim.decided:
            decider = value(section.first("SVD"), 1)
            if decider not in known:
                known.add(decider)
                said = "SVD01 names no payer of loop 2330B."
                self._add("decider-unknown", said, section, "SVD", "SVD01", "Use the number of one of the claim's other payers.")
