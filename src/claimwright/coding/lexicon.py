"""Every phrase the reader knows, in one automaton for notes: conditions, sites, sides, qualifiers, triggers, services, drugs."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property, lru_cache
from itertools import chain

import ahocorasick
import msgspec

from claimwright.coding.assertion import Turn, triggers, turn_of
from claimwright.coding.letters import SIZE, Letters, Seen
from claimwright.coding.note import Note, Sentence
from claimwright.coding.tables import lines, listed, rows
from claimwright.coding.words import normal

SIDES = {
    "right": "right; right sided; rt; r sided; rle; rue",
    "left": "left; left sided; lt; l sided; lle; lue",
    "both": "bilateral; both; bilaterally; right and left; left and right; bil; bilat; b l; ble; bue",
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
    "RUL": "right",
    "RML": "right",
    "RLL": "right",
    "LUL": "left",
    "LLL": "left",
}


Meaning = tuple[str, re.Pattern[str] | None]  # of an abbreviation, and what in the note bears it out
CANCER = re.compile(r"\bcancer\b")  # charts write "breast ca"; alone it is calcium


class Entry(msgspec.Struct, frozen=True, gc=False):
    """What a phrase stands for. kind: term, head, site, side, word, service, drug, given, vaccine, test."""

    kind: str
    key: str
    words: int
    own: bool = True  # from our tables, rather than the tabular list


class Hit(msgspec.Struct, frozen=True, gc=False):
    """An entry at words [first, last] of a sentence."""

    entry: Entry
    first: int
    last: int


Hits = defaultdict[str, dict[int, list[Hit]]]  # by kind, then by the number of the sentence


class Phrase(msgspec.Struct, frozen=True, gc=False):
    """What a phrase stands for, and what it does to the words around it."""

    words: int
    entries: tuple[Entry, ...]
    turn: Turn | None


class Phrases(dict[str, Phrase]):
    """Phrases with what they say, made when a note first has one."""

    def __init__(self, own: dict[str, list[Entry]], official: dict[str, str]) -> None:
        """Entries of our tables, and codes of the tabular list."""
        self.own, self.official = own, official

    def __missing__(self, phrase: str) -> Phrase:
        """Look a phrase up in all tables."""
        words = phrase.count(" ") + 1
        entries = tuple(self.own.get(phrase, ()))
        if phrase in self.official and not any(entry.kind == "term" for entry in entries):
            entries = (*entries, Entry("term", self.official[phrase], words, own=False))
        group = triggers().get(phrase)
        found = self[phrase] = Phrase(words, entries, turn_of(group) if group else None)
        return found


FEW = 32  # words; of fewer every stretch is looked up while there is no automaton
Search = Callable[[list[str]], Iterable[tuple[int, str]]]


class Known:
    """Where all phrases stand in sentences."""

    def __init__(self, own: Collection[str], turning: Collection[str], official: Collection[str]) -> None:
        """Of our tables, of the triggers and of the tabular list."""
        self.tables = own, turning, official

    def search(self, words: int) -> Search:
        """What finds the phrases of a sentence's words: each with where it ends (a word is `SIZE`), those that end later last.

        `words`: how many there are to read in all; for a few, as in a question, the automaton is not made.
        """
        if words < FEW and "_automaton" not in vars(self):
            return self.looked_up
        letters, find = self._automaton
        return lambda words: find("".join(map(letters, words)))

    @cached_property
    def _automaton(self) -> tuple[Callable[[str], str], Callable[[str], Iterable[tuple[int, str]]]]:
        """What tells a word's letters, and what finds phrases among them."""
        characters, automaton = Letters(), ahocorasick.Automaton()
        add, letters = automaton.add_word, characters.__getitem__
        for phrase in chain(*self.tables):
            add("".join(map(letters, phrase.split(" "))), phrase)
        automaton.make_automaton()
        return Seen(characters).__getitem__, automaton.iter

    def looked_up(self, words: list[str]) -> Iterator[tuple[int, str]]:
        """What the automaton finds, without it."""
        own, turning, official = self.tables
        for end in range(1, len(words) + 1):
            for first in range(end):  # the longest first, as the automaton does
                phrase = " ".join(words[first:end])
                if phrase in own or phrase in turning or phrase in official:
                    yield (end - 1) * SIZE, phrase


class Lexicon(msgspec.Struct):
    """All phrases, and the tables that hits point into."""

    known: Known
    phrases: Phrases
    sited: dict[str, dict[str, str]]  # head -> site -> code
    broader: dict[str, str]  # site -> the site to try next
    refinements: dict[str, list[tuple[frozenset[str], str]]]
    abbreviations: dict[str, list[Meaning]]  # as written, the sides among them


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
    known = Known(own, triggers(), official)
    return Lexicon(known, Phrases(own, official), sited, broader, _refinements(), _abbreviations())


def _add(phrases: dict[str, list[Entry]], kind: str, key: str, phrase: str) -> None:
    held = phrases.setdefault(phrase, []) if phrase else []
    if not any(other.kind == kind and (kind == "term" or other.key == key) for other in held):
        held.append(Entry(kind, key, phrase.count(" ") + 1))


def _own(heads: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for code, phrases in rows("conditions"):
        for phrase in listed(phrases):
            yield "term", code, phrase
            if " cancer" in phrase or "cancer " in phrase:
                yield "term", code, CANCER.sub("ca", phrase)
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


def scan(note: Note) -> tuple[Hits, list[list[tuple[int, Phrase]]]]:
    """The hits of a note, within a sentence by their last word; and of each sentence its triggers, with where they end."""
    table = lexicon()
    search, phrases = table.known.search(sum(len(sentence.words) for sentence in note.sentences)), table.phrases
    short = frozenset(table.abbreviations)
    found: Hits = defaultdict(dict)
    turned: list[list[tuple[int, Phrase]]] = []
    for number, sentence in enumerate(note.sentences):
        turns: list[tuple[int, Phrase]] = []
        for end, key in search(sentence.words):
            phrase = phrases[key]
            if phrase.turn is not None:
                turns.append((end, phrase))
            if phrase.entries:
                last = end // SIZE
                first = last - phrase.words + 1
                for entry in phrase.entries:
                    found[entry.kind].setdefault(number, []).append(Hit(entry, first, last))
        if not short.isdisjoint(sentence.raw):
            for kind, hit in _abbreviated(note, sentence, table.abbreviations):
                found[kind].setdefault(number, []).append(hit)
        turned.append(turns)
    return found, turned


def triggers_of(spoken: list[tuple[int, Phrase]]) -> list[tuple[int, int, int, Turn]]:
    """The triggers that `scan` found in a sentence as `settle` wants them."""
    placed = ((end // SIZE, phrase.words, phrase.turn) for end, phrase in spoken)
    return [(1 - words, last - words + 1, last, turn) for last, words, turn in placed if turn is not None]


def _abbreviated(note: Note, sentence: Sentence, known: dict[str, list[Meaning]]) -> Iterator[tuple[str, Hit]]:
    """What is written in capitals: R and L, OD and AU, and conditions that the note's other words bear out."""
    shouted = sentence.source[sentence.start : sentence.end].isupper()
    for index, word in enumerate(sentence.raw):
        if side := ABBREVIATED_SIDES.get(word):
            yield "side", Hit(Entry("side", side, 1), index, index)
        for template, borne_out in known.get(word, ()):
            if borne_out is None or (not shouted and any(borne_out.search(one.text) for one in note.documents)):
                yield "term", Hit(Entry("term", template, 1), index, index)
                break


def _abbreviations() -> dict[str, list[Meaning]]:
    held: dict[str, list[Meaning]] = {side: [] for side in ABBREVIATED_SIDES}
    for word, template, beside in rows("abbreviations"):
        starts = "|".join(map(re.escape, listed(beside)))
        held.setdefault(word, []).append((template, re.compile(rf"\b(?:{starts})", re.I) if starts else None))
    return held
