"""What the store answers is what a plain look in the official file says; pairs: tests/core/edits/test_verdicts_equal_files.py."""

from __future__ import annotations

import csv
import gzip
from datetime import date

import pytest

from claimwright.codesets import icd10cm


def test_units_answer_as_the_files_do(shelf, data):
    asked = 0
    for setting in ("practitioner", "outpatient", "dme"):
        path = data / "ncci" / f"mue_{setting}_20240401.csv"
        shelf.bring_file(path)
        tables = shelf.tables()
        with path.open(newline="") as stream:
            for row in csv.DictReader(stream):
                for on in (date(2024, 4, 1), date(2024, 6, 30), date(2026, 1, 1)):
                    found = tables.unit_limit(row["hcpcs_code"], on, setting)
                    assert (str(found.units), found.mai) == (row["mue_units"], row["mue_mai"])
                    asked += 1
        assert tables.unit_limit("ZZZZZ", date(2024, 5, 1), setting) is None
    assert asked == 3 * (14_677 + 14_628 + 2_928)


def test_add_on_codes_answer_as_the_file_does(shelf, data):
    path = data / "ncci" / "aoc_2024.csv"
    shelf.bring_file(path)
    primaries: dict[str, set[str]] = {}
    with path.open(newline="") as stream:
        for row in csv.DictReader(stream):
            primaries.setdefault(row["add_on_code"], set()).add(row["primary_code"])
    tables = shelf.tables()
    assert all(tables.add_on(code, date(2024, 5, 1)).primaries == of_code - {"CCCCC"} for code, of_code in primaries.items())


def test_fy2027_by_package_and_addenda_is_the_official_list(shelf, data):
    release = shelf.bring_file(data / "icd10cm" / "icd10cm_order_addenda_2027.txt")[0].release
    assert (release.table, release.version, release.period.start, release.period.end) == (
        "icd10cm", "FY2027", date(2026, 10, 1), date(2027, 9, 30),
    )  # fmt: skip
    with gzip.open(data / "icd10cm" / "icd10cm_fy2027_billable.csv.gz", "rt") as stream:
        official = {row["code"]: row["long"] for row in csv.DictReader(stream)}
    ours = {code: row["long"] for code, row in shelf.store().all_rows(release) if row["billable"] == "1"}
    assert ours.keys() == official.keys()
    with (data / "icd10cm" / "icd10cm_order_addenda_2027.txt").open() as stream:
        added = {line[15:22].strip() for line in stream if line.startswith(("Add:         1", "Revise to:   1"))}
    assert len(added) == 194
    assert {code: ours[code] for code in added} == {code: official[code] for code in added}


def test_the_addenda_need_the_list_that_they_change(shelf, data):
    from claimwright.codesets.importers import Refused

    path = data / "icd10cm" / "icd10cm_order_addenda_2027.txt"
    if not path.exists():
        pytest.skip("no ../shared/data/icd10cm on this machine")
    text = path.read_text()
    with pytest.raises(Refused, match="change a list of 74,720 codes, and no such list is here"):
        shelf.bring("a.txt", text.replace("74719", "74720"))
    with pytest.raises(Refused, match="codes come out"):
        shelf.bring("a.txt", text.replace("74879", "74880"))
    with pytest.raises(Refused, match="cut short"):
        shelf.bring("a.txt", text[: len(text) // 2])


def test_the_order_file_of_a_year_is_that_year(shelf, data):
    outcomes = shelf.bring_file(data / "icd10cm" / "icd10OrderFiles2025_0.zip")
    assert [(one.release.table, one.release.version, one.release.rows) for one in outcomes] == [("icd10cm", "FY2025", 97_584)]
    tables = shelf.tables()
    for code in ("I42.0", "M17.11", "S93.401A", "E11"):
        ours, held_then = tables.diagnosis(code, date(2025, 3, 1)), icd10cm.lookup(code, date(2025, 3, 1))
        assert (ours.code, ours.billable) == (held_then.code, held_then.billable)
    assert "FY2025" in tables.cited("icd10cm", date(2025, 3, 1)) and tables.cited("icd10cm", date(2026, 3, 1)).startswith(
        "starter"
    )


def test_a_year_after_the_package_comes_from_its_order_file(shelf):
    row = "{:05d} {:<7} {} {:<60} {}\r\n"
    codes = (("A00", "0", "Cholera"), ("A00Z", "1", "Cholera of a year to come"))
    shelf.bring("icd10cm_order_2029.txt", "".join(row.format(n, c, b, t[:60], t) for n, (c, b, t) in enumerate(codes, 1)))
    tables, on = shelf.tables(), date(2028, 11, 1)
    assert tables.diagnosis("A00.Z", on).description == "Cholera of a year to come" and tables.known_diagnosis("A00Z")
    assert tables.diagnosis("A00.0", on) is None and tables.known_diagnosis("A00.0")
    assert not tables.known_diagnosis("A00Y")


REAL = {
    "mpfs/PPRRVU2026_Jul_nonQPP.csv": ("pprrvu", 18_385, date(2026, 7, 1)),
    "mpfs/GPCI2026.csv": ("gpci", 98, date(2026, 1, 1)),
    "mpfs/anesthesia_base_units_2022.txt": ("anesthesia-units", 276, date(2022, 1, 1)),
    "mpfs/anesthesia_cf_2025.txt": ("anesthesia-factors", 109, date(2025, 1, 1)),
    "hcpcs/hcpcs_level2_2026_01.csv": ("hcpcs", 8_623, date(2026, 1, 1)),
    "hcpcs/hcpcs_modifiers_2026_01.csv": ("modifiers", 383, date(2026, 1, 1)),
    "opps/opps_addendum_b_2026_04_nodesc.csv": ("opps", 18_212, date(2026, 4, 1)),
    "asc/asc_20260701_nodesc.csv": ("asc", 7_257, date(2026, 7, 1)),
    "remittance/carc_2026_08.csv": ("carc", 407, date(2026, 8, 1)),
    "claim_form/CLM-POS-CD.csv": ("places-of-service", 100, None),
    "claim_form/CLM-REV-CNTR-CD.csv": ("revenue", 539, None),
    "claim_form/CLM-RLT-COND-CD.csv": ("conditions", 1_035, None),
    "claim_form/BENE-PTNT-STUS-CD.csv": ("discharge-status", 100, None),
    "claim_form/CLM-BILL-FREQ-CD.csv": ("bill-types", 1_938, None),
    "nucc/nucc_taxonomy_251.csv": ("taxonomies", 883, date(2025, 7, 1)),
    "icd10cm/icd10cm-neoplasm-April-1-2026.xml.gz": ("icd10cm-neoplasms", 9_092, date(2026, 4, 1)),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files_are_known_and_read_in_full(shelf, data, name):
    table, rows, start = REAL[name]
    release = shelf.bring_file(data / name)[0].release
    assert (release.table, release.rows) == (table, rows)
    assert release.period.start == (start or date(2000, 1, 1)) and (release.version == "undated") is (start is None)


def test_the_fee_schedule_says_what_the_official_file_says(shelf, data):
    shelf.bring_file(data / "mpfs" / "PPRRVU2026_Jul_nonQPP.csv")
    row = shelf.store().look_up("pprrvu", "99213", date(2026, 8, 1))[1][0]
    said = [row[name] for name in ("work", "pe_nonfacility", "pe_facility", "mp", "conversion_factor", "global_days")]
    assert said == ["1.30", "1.46", "0.33", "0.09", "33.4009", "XXX"]


def test_a_code_is_not_refused_for_a_day_before_the_oldest_release_that_lists_it(shelf, data):
    shelf.bring_file(data / "mpfs" / "PPRRVU2026_Jul_nonQPP.csv")
    tables = shelf.tables()
    for on in (date(2025, 12, 15), date(2026, 6, 29), date(2026, 7, 1)):
        assert tables.procedure("27447", on).global_days == "090"
    assert tables.procedure("99233", date(2025, 12, 15)).is_visit
