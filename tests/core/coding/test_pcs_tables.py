"""The tables of operations: every row makes codes, and the combinations allowed are the official ones."""

from __future__ import annotations

import random
import zipfile
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from typer.testing import CliRunner

from claimwright.cli.main import app
from claimwright.codesets.store import Store
from claimwright.coding.case import Case
from claimwright.coding.grouper import valid_procedure
from claimwright.coding.mentions import find
from claimwright.coding.model import Document, Visit
from claimwright.coding.note import read
from claimwright.coding.pcs.build import built_codes
from claimwright.coding.pcs.tables import Operation, choices, operations
from claimwright.coding.pcs.validity import VALUES, Valid, by_rows, by_store, only_value

ON = date(2026, 10, 14)
OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "icd10pcs" / "Zip_File_3_2025_ICD-10-PCS_Codes_File.zip"


def values(cell: str) -> list[str]:
    if cell == "[ventilation hours]":
        return ["3", "4", "5"]
    if cell.startswith("["):
        return [value for choice in choices()[cell.strip("[]+")] for value in choice.values]
    return [one[0] for one in cell.split()]


def expanded(operation: Operation) -> list[str]:
    cells = (operation.part, operation.approach, operation.device, operation.qualifier)
    return [operation.stem + "".join(axes) for axes in product(*(values(cell) for cell in cells))]


def built(text: str, valid: Valid | None = None) -> list[str]:
    reading = find(read([Document(kind="procedure", text=text)]))
    case = Case(reading=reading, visit=Visit(on=ON, setting="inpatient"), candidates=[])
    return [one.code for one in built_codes(case, valid)]


@pytest.mark.parametrize("operation", operations(), ids=lambda one: f"{one.phrases[0].words} {one.stem}{one.part}")
def test_every_row_of_operations_makes_codes_of_the_day(operation: Operation):
    codes = expanded(operation)
    good = [code for code in codes if valid_procedure(code, ON)]
    assert len(good) >= len(codes) * 0.6, sorted(set(codes) - set(good))


def test_every_list_that_a_row_names_is_there_and_every_list_is_named():
    named = {
        cell.strip("[]+")
        for one in operations()
        for cell in (one.part, one.approach, one.device, one.qualifier)
        if cell.startswith("[")
    }
    assert named - {"ventilation hours"} == set(choices())


def test_imported_tables_decide_where_there_are_any():
    rows = {"0DT": [{"part": "J", "approach": "0 8", "device": "Z", "qualifier": "Z"}]}
    valid = by_rows(lambda key: rows.get(key, []))
    assert valid("0DTJ0ZZ") and not valid("0DTJ4ZZ") and not valid("0DTJ0Z")
    assert built("PROCEDURE: Open appendectomy", valid) == ["0DTJ0ZZ"]
    assert built("PROCEDURE: Laparoscopic appendectomy", valid) == []


def test_an_open_axis_is_filled_only_where_the_tables_allow_one_value():
    assert only_value("0DT_0ZZ", 3, lambda code: code == "0DTJ0ZZ") == "J"
    assert only_value("0DT_0ZZ", 3, lambda code: code[3] in "JK") == ""
    assert only_value("0DT_0_Z", 3, lambda code: True) == ""


def test_each_axis_tells_its_words():
    text = "PROCEDURE: Right total knee arthroplasty, cemented"
    reading = find(read([Document(kind="procedure", text=text)]))
    (one,) = built_codes(Case(reading=reading, visit=Visit(on=ON, setting="inpatient"), candidates=[]))
    told = {axis.name: [words.text for words in axis.evidence] for axis in one.axes if axis.evidence}
    assert told == {"root operation": ["total knee arthroplasty"], "body part": ["Right"], "qualifier": ["cemented"]}
    assert all(text[words.start : words.end] == words.text for axis in one.axes for words in axis.evidence)
    assert one.rule.startswith("ICD-10-PCS B")


def official() -> dict[str, str]:
    if not OFFICIAL.is_file():
        pytest.skip("the official list of ICD-10-PCS codes (FY2025) is not on this machine")
    with zipfile.ZipFile(OFFICIAL) as held:
        lines = held.read("icd10pcs_codes_2025.txt").decode().splitlines()
    return {line[:7]: line[8:].strip() for line in lines if line.strip()}


def test_validity_by_the_package_is_the_official_list():
    titles, on, draw = official(), date(2025, 1, 15), random.Random(7)
    some = draw.sample(sorted(titles), 3_000)
    assert [code for code in some if not valid_procedure(code, on)] == []
    changed = [code[:at] + draw.choice(VALUES) + code[at + 1 :] for code in some for at in (draw.randrange(7),)]
    assert [code for code in changed if valid_procedure(code, on) != (code in titles)] == []


@pytest.mark.parametrize(
    "words, title",
    [
        ("PROCEDURE: Laparoscopic appendectomy", "Resection of Appendix, Percutaneous Endoscopic Approach"),
        ("PROCEDURE: Open left inguinal hernia repair with mesh", "Supplement Left Inguinal Region with Synthetic Substitute"),
        ("PROCEDURE: Right chest tube placement", "Drainage of Right Pleural Cavity with Drainage Device, Percutaneous"),
        ("PROCEDURE: ORIF of the left distal radius", "Reposition Left Radius with Internal Fixation Device, Open Approach"),
        ("PROCEDURE: Cystoscopy with right ureteral stent", "Dilation of Right Ureter with Intraluminal Device"),
        ("PROCEDURE: TURP", "Excision of Prostate, Via Natural or Artificial Opening Endoscopic"),
        ("PROCEDURE: Total thyroidectomy", "Resection of Thyroid Gland, Open Approach"),
        ("PROCEDURE: PCI of the LAD with one drug-eluting stent", "Dilation of Coronary Artery, One Artery with Drug-eluting"),
    ],
)
def test_a_code_means_in_the_official_list_what_the_note_said(words: str, title: str):
    (code,) = built(words)
    assert official()[code].startswith(title)


def test_tables_of_the_local_store_decide_on_the_days_they_cover(tmp_path: Path):
    axes = {4: "J", 5: "0", 6: "Z", 7: "Z"}
    row = "".join(f"<axis pos='{at}'><label code='{value}'>{value}</label></axis>" for at, value in axes.items())
    head = "".join(f"<axis pos='{at}'><label code='{value}'>{value}</label></axis>" for at, value in enumerate("0DT", 1))
    tables = tmp_path / "icd10pcs_tables_2027.xml"
    tables.write_text(
        f"<ICD10PCS.tabular><version>2027</version><pcsTable>{head}<pcsRow codes='1'>{row}</pcsRow></pcsTable></ICD10PCS.tabular>"
    )
    file = tmp_path / "codesets.sqlite"
    assert CliRunner().invoke(app, ["codesets", "import", str(tables), "--store", str(file)]).exit_code == 0
    store = Store(file)
    valid = by_store(store, ON)
    assert valid is not None and valid("0DTJ0ZZ") and not valid("0DTJ4ZZ") and not valid("0FT44ZZ")
    assert by_store(store, date(2025, 10, 14)) is None
    store.close()
