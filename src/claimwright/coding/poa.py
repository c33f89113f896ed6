"""Present on admission: Y, N, U or W for each diagnosis of a stay, from the words beside it (Guidelines, Appendix I)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from claimwright.codesets.present_on_admission import may_be_exempt
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.mentions import Mention
from claimwright.coding.model import Evidence, Suggestion
from claimwright.coding.note import Sentence
from claimwright.coding.tables import patterns
from claimwright.parties import Struct

Indicator = Literal["Y", "N", "U", "W", "1"]
APPENDIX = "ICD-10-CM OCG Appendix I (present on admission)"
ADMISSION_SECTIONS = ("cc", "hpi", "pmh", "psh", "ros", "meds", "sh")
ENDED = re.compile(r"\W*(?:she|he|the patient|it|which)?\W*(?:was |had |has )?(?:improv|resolv|discharg|much better|gone)", re.I)
# what may stand between a condition and the day it began
BARE = re.compile(
    r"\W*(?:(?:that|which|who|was|were|is|has|had|noted|diagnosed|found|seen|first|newly|new|again|acute|an?|the|to|have|with|into|of|episode"
    r"|developed|develops|began|started|occurred|arose|went|became|he|she|they|patient|pt)\W+)*",
    re.I,
)


class PresentOnAdmission(Struct):
    """An indicator with its words. 1 is an exempt code: a claim leaves its indicator empty."""

    indicator: Indicator
    why: str
    evidence: tuple[Evidence, ...] = ()
    told: bool = True  # the record says so, rather than says nothing to the contrary

    @property
    def on_claim(self) -> str:
        """As the claim carries it."""
        return "" if self.indicator == "1" else self.indicator


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    held: dict[str, list[str]] = {}
    for kind, pattern in patterns("poa"):
        held.setdefault(kind, []).append(pattern)
    return {name: re.compile(rf"(?<!\w)(?:{'|'.join(parts)})", re.I) for name, parts in held.items()}


def present_on_admission(case: Case, candidate: Candidate) -> PresentOnAdmission:
    """The indicator for a diagnosis of a stay; the record's explicit words before any inference."""
    if may_be_exempt(candidate.code):
        return PresentOnAdmission("1", "exempt from reporting", told=False)
    undetermined, later, present = (_told(case, candidate, name) for name in ("undetermined", "later", "present"))
    if undetermined:
        return PresentOnAdmission("W", "the physician cannot determine clinically when it began", undetermined)
    if later and present and _explicit(present):
        return PresentOnAdmission("U", "the record says both: ask the physician", (*later[:1], *present[:1]))
    if later:
        return PresentOnAdmission("N", "the record places its beginning after admission", later[:2])
    if present:
        return PresentOnAdmission("Y", "the record places it at or before admission", present[:2])
    early = tuple(m.evidence for m in candidate.mentions if case.mention_at(m).section in ADMISSION_SECTIONS)
    if early:
        return PresentOnAdmission("Y", "it stands in the history of the admission", early[:1])
    return PresentOnAdmission("Y", "nothing says that it began later; confirm with the admission's own notes", told=False)


def with_indicator(case: Case, candidate: Candidate, suggestion: Suggestion) -> Suggestion:
    """A stay's diagnosis with its indicator and where it comes from; any other visit's as it is."""
    if case.visit.setting != "inpatient":
        return suggestion
    found = present_on_admission(case, candidate)
    words = "".join(f", “{one.text}”" for one in found.evidence[:1])
    rule = f"{APPENDIX}: {found.indicator}, {found.why}{words}"
    return msgspec.structs.replace(suggestion, poa=found.on_claim, rules=(*suggestion.rules, rule))


def _told(case: Case, candidate: Candidate, name: str) -> tuple[Evidence, ...]:
    """The words of a kind that stand beside a mention of the diagnosis, or in its entry of the list."""
    found = []
    for sentence, mention in _near(case, candidate):
        text = case.text(sentence)
        for match in _patterns()[name].finditer(text):
            if name == "later" and not _begins(text, match):
                continue
            if (
                name == "present"
                and mention is not None
                and not _explicit_words(match.group())
                and not _adjacent(mention, sentence, match)
            ):
                continue
            found.append(
                case.reading.note.evidence(sentence.document, sentence.start + match.start(), sentence.start + match.end())
            )
        if name == "later" and mention is not None and sentence.section not in ADMISSION_SECTIONS:
            found.extend(_days_beside(case, sentence, mention))
    return tuple(dict.fromkeys(found))


def _days_beside(case: Case, sentence: Sentence, mention: Mention) -> Iterator[Evidence]:
    """A later day of the stay with nothing between it and the condition but that it began."""
    text, told = sentence.source, (mention.evidence.start, mention.evidence.end)
    for match in _patterns()["beside"].finditer(text, sentence.start, sentence.end):
        first, second = sorted((match.span(), told))
        bare = first[1] <= second[0] and BARE.fullmatch(text, first[1], second[0])
        if bare and not ENDED.match(text, second[1], sentence.end):
            yield case.reading.note.evidence(sentence.document, *match.span())


def _near(case: Case, candidate: Candidate) -> list[tuple[Sentence, Mention | None]]:
    near: dict[int, tuple[Sentence, Mention | None]] = {}
    for mention in candidate.mentions:
        sentence = case.mention_at(mention)
        if mention.assertion == "affirmed" and sentence.section not in ("pmh", "fh"):
            near[sentence.start] = (sentence, mention)
    if candidate.item >= 0:
        others = _of_others(case, candidate)
        for number, sentence in case.sentences("assessment"):
            if sentence.item == candidate.item and number not in others:
                near.setdefault(sentence.start, (sentence, None))
    return list(near.values())


def _of_others(case: Case, candidate: Candidate) -> set[int]:
    """Sentences that name another diagnosis: when that one began says nothing of this one, be they in one paragraph."""
    return {m.sentence for other in case.main() if other is not candidate for m in other.mentions if m.assertion == "affirmed"}


def _begins(text: str, match: re.Match[str]) -> bool:
    """A day of the stay counts only where it tells a beginning: not "resolved by hospital day 3"."""
    if not re.match(r"hosp|admission|hd|pod|post-?op", match.group(), re.I) or re.match(
        r"hospital[- ](?:acq|onset)", match.group(), re.I
    ):
        return True
    before = text[max(0, match.start() - 40) : match.start()]
    after = text[match.end() : match.end() + 40]
    return not _patterns()["recovery"].search(before) and not ENDED.match(after)


def _adjacent(mention: Mention, sentence: Sentence, match: re.Match[str]) -> bool:
    """Within eight words or so of the condition."""
    start, end = sentence.start + match.start(), sentence.start + match.end()
    return abs(mention.evidence.start - end) <= 50 or abs(start - mention.evidence.end) <= 50


def _explicit_words(words: str) -> bool:
    return bool(re.search(r"present|\bPOA\b|community", words, re.I)) and not re.search(
        r"presented|presents|presenting", words, re.I
    )


def _explicit(found: tuple[Evidence, ...]) -> bool:
    return any(_explicit_words(one.text) for one in found)
