"""The back office's part of the demo: code, claim, check, send, work what was refused, bill the patient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from claimwright.claims.states import HELD, READY, REJECTED
from claimwright.office.demo.steps import Steps
from claimwright.office.demo.story import Story, StoryService, StoryVisit
from claimwright.office.records.models import ClaimRecord, CodeSuggestion, Denial, Encounter, Practice, Statement, User
from claimwright.office.workflow import billing, charging, claims, coding, followup, registration, status_inquiry, submission
from claimwright.office.workflow.coding import DIAGNOSIS, DecidedCode
from claimwright.office.workflow.errors import Refused

CODED_AFTER, MENDED_AFTER, DENIALS_AFTER, PAID_AFTER = 1, 2, 4, 12  # days
BATCH_DAYS = (1, 4)  # Tuesday, Friday
ASKING_DAY = 3  # Thursday


class BackOffice:
    """What coder, biller and manager do on a day."""

    def __init__(self, practice: Practice, story: Story, steps: Steps, people: dict[str, User], chance: Random) -> None:
        self.practice, self.story, self.steps, self.people = practice, story, steps, people
        self.seed = chance.random()
        self.visits = list(enumerate(story.visits))

    def who(self, role: str, day: date) -> dict[str, Any]:
        """The arguments that every verb takes."""
        return {"practice": self.practice, "by": self.people[role], "today": day}

    def chance(self, key: str) -> float:
        """The same number for the same thing, in every run of a seed."""
        return Random(f"{self.seed}:{key}").random()

    def _due(self, after: str, day: date, days: int) -> list[tuple[int, StoryVisit]]:
        """The visits that have come to a step and may go on `days` after they took place."""
        return [(n, v) for n, v in self.visits if f"{after}:{n}" in self.steps and v.on + timedelta(days=days) <= day]

    def code(self, day: date) -> None:
        """Read yesterday's notes; decide the codes, or ask the physician first."""
        for number, visit in self._due("seen", day, CODED_AFTER):
            if not visit.documents:
                continue
            self.steps.once(f"suggest:{number}", partial(self._suggest, number, day))
            if visit.query:
                self.steps.once(f"ask:{number}", partial(self._ask, number, visit, day))
                if visit.query_answer and visit.on + timedelta(days=CODED_AFTER + 2) <= day:
                    self.steps.once(f"answer:{number}", partial(self._answer, number, visit, day))
            waits = visit.query and f"answer:{number}" not in self.steps
            if not waits and visit.stop not in ("to code", "query") and visit.services:
                self.steps.once(f"code:{number}", partial(self._decide, number, visit.diagnoses, visit.services, day))

    def _encounter(self, number: int) -> int:
        return self.steps.made(f"book:{number}")

    def _suggest(self, number: int, day: date) -> None:
        coding.suggest_codes(**self.who("coder", day), encounter_id=self._encounter(number))

    def _ask(self, number: int, visit: StoryVisit, day: date) -> Any:
        return coding.ask_physician(
            **self.who("coder", day), encounter_id=self._encounter(number), topic="Clarification", question=visit.query
        )

    def _answer(self, number: int, visit: StoryVisit, day: date) -> None:
        provider = Encounter.objects.select_related("provider").get(pk=self._encounter(number)).provider
        coding.answer_query(
            **self.who("coder", day),
            query_id=self.steps.made(f"ask:{number}"),
            answer=visit.query_answer,
            answered_by=str(provider),
        )

    def _decide(self, number: int, diagnoses: tuple[str, ...], services: tuple[StoryService, ...], day: date) -> None:
        """The scripted coder takes what the reader suggested where it agrees, and corrects the rest."""
        encounter = self._encounter(number)
        suggested = {(row.system, row.code): row.pk for row in CodeSuggestion.objects.filter(encounter=encounter)}
        codes = [DecidedCode(system=DIAGNOSIS, code=code, suggestion_id=suggested.get((DIAGNOSIS, code))) for code in diagnoses]
        for one in services:
            system = "HCPCS" if one.procedure[0].isalpha() else "CPT"
            codes.append(
                DecidedCode(
                    system=system,
                    code=one.procedure,
                    modifiers=one.modifiers,
                    units=one.units,
                    diagnosis_codes=one.diagnosis_codes,
                    ndc=one.drug.ndc if one.drug else "",
                    ndc_quantity=one.drug.quantity if one.drug else None,
                    ndc_unit=one.drug.unit if one.drug else "",
                    suggestion_id=suggested.get((system, one.procedure)),
                )
            )
        coding.decide_codes(**self.who("coder", day), encounter_id=encounter, codes=codes, complete=True)
        charging.capture_charges(**self.who("coder", day), encounter_id=encounter)

    def claim(self, day: date) -> None:
        """Build and check a claim for every coded visit with insurance."""
        for number, _ in self._due("code", day, CODED_AFTER):
            self.steps.once(f"claim:{number}", partial(self._claim, number, day))

    def _claim(self, number: int, day: date) -> ClaimRecord | None:
        who = self.who("biller", day)
        try:
            claim = claims.build_claim(**who, encounter_id=self._encounter(number))
        except Refused:
            return None  # no insurance: the visit is the patient's
        claims.scrub_claim(**who, claim_id=claim.pk)
        return claim

    def mend(self, day: date) -> None:
        """Mend what an edit held or a payer rejected or denied, where the story knows the right answer."""
        for number, visit in self._due("claim", day, CODED_AFTER + MENDED_AFTER):
            if not _mendable(visit) or visit.stop == "held" or f"mend:{number}" in self.steps:
                continue
            claim = self._last_claim(number)
            if claim is not None and self._waits_for_mending(claim, day):
                self.steps.once(f"mend:{number}", partial(self._mend, number, visit, claim, day))

    def _last_claim(self, number: int) -> ClaimRecord | None:
        encounter = self._encounter(number)
        return ClaimRecord.objects.filter(encounter=encounter, primary_claim=None).order_by("-pk").first()

    def _waits_for_mending(self, claim: ClaimRecord, day: date) -> bool:
        if claim.state in (HELD, REJECTED):
            return True
        return claim.denials.filter(status="open", denied_on__lte=day - timedelta(days=DENIALS_AFTER)).exists()

    def _mend(self, number: int, visit: StoryVisit, claim: ClaimRecord, day: date) -> None:
        if visit.corrected_member_id:
            registration.correct_coverage(
                **self.who("front_desk", day), coverage_id=claim.coverage_id, member_id=visit.corrected_member_id
            )
        if visit.corrected_services or visit.corrected_diagnoses:
            services = visit.corrected_services or visit.services
            self._decide(number, visit.corrected_diagnoses or visit.diagnoses, services, day)
        who = self.who("biller", day)
        if claim.state in (HELD, REJECTED):
            claims.scrub_claim(**who, claim_id=claim.pk)
        else:
            claims.correct_claim(**who, claim_id=claim.pk, reason="the codes now say what the note says")

    def submit(self, day: date) -> None:
        """Twice a week everything that is ready leaves, but for what the story lets lie until a later day."""
        if not batch_day(day) and all(visit.sent_on != day for _, visit in self.visits):
            return
        late = {self._encounter(n) for n, v in self._due("claim", day, 0) if v.sent_on and v.sent_on > day}
        rows = ClaimRecord.objects.filter(practice=self.practice, state=READY).exclude(encounter__in=late)
        ready = list(rows.order_by("pk").values_list("pk", flat=True))
        if ready:
            self.steps.once(f"submit:{day}", partial(self._submit, ready, day))

    def _submit(self, ready: Sequence[int], day: date) -> None:
        submission.submit_batch(**self.who("biller", day), claim_ids=ready, hold=True)

    def ask_payers(self, day: date) -> None:
        """Once a week ask where the claim is that has waited longest and was not asked about; the others stay on the worklist."""
        if day.weekday() != ASKING_DAY:
            return
        late = (claim for claim in followup.overdue_claims(self.practice, day) if f"status:{claim.pk}" not in self.steps)
        if claim := next(late, None):
            self.steps.once(f"status:{claim.pk}", partial(self._ask_payer, claim.pk, day))

    def _ask_payer(self, claim: int, day: date) -> None:
        status_inquiry.ask_status(**self.who("biller", day), claim_ids=[claim])

    def follow_up(self, day: date) -> None:
        """Work some of the older denials; the others stay on the worklist."""
        old = Denial.objects.filter(
            claim__practice=self.practice, status="open", denied_on__lte=day - timedelta(days=DENIALS_AFTER + 6)
        )
        for denial in old.order_by("pk"):
            work = self._work_for(denial)
            if work is not None and (denial.worked_on is None or denial.deadline <= day):
                self.steps.once(f"denial:{denial.pk}:{denial.deadline}", partial(self._try, denial, *work, day))

    def _work_for(self, denial: Denial) -> tuple[str, str] | None:
        """What the biller does, for about half of the denials; payers are always called, again and again."""
        if denial.action != "call" and self.chance(f"denial:{denial.pk}") > 0.5:
            return None
        return {
            "appeal": ("appeal", "the record supports the service; note attached"),
            "bill patient": ("bill patient", "the plan says that this is the member's"),
            "write off": ("write off", "cannot be won"),
            "call": ("call", "asked the payer to look at it again"),
        }.get(denial.action)

    def _try(self, denial: Denial, action: str, note: str, day: date) -> None:
        role = "manager" if action == "write off" else "biller"
        try:
            followup.work_denial(**self.who(role, day), denial_id=denial.pk, action=action, note=note)
        except Refused:
            return  # what may not be done stays on the worklist

    def bill_patients(self, day: date) -> None:
        """Statements on the first Monday and the third; some guarantors pay some time after."""
        if day.weekday() == 0 and (day.day <= 7 or 15 <= day.day <= 21):
            self.steps.once(f"statements:{day}", partial(self._statements, day))
        before = day - timedelta(days=PAID_AFTER + 8)
        for statement in Statement.objects.filter(practice=self.practice, issued_on__gte=before).order_by("pk"):
            luck = self.chance(f"statement:{statement.number}")
            after = PAID_AFTER - 4 + int(luck * 100) % 10
            if luck < 0.72 and statement.issued_on + timedelta(days=after) == day:
                self.steps.once(f"pays:{statement.pk}", partial(self._pay, statement, luck, day))

    def _statements(self, day: date) -> None:
        billed = Statement.objects.filter(practice=self.practice, issued_on__gt=day - timedelta(days=28))
        skip = set(billed.values_list("guarantor_id", flat=True))
        owing = [pk for pk in self.practice.guarantors.order_by("pk").values_list("pk", flat=True) if pk not in skip]
        billing.issue_statements(**self.who("biller", day), guarantor_ids=owing)

    def _pay(self, statement: Statement, luck: float, day: date) -> Any:
        """Most pay all of it, some a part, a few a little too much."""
        amount = statement.balance
        if luck < 0.12:
            amount = max(statement.balance // 2, 1)
        elif luck < 0.16:
            amount = -(-statement.balance // 1000) * 1000  # rounded up to ten dollars
        method = ("card", "check", "cash")[int(luck * 1000) % 3]
        return billing.take_payment(
            **self.who("front_desk", day),
            guarantor_id=statement.guarantor_id,
            amount=amount,
            method=method,
            key=f"paid-{statement.number}",
            reference=statement.number,
        )


def _mendable(visit: StoryVisit) -> bool:
    return bool(visit.corrected_diagnoses or visit.corrected_services or visit.corrected_member_id)


def batch_day(day: date) -> bool:
    """Whether everything that is ready leaves on a day."""
    return day.weekday() in BATCH_DAYS
