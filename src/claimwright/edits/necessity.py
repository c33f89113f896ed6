"""Medical necessity by public coverage policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Necessity, Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import pointed, starts
from claimwright.edits.registry import DENY, Problem, edit, on_line

NOTICE = frozenset({"GA", "GX", "GY", "GZ"})
"""The patient was told beforehand, or the practice knows it will be denied."""


def rules(claim: Claim, tables: Tables, sense: str) -> Iterator[tuple[ServiceLine, Necessity, list[str]]]:
    """Lines with a coverage rule that holds for them, and the diagnoses they point to."""
    for line in claim.lines:
        asked = _rules_of(line.procedure, sense, tables)
        codes = pointed(claim, line.pointers) if asked and NOTICE.isdisjoint(line.modifiers) else []
        for rule in asked:
            if codes and rule.period.covers(line.first_service) and (not rule.filing or claim.filing_indicator in rule.filing):
                yield line, rule, codes


_latest: list[tuple[tuple[Necessity, ...], dict[tuple[str, str], list[Necessity]]]] = []


def _rules_of(procedure: str, sense: str, tables: Tables) -> Sequence[Necessity]:
    """The rules of a procedure in one sense, kept by procedure for the tables asked last: a run asks the same ones."""
    if not _latest or _latest[0][0] is not tables.necessity:
        found: dict[tuple[str, str], list[Necessity]] = {}
        for rule in tables.necessity:
            for code in rule.procedures:
                found.setdefault((code, rule.sense), []).append(rule)
        _latest[:] = [(tables.necessity, found)]
    return _latest[0][1].get((procedure, sense), ())


@edit(
    "NEC-NOT-SUPPORTED",
    DENY,
    since=date(2015, 10, 1),
    cites="NCD and coverage rules named in the message; CARC 11, 50",
    element="SV107",
    needs="necessity not",
)
def not_supported(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service is not billed only for diagnoses that cannot support it."""
    for line, rule, codes in rules(claim, tables, "not"):
        if all(starts(code, rule.diagnoses) for code in codes):
            yield on_line(
                line,
                f"{', '.join(codes)} cannot support {line.procedure}: {rule.why} ({rule.citation}).",
                "Link the sign or disease the note gives as the reason; else tell the patient and bill with GA or GY.",
            )


@edit(
    "NEC-REQUIRED",
    DENY,
    since=date(2015, 10, 1),
    cites="NCD and coverage rules named in the message; CARC 11, 50",
    element="SV107",
    needs="necessity only",
)
def required_missing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service that is covered for certain diagnoses only points to one of them."""
    for line, rule, codes in rules(claim, tables, "only"):
        if not any(starts(code, rule.diagnoses) for code in codes):
            yield on_line(
                line,
                f"{', '.join(codes)} cannot support {line.procedure}: {rule.why} ({rule.citation}).",
                f"Link a diagnosis that does if the note has it (such as {', '.join(rule.diagnoses[:4])}).",
            )


NECESSITY = (not_supported, required_missing)
