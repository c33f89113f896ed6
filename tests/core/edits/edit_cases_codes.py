"""Pass and fail of the edits on diagnoses, procedures, drugs and modifiers."""

from datetime import date
from decimal import Decimal

from edit_bench import NURSE_PRACTITIONER, OTHER_DOCTOR, SURGEON, claim, context, earlier, lines, medicare, replace

from claimwright.claims.model import Drug

CLIA = {"clia": "36D7104822"}
VIAL = Drug(ndc="00009028003", quantity=Decimal(1), unit="ML")

DIAGNOSES = [
    ("DX-MISSING", claim(), claim(diagnoses=())),
    ("DX-COUNT", claim(), claim(dx=" ".join(f"M25.{n}" for n in range(500, 513)))),
    ("DX-UNKNOWN", claim(dx="J06.9"), claim(dx="J06.X")),
    ("DX-UNKNOWN", claim(dx="S52.501A"), claim(dx="S52.501Z")),
    ("DX-DATE", claim(dx="I42.01"), claim(dx="I42.01", on=date(2026, 9, 30))),
    ("DX-DATE", claim(dx="E66.811", on=date(2024, 10, 1)), claim(dx="B88.01", on=date(2025, 9, 30))),
    ("DX-DATE", claim(dx="E66.8", on=date(2024, 5, 1)), claim(dx="E66.811", on=date(2024, 5, 1))),
    ("DX-DATE", claim(dx="T74.A1XA", on=date(2023, 4, 1)), claim(dx="T74.A1XA", on=date(2023, 3, 31))),
    ("DX-SPECIFIC", claim(dx="E66.8", on=date(2024, 9, 30)), claim(dx="E66.8", on=date(2024, 10, 1))),
    ("DX-SPECIFIC", claim(dx="M17.11"), claim(dx="M17.1")),
    ("DX-SPECIFIC", claim(dx="I42.0", on=date(2026, 9, 30)), claim(dx="I42.0", on=date(2026, 10, 1))),
    ("DX-SEVENTH", claim(dx="S93.401A"), claim(dx="S93.401")),
    ("DX-SEVENTH", claim(dx="W19.XXXA"), claim(dx="J06.9 W19")),
    ("DX-AGE", claim(dx="Z00.129", age=17), claim(dx="Z00.129", age=18)),
    ("DX-AGE", claim(dx="Z00.00", age=15), claim(dx="Z00.00", age=14)),
    ("DX-AGE", claim(dx="P27.1", age=30), claim(dx="Z68.30", age=19)),
    ("DX-AGE", claim(dx="F03.90", age=14), claim(dx="M81.0", age=14)),
    ("DX-AGE-USUAL", claim(dx="F03.90", age=15), claim(dx="F03.90", age=14)),
    ("DX-AGE-USUAL", claim(dx="M81.0", age=14), claim(dx="L20.83", age=18)),
    ("DX-SEX", claim(dx="N40.0", sex="M"), claim(dx="N40.0")),
    ("DX-SEX", claim(dx="C50.911"), claim(dx="C50.911", sex="M")),
    ("DX-SEX", claim(dx="N40.0", do="99213-KX"), claim(dx="I10 N40.0", do="99213@1,2")),
    ("DX-SEX", claim(dx="N40.0", sex="U"), claim(dx="Z34.90", sex="M")),
    ("DX-MANIFESTATION-FIRST", claim(dx="G30.9 F02.80"), claim(dx="F02.80 G30.9")),
    ("DX-MANIFESTATION-CAUSE", claim(dx="G30.9 F02.80"), claim(dx="I10 F02.80")),
    ("DX-EXTERNAL-CAUSE-FIRST", claim(dx="S61.451A W54.0XXA"), claim(dx="W54.0XXA S61.451A")),
    ("DX-EXCLUDES1", claim(dx="E11.9 I10"), claim(dx="E11.9 E10.9")),
    ("DX-EXCLUDES1", claim(dx="J06.9 I10"), claim(dx="J06.9 J02.0")),
    ("DX-REPEATED", claim(dx="E11.9 I10"), claim(dx="I10 E11.9 I10")),
    ("DX-SIDE", claim(dx="M17.11"), claim(dx="M17.10")),
    ("DX-SIDE", claim(dx="J18.9"), claim(dx="M25.569")),
    (
        "DX-SIDE-MODIFIER",
        claim(do="20610-RT", dx="M17.11"),
        claim(do="20610-RT", dx="M17.12"),
    ),
    ("DX-SIDE-MODIFIER", claim(do="20610-LT@1,2", dx="M17.11 M17.12"), claim(do="20610-LT", dx="M17.11 M17.12")),
    ("DX-FIRST-ONLY", claim(dx="Z00.00 I10"), claim(dx="I10 Z00.00")),
    ("DX-BMI", claim(dx="E66.9 Z68.32"), claim(dx="Z68.32 E66.9")),
    ("DX-AFTERCARE", claim(dx="S61.411D"), claim(dx="S61.411D Z48.02")),
    ("DX-WEEKS", claim(dx="O09.90 Z3A.20"), claim(dx="O09.90")),
    ("DX-CONTRADICTION", claim(dx="I12.9 N18.30"), claim(dx="I10 N18.30")),
    ("DX-CONTRADICTION", claim(dx="E66.813 Z68.41"), claim(dx="E66.813 Z68.31")),
    ("DX-CONTRADICTION", claim(dx="E11.65 E11.22 N18.30"), claim(dx="E11.9 E11.65")),
    ("DX-CONTRADICTION", claim(dx="Z3A.20 O09.92"), claim(dx="O09.92 Z3A.20 Z3A.21")),
    ("DX-TRIMESTER", claim(dx="O09.91 Z3A.13"), claim(dx="O09.91 Z3A.14")),
    ("DX-TRIMESTER", claim(dx="O09.93 Z3A.28"), claim(dx="O09.92 Z3A.01")),
    ("DX-ENCOUNTER-KIND", claim(dx="S93.401D S93.402A"), claim(dx="S93.401A S93.401D")),
    ("DX-ENCOUNTER-KIND", claim(dx="S93.401A S93.401S"), claim(dx="S52.501B S52.501K")),
    ("DX-DRUG-FIRST", claim(dx="R73.9 T38.0X5A"), claim(dx="T38.0X5A R73.9")),
    ("DX-DRUG-FIRST", claim(dx="T38.0X1A R73.9"), claim(dx="T46.5X6A I10")),
    ("DX-TUMOR-TREATED", claim(dx="Z51.11 C50.911"), claim(dx="Z51.11")),
]

PROCEDURES = [
    ("PX-SHAPE", claim(do="J3301"), claim(do="9921")),
    ("PX-DATE", claim(do="99442", on=date(2024, 12, 31)), claim(do="99442", on=date(2025, 1, 1))),
    ("PX-DATE", claim(do="98004", on=date(2025, 1, 1)), claim(do="98004", on=date(2024, 12, 31))),
    ("PX-UNCHECKED", claim(), claim(do="33533")),
    ("PX-AGE", claim(do="99395", age=39), claim(do="99395", age=40)),
    ("PX-AGE", claim(do="99391", age=0), claim(do="90460", age=19)),
    ("PX-SEX", claim(do="58300"), claim(do="58300", sex="M")),
    ("PX-ADD-ON", claim(do="96360 96361"), claim(do="99213 96361")),
    ("PX-UNLISTED", claim(do="17999", line={"description": "laser of a scar"}), claim(do="17999")),
    ("PX-UNLISTED", claim(do="J3490", line={"description": "drug X 5 mg"}), claim(do="64999")),
    ("PX-UNLISTED", claim(do="J3301"), claim(do="E1399")),
    ("PX-VISIT-UNITS", claim(do="99213"), claim(do="99213*2")),
    ("PX-VISIT-UNITS", claim(do="99213*2", line={"last_service": date(2026, 11, 3)}), claim(do="99214*2")),
    ("PX-FOOT-CARE", medicare(do="11719-Q8", dx="E11.51"), medicare(do="11719", dx="E11.51")),
    ("PX-FOOT-CARE", claim(do="11055"), medicare(do="11055", dx="L84")),
    (
        "PX-NEW-PATIENT",
        (claim(do="99203"), context(history=(earlier(days=1200),))),
        (claim(do="99203"), context(history=(earlier(days=1000),))),
    ),
    (
        "PX-NEW-PATIENT",
        (claim(do="99203"), context(history=(earlier(days=100, rendering=SURGEON),))),
        (claim(do="99203"), context(history=(earlier(days=100, rendering=NURSE_PRACTITIONER),))),
    ),
    ("PX-TWO-VISITS", claim(do="99213-25 99396"), claim(do="99213 99396")),
    ("PX-TWO-VISITS", claim(do="99396 99497-33"), claim(do="99396 99212")),
    ("PX-TWO-VISITS", claim(do="99213 99490 99406"), claim(do="99213 99495")),
    (
        "PX-TWO-VISITS",
        claim(lines=(lines("99213")[0], replace(lines("99213 99214")[1], rendering=OTHER_DOCTOR))),
        claim(do="99213 99214"),
    ),
    (
        "PX-GLOBAL",
        (claim(do="99213-24"), context(history=(earlier(days=5, do="10060"),))),
        (claim(), context(history=(earlier(days=5, do="10060"),))),
    ),
    (
        "PX-GLOBAL",
        (claim(), context(history=(earlier(days=11, do="10060"),))),
        (claim(), context(history=(earlier(days=10, do="10060"),))),
    ),
    (
        "PX-GLOBAL",
        (claim(), context(history=(earlier(days=5, do="10060", rendering=SURGEON),))),
        (claim(), context(history=(earlier(days=5, do="10060", rendering=NURSE_PRACTITIONER),))),
    ),
    ("PX-MEDICARE-INVALID", claim(do="99417"), medicare(do="99417")),
    ("PX-MEDICARE-NOT-COVERED", medicare(do="99397-GY", dx="Z00.00"), medicare(do="99397", dx="Z00.00")),
    ("PX-BUNDLED", claim(do="99213 99024"), medicare(do="99213 99024")),
    ("PX-G2211", medicare(do="99214 G2211"), medicare(do="G2211")),
    ("PX-G2211", medicare(do="99214-25 G2211 90471 90715"), medicare(do="99214-25 G2211 20610-RT", dx="M17.11")),
]

DRUGS = [
    ("IMM-ADMINISTRATION", claim(do="90471 90715", dx="Z23"), claim(do="90715", dx="Z23")),
    ("IMM-PRODUCT", claim(do="90471 90715", dx="Z23"), claim(do="90471", dx="Z23")),
    ("IMM-MEDICARE", medicare(do="G0008 90662", dx="Z23"), medicare(do="90471 90662", dx="Z23")),
    ("IMM-MEDICARE", medicare(do="G0009 90677", dx="Z23"), medicare(do="90471 90677", dx="Z23")),
    ("DRUG-ADMINISTRATION", claim(do="20610-RT J3301*4", dx="M17.11"), claim(do="99213 J3301*4", dx="M17.11")),
    ("DRUG-NDC", claim(filing="MC", do="96372 J0696", line={"drug": VIAL}), claim(filing="MC", do="96372 J0696")),
    (
        "DRUG-NDC-SHAPE",
        claim(do="96372 J0696", line={"drug": VIAL}),
        claim(do="96372 J0696", line={"drug": replace(VIAL, ndc="0009-0280-03")}),
    ),
    (
        "DRUG-NDC-SHAPE",
        claim(do="96372 J0696", line={"drug": VIAL}),
        claim(do="96372 J0696", line={"drug": replace(VIAL, quantity=Decimal(0))}),
    ),
]

MODIFIERS = [
    ("MOD-SHAPE", claim(do="99213-25"), claim(do="99213-2")),
    ("MOD-SHAPE", claim(do="20610-RT-59"), claim(do="20610-RT-RT")),
    ("MOD-SHAPE", claim(do="99213-25-24-57-95"), claim(do="99213-25-24-57-95-GC")),
    ("MOD-DATE", claim(do="99213-CS", on=date(2023, 5, 11)), claim(do="99213-CS", on=date(2023, 5, 12))),
    ("MOD-UNCHECKED", claim(do="99213-25"), claim(do="99213-U7")),
    ("MOD-AGAINST", claim(do="20610-50"), claim(do="20610-RT-LT")),
    ("MOD-AGAINST", claim(do="93000"), claim(do="71046-26-TC")),
    ("MOD-25", claim(do="99213-25 20610-RT", dx="M17.11"), claim(do="99213 20610-RT", dx="M17.11")),
    ("MOD-25", claim(do="99213-25 96372"), claim(do="99213 96372")),
    ("MOD-25", claim(do="99221 99497-25"), claim(do="99221 99497")),
    ("MOD-25", claim(do="99213 71046"), claim(do="99213 17110", dx="B07.9")),
    ("MOD-57", claim(do="99213-57 25600-RT", dx="S52.501A"), claim(do="99213 25600-RT", dx="S52.501A")),
    ("MOD-25-ON-PROCEDURE", claim(do="99213-25 20610-RT"), claim(do="99213 20610-25")),
    ("MOD-25-ALONE", claim(do="99213-25 71046"), claim(do="99213-25")),
    ("MOD-59-ON-VISIT", claim(do="20610-59"), claim(do="99213-59")),
    ("MOD-SIDE", claim(do="73562-LT"), claim(do="73562")),
    ("MOD-SIDE", claim(do="11730-T5"), claim(do="20610")),
    ("MOD-50", claim(do="20610-50"), claim(do="71046-50")),
    ("MOD-50-UNITS", claim(do="20610-50"), claim(do="20610-50*2")),
    ("MOD-COMPONENT", claim(do="71046-26"), claim(do="93000-26")),
    (
        "MOD-FACILITY",
        claim(do="71046-26", place_of_service="23"),
        claim(do="71046", place_of_service="23"),
    ),
    ("MOD-TELEHEALTH", claim(do="99213-95", place_of_service="10"), claim(do="99213", place_of_service="10")),
    ("MOD-TELEHEALTH", medicare(do="99213", place_of_service="10"), claim(do="99214", place_of_service="02")),
    (
        "MOD-TELEHEALTH",
        medicare(do="99213", place_of_service="02", on=date(2018, 1, 1)),
        medicare(do="99213", place_of_service="02", on=date(2017, 12, 31)),
    ),
    ("MOD-TELEHEALTH-PLACE", claim(do="99213-95", place_of_service="02"), claim(do="99213-95")),
    ("MOD-TELEHEALTH-PLACE", medicare(do="97110-GP-95", dx="M54.50"), medicare(do="99213-95")),
    (
        "MCR-TELEHEALTH-PLACE",
        medicare(do="99213-95", on=date(2021, 5, 3)),
        medicare(do="99213", place_of_service="02", on=date(2021, 5, 3)),
    ),
    (
        "MCR-TELEHEALTH-PLACE",
        medicare(do="99213", place_of_service="10", on=date(2024, 1, 1)),
        medicare(do="99213-95", place_of_service="10", on=date(2023, 12, 31)),
    ),
    (
        "MCR-TELEHEALTH-PLACE",
        claim(do="99213-95", place_of_service="02", on=date(2021, 5, 3)),
        medicare(do="99213-95", place_of_service="02", on=date(2021, 5, 3)),
    ),
    ("MOD-QW", medicare(do="87880-QW", dx="J02.9", line=CLIA), medicare(do="87880", dx="J02.9", line=CLIA)),
    ("MOD-QW-POSSIBLE", claim(do="83036-QW", dx="E11.9", line=CLIA), claim(do="83036", dx="E11.9", line=CLIA)),
    ("MOD-QW-WRONG", claim(do="87880-QW", line=CLIA), claim(do="84484-QW", line=CLIA)),
    ("MOD-ORDER", claim(do="20610-59-RT-KX"), claim(do="20610-KX-59")),
]

CASES = DIAGNOSES + PROCEDURES + DRUGS + MODIFIERS
