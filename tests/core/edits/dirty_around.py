"""More mistakes: notes between diagnoses, modifiers that lean on other lines, who ordered, drugs, facilities' lines, teeth,
and what one payer asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from dirty_claims import (
    MISTAKES,
    PRO,
    Mistake,
    Spoilt,
    add,
    after,
    authorized,
    before,
    dental,
    dx,
    facility,
    has,
    mistake,
    more,
    office,
    on_first,
    on_last,
    own,
    tooth,
    visit,
    who,
    with_lines,
)
from edit_bench import OTHER_DOCTOR, replace

from claimwright.claims.model import Claim, Dental, Drug, Procedure, Tooth, ToothStatus, ValueCode
from claimwright.coverage.model import Authorization
from claimwright.edits.scrub import Context
from claimwright.effective import Period

CLIA = "36D7104822"
PACKAGE = Drug(ndc="00009028003", quantity=Decimal(1), unit="ML")


def alone(claim: Claim, *starts: str) -> bool:
    """Whether the claim is of one line, of one of these."""
    return len(claim.lines) == 1 and has(claim, *starts)


def lone_visit(claim: Claim) -> bool:
    return claim.form == PRO and claim.frequency == "1" and visit(claim) and office(claim) and len(claim.lines) == 1


def part_b(claim: Claim) -> bool:
    return claim.filing_indicator == "MB" and claim.responsibility == "P"


# Notes between diagnoses ---------------------------------------------------------------------------------------------

add("heart failure before its hypertension", "CARC 11", "DX-CODE-FIRST", lambda c: dx(c, "I50.9", "I11.0"), PRO)
add("kidney disease before its diabetes", "CARC 11", "DX-CODE-FIRST", lambda c: dx(c, "N18.30", "E11.22"), PRO)
add("stage before its diabetes, further down", "CARC 11", "DX-CODE-FIRST-ORDER", lambda c: dx(c, "I10", "N18.30", "E11.22"), PRO)
add("fatigue of a tumor without the tumor", "MA63", "DX-CAUSE-MISSING", lambda c: dx(c, "R53.0"), PRO)
add("organism first", "MA63", "DX-ADDED-ONLY", lambda c: dx(c, "B96.20", "N39.0"), PRO)
add("weeks of pregnancy alone", "MA63", "DX-ADDED-ONLY", lambda c: dx(c, "Z3A.20") if c.patient.sex == "F" else None, PRO)
add("heart failure's type not given", "ICD-10-CM note", "DX-USE-ADDITIONAL", lambda c: dx(c, "I11.0"), PRO)
add(
    "both knees treated, one diagnosed",
    "CARC 11",
    "DX-SIDE-BOTH",
    lambda c: on_first(c, modifiers=("50",)) if c.lines[0].procedure == "20610" else None,
)
add("right toe treated, left one diagnosed", "CARC 4", "DX-SIDE-DIGIT", lambda c: dx(c, "M79.675") if has(c, "11730") else None)


# Modifiers that lean on other lines ----------------------------------------------------------------------------------

add("59 and XS on one line", "CARC 4", "MOD-59-AND-X", lambda c: on_last(c, modifiers=("59", "XS")) if has(c, "17110") else None)
add("59 with nothing beside", "CARC 4", "MOD-59-ALONE", lambda c: on_first(c, modifiers=("59",)) if alone(c, "17110") else None)
add(
    "another practitioner who is the same",
    "CARC 4",
    "MOD-XP",
    lambda c: on_last(c, modifiers=("XP",)) if has(c, "69210") and len(c.lines) > 1 else None,
)
add("91 on an X-ray", "CARC 4", "MOD-91", lambda c: on_last(c, modifiers=("91",)) if has(c, "71046") else None)
add("91 on a first test", "CARC 4", "MOD-91-FIRST", lambda c: on_last(c, modifiers=("91",)) if has(c, "80061") else None)
add(
    "76 on a test done again",
    "CARC 4",
    "MOD-91-INSTEAD",
    lambda c: more(c, "80061", "76", clia=CLIA) if has(c, "80061") else None,
)
add(
    "left side of a right toe",
    "N519",
    "MOD-SIDE-DIGIT",
    lambda c: on_first(c, modifiers=("LT", "T5")) if has(c, "11730") else None,
)
add("51 on an X-ray", "CARC 4", "MOD-51", lambda c: on_last(c, modifiers=("51",)) if has(c, "71046") else None)
add(
    "51 on the only procedure",
    "CARC 59",
    "MOD-51-FIRST",
    lambda c: on_first(c, modifiers=(*c.lines[0].modifiers, "51")) if c.lines[0].procedure == "20610" else None,
)
add(
    "visit on the eve of surgery",
    "CARC 97",
    "MOD-57-EVE",
    lambda c: (
        more(c, "25600", "RT", first_service=c.first_service + timedelta(days=1))
        if lone_visit(c) and not c.other_payers
        else None
    ),
)
add(
    "57 beside a minor procedure",
    "CARC 4",
    "MOD-57-MINOR",
    lambda c: on_first(c, modifiers=("57",)) if "25" in c.lines[0].modifiers and has(c, "20610", "69210", "17110") else None,
)
add(
    "return to an operating room at home",
    "CARC 5",
    "SUR-RETURN-PLACE",
    lambda c: on_first(replace(c, place_of_service="12"), modifiers=("78",)) if alone(c, "17110", "10060") else None,
)
add(
    "same procedure twice, told apart by nothing",
    "CARC 18",
    "DUP-NEAR",
    lambda c: more(c, "17110", "GC") if alone(c, "17110") else None,
)
add("screening add-on alone", "CARC 107", "PX-ADD-ON-ALONE", lambda c: on_first(c, procedure="96160") if lone_visit(c) else None)
add(
    "three days of visits in one unit",
    "N345",
    "DT-DAYS",
    lambda c: on_first(c, last_service=c.first_service + timedelta(days=2)) if lone_visit(c) else None,
)


@mistake("CARC 97", "SUR-SAME-DIAGNOSIS")
def unrelated_visit_for_the_same_diagnosis(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if not lone_visit(claim) or claim.other_payers:
        return None
    return on_first(claim, modifiers=("24",)), replace(context, history=(before(claim, 5, "10060"),))


# Who ordered ---------------------------------------------------------------------------------------------------------

add(
    "order by an organization",
    "N264",
    "PRV-ORDERING-PERSON",
    lambda c: replace(c, referring=replace(OTHER_DOCTOR, person=False)),
    PRO,
)
add(
    "brace that nobody ordered",
    "CARC 183",
    "PRV-ORDERING-EQUIPMENT",
    lambda c: more(c, "L3908") if part_b(c) and c.referring is None else None,
    PRO,
)
add("own supervisor", "N297", "PRV-SUPERVISING-SELF", lambda c: replace(c, supervising=c.rendering) if c.rendering else None, PRO)
add("practice named as the doctor", "N290", "PRV-RENDERING-GROUP", lambda c: replace(c, rendering=c.billing), PRO)
add(
    "taxonomy that no list has",
    "N255",
    "PRV-TAXONOMY-LIST",
    lambda c: replace(c, billing=replace(c.billing, taxonomy="207QQQQQQX")),
)


@mistake("CARC 184", "PRV-ORDERING-ENROLLED")
def order_by_a_stranger(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if claim.form != PRO:
        return None
    later = {OTHER_DOCTOR.npi: Period(claim.last_service + timedelta(days=1))}
    return replace(claim, referring=OTHER_DOCTOR), replace(context, provider_enrolments=later)


# Drugs ---------------------------------------------------------------------------------------------------------------


def package(claim: Claim, **changes: Any) -> Claim | None:
    return on_last(claim, drug=replace(PACKAGE, **changes)) if has(claim, "J") else None


def dosed(claim: Claim, code: str, units: int | str, quantity: str, unit: str) -> Claim | None:
    """Its drug in other units or another quantity."""
    drug = replace(PACKAGE, quantity=Decimal(quantity), unit=unit)
    return on_last(claim, units=Decimal(units), drug=drug) if has(claim, code) else None


def wasted(
    claim: Claim, mg: int, rest: int, given: str, left: str, code: str = "J0897", amount: int = 1, unit: str = "UN"
) -> Claim | None:
    """A drug made for one use in place of the claim's own, and what was thrown away of it."""
    if not has(claim, "J0696"):
        return None
    drug = replace(PACKAGE, quantity=Decimal(given), unit=unit)
    said = {"procedure": code, "units": Decimal(mg // amount), "drug": drug}
    if not rest:
        return on_last(claim, modifiers=("JZ",), **said)
    waste = {"units": Decimal(rest // amount), "drug": replace(drug, quantity=Decimal(left))}
    return more(on_last(claim, **said), code, "JW", **waste)


add(
    "single dose without JZ",
    "MA130",
    "DRUG-SINGLE-DOSE",
    lambda c: more(c, "J7325", units=Decimal(48)) if part_b(c) and has(c, "20610") else None,
)
add(
    "waste and no waste",
    "CARC 4",
    "DRUG-WASTE-BOTH",
    lambda c: more(on_last(c, modifiers=("JZ",)), c.lines[-1].procedure, "JW", drug=c.lines[-1].drug) if has(c, "J") else None,
)
add("waste of a visit", "CARC 4", "DRUG-WASTE-NO-DRUG", lambda c: on_first(c, modifiers=("JZ",)) if lone_visit(c) else None)
add("NDC of nines", "M119", "DRUG-NDC-FALSE", lambda c: package(c, ndc="99999999999"))
add("NDC without a labeler", "M119", "DRUG-NDC-FALSE", lambda c: package(c, ndc="00000280030"))
add("NDC in milligrams by another name", "M119", "DRUG-NDC-UNIT", lambda c: package(c, unit="MG"))
add("liquid counted as a vial", "M119", "DRUG-NDC-FORM", lambda c: package(c, unit="UN") if has(c, "J3301") else None)
add("powder measured as a liquid", "M119", "DRUG-NDC-FORM", lambda c: wasted(c, 150, 0, "7.4", "", "J9355", 10, "ML"))
add("milligrams billed as units", "M53", "DRUG-DOSE", lambda c: dosed(c, "J3301", 40, "1", "ML"))
add("tenfold dose", "M53", "DRUG-DOSE", lambda c: dosed(c, "J0696", 10, "1", "UN"))
add("vials counted by their milligrams", "M119", "DRUG-DOSE", lambda c: dosed(c, "J0696", 1, "250", "UN"))
add("grams for milligrams", "M119", "DRUG-DOSE-WEIGHT", lambda c: dosed(c, "J0696", 1, "250", "GR"))
add("milligrams a tenth of the dose", "M119", "DRUG-DOSE-WEIGHT", lambda c: dosed(c, "J3301", 4, "4", "ME"))
add("NDC quantity to the ten-thousandth", "M119", "DRUG-NDC-DECIMALS", lambda c: dosed(c, "J3301", 4, "1.0005", "ML"))
add("half a unit of a drug", "M53", "DRUG-UNITS-WHOLE", lambda c: dosed(c, "J3301", "3.5", "1", "ML"))
add("dose and waste of no vial", "M53", "DRUG-WASTE-VIALS", lambda c: wasted(c, 50, 5, "0.83", "0.17"))
add("no waste, and a vial not used up", "M53", "DRUG-WASTE-VIALS", lambda c: wasted(c, 50, 0, "1", ""))
add("an unopened vial as waste", "M53", "DRUG-WASTE-WHOLE-VIAL", lambda c: wasted(c, 60, 180, "1", "3"))
add("shares of a vial that are not whole", "M53", "DRUG-WASTE-NDC", lambda c: wasted(c, 90, 60, "0.6", "0.3", "J9355", 10))
add("NDC on the visit", "M119", "DRUG-NDC-NO-DRUG", lambda c: on_first(c, drug=PACKAGE) if lone_visit(c) else None)


# Coverage, authorization ---------------------------------------------------------------------------------------------

add(
    "car accident sent to Medicare",
    "CARC 20",
    "COV-CAR",
    lambda c: replace(c, related_cause="AA", accident_date=c.first_service, accident_state="OH") if part_b(c) else None,
    PRO,
)


@mistake("CARC 31", "COV-MEMBER")
def member_of_another_card(claim: Claim, context: Context, rng: Random) -> Spoilt:
    other = replace(claim.insured, member_id="ZQ0000000")
    return (replace(claim, insured=other), context) if context.coverage and claim.filing_indicator != "MB" else None


@mistake("CARC 198", "REF-VISITS")
def visit_beyond_the_referral(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if context.coverage is None or claim.responsibility != "P":
        return None
    one = Authorization(
        plan_id=context.coverage.plan.plan_id,
        number="R1",
        procedure="",
        units=1,
        period=Period(claim.first_service - timedelta(days=365)),
    )
    week = timedelta(days=7)
    lines = tuple(replace(line, first_service=line.first_service - week, last_service=None) for line in claim.lines)
    used = replace(claim, patient_control_number="R1V1", referral_number="R1", lines=lines)
    spoilt = replace(claim, referral_number="R1", referring=claim.referring or OTHER_DOCTOR)
    return spoilt, replace(context, authorizations=(one,), history=(*context.history, used))


@mistake("CARC 288", "REF-OTHER")
def referral_of_another_time(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if context.coverage is None:
        return None
    held = replace(context.coverage, referral_number="R7")
    return replace(claim, referral_number="R1", referring=OTHER_DOCTOR), replace(context, coverage=held)


@mistake("CARC 198 next time", "AUTH-LAST")
def authorization_used_up(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if context.coverage is None or claim.responsibility != "P":
        return None
    spoilt, around = authorized(claim, context, units=2)
    return on_first(spoilt, units=Decimal(2)), around


# Medicare's parts ----------------------------------------------------------------------------------------------------

add(
    "notice for what is never covered",
    "CARC 96",
    "MCR-NOTICE-EXCLUDED",
    lambda c: dx(on_first(c, procedure="99397", modifiers=("GA",)), "Z00.00") if part_b(c) and lone_visit(c) else None,
)
add(
    "injection in the hospital by the practice",
    "CARC 58",
    "MCR-HOSPITAL-PART",
    lambda c: (
        replace(more(c, "96372"), place_of_service="22", service_facility=OTHER_DOCTOR) if part_b(c) and lone_visit(c) else None
    ),
)


# One payer's own -----------------------------------------------------------------------------------------------------


def payers(kind: str, stands_for: str, edit: str, change: Callable[[Claim], Claim | None]) -> None:
    add(kind, stands_for, edit, change, PRO)


payers(
    "AI after the first day",
    "CARC 4",
    "MEDICARE/ADMITTING-PHYSICIAN",
    lambda c: on_first(c, modifiers=("AI",)) if part_b(c) and lone_visit(c) else None,
)
payers(
    "GT to Medicare",
    "CARC 4",
    "MEDICARE/TELEHEALTH-GT",
    lambda c: on_first(c, modifiers=("GT",)) if part_b(c) and c.place_of_service == "10" else None,
)
payers(
    "recorded telehealth in the lower states",
    "CARC 4",
    "MEDICARE/TELEHEALTH-STORED",
    lambda c: on_first(c, modifiers=("GQ",)) if part_b(c) and c.place_of_service == "10" else None,
)
payers(
    "therapy that nobody certified",
    "N285",
    "MEDICARE/THERAPY-CERTIFIED",
    lambda c: replace(c, referring=None) if part_b(c) and has(c, "97110") else None,
)
payers(
    "therapy past the threshold",
    "CARC 119",
    "MEDICARE/THERAPY-KX",
    lambda c: on_first(c, charge=2_600_000, units=Decimal(120)) if part_b(c) and has(c, "97110") else None,
)
payers(
    "spine manipulated for a pain",
    "CARC 11",
    "MEDICARE/CHIROPRACTIC-DIAGNOSIS",
    lambda c: dx(c, "M54.50") if has(c, "98940") else None,
)
payers(
    "nurse anesthetist as the physician",
    "CARC 4",
    "MEDICARE/ANESTHETIST-ALONE",
    lambda c: (
        replace(c, filing_indicator="MB", rendering=replace(c.rendering, taxonomy="367500000X")) if has(c, "00400") else None
    ),
)
payers(
    "anesthesiologist as the nurse",
    "CARC 4",
    "MEDICARE/ANESTHESIOLOGIST-DIRECTED",
    lambda c: (
        on_first(replace(c, filing_indicator="MB", rendering=replace(c.rendering, taxonomy="207L00000X")), modifiers=("QZ",))
        if has(c, "00400")
        else None
    ),
)
after(
    "CARC 119",
    "MEDICARE/WELLNESS-AFTER-WELCOME",
    "wellness visit after the welcome visit",
    200,
    "G0402",
    lambda c: has(c, "G0439"),
)


@mistake("CARC 29", "MEDICARE/LATE-CORRECTION")
def correction_after_a_year(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if not part_b(claim):
        return None
    return replace(claim, frequency="7", payer_control_number="P1"), replace(
        context, today=claim.first_service + timedelta(days=400)
    )


def medicaid(claim: Claim, procedure: str, age: int) -> Claim | None:
    """Another procedure for a woman of an age in Medicaid."""
    if claim.filing_indicator != "MC" or claim.responsibility != "P" or not lone_visit(claim):
        return None
    return on_first(who(claim, sex="F", birth=claim.first_service - timedelta(days=age * 365 + 20)), procedure=procedure)


payers("sterilization at twenty", "CARC 6", "MEDICAID/STERILIZATION-AGE", lambda c: medicaid(c, "58670", 20))
payers("sterilization without consent", "CARC 252", "MEDICAID/STERILIZATION-CONSENT", lambda c: medicaid(c, "58670", 30))
payers(
    "hysterectomy without acknowledgment", "CARC 252", "MEDICAID/HYSTERECTOMY-ACKNOWLEDGED", lambda c: medicaid(c, "58571", 45)
)
payers(
    "car accident sent to Medicaid",
    "CARC 22",
    "MEDICAID/LAST-OF-ALL",
    lambda c: (
        replace(c, related_cause="AA", accident_date=c.first_service, accident_state="OH")
        if c.filing_indicator == "MC" and c.responsibility == "P"
        else None
    ),
)


# Facilities' lines ---------------------------------------------------------------------------------------------------

facility("professional part by a hospital", "CARC 4", "UB-MODIFIER", lambda c: on_first(c, modifiers=("26",)), False)
facility(
    "observation without its code",
    "M20",
    "UB-OBSERVATION",
    lambda c: on_first(replace(c, filing_indicator="MA"), revenue_code="0762"),
    False,
)
facility(
    "observation in minutes",
    "CARC 151",
    "UB-OBSERVATION-HOURS",
    lambda c: on_first(c, revenue_code="0762", procedure="G0378", units=Decimal(1800)),
    False,
)
facility(
    "no time to admit a patient who went home",
    "CARC 4",
    "UB-INPATIENT-ONLY-CA",
    lambda c: on_first(replace(c, discharge_status="01"), modifiers=("CA",)),
    False,
)
facility(
    "operation of no code",
    "MA66",
    "UB-PROCEDURE-VALID",
    lambda c: own(c, principal_procedure=Procedure(code="0DTJ4ZW", on=c.first_service)),
    True,
)
facility(
    "correction without its reason",
    "M44",
    "UB-CHANGE-REASON",
    lambda c: replace(c, filing_indicator="MA", frequency="7", payer_control_number="P1"),
)
facility(
    "a covered day too many",
    "M53",
    "UB-COVERED-DAYS",
    lambda c: own(c, value_codes=(ValueCode(code="80", amount=int(c.lines[0].units + 1) * 100),)),
    True,
)
facility(
    "hospital's pair that is never paid",
    "CARC 236",
    "NCCI-NEVER",
    lambda c: more(more(c, "80053", revenue_code="0301"), "80048", revenue_code="0301"),
    False,
)


# Teeth ---------------------------------------------------------------------------------------------------------------

dental(
    "extraction of no tooth",
    "N37",
    "DEN-TOOTH-NEEDED",
    lambda c: on_first(c, procedure="D7140", dental=replace(c.lines[0].dental, teeth=())),
)
dental("front root canal of a molar", "N37", "DEN-TOOTH-KIND", lambda c: on_first(tooth(c, surfaces=()), procedure="D3310"))
dental(
    "child's cleaning of an adult",
    "CARC 6",
    "DEN-AGE",
    lambda c: on_first(c, procedure="D1120", dental=replace(c.lines[0].dental, teeth=())),
)
dental(
    "filling of a missing tooth",
    "N39",
    "DEN-GONE",
    lambda c: replace(c, dental=Dental(tooth_status=(ToothStatus(tooth=c.lines[0].dental.teeth[0].number, status="M"),))),
)
dental(
    "filling twice",
    "CARC 18",
    "DEN-TWICE",
    lambda c: with_lines(c, c.lines[0], replace(c.lines[0], number=2, control_number="L2")),
)


@mistake("CARC 119", "DEN-OFTEN")
def cleaning_too_soon(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if claim.form != "dental":
        return None
    line = claim.lines[0]
    clean = on_first(claim, procedure="D1110", dental=replace(line.dental, teeth=()))
    last = replace(
        clean,
        patient_control_number="A0001",
        lines=(replace(clean.lines[0], first_service=line.first_service - timedelta(days=50)),),
    )
    return clean, replace(context, history=(last,))


@mistake("N39", "DEN-GONE")
def filling_of_a_tooth_taken_out(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if claim.form != "dental":
        return None
    line = claim.lines[0]
    pulled = replace(
        line,
        procedure="D7140",
        first_service=line.first_service - timedelta(days=90),
        dental=replace(line.dental, teeth=(Tooth(number=line.dental.teeth[0].number),)),
    )
    return claim, replace(context, history=(replace(claim, patient_control_number="A0001", lines=(pulled,)),))


# What the older edits find ------------------------------------------------------------------------------------------

add("manifestation without its cause", "CARC 11", "DX-MANIFESTATION-CAUSE", lambda c: dx(c, "I10", "F02.80"), PRO)
add("check-up behind an illness", "CARC 11", "DX-FIRST-ONLY", lambda c: dx(c, "I10", "Z00.00"), PRO)
add("knee of an open side", "CARC 16", "DX-SIDE", lambda c: dx(c, "M17.10"), PRO)
add("aftercare of an injury", "CARC 11", "DX-AFTERCARE", lambda c: dx(c, "S61.411D", "Z48.02"), PRO)
add("pregnancy without its weeks", "CARC 16", "DX-WEEKS", lambda c: dx(c, "O09.90") if c.patient.sex == "F" else None, PRO)
add("visit on the day of major surgery", "CARC 97", "MOD-57", lambda c: more(c, "25600", "RT") if lone_visit(c) else None)
add(
    "waived test without QW", "CARC B23", "MOD-QW", lambda c: more(c, "87880", clia=CLIA) if part_b(c) and lone_visit(c) else None
)
add("X-ray that nobody ordered", "CARC 183", "PRV-ORDERING", lambda c: more(c, "71046") if part_b(c) and lone_visit(c) else None)
add(
    "care after surgery to Medicare",
    "CARC 234",
    "PX-BUNDLED",
    lambda c: more(c, "99024") if part_b(c) and lone_visit(c) else None,
)
add(
    "brace to the contractor for doctors",
    "CARC 109",
    "MUE-ZERO",
    lambda c: more(c, "L3908") if part_b(c) and has(c, "20610") else None,
)
add("after hours to Medicare", "CARC 96", "MUE-ZERO", lambda c: more(c, "99050") if part_b(c) and lone_visit(c) else None)
add(
    "whole X-ray in an emergency room",
    "CARC 4",
    "MOD-FACILITY",
    lambda c: more(c, "71046") if alone(c, "99283") and c.form == PRO else None,
)
add(
    "longer visit by the code Medicare does not take",
    "CARC 181",
    "PX-MEDICARE-INVALID",
    lambda c: more(c, "99417") if part_b(c) and lone_visit(c) else None,
)
add(
    "stay that ends before it begins",
    "A7*189",
    "DT-STAY",
    lambda c: replace(c, admitted=c.first_service, discharged=c.first_service - timedelta(days=1)),
    PRO,
)


@mistake("CARC 236", "NCCI-OTHER-CLAIM")
def pair_split_over_two_claims(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if not lone_visit(claim) or claim.other_payers:
        return None
    return on_first(claim, procedure="11720"), replace(context, history=(before(claim, 0, "11042"),))


@mistake("CARC 4", "SUR-NOTHING-BEFORE")
def unrelated_to_no_surgery(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if not alone(claim, "17110"):
        return None
    return on_first(claim, modifiers=("79",)), replace(context, history=(before(claim, 400, "99213"),))


# What shows only beside another claim of the patient, of the same file or sent before ---------------------------------


def with_another(
    kind: str, stands_for: str, edit: str, procedure: str, *modifiers: str, days: int, other: str, sent: bool = False
) -> None:
    """List a mistake of a lone visit's claim, made one of the procedure, with another claim as many days before."""

    def make(claim: Claim, context: Context, rng: Random) -> Spoilt:
        if not lone_visit(claim) or claim.other_payers:
            return None
        found = (before(claim, days, other),)
        around = replace(context, history=found) if sent else replace(context, batch=found)
        return on_first(claim, procedure=procedure, modifiers=modifiers), around

    MISTAKES.append(Mistake(kind, stands_for, frozenset({edit}), make))


with_another("pair split over two claims of a file", "CARC 236", "NCCI-OTHER-CLAIM", "11720", days=0, other="11042")
with_another("whole after its part", "CARC 236", "NCCI-PART-BILLED", "11042", days=0, other="11720", sent=True)
with_another("units split over two claims of a file", "CARC 151", "MUE-DAY", "11720", "XS", days=0, other="11720")
with_another("units of a day billed before", "CARC 151", "MUE-DAY", "11720", "XS", days=0, other="11720", sent=True)
with_another("new patient twice in a file", "CARC B16", "PX-NEW-PATIENT", "99203", days=9, other="99213")
with_another("visit and the drainage before it in a file", "CARC 97", "PX-GLOBAL", "99213", days=5, other="10060")
with_another("two drainages in a file", "CARC 97", "SUR-GLOBAL", "10060", days=5, other="10060")


@mistake("CARC 18", "DUP-HISTORY")
def sent_again_as_it_was(claim: Claim, context: Context, rng: Random) -> Spoilt:
    return (claim, replace(context, history=(claim,))) if claim.frequency == "1" else None
