"""Every rule case of rule_cases/: what a short note is coded to, by the guideline its block names."""

from __future__ import annotations

import pytest
from coding_cases import ON, RuleCase, read_note, rule_cases

from claimwright.codesets import icd10cm

ALL = list(rule_cases("rule_cases"))


def wrong(case: RuleCase) -> str:
    """What is not as the case says, or nothing."""
    coded = [one for one in read_note(case.note, **case.facts).diagnoses if one.suggested]
    found = [one.code for one in coded]
    present = {f"{one.code}@{one.poa or '-'}" for one in coded}
    wanted = [code for code in case.codes if code[0] != "-"]
    unwanted = [code[1:] for code in case.codes if code[0] == "-"]
    codes = [code.split("@")[0] for code in wanted]
    if [code for code in wanted if "@" in code and code.split("@")[0] in found and code not in present]:
        return f"present on admission: {sorted(present)}"
    if case.how == "=" and found != codes:
        return f"coded {found}"
    if case.how == "{" and (set(found) != set(codes) or len(found) != len(codes)):
        return f"coded {found}"
    lacking = [code for code in codes if not any(one.startswith(code) for one in found)]
    false = [one for one in found if one.startswith(tuple(unwanted))] if unwanted else []
    return f"coded {found}" if lacking or false else ""


BLOCKS: dict[str, list[RuleCase]] = {}
for one in ALL:
    BLOCKS.setdefault(f"{one.place.split(':')[0]}: {one.citation[:70]}", []).append(one)


@pytest.mark.parametrize("block", BLOCKS)
def test_the_cases_of_a_rule_are_coded_as_its_guideline_says(block: str):
    assert {f"{case.place} {case.note[-90:]}": found for case in BLOCKS[block] if (found := wrong(case))} == {}


def test_four_hundred_cases_and_each_cites_its_guideline():
    assert len(ALL) >= 400
    assert [case.place for case in ALL if not case.citation] == []


def test_every_code_that_a_case_expects_can_be_billed_on_the_day():
    expected = {code.split("@")[0] for case in ALL for code in case.codes if case.how != "+" and code[0] != "-"}
    assert sorted(code for code in expected if not icd10cm.billable(code, ON)) == []
