"""Mention mode: every diagnosis code that a text mentions, ranked, with the chance of being right, for research and for search.

Learned from the CodiEsp corpus (CLEF eHealth 2020, CC BY 4.0); docs/reference/coding-model.md says how and how well.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from claimwright.coding.describe import description
from claimwright.coding.model import Document, Suggestion
from claimwright.coding.ranking.model import Place, Ranked, Settings, batches, ranker, reason


def mentioned(documents: Sequence[Document]) -> tuple[Suggestion, ...]:
    """Codes that the documents of an encounter mention, the likeliest first, each once; unlikely ones too, not `suggested`."""
    best: dict[str, Suggestion] = {}
    settings = ranker().settings
    for place, ranked in ranker().ranked([document.text for document in documents]):
        for one in ranked:
            held = best.get(one.code)
            if held is None or held.score < one.chance:
                best[one.code] = _suggestion(one, place, settings)
    return tuple(sorted(best.values(), key=lambda one: (-one.score, one.code)))


def mentioned_each(contents: Iterable[str]) -> Iterator[tuple[Suggestion, ...]]:
    """The same for many texts, each on its own; groups of them go through the model together, which is faster."""
    settings = ranker().settings
    for group in batches(contents):
        with _uncollected():
            alone = [(place._replace(document=0), ranked) for place, ranked in ranker().ranked(group)]
            told = [tuple([_suggestion(one, place, settings) for one in ranked]) for place, ranked in alone]
        yield from told


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage: what is made for a group of texts has no cycles and goes when it is told."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _suggestion(one: Ranked, place: Place, settings: Settings) -> Suggestion:
    said = {(found.first, found.last): place.words(found.first, found.last) for found in one.found}
    return Suggestion(
        system="ICD-10-CM",
        code=one.code,
        description=_described(one.code),
        score=one.chance,
        evidence=tuple([evidence for evidence, _ in said.values()]),
        reason=reason(one, [said[found.first, found.last][1] for found in one.found]),
        suggested=one.chance >= (settings.new_threshold if one.new else settings.threshold),
        auto=one.chance >= settings.auto,
    )


def _described(code: str) -> str:
    """In the classification's words; CodiEsp pads injury codes and leaves out their 7th character."""
    return description(code) or description(code.rstrip("X").rstrip("."))


__all__ = ["mentioned", "mentioned_each"]
