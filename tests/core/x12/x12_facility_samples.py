"""A hospital's and a dentist's claims: a stay, an emergency, a second payer; fillings, a crown, braces, a plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from claimwright.claims.model import (
    Adjustment,
    Claim,
    Dental,
    DentalLine,
    Diagnosis,
    Drug,
    Institutional,
    LineAdjudication,
    Occurrence,
    OccurrenceSpan,
    OtherPayer,
    Procedure,
    ServiceLine,
    Tooth,
    ToothStatus,
    ValueCode,
)
from claimwright.parties import Address, Insured, Payer, Person, Provider

HOME = Address(line1="12 ELM STREET", line2="APT 4", city="AUSTIN", state="TX", zip="787010001")
CAMPUS = Address(line1="1 HOSPITAL WAY", city="AUSTIN", state="TX", zip="787030003")
PAYER = Payer(
    name="SANDBOX HEALTH",
    payer_id="SBX01",
    address=Address(line1="PO BOX 1", city="DALLAS", state="TX", zip="752010001"),
)
MEDICARE = Payer(name="MEDICARE PART A", payer_id="SBXMA", address=PAYER.address)
HOSPITAL = Provider(
    npi="1234567893", name="LAKESIDE HOSPITAL", taxonomy="282N00000X", ein="741234568", address=CAMPUS, phone="5125550110"
)
DENTISTS = Provider(
    npi="1234567893", name="LAKESIDE DENTAL", taxonomy="1223G0001X", ein="741234569", address=CAMPUS, phone="5125550120"
)
SURGEON = Provider(npi="1245319599", name="RIVERA", first="ANA", middle="M", person=True, taxonomy="207X00000X")
OPERATING = Provider(npi="1245319599", name="RIVERA", first="ANA", middle="M", person=True)  # 72 has no place for a taxonomy
COLLEAGUE = Provider(npi="1932102084", name="NGUYEN", first="MINH", person=True)
DENTIST = Provider(npi="1932102084", name="NGUYEN", first="MINH", person=True, taxonomy="1223G0001X")
ADULT = Person(last="LOPEZ", first="MARIA", birth=date(1980, 5, 4), sex="F", address=HOME)
CHILD = Person(last="LOPEZ", first="TOMAS", birth=date(2012, 2, 3), sex="M", address=HOME)
POLICY = Insured(person=ADULT, member_id="SBX100200300", group_number="G7700")
CHILDS_POLICY = Insured(person=ADULT, member_id="SBX100200300", relationship="19", group_number="G7700")


def revenue(number: int, code: str, charge: int, first: date, last: date | None = None, **rest: object) -> ServiceLine:
    """A revenue line; without `procedure` it has only its revenue code."""
    said = {"procedure": "", "pointers": (), "control_number": f"R{number:06d}", "first_service": first, "last_service": last}
    return ServiceLine(number=number, revenue_code=code, charge=charge, **(said | rest))  # type: ignore[arg-type]


def dental(number: int, procedure: str, charge: int, on: date, **rest: object) -> ServiceLine:
    """A dental line of one day."""
    said = {"pointers": (), "control_number": f"D{number:06d}"}
    return ServiceLine(number=number, procedure=procedure, charge=charge, first_service=on, **(said | rest))  # type: ignore[arg-type]


IN, OUT, VISIT = date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 9)
STAY = Claim(
    form="institutional",
    patient_control_number="INP0001",
    charge=4850000,
    place_of_service="",
    bill_type="11",
    billing=HOSPITAL,
    payer=PAYER,
    insured=POLICY,
    patient=ADULT,
    diagnoses=(
        Diagnosis(code="M17.11", present_on_admission="Y"),
        Diagnosis(code="I10", present_on_admission="Y"),
        Diagnosis(code="D62", present_on_admission="N"),
    ),
    lines=(
        revenue(1, "0120", 450000, IN, OUT, unit_basis="DA", units=Decimal(3)),
        revenue(2, "0278", 2100000, IN, OUT, units=Decimal(1)),
        revenue(3, "0360", 2200000, IN, operating=OPERATING, other_operating=COLLEAGUE),
        revenue(4, "0990", 100000, IN, OUT, units=Decimal(3), non_covered=100000),
    ),
    attending=SURGEON,
    rendering=COLLEAGUE,
    referring=COLLEAGUE,
    service_facility=Provider(npi="1234567893", name="LAKESIDE HOSPITAL NORTH", address=CAMPUS),
    admitted=IN,
    admission_type="3",
    admission_source="1",
    discharge_status="01",
    prior_authorization="PA777",
    referral_number="RF777",
    note="STAFF BILLING REVIEWED",
    institutional=Institutional(
        statement_from=IN,
        statement_through=OUT,
        admission_hour="0630",
        discharge_hour="1100",
        medical_record_number="MRN00042",
        patient_due=25000,
        admitting_diagnosis="M17.11",
        drg="470",
        principal_procedure=Procedure(code="0SRC0J9", on=IN),
        other_procedures=(Procedure(code="30233N1", on=date(2026, 11, 3)),),
        occurrence_spans=(OccurrenceSpan(code="M0", first=IN, last=OUT),),
        occurrences=(Occurrence(code="11", on=date(2026, 9, 1)),),
        value_codes=(ValueCode(code="01", amount=150000), ValueCode(code="80", amount=300)),
        condition_codes=("09", "C1"),
        operating=OPERATING,
        other_operating=COLLEAGUE,
    ),
)
EMERGENCY = Claim(
    form="institutional",
    patient_control_number="OPT0002",
    charge=187550,
    place_of_service="",
    bill_type="13",
    billing=HOSPITAL,
    pay_to=HOME,
    payer=PAYER,
    insured=CHILDS_POLICY,
    patient=CHILD,
    diagnoses=(Diagnosis(code="S52.501A"),),
    lines=(
        revenue(1, "0450", 120000, VISIT, procedure="99284", modifiers=("25",)),
        revenue(2, "0320", 45050, VISIT, procedure="73110", modifiers=("RT",), rendering=COLLEAGUE),
        revenue(
            3,
            "0636",
            22500,
            VISIT,
            procedure="J1885",
            units=Decimal(2),
            drug=Drug(ndc="00409379501", quantity=Decimal(1), unit="ML", prescription="RX4471"),
        ),
    ),
    attending=SURGEON,
    accident_state="TX",
    admission_type="1",
    admission_source="1",
    discharge_status="01",
    institutional=Institutional(
        statement_from=VISIT,
        statement_through=VISIT,
        reasons_for_visit=("M25.531", "M79.631"),
        external_causes=(Diagnosis(code="V43.62XA"),),
        occurrences=(Occurrence(code="01", on=VISIT),),
        value_codes=(ValueCode(code="45", amount=1400),),
    ),
)
_DECIDED = LineAdjudication(
    payer_id="SBXMA",
    paid=16000,
    procedure="99284",
    revenue_code="0450",
    adjustments=(Adjustment(group="CO", reason="45", amount=100000), Adjustment(group="PR", reason="2", amount=4000)),
    paid_on=date(2026, 11, 14),
    remaining_patient=4000,
)
SECOND_PAYER = Claim(
    form="institutional",
    patient_control_number="OPT0003",
    charge=120000,
    place_of_service="",
    bill_type="13",
    frequency="7",
    payer_control_number="ICN900",
    responsibility="S",
    billing=HOSPITAL,
    payer=PAYER,
    insured=POLICY,
    patient=ADULT,
    diagnoses=(Diagnosis(code="R07.9"),),
    lines=(revenue(1, "0450", 120000, VISIT, procedure="99284", adjudications=(_DECIDED,)),),
    attending=SURGEON,
    admission_type="1",
    admission_source="1",
    discharge_status="01",
    institutional=Institutional(statement_from=VISIT, statement_through=VISIT, reasons_for_visit=("R07.9",)),
    other_payers=(
        OtherPayer(
            payer=MEDICARE,
            insured=Insured(person=Person(last="LOPEZ", first="MARIA", address=HOME), member_id="1EG4TE5MK73"),
            responsibility="P",
            filing_indicator="MA",
            paid=16000,
            payer_control_number="MA000991",
            paid_on=date(2026, 11, 14),
        ),
    ),
)
FACILITY_CLAIMS = (STAY, EMERGENCY, SECOND_PAYER)

RESTORED = Claim(
    form="dental",
    patient_control_number="DEN0001",
    charge=182500,
    place_of_service="11",
    billing=DENTISTS,
    payer=PAYER,
    insured=POLICY,
    patient=ADULT,
    diagnoses=(Diagnosis(code="K02.62"),),
    lines=(
        dental(1, "D0120", 5500, VISIT, pointers=(1,)),
        dental(
            2,
            "D2392",
            27000,
            VISIT,
            pointers=(1,),
            rendering=DENTIST,
            dental=DentalLine(teeth=(Tooth(number="3", surfaces=("M", "O")),)),
        ),
        dental(
            3,
            "D2740",
            135000,
            date(2026, 11, 12),
            pointers=(1,),
            dental=DentalLine(
                teeth=(Tooth(number="14"),),
                prosthesis="R",
                prior_placement=date(2012, 6, 1),
                treatment_began=VISIT,
                treatment_completed=date(2026, 11, 12),
                predetermination_number="PD55",
                assistant_surgeon=COLLEAGUE,
            ),
        ),
        dental(4, "D4341", 15000, VISIT, pointers=(1,), dental=DentalLine(oral_cavity=("10", "20"))),
    ),
    rendering=DENTIST,
    referring=COLLEAGUE,
    supervising=COLLEAGUE,
    service_facility=Provider(npi="1234567893", name="LAKESIDE DENTAL NORTH", address=CAMPUS),
    prior_authorization="PA9",
    referral_number="RF9",
    related_cause="OA",
    accident_date=date(2026, 11, 1),
    patient_paid=5000,
    note="CROWN FRACTURED",
    dental=Dental(
        predetermination_number="PD54",
        tooth_status=(ToothStatus(tooth="1", status="M"), ToothStatus(tooth="32", status="E")),
        assistant_surgeon=COLLEAGUE,
    ),
)
BRACES = Claim(
    form="dental",
    patient_control_number="DEN0002",
    charge=520000,
    place_of_service="11",
    billing=DENTISTS,
    payer=PAYER,
    insured=CHILDS_POLICY,
    patient=CHILD,
    diagnoses=(),
    lines=(dental(1, "D8080", 520000, VISIT, dental=DentalLine(appliance_placed=VISIT)),),
    rendering=DENTIST,
    dental=Dental(orthodontic=True, orthodontic_months=Decimal(24), orthodontic_months_left=Decimal(24), appliance_placed=VISIT),
)
PLANNED = Claim(
    form="dental",
    patient_control_number="DEN0003",
    charge=230000,
    place_of_service="11",
    billing=DENTISTS,
    payer=PAYER,
    insured=CHILDS_POLICY,
    patient=CHILD,
    diagnoses=(),
    # Nothing has been done: the day is that of the request.
    lines=(dental(1, "D6010", 230000, date(2026, 11, 16), dental=DentalLine(teeth=(Tooth(number="30"),), prosthesis="I")),),
    rendering=DENTIST,
    dental=Dental(predetermination=True),
)
SECOND_DENTAL = Claim(
    form="dental",
    patient_control_number="DEN0004",
    charge=5500,
    place_of_service="11",
    responsibility="S",
    billing=DENTISTS,
    payer=PAYER,
    insured=POLICY,
    patient=ADULT,
    diagnoses=(),
    lines=(
        dental(
            1,
            "D0120",
            5500,
            VISIT,
            adjudications=(
                LineAdjudication(
                    payer_id="SBX02",
                    paid=4000,
                    procedure="D0120",
                    adjustments=(Adjustment(group="CO", reason="45", amount=1500),),
                    paid_on=date(2026, 11, 14),
                ),
            ),
        ),
    ),
    rendering=DENTIST,
    other_payers=(
        OtherPayer(
            payer=Payer(name="SANDBOX DENTAL", payer_id="SBX02"),
            insured=Insured(person=Person(last="LOPEZ", first="MARIA", address=HOME), member_id="D100"),
            responsibility="P",
            filing_indicator="CI",
            paid=4000,
            paid_on=date(2026, 11, 14),
        ),
    ),
)
DENTAL_CLAIMS = (RESTORED, BRACES, PLANNED, SECOND_DENTAL)
