"""The encounter while it is being coded: candidates and what was read, with the few moves that rules make on them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import msgspec

from claimwright.coding.candidates import THRESHOLD, Candidate
from claimwright.coding.gates import Spots, Told, spots_of
from claimwright.coding.lexicon import Hit
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.model import Evidence, Visit
from claimwright.coding.note import Sentence


class Case(msgspec.Struct):
    """One encounter being coded."""

    reading: Reading
    visit: Visit
    candidates: list[Candidate]
    age: int | None = None
    given: set[str] = set()  # procedure codes of what was done
    by_kind: dict[str, list[tuple[int, Hit]]] = {}
    by_key: dict[str, dict[str, list[tuple[int, Hit]]]] = {}  # the same, kind by kind, by key

    def main(self, *prefixes: str) -> list[Candidate]:
        """Candidates to be coded that begin with a prefix, in order."""
        if not prefixes:
            return [c for c in self.candidates if c.score >= THRESHOLD and not c.dropped]
        return [c for c in self.candidates if c.score >= THRESHOLD and not c.dropped and c.code.startswith(prefixes)]

    def known(self, *prefixes: str) -> list[Candidate]:
        """Everything affirmed of the patient anywhere in the record that begins with a prefix."""
        return [c for c in self.candidates if not c.dropped and (not prefixes or c.code.startswith(prefixes))]

    def find(self, code: str) -> Candidate | None:
        """The candidate for a code."""
        return next((c for c in self.candidates if c.code == code), None)

    def put(
        self, code: str, near: Candidate, reason: str, *rules: str, after: float = 0.001, because: Iterable[Candidate] = ()
    ) -> Candidate:
        """Code something that follows from what was found; its proof is the proof of what it follows from."""
        sources = [near, *because]
        evidence = [one for source in sources for one in source.evidence[:2]]
        held = self.find(code)
        if held is None:
            held = Candidate(code=code, mentions=list(near.mentions), score=near.score, order=near.order + after, reason=reason)
            self.candidates.append(held)
            held.evidence = evidence
        else:
            held.evidence = list(dict.fromkeys([*held.evidence, *evidence]))
            held.order = min(held.order, near.order + after) if held.main else near.order + after
            held.score, held.dropped, held.reason = max(held.score, near.score), "", reason
        held.rules.extend(rule for rule in rules if rule not in held.rules)
        held.item = near.item
        return held

    def add(self, code: str, evidence: Iterable[Evidence], score: float, order: float, reason: str, *rules: str) -> Candidate:
        """Code something that no mention stands for (a status, an external cause)."""
        held = self.find(code)
        if held is None:
            held = Candidate(code=code, mentions=[], score=score, order=order, reason=reason)
            self.candidates.append(held)
        else:
            held.score, held.order, held.reason, held.dropped = max(held.score, score), order, reason, ""
        held.evidence = list(dict.fromkeys([*evidence, *held.evidence]))
        held.rules.extend(rule for rule in rules if rule not in held.rules)
        return held

    def replace(self, old: Candidate, code: str, reason: str, *rules: str, because: Iterable[Candidate] = ()) -> Candidate:
        """A combination or more specific code in the place of another."""
        put = self.put(code, old, reason, *rules, after=0.0, because=because)
        if put is not old:
            old.dropped = f"{code} says it all: {reason}"
        return put

    def drop(self, candidate: Candidate, why: str) -> None:
        """Not coded, and why."""
        candidate.dropped = candidate.dropped or why

    def lift(self, candidate: Candidate, order: float, reason: str, *rules: str) -> None:
        """Coded although it stands elsewhere in the record, because a rule asks for it."""
        candidate.score, candidate.order, candidate.dropped = max(candidate.score, THRESHOLD + 0.12), order, ""
        candidate.reason = reason
        candidate.rules.extend(rule for rule in rules if rule not in candidate.rules)

    def text(self, sentence: Sentence) -> str:
        """The characters of a sentence."""
        return sentence.source[sentence.start : sentence.end]

    def sentences(self, *sections: str) -> Iterator[tuple[int, Sentence]]:
        """Numbered sentences of sections; of all if none is named."""
        all_of_them = self.reading.note.sentences
        if not sections:
            return iter(enumerate(all_of_them))
        return ((number, all_of_them[number]) for number in self.reading.note.within(*sections))

    def hits(self, kind: str) -> list[tuple[int, Hit]]:
        """Hits of a kind with the number of their sentence, longest phrases first within a sentence."""
        if not self.by_kind:
            for number, line in enumerate(self.reading.hits):
                for hit in line:
                    self.by_kind.setdefault(hit.entry.kind, []).append((number, hit))
            for held in self.by_kind.values():
                if len(held) > 1:
                    held.sort(key=_by_length)
        return self.by_kind.get(kind, [])

    def keys(self, kind: str) -> dict[str, list[tuple[int, Hit]]]:
        """Hits of a kind by their key, sorted out once a note."""
        held = self.by_key.get(kind)
        if held is None:
            held = self.by_key[kind] = {}
            for at, hit in self.hits(kind):
                held.setdefault(hit.entry.key, []).append((at, hit))
        return held

    def search(self, pattern: re.Pattern[str], *sections: str) -> Iterator[tuple[int, Sentence, re.Match[str], Evidence]]:
        """A pattern's finds, sentence by sentence, with their evidence."""
        numbers = self.spots.of(pattern)
        if numbers is not None and not numbers:
            return
        all_of_them = self.reading.note.sentences
        for number in range(len(all_of_them)) if numbers is None else numbers:
            sentence = all_of_them[number]
            if sections and sentence.section not in sections:
                continue
            for found in pattern.finditer(sentence.source[sentence.start : sentence.end]):
                start, end = sentence.start + found.start(), sentence.start + found.end()
                yield number, sentence, found, self.reading.note.evidence(sentence.document, start, end)

    @property
    def spots(self) -> Spots:
        """Where wordings can stand in the record."""
        note = self.reading.note
        return note.spots or spots_of(note)

    def may(self, pattern: re.Pattern[str], number: int | None = None) -> bool:
        """Whether a sentence may hold a match, or any part of the record: quicker to ask than to search it."""
        if number is None:
            return self.spots.may(pattern)
        numbers = self.spots.of(pattern)
        return numbers is None or number in numbers

    def has(self, pattern: re.Pattern[str], number: int) -> bool:
        """Whether a wording stands in a sentence."""
        return self.may(pattern, number) and bool(pattern.search(self.text(self.reading.note.sentences[number])))

    def told(self, numbers: Collection[int]) -> Told:
        """Sentences as one text."""
        return self.spots.told(numbers)

    def mention_at(self, mention: Mention) -> Sentence:
        """The sentence of a mention."""
        return self.reading.sentence(mention)


def _by_length(found: tuple[int, Hit]) -> tuple[int, int]:
    return found[0], found[1].first - found[1].last
