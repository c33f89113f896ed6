"""The practice's own rules: read, proved by their own cases, run beside the built-in edits."""

from __future__ import annotations

from datetime import date

import pytest
from edit_bench import claim as clean_claim
from hypothesis import given
from hypothesis import strategies as st

from claimwright.codesets.tables import starter
from claimwright.edits.context import Context
from claimwright.edits.rules import CLAIM_FIELDS, LINE_FIELDS, hold_what
from claimwright.edits.rules_text import prove, read_rules
from claimwright.edits.scrub import scrub

TODAY = date(2026, 11, 16)
TEXT = """\
rules LAKESIDE version 3
# what the payer wrote in April
rule PREVENTIVE-25
  each line
  when procedure is 99202..99215
  and  other procedure is 99381..99397
  and  modifier is not 25
  then deny "An office visit beside a preventive visit needs modifier 25."
  fix  "Add modifier 25, or drop the visit."
  source "Payer bulletin 2026-04"
  from 2026-04-01
  finds  line 99213, line 99396
  passes line 99213 25, line 99396
  passes on 2026-03-01, line 99213, line 99396

rule BIG-CLAIM
  the claim
  when claim charge at least 5000
  and  prior authorization is missing
  then warn "Over 5,000 dollars and no authorization."
  fix  "Ask the payer for one."
  finds  line 70553 $6000
  passes line 70553 $6000, authorization A1
"""


def rules(text: str = TEXT):
    found, findings = read_rules(text)
    assert found is not None, findings
    return found


def one_rule(*conditions: str, subject: str = "each line") -> str:
    rows = [f"  {'and' if place else 'when'} {one}" for place, one in enumerate(conditions)]
    return "\n".join(["rules X version 1", "rule R1", f"  {subject}", *rows, '  then warn "W."', '  fix "F."'])


def finds(condition: str, case: str, subject: str = "each line") -> bool:
    found = rules(one_rule(condition, subject=subject) + f"\n  finds {case}\n")
    return not any("should be found" in one.message for one in prove(found, starter()))


def test_rules_hold_by_their_own_cases():
    assert [rule.id for rule in rules().rules] == ["PREVENTIVE-25", "BIG-CLAIM"]
    assert prove(rules(), starter()) == []


def test_a_case_that_comes_out_otherwise_is_said_with_its_line():
    found = prove(rules(TEXT.replace("at least 5000", "at least 7000")), starter())
    assert [(one.line, one.severity) for one in found] == [(22, "error")]
    assert "should be found" in found[0].message


def test_a_rule_without_cases_of_both_kinds_is_warned_of():
    found = prove(rules(TEXT.replace("  passes line 70553 $6000, authorization A1\n", "")), starter())
    assert [one.severity for one in found] == ["warning"]


@pytest.mark.parametrize(
    ("condition", "holds", "passes"),
    [
        ("procedure is 99202..99215", "line 99213", "line 99396"),
        ("procedure is J*", "line J1100", "line 99213"),
        ("modifier is 25 57", "line 99213 57", "line 99213 95"),
        ("modifier is not 25", "line 99213 95", "line 99213 25"),
        ("units at least 4", "line 97110 x4", "line 97110 x3"),
        ("units at most 1.5", "line 97110 x1.5", "line 97110 x2"),
        ("charge at least 100.01", "line 99213 $100.01", "line 99213 $100.00"),
        ("place is 02 10", "line 99213 @10", "line 99213"),
        ("diagnosis is E11*", "dx I10 E11.9, line 99213 dx2", "dx I10 E11.9, line 99213"),
        ("first diagnosis is Z*", "dx Z00.00, line 99213", "dx I10, line 99213"),
        ("age at most 17", "age 9, line 99213", "age 18, line 99213"),
        ("payer is sbx01", "payer SBX01, line 99213", "payer SBX02, line 99213"),
        ("referring npi is missing", "line 99213", "referring 1234567893, line 99213"),
        ("referral is given", "referral R7, line 99213", "line 99213"),
        ("days since service at least 90", "late 90, line 99213", "late 89, line 99213"),
        ("date of service is 2026-01-01..2026-06-30", "on 2026-06-30, line 99213", "on 2026-07-01, line 99213"),
        ("rendering taxonomy is 207Q*", "rendering 1234567893 207Q00000X, line 99213", "line 99213"),
    ],
)
def test_each_condition_finds_what_it_says_and_nothing_else(condition, holds, passes):
    assert finds(condition, holds)
    assert not finds(condition, passes)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "empty"),
        ("hello\n", 1, "name and version"),
        (TEXT.replace("modifier is not 25", "modifer is not 25"), 7, "no field “modifer”"),
        (TEXT.replace("modifier is not 25", "modifier isnt 25"), 7, "no condition"),
        (TEXT.replace("claim charge at least 5000", "claim charge at least many"), 18, "compares a number"),
        (TEXT.replace("procedure is 99202..99215", "procedure at least 99202"), 5, "compares a number"),
        (TEXT.replace("is missing", "is missing A1"), 19, "takes no value"),
        (TEXT.replace("and  modifier is not 25", "and  modifier is not"), 7, "needs a value"),
        (TEXT.replace("then deny ", "then refuse "), 8, "severity and a message"),
        (TEXT.replace('visit."\n  source', "visit.\n  source"), 9, "not closed"),
        (TEXT.replace("from 2026-04-01", "from April"), 11, "not a day"),
        (
            TEXT.replace("line 99213, line 99396\n  passes line 99213 25", "lime 99213\n  passes line 99213 25"),
            12,
            "no part of a case",
        ),
        (TEXT.replace("line 70553 $6000\n", "line 70553 $lots\n"), 22, "cannot be read"),
        (TEXT.replace("the claim", "the claim\n  when procedure is 99213"), 16, "is of a line"),
        (TEXT.replace("rule BIG-CLAIM", "rule PREVENTIVE-25"), 16, "given on line 3"),
        (TEXT.replace('  fix  "Ask the payer for one."\n', ""), 16, "no line “fix”"),
        (TEXT.replace("  the claim\n", "  all claims\n"), 17, "says nothing"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_whole_with_the_line_and_a_way_out(text, line, said):
    found, findings = read_rules(text)
    assert found is None
    assert (findings[0].line, said in findings[0].message) == (line, True), findings
    assert findings[0].fix


def test_what_is_no_text_of_rules_is_said_once():
    found, findings = read_rules("hello\nworld\nmore\n")
    assert found is None and [finding.line for finding in findings] == [1]


def test_own_rules_run_beside_the_built_in_edits():
    claim = clean_claim()
    text = one_rule(f"procedure is {claim.lines[0].procedure}").replace("then warn", "then reject")
    before = scrub(claim, Context(today=TODAY), starter())
    after = scrub(claim, Context(today=TODAY), starter(), rules(text).edits())
    assert [one.edit for one in after if one not in before] == ["R1"]
    assert after[0].stops


def test_a_try_out_says_which_claims_a_rule_would_have_held():
    claim = clean_claim()
    held = hold_what(rules(one_rule(f"procedure is {claim.lines[0].procedure}")), [(claim, Context(today=TODAY))], starter())
    assert held == {"R1": (claim.patient_control_number,)}
    assert hold_what(rules(), [(claim, Context(today=TODAY))], starter()) == {"PREVENTIVE-25": (), "BIG-CLAIM": ()}


@given(st.lists(st.sampled_from([*LINE_FIELDS, *CLAIM_FIELDS]), min_size=1, max_size=4, unique=True))
def test_every_field_can_be_asked_of_any_claim(fields):
    found = rules(one_rule(*(f"{field} is given" for field in fields)))
    assert len(hold_what(found, [(clean_claim(), Context(today=TODAY))], starter())) == 1


@given(st.text(max_size=200))
def test_no_text_raises(text):
    found, findings = read_rules("rules X version 1\nrule R1\n" + text)
    assert (found is None) == bool(findings)
