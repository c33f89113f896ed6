"""Rules as people write them: one paragraph a rule, with the cases that prove it.

rules LAKESIDE version 3

rule PREVENTIVE-25
  each line
  when procedure is 99202..99215
  and  other procedure is 99381..99397
  and  modifier is not 25
  then deny "An office visit beside a preventive visit needs modifier 25."
  fix  "Add modifier 25 if the visit was significant and separate, or drop it."
  source "Payer bulletin 2026-04"
  from 2026-04-01
  finds  line 99213, line 99396
  passes line 99213 25, line 99396
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, cast

from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.rule_cases import CASE_FIX, CaseError, case
from claimwright.edits.rules import CLAIM_FIELDS, LINE_FIELDS, NUMBERS, OPERATORS, Case, Condition, Operator, Rule, RuleSet
from claimwright.findings import Finding

FIELDS = (*LINE_FIELDS, *CLAIM_FIELDS)
_SEVERITIES = ("reject", "deny", "warn", "advise")
_CONDITION = re.compile(rf"(?P<field>[a-z][a-z ]*?) (?P<operator>{'|'.join(OPERATORS)})(?: +(?P<values>.+))?")
_ID = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}")
_WORDS = ("each line", "the claim", "when", "and", "then", "fix", "source", "from", "until", "finds", "passes")


class RulesError(ValueError):
    """A rule that cannot be read: which line, what was found, what was expected."""

    def __init__(self, line: int, said: str, fix: str) -> None:
        super().__init__(said)
        self.line, self.said, self.fix = line, said, fix


def read_rules(text: str) -> tuple[RuleSet | None, list[Finding]]:
    """The rules of a text, or what is wrong with it. A set is taken whole or not at all."""
    findings: list[Finding] = []
    name, version, rules, asked = "", 0, list[Rule](), tuple[Condition, ...]()
    for number, paragraph in _paragraphs(text):
        try:
            if not name:
                name, version = _heading(number, paragraph[0][1])
                asked = tuple(_of_all(at, row) for at, row in paragraph[1:])
                continue
            rules.append(_rule(paragraph, asked))
        except RulesError as error:
            findings.append(_finding(error))
            if not name:
                break  # no text of rules at all: one reason, not one a line
    if not name and not findings:
        findings.append(_finding(RulesError(1, "The text is empty.", "Begin with: rules NAME version 1")))
    seen: dict[str, int] = {}
    for rule in rules:
        if rule.id in seen:
            said = f"Rule {rule.id} was given on line {seen[rule.id]} already."
            findings.append(_finding(RulesError(rule.line, said, "Give each rule its own name.")))
        seen[rule.id] = rule.line
    return (None if findings else RuleSet(name=name, version=version, rules=tuple(rules), asked=asked)), findings


def prove(rules: RuleSet, tables: Tables) -> list[Finding]:
    """Run every rule's own cases; a case that comes out otherwise, or a rule without cases of both kinds, is a finding."""
    findings = []
    for rule in rules.rules:
        edit = rule.edit(rules.name)
        for one in rule.cases:
            on = one.claim.first_service
            found = edit.applies(one.claim.form, on) and any(
                edit.run(one.claim, Context(today=one.today, history=one.history), tables)
            )
            if found is not one.found:
                said = f"{rule.id}: the case “{one.text}” should {'be found' if one.found else 'pass'} and does not."
                findings.append(_finding(RulesError(one.line, said, "Mend the rule or the case.")))
        if {one.found for one in rule.cases} != {True, False}:
            said = f"{rule.id} has no case that it finds and one that passes."
            findings.append(_finding(RulesError(rule.line, said, "Add a line “finds ...” and a line “passes ...”."), "warning"))
    return findings


# Reading -------------------------------------------------------------------------------------------------------------

_Rows = list[tuple[int, str]]


def _paragraphs(text: str) -> Iterator[tuple[int, _Rows]]:
    """Each heading or rule with its indented lines; `#` begins a remark."""
    rows: _Rows = []
    for number, raw in enumerate(text.splitlines(), 1):
        if not raw.strip() or raw.lstrip().startswith("#"):
            continue
        if not raw[0].isspace() and rows:
            yield rows[0][0], rows
            rows = []
        rows.append((number, raw.strip()))
    if rows:
        yield rows[0][0], rows


def _heading(number: int, row: str) -> tuple[str, int]:
    found = re.fullmatch(r"rules (\S+) version (\d{1,6})", row)
    if not found:
        raise RulesError(number, "The text does not begin with its name and version.", "Begin with: rules NAME version 1")
    return found[1], int(found[2])


def _of_all(at: int, row: str) -> Condition:
    """A condition under the heading: it is of every rule, and of the claim."""
    word, _, rest = row.partition(" ")
    if word not in ("when", "and"):
        raise RulesError(at, "Under the heading stand conditions of all the rules.", "Write: when filing indicator is MB")
    found = _condition(at, rest.strip())
    if found.field in LINE_FIELDS:
        raise RulesError(at, f"{found.field} is of a line.", "Under the heading, ask of the claim.")
    return found


def _rule(rows: _Rows, asked: tuple[Condition, ...] = ()) -> Rule:
    number, head = rows[0]
    name = head.removeprefix("rule ").strip()
    if not head.startswith("rule ") or not _ID.fullmatch(name):
        raise RulesError(number, "This line begins no rule.", "Write: rule NAME, in capitals, digits and dashes.")
    parts: dict[str, Any] = {"subject": "", "conditions": [], "cases": []}
    for at, row in rows[1:]:
        word = next((one for one in _WORDS if row == one or row.startswith(one + " ")), "")
        _part(parts, at, word, row[len(word) :].strip())
    missing = [
        what for what, key in (("then", "severity"), ("fix", "fix"), ("each line or the claim", "subject")) if not parts.get(key)
    ]
    if missing or not parts["conditions"]:
        lacks = missing[0] if missing else "when"
        raise RulesError(number, f"Rule {name} has no line “{lacks}”.", "A rule has: each line, when, then, fix.")
    if parts["subject"] == "claim" and (wrong := [one.field for one in parts["conditions"] if one.field in LINE_FIELDS]):
        raise RulesError(number, f"Rule {name} is about the claim, but {wrong[0]} is of a line.", "Write: each line.")
    cases = tuple(_case(at, found, text) for at, found, text in parts.pop("cases"))
    return Rule(id=name, line=number, cases=cases, conditions=(*asked, *parts.pop("conditions")), **parts)


def _part(parts: dict[str, Any], at: int, word: str, rest: str) -> None:
    if word in ("each line", "the claim"):
        parts["subject"] = word.split()[1]
    elif word in ("when", "and"):
        parts["conditions"].append(_condition(at, rest))
    elif word == "then":
        severity, *message = _split(at, rest)
        if severity not in _SEVERITIES or len(message) != 1:
            raise RulesError(at, "After “then” come a severity and a message.", 'Write: then warn "What is wrong."')
        parts["severity"], parts["message"] = severity, message[0]
    elif word in ("fix", "source"):
        parts[word] = " ".join(_split(at, rest))
    elif word in ("from", "until"):
        parts["since" if word == "from" else "until"] = _date(at, rest)
    elif word in ("finds", "passes"):
        parts["cases"].append((at, word == "finds", rest))
    else:
        raise RulesError(at, "This line says nothing that a rule knows.", f"A line begins with: {', '.join(_WORDS)}.")


def _condition(at: int, row: str) -> Condition:
    found = _CONDITION.fullmatch(row)
    if not found:
        raise RulesError(
            at, "This is no condition.", "Write: when FIELD is VALUES; or: is not, is given, is missing, at least, at most."
        )
    field, operator = found["field"], cast(Operator, found["operator"])
    if field not in CLAIM_FIELDS and field not in LINE_FIELDS:
        near = get_close_matches(field, FIELDS, 3) or FIELDS
        raise RulesError(at, f"There is no field “{field}”.", f"Fields: {', '.join(near)}.")
    values = tuple(value if field in NUMBERS else value.upper() for value in _split(at, found["values"] or ""))
    if operator in ("is given", "is missing"):
        if values:
            raise RulesError(at, f"“{operator}” takes no value.", "Leave the value out.")
    elif not values:
        raise RulesError(at, f"“{operator}” needs a value.", "Write one or more, with spaces between.")
    if operator in ("at least", "at most") and (field not in NUMBERS or len(values) != 1 or not _number(values[0])):
        raise RulesError(at, f"“{operator}” compares a number.", f"It goes with: {', '.join(sorted(NUMBERS))}.")
    return Condition(field=field, operator=operator, values=values)


def _split(at: int, text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        raise RulesError(at, "A quotation mark is not closed.", 'Put " at both ends.') from None


def _date(at: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RulesError(at, f"“{text}” is not a day.", "Write it as 2026-01-31.") from None


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _finding(error: RulesError, severity: str = "error") -> Finding:
    return Finding(code="rules", severity=severity, message=error.said, fix=error.fix, line=error.line)


def _case(at: int, found: bool, text: str) -> Case:
    try:
        return case(at, found, text)
    except CaseError as error:
        raise RulesError(at, str(error), CASE_FIX) from None
