"""Checks on the numbers that name providers, subscribers and payers."""

from __future__ import annotations

import re
from functools import lru_cache

_MBI = re.compile(
    r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9][AC-HJKMNP-RT-Y]{2}[0-9]{2}"
)


@lru_cache(maxsize=65_536)  # a file names few providers again and again
def npi_valid(npi: str) -> bool:
    """Ten digits with a Luhn check digit over the prefix 80840 (45 CFR 162.406; NPI check digit, CMS)."""
    if not re.fullmatch(r"[12]\d{9}", npi):
        return False
    return _luhn("80840" + npi)


def npi_with_check_digit(nine: str) -> str:
    """Nine digits completed to an NPI."""
    return next(nine + digit for digit in "0123456789" if _luhn("80840" + nine + digit))


def _luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mbi_valid(mbi: str) -> bool:
    """Medicare Beneficiary Identifier: eleven characters by position, no S L O I B Z (CMS, Understanding the MBI format)."""
    return _MBI.fullmatch(mbi) is not None


def ndc_digits(written: str) -> str:
    """A National Drug Code as claims have it, eleven digits in 5-4-2: a label's 4-4-2, 5-3-2 or 5-4-1 is filled with a zero.

    What has no such dashes stays as it is written: ten digits alone do not say where the zero belongs (837 TR3, LIN03).
    """
    plain = written.strip().upper().removeprefix("N4").strip()
    parts = plain.split("-")
    if [len(part) for part in parts] in ([4, 4, 2], [5, 3, 2], [5, 4, 1], [5, 4, 2]):
        return "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=True))
    return plain


@lru_cache(maxsize=4096)
def ein_valid(ein: str) -> bool:
    """Employer identification number: nine digits, with or without the dash (26 CFR 301.7701-12)."""
    return re.fullmatch(r"\d{2}-?\d{7}", ein) is not None and ein[:2] != "00"


@lru_cache(maxsize=4096)
def taxonomy_valid(taxonomy: str) -> bool:
    """Ten characters ending in X, the shape of a NUCC provider taxonomy code."""
    return re.fullmatch(r"[0-9][0-9A-Z]{8}X", taxonomy) is not None
