"""Find rows of imported tables by words: the Alphabetic Index with its cross-references, HCPCS, CPT, modifiers, taxonomies."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from heapq import nsmallest

from claimwright.codesets import icd10cm
from claimwright.codesets.building import SEARCHED
from claimwright.codesets.icd10cm import IcdCode
from claimwright.codesets.releases import Release
from claimwright.codesets.store import Store
from claimwright.codesets.words import Spelling, readings, words
from claimwright.parties import Struct

INDEXES = ("icd10cm-index", "icd10cm-external-causes", "icd10cm-neoplasms", "icd10cm-drugs")
_MANY = 25  # rows that are read and ranked for one question
_FOLLOWED = 5  # rows whose cross-references are followed
_HIDDEN = {"icd10cm-drugs": frozenset({"poisoning", "adverse", "effect", "underdosing", "overdose", "toxic"})}


class Hit(Struct):
    """A row that was found."""

    table: str
    key: str
    facts: dict[str, str]
    score: float
    source: str


class Entry(Struct):
    """A diagnosis that the Alphabetic Index leads to, and by which terms."""

    code: IcdCode
    path: str
    score: float
    source: str


class Finder:
    """Searches a store; remembers the spelling of the tables it has searched."""

    def __init__(self, store: Store) -> None:
        """One for each store that is open."""
        self.store = store
        self.spelling = lru_cache(16)(self._spelling)
        self.places = lru_cache(256)(self._places)
        self.row = lru_cache(16_384)(self._row)

    def _spelling(self, release: Release) -> Spelling:
        return Spelling(self.store.words(release))

    def rows(self, table: str, text: str, on: date, limit: int) -> list[Hit]:
        """Rows of a table by words, best first; synonyms, beginnings and misspellings are forgiven."""
        releases = self.store.in_force(table, on) or self.store.first(table)
        found = [hit for release in releases for reading in readings(words(text)) for hit in self._read(release, reading)]
        best: dict[tuple[str, ...], Hit] = {}
        for hit in sorted(found, key=lambda hit: -hit.score):
            best.setdefault((hit.key, *hit.facts.values()), hit)
        return list(best.values())[:limit]

    def _read(self, release: Release, asked: tuple[str, ...]) -> Iterator[Hit]:
        """The best rows for one reading of a question: those with the rarest of its words, ranked by all of them."""
        matching = [self.places(release, word) for word in dict.fromkeys(asked)]
        rare = sorted((places for places in matching if places), key=len)
        scores: dict[int, float] = {}
        for rank, places in enumerate(rare):
            weight = math.log(1 + release.rows / len(places))
            if rank < 2:
                for place, closeness in places.items():
                    scores[place] = scores.get(place, 0.0) + weight * closeness
            else:
                for place in scores.keys() & places.keys():
                    scores[place] += weight * places[place]
        counts = {place: sum(place in places for places in rare) for place in scores}
        ranked = nsmallest(_MANY, scores, key=lambda place: (-scores[place] * counts[place] ** 2, place))
        for place in ranked:
            key, facts, length = self.row(release, place)
            share = (counts[place] / len(matching)) ** 2
            yield Hit(
                table=release.table,
                key=key,
                facts=facts,
                score=scores[place] * share / (1 + 0.06 * length),
                source=release.cited,
            )

    def _row(self, release: Release, place: int) -> tuple[str, dict[str, str], int]:
        """A row and how many words its first text has: the fewer it says besides, the better it fits."""
        key, facts = self.store.row_at(release, place)
        return key, facts, len(words(facts[SEARCHED[release.table][0]]))

    def _places(self, release: Release, word: str) -> dict[int, float]:
        """The rows with a word; with none, those with words that begin so, or that it may be a misspelling of."""
        exact = self.store.places(release, word)
        if exact:
            return dict.fromkeys(exact, 1.0)
        like = self.store.words(release, word)[:20] if len(word) > 3 else []
        like = like or (self.spelling(release).near(word)[:5] if len(word) > 3 else [])
        return {place: 0.7 for other in like for place in self.store.places(release, other)}

    def diagnoses(self, text: str, on: date, limit: int = 10) -> list[Entry]:
        """Codes that may be billed on a date, by the Alphabetic Index and its tables; "see" and "see also" are followed."""
        found: list[Entry] = []
        for table in INDEXES:
            asked = words(text)
            if table in _HIDDEN and not _HIDDEN[table] & set(asked):
                continue  # a drug's name alone is rarely a diagnosis
            for rank, hit in enumerate(self.rows(table, text, on, limit * 2)):
                found += self._followed(hit, asked, on, follow=rank < _FOLLOWED)
        best: dict[str, Entry] = {}
        for entry in sorted(found, key=lambda entry: -entry.score):
            best.setdefault(entry.code.code, entry)
        return list(best.values())[:limit]

    def _followed(self, hit: Hit, asked: list[str], on: date, *, follow: bool) -> Iterator[Entry]:
        """What a row leads to: its own code, and the rows it tells to see, narrowed by what else was asked."""
        path = ": ".join(filter(None, (hit.facts["term"], hit.facts["column"])))
        if hit.facts["code"]:
            yield from _entries(hit.facts["code"], path, hit.score, hit.source, on)
        here = set(words(hit.facts["term"]))
        rest = [word for word in asked if word not in here]
        for see in hit.facts["see"].split(";") if follow else ():
            terms = words(see)
            if terms and "condition" not in terms:
                for other in self.rows(hit.table, " ".join((*terms, *rest)), on, 3):
                    if other.facts["code"]:
                        told = f"{path} see {other.facts['term']}"
                        yield from _entries(other.facts["code"], told, min(hit.score, other.score) * 0.9, hit.source, on)


def _entries(code: str, path: str, score: float, source: str, on: date) -> Iterator[Entry]:
    """The code itself where it may be billed, else the first of those below it."""
    found = _complete(code.split()[0].rstrip("-.†*"), on)
    if found is not None:
        yield Entry(code=found, path=path, score=score, source=source)


@lru_cache(maxsize=8_192)
def _complete(code: str, on: date) -> IcdCode | None:
    found = icd10cm.lookup(code, on)
    if found is None or found.billable:
        return found
    return next((one for child in icd10cm.children(code, on) if (one := _complete(child.code, on))), None)


def diagnoses(text: str, on: date, finder: Finder | None, limit: int = 10) -> list[tuple[IcdCode, str]]:
    """Diagnoses by words, each with the index terms that led to it: those that both ways find first, then in turn."""
    by_words = icd10cm.search(text, on, limit)
    entries = finder.diagnoses(text, on, limit) if finder and not icd10cm.is_start(text) else []
    paths = {entry.code.code: entry.path for entry in entries}
    codes = {one.code: one for one in (*by_words, *(entry.code for entry in entries))}
    ranks: dict[str, float] = {}
    for ranked in ([one.code for one in by_words], [entry.code.code for entry in entries]):
        for place, code in enumerate(ranked):
            ranks[code] = ranks.get(code, 0.0) + 1 / (4 + place)
    best = sorted(ranks, key=lambda code: -ranks[code])
    return [(codes[code], paths.get(code, "")) for code in best[:limit]]


def notes(code: str) -> dict[str, list[str]]:
    """The tabular notes of a code and its category, by kind, those nearest the code first."""
    lineage = list(icd10cm.lineage(code))
    kinds = ("inclusions", "includes", "excludes1", "excludes2", "code_first", "use_additional", "code_also")
    found = {kind: [note for node in lineage for note in getattr(node, kind)] for kind in kinds}
    return {kind: said for kind, said in found.items() if said}
