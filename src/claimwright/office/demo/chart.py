"""The demo's clinical notes: text files with a TOML header that holds the gold codes and whom the note fits."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from claimwright.claims.model import Drug
from claimwright.coding.model import Document, Visit
from claimwright.effective import age_on
from claimwright.office.demo.story import StoryService
from claimwright.parties import Sex, Struct

PACKAGES = {"J3301": ("00003029305", 4), "J1050": ("00009074630", 150)}
"""What the practice has in its cupboard: the vial's NDC and the billed units in a milliliter (the products' labels)."""
BREAK = "\n=====\n"  # between the documents of one note
Kind = Literal["progress", "procedure", "laboratory", "radiology", "other"]


class Note(Struct):
    """One visit's documents with the codes that are right for them."""

    key: str
    title: str
    reason: str
    diagnoses: tuple[str, ...]
    services: tuple[StoryService, ...]
    texts: tuple[Document, ...]  # with their slots {age} and {person} still open
    setting: Literal["office", "telehealth"] = "office"
    new_patient: bool = False
    sex: Sex = "U"  # U: either
    months: tuple[int, int] = (0, 1300)  # age from and through, in completed months
    plans: tuple[str, ...] = ()  # plan kinds it fits; empty: all
    not_plans: tuple[str, ...] = ()
    since: date | None = None  # dates of service for which the gold codes hold
    until: date | None = None
    history: str = ""
    therapies: str = ""
    evidence: dict[str, str] = {}  # for every code, words of the texts that prove it

    def fits(self, sex: str, birth: date, on: date, plan_kind: str) -> bool:
        """Whether the note could be about this person on this day."""
        return (
            self.sex in ("U", sex)
            and self.months[0] <= months_on(birth, on) <= self.months[1]
            and (not self.plans or plan_kind in self.plans)
            and plan_kind not in self.not_plans
            and (self.since is None or on >= self.since)
            and (self.until is None or on <= self.until)
        )

    def may_fit(self, sex: str, birth: date, first: date, last: date, plan_kind: str) -> bool:
        """Whether it could fit on some day of a span; quicker than asking for each day."""
        return (
            self.sex in ("U", sex)
            and (not self.plans or plan_kind in self.plans)
            and plan_kind not in self.not_plans
            and months_on(birth, first) <= self.months[1]
            and months_on(birth, last) >= self.months[0]
        )

    @property
    def preventive(self) -> bool:
        """Whether it is a yearly check-up."""
        return any(s.procedure.startswith(("9938", "9939", "G043")) for s in self.services)

    def documents(self, sex: str, birth: date, on: date) -> tuple[Document, ...]:
        """The texts with the patient's age and sex filled in."""
        return tuple(Document(kind=d.kind, title=d.title, text=_filled(d.text, sex, birth, on)) for d in self.texts)

    def sample(self) -> tuple[tuple[Document, ...], Visit]:
        """The documents for a typical patient of the note, and the visit; for tests of the reader."""
        on = self.since or self.until or date(2026, 10, 14)
        sex: Sex = "F" if self.sex == "U" else self.sex
        middle = (self.months[0] + min(self.months[1], 960)) // 2
        birth = _months_before(on, middle)
        visit = Visit(on=on, age=age_on(birth, on), sex=sex, new_patient=self.new_patient, setting=self.setting)
        return self.documents(sex, birth, on), visit


_CONDITIONS = (
    "diabetes",
    "hypertension",
    "asthma",
    "copd",
    "kidney disease",
    "heart failure",
    "thyroid",
    "migraine",
    "depress",
    "anxiety",
    "anemia",
    "gout",
    "atrial fibrillation",
    "reflux",
    "basal cell",
)


_SMOKING = (
    ("former smoker", "former"),
    ("smokes one pack", "current"),
    ("never smoke", "never"),
    ("nonsmoker", "never"),
    ("does not smoke", "never"),
)


def at_odds(one: Note, other: Note) -> bool:
    """Whether two notes could not be about the same person: a condition that the other denies, other smoking, both preventive."""
    return _pair_at_odds(one.key, other.key)


@cache
def _pair_at_odds(key: str, other_key: str) -> bool:
    one, other = note(key), note(other_key)
    smoking = {_smoking(one), _smoking(other)} - {""}
    return len(smoking) > 1 or _denies(one, other) or _denies(other, one) or (one.preventive and other.preventive)


def _denies(one: Note, other: Note) -> bool:
    """The first note's lasting conditions are negated in the second's text."""
    held = [word for word in _CONDITIONS if word in one.history.lower()]
    text = " ".join(document.text.lower() for document in other.texts)
    negated = any(re.search(rf"\b(no|not|never|denies|healthy)\b[^.;:]*\b{word}", text) for word in held)
    none_at_all = re.search(r"\b(past medical history|past history|pmh|history): (none|healthy)", text)
    return negated or bool(held and none_at_all)


def _smoking(one: Note) -> str:
    text = " ".join(document.text.lower() for document in one.texts)
    return next((status for phrase, status in _SMOKING if phrase in text), "")


def months_on(birth: date, on: date) -> int:
    """Completed months of age on a date."""
    return (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)


def _months_before(on: date, months: int) -> date:
    total = on.year * 12 + on.month - 1 - months
    return date(total // 12, total % 12 + 1, 10)


def _filled(text: str, sex: str, birth: date, on: date) -> str:
    months = months_on(birth, on)
    age = f"{months}-month-old" if months < 24 else f"{months // 12}-year-old"
    grown = months >= 18 * 12
    person = ("woman" if grown else "girl") if sex == "F" else ("man" if grown else "boy")
    return text.replace("{age}", age).replace("{person}", person)


@cache
def notes() -> tuple[Note, ...]:
    """Every note of the demo, by key."""
    folder = files("claimwright.office.demo") / "notes"
    found = [read_note(file.read_text(encoding="utf-8")) for file in folder.iterdir() if file.name.endswith(".txt")]
    return tuple(sorted(found, key=lambda note: note.key))


def note(key: str) -> Note:
    """The note with this key. Raises KeyError."""
    for one in notes():
        if one.key == key:
            return one
    raise KeyError(f"office.demo: no note {key!r}")


def read_note(text: str) -> Note:
    """A note file: a TOML header between two lines of `---`, then one text a document, divided by a line of `=====`."""
    _, header, body = text.split("---\n", 2)
    facts: dict[str, Any] = tomllib.loads(header)
    parts = body.strip("\n").split(BREAK)
    kinds = facts["documents"]
    if len(parts) != len(kinds):
        raise ValueError(f"office.demo: note {facts['key']} declares {len(kinds)} documents and holds {len(parts)}")
    return Note(
        key=facts["key"],
        title=facts["title"],
        reason=facts["reason"],
        diagnoses=tuple(facts["diagnoses"]),
        services=tuple(_service(row) for row in facts["services"]),
        texts=tuple(
            Document(kind=cast(Kind, named[0]), title=named[1], text=part.strip("\n") + "\n")
            for named, part in zip(kinds, parts, strict=True)
        ),
        setting=facts.get("setting", "office"),
        new_patient=facts.get("new_patient", False),
        sex=facts.get("sex", "U"),
        months=_months(facts),
        plans=tuple(facts.get("plans", ())),
        not_plans=tuple(facts.get("not_plans", ())),
        since=facts.get("since"),
        until=facts.get("until"),
        history=facts.get("history", ""),
        therapies=facts.get("therapies", ""),
        evidence=facts.get("evidence", {}),
    )


def _months(facts: dict[str, Any]) -> tuple[int, int]:
    if "months" in facts:
        return facts["months"][0], facts["months"][1]
    years = facts["ages"]
    return years[0] * 12, years[1] * 12 + 11


def _service(row: str) -> StoryService:
    """One gold service as written: `99214-25 E11.42 I10` or `J3301 x4 M17.11`."""
    first, *rest = row.split()
    procedure, *modifiers = first.split("-")
    units = Decimal(1)
    if rest and rest[0][0] == "x" and rest[0][1:].isdigit():
        units = Decimal(rest.pop(0)[1:])
    drug = None
    if procedure in PACKAGES:
        ndc, in_a_milliliter = PACKAGES[procedure]
        drug = Drug(ndc=ndc, quantity=units / in_a_milliliter, unit="ML")
    return StoryService(procedure=procedure, modifiers=tuple(modifiers), units=units, diagnosis_codes=tuple(rest), drug=drug)
