"""From the note to decided codes: what was suggested and what was decided are both kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from claimwright.coding.model import Coding, Document, Visit
from claimwright.effective import age_on
from claimwright.identifiers import ndc_digits
from claimwright.office.records.content import pack
from claimwright.office.records.convert import coverages_on, plan_of
from claimwright.office.records.models import (
    CodeDecision,
    CodeSuggestion,
    DocumentRecord,
    Encounter,
    PhysicianQuery,
    Practice,
    User,
)
from claimwright.office.workflow import language_model
from claimwright.office.workflow.choices import keep_choices
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import changed, find, touched
from claimwright.parties import Struct

KINDS = ("progress", "procedure", "laboratory", "radiology", "other")
DIAGNOSIS = "ICD-10-CM"


class DecidedCode(Struct):
    """One code as the coder wants it on the encounter; order is the order on the claim."""

    system: str
    code: str
    modifiers: tuple[str, ...] = ()
    units: Decimal = Decimal(1)
    diagnosis_codes: tuple[str, ...] = ()
    ndc: str = ""  # a drug's package, as written on its label
    ndc_quantity: Decimal | None = None
    ndc_unit: str = ""
    suggestion_id: int | None = None
    words: tuple[int, int, int] | None = None  # document, start, end: the words of the record it was found for


@transaction.atomic
def add_document(
    *, practice: Practice, by: User | None, today: date, encounter_id: int, kind: str, title: str, text: str
) -> DocumentRecord:
    """Keep a note or report with its encounter; the visit then waits for its coder."""
    encounter = find(Encounter, practice, encounter_id, "patient", "provider", "appointment")
    if encounter.state == "cancelled":
        raise Refused("This visit was cancelled.")
    if encounter.date > today:
        raise Refused("This visit is on a later day; it has no note yet.")
    if kind not in KINDS:
        raise Refused(f"A document is one of: {', '.join(KINDS)}.")
    if not text.strip():
        raise Refused("The document is empty.")
    document = DocumentRecord.objects.create(
        encounter=encounter, kind=kind, title=title, text=text, signed_by=encounter.provider, signed_on=today
    )
    if encounter.state == "scheduled":
        changed(encounter, state="to code")
        changed(encounter.appointment, status="done")
    touched(practice, by, encounter.patient, f"document added: {kind}")
    return document


def _told(encounter: Encounter) -> tuple[list[Document], Visit]:
    """What an encounter gives its reader."""
    documents = [Document(kind=row.kind, title=row.title, text=row.text) for row in encounter.documents.all()]  # type: ignore[arg-type]
    visit = Visit(
        on=encounter.date,
        age=age_on(encounter.patient.birth, encounter.date) if encounter.patient.birth else None,
        sex=encounter.patient.sex,  # type: ignore[arg-type]
        new_patient=encounter.new_patient,
        setting=encounter.setting,  # type: ignore[arg-type]
        medicare=any(plan_of(row.plan).filing_indicator == "MB" for row in coverages_on(encounter.patient, encounter.date)[:1]),
    )
    return documents, visit


def read_encounter(encounter: Encounter) -> Coding:
    """What the reader makes of an encounter's documents."""
    from claimwright.coding.suggest import suggest

    return suggest(*_told(encounter))


def suggest_codes(*, practice: Practice, by: User | None, today: date, encounter_id: int) -> list[CodeSuggestion]:
    """Read the documents and keep the codes they support, each with its words. Earlier undecided suggestions give way;
    what was decided stands, unless what was rejected now rests on other words."""
    coding, word = None, ""
    if language_model.is_on(practice):  # asked before the transaction: its answer may take seconds
        encounter = practice.encounters.filter(pk=encounter_id).select_related("patient__guarantor", "practice").first()
        if encounter is not None and encounter.documents.exists():
            coding, word = language_model.with_language_model(encounter, *_told(encounter), read_encounter(encounter), by)
    return _keep_suggestions(practice, by, encounter_id, coding, word)


@transaction.atomic
def _keep_suggestions(
    practice: Practice, by: User | None, encounter_id: int, coding: Coding | None, word: str
) -> list[CodeSuggestion]:
    """One transaction: what is suggested, what was read, and the quiet word of the language model, where it was asked."""
    encounter = find(Encounter, practice, encounter_id, "patient")
    if not encounter.documents.exists():
        raise Refused("There is no document to read yet.")
    coding = coding or read_encounter(encounter)
    encounter.suggestions.filter(decision="open").delete()
    decided = {(row.system, row.code): row for row in encounter.suggestions.all()}
    CodeSuggestion.objects.bulk_create(
        row
        for rank, one in enumerate((*coding.diagnoses, *coding.services), start=1)
        if _says_something_new(
            row := CodeSuggestion(encounter=encounter, rank=rank, system=one.system, code=one.code, content=pack(one)),
            decided.get((one.system, one.code)),
        )
    )
    said = {"language_model": word} if word else {}
    changed(encounter, reading={"read": pack(coding.read), "queries": pack(coding.queries), **said})
    touched(practice, by, encounter.patient, "codes suggested")
    return list(encounter.suggestions.filter(decision="open"))


def _says_something_new(row: CodeSuggestion, decided: CodeSuggestion | None) -> bool:
    """Whether a suggestion read again is worth the coder's look beside what they decided of the same code."""
    if decided is None:
        return True
    words = [[proof["text"] for proof in one.content.get("evidence", ())] for one in (row, decided)]
    return decided.decision == "rejected" and words[0] != words[1]


@transaction.atomic
def decide_codes(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    encounter_id: int,
    codes: Sequence[DecidedCode],
    complete: bool = True,
    rejected: Collection[int] | Mapping[int, str] = (),
) -> Encounter:
    """Keep the coder's codes in their order; when complete, the encounter is coded.

    Until then only the suggestions named in `rejected`, with the coder's reason where there is one, are turned down; the
    others stay open. What was chosen, and what changed since, is kept for good.
    """
    encounter = find(Encounter, practice, encounter_id, "patient")
    if encounter.state in ("scheduled", "cancelled"):
        raise Refused("There is nothing to code: the visit has no note.")
    if complete:
        _complete(encounter, codes)
    known = {row.pk: row for row in encounter.suggestions.all()}
    before = {row.pk: row.decision for row in known.values()}
    held = list(encounter.codes.all())
    encounter.codes.all().delete()
    CodeDecision.objects.bulk_create(
        CodeDecision(
            encounter=encounter,
            position=position,
            system=one.system,
            code=one.code,
            modifiers=" ".join(one.modifiers),
            units=one.units,
            diagnosis_codes=" ".join(one.diagnosis_codes),
            ndc=ndc_digits(one.ndc),
            ndc_quantity=one.ndc_quantity,
            ndc_unit=one.ndc_unit,
            suggestion=known.get(one.suggestion_id or 0),
            by=by,
        )
        for position, one in enumerate(codes, start=1)
    )
    _mark_suggestions(list(known.values()), codes, set(known) if complete else set(rejected))
    why = dict(rejected) if isinstance(rejected, Mapping) else {}
    keep_choices(encounter, by, codes, held, known, before, why)
    if complete and encounter.state in ("to code", "query"):
        changed(encounter, state="coded")
    elif not complete and encounter.state == "coded":
        changed(encounter, state="to code")
    touched(practice, by, encounter.patient, "codes decided" if complete else "codes saved")
    return encounter


def _complete(encounter: Encounter, codes: Sequence[DecidedCode]) -> None:
    """Refuse what could not become a claim at all; everything finer is the scrubber's to say."""
    diagnoses = [one.code for one in codes if one.system == DIAGNOSIS]
    services = [one for one in codes if one.system != DIAGNOSIS]
    if not diagnoses or not services:
        raise Refused("At least one diagnosis and one service are needed.")
    if len(set(diagnoses)) < len(diagnoses):
        raise Refused("A diagnosis is listed twice.")
    for one in services:
        if not one.units.is_finite() or one.units <= 0:
            raise Refused(f"{one.code}: the units must be above zero.")
        if not one.diagnosis_codes:
            raise Refused(f"{one.code} names no diagnosis that supports it.")
        if missing := [code for code in one.diagnosis_codes if code not in diagnoses]:
            raise Refused(f"{one.code} points to {missing[0]}, which is not among the diagnoses.")
    if encounter.queries.filter(answered_on=None).exists():
        raise Refused("A question to the physician is still open.")


def _mark_suggestions(suggestions: list[CodeSuggestion], codes: Sequence[DecidedCode], rejected: Collection[int]) -> None:
    """Accepted as it stood, replaced by another code, rejected, or still open."""
    decided = {(one.system, one.code) for one in codes}
    replacing = {one.suggestion_id for one in codes}
    for row in suggestions:
        if (row.system, row.code) in decided:
            row.decision = "accepted"
        elif row.pk in replacing:
            row.decision = "replaced"
        else:
            row.decision = "rejected" if row.pk in rejected else "open"
    CodeSuggestion.objects.bulk_update(suggestions, ["decision"])


@transaction.atomic
def ask_physician(
    *, practice: Practice, by: User | None, today: date, encounter_id: int, topic: str, question: str
) -> PhysicianQuery:
    """Ask the physician what the record leaves unclear; the encounter waits for the answer."""
    encounter = find(Encounter, practice, encounter_id, "patient")
    if encounter.state not in ("to code", "query"):
        raise Refused(f"This encounter is {encounter.state}; questions are asked while it is being coded.")
    if not question.strip():
        raise Refused("The question is empty.")
    query = PhysicianQuery.objects.create(encounter=encounter, topic=topic, question=question, asked_by=by, asked_on=today)
    changed(encounter, state="query")
    touched(practice, by, encounter.patient, "physician asked")
    return query


@transaction.atomic
def answer_query(
    *, practice: Practice, by: User | None, today: date, query_id: int, answer: str, answered_by: str
) -> PhysicianQuery:
    """Keep the physician's answer as an addendum to the record; when no question is open the encounter goes back to its coder."""
    query = find(PhysicianQuery, practice, query_id, "encounter__patient", "encounter__provider", path="encounter__practice")
    if query.answered_on is not None:
        raise Refused("This question was already answered.")
    if not answer.strip():
        raise Refused("The answer is empty.")
    encounter = query.encounter
    signed = encounter.provider if answered_by == str(encounter.provider) else None
    addendum = DocumentRecord.objects.create(
        encounter=encounter,
        kind="progress",
        title=f"Addendum: {query.topic}"[:80],
        text=answer.strip(),
        signed_by=signed,
        signed_on=today if signed else None,
    )
    changed(query, answer=answer, answered_by=answered_by, answered_on=today, document=addendum)
    if encounter.state == "query" and not encounter.queries.filter(answered_on=None).exists():
        changed(encounter, state="to code")
    touched(practice, by, encounter.patient, "physician answered")
    return query
