"""What a coder chose, kept for good: every suggestion's fate, every code added or taken away, by whom and on which words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from claimwright.office.records.models import CodeDecision, CodeSuggestion, CodingChoice, Encounter, User

if TYPE_CHECKING:
    from claimwright.office.workflow.coding import DecidedCode

REASONS = (
    "not documented",
    "denied or ruled out",
    "history only",
    "not treated in this visit",
    "part of another code",
    "a more specific code applies",
    "other",
)


def keep_choices(
    encounter: Encounter,
    by: User | None,
    codes: Sequence[DecidedCode],
    held: Sequence[CodeDecision],
    known: Mapping[int, CodeSuggestion],
    before: Mapping[int, str],
    why: Mapping[int, str],
) -> None:
    """Write what differs from what was held before: the same draft saved twice says nothing new.

    `known`: the suggestions with their new decision, `before` with their old one; `why`: reasons of rejections.
    """
    rows = [*_taken(codes, held, known), *_gone(codes, held), *_refused(known, before, why)]
    for row in rows:
        row.encounter, row.by = encounter, by
    if rows:
        texts = [document.text for document in encounter.documents.all()]
        for row in rows:
            row.evidence = [_spoken(words, texts) for words in row.evidence]
        CodingChoice.objects.bulk_create(rows)


def _taken(
    codes: Sequence[DecidedCode], held: Sequence[CodeDecision], known: Mapping[int, CodeSuggestion]
) -> Iterator[CodingChoice]:
    was = {(row.position, row.system, row.code, row.modifiers, row.units) for row in held}
    for position, one in enumerate(codes, start=1):
        modifiers = " ".join(one.modifiers)
        if (position, one.system, one.code, modifiers, one.units) in was:
            continue
        source = known.get(one.suggestion_id or 0) or next(
            (row for row in known.values() if (row.system, row.code) == (one.system, one.code)), None
        )
        same = source is not None and source.code == one.code
        yield CodingChoice(
            suggestion=source,
            choice="accepted" if same else "replaced" if source else "added",
            system=one.system,
            code=one.code,
            modifiers=modifiers,
            units=one.units,
            position=position,
            instead_of="" if same or source is None else source.code,
            evidence=[{"document": one.words[0], "start": one.words[1], "end": one.words[2]}] if one.words else _words(source),
        )


def _gone(codes: Sequence[DecidedCode], held: Sequence[CodeDecision]) -> Iterator[CodingChoice]:
    now = {(one.system, one.code) for one in codes}
    for row in held:
        if (row.system, row.code) not in now:
            yield CodingChoice(suggestion=row.suggestion, choice="removed", system=row.system, code=row.code)


def _refused(known: Mapping[int, CodeSuggestion], before: Mapping[int, str], why: Mapping[int, str]) -> Iterator[CodingChoice]:
    """Suggestions newly turned down, and those with another reason than before; the only considered ones if by hand."""
    for pk, row in known.items():
        reason = why.get(pk, "") if why.get(pk, "") in REASONS else ""
        if row.decision != "rejected" or not (pk in why or row.content.get("suggested", True)):
            continue
        said = CodingChoice.objects.filter(suggestion=row, choice="rejected").order_by("-id").first()
        if before[pk] != "rejected" or (reason and (said is None or said.reason != reason)):
            yield CodingChoice(
                suggestion=row, choice="rejected", system=row.system, code=row.code, reason=reason, evidence=_words(row)
            )


def _words(source: CodeSuggestion | None) -> list[dict[str, int]]:
    proofs = source.content.get("evidence", ()) if source else ()
    return [{"document": proof.get("document", 0), "start": proof["start"], "end": proof["end"]} for proof in proofs]


def _spoken(words: dict[str, int], texts: Sequence[str]) -> dict[str, int]:
    """Offsets inside the document that they name; what lies outside is cut to it."""
    place = min(max(words["document"], 0), max(len(texts) - 1, 0))
    length = len(texts[place]) if texts else 0
    start = min(max(words["start"], 0), length)
    return {"document": place, "start": start, "end": min(max(words["end"], start), length)}
