"""False codes from text that denies, doubts, fears or tells of others: every condition in every carrier in every section."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from coding_cases import diagnoses

CARRIERS = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parent / "rule_cases" / "carriers.cross").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
CONDITIONS = [
    ("pneumonia", ("J18", "J15")),
    ("type 2 diabetes", ("E11",)),
    ("asthma", ("J45",)),
    ("atrial fibrillation", ("I48",)),
    ("heart failure", ("I50", "I11")),
    ("stroke", ("I63", "Z86.73", "I69")),
    ("deep vein thrombosis", ("I82",)),
    ("colon cancer", ("C18",)),
    ("gout", ("M10", "M1A")),
    ("cellulitis", ("L03",)),
    ("depression", ("F32", "F33")),
    ("kidney stones", ("N20",)),
    ("chronic kidney disease", ("N18", "I12")),
    ("coronary artery disease", ("I25",)),
    ("fracture of the right wrist", ("S62", "S52")),
    ("anemia", ("D64", "D50")),
]
SECTIONS = {
    "assessment": "ASSESSMENT AND PLAN:\n1. Hypertension. {told} Continue lisinopril.",
    "history": "HPI: Here for blood pressure. {told}\n\nASSESSMENT:\n1. Hypertension",
    "past history": "PAST MEDICAL HISTORY: {told}\n\nASSESSMENT:\n1. Hypertension",
    "plan": "ASSESSMENT:\n1. Hypertension\n\nPLAN:\nContinue lisinopril. {told}",
}
MOST = 0.01


@pytest.mark.parametrize("section", SECTIONS)
def test_at_most_one_in_a_hundred_is_coded_from_what_is_denied_doubted_feared_or_of_others(section):
    asked, false = Counter[str](), Counter[str]()
    wrong = []
    for (kind, carrier), (condition, prefixes) in product(CARRIERS, CONDITIONS):
        told = carrier.replace("{it}", condition)
        found = [
            code
            for code in diagnoses(SECTIONS[section].replace("{told}", told[0].upper() + told[1:]))
            if code.startswith(prefixes)
        ]
        asked[kind] += 1
        false[kind] += bool(found)
        if found:
            wrong.append((carrier, condition, found))
    assert asked.total() > 1_800
    assert {kind: false[kind] / asked[kind] for kind in asked if false[kind] > MOST * asked[kind]} == {}, wrong[:20]
