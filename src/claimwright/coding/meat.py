"""What the record does about a diagnosis: monitored, evaluated, assessed, treated (MEAT), each with its words.

Payers that audit risk adjustment want a diagnosis to be more than named: the visit must have dealt with it
(CMS, RADV reviewer guidance; ICD-10-CM OCG IV.J).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, cast

from claimwright.coding.model import Coding, Document, Evidence, Suggestion
from claimwright.coding.note import Note, Sentence, read
from claimwright.coding.tables import listed, patterns
from claimwright.parties import Struct

Element = Literal["monitored", "evaluated", "assessed", "treated"]
ELEMENTS: tuple[Element, ...] = ("monitored", "evaluated", "assessed", "treated")
CITES = "ICD-10-CM OCG IV.J; CMS RADV medical record reviewer guidance"
LISTED = frozenset({"pmh", "psh", "meds", "allergies", "sh"})
NEVER = frozenset({"fh", "allergies", "instructions", "provider", "consent"})
UNDONE = re.compile(r"\b(?:no|not|never|without|denie[sd]|does not|if|should)\s+(?:\w+\s+){0,2}$", re.I)
# a treatment that is over treats nothing today: "s/p mastectomy", "completed adjuvant radiation"
OVER = re.compile(
    r"(?:\b(?:s/p|status[- ]post|h/o|history of|underwent|completed(?! \d+ of)|finished|removed (?:by|with|at)|remote)\s+"
    r"(?:(?!on\b|with\b|and\b|now\b|taking\b|but\b)[\w-]+\s+){0,2}|\b(?:prior|previous|past|former|old)\s+(?:\w+\s+)?)$",
    re.I,
)
COURSE = re.compile(
    r"\w*(?:ectomy|resect\w*|radiation|chemo\w*|immunotherapy|surgery|operation|debrid\w*|transfus\w*|centesis|treat\w*|therapy|plasty|bypass"
    r"|transplant\w*)",
    re.I,
)
DATED = re.compile(
    r",?\s*\(?(?:(?:in|on|from|back in) )?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w* |\d{1,2}/(?:\d{1,2}/)?)?"
    r"(?:19|20)\d\d\b(?! ?(?:mg|mcg|units?|iu|ml|g|k?cal)\b)|\s+(?:\w+ ){1,2}ago\b",
    re.I,
)
TITLE_WORDS = 6
MOST = 3  # words shown for each element

Standing = Literal["supported", "named only", "listed only", "not affirmed", "less specific", "absent"]


class Sign(Struct):
    """Words that show one element."""

    element: Element
    evidence: Evidence


class Backing(Struct):
    """How the record stands to one diagnosis."""

    code: str
    standing: Standing
    why: str
    named: tuple[Evidence, ...] = ()
    signs: tuple[Sign, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether an auditor finds it both named and dealt with."""
        return self.standing == "supported"

    @property
    def lacks(self) -> tuple[Element, ...]:
        """Elements that no words show."""
        shown = {sign.element for sign in self.signs}
        return tuple(element for element in ELEMENTS if element not in shown)


@lru_cache(maxsize=1)
def _cues() -> dict[Element, re.Pattern[str]]:
    held: dict[Element, list[str]] = {}
    for element, pattern in patterns("meat"):
        held.setdefault(cast(Element, element), []).append(pattern)
    return {element: re.compile(rf"\b(?:{'|'.join(parts)})", re.I) for element, parts in held.items()}


@lru_cache(maxsize=1)
def _links() -> tuple[tuple[tuple[str, ...], Element, re.Pattern[str]], ...]:
    return tuple(
        (tuple(listed(prefixes)), cast(Element, element), re.compile(rf"\b(?:{pattern})(?!\w)", re.I))
        for prefixes, element, pattern in patterns("meat_links", 2)
    )


@lru_cache(maxsize=1)
def _uses() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    return tuple(
        (tuple(listed(prefixes)), re.compile(rf"\b(?:{pattern})(?!\w)", re.I)) for prefixes, pattern in patterns("meat_uses")
    )


class Record:
    """An encounter's documents, read once, of which diagnoses can be asked."""

    def __init__(self, documents: Sequence[Document], coding: Coding) -> None:
        self.note: Note = read(documents)
        self.coding = coding

    def backing(self, code: str) -> Backing:
        """How the record stands to a diagnosis, whether or not it was suggested."""
        one = next((held for held in self.coding.diagnoses if held.code == code), None)
        if one is None or not one.evidence:
            return self._unfounded(code)
        named = [(self._at(evidence), evidence) for evidence in one.evidence]
        places = [sentence for sentence, _ in named if sentence is not None]
        signs = tuple(self._signs(code, places))
        if not one.suggested and "only suspected" in one.reason:
            return Backing(code, "not affirmed", one.reason, one.evidence)
        if not one.suggested and one.reason.startswith("not suggested"):
            return Backing(code, "listed only" if _only_listed(places) else "named only", one.reason, one.evidence, signs)
        if not signs:
            listed_only = _only_listed(places)
            why = "it stands only in a list of past or present problems" if listed_only else "named, and nothing done about it"
            return Backing(code, "listed only" if listed_only else "named only", why, one.evidence)
        return Backing(code, "supported", "named and dealt with", one.evidence, signs)

    def _unfounded(self, code: str) -> Backing:
        """Not among what the record is coded to: denied, another's, past, told in other detail, or not there at all."""
        read_of = [found for found in self.coding.read if found.code == code or (found.code and code.startswith(found.code))]
        if read_of:
            words = tuple(found.evidence for found in read_of)
            places = [place for found in read_of if (place := self._at(found.evidence)) is not None]
            if all(found.assertion in ("affirmed", "historical") for found in read_of) and _only_listed(places):
                return Backing(code, "listed only", "it stands only in a list of past or present problems", words)
            assertions = ", ".join(sorted({found.assertion for found in read_of}))
            return Backing(code, "not affirmed", f"the record has it as {assertions}", words)
        kin = [one for one in self.coding.diagnoses if one.suggested and one.code[:3] == code[:3]]
        if kin:
            told = ", ".join(one.code for one in kin)
            return Backing(code, "less specific", f"the record is coded to {told} instead", _words(kin))
        return Backing(code, "absent", "no words of the record name it")

    def _at(self, evidence: Evidence) -> Sentence | None:
        for sentence in self.note.sentences:
            if sentence.document == evidence.document and sentence.start <= evidence.start < sentence.end:
                return sentence
        return None

    def _signs(self, code: str, places: list[Sentence]) -> Iterator[Sign]:
        shown: dict[Element, list[Evidence]] = {}
        items = {sentence.item for sentence in places if sentence.item >= 0}
        for sentence in self.note.sentences:
            if sentence.section in NEVER:
                continue
            own = sentence.item in items or (sentence in places and sentence.section not in LISTED)
            others = self._of_others(sentence, code) if own else []
            for element, pattern in self._patterns(code, own):
                for evidence in self._found(sentence, element, pattern):
                    if element in ("treated", "evaluated") and any(begin <= evidence.start < end for begin, end in others):
                        continue
                    held = shown.setdefault(element, [])
                    if len(held) < MOST and not any(
                        one.start <= evidence.start < one.end or one.text.lower() == evidence.text.lower() for one in held
                    ):
                        held.append(evidence)
        for element in ELEMENTS:
            yield from (Sign(element, evidence) for evidence in shown.get(element, ()))

    def _of_others(self, sentence: Sentence, code: str) -> list[tuple[int, int]]:
        """Stretches of a sentence in which a drug, a treatment or a test is named that is for other diagnoses than this one.

        A drug speaks for all words up to the next one: "takes insulin daily" shows nothing of a venous ulcer.
        """
        told = [
            (found.start(), code.startswith(prefixes))
            for prefixes, pattern in _uses()
            for found in pattern.finditer(sentence.source, sentence.start, sentence.end)
        ]
        if not told or any(mine for _, mine in told):
            return [(start, start + 1) for start, mine in told if not mine]
        return [(sentence.start, sentence.end)]

    @staticmethod
    def _patterns(code: str, own: bool) -> Iterator[tuple[Element, re.Pattern[str]]]:
        """Words that speak of this condition anywhere; general ones only beside it."""
        for prefixes, element, pattern in _links():
            if code.startswith(prefixes):
                yield element, pattern
        if own:
            yield from _cues().items()

    def _found(self, sentence: Sentence, element: Element, pattern: re.Pattern[str]) -> Iterator[Evidence]:
        text = self.note.documents[sentence.document].text
        for match in pattern.finditer(text, sentence.start, sentence.end):
            if match.end() == match.start() or UNDONE.search(text, sentence.start, match.start()):
                continue
            if not _title(text, match.start()) and not (element == "treated" and _over(text, sentence.start, *match.span())):
                yield self.note.evidence(sentence.document, match.start(), match.end())


def _over(text: str, begin: int, start: int, end: int) -> bool:
    """Whether a treatment is told as of the past."""
    if OVER.search(text, max(begin, start - 60), start):
        return True
    return COURSE.fullmatch(text, start, end) is not None and DATED.match(text, end) is not None


def _title(text: str, at: int) -> bool:
    """Whether a place stands in a line that is only a title: MEDICAL ONCOLOGY."""
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    line = text[start : end if end >= 0 else len(text)].strip()
    return line.isupper() and len(line.split()) <= TITLE_WORDS and not any(sign.isdigit() for sign in line)


def _only_listed(places: Iterable[Sentence]) -> bool:
    return all(sentence.section in LISTED for sentence in places)


def _words(suggestions: Iterable[Suggestion]) -> tuple[Evidence, ...]:
    return tuple(evidence for one in suggestions for evidence in one.evidence[:1])
