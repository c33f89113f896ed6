"""The table of unlisted codes is whole: equal to what the official list of HCPCS says, and every CPT number is real."""

import csv
from pathlib import Path

import pytest

from claimwright.codesets.starter import table
from claimwright.codesets.unlisted import is_unlisted

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
HCPCS = SHARED / "hcpcs" / "hcpcs_level2_2026_01.csv"
FEES = SHARED / "mpfs" / "PPRRVU2026_Jul_nonQPP.csv"
ENDED = {"G6021", "Q9977"}


def of(system: str) -> set[str]:
    return {code for row in table("unlisted").rows if row["system"] == system for code in row["codes"].split()}


@pytest.mark.parametrize("code", ["64999", "99199", "E1399", "J3490", "J3590", "Q4100", "D9999"])
def test_a_code_without_meaning_is_told_by_its_number(code):
    assert is_unlisted(code)


@pytest.mark.parametrize("code", ["99213", "J3301", "87798", "00400", "0001U"])
def test_a_named_service_not_otherwise_specified_is_not_unlisted(code):
    assert not is_unlisted(code)


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ("Unlisted procedure, hand", True),
        ("Noc drugs, inhalation solution", True),
        ("Incontinence supply; miscellaneous", True),
        ("Injection, gemcitabine, not otherwise specified, 200 mg", False),
        ("Battery, other than lithium-ion", False),
    ],
)
def test_a_new_code_is_told_by_its_description(said, held):
    assert is_unlisted("Z9999", said) is held


@pytest.mark.skipif(not HCPCS.is_file(), reason="the HCPCS list (../shared/data/hcpcs) is absent")
def test_every_code_that_the_hcpcs_list_calls_so_is_in_the_table():
    with HCPCS.open() as file:
        listed = {row["code"]: row["long"] for row in csv.DictReader(file)}
    assert of("HCPCS") <= listed.keys()
    assert {code for code, said in listed.items() if is_unlisted("", said)} - of("HCPCS") == ENDED


@pytest.mark.skipif(not FEES.is_file(), reason="the fee schedule (../shared/data/mpfs) is absent")
def test_every_cpt_number_is_in_the_fee_schedule_without_a_price_of_its_own():
    with FEES.open(encoding="latin-1") as file:
        status = {row[0]: row[3] for row in csv.reader(file) if len(row) > 3}
    assert {code: status.get(code) for code in of("CPT") if status.get(code) not in {*"CXNIEJ"}} == {"86486": "A"}
