"""An edit is a function and its facts. The decorator attaches the facts; each family's tuple lists what runs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache, lru_cache

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.findings import Finding
from claimwright.parties import Struct

REJECT, DENY, WARN, ADVISE = "reject", "deny", "warn", "advise"
"""reject: the payer would not take the claim; deny: it would not pay it; warn: likely trouble; advise: worth a look."""

PROFESSIONAL = frozenset({"professional"})
ANY_FORM = frozenset({"professional", "institutional", "dental"})
FIVE_TEN = date(2012, 1, 1)
"""Version 5010 of the transactions is in force from this day (45 CFR 162.1102)."""


class Problem(Struct):
    """What an edit found: what, where, why, and what to do."""

    message: str
    fix: str
    line: int = 0  # service line number, 0 = whole claim
    element: str = ""  # where in the 837, when more exact than the edit's own


Check = Callable[[Claim, Context, Tables], Iterator[Problem]]


class Edit(Struct):
    """One edit with its facts."""

    id: str
    family: str
    severity: str
    since: date
    until: date | None
    citation: str
    summary: str
    element: str
    forms: frozenset[str]
    check: Check
    needs: tuple[frozenset[str], ...] = ()  # facts.py: without one of each the edit finds nothing

    def applies(self, form: str, on: date) -> bool:
        """Whether the edit is for a form and in force on a claim's first day of service."""
        return form in self.forms and self.since <= on and (self.until is None or on <= self.until)

    def may_find(self, facts: frozenset[str]) -> bool:
        """Whether a claim with these facts has what the edit needs."""
        return all(not need.isdisjoint(facts) for need in self.needs)

    def run(self, claim: Claim, context: Context, tables: Tables) -> Iterator[Finding]:
        """The edit's findings on a claim."""
        return (self.finding(problem, claim) for problem in self.check(claim, context, tables))

    def finding(self, problem: Problem, claim: Claim) -> Finding:
        """What the biller reads of a problem."""
        return Finding(
            code=self.id,
            edit=self.id,
            severity=self.severity,
            message=(f"Line {problem.line}: " if problem.line else "") + problem.message,
            fix=problem.fix,
            citation=self.citation,
            claim=claim.patient_control_number,
            line=problem.line,
            element=problem.element or self.element,
        )


def edit(
    name: str,
    severity: str,
    *,
    cites: str,
    since: date = FIVE_TEN,
    until: date | None = None,
    element: str = "",
    forms: frozenset[str] = PROFESSIONAL,
    needs: str = "",
) -> Callable[[Check], Edit]:
    """Make an edit of a check. Its docstring is the summary; its module is the family.

    `needs`: what a claim must have for the edit to find anything, all of "visit, -24/-25"; see facts.py.
    """

    def attach(check: Check) -> Edit:
        return Edit(
            id=name,
            family=check.__module__.rpartition(".")[2],
            severity=severity,
            since=since,
            until=until,
            citation=cites,
            summary=(check.__doc__ or "").strip(),
            element=element,
            forms=forms,
            check=check,
            needs=tuple(frozenset(need.split("/")) for need in needs.split(", ") if need),
        )

    return attach


def on_line(line: ServiceLine, message: str, fix: str, element: str = "") -> Problem:
    """A problem of one service line."""
    return Problem(message=message, fix=fix, line=line.number, element=element)


def on_claim(message: str, fix: str, element: str = "") -> Problem:
    """A problem of the whole claim."""
    return Problem(message=message, fix=fix, element=element)


@cache
def all_edits() -> tuple[Edit, ...]:
    """Every edit, by family, in the order they run."""
    from claimwright.edits.families import FAMILIES  # the families import this module

    return tuple(one for family in FAMILIES for one in family)


@cache
def _turns() -> tuple[date, ...]:
    """The days on which an edit begins, or has ended the day before."""
    ended = {one.until + timedelta(days=1) for one in all_edits() if one.until}
    return tuple(sorted(ended | {one.since for one in all_edits()}))


def in_force(form: str, on: date) -> tuple[Edit, ...]:
    """The edits for a form and a first day of service."""
    return _in_force(form, bisect_right(_turns(), on))


def to_run(form: str, on: date, facts: frozenset[str]) -> tuple[Edit, ...]:
    """Of the edits in force those that may find something on a claim with these facts."""
    return _to_run(form, bisect_right(_turns(), on), facts)


@cache
def _in_force(form: str, turn: int) -> tuple[Edit, ...]:
    on = _turns()[turn - 1] if turn else date.min
    return tuple(one for one in all_edits() if one.applies(form, on))


@lru_cache(maxsize=8192)
def _to_run(form: str, turn: int, facts: frozenset[str]) -> tuple[Edit, ...]:
    return tuple(one for one in _in_force(form, turn) if one.may_find(facts))
