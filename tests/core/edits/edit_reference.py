"""Write the reference of edits, each with its cases in one line.

`python tests/core/edits/edit_reference.py > docs/reference/edits.md`
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from edit_bench import DAY, claim, context, covered, medicare, replace
from edit_cases_forms import outpatient, stay, teeth
from edit_cases_payers import CASES as PAYER_CASES
from test_edits import CASES, beside

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import starter
from claimwright.coverage.model import Coverage
from claimwright.edits.context import Context
from claimwright.edits.reference import Proof, render
from claimwright.edits.registry import Edit, all_edits
from claimwright.edits.rules import RuleSet
from claimwright.edits.scrub import scrub
from claimwright.money import dollars
from claimwright.payers.edits import all_payer_edits, known, rules_of

SHOWN = 2  # pairs of a case that passes and one that is found; an edit may have more
LONGEST = 240  # characters of a case
MONEY = frozenset({"charge", "patient_paid", "paid", "allowed", "amount"})
TOLD = frozenset({"lines", "diagnoses", "charge"})  # by their own words, or the sum of the lines
CLEAN = {"professional": (claim(), medicare()), "institutional": (stay(), outpatient()), "dental": (teeth("D0120"),)}


def proofs() -> dict[str, Proof]:
    """Every edit's suggested fix and cases, from the tables that the tests run."""
    edits = {edit.id: edit for edit in (*all_edits(), *all_payer_edits())}
    rows: defaultdict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for name, passes, found in (*CASES, *PAYER_CASES):
        rows[name].append((passes, found))
    shown = {name: _proof(edits[name], pairs) for name, pairs in rows.items()}
    for payer in known():
        shown |= _of_rules(rules_of(payer))
    return shown


def _proof(edit: Edit, pairs: list[tuple[Any, Any]]) -> Proof:
    cases = [(found, told(*beside(case))) for pair in pairs[:SHOWN] for found, case in zip((False, True), pair, strict=True)]
    spoilt, around, *tables = beside(pairs[0][1])
    findings = scrub(spoilt, around, *(tables or [starter()]), own=() if edit in all_edits() else (edit,))
    first = next((finding for finding in findings if finding.edit == edit.id), None)
    if first is None:
        raise ValueError(f"{edit.id} does not find its own case: {told(spoilt, around)}")
    if spoilt.lines:
        cases.append((False, f"the claim it finds first, on {edit.since - timedelta(days=1)}, the day before it began"))
    return Proof(fix=first.fix, cases=tuple(cases))


def _of_rules(rules: RuleSet) -> dict[str, Proof]:
    """The cases as a payer's text has them."""
    return {
        f"{rules.name}/{rule.id}": Proof(fix=rule.fix, cases=tuple((case.found, case.text) for case in rule.cases))
        for rule in rules.rules
    }


# A case in one line --------------------------------------------------------------------------------------------------


def told(of: Claim, around: Context, *tables: object) -> str:
    """How a claim, and what is known around it, differ from the nearest clean claim."""
    parts = min(([*_claim(of, clean)] for clean in CLEAN[of.form]), key=lambda parts: sum(map(len, parts)))
    parts += [f"{name.replace('_', ' ')} {said}" for name, said in _differences(around, context(), skip=frozenset())]
    said = "; ".join(part for part in parts if part) + ("; with tables of its own" if tables else "")
    return said if len(said) <= LONGEST else said[: LONGEST - 1].rsplit(" ", 1)[0] + " …"


def _claim(of: Claim, clean: Claim) -> list[str]:
    form = "" if of.form == "professional" else "a hospital's claim" if of.form == "institutional" else "a dentist's claim"
    medicare_clean = "Medicare" if clean.filing_indicator == "MB" else ""
    start = of.first_service if of.lines else DAY
    on = f"on {start}" if of.lines and start != clean.first_service else ""
    lines = " ".join(_line(line, start) for line in of.lines) or "no line"
    sum_of_lines = sum(line.charge for line in of.lines)
    charge = f"the claim says {dollars(of.charge)}" if of.charge != sum_of_lines else ""
    diagnoses = "dx " + (" ".join(one.code for one in of.diagnoses) or "none")
    if of.insured.person == of.patient:  # said once
        of = replace(of, insured=replace(of.insured, person=clean.insured.person))
    rest = [f"{name.replace('_', ' ')} {said}" for name, said in _differences(of, clean, TOLD)]
    return [form, medicare_clean, lines, diagnoses, on, charge, *rest]


def _line(line: ServiceLine, start: date) -> str:
    said = "-".join((line.procedure or line.revenue_code, *line.modifiers))
    said += f"*{line.units}" if line.units != 1 else ""
    said += f"@{','.join(map(str, line.pointers))}" if line.pointers != (1,) else ""
    plain = ServiceLine(number=line.number, procedure=line.procedure, charge=10_000, first_service=start, pointers=(1,))
    rest = _differences(line, plain, frozenset({"modifiers", "units", "pointers", "control_number", "number"}))
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in rest)
    return f"{said} ({told})" if told else said


def _differences(one: Any, other: Any, skip: frozenset[str]) -> list[tuple[str, str]]:
    """The fields in which two structs of a kind differ, the inner ones by their path."""
    found = []
    for name in type(one).__struct_fields__:
        mine, its = getattr(one, name), getattr(other, name)
        its = _USUAL.get(type(mine), lambda: None)() if its is None else its
        if name in skip or mine == its:
            continue
        if isinstance(mine, msgspec.Struct) and type(mine) is type(its):
            found += [(f"{name} {inner}", said) for inner, said in _differences(mine, its, frozenset())]
        else:
            found.append((name, _value(mine, name)))
    return found


_USUAL: dict[type, Callable[[], Any]] = {Coverage: covered}
"""What a case is told against where a clean claim has nothing."""


def _value(value: Any, name: str = "") -> str:
    if isinstance(value, Claim):
        return f"{_ago(value)}: {' '.join(_line(line, value.first_service) for line in value.lines)}"
    if isinstance(value, msgspec.Struct):
        fields = ((one, getattr(value, one)) for one in type(value).__struct_fields__ if one not in {"address", "birth"})
        return "(" + " ".join(_value(held, one) for one, held in fields if held not in ("", None, (), 0, False)) + ")"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(held, name)}" for key, held in value.items())
    if isinstance(value, frozenset):
        value = sorted(value)
    if isinstance(value, (tuple, list)):
        return ", ".join(_value(one, name) for one in value) or "none"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, int) and name in MONEY | {"usual_charges"}:
        return dollars(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return f"“{value}”" if not str(value).strip() or name == "note" else str(value)


def _ago(claim: Claim) -> str:
    days = (DAY - claim.first_service).days
    return "the same day" if not days else f"{abs(days)} days {'before' if days > 0 else 'after'}"


if __name__ == "__main__":
    print(render(proofs(), all_payer_edits()), end="")
