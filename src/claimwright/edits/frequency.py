"""How often a service is covered, and at what age: Medicare's preventive services, monthly services, supplies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.frequency import Frequency
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import pointed, starts
from claimwright.edits.necessity import NOTICE
from claimwright.edits.others import earlier
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line

PREVENTION = date(1998, 1, 1)
"""Medicare covers screening by law from this day (Balanced Budget Act 1997, 4101 to 4106)."""
STOPPED = frozenset({"53", "73", "74"})
"""A procedure broken off does not use up the benefit (Claims Processing Manual 18, 60.2)."""
PARTS = frozenset({"26", "TC"})


def _has(claim: Claim, line: ServiceLine, one_of: tuple[str, ...]) -> bool:
    """Whether a line carries one of some modifiers (`-KX`), or points to one of some diagnoses."""
    if any(one[1:] in line.modifiers for one in one_of if one[0] == "-"):
        return True
    codes = tuple(one for one in one_of if one[0] != "-")
    return bool(codes) and any(starts(code, codes) for code in pointed(claim, line.pointers))


def _asked(claim: Claim, line: ServiceLine, tables: Tables) -> Iterator[Frequency]:
    """The rows that hold for a line, whatever the patient's age; none where the patient was told beforehand."""
    for rule in _rows_of(line.procedure, tables) if NOTICE.isdisjoint(line.modifiers) else ():
        if (
            rule.period.covers(line.first_service)
            and (not rule.filing or claim.filing_indicator in rule.filing)
            and (not rule.purpose or _has(claim, line, rule.purpose))
            and (not rule.with_one_of or _has(claim, line, rule.with_one_of))
            and not _has(claim, line, rule.without)
        ):
            yield rule


_latest: list[tuple[tuple[Frequency, ...], dict[str, list[Frequency]]]] = []


def _rows_of(procedure: str, tables: Tables) -> Sequence[Frequency]:
    """The rows of a procedure, kept by procedure for the tables asked last: a run asks the same ones."""
    if not _latest or _latest[0][0] is not tables.frequency:
        found: dict[str, list[Frequency]] = {}
        for rule in tables.frequency:
            for code in rule.procedures:
                found.setdefault(code, []).append(rule)
        _latest[:] = [(tables.frequency, found)]
    return _latest[0][1].get(procedure, ())


def _fits(rule: Frequency, claim: Claim, on: date) -> bool:
    """Whether a row is for the patient's age."""
    birth = claim.patient.birth
    return not rule.ages or birth is None or any(ages.covers(birth, on) for ages in rule.ages)


def _done(rule: Frequency, claim: Claim, line: ServiceLine, context: Context) -> Iterator[ServiceLine]:
    """What counts against a line: services of the row on this claim and on those before it, to the same payer."""
    mine = [(claim, one) for one in claim.lines if one is not line]
    for other, one in (*mine, *earlier(claim, context)):
        other_part = PARTS & set(line.modifiers) != PARTS & set(one.modifiers) and one.procedure == line.procedure
        if one.procedure not in rule.counts or other.payer.payer_id != claim.payer.payer_id or other_part:
            continue
        same_day = rule.units and one.first_service == line.first_service and (other is not claim or one.number < line.number)
        near = rule.too_near(one.first_service, line.first_service)
        if (near or same_day) and not STOPPED & set(one.modifiers) and (not rule.purpose or _has(other, one, rule.purpose)):
            yield one


def _over(rule: Frequency, claim: Claim, line: ServiceLine, context: Context) -> Problem | None:
    """What is wrong where a line is once too often, or some units too many."""
    done = list(_done(rule, claim, line, context))
    days = sorted({one.first_service for one in done})
    if rule.units:
        billed = sum(one.units for one in done) + line.units
        if billed <= rule.times:
            return None
        before = f", {billed - line.units:f} of them before" if done else ""
        return on_line(
            line,
            f"{line.procedure} is covered for {rule.said}; {billed:f} are billed{before} ({rule.citation}).",
            "Bill what is covered; for more the payer wants the reason, or the patient told beforehand.",
        )
    if not rule.times or len(days) < rule.times:
        return None
    again = rule.again(days[-int(rule.times)])
    last = next(one for one in done if one.first_service == days[-1])
    return on_line(
        line,
        f"{line.procedure} is covered {rule.said}; {last.procedure} was on {last.first_service} ({rule.citation}).",
        f"It is covered again from {again} on; before that bill the patient if they were told."
        if again < date.max
        else "It is used up: bill the patient if they were told.",
    )


def _too_often(claim: Claim, context: Context, tables: Tables, severity: str) -> Iterator[Problem]:
    """Each line's first row that it breaks, if the row is of that severity."""
    for line in claim.lines:
        rules = (rule for rule in _asked(claim, line, tables) if _fits(rule, claim, line.first_service))
        found = next(((rule, wrong) for rule in rules if (wrong := _over(rule, claim, line, context))), None)
        if found and found[0].severity == severity:
            yield found[1]


@edit(
    "NEC-LIMIT",
    DENY,
    since=PREVENTION,
    cites="The law or Medicare rule named in the message; CARC 119, 151",
    element="DTP*472",
    needs="filed MB, covered so often, history/batch/two lines/covered units",
)
def beyond_the_limit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service that Medicare's rules cover once in a while, or so many times, is not billed beyond that."""
    return _too_often(claim, context, tables, DENY)


@edit(
    "NEC-FREQUENCY",
    WARN,
    since=PREVENTION,
    cites="Coverage rules named in the message; CARC 119, 151",
    element="DTP*472",
    needs="covered so often, history/batch/two lines/covered units",
)
def too_soon(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service that is usually covered once in a while, or so many units of it, is not billed again too soon."""
    return _too_often(claim, context, tables, WARN)


@edit(
    "NEC-AGE",
    DENY,
    since=PREVENTION,
    cites="The law or Medicare rule named in the message; CARC 6, 96",
    element="SV101-2",
    needs="filed MB, covered at an age",
)
def not_covered_at_the_age(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A screening that is covered for some ages is for a patient of such an age."""
    for line in claim.lines:
        rules = list(_asked(claim, line, tables))
        if rules and not any(_fits(rule, claim, line.first_service) for rule in rules):
            ages = " or ".join(one.said for rule in rules for one in rule.ages)
            yield on_line(
                line,
                f"{line.procedure} is covered for ages {ages}; the patient's age does not fit ({rules[0].citation}).",
                "Check the birth date and the code; if the patient was told beforehand, add GA or GY.",
            )


FREQUENCY = (beyond_the_limit, too_soon, not_covered_at_the_age)
