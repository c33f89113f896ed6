"""A small practice's day in X12: one of everything that claimwright writes, with every part filled in."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import msgspec
from x12_facility_samples import DENTAL_CLAIMS, DENTISTS, FACILITY_CLAIMS, HOSPITAL

from claimwright.claims.model import Adjustment, Claim, Diagnosis, Drug, LineAdjudication, OtherPayer, ServiceLine
from claimwright.coverage.model import Benefit, EligibilityAnswer, EligibilityInquiry, Rejection
from claimwright.effective import Period
from claimwright.findings import Finding
from claimwright.parties import Address, Insured, Payer, Person, Provider
from claimwright.remits.model import ProviderAdjustment, RemitClaim, RemitLine, Remittance
from claimwright.x12.acknowledgement import ClaimAck, ClaimAcks, FunctionalAck, SetAck, Ta1, write_277ca, write_999, write_ta1
from claimwright.x12.claim_status import (
    LineInquiry,
    LineStatus,
    Receiver,
    Status,
    StatusAnswer,
    StatusCode,
    StatusInquiry,
    write_276,
    write_277,
)
from claimwright.x12.dental import write_837d
from claimwright.x12.eligibility import write_270, write_271
from claimwright.x12.envelope import Envelope
from claimwright.x12.institutional import write_837i
from claimwright.x12.professional import write_837p
from claimwright.x12.remittance import write_835
from claimwright.x12.review_model import (
    Attachment,
    Decision,
    Delivery,
    ReviewAnswer,
    ReviewDiagnosis,
    ReviewProvider,
    ReviewRequest,
    ReviewService,
    ServiceDecision,
    Transport,
)
from claimwright.x12.services_review import write_278_request, write_278_response

ENVELOPE = Envelope(
    sender_id="LAKESIDE", receiver_id="SANDBOX", interchange=905, group=17, created=datetime(2026, 11, 16, 9, 30), usage="T"
)
HOME = Address(line1="12 ELM STREET", line2="APT 4", city="AUSTIN", state="TX", zip="787010001")
OFFICE = Address(line1="400 LAKE DRIVE", city="AUSTIN", state="TX", zip="787020002")
PAYER = Payer(
    name="SANDBOX HEALTH",
    payer_id="SBX01",
    address=Address(line1="PO BOX 1", city="DALLAS", state="TX", zip="752010001"),
)
MEDICARE = Payer(name="MEDICARE PART B", payer_id="SBXMB", address=PAYER.address)
PRACTICE = Provider(
    npi="1234567893", name="LAKESIDE FAMILY PRACTICE", taxonomy="207Q00000X", ein="741234567", address=OFFICE, phone="5125550100"
)
DOCTOR = Provider(npi="1245319599", name="RIVERA", first="ANA", middle="M", person=True, taxonomy="207Q00000X")
OTHER_DOCTOR = Provider(npi="1932102084", name="NGUYEN", first="MINH", person=True)
FACILITY = Provider(npi="1234567893", name="LAKESIDE NORTH", address=OFFICE, clia="45D0123456")
ADULT = Person(last="LOPEZ", first="MARIA", birth=date(1980, 5, 4), sex="F", address=HOME)
CHILD = Person(last="LOPEZ", first="TOMAS", birth=date(2015, 2, 3), sex="M", address=HOME)


def line(number: int, procedure: str, charge: int, **rest: object) -> ServiceLine:
    """A service line on 2 November 2026."""
    return ServiceLine(
        number=number,
        procedure=procedure,
        charge=charge,
        first_service=date(2026, 11, 2),
        control_number=f"L{number:06d}",
        **rest,  # type: ignore[arg-type]
    )


SIMPLE = Claim(
    patient_control_number="PCN0001",
    charge=33000,
    place_of_service="11",
    billing=PRACTICE,
    payer=PAYER,
    insured=Insured(person=ADULT, member_id="SBX100200300", group_number="G7700"),
    patient=ADULT,
    diagnoses=(Diagnosis(code="M17.11"), Diagnosis(code="I10")),
    lines=(
        line(1, "99213", 15000, modifiers=("25",), pointers=(1, 2)),
        line(2, "20610", 18000, modifiers=("RT",)),
    ),
    rendering=DOCTOR,
)
CHILDS = Claim(
    patient_control_number="PCN0002",
    charge=21050,
    place_of_service="11",
    billing=PRACTICE,
    payer=PAYER,
    insured=Insured(person=ADULT, member_id="SBX100200300", relationship="19", group_number="G7700"),
    patient=CHILD,
    diagnoses=(Diagnosis(code="J02.9"),),
    lines=(
        line(1, "99213", 15000),
        line(2, "87880", 4050, clia="45D0123456", ordering=OTHER_DOCTOR),
        line(3, "J0561", 2000, units=Decimal("2.5"), drug=Drug(ndc="60793070010", quantity=Decimal("2"), unit="ML")),
    ),
    rendering=DOCTOR,
    referring=OTHER_DOCTOR,
    supervising=OTHER_DOCTOR,
    service_facility=FACILITY,
    prior_authorization="PA123",
    referral_number="RF456",
    related_cause="AA",
    accident_date=date(2026, 11, 1),
    accident_state="TX",
    onset=date(2026, 10, 30),
    patient_paid=2000,
    note="SEEN AFTER HOURS",
)
SECONDARY = Claim(
    patient_control_number="PCN0003",
    charge=15000,
    place_of_service="11",
    billing=PRACTICE,
    pay_to=HOME,
    payer=PAYER,
    insured=Insured(person=ADULT, member_id="SBX100200300"),
    patient=ADULT,
    responsibility="S",
    diagnoses=(Diagnosis(code="I10"),),
    lines=(
        line(
            1,
            "99213",
            15000,
            adjudications=(
                LineAdjudication(
                    payer_id="SBXMB",
                    paid=7200,
                    procedure="99213",
                    adjustments=(
                        Adjustment(group="CO", reason="45", amount=6000),
                        Adjustment(group="PR", reason="2", amount=1800),
                    ),
                    paid_on=date(2026, 11, 12),
                    remaining_patient=1800,
                ),
            ),
        ),
    ),
    frequency="7",
    payer_control_number="ICN778",
    rendering=DOCTOR,
    other_payers=(
        OtherPayer(
            payer=MEDICARE,
            insured=Insured(person=Person(last="LOPEZ", first="MARIA", address=HOME), member_id="1EG4TE5MK73"),
            responsibility="P",
            filing_indicator="MB",
            paid=7200,
            payer_control_number="MB000991",
            paid_on=date(2026, 11, 12),
        ),
    ),
)
CLAIMS = (SIMPLE, CHILDS, SECONDARY)

PAID = RemitClaim(
    patient_control_number="PCN0001",
    status="1",
    charge=33000,
    paid=680,
    patient_share=15170,
    filing_indicator="12",
    payer_control_number="ICN001",
    place_of_service="11",
    frequency="1",
    patient_last="LOPEZ",
    patient_first="MARIA",
    member_id="SBX100200300",
    rendering_npi=DOCTOR.npi,
    rendering_name="RIVERA",
    first_service=date(2026, 11, 2),
    received=date(2026, 11, 5),
    remarks=("MA01",),
    interest=12,
    lines=(
        RemitLine(
            procedure="99213",
            modifiers=("25",),
            charge=15000,
            paid=0,
            first_service=date(2026, 11, 2),
            control_number="L000001",
            allowed=9240,
            adjustments=(Adjustment(group="CO", reason="45", amount=5760), Adjustment(group="PR", reason="1", amount=9240)),
        ),
        RemitLine(
            procedure="20610",
            charge=18000,
            paid=680,
            first_service=date(2026, 11, 2),
            control_number="L000002",
            allowed=6610,
            adjustments=(
                Adjustment(group="CO", reason="45", amount=11390),
                Adjustment(group="PR", reason="1", amount=5760),
                Adjustment(group="PR", reason="2", amount=170),
            ),
            remarks=("N130",),
        ),
    ),
)
REVERSED = RemitClaim(
    patient_control_number="PCN0009",
    status="22",
    charge=-1000,
    paid=-600,
    filing_indicator="12",
    payer_control_number="ICN009",
    patient_last="LOPEZ",
    patient_first="MARIA",
    crossover_payer=MEDICARE,
    adjustments=(Adjustment(group="CO", reason="45", amount=-400),),
)
PAYING = msgspec.structs.replace(PAYER, phone="2145550199")  # only the 835 tells whom to call
REMITTANCE = Remittance(
    payer=PAYING,
    payee_name="LAKESIDE FAMILY PRACTICE",
    payee_npi=PRACTICE.npi,
    payee_ein="741234567",
    trace="EFT20261115001",
    originator="1741111111",
    paid=92,
    paid_on=date(2026, 11, 15),
    produced_on=date(2026, 11, 14),
    sender_routing="011000015",
    sender_account="778899",
    receiver_routing="021000021",
    receiver_account="445566",
    claims=(PAID, REVERSED),
    provider_adjustments=(
        ProviderAdjustment(npi=PRACTICE.npi, fiscal_period_end=date(2026, 12, 31), reason="L6", amount=-12, reference="ICN001"),
    ),
)
NO_MONEY = Remittance(
    payer=PAYING,
    payee_name="LAKESIDE FAMILY PRACTICE",
    payee_npi=PRACTICE.npi,
    trace="NON20261115002",
    originator="1741111111",
    paid=0,
    paid_on=date(2026, 11, 15),
    method="NON",
    claims=(
        RemitClaim(
            patient_control_number="PCN0002",
            status="4",
            charge=21050,
            paid=0,
            filing_indicator="12",
            payer_control_number="ICN002",
            patient_last="LOPEZ",
            adjustments=(Adjustment(group="CO", reason="197", amount=21050),),
        ),
    ),
)
INQUIRIES = tuple(
    EligibilityInquiry(
        payer=PAYER,
        provider=PRACTICE,
        insured=claim.insured,
        patient=claim.patient,
        on=date(2026, 11, 16),
        trace=f"TRACE{place}",
        service_types=("30", "98"),
    )
    for place, claim in enumerate((SIMPLE, CHILDS))
)
ANSWERS = (
    EligibilityAnswer(
        payer=PAYER,
        provider=PRACTICE,
        insured=SIMPLE.insured,
        patient=ADULT,
        trace="TRACE0",
        on=date(2026, 11, 16),
        plan_name="PPO GOLD",
        plan_period=Period(start=date(2026, 1, 1), end=date(2026, 12, 31)),
        benefits=(
            Benefit(information="1", service_types=("30",), coverage_level="IND", insurance_type="C1", plan_name="PPO GOLD"),
            Benefit(information="C", service_types=("30",), coverage_level="IND", period="29", amount=15000, in_network="Y"),
            Benefit(information="B", service_types=("98",), coverage_level="IND", amount=2500, in_network="Y"),
            Benefit(information="A", service_types=("30",), percent=Decimal("0.2"), message="AFTER DEDUCTIBLE"),
        ),
    ),
    EligibilityAnswer(
        payer=PAYER,
        provider=PRACTICE,
        insured=CHILDS.insured,
        patient=CHILD,
        trace="TRACE1",
        on=date(2026, 11, 16),
        rejections=(Rejection(reason="15", follow_up="C", loop="2100D"),),
    ),
)
ASKER = Receiver(name="LAKESIDE FAMILY PRACTICE", identifier="LAKESIDE")
STATUS_INQUIRIES = (
    StatusInquiry(
        payer=PAYER,
        receiver=ASKER,
        provider=PRACTICE,
        subscriber=ADULT,
        member_id="SBX100200300",
        trace="STATUS1",
        reference="ASK20261116",
        payer_control_number="ICN001",
        patient_control_number="PCN0001",
        charge=33000,
        first_service=date(2026, 11, 2),
    ),
    StatusInquiry(
        payer=PAYER,
        receiver=ASKER,
        provider=PRACTICE,
        subscriber=ADULT,
        member_id="SBX100200300",
        dependent=CHILD,
        trace="STATUS2",
        reference="ASK20261116",
        patient_control_number="PCN0002",
        group_number="G7700",
        charge=21050,
        first_service=date(2026, 11, 2),
        lines=(
            LineInquiry(
                procedure="99213",
                modifiers=("25",),
                charge=15000,
                units=Decimal(1),
                first_service=date(2026, 11, 2),
                control_number="L000001",
            ),
        ),
    ),
)
STATUS_ANSWERS = (
    StatusAnswer(
        payer=msgspec.structs.replace(PAYER, phone="2145550199"),
        receiver=ASKER,
        provider=PRACTICE,
        subscriber=ADULT,
        member_id="SBX100200300",
        trace="STATUS1",
        reference="TOLD20261117",
        statuses=(
            Status(
                codes=(StatusCode(category="F1", code="65"),),
                effective=date(2026, 11, 15),
                charge=33000,
                paid=680,
                finalized=date(2026, 11, 14),
                paid_on=date(2026, 11, 15),
                check_number="EFT20261115001",
            ),
        ),
        payer_control_number="ICN001",
        patient_control_number="PCN0001",
        first_service=date(2026, 11, 2),
        lines=(
            LineStatus(
                procedure="20610",
                charge=18000,
                paid=680,
                units=Decimal(1),
                statuses=(Status(codes=(StatusCode(category="F1", code="65"),), effective=date(2026, 11, 15)),),
                control_number="L000002",
                first_service=date(2026, 11, 2),
            ),
        ),
    ),
    StatusAnswer(
        payer=msgspec.structs.replace(PAYER, phone="2145550199"),
        receiver=ASKER,
        provider=PRACTICE,
        subscriber=ADULT,
        member_id="SBX100200300",
        dependent=CHILD,
        trace="STATUS2",
        reference="TOLD20261117",
        statuses=(
            Status(
                codes=(StatusCode(category="A4", code="35"), StatusCode(category="A4", code="33", entity="QC")),
                effective=date(2026, 11, 17),
            ),
        ),
        patient_control_number="PCN0002",
        first_service=date(2026, 11, 2),
    ),
)
KNEE = ReviewService(
    procedure="27447",
    modifiers=("RT",),
    units=Decimal(1),
    charge=350000,
    pointers=(1,),
    first_service=date(2026, 12, 7),
    trace="REVIEW1S1",
    providers=(ReviewProvider(role="72", provider=OTHER_DOCTOR),),
)
THERAPY = ReviewService(
    procedure="97110",
    units=Decimal(12),
    first_service=date(2026, 12, 10),
    last_service=date(2027, 1, 31),
    trace="REVIEW1S2",
    category="HS",
    certification_type="I",
    service_type="AE",
    place_of_service="11",
    delivery=Delivery(of="VS", quantity=Decimal(2), unit="WK", every=Decimal(1), period="35", periods=6),
    attachments=(Attachment(report_type="PO", transmission="EL", control_number="PO778"),),
    message="AFTER THE OPERATION",
)
REVIEW_REQUESTS = (
    ReviewRequest(
        umo=PAYER,
        requester=DOCTOR,
        insured=SIMPLE.insured,
        patient=ADULT,
        trace="REVIEW1",
        reference="ASK1",
        service_type="2",
        place_of_service="21",
        level_of_service="E",
        onset=date(2026, 8, 1),
        first_service=date(2026, 12, 7),
        diagnoses=(ReviewDiagnosis(code="M17.11", qualifier="ABK"), ReviewDiagnosis(code="I10", on=date(2026, 1, 5))),
        attachments=(Attachment(report_type="OB", transmission="FX", control_number="XR1", description="KNEE FILMS"),),
        message="CONSERVATIVE CARE FAILED",
        providers=(ReviewProvider(role="FA", provider=FACILITY),),
        services=(KNEE, THERAPY),
    ),
    ReviewRequest(
        umo=PAYER,
        requester=PRACTICE,
        insured=CHILDS.insured,
        patient=CHILD,
        trace="REVIEW2",
        reference="ASK2",
        category="AR",
        service_type="1",
        admission_type="1",
        admission_source="1",
        admitted=date(2026, 11, 16),
        related_cause="AA",
        accident_state="TX",
        accident_date=date(2026, 11, 15),
        diagnoses=(ReviewDiagnosis(code="S72.001A", qualifier="ABK"),),
        certifications=(("CR1", "LB", "60", "I", "A", "DH", "12"), ("CRC", "07", "Y", "01")),
        transports=(Transport(role="PW", name="SCHOOL", address=OFFICE),),
        services=(ReviewService(kind="institutional", revenue_code="0120", unit_basis="DA", units=Decimal(3)),),
    ),
)
REVIEW_ANSWERS = (
    ReviewAnswer(
        umo=msgspec.structs.replace(PAYER, phone="2145550199"),
        requester=msgspec.structs.replace(DOCTOR, address=None, phone=""),
        insured=SIMPLE.insured,
        patient=ADULT,
        trace="REVIEW1",
        payer_trace="UM991",
        reference="ASK1",
        service_type="2",
        place_of_service="21",
        first_service=date(2026, 12, 7),
        diagnoses=(ReviewDiagnosis(code="M17.11", qualifier="ABK"),),
        decision=Decision(action="A6", certification_number="AUTH778", second_opinion=False),
        issued=date(2026, 11, 17),
        effective=date(2026, 12, 1),
        effective_through=date(2027, 2, 28),
        expires=date(2027, 2, 28),
        services=(
            ServiceDecision(
                procedure="27447",
                modifiers=("RT",),
                units=Decimal(1),
                trace="REVIEW1S1",
                decision=Decision(action="A1", certification_number="AUTH778"),
            ),
            ServiceDecision(
                procedure="97110",
                units=Decimal(6),
                trace="REVIEW1S2",
                decision=Decision(action="A6", certification_number="AUTH779", reasons=("0L", "0M")),
                effective=date(2026, 12, 10),
                message="SIX VISITS FIRST",
            ),
        ),
    ),
    ReviewAnswer(
        umo=PAYER,
        requester=msgspec.structs.replace(PRACTICE, address=None, phone=""),
        insured=CHILDS.insured,
        patient=CHILD,
        trace="REVIEW2",
        reference="ASK2",
        category="AR",
        service_type="1",
        rejections=(Rejection(reason="67", follow_up="C", loop="2010D"),),
    ),
)
FUNCTIONAL = FunctionalAck(
    group_control="17",
    functional_id="HC",
    version="005010X222A1",
    code="P",
    included=2,
    received=2,
    accepted=1,
    sets=(
        SetAck(group="17", set_control="0001", accepted=True, version="005010X222A1"),
        SetAck(
            group="17",
            set_control="0002",
            accepted=False,
            code="R",
            version="005010X222A1",
            reasons=("5",),
            errors=(
                Finding(code="IK3:3", severity="error", message="", segment="NM1", line=12, loop="2010BB"),
                Finding(code="IK4:7", severity="error", message="", segment="CLM", line=20, loop="2300", element="CLM05-3"),
            ),
        ),
    ),
)
CLAIM_ACKS = ClaimAcks(
    batch="BATCH7",
    payer=PAYER,
    provider=PRACTICE,
    submitter_name="LAKESIDE FAMILY PRACTICE",
    submitter_id="LAKESIDE",
    reference="R20261116",
    received=date(2026, 11, 16),
    processed=date(2026, 11, 16),
    acks=(
        ClaimAck(
            patient_control_number="PCN0001",
            accepted=True,
            category="A2",
            status="20",
            payer_control_number="ICN001",
            charge=33000,
            first_service=date(2026, 11, 2),
            patient_last="LOPEZ",
            patient_first="MARIA",
            member_id="SBX100200300",
        ),
        ClaimAck(
            patient_control_number="PCN0002",
            accepted=False,
            category="A7",
            status="562",
            entity="85",
            charge=21050,
            first_service=date(2026, 11, 2),
            patient_last="LOPEZ",
            patient_first="TOMAS",
            member_id="SBX100200300",
        ),
    ),
)

WRITTEN = {
    "837P": write_837p(CLAIMS, ENVELOPE, PRACTICE, PAYER, "BATCH7"),
    "837I": write_837i(FACILITY_CLAIMS, ENVELOPE, HOSPITAL, PAYER, "BATCH8"),
    "837D": write_837d(DENTAL_CLAIMS, ENVELOPE, DENTISTS, PAYER, "BATCH9"),
    "835": write_835((REMITTANCE, NO_MONEY), ENVELOPE),
    "270": write_270(INQUIRIES, ENVELOPE),
    "271": write_271(ANSWERS, ENVELOPE),
    "276": write_276(STATUS_INQUIRIES, ENVELOPE),
    "277": write_277(STATUS_ANSWERS, ENVELOPE),
    "278": write_278_request(REVIEW_REQUESTS, ENVELOPE),
    "278R": write_278_response(REVIEW_ANSWERS, ENVELOPE),
    "999": write_999((FUNCTIONAL,), ENVELOPE),
    "277CA": write_277ca((CLAIM_ACKS,), ENVELOPE),
    "TA1": write_ta1(Ta1(interchange="000000905", accepted=True), ENVELOPE),
}
