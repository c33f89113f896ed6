"""The starter tables: whole, dated, in our own words, and true to the official files where those are at hand."""

import csv
import gzip
import re
from datetime import date
from difflib import SequenceMatcher
from importlib.resources import files
from pathlib import Path

import msgspec
import pytest

from claimwright.codesets import procedures, reference
from claimwright.codesets.starter import table
from claimwright.codesets.tables import NAMES, Pair, starter, status

ON = date(2026, 11, 16)
DATA = Path(__file__).parents[3] / ".." / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="no ../shared/data on this machine")


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def shared(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def test_every_table_of_the_package_has_a_status():
    entries = files("claimwright.codesets").joinpath("data").iterdir()
    held = {entry.name.removesuffix(".csv") for entry in entries if entry.name.endswith(".csv")}
    assert held == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_whole(name):
    rows = table(name).rows
    columns = set(rows[0])
    for row in rows:
        assert set(row) == columns and None not in row.values()


def test_old_tables_say_that_they_are_old():
    by_name = {one.name: one for one in status(ON)}
    assert by_name["ncci"].stale and not by_name["procedures"].stale
    assert {one.name: one for one in status(date(2027, 1, 1))}["procedures"].stale
    assert all(one.source and one.version and one.rows for one in by_name.values())


def test_procedures_are_dated():
    assert procedures.procedure("99441", date(2024, 12, 31)) and procedures.procedure("99441", ON) is None
    assert procedures.procedure("98004", date(2024, 12, 31)) is None and procedures.procedure("98004", ON)
    assert procedures.known("99441").period.end == date(2024, 12, 31)
    assert procedures.procedure("00000", ON) is None


def test_the_starter_set_is_large_enough_for_a_family_practice():
    rows = table("procedures").rows
    assert sum(row["system"] == "CPT" for row in rows) >= 250
    assert sum(row["system"] == "HCPCS" for row in rows) >= 80
    kinds = {"office", "specialist", "preventive", "lab", "imaging", "procedure", "drug", "telehealth", "immunization"}
    assert {row["kind"] for row in rows} == kinds


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("20610", "20610"),
        ("knee injection", "20610"),
        ("ekg", "93000"),
        ("flu shot", "906"),
        ("strep", "87"),
        ("cortisone shot", "206"),
        ("level 4 established", "99214"),
        ("cerumen removal", "69209"),
        ("i&d abscess", "10060"),
    ],
)
def test_procedures_are_found_by_words(asked, first):
    assert procedures.search(asked, ON, 5)[0].code.startswith(first)


def test_codes_speak_in_our_words():
    assert reference.place_of_service("11").text == "Office" and not reference.place_of_service("11").facility
    assert reference.place_of_service("10").telehealth and reference.place_of_service("23").facility
    assert reference.modifier("25", ON).opens_ncci and reference.modifier("CS", ON) is None
    assert (reference.carc("45").category, reference.carc("197").category) == ("contract", "authorization")
    assert reference.carc("16").next_step and reference.rarc("N362").text
    assert reference.group("CO").text and reference.claim_status_category("A7").meaning == "rejected"
    assert reference.claim_status("562").text and reference.taxonomy("207Q00000X").person
    assert reference.state("OH").has_zip("43004") and not reference.state("OH").has_zip("90210")
    assert reference.carc("9999") is reference.place_of_service("00") is reference.state("XX") is None


def test_reasons_name_who_mends_them():
    categories = {"front desk", "coding", "authorization", "payer", "contract", "patient", "coordination"}
    for name in ("carc", "rarc"):
        assert {row["category"] for row in table(name).rows} <= categories
        assert all(row["next_step"] for row in table(name).rows)


def test_ncci_pairs_follow_their_dates_and_indicator():
    tables = starter()
    assert tables.pair("20610", "99213", ON).indicator == "1"
    assert tables.pair("80053", "80048", ON).indicator == "0"
    assert tables.pair("99213", "20610", ON) is None


def test_a_deleted_pair_holds_until_its_last_day():
    ended = Pair(column1="20610", column2="99213", indicator="1", rationale="practice", deleted=date(2026, 6, 30))
    tables = msgspec.structs.replace(starter(), pairs={("20610", "99213"): ended})
    assert tables.pair("20610", "99213", date(2026, 6, 30))
    assert tables.pair("20610", "99213", date(2026, 7, 1)) is None


@needs_data
def test_official_numbers_stand_behind_the_tables():
    fees = {
        row[0]: row for row in csv.reader((DATA / "mpfs" / "PPRRVU2026_Jul_nonQPP.csv").open()) if len(row) > 20 and row[1] == ""
    }
    for row in table("procedures").rows:
        if row["status"]:
            official = fees[row["code"]]
            assert (row["status"], row["global"], row["pctc"], row["bilateral"]) == (
                official[3],
                official[14],
                official[13],
                official[19],
            )
    limits = {row["hcpcs_code"]: (row["mue_units"], row["mue_mai"]) for row in shared("ncci/mue_practitioner_20240401.csv")}
    assert all((row["units"], row["mai"]) == limits[row["code"]] for row in table("mue").rows)


@needs_data
def test_ncci_pairs_are_those_of_the_official_file():
    tables = starter()
    codes = {row["code"] for row in table("procedures").rows}
    official = set()
    with gzip.open(DATA / "ncci" / "ptp_prac_20240701.csv.gz", "rt") as stream:
        for line in stream:
            column1, column2, deleted, indicator, _ = line.split(",", 4)
            if column1 in codes and column2 in codes and (not deleted or deleted >= "2024"):
                official.add((column1, column2, indicator))
    assert {(pair.column1, pair.column2, pair.indicator) for pair in tables.pairs.values()} == official


@needs_data
def test_our_codes_exist_and_our_words_are_not_theirs():
    reasons = {row["code"]: row["display"] for row in shared("remittance/carc_2026_08.csv")}
    remarks = {row["adj_code"]: row["adj_description"] for row in shared("remittance/carc_rarc_2024_06.csv")}
    assert {row["code"] for row in table("carc").rows} == set(reasons)
    for name, official in (("carc", reasons), ("rarc", remarks)):
        for row in table(name).rows:
            ours, theirs = words(row["text"]), words(official[row["code"]])
            same = SequenceMatcher(None, ours, theirs, autojunk=False).find_longest_match().size
            assert same < 6, row["code"]
    assert {row["code"] for row in table("taxonomies").rows} <= {row["Code"] for row in shared("nucc/nucc_taxonomy_251.csv")}
    assert {row["code"] for row in table("pos").rows} <= {row["code"] for row in shared("claim_form/CLM-POS-CD.csv")}
    lettered = {row["code"] for row in table("modifiers").rows if row["code"][0].isalpha()}
    assert lettered <= {row["code"] for row in shared("hcpcs/hcpcs_modifiers_2026_01.csv")}
