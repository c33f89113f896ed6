"""The CMS-1500: every box from the claim, six lines a page, on the form's own grid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from claimwright.claims.forms.cms1500 import boxes, cms1500_pdf, page_count
from claimwright.claims.forms.cms1500_layout import FIELDS, LINE_FIELDS, place
from claimwright.claims.model import Claim, Diagnosis, Drug, OtherPayer, ServiceLine
from claimwright.parties import Address, Insured, Payer, Person, Provider

HOME = Address(line1="12 Elm Street", line2="Apt 4", city="Springfield", state="IL", zip="627041234")
MARIA = Person(last="Lopez", first="Maria", middle="Ana", birth=date(1970, 3, 9), sex="F", address=HOME, phone="2175550123")


def claim(lines: int = 1, **more: Any) -> Claim:
    services = tuple(
        ServiceLine(
            number=n,
            procedure="99213",
            charge=15000 + n,
            first_service=date(2026, 11, 2),
            modifiers=("25",),
            pointers=(1, 3),
            units=Decimal("1.500") if n == 2 else Decimal(1),
        )
        for n in range(1, lines + 1)
    )
    facts: dict[str, Any] = {
        "patient_control_number": "CW1",
        "charge": sum(one.charge for one in services),
        "place_of_service": "11",
        "billing": Provider(
            npi="1987654321",
            name="Riverside Family Practice",
            taxonomy="261QP2300X",
            ein="12-3456789",
            address=HOME,
            phone="2175550100",
        ),
        "rendering": Provider(npi="1234567893", name="Hart", first="Alice", person=True),
        "payer": Payer(name="Prairie Health", payer_id="P1", address=HOME),
        "insured": Insured(person=MARIA, member_id="XYZ1", group_number="G7"),
        "patient": MARIA,
        "diagnoses": tuple(Diagnosis(code=code) for code in ("M17.11", "E11.9", "I10")),
        "lines": services,
    }
    return Claim(**facts | more)


def test_the_parties_stand_in_their_boxes() -> None:
    form = boxes(claim())
    assert form["1a"] == "XYZ1" and form["2"] == form["4"] == "LOPEZ, MARIA, A"
    assert (form["3.month"], form["3.day"], form["3.year"], form["3.female"]) == ("03", "09", "1970", "X")
    assert (form["5"], form["5.zip"], form["5.area"], form["5.phone"]) == ("12 ELM STREET APT 4", "62704-1234", "217", "5550123")
    assert form["6.self"] == "X" and form["1.group"] == "X" and form["11"] == "G7" and form["11d.no"] == "X"
    assert form["33.1"] == "RIVERSIDE FAMILY PRACTICE" and form["33a"] == "1987654321" and form["33b"] == "ZZ261QP2300X"
    assert form["25"] == "123456789" and form["25.ein"] == "X" and form["26"] == "CW1" and form["31.1"] == "ALICE HART"


def test_a_service_line_has_dates_codes_letters_and_its_charge_in_two_parts() -> None:
    form = boxes(claim(2))
    assert (form["24A.from.1"], form["24D.1"], form["24D.modifier1.1"], form["24E.1"]) == ("11 02 26", "99213", "25", "AC")
    assert (form["24F.1"], form["24G.1"], form["24G.2"], form["24J.1"]) == ("150 01", "1", "1.5", "1234567893")
    assert (form["21.indicator"], form["21A"], form["21C"]) == ("0", "M1711", "I10")
    assert form["28"] == "300 03"


def test_medicare_first_says_none_in_box_11() -> None:
    form = boxes(claim(filing_indicator="MB"))
    assert form["1.medicare"] == "X" and form["11"] == "NONE" and "11d.no" not in form


@pytest.mark.parametrize("indicator, box", [("MC", "medicaid"), ("CH", "tricare"), ("CI", "group"), ("HM", "group")])
def test_the_kind_of_coverage_is_ticked(indicator: str, box: str) -> None:
    assert boxes(claim(filing_indicator=indicator))[f"1.{box}"] == "X"


@pytest.mark.parametrize("accepts, box", [("A", "27.yes"), ("C", "27.no")])
def test_assignment_comes_from_the_claim(accepts: str, box: str) -> None:
    assert boxes(claim(accept_assignment=accepts))[box] == "X"
    assert "13" not in boxes(claim(assignment_of_benefits=False)) and boxes(claim())["13"] == "SIGNATURE ON FILE"


def test_a_corrected_claim_carries_seven_and_the_payers_number() -> None:
    form = boxes(claim(frequency="7", payer_control_number="ICN9"))
    assert (form["22.code"], form["22.reference"]) == ("7", "ICN9")
    assert "22.code" not in boxes(claim(payer_control_number="ICN9"))


def test_an_accident_another_payer_and_a_referral_are_told() -> None:
    other = OtherPayer(
        payer=Payer(name="Medigap", payer_id="M"), insured=Insured(person=MARIA, member_id="77A"), responsibility="P",
        filing_indicator="MB", paid=7392,
    )  # fmt: skip
    form = boxes(
        claim(
            related_cause="AA", accident_state="IL", accident_date=date(2026, 10, 19), onset=date(2026, 10, 20),
            other_payers=(other,), referring=Provider(npi="1093817465", name="Stone", first="Peter", person=True),
            patient_paid=500, prior_authorization="AUTH1",
        )
    )  # fmt: skip
    assert form["10b.yes"] == form["10a.no"] == form["11d.yes"] == "X" and form["10b.state"] == "IL"
    assert (form["14.qualifier"], form["15.qualifier"], form["9a"], form["23"]) == ("431", "439", "77A", "AUTH1")
    assert (form["17.qualifier"], form["17"], form["17b"]) == ("DN", "PETER STONE", "1093817465")
    assert form["29"] == "78 92"


def test_a_drug_stands_in_the_shaded_half() -> None:
    line = msgspec.structs.replace(claim().lines[0], drug=Drug(ndc="00009030702", quantity=Decimal("1.50"), unit="ML"))
    assert (
        boxes(claim(lines=1) if False else msgspec.structs.replace(claim(), lines=(line,)))["24.shaded.1"]
        == "N400009030702   ML1.5"
    )


def test_a_very_long_name_keeps_its_first_name() -> None:
    long = Person(last="Featherstonehaugh-Cholmondeley", first="Maria", birth=date(1970, 3, 9), sex="F")
    name = boxes(claim(patient=long))["2"]
    assert len(name) == 28 and name.endswith(", MARIA")


def test_more_than_six_lines_take_more_pages_and_each_page_adds_up() -> None:
    eight = claim(8, patient_paid=500)
    assert page_count(eight) == 2
    first, second = boxes(eight, 1), boxes(eight, 2)
    assert "24D.6" in first and "24D.7" not in first and "24D.2" in second and "24D.3" not in second
    total = sum(int(page["28"].replace(" ", "")) for page in (first, second))
    assert total == eight.charge and first["29"] == "5 00" and "29" not in second


def test_every_box_has_its_place_and_none_overlap() -> None:
    for box in boxes(claim(6, frequency="7", payer_control_number="1"), signed_on=date(2026, 11, 3)):
        place(box)
    spots = [*FIELDS.values(), *(place(f"{name}.{row}") for name in LINE_FIELDS for row in range(1, 7))]
    taken: set[tuple[int, int]] = set()
    for spot in spots:
        cells = {(spot.line, spot.column + step) for step in range(spot.width)}
        assert not cells & taken, spot
        assert spot.line <= 66 and spot.column + spot.width - 1 <= 79
        taken |= cells


def test_the_pdf_has_a_page_for_six_lines_and_prints_data_alone_on_the_red_form() -> None:
    drawn = PdfReader(BytesIO(cms1500_pdf(claim(8))))
    assert len(drawn.pages) == 2 and "Insured's ID number" in drawn.pages[0].extract_text().replace("\u2019", "'")
    bare = PdfReader(BytesIO(cms1500_pdf(claim(), data_only=True))).pages[0].extract_text()
    assert "Insured" not in bare and "XYZ1" in bare and "99213" in bare


def test_data_stands_on_the_ten_pitch_grid() -> None:
    found: dict[str, tuple[float, float]] = {}

    def visit(text: str, page_matrix: list[float], matrix: list[float], *_: Any) -> None:
        x = matrix[4] * page_matrix[0] + matrix[5] * page_matrix[2] + page_matrix[4]
        y = matrix[4] * page_matrix[1] + matrix[5] * page_matrix[3] + page_matrix[5]
        if text.strip():
            found.setdefault(text.strip(), (x, y))

    page = PdfReader(BytesIO(cms1500_pdf(claim(), data_only=True))).pages[0]
    page.extract_text(visitor_text=visit)
    left, line_height, pitch = 24, 12, 7.2
    for text, spot in (("XYZ1", FIELDS["1a"]), ("ZZ261QP2300X", FIELDS["33b"])):
        x = next(position[0] for key, position in found.items() if key.startswith(text))
        assert abs(x - (left + (spot.column - 1) * pitch)) < 1.5, text
    tops = {text: position[1] for text, position in found.items()}
    assert abs((tops["XYZ1"] - tops["ZZ261QP2300X"]) - (61 - 8) * line_height) < 1.5
