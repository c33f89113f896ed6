"""The demo practice's charge master: its own prices a unit, in dollars, invented. Labels come from our procedure table."""

from __future__ import annotations

import textwrap
from datetime import date

from claimwright.charges.model import ChargeMasterRow
from claimwright.codesets.procedures import procedure
from claimwright.effective import Period
from claimwright.money import cents

YEAR = Period(start=date(2026, 1, 1), end=date(2026, 12, 31))

_PRICES = """
99202 125 99203 195 99204 290 99205 390 99211 39 99212 95 99213 155 99214 225 99215 315
99381 185 99382 195 99383 205 99384 230 99385 220 99386 255 99387 275
99391 170 99392 180 99393 180 99394 195 99395 200 99396 210 99397 230
99406 25 99407 48 99495 360 99496 490 99497 145 G0402 285 G0438 285 G0439 225 G0444 30 G0447 56 G2211 29
93000 40 93005 22 93010 18 94010 55 94060 85 94640 28 96110 24 96127 10 96160 8 96372 32 92551 25 99173 12
36415 17 36416 6 81002 6 81003 8 81025 18 82270 8 82947 7 82962 6 83036 22 80048 20 80053 25 80061 28
82728 26 83540 12 83550 17 84443 35 85018 8 85025 18 85610 12 86308 12 87428 95 87502 140 87804 32 87811 60 87880 32
71045 48 71046 62 72100 75 73030 66 73110 76 73130 68 73140 70 73560 62 73562 76 73610 68 73630 64
10060 215 10061 365 10120 260 11102 160 11200 155 11730 185 11981 180 11982 190
12001 190 12002 230 12004 265 12011 230 12013 240 17000 110 17003 12 17110 180 17111 215
20550 105 20552 90 20553 105 20600 95 20605 100 20610 120 29125 130 29515 140 58300 175 58301 185 69209 32 69210 85
90460 40 90461 16 90471 38 90472 28 90473 28 90474 22 G0008 45 G0009 45
90619 175 90633 48 90648 24 90651 315 90656 32 90662 92 90677 305 90680 115 90696 78 90697 165 90700 40
90707 112 90710 295 90714 42 90715 58 90716 185 90734 165 90750 225
J0696 4 J0702 12 J1010 0.5 J1050 0.5 J1100 0.75 J1885 3 J2405 0.5 J3301 6 J3420 8 J7298 1250 J7613 0.75 J7620 2
"""


def _pairs() -> list[tuple[str, int]]:
    words = _PRICES.split()
    return [(code, cents(price)) for code, price in zip(words[::2], words[1::2], strict=True)]


CHARGE_MASTER = tuple(ChargeMasterRow(procedure=code, price=price, period=YEAR) for code, price in _pairs())


def labels() -> dict[str, str]:
    """Our plain words for every code of the charge master."""
    found = {code: procedure(code, YEAR.start) or procedure(code, date(2026, 9, 1)) for code, _ in _pairs()}
    return {
        code: textwrap.shorten(known.label, 80, placeholder=" ...") if known else f"Service {code}"
        for code, known in found.items()
    }
