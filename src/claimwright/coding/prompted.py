"""What a second reader (a language model) pointed at, taken up by our own rules: a candidate raised, a quote linked by us."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from claimwright.coding.assertion import standing
from claimwright.coding.candidates import THRESHOLD, Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import billable
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence

CLAIMING = frozenset({"assessment", "plan", "impression", "hpi", "cc", "procedure", "preprocedure", "indication", "other"})
OUTSIDE = 10_000.0  # after everything that the assessment names
MADE_BY_RULES = "VWXYZO"  # statuses, external causes, pregnancy: our rules alone put them there


class Pointed(msgspec.Struct, frozen=True):
    """Codes chosen among our candidates, each with verified words, and verified quotes to be linked."""

    chosen: tuple[tuple[str, Evidence], ...] = ()
    quotes: tuple[Evidence, ...] = ()


def take_up(case: Case, pointed: Pointed) -> None:
    """Raise what was chosen and link what was quoted; every rule that follows still decides over both."""
    for code, words in pointed.chosen:
        held = case.find(code)
        if held is not None and not held.main and not held.dropped and any(_meet(words, one) for one in _words(held)):
            _raise(held, words)
    for quote in pointed.quotes:
        for code, words in _linked(case, quote):
            held = case.find(code)
            if held is None:
                case.add(code, [words], THRESHOLD, OUTSIDE + words.start / 1e6, "linked by the dictionary from quoted words")
            elif not held.main and not held.dropped:
                _raise(held, words)


def _raise(candidate: Candidate, words: Evidence) -> None:
    candidate.score = max(candidate.score, THRESHOLD)
    candidate.evidence = list(dict.fromkeys([words, *candidate.evidence]))


def _words(candidate: Candidate) -> Iterator[Evidence]:
    yield from candidate.evidence
    yield from (mention.evidence for mention in candidate.mentions)


def _meet(one: Evidence, other: Evidence) -> bool:
    return one.document == other.document and one.start < other.end and other.start < one.end


def _linked(case: Case, quote: Evidence) -> Iterator[tuple[str, Evidence]]:
    """Codes that our dictionary finds in the quote, where the note asserts them of this patient now."""
    from claimwright.coding.dictionary import choose, find

    document = case.reading.note.documents[quote.document]
    placed = _sentence(case, quote)
    if placed is None or document.kind == "laboratory":
        return
    number, sentence = placed
    if sentence.section not in CLAIMING:
        return
    for found in choose(find(quote.text, case.visit.on)):
        words = case.reading.note.evidence(quote.document, quote.start + found.start, quote.start + found.end)
        inside = [i for i, (start, end) in enumerate(sentence.places) if start < words.end and words.start < end]
        if (
            found.code[0] in MADE_BY_RULES
            or not billable(found.code, case.visit.on)
            or not inside
            or standing(inside[0], inside[-1], case.reading.scopes[number], sentence.section) != "affirmed"
            or any(_meet(words, mention.evidence) and mention.assertion != "affirmed" for mention in case.reading.mentions)
        ):
            continue
        yield found.code, words


def _sentence(case: Case, words: Evidence) -> tuple[int, Sentence] | None:
    """The sentence in which the words stand whole."""
    for number, sentence in case.sentences():
        if sentence.document == words.document and sentence.start <= words.start and words.end <= sentence.end:
            return number, sentence
    return None
