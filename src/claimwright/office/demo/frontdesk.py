"""The front desk's part of the demo: register, insure, book, verify, estimate, receive the patient and the copay."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from claimwright.charges.model import CodedService
from claimwright.office.demo.steps import Steps
from claimwright.office.demo.story import Story, StoryPatient, StoryVisit
from claimwright.office.records.convert import coverages_on, plan_of
from claimwright.office.records.models import (
    AuthorizationRequest,
    Encounter,
    Location,
    Patient,
    PlanRecord,
    Practice,
    ProviderRecord,
    User,
)
from claimwright.office.workflow import authorizations, billing, coding, eligibility, estimation, registration

BOOKED_AHEAD = 7  # days


class FrontDesk:
    """What the front desk does on a day."""

    def __init__(self, practice: Practice, story: Story, steps: Steps, people: dict[str, User]) -> None:
        self.practice, self.story, self.steps = practice, story, steps
        self.by = people["front_desk"]
        self.plans = {row.plan_id: row for row in PlanRecord.objects.filter(practice=practice)}
        self.providers = list(ProviderRecord.objects.filter(practice=practice).order_by("pk"))
        self.locations = list(Location.objects.filter(practice=practice).order_by("pk"))
        self.visits = list(enumerate(story.visits))

    def who(self, day: date) -> dict[str, Any]:
        """The arguments that every verb takes."""
        return {"practice": self.practice, "by": self.by, "today": day}

    def book(self, day: date) -> None:
        """Give a day to the visits of the week ahead; register whoever is new."""
        last = day == self.story.today
        for number, visit in self.visits:
            if f"book:{number}" not in self.steps and (visit.on <= day + timedelta(days=BOOKED_AHEAD) or last):
                patient = self._register(visit.patient, day)
                self.steps.once(f"book:{number}", partial(self._book, visit, patient, day))

    def _register(self, number: int, day: date) -> int:
        known = self.steps.once(f"patient:{number}", partial(self._new_patient, self.story.patients[number], day))
        assert known is not None, "demo: a registered patient has a row"
        return known

    def _new_patient(self, one: StoryPatient, day: date) -> Patient:
        guarantor = self.steps.done.get(f"guarantor:{one.guarantor_key}")
        patient = registration.register_patient(
            **self.who(day),
            person=one.person,
            mrn=one.mrn,
            guarantor=None if guarantor else one.guarantor,
            guarantor_id=guarantor,
            history=one.history,
            therapies=one.therapies,
            email=one.email,
            provider_id=self.providers[one.provider].pk,
            location_id=self.locations[one.location].pk,
            namesake=True,
        )
        self.steps.once(f"guarantor:{one.guarantor_key}", lambda: patient.guarantor)
        for coverage in one.coverages:
            registration.add_coverage(
                **self.who(day),
                patient_id=patient.pk,
                plan_id=self.plans[coverage.plan_id].pk,
                insured=coverage.insured,
                order=coverage.order,
                start=coverage.period.start,
                end=coverage.period.end,
                referral_number=coverage.referral_number,
            )
        for authorization in one.authorizations:
            registration.add_authorization(
                **self.who(day),
                patient_id=patient.pk,
                plan_id=self.plans[authorization.plan_id].pk,
                number=authorization.number,
                procedure=authorization.procedure,
                units=authorization.units,
                start=authorization.period.start,
                end=authorization.period.end or date(authorization.period.start.year, 12, 31),
            )
        return patient

    def _book(self, visit: StoryVisit, patient: int, day: date) -> Encounter:
        return registration.schedule_visit(
            **self.who(day),
            patient_id=patient,
            provider_id=self.providers[visit.provider].pk,
            location_id=self.locations[visit.location].pk,
            on=visit.on,
            start=visit.start,
            reason=visit.reason,
            setting=visit.setting,
            new_patient=visit.new_patient,
        )

    def verify(self, day: date) -> None:
        """Ask the payers about tomorrow's patients (and, on the last day, about those still to come)."""
        for number, visit in self._coming(day):
            self.steps.once(f"verify:{number}", partial(self._verify, number, visit, day))

    def _coming(self, day: date) -> list[tuple[int, StoryVisit]]:
        """Tomorrow's visits; before a weekend Monday's too."""
        ahead = 3 if day.weekday() == 4 else 1
        return [(n, v) for n, v in self.visits if f"book:{n}" in self.steps and day <= v.on <= day + timedelta(days=ahead)]

    def _verify(self, number: int, visit: StoryVisit, day: date) -> None:
        encounter = self._encounter(number)
        for coverage in encounter.patient.coverages.all():
            if coverage.plan.kind != "SELF_PAY":
                eligibility.verify_coverage(**self.who(day), coverage_id=coverage.pk, encounter_id=encounter.pk)

    def _encounter(self, number: int) -> Encounter:
        return Encounter.objects.select_related("patient__guarantor").get(pk=self.steps.made(f"book:{number}"))

    def authorize(self, day: date) -> None:
        """Ask for what a plan wants authorized before the visit; most was asked for when the patient was referred."""
        for number, visit in self.visits:
            if "authorization_asked" in visit.trouble and f"book:{number}" in self.steps and visit.on > day:
                self.steps.once(f"authorize:{number}", partial(self._authorize, number, visit, day))

    def _authorize(self, number: int, visit: StoryVisit, day: date) -> AuthorizationRequest:
        encounter = self._encounter(number)
        coverage = encounter.patient.coverages.select_related("plan").get()
        asked = plan_of(coverage.plan).authorization_required
        services = [
            authorizations.WantedService(one.procedure, int(one.units)) for one in visit.services if one.procedure in asked
        ]
        return authorizations.request_authorization(
            **self.who(day),
            patient_id=encounter.patient_id,
            coverage_id=coverage.pk,
            services=services,
            diagnoses=visit.diagnoses,
            start=visit.on,
            end=visit.on + timedelta(days=30),
            provider_id=encounter.provider_id,
            encounter_id=encounter.pk,
        )

    def estimate(self, day: date) -> None:
        """Tell tomorrow's patients what they will owe for what is planned, not for what will be miskeyed."""
        for number, visit in self._coming(day):
            self.steps.once(f"estimate:{number}", partial(self._estimate, number, visit, day))

    def _estimate(self, number: int, visit: StoryVisit, day: date) -> Any:
        services = [
            CodedService(
                procedure=one.procedure,
                modifiers=one.modifiers,
                units=one.units,
                diagnosis_codes=one.diagnosis_codes,
                on=visit.on,
            )
            for one in visit.corrected_services or visit.services
        ]
        encounter = self.steps.made(f"book:{number}")
        return estimation.estimate_visit(**self.who(day), encounter_id=encounter, services=services or None)

    def see_patients(self, day: date) -> None:
        """Today's patients come, pay their copay, and leave a note behind."""
        for number, visit in self.visits:
            if visit.on == day and visit.stop != "scheduled":
                self.steps.once(f"seen:{number}", partial(self._see, number, visit, day))

    def _see(self, number: int, visit: StoryVisit, day: date) -> None:
        encounter = self._encounter(number)
        registration.check_in(**self.who(day), encounter_id=encounter.pk)
        copay = self._copay(encounter, visit)
        if copay and visit.setting == "office":
            billing.take_payment(
                **self.who(day),
                guarantor_id=encounter.patient.guarantor_id,
                amount=copay,
                method="card",
                key=f"copay-{encounter.number}",
            )
        for document in visit.documents:
            coding.add_document(
                **self.who(day),
                encounter_id=encounter.pk,
                kind=document.kind,
                title=document.title or document.kind.capitalize(),
                text=document.text,
            )

    def _copay(self, encounter: Encounter, visit: StoryVisit) -> int:
        """The plan's copay for an office visit, when one was planned and nothing else pays it."""
        coverages = coverages_on(encounter.patient, encounter.date)
        visits = [one for one in visit.services if one.procedure.startswith("992")]
        if len(coverages) != 1 or not visits:
            return 0
        return plan_of(coverages[0].plan).copays.get("office", 0)
