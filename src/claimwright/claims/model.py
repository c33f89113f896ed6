"""The claim in the field's own terms, as CMS-1500 boxes and the 837 both read it. Amounts in cents.

Codes carry their dot inside claimwright (M17.11) and lose it on the wire. A claim that was read says what its file says,
also where that is no code of the guide: the check of the form and the edits tell.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from claimwright.money import Cents
from claimwright.parties import Address, Insured, Payer, Person, Provider, Struct


class Diagnosis(Struct, gc=False):
    code: str
    present_on_admission: str = ""


class Adjustment(Struct, gc=False):
    """One CAS triple: why an amount was not paid."""

    group: str  # CO, PR, OA, PI, CR
    reason: str  # CARC
    amount: Cents
    quantity: Decimal | None = None


class Procedure(Struct, gc=False):
    """A procedure of a stay, by ICD-10-PCS, and its day."""

    code: str
    on: date | None = None


class Occurrence(Struct, gc=False):
    """An event that bears on payment, by its NUBC code, and its day."""

    code: str
    on: date | None = None


class OccurrenceSpan(Struct, gc=False):
    """A period that bears on payment, by its NUBC code."""

    code: str
    first: date | None = None
    last: date | None = None


class ValueCode(Struct, gc=False):
    """An amount that bears on payment, by its NUBC code; in hundredths also where the code counts days, hours or pints."""

    code: str
    amount: Cents


class Institutional(Struct, gc=False):
    """What only a facility's claim says (UB-04, 837I). Codes are NUBC's; hours are HHMM."""

    statement_from: date
    statement_through: date
    admission_hour: str = ""
    discharge_hour: str = ""
    medical_record_number: str = ""
    patient_due: Cents | None = None  # what the facility expects of the patient
    admitting_diagnosis: str = ""
    reasons_for_visit: tuple[str, ...] = ()  # outpatient: up to three diagnoses
    external_causes: tuple[Diagnosis, ...] = ()
    drg: str = ""
    principal_procedure: Procedure | None = None
    other_procedures: tuple[Procedure, ...] = ()
    occurrence_spans: tuple[OccurrenceSpan, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    value_codes: tuple[ValueCode, ...] = ()
    condition_codes: tuple[str, ...] = ()
    treatment_codes: tuple[str, ...] = ()  # home health
    operating: Provider | None = None
    other_operating: Provider | None = None


class Tooth(Struct, gc=False):
    """A tooth by the universal numbers (1-32, A-T), and the surfaces treated: B, D, F, I, L, M, O."""

    number: str
    surfaces: tuple[str, ...] = ()


class ToothStatus(Struct, gc=False):
    tooth: str
    status: str  # E to be extracted, M missing


class Dental(Struct, gc=False):
    """What only a dental claim says (ADA form, 837D)."""

    predetermination: bool = False  # asks what would be paid: there is no service yet, so no line has a date on the wire
    predetermination_number: str = ""  # REF*G3, of one already answered
    orthodontic: bool = False
    orthodontic_months: Decimal | None = None
    orthodontic_months_left: Decimal | None = None
    appliance_placed: date | None = None
    tooth_status: tuple[ToothStatus, ...] = ()
    assistant_surgeon: Provider | None = None


class DentalLine(Struct, gc=False):
    """What only a dental line says."""

    oral_cavity: tuple[str, ...] = ()  # areas: 00 whole mouth, 01 upper, 02 lower, 10, 20, 30, 40 quadrants
    teeth: tuple[Tooth, ...] = ()
    prosthesis: str = ""  # I initial placement, R replacement
    prior_placement: date | None = None
    appliance_placed: date | None = None
    appliance_replaced: date | None = None
    treatment_began: date | None = None
    treatment_completed: date | None = None
    predetermination_number: str = ""
    assistant_surgeon: Provider | None = None


class LineAdjudication(Struct, gc=False):
    """What an earlier payer decided on a line (837 loop 2430)."""

    payer_id: str
    paid: Cents
    procedure: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    adjustments: tuple[Adjustment, ...] = ()
    paid_on: date | None = None
    remaining_patient: Cents | None = None
    bundled_into: int = 0
    revenue_code: str = ""  # institutional only


class OtherPayer(Struct, gc=False):
    """Another payer on the claim, and what it decided if it has (837 loops 2320 and 2330)."""

    payer: Payer
    insured: Insured
    responsibility: str  # P, S, T, then A to H; U unknown (SBR01)
    filing_indicator: str
    insurance_type: str = ""  # MSP or Medigap type (SBR05)
    paid: Cents | None = None  # None: has not decided yet
    adjustments: tuple[Adjustment, ...] = ()
    remaining_patient: Cents | None = None
    payer_control_number: str = ""
    paid_on: date | None = None
    assignment_of_benefits: bool = True
    release_of_information: str = "Y"


class Drug(Struct, gc=False):
    ndc: str  # eleven digits
    quantity: Decimal
    unit: str  # F2, GR, ME, ML, UN
    prescription: str = ""  # the pharmacy's number (REF*XZ)


class ServiceLine(Struct, gc=False):
    number: int
    procedure: str  # empty on a facility's line that has only its revenue code
    charge: Cents
    first_service: date
    control_number: str = ""  # REF*6R, unique in the practice
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    unit_basis: str = "UN"  # UN units, MJ minutes, DA days
    pointers: tuple[int, ...] = (1,)  # 1-based, into the claim's diagnoses, most important first
    last_service: date | None = None
    place_of_service: str = ""  # where it differs from the claim's
    rendering: Provider | None = None
    ordering: Provider | None = None
    referring: Provider | None = None
    supervising: Provider | None = None
    service_facility: Provider | None = None  # where it differs from the claim's
    drug: Drug | None = None
    description: str = ""  # for unlisted services
    emergency: bool = False
    revenue_code: str = ""  # institutional only
    procedure_qualifier: str = ""  # empty: HCPCS or CPT (dental: CDT); HP HIPPS, ER, IV, WK
    non_covered: Cents = 0  # part of the charge, institutional only
    operating: Provider | None = None  # institutional only
    other_operating: Provider | None = None  # institutional only
    dental: DentalLine | None = None
    clia: str = ""
    adjudications: tuple[LineAdjudication, ...] = ()

    @property
    def through(self) -> date:
        """Last day of service."""
        return self.last_service or self.first_service


class Claim(Struct, gc=False):
    """One claim to one payer. `charge` is what the claim says (CLM02); it must equal the sum of its lines."""

    patient_control_number: str
    charge: Cents
    place_of_service: str
    billing: Provider
    payer: Payer
    insured: Insured
    patient: Person
    diagnoses: tuple[Diagnosis, ...]
    lines: tuple[ServiceLine, ...]
    form: Literal["professional", "institutional", "dental"] = "professional"
    filing_indicator: str = "CI"  # SBR09: CI commercial, 12 PPO, HM HMO, MB Medicare B, MC Medicaid, BL Blue
    responsibility: str = "P"  # P primary, S secondary, T tertiary, then A to H; U unknown (SBR01)
    insurance_type: str = ""  # SBR05
    frequency: str = "1"  # 1 original, 7 replacement, 8 void (CLM05-3)
    payer_control_number: str = ""  # REF*F8, required for 7 and 8
    pay_to: Address | None = None
    rendering: Provider | None = None
    referring: Provider | None = None
    supervising: Provider | None = None
    service_facility: Provider | None = None
    attending: Provider | None = None  # institutional only
    prior_authorization: str = ""  # REF*G1
    referral_number: str = ""  # REF*9F
    accept_assignment: str = "A"  # A yes, B laboratory only, C no
    assignment_of_benefits: bool = True
    release_of_information: str = "Y"  # Y signed, I by law alone
    signature_on_file: bool = True
    related_cause: str = ""  # AA auto, EM employment, OA other accident
    accident_date: date | None = None
    accident_state: str = ""
    property_casualty_number: str = ""  # REF*Y4, the claim number that the insurer of work or car gave
    onset: date | None = None
    last_menstrual_period: date | None = None
    admitted: date | None = None
    discharged: date | None = None
    bill_type: str = ""  # institutional: facility type and classification; the frequency is the third digit
    admission_type: str = ""
    admission_source: str = ""
    discharge_status: str = ""
    patient_paid: Cents = 0
    note: str = ""
    other_payers: tuple[OtherPayer, ...] = ()
    institutional: Institutional | None = None
    dental: Dental | None = None

    @property
    def first_service(self) -> date:
        """First day of service."""
        lines = self.lines
        return lines[0].first_service if len(lines) == 1 else min([line.first_service for line in lines])

    @property
    def last_service(self) -> date:
        """Last day of service."""
        return max([line.through for line in self.lines])

    @property
    def patient_is_subscriber(self) -> bool:
        """Whether the patient holds the policy."""
        return self.insured.relationship == "18"
