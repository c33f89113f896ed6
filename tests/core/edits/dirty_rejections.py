"""More mistakes: what clearinghouses and payers return before they decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from dirty_around import lone_visit, part_b
from dirty_claims import (
    PRO,
    Spoilt,
    add,
    authorized,
    dental,
    dx,
    facility,
    has,
    mistake,
    more,
    on_first,
    own,
    with_lines,
)
from dirty_rare import by
from edit_bench import covered, replace
from edit_cases_rejections import MAJOR

from claimwright.claims.model import Claim, Diagnosis, Tooth
from claimwright.edits.scrub import Context
from claimwright.parties import Provider

DAY = timedelta(days=1)


def renamed(claim: Claim, member_id: str) -> Claim | None:
    """The claim with another member id, where the plan is no insurer of work."""
    return None if claim.filing_indicator == "WC" else replace(claim, insured=replace(claim.insured, member_id=member_id))


def in_hospital(claim: Claim) -> bool:
    return claim.admitted is not None and claim.form == PRO


def of_work(claim: Claim) -> bool:
    return claim.filing_indicator == "WC"


add("interim bill of a practice", "A7*535", "FRQ-CODE", lambda c: replace(c, frequency="3"), "professional dental")
add(
    "replacement sent to Medicare",
    "A7*535",
    "FRQ-MEDICARE",
    lambda c: replace(c, frequency="7", payer_control_number="P1") if part_b(c) else None,
)
add(
    "void sent to Medicare",
    "A7*535",
    "FRQ-MEDICARE",
    lambda c: replace(c, frequency="8", payer_control_number="P1") if part_b(c) else None,
)
for written in ("UNKNOWN", "none", "000000000", "123456789", "999999999", "XXXXXX"):
    add(f"member id {written}", "A7*164", "ID-MEMBER-FILLER", lambda c, written=written: renamed(c, written))
add(
    "hospital visit before the admission",
    "MA40",
    "DT-OUTSIDE-STAY",
    lambda c: replace(c, admitted=c.first_service + DAY) if in_hospital(c) else None,
)
add(
    "hospital visit after the discharge",
    "N318",
    "DT-OUTSIDE-STAY",
    lambda c: replace(c, admitted=c.first_service - 9 * DAY, discharged=c.last_service - DAY) if in_hospital(c) else None,
)
add(
    "discharge to come",
    "A7*190",
    "DT-STAY-FUTURE",
    lambda c: replace(c, discharged=c.last_service + 99 * DAY) if c.admitted else None,
)
add(
    "last period after the visit",
    "A7*191",
    "DT-PERIOD",
    lambda c: replace(c, last_menstrual_period=c.last_service + DAY) if c.patient.sex == "F" else None,
    PRO,
)
add(
    "accident before birth",
    "CARC 14",
    "DT-BEFORE-BIRTH",
    lambda c: replace(c, related_cause="OA", accident_date=c.patient.birth - DAY),
    PRO,
)
add("onset before birth", "CARC 14", "DT-BEFORE-BIRTH", lambda c: replace(c, onset=c.patient.birth - DAY), PRO)
add("work's insurer without the work", "A7*208", "COV-CASE", lambda c: replace(c, related_cause="") if of_work(c) else None)
add(
    "work's insurer without its claim number",
    "REF*Y4",
    "COV-CASE-NUMBER",
    lambda c: replace(c, property_casualty_number="") if of_work(c) else None,
)
add(
    "scar's burn before the scar",
    "ICD-10-CM I.B.10",
    "DX-SEQUELA-FIRST",
    lambda c: dx(c, "T23.301S", "L90.5") if lone_visit(c) else None,
)
add("old fracture alone", "ICD-10-CM I.B.10", "DX-SEQUELA-FIRST", lambda c: dx(c, "S82.201S") if lone_visit(c) else None)


def _bypassed(claim: Claim) -> Claim | None:
    if not (part_b(claim) and lone_visit(claim)):
        return None
    return replace(on_first(with_lines(claim, claim.lines[0]), procedure="33533"), diagnoses=(Diagnosis(code="I25.10"),))


by(MAJOR, "bypass surgery in an office", "CARC 5", "POS-OPERATING-ROOM", _bypassed)


# By whom, and where on the body --------------------------------------------------------------------------------------


def rendered(kind: str, stands_for: str, edits: str, taxonomy: str, code: str, *modifiers: str, part_b_only: bool = True) -> None:
    """List a mistake of a lone visit's claim: another kind of provider, another code."""

    def change(claim: Claim) -> Claim | None:
        if not lone_visit(claim) or claim.rendering is None or part_b(claim) is not part_b_only:
            return None
        who = replace(claim.rendering, taxonomy=taxonomy)
        return replace(on_first(claim, procedure=code, modifiers=modifiers), rendering=who)

    add(kind, stands_for, edits, change)


rendered("chiropractor's visit", "CARC 170", "SCP-MEDICARE", "111N00000X", "99213")
rendered("chiropractor's X-ray", "CARC 170", "SCP-MEDICARE", "111NX0800X", "72100")
rendered("psychologist's visit for Medicare", "CARC 170", "SCP-MEDICARE", "103TC0700X", "99214")
rendered("social worker's visit for Medicare", "CARC 170", "SCP-MEDICARE", "1041C0700X", "99213")
rendered("dietitian's visit", "CARC 170", "SCP-MEDICARE", "133V00000X", "99213")
rendered("pharmacist's visit", "CARC 170", "SCP-MEDICARE", "183500000X", "99213")
rendered("therapist's visit", "CARC 170", "SCP-CODE", "225100000X", "99213", part_b_only=False)
rendered("counselor's visit", "CARC 8", "SCP-CODE", "101YM0800X", "99214", part_b_only=False)
rendered("podiatrist's colonoscopy", "CARC 8", "SCP-CODE", "213E00000X", "45378", part_b_only=False)
rendered("assistant's hip with 80", "CARC 4", "SCP-ASSISTANT", "363A00000X", "27130", "RT", "80")
add(
    "nurse's anesthesia with AA",
    "CARC 4",
    "SCP-ANESTHESIA",
    lambda c: replace(c, rendering=replace(c.rendering, taxonomy="367500000X")) if has(c, "00400") and c.rendering else None,
)
for code, modifier in (("26055", "T5"), ("28285", "F5"), ("99213", "RT"), ("45378", "LT"), ("66984", "E1"), ("71046", "LC")):
    add(
        f"{code} with {modifier}",
        "CARC 4",
        "MOD-SITE",
        lambda c, code=code, modifier=modifier: on_first(c, procedure=code, modifiers=(modifier,)) if lone_visit(c) else None,
    )


# Facilities ----------------------------------------------------------------------------------------------------------


def stay(kind: str, stands_for: str, edit: str, change: Callable[[Claim], Claim | None]) -> None:
    """List a mistake of a hospital's stay."""
    facility(kind, stands_for, edit, lambda c: change(c) if c.bill_type == "11" and c.frequency == "1" else None)


def part_a(kind: str, edit: str, bill_types: str, change: Callable[[Claim], Claim | None]) -> None:
    """List a mistake of Medicare's bills of some types."""
    facility(kind, "FISS", edit, lambda c: change(c) if c.bill_type in bill_types and c.filing_indicator == "MA" else None)


facility("bill type of no list", "MA30", "UB-BILL-TYPE-LIST", lambda c: replace(c, bill_type="15"))
facility("frequency of no list", "MA30", "UB-FREQUENCY", lambda c: replace(c, frequency="6"))
facility("revenue code of no list", "M50", "UB-REVENUE-LIST", lambda c: on_first(c, revenue_code="0009"))
facility("discharge status of no list", "MA43", "UB-DISCHARGE-LIST", lambda c: replace(c, discharge_status="10"))
facility("emergency room as point of origin", "MA42", "UB-ORIGIN", lambda c: replace(c, admission_source="7"))
facility("condition code twice", "M44", "UB-CODES-TWICE", lambda c: own(c, condition_codes=("09", "09")))
facility("twenty-five o'clock", "N46", "UB-HOUR-VALUE", lambda c: own(c, admission_hour="2500"))
stay("interim bill, patient gone home", "MA43", "UB-INTERIM", lambda c: replace(c, frequency="3"))
stay("last bill, patient still there", "MA43", "UB-INTERIM", lambda c: replace(c, frequency="4", discharge_status="30"))
stay(
    "admitted after the bill",
    "MA40",
    "UB-ADMISSION-DAY",
    lambda c: replace(c, admitted=c.institutional.statement_through + DAY) if c.institutional else None,
)
stay("admitted before the first bill", "MA31", "UB-ADMISSION-FIRST", lambda c: replace(c, admitted=c.first_service - 5 * DAY))
part_a("stay without its covered days", "UB-DAYS-MISSING", "11 21", lambda c: own(c, value_codes=()))
part_a("skilled nursing without its class", "UB-HIPPS", "21", lambda c: with_lines(c, c.lines[1]))
part_a("home health without its class", "UB-HIPPS", "32", lambda c: with_lines(c, c.lines[1]))
part_a("dialysis without the weight", "UB-DIALYSIS", "72", lambda c: own(c, value_codes=()))
part_a("home health without its area", "UB-AREA", "32", lambda c: own(c, value_codes=()))
part_a("hospice without its area", "UB-AREA", "81", lambda c: own(c, value_codes=()))


# Names, addresses, relatives, authorizations -------------------------------------------------------------------------


def unnamed(provider: Provider | None) -> Provider | None:
    return provider and replace(provider, name="")


add("payer without its number", "A7*153", "COV-PAYER-ID", lambda c: replace(c, payer=replace(c.payer, payer_id="")))
add("rendering provider without a name", "A7*125", "PRV-NAME", lambda c: replace(c, rendering=unnamed(c.rendering)), PRO)
add("referring provider without a name", "A7*125", "PRV-NAME", lambda c: replace(c, referring=unnamed(c.referring)), PRO)
add(
    "practice's ZIP of another state",
    "A7*500",
    "PRV-STATE",
    lambda c: replace(c, billing=replace(c.billing, address=replace(c.billing.address, zip="902101234"))),
)
add(
    "hospital without its address",
    "MA114",
    "PRV-FACILITY-ADDRESS",
    lambda c: c.service_facility and replace(c, service_facility=replace(c.service_facility, address=None)),
    PRO,
)
add(
    "child older than the parent",
    "CARC 32",
    "ID-RELATIVE-AGE",
    lambda c: (
        replace(c, insured=replace(c.insured, person=replace(c.insured.person, birth=c.patient.birth + DAY)))
        if c.insured.relationship == "19"
        else None
    ),
)
add("test sent out, billed to Medicare", "MA120", "MCR-REFERRED-TEST", lambda c: more(c, "80053", "90") if part_b(c) else None)
add("visit in a laboratory", "CARC 5", "POS-SERVICE", lambda c: replace(c, place_of_service="81") if lone_visit(c) else None)
part_a("death without its day", "UB-DEATH-DAY", "11 21", lambda c: replace(c, discharge_status="20"))
facility("outpatient who went nowhere", "MA43", "UB-STATUS", lambda c: replace(c, discharge_status=""), False)
facility("admitting diagnosis cut short", "MA65", "UB-DIAGNOSIS", lambda c: own(c, admitting_diagnosis="R10"), True)
facility(
    "Medicare second, a hospital not saying why",
    "MSP Manual 3",
    "COV-MSP-TYPE",
    lambda c: replace(c, responsibility="S") if c.filing_indicator == "MA" else None,
)


@mistake("CARC 15", "AUTH-UNKNOWN")
def authorization_mistyped(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if context.coverage is None or claim.responsibility != "P":
        return None
    spoilt, around = authorized(claim, context, number="AU77", procedure=claim.lines[0].procedure, units=900)
    return replace(spoilt, prior_authorization="AU7"), around


@mistake("CARC 197", "AUTH-MISSING")
def hospital_did_not_ask(claim: Claim, context: Context, rng: Random) -> Spoilt:
    if claim.form != "institutional" or not claim.lines[0].procedure:
        return None
    wanted = covered(authorization_required=frozenset({claim.lines[0].procedure}), filing_indicator=claim.filing_indicator)
    return claim, replace(context, coverage=replace(wanted, insured=claim.insured))


dental(
    "tooth filled and taken out on one day",
    "CARC 97",
    "DEN-SAME-TOOTH",
    lambda c: more(c, "D7140", dental=replace(c.lines[0].dental, teeth=(Tooth(number=c.lines[0].dental.teeth[0].number),))),
)


# Rides ---------------------------------------------------------------------------------------------------------------


def ambulance(claim: Claim) -> bool:
    return len(claim.lines) == 2 and claim.lines[1].procedure == "A0425"


add("ride to nowhere", "CARC 16", "AMB-TRIP", lambda c: on_first(c, modifiers=()) if ambulance(c) else None)
add("miles without the ride", "CARC 107", "AMB-MILES", lambda c: with_lines(c, c.lines[1]) if ambulance(c) else None)
add("ambulance in an office", "CARC 5", "POS-SERVICE", lambda c: replace(c, place_of_service="11") if ambulance(c) else None)
add("walker, bought or rented", "CARC 4", "EQP-HOW", lambda c: more(c, "E0143") if part_b(c) and lone_visit(c) else None)
add("authorization NONE", "CARC 15", "AUTH-FILLER", lambda c: replace(c, prior_authorization="NONE"))
