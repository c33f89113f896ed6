"""A small practice for tests of single verbs: one physician, two payers, and what payers say."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from claimwright.claims.model import Adjustment
from claimwright.coverage.model import Plan
from claimwright.effective import Period
from claimwright.identifiers import npi_with_check_digit
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.content import pack
from claimwright.office.records.models import (
    ClaimRecord,
    ContractRecord,
    CoverageRecord,
    Encounter,
    LedgerEntry,
    Location,
    Membership,
    Patient,
    PayerRecord,
    PlanRecord,
    Practice,
    PriceRow,
    ProviderRecord,
    Remit,
    User,
)
from claimwright.office.workflow import charging, claims, coding, registration, submission
from claimwright.office.workflow.coding import DecidedCode
from claimwright.office.workflow.receiving import keep_remittances
from claimwright.parties import Address, Insured, Payer, Person
from claimwright.pricing.model import Contract
from claimwright.remits.model import RemitClaim, RemitLine, Remittance
from claimwright.x12.envelope import Envelope

VISIT = date(2026, 10, 5)
HOME = Address(line1="12 Elm Street", city="Maple Falls", state="OH", zip="430981204")
NOTE = (
    "Follow-up of essential hypertension, well controlled on lisinopril. Blood pressure 128/78. Continue. Return in six months."
)


class Office:
    """A practice and shorthand for what happens in it."""

    def __init__(self, name: str = "Alder Clinic", number: str = "100000001") -> None:
        self.practice = Practice.objects.create(
            name=name,
            npi=npi_with_check_digit(number),
            ein="314159265",
            taxonomy="207Q00000X",
            line1="1 Alder Way",
            city="Maple Falls",
            state="OH",
            zip="430981204",
            phone="6145550190",
            submitter_id=name.upper().replace(" ", "")[:15],
        )
        self.by = User.objects.create(username=f"biller-{number}", first_name="Bea", last_name="Test")
        Membership.objects.create(user=self.by, practice=self.practice, role="biller")
        self.location = Location.objects.create(
            practice=self.practice, name="Main", npi=self.practice.npi, line1="1 Alder Way", city="Maple Falls", state="OH",
            zip="430981204", clia="36D7104822", locality="OH-00",
        )  # fmt: skip
        self.provider = ProviderRecord.objects.create(
            practice=self.practice, npi=npi_with_check_digit("164390215"), last="Alder", first="Ann", credential="MD",
            taxonomy="207Q00000X", enrolled_from=date(2015, 1, 1),
        )  # fmt: skip
        self.plans = {"P": self._plan("PAY01", "Plain Health", "PPO", "12"), "S": self._plan("PAY02", "Second Life", "PPO", "CI")}
        for code, price in {"99213": 150_00, "99214": 210_00, "20610": 180_00, "36415": 20_00, "80053": 60_00}.items():
            PriceRow.objects.create(
                practice=self.practice, procedure=code, label=f"Service {code}", price=price, start=date(2026, 1, 1)
            )

    def _plan(self, payer_id: str, name: str, kind: str, filing: str) -> PlanRecord:
        payer = PayerRecord.objects.create(
            practice=self.practice, payer_id=payer_id, name=name, receiver_id=payer_id, line1="PO Box 1", city="Dayton",
            state="OH",
            zip="454010001",
        )  # fmt: skip
        plan = Plan(
            plan_id=f"{payer_id}-PPO",
            name=f"{name} PPO",
            kind=kind,  # type: ignore[arg-type]
            payer=Payer(name=name, payer_id=payer_id),
            period=Period(date(2026, 1, 1), date(2026, 12, 31)),
            filing_indicator=filing,
            deductible=500_00,
            coinsurance=Decimal("0.20"),
        )
        contract = Contract(
            contract_id=f"{payer_id}-C",
            payer_id=payer_id,
            period=Period(date(2026, 1, 1)),
            fees={"99213": 100_00, "20610": 90_00, "99214": 140_00, "36415": 8_00, "80053": 20_00},
        )
        ContractRecord.objects.create(practice=self.practice, payer=payer, start=date(2026, 1, 1), content=pack(contract))
        return PlanRecord.objects.create(
            practice=self.practice, payer=payer, plan_id=plan.plan_id, name=plan.name, kind=kind, start=plan.period.start,
            end=plan.period.end, content=pack(plan),
        )  # fmt: skip

    def who(self, today: date = VISIT) -> dict[str, Any]:
        """The arguments that every verb takes."""
        return {"practice": self.practice, "by": self.by, "today": today}

    def patient(self, last: str = "Moss", first: str = "Iris", **more: Any) -> Patient:
        """A registered patient."""
        person = Person(last=last, first=first, birth=date(1980, 4, 2), sex="F", address=HOME, phone="6145550133")
        return registration.register_patient(**self.who(date(2026, 9, 1)), person=person, **more)

    def insure(self, patient: Patient, plan: str = "P", order: int = 1, member_id: str = "", **more: Any) -> CoverageRecord:
        """A coverage from the start of the year."""
        insured = Insured(
            person=registration.person_of(patient), member_id=member_id or f"M{patient.pk:06d}{order}", relationship="18"
        )
        return registration.add_coverage(
            **self.who(), patient_id=patient.pk, plan_id=self.plans[plan].pk, insured=insured, order=order,
            start=more.pop("start", date(2026, 1, 1)), **more,
        )  # fmt: skip

    def visit(self, patient: Patient, on: date = VISIT, start: time = time(9, 0)) -> Encounter:
        """A visit with its note."""
        encounter = registration.schedule_visit(
            **self.who(on), patient_id=patient.pk, provider_id=self.provider.pk, location_id=self.location.pk, on=on, start=start,
            reason="Blood pressure",
        )  # fmt: skip
        registration.check_in(**self.who(on), encounter_id=encounter.pk)
        coding.add_document(**self.who(on), encounter_id=encounter.pk, kind="progress", title="Office visit", text=NOTE)
        encounter.refresh_from_db()
        return encounter

    def code(self, encounter: Encounter, *services: str, diagnosis: str = "I10") -> Encounter:
        """Decided codes and captured charges; a service may carry modifiers ("99213-25")."""
        codes = [DecidedCode(system="ICD-10-CM", code=diagnosis)]
        for service in services or ("99213",):
            code, *modifiers = service.split("-")
            codes.append(DecidedCode(system="CPT", code=code, modifiers=tuple(modifiers), diagnosis_codes=(diagnosis,)))
        coding.decide_codes(**self.who(encounter.date), encounter_id=encounter.pk, codes=codes, complete=True)
        charging.capture_charges(**self.who(encounter.date), encounter_id=encounter.pk)
        encounter.refresh_from_db()
        return encounter

    def claim(self, encounter: Encounter, today: date | None = None) -> ClaimRecord:
        """A claim that passed its edits."""
        who = self.who(today or encounter.date + timedelta(days=1))
        claim = claims.build_claim(**who, encounter_id=encounter.pk)
        findings = claims.scrub_claim(**who, claim_id=claim.pk)
        claim.refresh_from_db()
        assert claim.state == "ready", findings
        return claim

    def sent(self, *services: str, second: bool = False, patient: Patient | None = None) -> ClaimRecord:
        """A claim that has left, for a new patient unless given."""
        if patient is None:
            patient = self.patient(last=f"Moss{Patient.objects.count()}")
            self.insure(patient)
            if second:
                self.insure(patient, "S", order=2)
        claim = self.claim(self.code(self.visit(patient), *services))
        submission.submit_batch(**self.who(date(2026, 10, 6)), claim_ids=[claim.pk])
        claim.refresh_from_db()
        return claim

    def envelope(self, number: int = 9001) -> Envelope:
        """A payer's envelope to the practice."""
        return Envelope(
            sender_id="PAY01", receiver_id=self.practice.submitter_id, interchange=number, group=number,
            created=datetime(2026, 10, 16, 8, 0),
        )  # fmt: skip

    def sums(self) -> dict[str, int]:
        """The ledger by account, what is zero left out."""
        sums: dict[str, int] = {}
        for account, amount in LedgerEntry.objects.filter(event__practice=self.practice).values_list("account", "amount"):
            sums[account] = sums.get(account, 0) + amount
        return {account: amount for account, amount in sums.items() if amount}


def decision(
    claim: ClaimRecord, *lines: tuple[int, tuple[tuple[str, str, int], ...]], status: str = "1", number: str = "PCN-1"
) -> RemitClaim:
    """A payer's decision on a claim: for each line what is paid and the adjustments."""
    content = claim_of(claim)
    said = tuple(
        RemitLine(
            procedure=line.procedure,
            modifiers=line.modifiers,
            charge=line.charge,
            paid=paid,
            units=line.units,
            first_service=line.first_service,
            control_number=line.control_number,
            adjustments=tuple(Adjustment(group=g, reason=r, amount=a) for g, r, a in adjustments),
        )
        for line, (paid, adjustments) in zip(content.lines, lines, strict=True)
    )
    return RemitClaim(
        patient_control_number=content.patient_control_number,
        status=status,
        charge=content.charge,
        paid=sum(line.paid for line in said),
        patient_share=sum(a.amount for line in said for a in line.adjustments if a.group == "PR"),
        filing_indicator=content.filing_indicator,
        payer_control_number=number,
        member_id=content.insured.member_id,
        patient_last=content.patient.last,
        patient_first=content.patient.first,
        lines=said,
    )


def payment(claim: ClaimRecord, *decisions: RemitClaim, trace: str = "EFT1") -> Remittance:
    """One payment of the claim's payer."""
    content = claim_of(claim)
    return Remittance(
        payer=content.payer,
        payee_name=content.billing.name,
        payee_npi=content.billing.npi,
        payee_ein=content.billing.ein,
        trace=trace,
        originator="1234567890",
        paid=sum(one.paid for one in decisions),
        paid_on=date(2026, 10, 16),
        claims=decisions,
    )


def keep_remittance(practice: Practice, told: Remittance, file: None = None) -> tuple[Remit, bool]:
    """Keep one payment, as a file would bring it; its row, and whether it is new."""
    fresh = bool(keep_remittances(practice, [told], file))
    rows = Remit.objects.filter(practice=practice)
    return rows.filter(key=f"{told.key}:{told.mark}").first() or rows.get(key=told.key), fresh
