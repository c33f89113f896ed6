"""Pass and fail of the edits on whom a service is for, how often it is covered, and where it is done."""

from datetime import date, timedelta

from edit_bench import DAY, DOCTOR, PATIENT, claim, context, lines, medicare, replace

from claimwright.codesets.procedures import Procedure
from claimwright.codesets.tables import Tables, starter


def born(days: int) -> dict[str, object]:
    """A patient born so many days before."""
    return {"patient": replace(PATIENT, birth=DAY - timedelta(days=days))}


AGE_AND_SEX = [
    ("PX-AGE", claim(do="49500-RT", dx="K40.90", age=4), claim(do="49495-RT", dx="K40.90", age=50)),
    ("PX-AGE", claim(do="49495-RT", dx="K40.90", **born(150)), claim(do="49495-RT", dx="K40.90", **born(200))),
    ("PX-AGE", claim(do="54160", sex="M", dx="Z41.2", **born(28)), claim(do="54160", sex="M", dx="Z41.2", **born(29))),
    ("PX-AGE", claim(do="99460", dx="Z38.00", place_of_service="21", **born(0)), claim(do="99460", place_of_service="21")),
    ("PX-AGE", claim(do="42820", dx="J35.03", age=11), claim(do="42820", dx="J35.03", age=12)),
    ("PX-AGE", claim(do="00400-AA 99100", dx="L72.0", age=71), claim(do="00400-AA 99100", dx="L72.0", age=70)),
    ("PX-SEX", claim(do="58150", dx="D25.9"), claim(do="58150", dx="D25.9", sex="M")),
    ("PX-SEX", claim(do="59510-KX", dx="O82", sex="M"), claim(do="59510", dx="O82", sex="M")),
    ("PX-SEX", claim(do="55866", dx="C61", sex="M"), claim(do="55866", dx="C61")),
    ("IMM-AGE", claim(do="90471 90651", dx="Z23", age=45), claim(do="90471 90651", dx="Z23", age=46)),
    ("IMM-AGE", claim(do="90480 91320", dx="Z23", age=12), claim(do="90480 91320", dx="Z23", age=11)),
]


def told(said: str, age: int = 70, on: date = DAY, **changes):
    """A Medicare claim and what was done before: "A5500-KX*2 | E11.42 | A5500-KX*2 2025-12-05, ..."."""
    do, dx, before = (*map(str.strip, said.split("|")), "")[:3]
    now = medicare(do=do, dx=dx, on=on, age=age, **changes)
    done = []
    for number, one in enumerate(filter(None, before.split(", "))):
        what, day = one.split()
        done.append(replace(now, patient_control_number=f"A{number}", lines=lines(what, date.fromisoformat(day))))
    return now, context(history=tuple(done))


COUNSELED = ", ".join(f"99407 2026-10-{day:02}" for day in range(1, 9))
NEEDLED = [f"97810 {DAY - timedelta(days=14 * number)}" for number in range(1, 21)]
FIRST_HOURS = "97802*4 2026-01-05, 97803*4 2026-02-05"

LIMITS = [  # full calendar months lie between: a mammogram of November 2025 counts from December on
    ("NEC-LIMIT", "77067 | Z12.31 | 77067 2025-11-30", "77067 | Z12.31 | 77067 2025-12-01"),
    ("NEC-LIMIT", "Q0091 | Z77.9 | Q0091 2025-10-01", "Q0091 | Z01.419 | Q0091 2025-10-01"),
    ("NEC-LIMIT", "G0121 | Z12.11 | G0121 2016-11-20", "G0121 | Z12.11 | G0121 2016-12-20"),
    ("NEC-LIMIT", "G0121 | Z12.11 | G0121-53 2026-10-20", "G0104 | Z12.11 | G0121 2018-01-02"),
    ("NEC-LIMIT", "G0105 | Z86.010 | G0105 2024-11-02", "G0105 | Z86.010 | G0105 2025-01-02"),
    ("NEC-LIMIT", "81528 | Z12.11 | 81528 2023-11-02", "81528 | Z12.11 | 81528 2023-12-02"),
    ("NEC-LIMIT", "76706-26 | Z87.891 | 76706-TC 2026-11-01", "76706 | Z87.891 | G0389 2014-05-02"),
    ("NEC-LIMIT", "71271-GA | Z87.891 | 71271 2026-05-02", "71271 | Z87.891 | 71271 2026-05-02"),
    ("NEC-LIMIT", "G0472@1,2 | Z72.89 F19.20 | G0472 2024-05-02", "G0472 | Z72.89 | G0472 2015-05-02"),
    ("NEC-LIMIT", "80061 | Z13.6 | 80061 2021-11-02", "80061 | Z13.6 | 80061 2022-01-02"),
    ("NEC-LIMIT", "80061 | E78.5 | 80061 2026-01-02", f"99406 | F17.210 | {COUNSELED}"),
    ("NEC-LIMIT", f"97803*4 | E11.9 | {FIRST_HOURS}", f"97803*5 | E11.9 | {FIRST_HOURS}"),
    ("NEC-LIMIT", "A5500-KX*2 | E11.42 | A5500-KX*2 2025-12-05", "A5500-KX*3 | E11.42"),
    ("NEC-LIMIT", f"97810 | M54.50 | {', '.join(NEEDLED[:8])}", f"97810 | M54.50 | {', '.join(NEEDLED)}"),
    ("NEC-LIMIT", "G0556 | I10 | 99490 2026-10-31", "G0556 | I10 | 99490 2026-11-01"),
    ("NEC-FREQUENCY", "77080@1,2 | M81.0 Z79.52 | 77080 2026-01-02", "77080 | M81.0 | 77080 2024-12-02"),
    ("NEC-FREQUENCY", "11721 | B35.1 | 11721 2026-09-03", "11721 | B35.1 | 11720 2026-09-04"),
    ("NEC-FREQUENCY", "A7038*6 | G47.33", "A7038*2 | G47.33 | A7038*6 2026-09-04"),
    ("NEC-FREQUENCY", "A4253-KX*6 | E11.9", "A4253-KS*3 | E11.9"),
    ("NEC-FREQUENCY", "99483 | G30.9 | 99483 2026-05-01", "99483 | G30.9 | 99483 2026-07-01"),
    ("NEC-AGE", "77067-GA | Z12.31", "77067 | Z12.31"),
]

FREQUENCY = [(edit, *(told(said, 34 if edit == "NEC-AGE" else 70) for said in pair)) for edit, *pair in LIMITS] + [
    ("NEC-LIMIT", told("77067 | Z12.31", 37), told("77067 | Z12.31 | 77067 2023-01-05", 39)),
    ("NEC-AGE", told("71271 | Z87.891", 77), told("71271 | Z87.891", 78)),
    ("NEC-AGE", told("82270 | Z12.11", 45), told("82270 | Z12.11", 49, date(2022, 12, 31))),
]


class Surgical(Tables):
    """The starter set, and bypass surgery as the fee schedule has it."""

    def procedure(self, code: str, on: date) -> Procedure | None:
        found = Tables.procedure(self, "10060" if code == "33533" else code, on)
        return replace(found, code=code, facility_only=True) if found and code == "33533" else found


SURGERY = Surgical(**{name: getattr(starter(), name) for name in starter().__struct_fields__})
THERAPIST = replace(DOCTOR, taxonomy="225100000X")


def at(place: str, do: str, dx: str = "R07.9", **changes):
    return medicare(do=do, dx=dx, place_of_service=place, **changes)


PLACE = [
    (
        "POS-FACILITY-ONLY",
        (claim(do="33533", dx="I25.10", place_of_service="21"), context(), SURGERY),
        (claim(do="33533", dx="I25.10"), context(), SURGERY),
    ),
    ("POS-FACILITY-ONLY", (claim(do="33533-55", dx="I25.10"), context(), SURGERY), claim(do="59400", dx="O80")),
    ("POS-FACILITY-ONLY", claim(do="99221"), claim(do="59400", dx="O80")),  # 99221: told as a visit
    ("POS-SERVICE", at("10", "99348", "I10"), at("11", "99348", "I10")),
    ("POS-SERVICE", at("19", "99222"), at("32", "99222")),
    ("POS-SERVICE", claim(do="99461", dx="Z38.1", age=0), claim(do="99462", dx="Z38.00", age=0)),
    ("POS-SERVICE", claim(do="S9088", place_of_service="20"), claim(do="S9088")),
    ("POS-WHOLE-TEST", at("22", "93010"), at("22", "93000")),
    ("MCR-SKILLED-NURSING", at("31", "71046-26"), at("31", "71046")),
    ("MCR-SKILLED-NURSING", at("32", "97110-GP"), at("31", "97110-GP")),
    ("MCR-SKILLED-NURSING", at("31", "93010"), at("31", "93005")),
    ("POS-DRUG", at("11", "96372 J0696"), at("22", "99213 J0696")),
    ("POS-HOSPITAL-CODE", at("24", "C1713"), at("11", "C1713")),
    ("POS-HOSPITAL-CODE", claim(do="99213"), claim(do="G0463")),
    ("MCR-HOSPITAL-PART", at("22", "97110-GP"), at("22", "97110-GP", rendering=THERAPIST)),
]

CASES = AGE_AND_SEX + FREQUENCY + PLACE
