"""Which services a note supports: what was done, in units, with modifiers and the diagnoses behind it."""

from __future__ import annotations

from itertools import product

import pytest
from coding_cases import read_note, services

from claimwright.coding.em_families import level_by_time
from claimwright.coding.em_table import data_level, from_elements
from claimwright.coding.joints import JOINT_RULE
from claimwright.coding.visits import preventive_code
from claimwright.coding.wounds import code_for

DONE = "CPT: what was performed, not what is ordered"
MDM = "CPT E/M 2021/2023 MDM table"
TWENTY_FIVE = "CPT modifier 25"


# --- the E/M table: every cell


@pytest.mark.parametrize("elements", list(product(range(1, 5), repeat=3)))
def test_two_of_three_elements_decide_the_level(elements):
    """MDM table: a level needs two of three elements met or exceeded."""
    level = from_elements(*elements)
    assert sum(element + 1 >= level for element in elements) >= 2
    assert level == 5 or sum(element + 1 >= level + 1 for element in elements) < 2


@pytest.mark.parametrize(
    "minutes, new, established",
    [(9, 0, 0), (10, 0, 2), (15, 2, 2), (20, 2, 3), (29, 2, 3), (30, 3, 4), (40, 3, 5), (45, 4, 5), (59, 4, 5), (60, 5, 5)],
)
def test_total_time_gives_the_level_when_met_or_exceeded(minutes, new, established):
    assert (level_by_time("office new", minutes), level_by_time("office established", minutes)) == (new, established)


@pytest.mark.parametrize(
    "tests, historian, interpretation, discussion, level",
    [
        (0, False, False, False, 1),
        (1, False, False, False, 1),
        (2, False, False, False, 2),
        (0, True, False, False, 2),
        (3, False, False, False, 3),
        (2, True, False, False, 3),
        (0, False, True, False, 3),
        (0, False, False, True, 3),
        (3, False, True, False, 4),
        (0, False, True, True, 4),
        (3, False, False, True, 4),
    ],
)
def test_the_data_column_counts_its_categories(tests, historian, interpretation, discussion, level):
    assert data_level(tests, historian, interpretation, discussion) == level


@pytest.mark.parametrize(
    "age, new, code",
    [
        (0, True, "99381"),
        (0, False, "99391"),
        (1, False, "99392"),
        (4, True, "99382"),
        (5, False, "99393"),
        (11, True, "99383"),
        (12, False, "99394"),
        (17, True, "99384"),
        (18, False, "99395"),
        (39, True, "99385"),
        (40, False, "99396"),
        (64, True, "99386"),
        (65, False, "99397"),
        (90, True, "99387"),
    ],
)
def test_preventive_visits_go_by_age_and_new_or_established(age, new, code):
    assert preventive_code(age, new) == code


@pytest.mark.parametrize(
    "length, site, layered, code",
    [
        (2.5, "forearm", False, "12001"),
        (2.6, "forearm", False, "12002"),
        (7.6, "scalp", False, "12004"),
        (2.0, "hand", False, "12001"),
        (2.0, "forehead", False, "12011"),
        (2.6, "lip", False, "12013"),
        (5.1, "cheek", False, "12014"),
        (3.0, "lower leg", True, "12032"),
        (3.0, "hand", True, "12042"),
        (3.0, "face", True, "12052"),
        (21.0, "thigh", True, "12036"),
    ],
)
def test_repairs_go_by_kind_site_and_length(length, site, layered, code):
    assert code_for(length, site, layered) == code


# --- whole visits: (note, services, rule, visit)

VISITS = [
    ("1. Viral URI. Fluids and rest.", ["99213"], MDM),
    ("1. Skin tag, reassurance.", ["99212"], MDM),
    ("1. Strep pharyngitis. Amoxicillin prescribed for ten days.", ["99213"], MDM),
    ("1. Hypertension, not at goal. Increase lisinopril to 40 mg daily.", ["99214"], MDM),
    ("1. Hypertension, stable. Continue lisinopril.\n2. Hyperlipidemia, stable. Continue atorvastatin.", ["99214"], MDM),
    ("1. Hypertension, stable. Continue lisinopril 20 mg.", ["99213"], MDM),
    ("1. Hypertension, stable. Continue lisinopril 20 mg.", ["99203"], MDM, {"new_patient": True}),
    ("1. Type 2 diabetes, not at goal. Increase metformin.", ["99204"], MDM, {"new_patient": True}),
    ("1. Hypertension, stable. Continue lisinopril. Total time today 32 minutes.", ["99214"], "CPT E/M total time"),
    ("1. Hypertension, stable. Continue lisinopril. Total time today 61 minutes.", ["99215", "99417"], "CPT E/M total time"),
    ("1. Hypertension, stable. Continue lisinopril.", ["99213-95"], "modifier 95", {"setting": "telehealth"}),
    (
        "1. Encounter for immunization. Influenza vaccine given in the left deltoid today.",
        ["90471", "90656"],
        "90471",
        {"age": 40},
    ),
]


@pytest.mark.parametrize("case", VISITS, ids=[case[0][:60] for case in VISITS])
def test_a_visit_has_the_level_its_facts_support(case):
    text, expected, _rule, *visit = case
    assert services(text, **(visit[0] if visit else {})) == expected


def test_the_level_shows_the_facts_of_each_element():
    coding = read_note("1. Hypertension, not at goal. CBC and lipid panel ordered. Increase lisinopril to 40 mg daily.")
    level = coding.services[0].level
    assert level is not None and level.level == 4
    assert level.problems.startswith("moderate") and level.data.startswith("low") and level.risk.startswith("moderate")
    assert {name.split(":")[0] for name, _ in level.facts} >= {"problem", "test", "risk"}


# --- what was done: (procedure or result sentence, problem, expected services besides the visit, rule)

ACTS = [
    (
        "PROCEDURE: Right knee joint injected with triamcinolone 40 mg. Tolerated well.",
        "Osteoarthritis of the right knee",
        ["20610-RT", "J3301 x4"],
        JOINT_RULE,
    ),
    (
        "PROCEDURE: Left shoulder subacromial injection performed with triamcinolone 20 mg.",
        "Impingement syndrome of the left shoulder",
        ["20610-LT", "J3301 x2"],
        JOINT_RULE,
    ),
    (
        "PROCEDURE: Ultrasound-guided injection of the right knee joint with triamcinolone 40 mg was performed.",
        "Osteoarthritis of the right knee",
        ["20611-RT", "J3301 x4"],
        JOINT_RULE,
    ),
    (
        "PROCEDURE: Left elbow joint aspirated under sterile conditions.",
        "Olecranon bursitis, left elbow",
        ["20605-LT"],
        JOINT_RULE,
    ),
    (
        "PROCEDURE: Trigger finger injection, right middle finger, performed with triamcinolone 10 mg.",
        "Trigger finger, right middle finger",
        ["20550-F7", "J3301"],
        DONE,
    ),
    ("PROCEDURE: Incision and drainage of abscess performed, 5 mL pus drained.", "Abscess of the right thigh", ["10060"], DONE),
    (
        "PROCEDURE: Laceration 3.0 cm closed with simple interrupted nylon sutures.",
        "Laceration of the left forearm",
        ["12002"],
        "CPT repair",
    ),
    (
        "PROCEDURE: Laceration 3.0 cm. Layered closure with deep Vicryl and nylon sutures.",
        "Laceration of the left forearm",
        ["12032"],
        "CPT repair",
    ),
    (
        "PROCEDURE: Four actinic keratoses frozen with liquid nitrogen.",
        "Actinic keratoses of the face",
        ["17000", "17003 x3"],
        "17000, 17003",
    ),
    ("PROCEDURE: Liquid nitrogen applied to 3 warts.", "Plantar warts", ["17110"], "17110 up to 14"),
    ("PROCEDURE: Cryotherapy performed on 16 warts.", "Common warts", ["17111"], "17111 from 15"),
    ("PROCEDURE: 8 skin tags removed by snip excision.", "Skin tags", ["11200"], "11200 up to 15"),
    (
        "PROCEDURE: Impacted cerumen removed from the left ear with a curette.",
        "Impacted cerumen, left ear",
        ["69210-LT"],
        "69210 instruments",
    ),
    ("PROCEDURE: Cerumen removed from the right ear by irrigation.", "Impacted cerumen, right ear", ["69209-RT"], "69209 lavage"),
    ("PROCEDURE: Partial nail avulsion performed under digital block.", "Ingrown toenail", ["11730"], DONE),
    ("PROCEDURE: Punch biopsy performed.", "Neoplasm of uncertain behavior of skin", ["11104"], DONE),
]


@pytest.mark.parametrize("done, problem, expected, rule", ACTS, ids=[act[0][:60] for act in ACTS])
def test_a_procedure_that_was_done_is_coded_alone(done, problem, expected, rule):
    """The decision for a minor procedure is part of it: no visit beside it (NCCI policy manual, chapter 1, D)."""
    assert services(f"{done}\nASSESSMENT AND PLAN:\n1. {problem}") == expected


TESTS = [
    ("TEST: Rapid strep test in the office: positive.", "Strep pharyngitis", "87880-QW"),
    ("TEST: Rapid influenza test in the office: influenza A positive.", "Influenza A", "87804-QW"),
    ("TEST: Monospot in the office negative.", "Acute pharyngitis", "86308-QW"),
    ("TEST: Automated urine dipstick in the office: nitrite positive.", "Acute cystitis", "81003-QW"),
    ("TEST: Urine dipstick read by eye in the office: leukocytes positive.", "Acute cystitis", "81002"),
    ("POINT OF CARE: Hemoglobin A1c 7.4 percent.", "Type 2 diabetes", "83036-QW"),
    ("TEST: Fingerstick glucose in office 142.", "Type 2 diabetes", "82962"),
    ("TEST: Hemoglobin by fingerstick in the office 12.1.", "Iron deficiency anemia", "85018-QW"),
    ("TEST: INR by fingerstick meter in the office 2.4.", "Atrial fibrillation", "85610-QW"),
    ("TEST: Urine pregnancy test in the office: negative.", "Irregular menses", "81025"),
    ("DATA: ECG performed in the office: normal sinus rhythm, no ST changes.", "Palpitations", "93000"),
    ("TEST: Spirometry performed in the office before and after bronchodilator.", "COPD", "94060"),
    ("TEST: Spirometry performed in the office: FEV1 80 percent.", "Asthma", "94010"),
    ("TREATMENT: Albuterol 2.5 mg nebulizer treatment given in the office.", "Asthma exacerbation", "94640"),
    ("TREATMENT: Albuterol 2.5 mg nebulizer treatment given in the office.", "Asthma exacerbation", "J7613 x3"),
    ("IMAGING: X-ray right ankle, three views, taken in the office: no fracture.", "Sprain of the right ankle", "73610-RT"),
    ("IMAGING: Two-view chest X-ray taken in the office.", "Cough", "71046"),
    ("IMAGING: Left shoulder X-ray, two views, obtained in office.", "Left shoulder pain", "73030-LT"),
    ("IMAGING: Right knee X-ray, 3 views, obtained in office.", "Right knee pain", "73562-RT"),
    ("DATA: Blood drawn here by venipuncture.", "Hypothyroidism", "36415"),
    ("INSTRUMENT: PHQ-9 completed and scored today: 14.", "Depression", "96127"),
    ("MEDICATION GIVEN: Ketorolac 30 mg intramuscular given.", "Low back pain", "J1885 x2"),
    ("MEDICATION GIVEN: Ketorolac 30 mg intramuscular given.", "Low back pain", "96372"),
    ("GIVEN: Ceftriaxone 500 mg IM given.", "Pneumonia", "J0696 x2"),
    ("GIVEN: Cyanocobalamin 1000 mcg intramuscular.", "Pernicious anemia", "J3420"),
    ("GIVEN: Dexamethasone 8 mg intramuscular given.", "Croup", "J1100 x8"),
    ("GIVEN: Methylprednisolone acetate 80 mg intramuscular given.", "Poison ivy dermatitis", "J1010 x80"),
    ("GIVEN: Promethazine 25 mg intramuscular given.", "Nausea and vomiting", "J2550"),
    ("GIVEN: Medroxyprogesterone acetate 150 mg intramuscular.", "Contraceptive injection", "J1050 x150"),
]


@pytest.mark.parametrize("told, problem, code", TESTS, ids=[f"{row[2]} {row[0][:50]}" for row in TESTS])
def test_a_test_or_drug_given_here_is_coded_with_its_units_and_modifiers(told, problem, code):
    assert code in services(f"{told}\nASSESSMENT AND PLAN:\n1. {problem}")


NOT_DONE = [
    ("1. Right knee osteoarthritis. Steroid injection of the right knee will be scheduled.", "20610"),
    ("1. Right knee osteoarthritis. Discussed joint injection, declined.", "20610"),
    ("1. Cough. Chest X-ray ordered.", "7104"),
    ("1. Sprain of the left ankle. X-ray not needed.", "736"),
    ("1. Palpitations. ECG ordered at the hospital.", "93000"),
    ("HPI: ECG in the emergency department yesterday was normal.\nASSESSMENT:\n1. Chest pain", "93000"),
    ("1. Type 2 diabetes. Hemoglobin A1c will be checked in three months.", "83036"),
    ("DATA: Hemoglobin A1c 7.1 from the reference laboratory last week.\nASSESSMENT:\n1. Type 2 diabetes", "83036"),
    ("1. Hypertension. Basic metabolic panel and CBC ordered.", "8"),
    ("1. Hypertension. Influenza vaccine due, declined.", "90"),
    ("1. Hypertension. Tdap at the pharmacy next week.", "90"),
    ("HPI: She got a flu shot last month.\nASSESSMENT:\n1. Hypertension", "90"),
    ("1. Asthma. Continue albuterol inhaler as needed.", "J76"),
    ("1. Strep pharyngitis. Amoxicillin 500 mg twice daily.", "J"),
    ("1. Wart. Cryotherapy will be considered next visit.", "1711"),
    ("1. Low back pain. Ketorolac was considered but not given.", "J1885"),
    ("CC: Suture removal.\nASSESSMENT:\n1. Laceration of left forearm, healing well. Sutures removed.", "120"),
]


@pytest.mark.parametrize("text, code", NOT_DONE, ids=[row[0][:60] for row in NOT_DONE])
def test_what_was_ordered_planned_declined_or_done_elsewhere_is_not_coded(text, code):
    assert not [one for one in services(text) if one.startswith(code)]


WITH_25 = [
    (
        "TREATMENT: Albuterol 2.5 mg nebulizer treatment given in the office.\n"
        "ASSESSMENT:\n1. Asthma exacerbation. Prednisone prescribed.",
        "99214-25",
    ),
    ("GIVEN: Ketorolac 30 mg intramuscular given.\nASSESSMENT:\n1. Low back pain. Cyclobenzaprine prescribed.", "99213-25"),
    (
        "PROCEDURE: Left knee joint injected with triamcinolone 40 mg.\n"
        "ASSESSMENT:\n1. Hypertension, not at goal. Increase lisinopril.\n2. Osteoarthritis of the left knee, injected today.",
        "99214-25",
    ),
]


@pytest.mark.parametrize("text, code", WITH_25)
def test_the_visit_beside_a_procedure_carries_25(text, code):
    assert services(text)[0] == code


def test_tests_and_films_alone_need_no_25():
    found = services(
        "TEST: Rapid strep test in the office: positive.\nASSESSMENT:\n1. Strep pharyngitis. Amoxicillin prescribed."
    )
    assert found == ["99213", "87880-QW"]


def test_a_routine_examination_with_a_separate_new_problem_has_two_visits():
    found = services("1. Annual physical exam with abnormal finding\n2. Hypertension, new. Start lisinopril 10 mg daily.", age=50)
    assert found == ["99396", "99214-25"]


def test_a_routine_examination_with_a_stable_disease_is_one_visit():
    assert services("1. Annual physical exam\n2. Hypertension, stable, continue lisinopril", age=50) == ["99396"]


def test_childrens_vaccines_with_counselling_go_by_component():
    text = (
        "WELL CHILD VISIT\nIMMUNIZATIONS: After counselling the parent on each vaccine, the physician ordered MMR and varicella. "
        "Both given today.\nASSESSMENT AND PLAN: Routine child health exam without abnormal findings."
    )
    assert services(text, age=1) == ["99392-25", "90460 x2", "90461 x2", "90707", "90716"]


def test_adult_vaccines_go_by_injection():
    text = "IMMUNIZATIONS GIVEN TODAY: Tdap 0.5 mL and Shingrix 0.5 mL, left deltoid.\nASSESSMENT:\n1. Need for vaccination"
    assert sorted(services(text, age=55)) == ["90471", "90472", "90715", "90750"]


def test_medicare_has_its_own_code_for_giving_the_flu_vaccine():
    text = (
        "Medicare patient.\nVACCINE GIVEN: Influenza vaccine, high dose, left deltoid.\n"
        "ASSESSMENT:\n1. Encounter for immunization"
    )
    assert sorted(services(text, age=70)) == ["90662", "G0008"]


@pytest.mark.parametrize("minutes, code", [(2, None), (3, None), (4, "99406"), (10, "99406"), (11, "99407")])
def test_tobacco_counselling_goes_by_its_minutes(minutes, code):
    found = services(f"1. Nicotine dependence, cigarettes. Tobacco cessation counseling for {minutes} minutes.")
    assert [one for one in found if one.startswith("9940")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("note", "code", "pointers"),
    [
        # the visit points as the claim lists (OCG IV.G), a cause before its manifestation
        ("1. Type 2 diabetes with diabetic CKD stage 3a, stable. Continue losartan.", "9921", ["E11.22", "N18.31"]),
        ("1. Diabetic foot ulcer of left foot, type 2 diabetes. Dressing changed.", "9921", ["E11.621", "L97.529"]),
        # a drug points to what it treats
        (
            "MEDICATION GIVEN: Ketorolac 30 mg IM given.\nASSESSMENT:\n1. Hypertension, continue lisinopril.\n2. Low back pain.",
            "J1885",
            ["M54.50"],
        ),
        (
            "MEDICATION GIVEN: Ceftriaxone 1 g IM and ondansetron 4 mg IM given.\n"
            "ASSESSMENT:\n1. Asthma, stable.\n2. Nausea and vomiting.\n3. Community-acquired pneumonia.",
            "96372",
            ["J18.9", "R11.2"],
        ),
        (
            "MEDICATION GIVEN: Cyanocobalamin 1000 mcg IM given.\n"
            "ASSESSMENT:\n1. Hypothyroidism, continue levothyroxine.\n2. B12 deficiency anemia.",
            "J3420",
            ["D51.9"],
        ),
    ],
)
def test_lines_point_to_what_they_treat_in_the_order_of_the_claim(note, code, pointers):
    held = read_note(note)
    assert next(list(one.diagnosis_codes) for one in held.services if one.code.startswith(code) and one.suggested) == pointers


def test_each_service_points_to_the_diagnosis_it_is_for():
    coding = read_note(
        "PROCEDURE: Left knee joint injected with triamcinolone 40 mg.\n"
        "TEST: Hemoglobin A1c in office 8.1.\n"
        "ASSESSMENT:\n1. Type 2 diabetes, not at goal. Increase metformin.\n2. Osteoarthritis of the left knee, injected."
    )
    links = {one.code: one.diagnosis_codes[0] for one in coding.services if one.suggested}
    assert links["20610"] == links["J3301"] == "M17.12"
    assert links["83036"] == "E11.9"


def test_a_nurse_visit_has_no_physician_level():
    found = services(
        "NURSE VISIT: no physician visit today.\nGIVEN: Cyanocobalamin 1000 mcg intramuscular.\nASSESSMENT:\n1. Pernicious anemia"
    )
    assert found == ["96372", "J3420"]
