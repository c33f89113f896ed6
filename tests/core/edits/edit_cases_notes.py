"""Pass and fail of the edits on notes between diagnoses, and on modifiers that lean on other lines."""

from datetime import timedelta

from edit_bench import DAY, OTHER_DOCTOR, claim, context, earlier, lines, replace

NOTES = [
    ("DX-CODE-FIRST", claim(dx="I11.0 I50.9"), claim(dx="I50.9 I11.0")),
    ("DX-CODE-FIRST", claim(dx="I50.9 I10"), claim(dx="N18.30 E11.22")),
    ("DX-CODE-FIRST-ORDER", claim(dx="I10 E11.22 N18.30"), claim(dx="I10 N18.30 E11.22")),
    ("DX-CODE-FIRST-ORDER", claim(dx="J44.9 I21.A1"), claim(dx="I21.A1 J44.9")),
    ("DX-CAUSE-MISSING", claim(dx="C50.911 R53.0"), claim(dx="R53.0")),
    ("DX-CAUSE-MISSING", claim(dx="I50.9"), claim(dx="E08.9")),
    ("DX-ADDED-ONLY", claim(dx="N39.0 B96.20"), claim(dx="B96.20 N39.0")),
    ("DX-ADDED-ONLY", claim(dx="O09.90 Z3A.20"), claim(dx="Z3A.20")),
    ("DX-USE-ADDITIONAL", claim(dx="I11.0 I50.9"), claim(dx="I11.0")),
    ("DX-USE-ADDITIONAL", claim(dx="I13.0 I50.9 N18.30"), claim(dx="I13.0 I50.9")),
    ("DX-SIDE-BOTH", claim(do="20610-50@1,2", dx="M17.11 M17.12"), claim(do="20610-50", dx="M17.11")),
    ("DX-SIDE-DIGIT", claim(do="11730-T5", dx="M79.674"), claim(do="11730-T5", dx="M79.675")),
    ("DX-SIDE-DIGIT", claim(do="11730-T5", dx="L60.0"), claim(do="11730-TA", dx="M79.674")),
]

CLIA = {"clia": "36D7104822"}


def on_days(do: str, *days: int, **changes):
    """A claim whose lines are so many days after the first."""
    apart = tuple(replace(line, first_service=DAY + timedelta(days=day)) for line, day in zip(lines(do), days, strict=True))
    return claim(**{"lines": apart, **changes})


SHARED = (lines("11042")[0], replace(lines("11042 11720-XP")[1], rendering=OTHER_DOCTOR))
DRAINED = earlier(days=5, do="10060", dx="L02.91")

DISTINCT = [
    ("MOD-59-AND-X", claim(do="11042 11720-XS"), claim(do="11042 11720-59-XS")),
    ("MOD-59-ALONE", claim(do="11042 11720-59"), claim(do="11720-59")),
    (
        "MOD-59-ALONE",
        (claim(do="11720-59"), context(history=(earlier(days=0, do="11042"),))),
        claim(do="99213 11720-XU", lines=lines("11720-XU")),
    ),
    ("MOD-XP", claim(lines=SHARED), claim(do="11042 11720-XP")),
    ("MOD-91", claim(do="80053 80053-91", line=CLIA), claim(do="71046 71046-91")),
    ("MOD-91-FIRST", claim(do="80053 80053-91", line=CLIA), claim(do="80053-91", line=CLIA)),
    ("MOD-91-INSTEAD", claim(do="80053 80053-91", line=CLIA), claim(do="80053 80053-76", line=CLIA)),
    ("MOD-SIDE-DIGIT", claim(do="11730-RT-T5"), claim(do="11730-LT-T5")),
    ("MOD-51", claim(do="10060 20610-RT-51"), claim(do="99213 71046-51")),
    ("MOD-51-FIRST", claim(do="10060 20610-RT-51"), claim(do="20610-RT-51")),
]

DECISIONS = [
    ("NEC-FREQUENCY", on_days("99490 99490", 0, 30, dx="I10"), on_days("99490 99490", 0, 10, dx="I10")),
    ("MOD-57-EVE", on_days("99213-57 25600-RT", 0, 1, dx="S52.501A"), on_days("99213 25600-RT", 0, 1, dx="S52.501A")),
    ("MOD-57-EVE", on_days("99213 25600-RT", 0, 2, dx="S52.501A"), on_days("99213-25 25600-RT", 0, 1, dx="S52.501A")),
    ("MOD-57-MINOR", claim(do="99213-25 20610-RT", dx="M17.11"), claim(do="99213-57 20610-RT", dx="M17.11")),
    (
        "SUR-SAME-DIAGNOSIS",
        (claim(do="99213-24", dx="I10"), context(history=(DRAINED,))),
        (claim(do="99213-24", dx="L02.91"), context(history=(DRAINED,))),
    ),
    ("SUR-RETURN-PLACE", claim(do="10060-78", place_of_service="24"), claim(do="10060-78", place_of_service="12")),
]

CASES = NOTES + DISTINCT + DECISIONS
