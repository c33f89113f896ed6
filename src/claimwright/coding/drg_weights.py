"""Relative weights of MS-DRGs: CMS Table 5 of the inpatient final rule, as tab- or comma-separated text."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation


class NoWeights(ValueError):
    """The text is no Table 5: it has no column of DRGs beside one of weights."""


def read_weights(text: str) -> dict[int, Decimal]:
    """DRG number to relative weight. Raises NoWeights."""
    lines = text.splitlines()
    sample = next((line for line in lines if _is_header(line)), "")
    delimiter = "\t" if "\t" in sample else ","
    rows = csv.reader(lines, delimiter=delimiter)
    for header in rows:
        names = [cell.strip().lower() for cell in header]
        drg = next((at for at, name in enumerate(names) if name in ("ms-drg", "drg", "msdrg")), -1)
        weight = next((at for at, name in enumerate(names) if name.startswith(("weight", "relative weight"))), -1)
        if drg >= 0 and weight >= 0:
            found = dict(_pairs(rows, drg, weight))
            if found:
                return found
    raise NoWeights("no columns MS-DRG and Weights: is it Table 5 as text?")


def _is_header(line: str) -> bool:
    return "drg" in line.lower() and "weight" in line.lower()


def _pairs(rows: Iterable[list[str]], drg: int, weight: int) -> list[tuple[int, Decimal]]:
    found = []
    for row in rows:
        try:
            found.append((int(row[drg].strip()), Decimal(row[weight].strip())))
        except (IndexError, ValueError, InvalidOperation):
            continue  # footnotes, and DRGs without a weight
    return found
