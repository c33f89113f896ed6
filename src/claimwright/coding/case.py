"""The encounter while it is being coded: candidates and what was read, with the few moves that rules make on them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from claimwright.coding.candidates import THRESHOLD, Candidate
from claimwright.coding.gates import Spots, Told, spots_of
from claimwright.coding.lexicon import Hit
from claimwright.coding.mentions import Mention, Reading
from claimwright.coding.model import Evidence, Visit
from claimwright.coding.note import Sentence

Find = tuple[int, Sentence, re.Match[str], Evidence]
NOTHING: Iterator[Find] = iter(())


class Case(msgspec.Struct):
    """One encounter being coded."""

    reading: Reading
    visit: Visit
    candidates: list[Candidate]
    age: int | None = None
    setting: str = ""  # where the visit took place, once that is asked
    given: set[str] = set()  # procedure codes of what was done
    by_kind: dict[str, list[tuple[int, Hit]]] = {}
    by_key: dict[str, dict[str, list[tuple[int, Hit]]]] = {}  # the same, kind by kind, by key
    letters: dict[str, list[Candidate]] = {}  # the candidates by their first letter
    lettered: int = 0  # how many of them

    def main(self, *prefixes: str) -> list[Candidate]:
        """Candidates to be coded that begin with a prefix, in order."""
        if not prefixes:
            return [c for c in self.candidates if c.score >= THRESHOLD and not c.dropped]
        near = self._near(prefixes)
        return [c for c in near if c.code.startswith(prefixes) and c.score >= THRESHOLD and not c.dropped] if near else []

    def known(self, *prefixes: str) -> list[Candidate]:
        """Everything affirmed of the patient anywhere in the record that begins with a prefix."""
        if not prefixes:
            return [c for c in self.candidates if not c.dropped]
        near = self._near(prefixes)
        return [c for c in near if not c.dropped and c.code.startswith(prefixes)] if near else []

    def _near(self, prefixes: tuple[str, ...]) -> Sequence[Candidate]:
        """The few candidates that share the first letter of all prefixes, else all."""
        letter = prefixes[0][:1] if len(prefixes) == 1 else _letter(prefixes)
        if not letter:
            return self.candidates
        while self.lettered < len(self.candidates):  # which only grow
            candidate = self.candidates[self.lettered]
            self.letters.setdefault(candidate.code[0], []).append(candidate)
            self.lettered += 1
        return self.letters.get(letter, ())

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
        held = self.by_kind.get(kind)
        if held is None:
            held = self.by_kind[kind] = [(at, hit) for at, line in self.reading.hits[kind].items() for hit in line]
            held.sort(key=_by_length)
        return held

    def keys(self, kind: str) -> dict[str, list[tuple[int, Hit]]]:
        """Hits of a kind by their key, sorted out once a note."""
        held = self.by_key.get(kind)
        if held is None:
            held = self.by_key[kind] = {}
            for at, hit in self.hits(kind):
                held.setdefault(hit.entry.key, []).append((at, hit))
        return held

    def search(self, pattern: re.Pattern[str], *sections: str) -> Iterator[Find]:
        """A pattern's finds, sentence by sentence, with their evidence."""
        numbers = self.spots.of(pattern)
        return self._search(pattern, numbers, sections) if numbers is None or numbers else NOTHING

    def _search(self, pattern: re.Pattern[str], numbers: list[int] | None, sections: tuple[str, ...]) -> Iterator[Find]:
        spots, all_of_them = self.spots, self.reading.note.sentences
        for number in range(len(all_of_them)) if numbers is None else numbers:
            sentence = all_of_them[number]
            if (sections and sentence.section not in sections) or not spots.has(pattern, number):
                continue
            for found in pattern.finditer(sentence.source[sentence.start : sentence.end]):
                start, end = sentence.start + found.start(), sentence.start + found.end()
                yield number, sentence, found, self.reading.note.evidence(sentence.document, start, end)

    def holding(self, pattern: re.Pattern[str], *sections: str) -> Iterator[tuple[int, Sentence]]:
        """The numbered sentences, of all or of sections, that may hold a match."""
        numbers, all_of_them = self.spots.of(pattern), self.reading.note.sentences
        for number in range(len(all_of_them)) if numbers is None else numbers:
            if not sections or all_of_them[number].section in sections:
                yield number, all_of_them[number]

    @property
    def spots(self) -> Spots:
        """Where wordings can stand in the record."""
        note = self.reading.note
        return note.spots or spots_of(note)

    def may(self, pattern: re.Pattern[str], number: int | None = None) -> bool:
        """Whether a sentence, or any, may hold a match: quicker to ask than to search it."""
        numbers = self.spots.of(pattern)
        return numbers is None or (number in numbers if number is not None else bool(numbers))

    def has(self, pattern: re.Pattern[str], number: int) -> bool:
        """Whether a wording stands in a sentence."""
        return self.spots.has(pattern, number)

    def told(self, numbers: Collection[int]) -> Told:
        """Sentences as one text."""
        return self.spots.told(numbers)

    def mention_at(self, mention: Mention) -> Sentence:
        """The sentence of a mention."""
        return self.reading.sentence(mention)


@lru_cache(maxsize=5_000)
def _letter(prefixes: tuple[str, ...]) -> str:
    """The first letter that all prefixes share, if they do."""
    letters = {one[:1] for one in prefixes}
    return letters.pop() if len(letters) == 1 else ""


def _by_length(found: tuple[int, Hit]) -> tuple[int, int]:
    return found[0], found[1].first - found[1].last
