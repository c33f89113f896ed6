"""Every service case of service_cases/: what a short note's services are coded to, by the rule its block names."""

from __future__ import annotations

import pytest
from coding_cases import RuleCase, read_note, rule_cases

ALL = list(rule_cases("service_cases"))


def wrong(case: RuleCase) -> str:
    """What is not as the case says, or nothing."""
    found = []
    for one in read_note(case.note, **case.facts).services:
        if one.suggested:
            found.append("-".join((one.code, *one.modifiers)) + (f"x{one.units}" if one.units != 1 else ""))
    wanted = [code for code in case.codes if code[0] != "-"]
    if case.how == "=" and found != wanted:
        return f"coded {found}"
    if case.how == "{" and sorted(found) != sorted(wanted):
        return f"coded {found}"
    lacking = [code for code in wanted if not any(one.startswith(code) for one in found)]
    false = [one for one in found for code in case.codes if code[0] == "-" and one.startswith(code[1:])]
    return f"coded {found}" if lacking or false else ""


@pytest.mark.parametrize("case", ALL, ids=[f"{case.place} {case.note[-50:]}".replace("\n", " / ") for case in ALL])
def test_a_service_case_is_coded_as_its_rule_says(case: RuleCase):
    assert not wrong(case), case.citation


def test_a_hundred_and_twenty_service_cases_and_each_cites_its_rule():
    assert len(ALL) >= 120
    assert [case.place for case in ALL if not case.citation] == []
