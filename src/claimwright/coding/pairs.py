"""Two codes found together that the classification codes otherwise: the table of combinations."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.links import due_to
from claimwright.coding.tables import lines


class Pair(msgspec.Struct, frozen=True):
    """A row: `first` and `second` together become `result`; 1 and 2 in it keep what was found, ? is a character of the first."""

    first: str
    second: str  # empty: the first alone
    due: bool  # the first is due to the second
    words: re.Pattern[str] | None
    result: tuple[str, ...]
    rule: str

    def fits(self, code: str) -> bool:
        """Whether a code is one of the first's."""
        return len(code) >= len(self.first) and all(a in ("?", b) for a, b in zip(self.first, code, strict=False))


@lru_cache(maxsize=1)
def pairs() -> tuple[Pair, ...]:
    """The table of combinations."""
    found = []
    for line in lines("combinations"):
        together, rule = line.rsplit(" | ", 1)
        codes, result = together.split(" = ")
        codes, _, words = codes.partition(' "')
        due = " > " in codes
        first, _, second = codes.partition(" > " if due else " + ")
        told = re.compile(rf"\b(?:{words.strip(chr(34))})\b", re.I) if words else None
        found.append(Pair(first.strip(), second.strip(), due, told, tuple(result.split()), rule))
    return tuple(found)


@lru_cache(maxsize=1)
def _by_category() -> dict[str, tuple[Pair, ...]]:
    held: dict[str, list[Pair]] = {}
    for pair in pairs():
        held.setdefault(pair.first[:3], []).append(pair)
    return {category: tuple(found) for category, found in held.items()}


@lru_cache(maxsize=20_000)
def _rows_of(code: str) -> tuple[Pair, ...]:
    """The rows whose first code it is."""
    return tuple(pair for pair in _by_category().get(code[:3], ()) if pair.fits(code))


def combine_pairs(case: Case) -> None:
    """Apply the rows that fit, one after another, until none does."""
    for first in case.main():
        for pair in _rows_of(first.code):
            if not first.main:
                break
            second = next((c for c in case.main(pair.second) if c is not first), None) if pair.second else first
            if second is not None and _together(case, pair, first, second):
                _apply(case, pair, first, second)


def _together(case: Case, pair: Pair, first: Candidate, second: Candidate) -> bool:
    """Whether the row's words and link hold; injuries of different problems are two conditions, not one."""
    if pair.words is not None and not any(pair.words.search(case.text(case.mention_at(m))) for m in first.mentions):
        return False
    if second is first:
        near = first.code[:5]  # where what is added is of the same kind, only itself
        return not case.main(*(t if t[:5] == near else t.split("?")[0][:5] for t in pair.result if t != "1"))
    if second.code[0] in "ST" and first.item != second.item:
        return False
    return not pair.due or any(due_to(case, a, b) for a in first.mentions for b in second.mentions)


def _apply(case: Case, pair: Pair, first: Candidate, second: Candidate) -> None:
    start = min(first.order, second.order)
    wild = [code for mark, code in zip(pair.first, first.code, strict=False) if mark == "?"]
    kept: list[Candidate] = []
    made = [token for token in pair.result if token not in "12"]
    for place, token in enumerate(pair.result):
        if token in "12":
            one = first if token == "1" else second
            one.order = start + place * 0.0001
            kept.append(one)
        else:
            because = [second] if second is not first else []
            token = token.replace("?", wild[0]) if wild else token
            why = f"{_words(first)} with {_words(second)} is coded so"
            kept.append(case.put(token, first, why, pair.rule, after=0.0, because=because))
            kept[-1].order, kept[-1].item = start + place * 0.0001, first.item
    for one in (first, second):
        one.rules.append(pair.rule)
        if one not in kept:
            case.drop(one, f"{made[0] if made else kept[0].code} says it all")


def _words(candidate: Candidate) -> str:
    return f"“{candidate.evidence[0].text}”" if candidate.evidence else candidate.code
