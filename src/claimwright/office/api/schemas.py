"""What goes in and out. Amounts in whole cents, dates ISO 8601."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Schema

Ref = Annotated[int, Field(ge=1, le=2**63 - 1)]


class Problem(Schema):
    detail: str


class Invalid(Schema):
    """What is wrong with the request: a sentence, or one entry a field (`loc`, `msg`)."""

    detail: str | list[dict[str, Any]]


REFUSALS = {403: Problem, 404: Problem, 409: Problem, 422: Invalid}


class PersonIn(Schema):
    last: str = Field(min_length=1, max_length=60)
    first: str = Field(min_length=1, max_length=35)
    birth: date
    sex: Literal["F", "M", "U"] = "U"
    line1: str = Field("", max_length=55)
    city: str = Field("", max_length=30)
    state: str = Field("", pattern=r"^([A-Z]{2})?$")
    zip: str = Field("", pattern=r"^(\d{5}(\d{4})?)?$")
    phone: str = Field("", pattern=r"^(\d{10})?$")


class PatientIn(PersonIn):
    """A new patient; without `guarantor` the patient is their own."""

    guarantor: PersonIn | None = None
    guarantor_id: Ref | None = None
    history: str = ""
    therapies: str = ""


class PatientOut(Schema):
    id: int
    mrn: str
    last: str
    first: str
    birth: date | None
    sex: str
    guarantor_id: int


class CoverageIn(Schema):
    plan_id: Ref
    member_id: str = Field(min_length=2, max_length=30)
    order: int = Field(1, ge=1, le=3)
    start: date
    end: date | None = None
    relationship: Literal["18", "01", "19", "G8"] = "18"
    subscriber: PersonIn | None = None  # when it is not the patient
    group_number: str = Field("", max_length=30)
    referral_number: str = Field("", max_length=30)
    case_number: str = Field("", max_length=30)  # the claim number that an insurer of work or a car gave
    accident_on: date | None = None
    accident_state: str = Field("", pattern="^([A-Za-z]{2})?$")


class CoverageOut(Schema):
    id: int
    plan_id: int
    plan: str
    payer_id: str
    order: int
    member_id: str
    relationship: str
    start: date
    end: date | None


class CheckOut(Schema):
    id: int
    trace: str
    status: str
    asked_on: date
    answered_on: date | None
    message: str


class EncounterIn(Schema):
    patient_id: Ref
    provider_id: Ref
    location_id: Ref
    on: date
    start: time
    minutes: int = Field(20, ge=5, le=480)
    reason: str = Field(min_length=1, max_length=120)
    setting: Literal["office", "telehealth"] = "office"
    new_patient: bool = False


class EncounterOut(Schema):
    id: int
    number: str
    patient_id: int
    provider_id: int
    location_id: int
    date: date
    setting: str
    reason: str
    state: str


class DocumentIn(Schema):
    kind: Literal["progress", "procedure", "laboratory", "radiology", "other"]
    title: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1, max_length=200_000)


class SuggestionOut(Schema):
    id: int
    rank: int
    system: str
    code: str
    decision: str
    content: dict[str, Any]


class CodeIn(Schema):
    system: Literal["ICD-10-CM", "CPT", "HCPCS"]
    code: str = Field(pattern=r"^[A-Z0-9][A-Z0-9.]{2,8}$")
    modifiers: list[str] = Field([], max_length=4)
    units: Decimal = Field(Decimal(1), gt=0, le=9999)
    diagnosis_codes: list[str] = Field([], max_length=4)
    ndc: str = Field("", max_length=15, description="A drug's package: the NDC as on its label, with dashes, or eleven digits")
    ndc_quantity: Decimal | None = Field(None, gt=0, lt=100_000_000, decimal_places=4)
    ndc_unit: Literal["", "F2", "GR", "ME", "ML", "UN"] = ""
    suggestion_id: Ref | None = None


class CodesIn(Schema):
    """The decided codes in order, first-listed first. `complete` ends the coding."""

    codes: list[CodeIn]
    complete: bool = True


class CodeOut(Schema):
    position: int
    system: str
    code: str
    modifiers: str
    units: Decimal
    diagnosis_codes: str
    ndc: str
    ndc_quantity: Decimal | None
    ndc_unit: str


class QueryIn(Schema):
    topic: str = Field(min_length=1, max_length=80)
    question: str = Field(min_length=1, max_length=4000)


class ClaimOut(Schema):
    id: int
    patient_control_number: str
    encounter_id: int
    patient_id: int
    payer_id: str
    responsibility: str
    frequency: str
    state: str
    first_service: date
    charge: int
    payer_control_number: str
    sent_on: date | None

    @staticmethod
    def resolve_payer_id(claim: Any) -> str:
        """The payer's identifier, not its row's; a kept answer has it already."""
        return str(claim["payer_id"] if isinstance(claim, dict) else claim.payer.payer_id)


class FindingOut(Schema):
    edit: str
    severity: str
    line: int
    message: str
    fix: str
    citation: str


class EventOut(Schema):
    on: date
    kind: str
    state: str
    text: str


class ClaimDetail(ClaimOut):
    content: dict[str, Any]
    findings: list[FindingOut]
    events: list[EventOut]


class BatchIn(Schema):
    """Claims to send; without ids, every ready claim."""

    claim_ids: list[Ref] | None = None


class CorrectIn(Schema):
    reason: str = Field(min_length=1, max_length=200)


class FileIn(Schema):
    name: str = Field(min_length=1, max_length=120, pattern=r"^[^/\\]+$")
    content_base64: str


class FileOut(Schema):
    id: int
    direction: str
    kind: str
    name: str
    created_on: date
    status: str
    reason: str
    control_number: str


class RemitOut(Schema):
    id: int
    trace: str
    paid: int
    paid_on: date
    method: str
    status: str
    reason: str
    deposited: bool


class RemitClaimOut(Schema):
    id: int
    position: int
    claim_id: int | None
    patient_control_number: str
    clp_status: str
    charge: int
    paid: int
    patient_share: int
    status: str
    reason: str
    next_step: str = Field(description="what a person does while it waits")


class RemitDetail(RemitOut):
    claims: list[RemitClaimOut]


class MatchIn(Schema):
    claim_id: Ref
    despite: str = Field(
        "",
        max_length=200,
        description="why it is this claim all the same, where neither the member id nor the last name agrees; it is kept",
    )


class WhyIn(Schema):
    reason: str = Field(max_length=160, description="it stays with what is done: with the reversal entries, or with the decision")


class PaymentIn(Schema):
    guarantor_id: Ref
    amount: int = Field(gt=0, le=100_000_000, description="cents")
    method: Literal["card", "check", "cash"]
    reference: str = Field("", max_length=40)
    key: str = Field(min_length=1, max_length=80, description="names this payment; the same key never posts twice")


class PaymentOut(Schema):
    id: int
    guarantor_id: int
    amount: int
    method: str
    on: date


class BalanceOut(Schema):
    """Amounts in cents. `unapplied` is money held for the guarantor."""

    insurance_ar: int
    patient_ar: int
    unapplied: int


class TotalsOut(Schema):
    """The ledger's totals: charges + credits = payments + adjustments + ar_insurance + ar_patient; ledger_sum is 0."""

    charges: int
    credits: int
    payments: int
    adjustments: int
    ar_insurance: int
    ar_patient: int
    ledger_sum: int
