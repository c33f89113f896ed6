"""What a services review says (278, 005010X217): the request, and the review organization's decision. Amounts in whole cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from claimwright.coverage.model import Rejection
from claimwright.money import Cents
from claimwright.parties import Address, Insured, Payer, Person, Provider, Struct


class Delivery(Struct):
    """HSD: how much of a service, how often, for how long: 2 visits a week for 6 weeks."""

    quantity: Decimal | None = None
    of: str = ""  # HSD01: VS visits, DY days, HS hours, UN units ...
    every: Decimal | None = None
    unit: str = ""  # HSD03: DA, WK, MO
    periods: int | None = None
    period: str = ""  # HSD05: 7 day, 34 month, 35 week, 21 years, 27 visit ...
    pattern: str = ""  # HSD07
    time: str = ""  # HSD08


class Attachment(Struct):
    """PWK: a paper that goes with the request, or that is wanted."""

    report_type: str
    transmission: str  # PWK02: EL electronic, FX fax, BM mail, AA at the provider's, VO by voice
    control_number: str = ""
    description: str = ""


class ReviewDiagnosis(Struct):
    """A diagnosis and what it is to the event."""

    code: str
    qualifier: str = "ABF"  # HI01-1: ABK principal, ABJ admitting, ABF other, APR reason for visit, DR diagnosis group
    on: date | None = None


class ReviewProvider(Struct):
    """Who is to do it, or has asked for it."""

    role: str  # NM101: SJ service provider, 71 attending, 72 operating, 73 other, 77 location, DN referring, DK ordering ...
    provider: Provider


class Transport(Struct):
    """Where an ambulance takes up (PW) or sets down (45, FS, ND, R3)."""

    role: str
    name: str = ""
    address: Address | None = None


class Decision(Struct):
    """HCR: what was decided."""

    action: str  # A1 certified in total, A2 in part, A3 not certified, A4 pended, A6 modified, C cancelled, CT ask payer, NA none
    certification_number: str = ""
    reasons: tuple[str, ...] = ()  # X12's list 886
    second_opinion: bool | None = None

    @property
    def certified(self) -> bool:
        """Whether something may be done under the number."""
        return self.action in ("A1", "A2", "A6")


class ReviewService(Struct):
    """One service asked for."""

    procedure: str = ""
    kind: Literal["professional", "institutional", "dental", ""] = "professional"
    qualifier: str = "HC"
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    units: Decimal | None = None
    unit_basis: str = "UN"
    charge: Cents | None = None
    pointers: tuple[int, ...] = ()
    first_service: date | None = None
    last_service: date | None = None
    trace: str = ""
    category: str = ""  # UM01 where it differs from the event's: HS, SC
    certification_type: str = ""
    service_type: str = ""
    place_of_service: str = ""
    previous_authorization: str = ""
    delivery: Delivery | None = None
    teeth: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    message: str = ""
    providers: tuple[ReviewProvider, ...] = ()


class ServiceDecision(ReviewService):
    """What was decided of one service; units as they were granted."""

    decision: Decision | None = None
    rejections: tuple[Rejection, ...] = ()
    issued: date | None = None
    expires: date | None = None
    effective: date | None = None
    effective_through: date | None = None


class Review(Struct):
    """What the request and the answer both tell."""

    umo: Payer  # the utilization management organization
    requester: Provider
    insured: Insured
    patient: Person
    trace: str  # TRN02 of the request, which the answer gives back
    reference: str = ""  # BHT03
    category: str = "HS"  # UM01: AR admission, HS health services, IN individual, SC specialty care
    certification_type: str = "I"  # UM02: I initial, R renewal, S revised, 3 cancel, 4 extension, 1 and 2 appeals
    service_type: str = ""
    place_of_service: str = ""
    facility_qualifier: str = "B"  # A where the place is a type of bill
    related_cause: str = ""
    accident_state: str = ""
    level_of_service: str = ""  # E elective, U urgent, 03 emergency
    release_of_information: str = ""
    delay_reason: str = ""
    previous_authorization: str = ""
    administrative_reference: str = ""
    accident_date: date | None = None
    onset: date | None = None
    first_service: date | None = None
    last_service: date | None = None
    admitted: date | None = None
    discharged: date | None = None
    diagnoses: tuple[ReviewDiagnosis, ...] = ()
    delivery: Delivery | None = None
    admission_type: str = ""
    admission_source: str = ""
    patient_status: str = ""
    certifications: tuple[tuple[str, ...], ...] = ()  # CR1, CR2, CR5, CR6 (and CRC) as their elements
    attachments: tuple[Attachment, ...] = ()
    message: str = ""
    providers: tuple[ReviewProvider, ...] = ()
    transports: tuple[Transport, ...] = ()


class ReviewRequest(Review):
    """A 278 request: one patient event and its services."""

    purpose: str = "13"  # BHT02: 13 request, 01 cancellation, 36 authority to deduct
    services: tuple[ReviewService, ...] = ()


class ReviewAnswer(Review):
    """A 278 response to one patient event."""

    decision: Decision | None = None
    rejections: tuple[Rejection, ...] = ()
    final: bool = True  # BHT06: 18 nothing will follow, 19 more will
    payer_trace: str = ""
    issued: date | None = None
    expires: date | None = None
    effective: date | None = None
    effective_through: date | None = None
    services: tuple[ServiceDecision, ...] = ()

    @property
    def certified(self) -> bool:
        """Whether the event, or some of its services, was certified."""
        return any(one and one.certified for one in (self.decision, *(service.decision for service in self.services)))
