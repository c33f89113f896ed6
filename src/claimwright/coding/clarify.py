"""What a physician might be asked before a stay is grouped: only where the record holds the signs, never naming the answer.

A question stands on words of the record; it tells of no payment and offers no diagnosis (ACDIS/AHIMA, Guidelines for Achieving
a Compliant Query Practice).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from claimwright.coding.assertion import Scope, standing
from claimwright.coding.mentions import Reading, find
from claimwright.coding.model import Coding, Document, Evidence, QuerySuggestion
from claimwright.coding.note import Sentence, read
from claimwright.coding.tables import listed, patterns, rows
from claimwright.parties import Struct

SKIPPED = frozenset({"fh", "pmh", "psh", "allergies", "instructions", "provider", "sh"})
MOST = 4  # signs quoted in one question


class Topic(Struct):
    """A row of the table of questions."""

    name: str
    answered: tuple[str, ...]
    documented: tuple[str, ...]
    needed: int
    signs: tuple[str, ...]
    question: str


@lru_cache(maxsize=1)
def _topics() -> tuple[Topic, ...]:
    return tuple(
        Topic(
            name=row[0],
            answered=tuple(listed(row[1])),
            documented=tuple(listed(row[2])),
            needed=int(row[3]),
            signs=tuple(listed(row[4])),
            question=row[5],
        )
        for row in rows("clarify")
    )


@lru_cache(maxsize=1)
def _signs() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(rf"\b(?:{pattern})", re.I) for name, pattern in patterns("clinical_signs")}


def clarifications(documents: Sequence[Document], coding: Coding) -> list[QuerySuggestion]:
    """Questions that the signs in a record raise and its diagnoses leave open."""
    codes = [one for one in coding.diagnoses if one.suggested]
    signs = _found(find(read(documents)))
    asked = []
    for topic in _topics():
        if any(one.code.startswith(topic.answered) for one in codes):
            continue
        named = [one for one in codes if topic.documented and one.code.startswith(topic.documented)]
        if topic.documented and not named:
            continue
        shown = [signs[name] for name in topic.signs if name in signs]
        if len(shown) < topic.needed:
            continue
        words = tuple(shown[:MOST])
        told = ", ".join(f"“{' '.join(one.text.split())}”" for one in words)
        said = named[0].evidence[0].text if named and named[0].evidence else ""
        asked.append(QuerySuggestion(topic.question.format(said=said, signs=told), words, topic.name))
    return asked


def _found(reading: Reading) -> dict[str, Evidence]:
    """The first affirmed words of each sign."""
    found: dict[str, Evidence] = {}
    note = reading.note
    for at, sentence in enumerate(note.sentences):
        if sentence.section in SKIPPED:
            continue
        text = note.documents[sentence.document].text
        for name, pattern in _signs().items():
            if name in found:
                continue
            for match in pattern.finditer(text, sentence.start, sentence.end):
                if _affirmed(sentence, match, reading.scopes[at]):
                    found[name] = note.evidence(sentence.document, match.start(), match.end())
                    break
    return found


def _affirmed(sentence: Sentence, match: re.Match[str], scope: Scope) -> bool:
    inside = [at for at, (start, end) in enumerate(sentence.places) if start < match.end() and match.start() < end]
    return bool(inside) and standing(inside[0], inside[-1], scope, sentence.section) == "affirmed"
