"""ICD-10-CM by date: what holds, what is complete, what its notes say, and finding it by words."""

import csv
import gzip
import zipfile
from datetime import date
from pathlib import Path

import pytest

from claimwright.codesets import icd10cm, tabular_notes
from claimwright.codesets.diagnosis_limits import ages_of, names_its_age, sex_of
from claimwright.codesets.tables import status
from claimwright.codesets.tabular import data_file, full_codes, nodes, read

ON = date(2026, 11, 16)
DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "icd10cm"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="no ../shared/data/icd10cm on this machine")


def billable_on(on: date) -> set[str]:
    nodes = icd10cm._nodes()
    codes = {code for node in nodes.values() if node.is_code for code in (node.code, *(full for full, _ in full_codes(node)))}
    return {code for code in codes | set(icd10cm._changes()) if icd10cm.billable(code, on)}


def test_the_tabular_list_laid_ready_says_what_its_xml_says():
    with data_file().open("rb") as stream:
        assert list(read(stream).items()) == list(nodes().items())


@pytest.mark.skipif(not icd10cm.WORDS.is_file(), reason="not laid ready: python -m claimwright.codesets.tabular")
def test_the_index_of_words_laid_ready_is_the_one_that_would_be_made_now():
    current = icd10cm.WORDS.read_text(encoding="utf-8") == icd10cm.index_to_lay()
    assert current, "it is old: python -m claimwright.codesets.tabular"


@needs_data
def test_fy2027_holds_exactly_the_official_billable_codes():
    with gzip.open(DATA / "icd10cm_fy2027_billable.csv.gz", "rt") as stream:
        official = {row["code"] for row in csv.DictReader(stream)}
    ours = billable_on(ON)
    assert ours == official
    assert status(ON)[0].rows == len(ours)


@needs_data
def test_fy2025_holds_exactly_the_official_billable_codes():
    with zipfile.ZipFile(DATA / "icd10OrderFiles2025_0.zip") as archive:
        rows = archive.read("icd10cm_order_2025.txt").decode("latin-1").splitlines()
    assert billable_on(date(2025, 3, 1)) == {row[6:13].strip() for row in rows if row[14] == "1"}


@pytest.mark.parametrize("written", ["M17.11", "M1711", " m17.11 "])
def test_a_code_is_found_with_or_without_its_dot(written):
    found = icd10cm.lookup(written, ON)
    assert found and (found.code, found.billable, found.chapter) == ("M17.11", True, "13")
    assert found.description == "Unilateral primary osteoarthritis, right knee"


def test_a_code_ends_and_its_successors_begin_in_october():
    assert icd10cm.billable("I42.0", date(2026, 9, 30)) and not icd10cm.billable("I42.0", date(2026, 10, 1))
    assert not icd10cm.billable("I42.01", date(2026, 9, 30)) and icd10cm.billable("I42.01", date(2026, 10, 1))
    assert [child.code for child in icd10cm.children("I42.0", ON)] == ["I42.00", "I42.01", "I42.09"]


def test_nothing_holds_before_icd10_began():
    assert icd10cm.lookup("I10", date(2015, 9, 30)) is None
    assert icd10cm.lookup("I10", date(2015, 10, 1)) is not None


@pytest.mark.parametrize("code", ["", "J06.X", "A00-A09", "1", "S52.501Z", "S93.401XA", "W19.XXA", "nonsense"])
def test_what_is_no_code_is_not_found(code):
    assert icd10cm.lookup(code, ON) is None


def test_a_seventh_character_completes_a_code():
    assert icd10cm.needs_seventh("S93.401") and not icd10cm.billable("S93.401", ON)
    assert not icd10cm.needs_seventh("S93.401A") and icd10cm.billable("S93.401A", ON)
    assert icd10cm.lookup("W19.XXXA", ON).description == "Unspecified fall, initial encounter"
    assert {"A", "D", "S"} <= set(icd10cm.sevenths("S93.401"))
    assert [child.code for child in icd10cm.children("S93.401", ON)] == ["S93.401A", "S93.401D", "S93.401S"]


def test_excludes1_reaches_from_the_category_to_its_codes():
    assert "E11" in tabular_notes.excludes1("E10.9")
    assert tabular_notes.excluded_with("E10.9", "E11.65") and not tabular_notes.excluded_with("E10.9", "I10")
    assert tabular_notes.excluded_with("I10", "O10.019")


@pytest.mark.parametrize(
    ("note", "read"),
    [
        ("diabetes mellitus (E10-E13 with .42)", ["E10.42", "E11.42", "E13.42"]),  # there is no E12
        ("skin disorders (E10-E11 with .62-)", ["E10.62", "E11.62"]),
        ("angiopathy (E10-E11 with .51-.52)", ["E10.51-E10.52", "E11.51-E11.52"]),
        ("dementia (F10-F18, with .17, .27)", ["F10.27", "F13.27", "F18.17", "F18.27"]),
        ("amnestic disorder (F10, F13 with .26, .96)", ["F10.26", "F10.96", "F13.26", "F13.96"]),
        ("hyperosmolarity (E11, E13 with final characters .00 or .01)", ["E11.00", "E11.01", "E13.00", "E13.01"]),
        ("mononucleosis (B27.0-B27.9 with fifth character 1)", []),
        ("diabetes (E10.4-, E11-E13)", ["E10.4", "E11-E13"]),
    ],
)
def test_the_codes_of_a_note_are_those_with_the_characters_it_says(note, read):
    assert [low if low == high else f"{low}-{high}" for low, high in tabular_notes.codes_in((note,))] == read


@pytest.mark.parametrize(
    ("code", "apart", "together"),
    [
        ("G63", "E11.42", "E11.9"), ("G99.0", "E10.43", "E11.9"), ("N08", "E11.21", "E11.22"), ("I79.8", "E11.52", "E11.9"),
        ("I73.89", "E11.51", "E11.65"), ("M14.60", "E11.610", "E11.9"), ("L99", "E11.628", "E11.9"),
    ],
)  # fmt: skip
def test_excludes1_with_final_characters_keeps_only_those_codes_apart(code, apart, together):
    assert tabular_notes.excluded_with(code, apart) and not tabular_notes.excluded_with(code, together)


def test_manifestations_and_external_causes_are_known():
    assert icd10cm.is_manifestation("F02.80") and not icd10cm.is_manifestation("G30.9")
    assert not icd10cm.is_manifestation("B96.20")  # "as the cause of diseases classified elsewhere"
    assert icd10cm.is_external_cause("W54.0XXA") and not icd10cm.is_external_cause("S61.451A")


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("M17.11", "R"),
        ("M17.12", "L"),
        ("M17.0", "B"),
        ("M17.10", "U"),
        ("J06.9", ""),
        ("S93.401A", "R"),
        ("H66.90", "U"),
        ("M72.22", "L"),
        ("M72.20", "U"),
    ],
)
def test_the_side_of_a_code(code, side):
    assert icd10cm.laterality(code) == side


@pytest.mark.parametrize(
    ("code", "sex", "ages"),
    [
        ("O80", "F", (9, 64)),
        ("N40.0", "M", (15, 124)),
        ("Z00.129", "", (0, 17)),
        ("Z00.00", "", (15, 124)),
        ("I10", "", None),
        ("P07.30", "", None),  # of the perinatal period, kept through life where it lasts (Guidelines I.C.16.a.4)
        ("Z68.30", "", (20, 124)),
        ("Z90.79", "", None),
        ("C50.911", "F", None),
    ],
)
def test_for_whom_a_code_is(code, sex, ages):
    assert (sex_of(code), ages_of(code)) == (sex, ages)


@pytest.mark.parametrize(
    ("code", "names"), [("M81.0", True), ("Z38.00", True), ("O80", True), ("Z68.52", True), ("F03.90", False), ("L20.83", False)]
)
def test_some_codes_say_themselves_for_what_age_they_are(code, names):
    assert names_its_age(code) is names


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("htn", "I10"), ("hypertesnion", "I10"), ("dm2 neuropathy", "E11.42"), ("right knee pain", "M25.561"),
        ("oa right knee", "M17.11"), ("copd", "J44.9"), ("uri", "J06.9"), ("uti", "N39.0"), ("ear wax left", "H61.22"),
        ("pneumonia", "J18.9"), ("headache", "R51.9"), ("covid", "U07.1"), ("vaccine", "Z23"), ("low back pain", "M54.50"),
        ("left ankle sprain", "S93.402A"), ("broken right wrist subsequent", "S52.501D"), ("gerd", "K21.9"),
        ("Z00.00", "Z00.00"), ("S52.501", "S52.501A"), ("m1711", "M17.11"), ("hypothyroid", "E03.9"),
        ("dm2", "E11.9"), ("qa08", "QA0.8"),
    ],
)  # fmt: skip
def test_search_finds_what_people_mean(asked, first):
    assert icd10cm.search(asked, ON, 3)[0].code == first


@pytest.mark.parametrize("asked", ["", " ", "xyzzyq", "123", "!?", "a" * 500])
def test_search_takes_anything(asked):
    assert icd10cm.search(asked, ON, 5) == []


def test_search_gives_codes_that_may_be_billed_that_day():
    for found in icd10cm.search("dilated cardiomyopathy", date(2026, 9, 30)):
        assert icd10cm.billable(found.code, date(2026, 9, 30))
    assert "I42.00" in [found.code for found in icd10cm.search("dilated cardiomyopathy", ON)]
