"""What a coder sees: the note, the suggested codes and the words behind each."""

from __future__ import annotations

from datetime import date
from typing import Literal

from claimwright.parties import Sex, Struct

System = Literal["ICD-10-CM", "CPT", "HCPCS", "ICD-10-PCS"]
Assertion = Literal["affirmed", "negated", "historical", "family", "uncertain", "hypothetical", "resolved", "planned"]


class Document(Struct):
    """One text of an encounter."""

    kind: Literal["progress", "procedure", "laboratory", "radiology", "other"]
    text: str
    title: str = ""


class Visit(Struct):
    """What the text alone does not say."""

    on: date  # date of service
    age: int | None = None
    sex: Sex = "U"
    new_patient: bool = False
    setting: Literal["office", "telehealth", "inpatient", "emergency", "home", "nursing"] = "office"
    medicare: bool = False  # Medicare Part B is known to pay for it, whether or not the text says so


class Evidence(Struct):
    """Words of a document: [start, end) are character offsets into its text."""

    start: int
    end: int
    text: str
    document: int = 0


class ReadFinding(Struct):
    """Something the reader saw, whether or not it was coded; shown grey or struck when it was not."""

    evidence: Evidence
    term: str
    assertion: Assertion
    code: str = ""


class EMLevel(Struct):
    """How the office-visit level was reached (2021/2023 MDM table, or time)."""

    level: int  # 2..5
    problems: str
    data: str
    risk: str
    by_time: int = 0  # minutes, when time decided
    facts: tuple[tuple[str, Evidence], ...] = ()  # (element, words)


class Suggestion(Struct):
    """One code with its proof. Order in a Coding is the order for the claim."""

    system: System
    code: str
    description: str
    score: float  # 0..1
    evidence: tuple[Evidence, ...]
    reason: str
    modifiers: tuple[str, ...] = ()
    units: int = 1
    rules: tuple[str, ...] = ()  # citations
    diagnosis_codes: tuple[str, ...] = ()  # for services: the diagnoses that support it, most important first
    level: EMLevel | None = None
    suggested: bool = True  # above the threshold
    auto: bool = False  # so sure that it needs no second look
    poa: str = ""  # inpatient: present on admission Y or N; empty where it is not asked (exempt or not inpatient)


class QuerySuggestion(Struct):
    """A non-leading question for the physician."""

    question: str
    evidence: tuple[Evidence, ...]
    topic: str


class Coding(Struct):
    """The reader's answer for an encounter."""

    diagnoses: tuple[Suggestion, ...]
    services: tuple[Suggestion, ...]
    read: tuple[ReadFinding, ...]
    queries: tuple[QuerySuggestion, ...] = ()
    procedures: tuple[Suggestion, ...] = ()  # ICD-10-PCS, for a hospital stay alone
