"""Pass and fail of the edits on identity, coverage, dates and providers."""

from datetime import date, timedelta
from typing import Any

from edit_bench import (
    DAY,
    DOCTOR,
    HOME,
    MEMBER,
    PATIENT,
    PAYER,
    PRACTICE,
    TODAY,
    claim,
    context,
    covered,
    lines,
    medicare,
    person,
    replace,
)  # fmt: skip

from claimwright.claims.model import OtherPayer
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Provider

BAD_NPI = "1234567890"
CHILD = Insured(person=person(first="Otto", birth=date(1970, 1, 1)), member_id=MEMBER, relationship="19")
ORGANIZATION = Provider(npi=DOCTOR.npi, name="Roe Clinic", taxonomy="261QP2300X")
HOSPITAL = Provider(npi=PRACTICE.npi, name="Mercy Hospital", address=PRACTICE.address)
LAB = {"do": "83036", "dx": "E11.9"}


def other(responsibility: str = "P", **changes: object) -> OtherPayer:
    made = OtherPayer(
        payer=Payer(name="First Health", payer_id="FH001"),
        insured=Insured(person=PATIENT, member_id="F1"),
        responsibility=responsibility,
        filing_indicator="CI",
        paid=8_000,
    )
    return replace(made, **changes)


SECOND = {"responsibility": "S", "other_payers": (other(),)}

IDENTITY = [
    ("ID-CONTROL-NUMBER", claim(patient_control_number="A" * 20), claim(patient_control_number="A" * 21)),
    ("ID-CONTROL-NUMBER", claim(), claim(patient_control_number="")),
    ("ID-NAME", claim(), claim(patient=person(first=" "))),
    ("ID-NAME", claim(insured=CHILD), claim(insured=replace(CHILD, person=person(last="")))),
    ("ID-NAME-CHARACTERS", claim(patient=person(last="O'Hara-Núñez Jr.")), claim(patient=person(last="Quill3"))),
    ("ID-BIRTH-DATE", claim(), claim(patient=person(birth=None))),
    ("ID-BIRTH-AFTER-SERVICE", claim(patient=person(birth=DAY)), claim(patient=person(birth=DAY + timedelta(days=1)))),
    ("ID-BIRTH-AFTER-SERVICE", claim(), claim(patient=person(birth=date(1901, 1, 1)))),
    ("ID-SEX", claim(), claim(sex="U")),
    ("ID-ADDRESS", claim(), claim(patient=person(address=None))),
    ("ID-ADDRESS", claim(), claim(patient=person(address=replace(HOME, city="")))),
    (
        "ID-STATE",
        claim(patient=person(address=replace(HOME, state="PR"))),
        claim(patient=person(address=replace(HOME, state="OX"))),
    ),
    (
        "ID-ZIP",
        claim(patient=person(address=replace(HOME, zip="430041234"))),
        claim(patient=person(address=replace(HOME, zip="4300"))),
    ),
    ("ID-ZIP-STATE", claim(), claim(patient=person(address=replace(HOME, zip="90210")))),
    ("ID-MEMBER-ID", claim(), claim(member=" ")),
    (
        "ID-MEMBER-PATTERN",
        (claim(), context(coverage=covered(member_id_pattern=r"[A-Z]{3}\d{6}"))),
        (claim(member="12"), context(coverage=covered(member_id_pattern=r"[A-Z]{3}\d{6}"))),
    ),
    ("ID-MBI", medicare(), medicare(member="1SG4TE5MK73")),
    ("ID-MBI", claim(member="123"), medicare(member="123")),
    ("ID-RELATIONSHIP", claim(insured=CHILD), claim(insured=replace(CHILD, relationship="99"))),
    ("ID-SELF-DIFFERS", claim(insured=CHILD), claim(insured=replace(CHILD, relationship="18"))),
    ("ID-MEDICARE-SELF", medicare(), medicare(insured=replace(CHILD, member_id="1EG4TE5MK73"))),
]

COVERAGE = [
    (
        "COV-DATES",
        (claim(), context(coverage=covered(Period(date(2026, 1, 1), DAY)))),
        (claim(), context(coverage=covered(Period(date(2026, 1, 1), DAY - timedelta(days=1))))),
    ),
    (
        "COV-DATES",
        (claim(), context(coverage=covered(Period(DAY)))),
        (claim(), context(coverage=covered(Period(DAY + timedelta(days=1))))),
    ),
    (
        "COV-PAYER",
        (claim(), context(coverage=covered())),
        (claim(payer=replace(PAYER, payer_id="X")), context(coverage=covered())),
    ),
    ("COV-FILING", claim(filing="HM"), claim(filing="Q1")),
    ("COV-FILING-PLAN", (claim(), context(coverage=covered())), (claim(filing="BL"), context(coverage=covered()))),
    ("COV-ORDER", (claim(), context(coverage=covered())), (claim(), context(coverage=covered(order=2)))),
    (
        "COV-ORDER",
        (claim(responsibility="A"), context(coverage=covered(order=4))),
        (claim(responsibility="U"), context(coverage=covered())),
    ),
    ("COV-EARLIER-PAYER", claim(**SECOND), claim(responsibility="S")),
    ("COV-EARLIER-PAYER", claim(), claim(responsibility="T", other_payers=(other(),))),
    ("COV-EARLIER-PAYER", claim(responsibility="U"), claim(responsibility="A", other_payers=(other(), other("S")))),
    ("COV-EARLIER-PAYER", claim(responsibility="?"), claim(responsibility="H", other_payers=(other("U"),))),
    ("COV-SAME-ORDER", claim(**SECOND), claim(other_payers=(other(),))),
    ("COV-SAME-ORDER", claim(other_payers=(other("U"), other("U"))), claim(responsibility="B", other_payers=(other("B"),))),
    ("COV-MSP-TYPE", medicare(**SECOND, insurance_type="12"), medicare(**SECOND)),
    ("COV-MSP-AGE", medicare(**SECOND, insurance_type="12"), medicare(**SECOND, insurance_type="12", age=64)),
    ("COV-MSP-AGE", medicare(**SECOND, insurance_type="43", age=50), medicare(**SECOND, insurance_type="43")),
    ("COV-MEDICAID-LAST", claim(filing="MC", **SECOND), claim(filing="MC", other_payers=(other("S"),))),
    ("COV-MEDICAID-LAST", claim(filing="MC", **SECOND), claim(filing="MC", other_payers=(other("C"),))),
    (
        "COV-NOT-COVERED",
        (claim(), context(coverage=covered(not_covered=frozenset({"99214"})))),
        (claim(), context(coverage=covered(not_covered=frozenset({"99213"})))),
    ),
    ("COV-WORK", claim(filing="WC", related_cause="EM"), claim(related_cause="EM")),
    ("COV-ACCIDENT", claim(related_cause="OA", accident_date=DAY), claim(related_cause="OA")),
    (
        "COV-ACCIDENT",
        claim(related_cause="AA", accident_date=DAY, accident_state="OH"),
        claim(related_cause="AA", accident_date=DAY),
    ),
    ("COV-INJURY", claim(dx="S93.401A W01.0XXA"), claim(dx="S93.401A")),
    ("COV-SIGNATURE", claim(), claim(signature_on_file=False)),
]

DATES = [
    ("DT-FUTURE", claim(on=TODAY), claim(on=TODAY + timedelta(days=1))),
    ("DT-ORDER", claim(line={"last_service": DAY}), claim(line={"last_service": DAY - timedelta(days=1)})),
    ("DT-SPAN", claim(line={"last_service": date(2026, 11, 5)}), claim(on=date(2026, 10, 31), line={"last_service": DAY})),
    (
        "DT-TIMELY",
        (claim(on=TODAY - timedelta(days=180)), context(coverage=covered())),
        (claim(on=TODAY - timedelta(days=181)), context(coverage=covered())),
    ),
    ("DT-TIMELY", claim(on=TODAY - timedelta(days=365)), claim(on=TODAY - timedelta(days=366))),
    (
        "DT-TIMELY",
        claim(on=date(2025, 1, 1), frequency="7", payer_control_number="P1"),
        claim(on=date(2025, 1, 1)),
    ),
    ("DT-TIMELY-SOON", claim(on=TODAY - timedelta(days=350)), claim(on=TODAY - timedelta(days=351))),
    ("DT-ACCIDENT", claim(accident_date=DAY), claim(accident_date=DAY + timedelta(days=1))),
    ("DT-ONSET", claim(onset=DAY), claim(onset=DAY + timedelta(days=1))),
    (
        "DT-ADMISSION",
        claim(do="99232", place_of_service="21", admitted=DAY, service_facility=HOSPITAL),
        claim(do="99232", place_of_service="21", service_facility=HOSPITAL),
    ),
    ("DT-STAY", claim(admitted=DAY, discharged=DAY), claim(admitted=DAY, discharged=DAY - timedelta(days=1))),
]


def billed_by(taxonomy: str, **changes: Any) -> Any:
    """An organization's claim that names no rendering provider."""
    return claim(billing=replace(PRACTICE, taxonomy=taxonomy), rendering=None, **changes)


PROVIDERS = [
    ("PRV-BILLING-NPI", claim(), claim(billing=replace(PRACTICE, npi=BAD_NPI))),
    ("PRV-TAX-ID", claim(billing=replace(PRACTICE, ein="31-4159265")), claim(billing=replace(PRACTICE, ein="31415926"))),
    ("PRV-ADDRESS", claim(), claim(billing=replace(PRACTICE, address=None))),
    ("PRV-ADDRESS", claim(), claim(billing=replace(PRACTICE, address=replace(HOME, line1="P.O. Box 12")))),
    ("PRV-ZIP9", claim(), claim(billing=replace(PRACTICE, address=HOME))),
    ("PRV-RENDERING", claim(billing=replace(PRACTICE, person=True), rendering=None), claim(rendering=None)),
    ("PRV-RENDERING", claim(do="A0429-RH", rendering=None), claim(do="A0429-RH 99213", rendering=None)),
    ("PRV-RENDERING", billed_by("341600000X", do="A0425-RH*6"), billed_by("282N00000X", do="93000")),
    ("PRV-RENDERING", billed_by("333600000X", do="90686 90471"), billed_by("333600000X")),
    ("PRV-RENDERING", billed_by("291U00000X", do="36415"), billed_by("261QP2300X", do="36415")),
    ("PRV-RENDERING", billed_by("293D00000X", do="93226"), billed_by("293D00000X", do="93000-26")),
    ("PRV-RENDERING", billed_by("261QA1903X", do="45378"), billed_by("261QA1903X", do="00811-AA")),
    ("PRV-RENDERING", billed_by("251E00000X", do="T1002"), billed_by("251S00000X", do="T1002")),
    ("PRV-RENDERING-NPI", claim(), claim(rendering=replace(DOCTOR, npi=BAD_NPI))),
    ("PRV-RENDERING-NPI", claim(line={"rendering": DOCTOR}), claim(line={"rendering": replace(DOCTOR, npi="")})),
    ("PRV-OTHER-NPI", claim(referring=DOCTOR), claim(referring=replace(DOCTOR, npi=BAD_NPI))),
    ("PRV-OTHER-NPI", claim(line={"ordering": DOCTOR}), claim(line={"ordering": replace(DOCTOR, npi=BAD_NPI)})),
    ("PRV-OTHER-NPI", claim(service_facility=HOSPITAL), claim(service_facility=replace(HOSPITAL, npi=BAD_NPI))),
    ("PRV-TAXONOMY", claim(), claim(rendering=replace(DOCTOR, taxonomy="207Q0000"))),
    (
        "PRV-TAXONOMY-MISSING",
        claim(billing=replace(PRACTICE, taxonomy=""), rendering=replace(DOCTOR, taxonomy="")),
        claim(billing=replace(PRACTICE, taxonomy=""), rendering=replace(DOCTOR, taxonomy=""), filing="MC"),
    ),
    ("PRV-TAXONOMY-KIND", claim(rendering=ORGANIZATION), claim(rendering=replace(DOCTOR, taxonomy="261QP2300X"))),
    (
        "PRV-ENROLLED",
        (claim(), context(provider_enrolments={DOCTOR.npi: Period(DAY)})),
        (claim(), context(provider_enrolments={DOCTOR.npi: Period(DAY + timedelta(days=1))})),
    ),
    ("PRV-ORDERING", medicare(**LAB, referring=DOCTOR), medicare(**LAB)),
    ("PRV-ORDERING", claim(do="71046"), medicare(do="71046")),
    ("PRV-CLIA", claim(**LAB, line={"clia": "36D7104822"}), claim(**LAB)),
    ("PRV-CLIA", claim(do="36415"), claim(do="87880-QW")),
    ("PRV-CLIA", claim(do="83036-90", dx="E11.9"), claim(**LAB)),
    (
        "PRV-CLIA-SHAPE",
        claim(**LAB, billing=replace(PRACTICE, clia="36D7104822")),
        claim(**LAB, billing=replace(PRACTICE, clia="3607104822")),
    ),
    (
        "PRV-FACILITY",
        claim(do="99232", place_of_service="22", service_facility=HOSPITAL),
        claim(lines=lines("99232"), place_of_service="22"),
    ),
    ("PRV-FACILITY", billed_by("261QA1903X", place_of_service="24"), billed_by("261QA1903X", place_of_service="22")),
    ("PRV-FACILITY", billed_by("282N00000X", place_of_service="22"), billed_by("282N00000X", place_of_service="24")),
    ("PRV-FACILITY", billed_by("314000000X", place_of_service="31"), billed_by("261QP2300X", place_of_service="31")),
]

CASES = IDENTITY + COVERAGE + DATES + PROVIDERS
