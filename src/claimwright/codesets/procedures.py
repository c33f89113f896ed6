"""CPT numbers and HCPCS Level II codes with our own plain labels, dated.

CPT is the American Medical Association's: numbers only here, never its descriptors.
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import Literal, cast

from claimwright.codesets.starter import row_period, table
from claimwright.codesets.unlisted import is_unlisted
from claimwright.codesets.words import WordIndex, packed
from claimwright.effective import Period, as_of
from claimwright.parties import Struct

ServiceKind = Literal["office", "specialist", "preventive", "lab", "imaging", "procedure", "drug", "telehealth", "immunization"]


class Procedure(Struct):
    """One code; the indicators are those of the Medicare physician fee schedule. Whom it is for: procedure_limits.py."""

    code: str
    system: Literal["CPT", "HCPCS"]
    service_kind: ServiceKind
    label: str
    period: Period
    status: str = ""  # A priced, B bundled, C contractor prices, I and N not paid by Medicare, X other schedule, E by regulation
    global_days: str = ""  # 000, 010, 090, XXX, YYY, ZZZ, MMM
    pc_tc: str = ""  # 1: splits into professional (26) and technical (TC); 2 professional only; 3 technical only; 4 global only
    multiple: str = ""
    bilateral: str = ""  # 1: 50 pays 150%; 0 not bilateral; 2 already both sides; 3 each side in full
    assistant: str = ""  # 0 paid with documentation, 1 never, 2 paid, 9 does not apply; empty: not known
    cosurgeons: str = ""  # 0 never, 1 with documentation, 2 paid, 9 does not apply
    team: str = ""  # 0 never, 1 with documentation, 2 paid, 9 does not apply
    waived: bool = False  # CLIA-waived test, needs QW
    unlisted: bool = False
    add_on: bool = False
    facility_only: bool = False  # rarely or never done outside of a facility: no price there (NA)

    @property
    def is_visit(self) -> bool:
        """Whether it is an evaluation and management service that modifier 25 belongs to."""
        return ("99202" <= self.code <= "99499" and self.system == "CPT" and self.global_days != "ZZZ") or (
            self.code in _OTHER_VISITS or "98000" <= self.code <= "98016"
        )


_OTHER_VISITS = {"G0402", "G0438", "G0439", "G0463", "92002", "92012"}


@cache
def _rows() -> dict[str, tuple[Procedure, ...]]:
    by_code: dict[str, list[Procedure]] = {}
    for row in table("procedures").rows:
        by_code.setdefault(row["code"], []).append(_procedure(row))
    return {code: tuple(versions) for code, versions in by_code.items()}


def _procedure(row: dict[str, str]) -> Procedure:
    flags = row["flags"].split()
    return Procedure(
        code=row["code"],
        system=cast(Literal["CPT", "HCPCS"], row["system"]),
        service_kind=cast(ServiceKind, row["kind"]),
        label=row["label"],
        period=row_period(row),
        status=row["status"],
        global_days=row["global"],
        pc_tc=row["pctc"],
        multiple=row["multiple"],
        bilateral=row["bilateral"],
        waived="qw" in flags,
        unlisted=is_unlisted(row["code"]),
        add_on="addon" in flags,
        facility_only="facility" in flags,
    )


@lru_cache(maxsize=65_536)
def procedure(code: str, on: date) -> Procedure | None:
    """The procedure in force on a date; None if we do not know it or it does not hold then."""
    return as_of(_rows().get(code, ()), on)


@lru_cache(maxsize=16_384)
def known(code: str) -> Procedure | None:
    """The procedure whatever the date, its latest version; for saying when a code ended."""
    return max(_rows().get(code, ()), key=lambda version: version.period.start, default=None)


def is_visit(code: str) -> bool:
    """Whether a code is known as an evaluation and management service."""
    found = known(code)
    return found is not None and found.is_visit


@cache
def _index() -> WordIndex:
    return WordIndex(packed((code, (versions[-1].label,)) for code, versions in _rows().items()))


def knows(word: str) -> bool:
    """Whether some label has a word, or one that begins with it."""
    return _index().knows(word)


def search(text: str, on: date, limit: int = 20) -> list[Procedure]:
    """Procedures by words of the label or by the start of the code, best first."""
    text = text.strip()
    starts = sorted(code for code in _rows() if text and code.startswith(text.upper()))
    codes = starts or _index().search(text, limit * 2)
    found = (procedure(code, on) for code in codes)
    return [one for one in found if one is not None][:limit]
