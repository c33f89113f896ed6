"""Where each box's data stands on the CMS-1500 (02/12): print line (6 an inch), first column (10 an inch), width.

The form's grid has 66 lines of 79 columns; amounts stand to the right of their box.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Spot(NamedTuple):
    """A place on the grid, counted from 1."""

    line: int
    column: int
    width: int
    right: bool = False


def _date(box: str, line: int, month: int, day: int, year: int) -> dict[str, Spot]:
    return {f"{box}.month": Spot(line, month, 2), f"{box}.day": Spot(line, day, 2), f"{box}.year": Spot(line, year, 4)}


FIELDS: Final[dict[str, Spot]] = {
    **{f"carrier.{row}": Spot(1 + row, 41, 38) for row in (1, 2, 3, 4)},
    "1.medicare": Spot(8, 1, 1), "1.medicaid": Spot(8, 8, 1), "1.tricare": Spot(8, 15, 1), "1.champva": Spot(8, 24, 1),
    "1.group": Spot(8, 31, 1), "1.feca": Spot(8, 39, 1), "1.other": Spot(8, 45, 1),
    "1a": Spot(8, 50, 29),
    "2": Spot(10, 1, 28), **_date("3", 10, 31, 34, 37), "3.male": Spot(10, 42, 1), "3.female": Spot(10, 47, 1),
    "4": Spot(10, 50, 29),
    "5": Spot(12, 1, 28), "6.self": Spot(12, 33, 1), "6.spouse": Spot(12, 38, 1), "6.child": Spot(12, 42, 1),
    "6.other": Spot(12, 47, 1), "7": Spot(12, 50, 29),
    "5.city": Spot(14, 1, 24), "5.state": Spot(14, 26, 3), "7.city": Spot(14, 50, 23), "7.state": Spot(14, 74, 4),
    "5.zip": Spot(16, 1, 12), "5.area": Spot(16, 15, 3), "5.phone": Spot(16, 19, 10),
    "7.zip": Spot(16, 50, 12), "7.area": Spot(16, 65, 3), "7.phone": Spot(16, 69, 10),
    "9": Spot(18, 1, 28), "11": Spot(18, 50, 29),
    "9a": Spot(20, 1, 28), "10a.yes": Spot(20, 35, 1), "10a.no": Spot(20, 41, 1),
    **_date("11a", 20, 53, 56, 59), "11a.male": Spot(20, 68, 1), "11a.female": Spot(20, 75, 1),
    "10b.yes": Spot(22, 35, 1), "10b.no": Spot(22, 41, 1), "10b.state": Spot(22, 45, 2),
    "10c.yes": Spot(24, 35, 1), "10c.no": Spot(24, 41, 1), "11c": Spot(24, 50, 29),
    "9d": Spot(26, 1, 28), "11d.yes": Spot(26, 52, 1), "11d.no": Spot(26, 57, 1),
    "12": Spot(29, 7, 24), "13": Spot(29, 55, 24),
    **_date("14", 32, 2, 5, 8), "14.qualifier": Spot(32, 16, 3),
    "15.qualifier": Spot(32, 31, 3), **_date("15", 32, 37, 40, 43),
    "17.qualifier": Spot(34, 1, 2), "17": Spot(34, 4, 25), "17b": Spot(34, 33, 15),
    **_date("18.from", 34, 54, 57, 60), **_date("18.to", 34, 68, 71, 74),
    "19": Spot(36, 1, 48), "20.yes": Spot(36, 52, 1), "20.no": Spot(36, 57, 1),
    "21.indicator": Spot(37, 42, 1),
    **{f"21{letter}": Spot(38 + place // 4, 3 + 13 * (place % 4), 8) for place, letter in enumerate("ABCDEFGHIJKL")},
    "22.code": Spot(38, 50, 10), "22.reference": Spot(38, 62, 17), "23": Spot(40, 50, 29),
    "25": Spot(56, 1, 15), "25.ein": Spot(56, 19, 1), "26": Spot(56, 23, 14), "27.yes": Spot(56, 38, 1), "27.no": Spot(56, 43, 1),
    "28": Spot(56, 51, 9, True), "29": Spot(56, 61, 9, True),
    "33.area": Spot(57, 66, 3), "33.phone": Spot(57, 70, 9),
    "32.1": Spot(58, 23, 26), "33.1": Spot(58, 50, 29),
    "32.2": Spot(59, 23, 26), "33.2": Spot(59, 50, 29),
    "31.1": Spot(59, 1, 21), "31.2": Spot(60, 1, 21), "32.3": Spot(60, 23, 26), "33.3": Spot(60, 50, 29),
    "31.date": Spot(61, 12, 8), "32a": Spot(61, 23, 10), "33a": Spot(61, 50, 10), "33b": Spot(61, 63, 16),
}  # fmt: skip

LINE_FIELDS: Final[dict[str, Spot]] = {  # line 0: the shaded upper half of a row, 1: the lower
    "24.shaded": Spot(0, 1, 61),
    "24A.from": Spot(1, 1, 8),
    "24A.to": Spot(1, 10, 8),
    "24B": Spot(1, 19, 2),
    "24C": Spot(1, 22, 1),
    "24D": Spot(1, 25, 6),
    "24D.modifier1": Spot(1, 33, 2),
    "24D.modifier2": Spot(1, 36, 2),
    "24D.modifier3": Spot(1, 39, 2),
    "24D.modifier4": Spot(1, 42, 2),
    "24E": Spot(1, 45, 4),
    "24F": Spot(1, 50, 8, True),
    "24G": Spot(1, 59, 3, True),
    "24J": Spot(1, 68, 11),
}


def first_line_of(row: int) -> int:
    """The upper print line of service row 1 to 6."""
    return 41 + 2 * row


def place(box: str) -> Spot:
    """Where a box's text starts; service boxes end in their row ("24F.2")."""
    if box in FIELDS:
        return FIELDS[box]
    name, row = box.rsplit(".", 1)
    spot = LINE_FIELDS[name]
    return spot._replace(line=first_line_of(int(row)) + spot.line)
