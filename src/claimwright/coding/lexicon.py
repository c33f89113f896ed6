"""Every phrase the reader knows, in one automaton: conditions, sites, sides, qualifiers, triggers, services, drugs."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, repeat

import ahocorasick
import msgspec

from claimwright.coding.assertion import Trigger, triggers
from claimwright.coding.letters import SIZE, UNKNOWN, Letters
from claimwright.coding.note import Note, Sentence
from claimwright.coding.tables import lines, listed, rows
from claimwright.coding.words import normal

SIDES = {
    "right": "right; right sided; rt; r sided",
    "left": "left; left sided; lt; l sided",
    "both": "bilateral; both; bilaterally; right and left; left and right; bil; b l",
}
ABBREVIATED_SIDES = {
    "R": "right",
    "L": "left",
    "AD": "right",
    "AS": "left",
    "AU": "both",
    "OD": "right",
    "OS": "left",
    "OU": "both",
}
SMALL_SIDES = frozenset(map(str.lower, ABBREVIATED_SIDES))


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What a phrase stands for. kind: term, head, site, side, word, trigger, service, drug, given, vaccine, test."""

    kind: str
    key: str
    words: int
    own: bool = True  # from our tables, rather than the tabular list


class Hit(msgspec.Struct, frozen=True, gc=False):
    """An entry at words [first, last] of a sentence."""

    entry: Entry
    first: int
    last: int


class Entries(dict[str, tuple[Entry, ...]]):
    """Phrases to what they stand for, made when a note first has one."""

    def __init__(self, own: dict[str, list[Entry]], official: dict[str, str]) -> None:
        """Entries of our tables, and codes of the tabular list."""
        self.own, self.official = own, official

    def __missing__(self, phrase: str) -> tuple[Entry, ...]:
        """Look a phrase up in all tables."""
        held = self.own.get(phrase, [])
        found = [entry for entry in held if entry.kind in BEFORE_TRIGGERS]
        if phrase in triggers():
            found.append(Entry("trigger", phrase, phrase.count(" ") + 1))
        found += [entry for entry in held if entry.kind not in BEFORE_TRIGGERS]
        if phrase in self.official and not any(entry.kind == "term" for entry in held):
            found.append(Entry("term", self.official[phrase], phrase.count(" ") + 1, own=False))
        self[phrase] = tuple(found)
        return self[phrase]


BEFORE_TRIGGERS = frozenset(("term", "head", "site", "side", "word"))


class Lexicon(msgspec.Struct):
    """The automaton, over words by their letters, and the tables that hits point into."""

    characters: Letters
    automaton: ahocorasick.Automaton
    entries: Entries
    sited: dict[str, dict[str, str]]  # head -> site -> code
    broader: dict[str, str]  # site -> the site to try next
    refinements: dict[str, list[tuple[frozenset[str], str]]]
    triggers: dict[str, tuple[Trigger, ...]]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Built once a process, when first asked for."""
    collecting = gc.isenabled()
    gc.disable()  # all of it stays: collecting meanwhile finds nothing and costs a seventh of the time
    try:
        return _built()
    finally:
        if collecting:
            gc.enable()


def _built() -> Lexicon:
    sited, heads = _sited()
    broader = {site: wider for site, _, wider in rows("sites")}
    own: dict[str, list[Entry]] = {}
    for kind, key, phrase in _own(heads):
        _add(own, kind, key, normal(phrase))
    official = {phrase: code for code, _, phrase in (line.partition("|") for line in reversed(list(lines("official"))))}
    characters = Letters()
    automaton = ahocorasick.Automaton()
    for phrase in chain(own, triggers(), official):
        automaton.add_word(characters.of(phrase), phrase)
    automaton.make_automaton()
    return Lexicon(characters, automaton, Entries(own, official), sited, broader, _refinements(), triggers())


def _add(phrases: dict[str, list[Entry]], kind: str, key: str, phrase: str) -> None:
    held = phrases.setdefault(phrase, []) if phrase else []
    if not any(other.kind == kind and (kind == "term" or other.key == key) for other in held):
        held.append(Entry(kind, key, phrase.count(" ") + 1))


def _own(heads: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for code, phrases in rows("conditions"):
        yield from (("term", code, phrase) for phrase in listed(phrases))
    for head, phrases in heads.items():
        yield from (("head", head, phrase) for phrase in listed(phrases))
    for site, phrases, _ in rows("sites"):
        yield from (("site", site, phrase) for phrase in listed(phrases))
    for side, phrases in SIDES.items():
        yield from (("side", side, phrase) for phrase in listed(phrases))
    for _, words, *_ in rows("refinements"):
        yield from (("word", normal(word), word) for word in listed(words))
    for service, phrases, *_ in rows("services"):
        yield from (("service", service, phrase) for phrase in listed(phrases))
    for name, phrases, *_ in rows("drugs"):
        yield from (("drug", name, phrase) for phrase in (name, *listed(phrases)))
    for codes, phrases, *_ in rows("jcodes"):
        yield from (("given", codes, phrase) for phrase in listed(phrases))
    for code, phrases, *_ in rows("vaccines"):
        yield from (("vaccine", code, phrase.split("...")[0]) for phrase in listed(phrases))
    for test, phrases, *_ in rows("tests"):
        yield from (("test", test, phrase) for phrase in listed(phrases))


def _sited() -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    sited: dict[str, dict[str, str]] = {}
    heads: dict[str, str] = {}
    name = ""
    for line in lines("sited"):
        if line.startswith("head |"):
            phrases = line.split("|")[1].strip()
            name = phrases.split(";")[0].strip()
            heads[name], sited[name] = phrases, {}
        else:
            site, code = line.split("=")
            sited[name][site.strip()] = code.strip()
    return sited, heads


def _refinements() -> dict[str, list[tuple[frozenset[str], str]]]:
    held: dict[str, list[tuple[frozenset[str], str]]] = {}
    for code, words, refined, *_ in rows("refinements"):
        held.setdefault(code, []).append((frozenset(normal(word) for word in listed(words)), refined))
    return held


def scan(note: Note) -> list[list[Hit]]:
    """The hits of each sentence, by their last word."""
    table = lexicon()
    search, known, entries = table.automaton.iter, table.characters.get, table.entries
    found: list[list[Hit]] = []
    for sentence in note.sentences:
        line = "".join(map(known, sentence.words, repeat(UNKNOWN)))
        held = [
            Hit(entry, end // SIZE - entry.words + 1, end // SIZE) for end, phrase in search(line) for entry in entries[phrase]
        ]
        if not SMALL_SIDES.isdisjoint(sentence.words):
            held += _abbreviated(note, sentence)
        found.append(held)
    return found


def _abbreviated(note: Note, sentence: Sentence) -> Iterable[Hit]:
    """R and L, OD and AU: sides only in capitals."""
    text = note.documents[sentence.document].text
    for index, (start, end) in enumerate(sentence.places):
        if end - start <= 2 and (side := ABBREVIATED_SIDES.get(text[start:end])):
            yield Hit(Entry("side", side, 1), index, index)
