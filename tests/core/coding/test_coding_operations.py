"""Operations and pictures by their reports' titles; Spanish and sex conflicts told; mention mode's auto lane looked over."""

from __future__ import annotations

import pytest
from coding_cases import ON, read_note

from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest

AFTER = "OPERATIVE REPORT\nPOSTOPERATIVE DIAGNOSIS: "
# CPT surgery by the procedure's title (NCCI policy manual chapter 1); maternity care by what the practice gave of it
OPERATIONS = [
    (AFTER + "Cholelithiasis.\nPROCEDURE: Laparoscopic cholecystectomy with intraoperative cholangiogram.", ["47563"]),
    (AFTER + "Acute cholecystitis.\nPROCEDURE: Laparoscopic cholecystectomy.", ["47562"]),
    (AFTER + "Acute appendicitis.\nOPERATION PERFORMED: Laparoscopic appendectomy.", ["44970"]),
    (
        AFTER + "Medial meniscus tear of the left knee.\nPROCEDURE: Left knee arthroscopy, partial medial meniscectomy.",
        ["29881-LT"],
    ),
    (AFTER + "Cataract, right eye.\nPROCEDURE: Phacoemulsification with intraocular lens, right eye.", ["66984-RT"]),
    (AFTER + "Primary osteoarthritis of the right knee.\nPROCEDURE: Right total knee arthroplasty.", ["27447-RT"]),
    (AFTER + "Right carpal tunnel syndrome.\nPROCEDURE: Open right carpal tunnel release.", ["64721-RT"]),
    (AFTER + "Left inguinal hernia.\nPROCEDURE: Open left inguinal hernia repair with mesh.", ["49505-LT"]),
    (AFTER + "Pleural effusion.\nPROCEDURE: Right thoracentesis, no imaging used.", ["32554-RT"]),
    (AFTER + "Pleural effusion.\nPROCEDURE: Ultrasound-guided right thoracentesis.", ["32555-RT"]),
    (AFTER + "Failure to progress.\nPROCEDURE: Cesarean delivery. All prenatal care was given by our practice.", ["59510"]),
    (AFTER + "Failure to progress.\nPROCEDURE: Cesarean delivery.", ["59514"]),
    (AFTER + "Cholelithiasis.\nPROCEDURE: Diagnostic laparoscopy. No cholecystectomy.", []),
]
# CPT radiology by part and contrast or views; Medicare Claims Processing Manual 13, 20.1 (modifier 26)
READINGS = [
    ("CT CHEST WITH CONTRAST\nINDICATION: Cough.\nIMPRESSION: Lung nodule.", ["71260-26"]),
    ("CT ABDOMEN AND PELVIS WITHOUT CONTRAST\nINDICATION: Flank pain.\nIMPRESSION: Kidney stone.", ["74176-26"]),
    ("MRI BRAIN WITHOUT AND WITH CONTRAST\nINDICATION: Headache.\nIMPRESSION: Normal.", ["70553-26"]),
    ("MRI LEFT KNEE WITHOUT CONTRAST\nINDICATION: Knee pain.\nIMPRESSION: Effusion.", ["73721-26-LT"]),
    ("XR RIGHT KNEE 3 VIEWS\nINDICATION: Pain.\nIMPRESSION: Osteoarthritis.", ["73562-26-RT"]),
    ("CHEST X-RAY, PA AND LATERAL\nINDICATION: Cough.\nIMPRESSION: Pneumonia.", ["71046-26"]),
    ("ULTRASOUND ABDOMEN COMPLETE\nINDICATION: Pain.\nIMPRESSION: Gallstones.", ["76700-26"]),
    ("SCREENING MAMMOGRAM WITH TOMOSYNTHESIS\nINDICATION: Screening.\nIMPRESSION: BI-RADS 1.", ["77067-26", "77063-26"]),
    ("CT CHEST\nINDICATION: Cough.\nIMPRESSION: Lung nodule.", []),  # with or without contrast is not told
]


def coded(kind: str, text: str) -> list[str]:
    """Suggested services of a single document."""
    found = suggest([Document(kind=kind, text=text)], Visit(on=ON, age=30, sex="F"))  # type: ignore[arg-type]
    return ["-".join((one.code, *one.modifiers)) for one in found.services if one.suggested and not one.code.startswith("992")]


@pytest.mark.parametrize(("text", "codes"), OPERATIONS)
def test_an_operation_is_coded_by_the_title_of_its_report(text: str, codes: list[str]):
    assert coded("procedure", text) == codes


@pytest.mark.parametrize(("text", "codes"), READINGS)
def test_a_radiology_report_alone_is_the_reading_of_its_study(text: str, codes: list[str]):
    assert coded("radiology", text) == codes


def test_a_note_in_spanish_is_told_as_such_and_not_coded():
    told = read_note("MOTIVO DE CONSULTA: Dolor de garganta.\nEVALUACIÓN:\n1. Asma y diabetes. El paciente niega fiebre.")
    assert [one.code for one in told.diagnoses if one.suggested] == []
    assert [one.topic for one in told.queries] == ["language"]


def test_a_diagnosis_of_the_other_sex_is_asked_about():
    told = read_note("1. Benign prostatic hyperplasia. Continue tamsulosin.", sex="F")
    assert [one.code for one in told.diagnoses if one.suggested] == []
    assert "sex" in [one.topic for one in told.queries]
