"""Risk adjustment: what CMS published of the models, what the record supports, and both ways of being wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from coding_cases import ON
from test_inpatient_cases import StayCase, cases, named

from claimwright.coding.meat import Backing, Record
from claimwright.coding.model import Coding, Document, Visit
from claimwright.coding.risk import Person, Review, review, score
from claimwright.coding.suggest import suggest

WOMAN_OF_72 = Person(age=72, sex="F")
SUPPORT = list(cases("support"))
NOTE = """HPI: 72 year old woman here for follow-up.
PMH: COPD.
ASSESSMENT AND PLAN:
1. Type 2 diabetes with neuropathy: A1c 7.2, continue metformin.
2. Chronic systolic heart failure: euvolemic, EF 35%, continue furosemide.
3. Morbid obesity
"""


def read_visit(text: str) -> tuple[list[Document], Coding]:
    text = "\n".join(part.strip() for part in text.split("//"))
    if text.startswith("1."):
        text = f"ASSESSMENT AND PLAN:\n{text}"
    documents = [Document(kind="progress", text=text)]
    return documents, suggest(documents, Visit(on=ON, age=72, sex="F"))


def backing_of(text: str, code: str) -> Backing:
    documents, coding = read_visit(text)
    return Record(documents, coding).backing(code)


def reviewed(claim: list[str], prior: tuple[str, ...] = ()) -> Review:
    documents, coding = read_visit(NOTE)
    return review(documents, coding, WOMAN_OF_72, claim=claim, prior=prior)


@pytest.mark.parametrize("case", SUPPORT, ids=named(SUPPORT))
def test_the_words_beside_a_diagnosis_decide_its_support(case: StayCase):
    note, wanted = (part.strip() for part in case.line.split("=>"))
    code, standing, shown = wanted.split()
    backing = backing_of(note, code)
    assert backing.standing.split()[0] == standing.split("-")[0], (case.citation, backing.why)
    elements = "".join(letter for letter, name in zip("MEAT", ("monitored", "evaluated", "assessed", "treated"), strict=True)
                       if name not in backing.lacks)  # fmt: skip
    assert elements == shown.strip("-"), backing.signs


def test_every_sign_of_support_is_words_of_the_note():
    documents, coding = read_visit(NOTE)
    signs = [sign for one in coding.diagnoses for sign in Record(documents, coding).backing(one.code).signs]
    assert signs and all(documents[0].text[s.evidence.start : s.evidence.end] == s.evidence.text for s in signs)


@pytest.mark.parametrize(
    "codes, hccs",
    [  # CMS, 2026 model: V28 diabetes categories share one coefficient; heart failure 221-226; COPD 280
        ("E11.9", "38"),
        ("E11.22", "37"),
        ("I50.22", "226"),
        ("J44.9", "280"),
        ("B20", "1"),
        ("N18.4", "327"),
        ("N18.31", "329"),
        ("G35", "198"),
        ("I48.91", "238"),
        ("E66.01", "48"),
        ("I10", ""),
        ("F32.A", ""),
        ("I73.9", ""),  # left the model with V28
    ],
)
def test_diagnoses_map_to_the_categories_that_cms_published(codes: str, hccs: str):
    assert [one.hcc for one in score(codes.split(), WOMAN_OF_72).categories] == hccs.split()


def test_v24_keeps_what_v28_left_out():
    assert [one.hcc for one in score(["I73.9"], WOMAN_OF_72, "V24").categories] == ["108"]
    assert [one.hcc for one in score(["E11.9"], WOMAN_OF_72, "V24").categories] == ["19"]


def test_a_score_is_the_exact_sum_of_its_parts():
    answer = score(["E11.22", "N18.4", "I50.22"], WOMAN_OF_72)
    parts = [*(f.coefficient for f in (*answer.demographic, *answer.interactions)), *(c.coefficient for c in answer.categories)]
    assert answer.raf == sum(parts, Decimal(0)) == Decimal("1.723")
    assert isinstance(answer.raf, Decimal)


def test_diabetes_categories_of_v28_are_worth_the_same():
    plain, complicated = score(["E11.9"], WOMAN_OF_72), score(["E11.22"], WOMAN_OF_72)
    assert plain.raf == complicated.raf


def test_a_category_below_another_of_its_hierarchy_adds_nothing():
    both = score(["E11.9", "E11.22"], WOMAN_OF_72)
    below = next(one for one in both.categories if one.hcc == "38")
    assert (below.below, below.coefficient) == ("37", Decimal(0))
    assert both.raf == score(["E11.22"], WOMAN_OF_72).raf


def test_diabetes_beside_heart_failure_earns_the_interaction():
    both, sugar, heart, nothing = (score(codes.split(), WOMAN_OF_72).raf for codes in ("E11.9 I50.22", "E11.9", "I50.22", ""))
    assert both - sugar - heart + nothing == Decimal("0.112")


def test_full_dual_eligibility_and_institution_have_their_own_coefficients():
    rafs = {
        score(["E11.9"], person).raf
        for person in (
            WOMAN_OF_72,
            Person(age=72, sex="F", dual="02"),
            Person(age=72, sex="F", institutional=True),
            Person(age=60, sex="F", orec="1"),
        )
    }
    assert len(rafs) == 4


def test_drugs_have_a_model_of_their_own():
    assert score(["E11.9"], WOMAN_OF_72, "RxHCC").categories[0].hcc == "31"


def test_a_code_on_the_claim_without_support_is_over_coding_with_what_it_was_worth():
    answer = reviewed(["E11.40", "I50.22", "J44.9", "C50.911"])
    assert {line.code: line.backing.standing for line in answer.over} == {"J44.9": "listed only", "C50.911": "absent"}
    assert all(line.worth > 0 for line in answer.over)
    assert answer.claimed.raf > answer.documented.raf


def test_what_the_record_supports_and_the_claim_lacks_is_under_coding():
    answer = reviewed(["E11.40"])
    assert [line.code for line in answer.under] == ["I50.22"]
    assert answer.under[0].worth == Decimal("0.360") + Decimal("0.112")


def test_what_is_named_and_not_dealt_with_is_no_opportunity():
    answer = reviewed(["E11.40", "I50.22"])
    assert "E66.01" in {line.code for line in answer.weak}
    assert "E66.01" not in {line.code for line in answer.under}


def test_a_condition_of_an_earlier_year_is_a_question_and_never_a_code():
    answer = reviewed(["E11.40", "I50.22"], prior=("G35", "I50.9", "E11.9"))
    assert [(one.hcc, one.codes) for one in answer.questions] == [("198", ("G35",))]
    lines = (*answer.supported, *answer.under, *answer.over, *answer.weak)
    assert "G35" not in {line.code for line in lines}
    assert "not coded from the past" in answer.questions[0].question
