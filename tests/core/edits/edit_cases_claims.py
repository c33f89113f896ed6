"""Pass and fail of the edits on NCCI, lines, place, duplicates, authorization, necessity, corrections and other payers."""

from datetime import date, timedelta

from edit_bench import DAY, DOCTOR, OTHER_DOCTOR, PAYER, TODAY, claim, context, covered, earlier, lines, medicare, replace
from edit_cases_forms import outpatient, revenue
from edit_cases_people import other

from claimwright.claims.model import Adjustment, Claim, LineAdjudication
from claimwright.codesets.tables import Pair, Tables, UnitLimit, starter
from claimwright.coverage.model import Authorization
from claimwright.effective import Period

CLIA = {"clia": "36D7104822"}
AUTHORIZED = covered(authorization_required=frozenset({"70551"}))
REFERRED = covered(referral_required=frozenset({"imaging"}))
MRI = Authorization(plan_id="ppo", number="AU77", procedure="70551", units=1, period=Period(DAY, DAY + timedelta(days=30)))
ONE_A_LINE = replace(starter(), units={"71046": UnitLimit(code="71046", units=1, mai="1")})
MEDIGAP = covered(kind="MEDIGAP", order=2)


class HospitalPairs(Tables):
    """The starter set, with two of the hospitals' pairs of visits."""

    def pair(self, column1: str, column2: str, on: date, setting: str = "practitioner") -> Pair | None:
        held = setting == "outpatient" and (column1, column2) in {("12001", "99283"), ("12001", "99284"), ("99283", "36591")}
        return Pair(column1=column1, column2=column2, indicator="1", rationale="practice") if held else None


BEGUN = starter()
HOSPITAL_PAIRS = HospitalPairs(**{name: getattr(BEGUN, name) for name in BEGUN.__struct_fields__})


def er(do: str) -> Claim:
    """A visit to the emergency room with these lines."""
    made = lines(do)
    return outpatient(*(revenue(one.number, "0450", one.procedure, modifiers=one.modifiers) for one in made))


def mri(**changes: object) -> Claim:
    return claim(**{"do": "70551", "dx": "G43.909", **changes})


def wellness_visit(days: int) -> Claim:
    """The patient's first Medicare wellness visit, days before."""
    return medicare(do="G0438", dx="Z00.00", on=DAY - timedelta(days=days), patient_control_number="A007")


def second(
    paid: int = 8_000, write_off: int = 1_500, patient: int = 500, line_paid: int | None = None, **changes: object
) -> Claim:
    """A secondary claim of $100 with the primary's decision on its line."""
    decision = LineAdjudication(
        payer_id="FH001",
        paid=paid if line_paid is None else line_paid,
        procedure="99213",
        adjustments=(Adjustment(group="CO", reason="45", amount=write_off), Adjustment(group="PR", reason="2", amount=patient)),
        paid_on=DAY + timedelta(days=7),
    )
    primary = other(paid=paid, paid_on=DAY + timedelta(days=7))
    return claim(**{"responsibility": "S", "other_payers": (primary,), "line": {"adjudications": (decision,)}, **changes})


def spoilt(**changes: object) -> Claim:
    """The secondary claim with the primary payer changed."""
    good = second()
    return replace(good, other_payers=(replace(good.other_payers[0], **changes),))


NCCI = [
    ("NCCI-NEVER", claim(do="80053"), claim(do="80053 80048")),
    ("NCCI-MODIFIER", claim(do="11042 11720-XS"), claim(do="11042 11720")),
    ("NCCI-MODIFIER", claim(do="20610-RT 20551-LT", dx="M17.0"), claim(do="20610-RT 20551-RT", dx="M17.0")),
    (
        "NCCI-MODIFIER",
        claim(lines=(lines("11042")[0], replace(lines("11042 11720")[1], rendering=OTHER_DOCTOR))),
        claim(do="11042 11720"),
    ),
    (
        "NCCI-OTHER-CLAIM",
        (claim(do="11720"), context(history=(earlier(days=1, do="11042"),))),
        (claim(do="11720"), context(history=(earlier(days=0, do="11042"),))),
    ),
    (
        "NCCI-OTHER-CLAIM",
        (claim(do="11042"), context(batch=(earlier(days=0, do="11720"),))),
        (claim(do="11720"), context(batch=(earlier(days=0, do="11042"),))),
    ),
    (
        "NCCI-OTHER-CLAIM",
        (claim(do="99213-25"), context(batch=(earlier(days=0, do="20610-RT"),))),
        (claim(do="99213"), context(batch=(earlier(days=0, do="20610-RT"),))),
    ),
    (
        "NCCI-OTHER-CLAIM",
        (claim(do="11720", rendering=OTHER_DOCTOR), context(history=(earlier(days=0, do="11042"),))),
        (claim(do="11720"), context(history=(earlier(days=0, do="11042"), earlier("A002", days=0)))),
    ),
    (
        "NCCI-PART-BILLED",
        (claim(do="11042"), context(history=(earlier(days=1, do="11720"),))),
        (claim(do="11042"), context(history=(earlier(days=0, do="11720"),))),
    ),
    (
        "NCCI-PART-BILLED",
        (claim(do="11042"), context(batch=(earlier(days=0, do="11720"),))),
        (claim(do="20610-RT", dx="M17.11"), context(history=(earlier(days=0),))),
    ),
    (
        "NCCI-PART-BILLED",
        (claim(do="11042"), context(history=(earlier(days=0, do="11720-XS"),))),
        (claim(do="80053"), context(history=(earlier(days=0, do="80048"),))),
    ),
    ("NCCI-VISIT", (er("99283-25 12001"), context(), HOSPITAL_PAIRS), (er("99283 12001"), context(), HOSPITAL_PAIRS)),
    ("NCCI-VISIT", (er("99283-27 12001"), context(), HOSPITAL_PAIRS), (er("99283 12001-59"), context(), HOSPITAL_PAIRS)),
    ("NCCI-VISIT", (er("99283 36591"), context(), HOSPITAL_PAIRS), (er("99284 12001"), context(), HOSPITAL_PAIRS)),
    ("NCCI-MODIFIER", (er("99283 36591-59"), context(), HOSPITAL_PAIRS), (er("99283 36591"), context(), HOSPITAL_PAIRS)),
    ("NCCI-MODIFIER", claim(do="99213 20610-RT", dx="M17.11"), claim(do="99213 G0442")),
    ("MOD-25", claim(do="99213 99408"), claim(do="99213 20610-RT-59", dx="M17.11")),
    ("MUE-ZERO", claim(do="96372 J2650"), medicare(do="96372 J2650")),
    ("MUE-ZERO", medicare(do="96372 J2650-GY"), medicare(do="96372 J2650-GA")),
    ("MUE-ZERO", medicare(do="L3908", payer=replace(PAYER, payer_id="16013")), medicare(do="L3908")),
    ("MUE-ZERO", medicare(do="99397", dx="Z00.00"), medicare(do="99213 36416")),  # the first: PX-MEDICARE-NOT-COVERED
    ("MUE-LINE", (claim(do="71046"), context(), ONE_A_LINE), (claim(do="71046*2"), context(), ONE_A_LINE)),
    ("MUE-DAY", claim(do="11720", dx="B35.1"), claim(do="11720*2", dx="B35.1")),
    (
        "MUE-LINE",
        (claim(do="71046"), context(history=(earlier(days=0, do="71046-76"),)), ONE_A_LINE),
        (claim(do="71046 71046-76*2"), context(), ONE_A_LINE),
    ),
    (
        "MUE-DAY",
        (claim(do="11720-XS"), context(history=(earlier(days=1, do="11720"),))),
        (claim(do="11720-XS"), context(history=(earlier(days=0, do="11720"),))),
    ),
    (
        "MUE-DAY",
        (claim(do="11720-XS"), context(batch=(earlier(days=0, do="11720"),), before=0)),
        (claim(do="11720-XS"), context(batch=(earlier(days=0, do="11720"),), before=1)),
    ),
    (
        "MUE-DAY",
        (claim(do="11720-XS", rendering=OTHER_DOCTOR), context(batch=(earlier(days=0, do="11720"),))),
        (claim(do="11720-XS"), context(batch=(earlier(days=0, do="11720"),))),
    ),
    (
        "MUE-DAY-CLINICAL",
        (claim(do="J3301*9"), context(history=(earlier(days=0, do="J3301*9"),))),  # told as a duplicate
        (claim(do="J3301*8"), context(history=(earlier(days=0, do="J3301-JZ*9"),))),
    ),
    ("MUE-DAY-CLINICAL", claim(do="99393", dx="Z00.129", age=8), claim(do="71046*6")),
    ("MUE-DAY-CLINICAL", claim(do="J3301*16 20610-RT"), claim(do="20610-RT J3301*17")),
]

LINES = [
    ("CLM-LINES", claim(), claim(lines=())),
    ("CLM-LINES", claim(), claim(do=" ".join(["99213-25"] * 51))),
    ("CLM-LINE-NUMBERS", claim(), claim(line={"number": 2})),
    ("CLM-CONTROL-NUMBERS", claim(do="99213 71046"), claim(do="99213 71046", line={"control_number": "L1"})),
    ("CLM-BALANCE", claim(), claim(charge=9_999)),
    ("CLM-PATIENT-PAID", claim(patient_paid=10_000), claim(patient_paid=10_001)),
    ("LN-CHARGE", claim(), claim(line={"charge": -1})),
    ("LN-ZERO", claim(do="90471 90715-SL", dx="Z23", line={"charge": 0}), claim(line={"charge": 0})),
    ("LN-UNITS", claim(), claim(do="99213*0")),
    ("LN-UNITS-WHOLE", claim(), claim(do="96372 J0696*1.5")),
    ("LN-POINTER", claim(dx="J06.9 I10", do="99213@1,2"), claim(do="99213@2")),
    ("LN-POINTER", claim(dx="J06.9 I10", do="99213@2"), claim(do="99213@1,1")),
    ("LN-POINTER", claim(), claim(line={"pointers": ()})),
]

PLACE = [
    ("POS-VALID", claim(place_of_service="20"), claim(place_of_service="29")),
    ("POS-VALID", claim(), claim(line={"place_of_service": "XX"})),
    ("POS-SERVICE", claim(), claim(place_of_service="21")),
    ("POS-SERVICE", claim(do="99349", place_of_service="12"), claim(do="99349")),
    ("POS-REMOTE", claim(do="96127", place_of_service="10"), claim(do="20610-RT", place_of_service="10")),
]

DUPLICATES = [
    ("DUP-LINE", claim(do="71046 71046-76"), claim(do="71046 71046")),
    (
        "DUP-BATCH",
        (claim(), context(batch=(earlier(days=1),))),
        (claim(), context(batch=(earlier(days=0),))),
    ),
    (
        "DUP-HISTORY",
        (claim(frequency="7", payer_control_number="P1"), context(history=(earlier(days=0),))),
        (claim(), context(history=(earlier(days=0),))),
    ),
    (
        "DUP-HISTORY",
        (claim(), context(history=(claim(frequency="7", payer_control_number="P1"),))),
        (claim(), context(history=(claim(),))),  # the same once more, under its own number
    ),
    (
        "DUP-HISTORY",
        (claim(), context(history=(claim(), claim(frequency="8", payer_control_number="P1")))),
        (claim(), context(history=(claim(frequency="8", payer_control_number="P1"), claim()))),
    ),
    (
        "DUP-CONTROL-NUMBER",
        (claim(), context(batch=(earlier(),))),
        (claim(), context(batch=(claim(),))),  # the very same claim once more
    ),
]

AUTHORIZATION = [
    ("AUTH-MISSING", (mri(prior_authorization="AU77"), context(coverage=AUTHORIZED)), (mri(), context(coverage=AUTHORIZED))),
    (
        "AUTH-OTHER",
        (mri(prior_authorization="AU77"), context(coverage=AUTHORIZED, authorizations=(MRI,))),
        (mri(prior_authorization="AU77", on=DAY - timedelta(days=1)), context(coverage=AUTHORIZED, authorizations=(MRI,))),
    ),
    (
        "AUTH-UNITS",
        (mri(prior_authorization="AU77"), context(coverage=AUTHORIZED, authorizations=(MRI,))),
        (
            mri(prior_authorization="AU77"),
            context(
                coverage=AUTHORIZED,
                authorizations=(MRI,),
                history=(earlier(days=0, do="70551", prior_authorization="AU77"),),
            ),
        ),
    ),
    ("REF-MISSING", (mri(referral_number="R1"), context(coverage=REFERRED)), (mri(), context(coverage=REFERRED))),
    ("REF-PROVIDER", claim(referral_number="R1", referring=DOCTOR), claim(referral_number="R1")),
]

NECESSITY = [
    ("NEC-NOT-SUPPORTED", claim(do="93000", dx="R07.9"), claim(do="93000", dx="Z00.00")),
    ("NEC-NOT-SUPPORTED", claim(do="20610-RT", dx="M17.11"), claim(do="20610-RT", dx="J06.9")),
    ("NEC-NOT-SUPPORTED", medicare(do="84443-GA", dx="Z00.00"), medicare(do="84443", dx="Z00.00")),
    ("NEC-REQUIRED", claim(do="69210", dx="H61.21"), claim(do="69210", dx="H92.01")),
    ("NEC-REQUIRED", claim(do="99396@1,2", dx="J06.9 Z00.00", age=50), claim(do="99396@1", dx="J06.9 Z00.00", age=50)),
    ("NEC-NOT-SUPPORTED", medicare(do="99213-GY", dx="Z00.00"), medicare(do="99213", dx="Z00.00")),
    ("NEC-REQUIRED", claim(do="83036", dx="I10"), medicare(do="83036", dx="M54.50")),
    (
        "NEC-LIMIT",
        (medicare(do="G0439", dx="Z00.00"), context(history=(wellness_visit(days=340),))),
        (medicare(do="G0439", dx="Z00.00"), context(history=(wellness_visit(days=300),))),
    ),
]

RESUBMISSION = [
    ("FRQ-CONTROL-NUMBER", claim(frequency="7", payer_control_number="P1"), claim(frequency="7")),
    ("FRQ-CONTROL-NUMBER", claim(frequency="8", payer_control_number="P1"), claim(frequency="8")),
    ("FRQ-ORIGINAL", claim(frequency="7", payer_control_number="P1"), claim(payer_control_number="P1")),
    (
        "FRQ-UNKNOWN",
        (claim(frequency="7", payer_control_number="P1"), context(history=(earlier(days=0),))),
        (claim(frequency="7", payer_control_number="P1"), context(history=(earlier(days=9),))),
    ),
]

COORDINATION = [
    ("COB-DECISION", second(), spoilt(paid=None)),
    ("COB-DECISION", second(), replace(spoilt(paid=None, responsibility="C"), responsibility="D")),
    ("COB-CLAIM-BALANCE", second(), second(paid=7_999)),
    ("COB-LINE-BALANCE", second(), second(line_paid=7_999)),
    (
        "COB-LINE-MISSING",
        second(),
        replace(second(), lines=(*second().lines, replace(lines("99213 71046")[1], number=2))),
    ),
    ("COB-GROUP", second(), spoilt(adjustments=(Adjustment(group="XX", reason="45", amount=0),))),
    ("COB-GROUP", second(), spoilt(adjustments=(Adjustment(group="CO", reason="", amount=0),))),
    ("COB-PAID-DATE", second(), spoilt(paid_on=TODAY + timedelta(days=1))),
    ("COB-NOTHING-LEFT", second(), second(write_off=2_000, patient=0)),
    (
        "COB-CROSSOVER",
        (second(), context(coverage=covered(order=2))),
        (spoilt(filing_indicator="MB"), context(coverage=MEDIGAP)),
    ),
]

CASES = NCCI + LINES + PLACE + DUPLICATES + AUTHORIZATION + NECESSITY + RESUBMISSION + COORDINATION
