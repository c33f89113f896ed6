"""What results say of the diagnoses a physician stated, and what was treated without one: support, doubt, open questions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import description
from claimwright.coding.model import Evidence, QuerySuggestion, Suggestion
from claimwright.coding.results import Result, read_results, says
from claimwright.coding.tables import listed, rows
from claimwright.coding.visits import problem_text

SUPPORT = "ICD-10-CM OCG III.B (a result is not coded by itself; it supports what the provider documents)"
VALIDATION = "ICD-10-CM OCG I.A.19 (the provider's statement is coded; whether it is supported is asked, not decided)"
MOST_SHOWN = 2
MOST_ASKED = 2
NOT_TREATED = re.compile(
    r"\b(?:no|not|without|avoid\w*|declin\w+|refus\w+|held|stop\w*|discontinu\w+|allerg\w+|consider\w*|if)\b[^.;\n]{0,30}$", re.I
)
MENDED = re.compile(
    r"\b(?:resolv\w+|correct\w+|replet\w+|replac\w+|improv\w+|normali[sz]\w+|treated|supplement\w*|stable|controlled|on)\b", re.I
)
TREATED_IN = ("assessment", "plan", "hpi", "procedure", "other", "orders", "meds", "results")


class Indicator(msgspec.Struct, frozen=True):
    """An abnormal result, what was done about it, and no diagnosis that answers: the clinical indicators of a question."""

    topic: str
    result: Result
    treatment: Evidence


def results_of(case: Case) -> tuple[Result, ...]:
    """The results of an encounter; our adult ranges do not judge children or pregnancy."""
    pregnant = bool(case.known("O", "Z33", "Z34", "Z3A"))
    return read_results(case.reading.note, case.visit.sex, case.age, table=not pregnant)


@lru_cache(maxsize=1)
def _rules() -> dict[str, list[tuple[tuple[str, ...], str, str, str]]]:
    """The rows of the table by the letters that their codes begin with."""
    held: dict[str, list[tuple[tuple[str, ...], str, str, str]]] = {}
    for codes, test, supports, questions, *_ in rows("result_support"):
        prefixes = tuple(listed(codes))
        for letter in dict.fromkeys(one[0] for one in prefixes):
            held.setdefault(letter, []).append((prefixes, test, supports, questions))
    return held


@lru_cache(maxsize=20_000)
def _rules_of(code: str) -> tuple[tuple[str, str, str], ...]:
    """What results say of a code: the test, and which of its results support and which question it."""
    return tuple((test, yes, no) for prefixes, test, yes, no in _rules().get(code[0], ()) if code.startswith(prefixes))


def _spoken(code: str, results: Iterable[Result]) -> tuple[list[Result], list[Result]]:
    """Results that support a diagnosis and those that question it; where one supports, another of its test does not question."""
    supporting: list[Result] = []
    doubting: list[Result] = []
    for test, supports, questions in _rules_of(code):
        told = [one for one in results if one.test == test]
        agreed = [one for one in told if says(one, supports)]
        supporting += [one for one in agreed if one not in supporting]
        if questions and told and not agreed and all(says(one, questions) for one in told):
            doubting += told
    return supporting, doubting if not supporting else []


def with_results(case: Case, candidate: Candidate, suggestion: Suggestion, results: tuple[Result, ...]) -> Suggestion:
    """The suggestion with the results that support it as further evidence, or with what speaks against it said aloud."""
    if not results or not suggestion.suggested:
        return suggestion
    supporting, doubting = _spoken(suggestion.code, results)
    if supporting:
        shown = list({str(one): one for one in reversed(supporting)}.values())[::-1][:MOST_SHOWN]  # told twice, said once
        return msgspec.structs.replace(
            suggestion,
            evidence=tuple(dict.fromkeys((*suggestion.evidence, *(one.evidence for one in shown)))),
            reason=f"{suggestion.reason}; supported by {' and '.join(map(str, shown))}",
            rules=tuple(dict.fromkeys((*suggestion.rules, SUPPORT))),
        )
    if doubting and not MENDED.search(problem_text(case, candidate)):
        return msgspec.structs.replace(
            suggestion,
            evidence=tuple(dict.fromkeys((*suggestion.evidence, doubting[0].evidence))),
            reason=f"{suggestion.reason}; {doubting[0]} does not show it",
            rules=tuple(dict.fromkeys((*suggestion.rules, VALIDATION))),
            auto=False,
        )
    return suggestion


# --- questions


@lru_cache(maxsize=1)
def _asked() -> tuple[tuple[str, str, re.Pattern[str], tuple[str, ...], str], ...]:
    held = []
    for line in rows("result_queries"):
        test, when, *treatment, answered, topic = line
        pattern = re.compile(rf"\b(?:{'|'.join(part for part in treatment)})", re.I)
        held.append((test, when, pattern, tuple(listed(answered)), topic))
    return tuple(held)


def indicators(case: Case, results: tuple[Result, ...]) -> tuple[Indicator, ...]:
    """Abnormal results that are treated while no diagnosis in the record, stated, suspected or denied, answers for them."""
    found: list[Indicator] = []
    measured = {one.test for one in results}
    named = {mention.template for mention in case.reading.mentions if mention.assertion != "family"}
    named.update(c.code for c in case.known())
    for test, when, treatment, answered, topic in _asked():
        if test not in measured:
            continue
        telling = next((one for one in results if one.test == test and says(one, when)), None)
        if telling is None or any(code.startswith(answered) for code in named):
            continue
        words = _treatment(case, treatment, telling)
        if words is not None:
            found.append(Indicator(topic, telling, words))
    return tuple(found)


def _treatment(case: Case, pattern: re.Pattern[str], telling: Result) -> Evidence | None:
    """The first words that say the treatment is given: not the result's own, and nothing denied, conditional or held back."""
    for _, sentence, hit, words in case.search(pattern, *TREATED_IN):
        own = telling.evidence
        if words.document == own.document and words.start < own.end and own.start < words.end:
            continue
        if not NOT_TREATED.search(case.text(sentence)[: hit.start()]):
            return words
    return None


def result_questions(case: Case, coded: list[Candidate], results: tuple[Result, ...]) -> list[QuerySuggestion]:
    """Open questions: what was treated without a diagnosis, and what was stated but is not shown. None names an answer."""
    if not results:
        return []
    found = [
        QuerySuggestion(
            question=f"The record shows {one.result} and “{one.treatment.text}”. Please document the diagnosis, if any, that "
            "this treatment addresses, or that the result is not clinically significant.",
            evidence=(one.result.evidence, one.treatment),
            topic=one.topic,
        )
        for one in indicators(case, results)
    ]
    for candidate in coded:
        _, doubting = _spoken(candidate.code, results)
        if doubting and candidate.evidence and not MENDED.search(problem_text(case, candidate)):
            found.append(
                QuerySuggestion(
                    question=f"The record documents “{candidate.evidence[0].text}” and shows {doubting[0]}. Please document the "
                    "clinical findings on which the diagnosis rests, or clarify whether it applies to this visit.",
                    evidence=(candidate.evidence[0], doubting[0].evidence),
                    topic=f"support for {description(candidate.code, case.visit.on).lower()}",
                )
            )
    return found[:MOST_ASKED]
