"""Pass and fail of the edits on a facility's codes and days against each other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from edit_bench import DAY, DOCTOR, context, covered, replace
from edit_cases_forms import LEFT, outpatient, revenue, stay

from claimwright.claims.model import Claim, Diagnosis, Occurrence, OccurrenceSpan, ValueCode

MBI = "1EG4TE5MK73"
NEXT = timedelta(days=1)
AUTHORIZED = covered(authorization_required=frozenset({"70553"}))
DAYS = (ValueCode(code="80", amount=300),)


def values(*codes: str) -> tuple[ValueCode, ...]:
    return tuple(ValueCode(code=code, amount=100) for code in codes)


def for_medicare(**changes: Any) -> Claim:
    """A clean stay for Medicare."""
    made = stay(filing_indicator="MA", **changes)
    return replace(made, insured=replace(made.insured, member_id=MBI))


def skilled(*first: Any, **changes: Any) -> Claim:
    """Three days of skilled nursing."""
    bed = revenue(1, "0022", "PA1B1", 3), revenue(2, "0120", units=3, unit_basis="DA")
    said = {"value_codes": DAYS, "principal_procedure": None, "operating": None, **changes.pop("own", {})}
    return for_medicare(bill_type="21", lines=first or bed, own=said, diagnoses=(Diagnosis(code="I50.22"),), **changes)


def at_home(*services: Any, bill_type: str = "32", **changes: Any) -> Claim:
    """A bill of home health, or of hospice."""
    said = {"value_codes": values("61"), "principal_procedure": None, "operating": None, **changes.pop("own", {})}
    lines = services or (revenue(1, "0023", "1AA11"), revenue(2, "0551", "G0299"))
    return for_medicare(bill_type=bill_type, lines=lines, own=said, diagnoses=(Diagnosis(code="I50.22"),), **changes)


def dialyzed(**own: Any) -> Claim:
    """A bill of a dialysis facility."""
    said = {"value_codes": values("A8", "A9", "48", "D5"), "condition_codes": ("71",), "reasons_for_visit": (), **own}
    made = outpatient(
        revenue(1, "0821", "90999", modifiers=("G3",)), bill_type="72", filing_indicator="MA", admission_type="3",
        diagnoses=(Diagnosis(code="N18.6"),), own=said,
    )  # fmt: skip
    return replace(made, insured=replace(made.insured, member_id=MBI))


def hospice(revenue_code: str, *codes: str) -> Claim:
    return at_home(revenue(1, revenue_code, "Q5001", 3), bill_type="81", own={"value_codes": values(*codes)})


SPAN = OccurrenceSpan(code="74", first=DAY, last=DAY + NEXT)

CASES = [
    ("UB-BILL-TYPE-LIST", outpatient(bill_type="85"), outpatient(bill_type="15")),
    ("UB-FREQUENCY", stay(frequency="2", discharge_status="30"), stay(frequency="6")),
    ("UB-REVENUE-LIST", outpatient(revenue(1, "0450", "99283")), outpatient(revenue(1, "0009", "99283"))),
    ("UB-DISCHARGE-LIST", stay(discharge_status="62"), stay(discharge_status="10")),
    ("UB-INTERIM", stay(frequency="2", discharge_status="30"), stay(frequency="3")),
    ("UB-INTERIM", stay(frequency="4"), stay(frequency="4", discharge_status="30")),
    ("UB-ORIGIN", stay(admission_source="8"), stay(admission_source="7")),
    (
        "UB-ORIGIN",
        stay(admission_type="4", admission_source="5"),
        stay(admission_type="4", admission_source="1"),
    ),
    ("UB-HOUR-VALUE", stay(own={"admission_hour": "2359"}), stay(own={"admission_hour": "2460"})),
    ("UB-ADMISSION-DAY", stay(admitted=DAY + 3 * NEXT), stay(admitted=LEFT + NEXT)),
    ("UB-ADMISSION-FIRST", stay(frequency="4", admitted=DAY - 9 * NEXT), stay(admitted=DAY - NEXT)),
    ("UB-CODES-TWICE", stay(own={"condition_codes": ("09", "44")}), stay(own={"condition_codes": ("09", "09")})),
    ("UB-CODES-TWICE", stay(own={"occurrence_spans": (SPAN,)}),
     stay(own={"occurrence_spans": (replace(SPAN, last=DAY - NEXT),)})),
    ("UB-CODES-TWICE", stay(own={"occurrences": (Occurrence(code="A3", on=DAY), Occurrence(code="A3", on=LEFT))}),
     stay(own={"value_codes": values("02", "02")})),
    ("UB-DAYS-MISSING", for_medicare(own={"value_codes": DAYS}), for_medicare()),
    ("UB-HIPPS", skilled(), skilled(revenue(1, "0120", units=3, unit_basis="DA"))),
    ("UB-HIPPS", skilled(revenue(1, "0120", units=3), own={"condition_codes": ("21",)}), at_home(revenue(1, "0551", "G0299"))),
    ("UB-DIALYSIS", dialyzed(), dialyzed(value_codes=values("A8"))),
    ("UB-DIALYSIS", dialyzed(condition_codes=("74",)), dialyzed(condition_codes=())),
    ("UB-STATUS", outpatient(), outpatient(discharge_status="")),
    ("UB-DEATH-DAY", for_medicare(discharge_status="20", own={"occurrences": (Occurrence(code="55", on=LEFT),)}),
     for_medicare(discharge_status="20")),
    ("UB-DIAGNOSIS", stay(own={"admitting_diagnosis": "R10.84"}), stay(own={"admitting_diagnosis": "R10"})),
    ("UB-DIAGNOSIS", stay(own={"external_causes": (Diagnosis(code="W19.XXXA"),)}),
     outpatient(own={"reasons_for_visit": ("R10",)})),
    ("UB-ATTENDING", stay(), stay(attending=replace(DOCTOR, person=False))),
    ("COV-MSP-TYPE", for_medicare(responsibility="S", own={"value_codes": values("12")}), for_medicare(responsibility="S")),
    ("AUTH-MISSING", stay(), (stay(lines=(revenue(1, "0612", "70553"),)), context(coverage=AUTHORIZED))),
    ("UB-AREA", at_home(), at_home(own={"value_codes": ()})),
    ("UB-AREA", hospice("0655", "G8"), hospice("0655", "61")),
]  # fmt: skip
