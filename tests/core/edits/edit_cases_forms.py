"""Pass and fail of the edits on surgery, anesthesia, Medicare's own asks, facilities' and dental claims."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from edit_bench import DAY, DOCTOR, OTHER_DOCTOR, claim, context, earlier, lines, medicare, replace

from claimwright.claims.model import (
    Claim,
    Dental,
    DentalLine,
    Diagnosis,
    Institutional,
    Occurrence,
    Procedure,
    ServiceLine,
    Tooth,
    ValueCode,
)
from claimwright.codesets.mce import SEX_UNTIL
from claimwright.codesets.tables import CoverageArticle, Tables, starter

SINCE_SURGERY = (earlier(days=5, do="10060"),)
SEEN = (earlier(days=60),)


def history(*claims: Claim) -> Any:
    return context(history=claims)


def anesthesia(do: str = "00400-QZ", **changes: Any) -> Claim:
    """An anesthesia of an hour."""
    made = claim(do=do, dx="L72.0", place_of_service="24", service_facility=DOCTOR)
    timed = tuple(replace(line, **{"unit_basis": "MJ", "units": Decimal(60), **changes}) for line in made.lines)
    return replace(made, lines=timed)


SURGERY = [
    ("SUR-GLOBAL", (claim(do="10060-79"), history(*SINCE_SURGERY)), (claim(do="10060"), history(*SINCE_SURGERY))),
    (
        "SUR-GLOBAL",
        (claim(do="10060"), history(earlier(days=11, do="10060"))),
        (claim(do="10060"), history(earlier(days=10, do="10060"))),
    ),
    ("SUR-NOTHING-BEFORE", (claim(do="99213-24"), history(*SINCE_SURGERY)), (claim(do="99213-24"), history(*SEEN))),
    ("SUR-NOTHING-BEFORE", (claim(do="10060-78"), context()), (claim(do="10060-78"), history(*SEEN))),
    ("SUR-ON-VISIT", claim(do="99213-24"), claim(do="99213-79")),
    ("SUR-REPEAT-WHO", claim(do="71046 71046-76"), claim(do="71046 71046-77")),
    (
        "SUR-REPEAT-WHO",
        claim(lines=(lines("71046")[0], replace(lines("71046 71046-77")[1], rendering=OTHER_DOCTOR))),
        claim(lines=(lines("71046")[0], replace(lines("71046 71046-76")[1], rendering=OTHER_DOCTOR))),
    ),
    ("SUR-REPEAT-ALONE", claim(do="71046 71046-76"), claim(do="71046-76")),
    ("SUR-REPEAT-ALONE", (claim(do="71046-76"), history(earlier(days=0, do="71046"))), (claim(do="71046-76"), history(*SEEN))),
    ("SUR-PARTS", claim(do="25600-RT-54", dx="S52.501A"), claim(do="20610-RT-55")),
    ("SUR-STOPPED", claim(do="20610-RT-53"), claim(do="20610-RT-73")),
    ("SUR-STOPPED-VISIT", claim(do="20610-RT-52"), claim(do="99213-52")),
    ("SUR-MORE-WORK", claim(do="10060-22", note="Four pockets, an hour"), claim(do="10060-22")),
    ("SUR-MORE-WORK-VISIT", claim(do="10060-22"), claim(do="99213-22")),
    ("SUR-TWO-SURGEONS", claim(do="25600-RT-80"), claim(do="71046-80")),
]


STATUSES = {"33533": "C", "99283": "J2", "27096": "B", "0509F": "M", "E0100": "Y", "90281": "E1", "0100T": "E2", "36415": "N"}
"""Status indicators of Addendum B."""


class Indicated(Tables):
    """The starter set, with a fee schedule that says everything of one procedure, and one coverage article."""

    def procedure(self, code: str, on: date) -> Any:
        found = Tables.procedure(self, code, on)
        marks = {"25600": ("2", "1", "0"), "10060": ("1", "0", "0"), "11730": ("0", "0", "1")}.get(code)
        return replace(found, **dict(zip(("assistant", "cosurgeons", "team"), marks, strict=True))) if found and marks else found

    def whole_list(self, code: str, on: date) -> str:
        return "hcpcs 2026-10-01" if code[0].isalpha() else ""

    def outpatient_status(self, code: str, on: date) -> str:
        return STATUSES.get(code, "")

    def coverage(self, code: str, on: date) -> tuple[CoverageArticle, ...]:
        said = {"article": "A50000", "title": "Chest X-rays", "source": "a test"}
        return (CoverageArticle(supports=frozenset({"J189"}), excludes=frozenset({"R51"}), **said),) if code == "71046" else ()


STARTER = starter()
FULL = Indicated(**{name: getattr(STARTER, name) for name in STARTER.__struct_fields__})


def by_schedule(edit: str, passes: str, fails: str, **kept: Any) -> Any:
    return (edit, (claim(do=passes, **kept), context(), FULL), (claim(do=fails), context(), FULL))


LISTED = [
    (
        "PX-UNKNOWN",
        (claim(do="99213 J3301*4", on=date(2026, 10, 1)), context(), FULL),
        (claim(do="99213 J9998"), context(), FULL),
    ),
    ("PX-UNKNOWN", claim(do="99213 J9998"), (claim(do="J9998"), context(), FULL)),
    ("PX-UNKNOWN", (claim(do="J9998", filing="WC"), context(), FULL), (claim(do="Q9998", filing="MC"), context(), FULL)),
    ("PX-UNCHECKED", (claim(do="J9998"), context(), FULL), (claim(do="33533"), context(), FULL)),
    ("MOD-UNKNOWN", claim(do="99213-25"), claim(do="99213-88")),
    ("MOD-UNKNOWN", claim(do="99213-ZZ"), (claim(do="99213-ZZ"), context(), FULL)),
    ("MOD-UNKNOWN", claim(do="99213-88", filing="WC"), claim(do="99213-21")),
    ("MOD-UNKNOWN", (claim(do="A0429-RH"), context(), FULL), (claim(do="99213-RH"), context(), FULL)),
    ("MOD-UNKNOWN", (claim(do="A0425-SX*3"), context(), FULL), (claim(do="A0425-XH*3"), context(), FULL)),
    ("MOD-UNCHECKED", (claim(do="99213-ZZ"), context(), FULL), claim(do="99213-88", filing="WC")),
]

SURGEONS = [
    by_schedule("SUR-ASSISTANT", "25600-RT-80", "10060-80"),
    by_schedule("SUR-ASSISTANT-WHY", "11730-T5-80", "11730-T5-80", note="The patient could not lie still"),
    by_schedule("SUR-COSURGEONS", "25600-RT-62", "10060-62"),
    by_schedule("SUR-TEAM", "10060", "25600-RT-66"),
    by_schedule("SUR-COSURGEONS-WHY", "25600-RT-62", "25600-RT-62", note="Two fractures at once"),
    by_schedule("SUR-TEAM-WHY", "11730-T5-66", "11730-T5-66", note="See the report"),
    ("NEC-ARTICLE", (medicare(do="71046", dx="J18.9"), context(), FULL), (medicare(do="71046", dx="I10"), context(), FULL)),
    ("NEC-ARTICLE", (claim(do="71046", dx="I10"), context(), FULL), (medicare(do="71046@1,2", dx="J18.9 R51"), context(), FULL)),
]

ANESTHESIA = [
    ("ANE-WHO", anesthesia(), anesthesia("00400-QS")),
    ("ANE-WHO", anesthesia("00400-QK-QS"), anesthesia("00400-QK-QZ")),
    ("ANE-MINUTES", anesthesia(), anesthesia(unit_basis="UN", units=Decimal(1))),
    ("ANE-MINUTES", anesthesia("01996-AA", unit_basis="UN", units=Decimal(1)), anesthesia("00400-AA", unit_basis="UN")),
    ("ANE-MINUTES-ELSEWHERE", claim(), claim(line={"unit_basis": "MJ"})),
    ("ANE-LONG", anesthesia(units=Decimal(1440)), anesthesia(units=Decimal(1441))),
    ("ANE-ELSEWHERE", anesthesia("00400-AA-P3"), claim(do="99213-P3")),
    ("ANE-TWICE", anesthesia("01967-AA 01968-AA"), anesthesia("00400-AA 00300-AA")),
]

MEDICARE = [
    ("MCR-THERAPY-PLAN", medicare(do="97110-GP", dx="M54.50"), medicare(do="97110", dx="M54.50")),
    ("MCR-THERAPY-PLAN", claim(do="97110", dx="M54.50"), medicare(do="97140-59", dx="M54.50")),
    ("MCR-THERAPY-ONE", medicare(do="97110-GP"), medicare(do="97110-GP-GO")),
    ("MCR-ASSISTANT", medicare(do="97110-GP-CQ"), medicare(do="97110-GP-CO")),
    ("MCR-CHIROPRACTIC", medicare(do="98940-AT", dx="M99.03"), medicare(do="98940", dx="M99.03")),
    ("MCR-WAIVER-OTHER", medicare(do="99213-GA"), claim(do="99213-GA")),
    ("MCR-WAIVER-AGAINST", medicare(do="99213-GX-GY"), medicare(do="99213-GX-GA")),
    ("MCR-NO-NOTICE", medicare(do="99213-GA"), medicare(do="99213-GZ")),
    ("DRUG-WASTE-ALONE", claim(do="96372 J0696 J0696-JW"), claim(do="96372 J0696-JW")),
    ("DRUG-WASTE-SAID", medicare(do="96372 J0696-JZ"), medicare(do="96372 J0696")),
]

CHARGES = [
    (
        "LN-CHARGE-UNUSUAL",
        (claim(line={"charge": 50_000}), context(usual_charges={"99213": 10_000})),
        (claim(line={"charge": 50_001}), context(usual_charges={"99213": 10_000})),
    ),
    (
        "LN-CHARGE-UNUSUAL",
        (claim(do="96372 J0696*4", line={"charge": 4_000}), context(usual_charges={"J0696": 1_000})),
        (claim(do="96372 J0696*4", line={"charge": 799}), context(usual_charges={"J0696": 1_000})),
    ),
]


# Facilities ----------------------------------------------------------------------------------------------------------

LEFT = DAY + timedelta(days=3)


def revenue(number: int, code: str, procedure: str = "", units: int = 1, **changes: Any) -> ServiceLine:
    return ServiceLine(
        number=number, procedure=procedure, revenue_code=code, charge=100_000, first_service=DAY, units=Decimal(units),
        control_number=f"L{number}", pointers=(), **changes,
    )  # fmt: skip


def stay(**changes: Any) -> Claim:
    """A clean stay of three days; `own` changes what only a facility says."""
    own = changes.pop("own", {})
    operated = Procedure(code="0DTJ4ZZ", on=DAY)
    said = Institutional(
        statement_from=DAY, statement_through=LEFT, admission_hour="0930", discharge_hour="1100", admitting_diagnosis="R10.9",
        principal_procedure=operated, operating=DOCTOR, medical_record_number="M1",
    )  # fmt: skip
    services = (revenue(1, "0120", units=3, unit_basis="DA"), revenue(2, "0360"), revenue(3, "0250"))
    made = claim(
        form="institutional", bill_type="11", place_of_service="", rendering=None, attending=DOCTOR, admitted=DAY,
        admission_type="1", admission_source="1", discharge_status="01", lines=services, institutional=replace(said, **own),
        diagnoses=(Diagnosis(code="K35.80", present_on_admission="Y"),),
    )  # fmt: skip
    return replace(made, **changes)


def present(*more: str) -> Claim:
    """A stay whose further diagnoses do not say whether they were there at admission."""
    return stay(diagnoses=(Diagnosis(code="K35.80", present_on_admission="Y"), *(Diagnosis(code=code) for code in more)))


def inpatient_dx(code: str, age: int = 50, sex: str = "F", on: date = DAY) -> Claim:
    """A stay for a diagnosis."""
    made = stay(diagnoses=(Diagnosis(code=code, present_on_admission="Y"),))
    patient = replace(made.patient, birth=on.replace(year=on.year - age), sex=sex)
    shift = on - DAY
    lines = tuple(replace(line, first_service=on) for line in made.lines)
    own = replace(made.institutional, statement_from=on, statement_through=LEFT + shift)
    insured = replace(made.insured, person=patient)
    return replace(made, patient=patient, insured=insured, lines=lines, admitted=on, institutional=own)


def outpatient(*services: ServiceLine, **changes: Any) -> Claim:
    """A clean visit to the emergency room."""
    own = changes.pop("own", {})
    said = Institutional(statement_from=DAY, statement_through=DAY, reasons_for_visit=("R10.9",))
    made = stay(
        bill_type="13", admission_type="1", lines=services or (revenue(1, "0450", "99283"),), institutional=replace(said, **own),
        diagnoses=(Diagnosis(code="R10.9"),), admitted=None,
    )  # fmt: skip
    return replace(made, charge=sum(line.charge for line in made.lines), **changes)


def outpatient_dx(code: str, age: int = 50, **changes: Any) -> Claim:
    """An emergency visit for a diagnosis."""
    made = outpatient(**changes)
    patient = replace(made.patient, birth=DAY.replace(year=DAY.year - age), sex="F")
    return replace(made, diagnoses=(Diagnosis(code=code),), patient=patient, insured=replace(made.insured, person=patient))


VISIT = revenue(1, "0450", "99283")


def by_opps(*services: ServiceLine, filing: str = "MA", **changes: Any) -> Any:
    """An outpatient bill for Medicare, with status indicators."""
    return (outpatient(*services, filing_indicator=filing, **changes), context(), FULL)


FACILITY = [
    ("UB-BILL-TYPE", stay(), stay(bill_type="1")),
    ("UB-INPATIENT-ONLY", by_opps(VISIT), by_opps(VISIT, revenue(2, "0360", "33533"))),
    (
        "UB-INPATIENT-ONLY",
        by_opps(revenue(1, "0360", "33533", modifiers=("CA",)), discharge_status="20"),
        by_opps(revenue(1, "0360", "33533"), discharge_status="20"),
    ),
    ("UB-INPATIENT-ONLY", by_opps(revenue(1, "0360", "33533"), bill_type="85"), by_opps(revenue(1, "0360", "33533"))),
    (
        "UB-INPATIENT-ONLY-CA",
        by_opps(revenue(1, "0360", "33533", modifiers=("CA",)), discharge_status="02"),
        by_opps(revenue(1, "0360", "33533", modifiers=("CA",)), discharge_status="01"),
    ),
    (
        "UB-INPATIENT-ONLY-CA",
        by_opps(revenue(1, "0360", "33533", modifiers=("CA",)), discharge_status="20"),
        by_opps(
            revenue(1, "0360", "33533", modifiers=("CA",)), revenue(2, "0360", "33533", modifiers=("CA",)), discharge_status="20"
        ),
    ),
    ("UB-OTHER-CODE", by_opps(VISIT), by_opps(VISIT, revenue(2, "0361", "27096"))),
    ("UB-OTHER-CODE", by_opps(VISIT, filing="CI"), by_opps(VISIT, revenue(2, "0969", "0509F"))),
    ("UB-OTHER-CODE", by_opps(VISIT, bill_type="12"), by_opps(VISIT, revenue(2, "0290", "E0100"))),
    (
        "UB-NEVER-PAID",
        by_opps(VISIT, revenue(2, "0636", "90281", modifiers=("GY",))),
        by_opps(VISIT, revenue(2, "0636", "90281")),
    ),
    (
        "UB-NEVER-PAID",
        by_opps(VISIT, revenue(2, "0361", "0100T", non_covered=100_000)),
        by_opps(VISIT, revenue(2, "0361", "0100T")),
    ),
    (
        "UB-NEVER-PAID",
        by_opps(VISIT, revenue(2, "0636", "90281"), own={"condition_codes": ("21",)}),
        by_opps(VISIT, revenue(2, "0636", "90281"), own={"condition_codes": ("44",)}),
    ),
    ("UB-ONLY-PACKAGED", by_opps(VISIT, revenue(2, "0300", "36415")), by_opps(revenue(1, "0300", "36415"))),
    ("UB-PROCEDURE-VALID", stay(), stay(own={"principal_procedure": Procedure(code="0DTJ4ZW", on=DAY)})),
    (
        "UB-PROCEDURE-VALID",
        stay(own={"other_procedures": (Procedure(code="0W9G30Z", on=DAY),)}),
        stay(own={"other_procedures": (Procedure(code="0W9G3ZW", on=DAY),)}),
    ),
    ("DX-DATE", inpatient_dx("I42.01", on=date(2026, 9, 29)), inpatient_dx("I42.01", on=date(2026, 9, 1))),
    ("DX-SPECIFIC", inpatient_dx("I42.01", on=date(2026, 9, 29)), inpatient_dx("I42.0", on=date(2026, 9, 29))),
    ("UB-PERIOD", stay(), stay(institutional=None)),
    ("UB-PERIOD", stay(), stay(own={"statement_through": DAY - timedelta(days=1)})),
    (
        "UB-LINE-PERIOD",
        stay(),
        stay(own={"statement_from": DAY + timedelta(days=4), "statement_through": DAY + timedelta(days=6)}),
    ),
    ("UB-LINE-PERIOD", outpatient(), outpatient(own={"statement_from": DAY + timedelta(days=1), "statement_through": LEFT})),
    ("UB-ATTENDING", stay(), stay(attending=None)),
    ("UB-ADMISSION", stay(), stay(admitted=None)),
    ("UB-ADMISSION-TYPE", stay(), stay(admission_type="6")),
    ("UB-NEWBORN", stay(), stay(admission_type="4")),
    ("UB-HOUR", stay(), stay(own={"admission_hour": ""})),
    ("UB-HOUR", stay(discharge_status="30", frequency="2", own={"discharge_hour": ""}), stay(own={"discharge_hour": ""})),
    ("UB-DISCHARGE", stay(), stay(discharge_status="")),
    ("UB-DISCHARGE", stay(discharge_status="30", frequency="2"), stay(discharge_status="30")),
    ("UB-ADMITTING", stay(), stay(own={"admitting_diagnosis": ""})),
    ("UB-ADMITTING", stay(), stay(own={"admitting_diagnosis": "W19.XXXA"})),
    ("UB-REASON", outpatient(), outpatient(own={"reasons_for_visit": ()})),
    ("UB-PRESENT", stay(), stay(diagnoses=(Diagnosis(code="K35.80"),))),
    ("UB-PRESENT", outpatient(), stay(diagnoses=(Diagnosis(code="K35.80", present_on_admission="1"),))),
    ("UB-PRESENT", present("Z79.4", "W19.XXXA", "S52.501D"), present("Z96.641")),
    ("UB-PRESENT", stay(billing=replace(DOCTOR, taxonomy="283Q00000X"), diagnoses=(Diagnosis(code="F20.9"),)), present("D62")),
    ("DX-AGE", outpatient_dx("F03.90", age=15), outpatient_dx("F03.90", age=14)),
    ("DX-SEX", outpatient_dx("N40.0", own={"condition_codes": ("45",)}), outpatient_dx("N40.0")),
    ("PX-SEX", outpatient(revenue(1, "0360", "58150")), outpatient(revenue(1, "0360", "55866"))),
    ("UB-SEX", inpatient_dx("N40.0", sex="M", on=SEX_UNTIL), inpatient_dx("N40.0", sex="F", on=SEX_UNTIL)),
    ("UB-AGE", inpatient_dx("Z38.00", age=0), inpatient_dx("Z38.00", age=30)),
    ("UB-AGE", inpatient_dx("O80", age=64), inpatient_dx("O80", age=65)),
    ("UB-SEX", inpatient_dx("N40.0", sex="F"), inpatient_dx("O80", sex="M", on=SEX_UNTIL)),
    ("UB-PRINCIPAL", inpatient_dx("K35.80"), inpatient_dx("Z00.00")),
    ("UB-PRINCIPAL", inpatient_dx("S61.451A"), inpatient_dx("W54.0XXA")),
    ("UB-PRINCIPAL", inpatient_dx("G30.9"), inpatient_dx("F02.80")),
    ("UB-QUESTIONABLE", inpatient_dx("E11.65"), inpatient_dx("E11.9")),
    ("UB-UNSPECIFIED", inpatient_dx("H20.011"), inpatient_dx("H20.019")),
    ("UB-REVENUE", stay(), stay(lines=(revenue(1, "120", units=3),))),
    ("UB-TOTAL-LINE", stay(), stay(lines=(*stay().lines, revenue(4, "0001")))),
    ("UB-REVENUE-CODE", outpatient(), outpatient(revenue(1, "0450"))),
    ("UB-REVENUE-CODE", outpatient(revenue(1, "0250")), outpatient(revenue(1, "0300"))),
    ("UB-ROOM", stay(), stay(lines=(revenue(1, "0360"),))),
    ("UB-ROOM", outpatient(), outpatient(revenue(1, "0120", units=1))),
    ("UB-ROOM-DAYS", stay(), stay(lines=(revenue(1, "0120", units=4),))),
    (
        "UB-ROOM-DAYS",
        stay(discharge_status="30", frequency="2", lines=(revenue(1, "0120", units=4),)),
        stay(discharge_status="30", frequency="2"),
    ),
    ("UB-CODES", stay(own={"condition_codes": ("C1",)}), stay(own={"condition_codes": ("C10",)})),
    (
        "UB-CODES",
        stay(own={"occurrences": (Occurrence(code="11", on=DAY),)}),
        stay(own={"occurrences": (Occurrence(code="11"),)}),
    ),
    (
        "UB-CODES",
        stay(own={"value_codes": (ValueCode(code="80", amount=300),)}),
        stay(own={"value_codes": (ValueCode(code="80", amount=-1),)}),
    ),
    ("UB-PROCEDURE", stay(), stay(own={"principal_procedure": Procedure(code="44970", on=DAY)})),
    ("UB-PROCEDURE", stay(), stay(own={"principal_procedure": Procedure(code="0DTJ4ZZ")})),
    ("UB-PROCEDURE-DAY", stay(), stay(own={"principal_procedure": Procedure(code="0DTJ4ZZ", on=LEFT + timedelta(days=1))})),
    ("UB-OPERATING", stay(), stay(own={"operating": None})),
    ("UB-NON-COVERED", stay(), stay(lines=(revenue(1, "0120", units=3, non_covered=100_001),))),
]


# Dental --------------------------------------------------------------------------------------------------------------


def teeth(code: str, *treated: Tooth, dental: Dental | None = None, **changes: Any) -> Claim:
    """A dental claim of one line."""
    line = ServiceLine(
        number=1, procedure=code, charge=10_000, first_service=DAY, control_number="L1", pointers=(),
        dental=DentalLine(teeth=treated, **changes),
    )  # fmt: skip
    return claim(form="dental", lines=(line,), diagnoses=(), dental=dental)


def filled(number: str, *surfaces: str) -> Tooth:
    return Tooth(number=number, surfaces=surfaces)


DENTAL = [
    ("DEN-CODE", teeth("D0120"), teeth("99213")),
    ("DEN-TOOTH", teeth("D7140", filled("32")), teeth("D7140", filled("33"))),
    ("DEN-TOOTH", teeth("D7140", filled("T")), teeth("D7140", filled("U"))),
    ("DEN-SURFACE", teeth("D2391", filled("3", "O")), teeth("D2391", filled("8", "O"))),
    ("DEN-SURFACE", teeth("D2392", filled("3", "M", "O")), teeth("D2392", filled("3", "M", "M"))),
    ("DEN-SURFACE-COUNT", teeth("D2392", filled("3", "M", "O")), teeth("D2392", filled("3", "O"))),
    ("DEN-SURFACE-COUNT", teeth("D2394", filled("3", "M", "O", "D", "B", "L")), teeth("D2391", filled("3", "M", "O"))),
    ("DEN-AREA", teeth("D4341", oral_cavity=("10",)), teeth("D4341", oral_cavity=("50",))),
    ("DEN-QUADRANT", teeth("D4341", oral_cavity=("10",)), teeth("D4341")),
    (
        "DEN-PROSTHESIS",
        teeth("D2740", filled("3"), prosthesis="R", prior_placement=date(2015, 5, 5)),
        teeth("D2740", prosthesis="R"),
    ),
    ("DEN-BRACES", teeth("D8080", dental=Dental(orthodontic=True, orthodontic_months=Decimal(24))), teeth("D8080")),
    (
        "DEN-BRACES",
        teeth("D8080", dental=Dental(orthodontic_months=Decimal(24), orthodontic_months_left=Decimal(24))),
        teeth("D8080", dental=Dental(orthodontic_months=Decimal(24), orthodontic_months_left=Decimal(25))),
    ),
]

CASES = LISTED + SURGERY + SURGEONS + ANESTHESIA + MEDICARE + CHARGES + FACILITY + DENTAL
