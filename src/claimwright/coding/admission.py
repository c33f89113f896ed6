"""Hospital stays: what still stands at discharge (OCG II.H, III.C), what the stay itself brought, and whose word is the last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.coding.assertion import standing
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import is_symptom
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.model import Document
from claimwright.coding.note import Sentence
from claimwright.coding.specific import SEVERAL, same, vague
from claimwright.coding.tables import cue

AS_IF = "ICD-10-CM OCG II.H, III.C (inpatient: an uncertain diagnosis at discharge is coded as if it existed)"
OTHER = "ICD-10-CM OCG III (other diagnoses: evaluated, treated, or longer in hospital for it)"
# only when confirmed, inpatient too: HIV, COVID-19, Zika, novel and identified influenza (I.C.1.a, I.C.1.f, I.C.1.g, I.C.10.c)
CONFIRMED_ONLY = ("B20", "Z21", "U07.1", "J12.82", "A92.5", "J09", "J10")
SUMMARY = re.compile(
    r"\A\W*(?:[^\n]{0,60}\n\W*){0,3}?[^\n]{0,40}\b(?:discharge|death|transfer) (?:summary|note)\b"
    r"|^[ \t#*]*(?:(?:principal |primary |secondary |final )?discharge diagnos[ei]s|final diagnos[ei]s)\b"
    r"|^[ \t#*]*diagnos[ei]s at discharge\b",
    re.I | re.M,
)
# a day's note of the physician alone, whose doubts are none of a discharge (II.H)
ONE_DAY = re.compile(
    r"\A\W*(?:[^\n]{0,80}\n\W*){0,2}?[^\n]{0,60}\b(?:h ?& ?p|history (?:and|&) physical|admission note|admit note|progress note"
    r"|consult\w*|hospital day|HD ?#?\d|daily note|observation note|(?:initial|subsequent) (?:hospital|inpatient))",
    re.I,
)
OF_ONE_ACT = re.compile(
    r"\A\W*(?:[^\n]{0,60}\n\W*){0,2}?[^\n]{0,30}\b(?:operative|procedure|pathology|anesthesia|consult\w*)\b", re.I
)
RULED_OUT = cue("admission.ruled_out")
DEALT_WITH = cue("admission.dealt_with")
ABOUT = re.compile(
    r"\W*(?:ppx|prophyla\w+|precautions?|protocols?|work-?ups?|screen\w*|bundle|pathway|alert|education|risk)\b", re.I
)
DENYING = frozenset(("assessment", "plan", "impression", "other", "hpi", "findings"))
TREATED, EARLIER = 0.74, 5_000.0  # the score of what the course tells, and how far what an earlier document tells stands behind
TREATED_SIGNS = (
    "R33",
    "R41.0",
    "R57",
    "R65",
    "R73.9",
    "R78.81",
    "R04",
    "R56.9",
    "R13.1",
)  # of chapter 18, and conditions all the same
FOLLOWING = 2  # sentences after the one that names a condition, which may tell what was done for it


def final_document(documents: tuple[Document, ...]) -> int:
    """The document with the last word: the discharge summary, else the last clinical note."""
    summaries = [number for number, one in enumerate(documents) if SUMMARY.search(one.text)]
    notes = [number for number, one in enumerate(documents) if one.kind == "progress" and not OF_ONE_ACT.match(one.text)]
    return (summaries or notes or [len(documents) - 1])[-1]


def as_if_established(reading: Reading) -> None:
    """At discharge "probable pneumonia" is pneumonia, and "acute kidney injury, resolved" was treated in the stay.

    A doubt of an earlier document is none at discharge, and what a later one rules out never was.
    """
    final = final_document(reading.note.documents)
    documents = reading.note.documents
    not_yet = len(documents) == 1 and ONE_DAY.search(documents[0].text) and not SUMMARY.search(documents[0].text)
    _withdraw(reading, final)
    for mention in reading.mentions:
        sentence = reading.sentence(mention)
        if mention.assertion == "affirmed" and in_course(sentence) and _in_passing(reading, mention):
            mention.assertion = "uncertain"
        if mention.assertion not in ("uncertain", "resolved") or mention.template.startswith(CONFIRMED_ONLY):
            continue
        decided = sentence.section in ("assessment", "impression")
        if mention.assertion == "uncertain" and (not decided or sentence.document != final or not_yet):
            continue
        if decided or in_course(sentence):
            mention.assertion = "affirmed"


def in_course(sentence: Sentence) -> bool:
    """Whether a sentence tells the course of the stay."""
    return "course" in sentence.heading


def _withdraw(reading: Reading, final: int) -> None:
    """Diagnoses that the last word, or a picture taken for them, denies."""
    denials = [one for one in reading.mentions if one.assertion == "negated" and _denies(reading, one, final)]
    if not denials:
        return
    summed_up = SUMMARY.search(reading.note.documents[final].text) is not None  # no picture undoes the word at discharge
    held = [m for m in reading.mentions if m.assertion in ("affirmed", "resolved") and reading.sentence(m).document == final]
    for mention in reading.mentions:
        if mention.assertion not in ("affirmed", "uncertain") or mention.template[0] == "Z" or is_symptom(mention.template):
            continue
        place = reading.sentence(mention)
        for denial in denials:
            if not _covers(denial, mention):
                continue
            other = reading.sentence(denial)
            explicit = RULED_OUT.search(reading.text(other)) is not None
            if mention.assertion == "affirmed":
                last = other.document == final != place.document and explicit
                gone = last and not any(_covers(denial, one) or one.template == mention.template for one in held)
            elif other.document == place.document:
                gone = explicit
            else:
                gone = other.document > place.document and not (place.document == final and summed_up)
            if gone:
                mention.assertion = "negated"
                break


def _denies(reading: Reading, mention: Mention, final: int) -> bool:
    sentence = reading.sentence(mention)
    document = reading.note.documents[sentence.document]
    return sentence.section in DENYING and (sentence.document == final or document.kind == "radiology")


def _covers(denial: Mention, mention: Mention) -> bool:
    """Whether what denies a condition speaks of this one: the same, or the general name of it."""
    if denial.template == mention.template:
        return True
    if denial.template[:3] == mention.template[:3] and vague(denial.template.rstrip("#")):
        return True
    return set(denial.term.split()) <= set(mention.term.split())


def of_the_stay(case: Case) -> None:
    """What the course of the stay tells to have been treated, and the last document's judgement before the earlier ones'."""
    final = final_document(case.reading.note.documents)
    _treated_in_course(case, final)
    if len(case.reading.note.documents) > 1:
        _last_word_first(case, final)


def _treated_in_course(case: Case, final: int) -> None:
    for candidate in case.candidates:
        if candidate.main or candidate.dropped or candidate.code[0] in "QVWXYZ":
            continue
        if is_symptom(candidate.code) and not candidate.code.startswith(TREATED_SIGNS):
            continue
        told = next((m for m in candidate.mentions if m.assertion == "affirmed" and _dealt_with(case, m, final)), None)
        if told is not None:
            candidate.score, candidate.order = TREATED, min(candidate.order, told.sentence + told.first / 1000 + 2 * EARLIER)
            candidate.reason = f"the course of the stay: the record names “{told.term}” and what was done for it"
            candidate.evidence = list(dict.fromkeys([told.evidence, *candidate.evidence]))
            candidate.rules.append(OTHER)


def _dealt_with(case: Case, mention: Mention, final: int) -> bool:
    """Whether the sentence that names a condition in the course, or what follows of it, tells what was done or how it came."""
    sentence = case.mention_at(mention)
    if sentence.document != final or not (in_course(sentence) or (sentence.section == "assessment" and sentence.told)):
        return False
    return not _in_passing(case.reading, mention) and any(DEALT_WITH.search(case.text(one)) for one in _about(case, mention))


def _in_passing(reading: Reading, mention: Mention) -> bool:
    """Whether words beside a condition keep it from being stated: "DVT prophylaxis", "sepsis workup"."""
    sentence, scope = reading.sentence(mention), reading.scopes[mention.sentence]
    if ABOUT.match(sentence.source, mention.evidence.end, sentence.end):
        return True
    return standing(mention.first, mention.last, scope, sentence.section, aside=True) == "uncertain"


def _about(case: Case, mention: Mention) -> Iterator[Sentence]:
    """The sentence of a mention, and those after it until another condition is named."""
    sentences, sentence = case.reading.note.sentences, case.mention_at(mention)
    yield sentence
    named = {other.sentence for other in case.reading.mentions}
    for number in range(mention.sentence + 1, min(len(sentences), mention.sentence + 1 + FOLLOWING)):
        one = sentences[number]
        if number in named or (one.document, one.section, one.item) != (sentence.document, sentence.section, sentence.item):
            return
        yield one


def _last_word_first(case: Case, final: int) -> None:
    """The final document's diagnoses lead; a symptom or a vaguer name that only earlier ones have is what they became."""
    of_final = [c for c in case.main() if c.code[0] not in "Z" and _told_in(case, c, final)]
    for candidate in case.candidates:
        if candidate in of_final:
            own = [m for m in candidate.mentions if case.mention_at(m).document == final and m.assertion == "affirmed"]
            at = min(own, key=lambda m: (case.mention_at(m).section != "assessment", m.sentence, m.first))
            later = 0 if case.mention_at(at).section == "assessment" else 2 * EARLIER
            candidate.order = at.sentence + at.first / 1000 + later
        elif not _told_in(case, candidate, final):
            candidate.order += EARLIER
            if of_final and _became(candidate, of_final):
                case.drop(candidate, "an earlier document's word for what the last one names")


def _became(candidate: Candidate, of_final: list[Candidate]) -> bool:
    if is_symptom(candidate.code):
        return True
    if candidate.code.startswith(SEVERAL) or not vague(candidate.code):
        return False
    return any(same(candidate.code, other.code, 3) for other in of_final)


def _told_in(case: Case, candidate: Candidate, document: int) -> bool:
    return any(case.mention_at(m).document == document and m.assertion == "affirmed" for m in candidate.mentions)
