"""Pass and fail of the payers' edits that are functions; those that are data have their cases in the payer's own text."""

from datetime import date

from edit_bench import context, medicare, replace

from claimwright.claims.model import Claim


def therapy(do: str, charge: int, on: date) -> Claim:
    """A therapy visit charged so much."""
    made = medicare(do=do, dx="M54.50", on=on)
    return replace(made, charge=charge, lines=(replace(made.lines[0], charge=charge),))


def many(do: str, count: int) -> tuple[Claim, ...]:
    """So many visits of four units, a day each, early in the year."""
    visits = (therapy(f"{do}*4", 400_00, date(2026, 1 + at // 27, 1 + at % 27)) for at in range(count))
    return tuple(replace(one, patient_control_number=f"H{at}") for at, one in enumerate(visits))


NOVEMBER = date(2026, 11, 2)
CASES = [
    (
        "MEDICARE/THERAPY-KX",
        (therapy("97110-GP-KX*4", 400_00, NOVEMBER), context(history=many("97110-GP", 40))),
        (therapy("97110-GP*4", 400_00, NOVEMBER), context(history=many("97110-GP", 40))),
    ),
    (
        "MEDICARE/THERAPY-KX",
        (therapy("97110-GO*4", 400_00, NOVEMBER), context(history=many("97110-GP", 40))),
        (therapy("97110-GP*4", 400_00, NOVEMBER), context(history=many("97110-GN", 40))),
    ),
    (
        "MEDICARE/THERAPY-KX-CHARGES",
        therapy("97110-GP", 2_330_00, date(2024, 5, 2)),
        therapy("97110-GP", 2_331_00, date(2024, 5, 2)),
    ),
]
