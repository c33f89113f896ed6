"""Pass and fail of the edits on who ordered, on drugs' packages, on Medicare's parts, on facilities' lines and on teeth."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from edit_bench import (
    DAY,
    DOCTOR,
    MEMBER,
    OTHER_DOCTOR,
    PRACTICE,
    claim,
    context,
    covered,
    earlier,
    medicare,
    replace,
)
from edit_cases_claims import AUTHORIZED, MRI, mri
from edit_cases_forms import filled, outpatient, revenue, stay, teeth

from claimwright.claims.model import Claim, Dental, Drug, ToothStatus, ValueCode
from claimwright.codesets.procedures import Procedure
from claimwright.codesets.tables import Tables, UnitLimit, starter
from claimwright.effective import Period

VIAL = Drug(ndc="00009028003", quantity=Decimal(1), unit="ML")
LATER = {OTHER_DOCTOR.npi: Period(DAY + timedelta(days=1))}
THREE = (replace(MRI, units=3),)
TWO_VISITS = replace(MRI, number="R1", procedure="", units=2)


def referred(*history: Claim, of: Claim | None = None, **changes: Any) -> Any:
    """A visit under a referral of two visits, with other claims of the patient."""
    one = of or claim(referral_number="R1", referring=DOCTOR)
    return one, context(coverage=AUTHORIZED, authorizations=(TWO_VISITS,), history=history, **changes)


def before(days: int, number: str = "", **changes: Any) -> Claim:
    """An earlier visit under the same referral."""
    return earlier(number or f"V{days}", days=days, referral_number="R1", referring=DOCTOR, **changes)


def injected(**changes: object) -> Claim:
    """An injection with its drug's package."""
    return claim(do="96372 J0696", line={"drug": replace(VIAL, **changes)})


def several_days(do: str, through: int) -> Claim:
    """Hospital visits on one line."""
    made = claim(do=do, place_of_service="21", admitted=DAY, service_facility=OTHER_DOCTOR)
    return replace(made, lines=(replace(made.lines[0], last_service=DAY + timedelta(days=through)),))


ORDERING = [
    ("PRV-ORDERING-PERSON", claim(referring=DOCTOR), claim(referring=replace(DOCTOR, person=False))),
    ("PRV-ORDERING-PERSON", claim(line={"ordering": DOCTOR}), claim(line={"ordering": replace(PRACTICE, person=True)})),
    (
        "PRV-ORDERING-ENROLLED",
        (claim(referring=DOCTOR), context(provider_enrolments=LATER)),
        (claim(referring=OTHER_DOCTOR), context(provider_enrolments=LATER)),
    ),
    ("PRV-ORDERING-EQUIPMENT", medicare(do="L3908", line={"ordering": DOCTOR}), medicare(do="L3908")),
    ("PRV-SUPERVISING-SELF", claim(supervising=OTHER_DOCTOR), claim(supervising=DOCTOR)),
    ("PRV-RENDERING-GROUP", claim(), claim(rendering=PRACTICE)),
    ("PRV-TAXONOMY-LIST", claim(), claim(rendering=replace(DOCTOR, taxonomy="207QQQQQQX"))),
]

WASTE = [
    ("DRUG-SINGLE-DOSE", medicare(do="96372 J0897-JZ*60"), medicare(do="96372 J0897*60")),
    ("DRUG-SINGLE-DOSE", medicare(do="96372 J0696", dx="N39.0"), medicare(do="96413 J9035*40", dx="C18.9")),
    ("DRUG-SINGLE-DOSE", medicare(do="96372 J0897*50 J0897-JW*10"), medicare(do="20610-RT J7325*48")),
    ("DRUG-WASTE-BOTH", claim(do="96372 J0897*50 J0897-JW*10"), claim(do="96372 J0897-JZ*50 J0897-JW*10")),
    ("DRUG-WASTE-NO-DRUG", claim(do="96372 J0696-JZ"), claim(do="99213-JZ")),
    ("DRUG-NDC-FALSE", injected(), injected(ndc="99999999999")),
    ("DRUG-NDC-FALSE", injected(ndc="00002751001"), injected(ndc="00000280030")),
    ("DRUG-NDC-UNIT", injected(unit="UN"), injected(unit="MG")),
    ("DRUG-NDC-NO-DRUG", injected(), claim(do="99213", line={"drug": VIAL})),
]

OF_MEDICARE = [
    ("MCR-NOTICE-EXCLUDED", medicare(do="99397-GY", dx="Z00.00"), medicare(do="99397-GA", dx="Z00.00")),
    (
        "MCR-HOSPITAL-PART",
        medicare(do="93010", dx="R07.9", place_of_service="22"),
        medicare(do="93005", dx="R07.9", place_of_service="22"),
    ),
    ("MCR-HOSPITAL-PART", medicare(do="96372"), medicare(do="96372", place_of_service="19")),
]


class Chosen(Tables):
    """The starter set, with the file of suppliers' units."""

    def procedure(self, code: str, on: date) -> Procedure | None:
        found = Tables.procedure(self, code, on)
        return replace(found, status="T") if found and code == "94760" else found

    def unit_limit(self, code: str, on: date | None = None, setting: str = "practitioner") -> UnitLimit | None:
        return UnitLimit(code=code, units=2, mai="3") if setting == "dme" and code == "L3908" else None


BEGUN = starter()
SUPPLIERS = Chosen(**{name: getattr(BEGUN, name) for name in BEGUN.__struct_fields__})
SUPPLIER = replace(PRACTICE, taxonomy="332B00000X")

UNITS = [
    (
        "MUE-DAY-CLINICAL",
        (medicare(do="L3908*2", billing=SUPPLIER), context(), SUPPLIERS),
        (medicare(do="L3908*3", billing=SUPPLIER), context(), SUPPLIERS),
    ),
    (
        "NCCI-NEVER",
        outpatient(revenue(1, "0301", "80053")),
        outpatient(revenue(1, "0301", "80053"), revenue(2, "0301", "80048")),
    ),
    (
        "NCCI-MODIFIER",
        outpatient(revenue(1, "0361", "11042"), revenue(2, "0361", "11720", modifiers=("XS",))),
        outpatient(revenue(1, "0361", "11042"), revenue(2, "0361", "11720")),
    ),
    ("PX-DATE", outpatient(revenue(1, "0450", "99283")), outpatient(revenue(1, "0510", "99442"))),
    ("PX-BUNDLED-BESIDE", (medicare(do="94760"), context(), SUPPLIERS), (medicare(do="99213 94760"), context(), SUPPLIERS)),
    ("PX-ADD-ON-ALONE", claim(do="99213 96160"), claim(do="96160")),
    ("PX-ADD-ON", (claim(do="96361"), context(history=(earlier(days=0, do="96360"),))), claim(do="96361")),
    ("DUP-NEAR", claim(do="20610-RT 20610-LT"), claim(do="20610-RT 20610-RT-KX")),
    ("DT-DAYS", several_days("99232*3", 2), several_days("99232", 2)),
    (
        "AUTH-LAST",
        (mri(prior_authorization="AU77"), context(coverage=AUTHORIZED, authorizations=THREE)),
        (mri(prior_authorization="AU77", do="70551*3"), context(coverage=AUTHORIZED, authorizations=THREE)),
    ),
    (
        "REF-OTHER",
        (claim(referral_number="R1", referring=DOCTOR), context(coverage=replace(covered(), referral_number="R1"))),
        (claim(referral_number="R2", referring=DOCTOR), context(coverage=replace(covered(), referral_number="R1"))),
    ),
    ("REF-VISITS", referred(before(7)), referred(before(7), before(14))),
    ("REF-VISITS", referred(before(7), before(7, "V8")), referred(before(7), batch=(before(3),))),
    ("REF-VISITS", referred(before(7), batch=(before(-3),)), referred(before(7), before(3))),
    ("REF-VISITS", referred(before(7), before(14), before(14, frequency="8")), referred(before(7), before(14, frequency="7"))),
    (
        "REF-PERIOD",
        referred(),
        referred(of=claim(referral_number="R1", referring=DOCTOR, on=TWO_VISITS.period.start - timedelta(days=1))),
    ),
    ("REF-LAST", referred(), referred(before(7))),
    ("COV-MEMBER", (claim(), context(coverage=covered())), (claim(member=MEMBER + "9"), context(coverage=covered()))),
    (
        "COV-CAR",
        claim(related_cause="AA", accident_date=DAY, accident_state="OH"),
        medicare(related_cause="AA", accident_date=DAY, accident_state="OH"),
    ),
]

FACILITY_LINES = [
    (
        "UB-MODIFIER",
        outpatient(revenue(1, "0450", "99283", modifiers=("25",))),
        outpatient(revenue(1, "0320", "71046", modifiers=("26",))),
    ),
    (
        "UB-OBSERVATION",
        outpatient(revenue(1, "0762", "G0378", 20), filing_indicator="MA"),
        outpatient(revenue(1, "0762", "99283", 20), filing_indicator="MA"),
    ),
    ("UB-OBSERVATION-HOURS", outpatient(revenue(1, "0762", "G0378", 30)), outpatient(revenue(1, "0762", "G0378", 1800))),
    (
        "UB-CHANGE-REASON",
        stay(filing_indicator="MA", frequency="7", payer_control_number="P1", own={"condition_codes": ("D9",)}),
        stay(filing_indicator="MA", frequency="7", payer_control_number="P1"),
    ),
    (
        "UB-COVERED-DAYS",
        stay(own={"value_codes": (ValueCode(code="80", amount=200), ValueCode(code="81", amount=100))}),
        stay(own={"value_codes": (ValueCode(code="80", amount=400),)}),
    ),
]

PULLED = replace(teeth("D7140", filled("3")), patient_control_number="A1")
PULLED = replace(PULLED, lines=(replace(PULLED.lines[0], first_service=DAY - timedelta(days=90)),))
CLEANED = teeth("D1110")
CLEANED = replace(
    CLEANED, patient_control_number="A1", lines=(replace(CLEANED.lines[0], first_service=DAY - timedelta(days=60)),)
)
MISSING = Dental(tooth_status=(ToothStatus(tooth="3", status="M"),))

TEETH = [
    ("DEN-TOOTH-NEEDED", teeth("D7140", filled("32")), teeth("D7140")),
    ("DEN-TOOTH-KIND", teeth("D3310", filled("8")), teeth("D3310", filled("14"))),
    ("DEN-TOOTH-KIND", teeth("D2930", filled("A")), teeth("D2930", filled("3"))),
    ("DEN-AGE", teeth("D1110"), teeth("D1120")),
    ("DEN-GONE", teeth("D6010", filled("3"), dental=MISSING), teeth("D2391", filled("3", "O"), dental=MISSING)),
    (
        "DEN-GONE",
        (teeth("D2391", filled("14", "O")), context(history=(PULLED,))),
        (teeth("D2391", filled("3", "O")), context(history=(PULLED,))),
    ),
    (
        "DEN-TWICE",
        teeth("D7140", filled("32")),
        replace(
            teeth("D7140", filled("32")),
            lines=tuple(
                replace(teeth("D7140", filled("32")).lines[0], number=number, control_number=f"L{number}") for number in (1, 2)
            ),
        ),
    ),
    ("DEN-OFTEN", teeth("D1110"), (teeth("D1110"), context(history=(CLEANED,)))),
]

CASES = ORDERING + WASTE + OF_MEDICARE + UNITS + FACILITY_LINES + TEETH
