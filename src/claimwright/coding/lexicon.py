"""Every phrase the reader knows, by the word it begins with: conditions, sites, sides, qualifiers, triggers, services, drugs."""

from __future__ import annotations

import gc
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, islice

import msgspec

from claimwright.coding.assertion import Turn, triggers, turn_of
from claimwright.coding.gates import spots_of
from claimwright.coding.note import Note, Sentence
from claimwright.coding.tables import lines, listed, rows
from claimwright.coding.words import MOST, normal

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
Spoken = tuple[int, int, int, Turn]  # triggers of a phrase, as `settle` wants them


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


WHOLE, MORE = 1, 2  # a phrase; and what a longer one begins with
Opening = tuple[bool, dict[str, int] | None]
UNKNOWN: Opening = (False, None)


class Openings(dict[str, Opening]):
    """Words to what they may begin, worked out when a note first has one; starts anew when there are more than notes use.

    That is whether the word itself is a phrase, and what may follow it: WHOLE, MORE or both.
    """

    def __init__(self, *phrases: Iterable[str]) -> None:
        """Of all phrases."""
        self.rest: defaultdict[str, list[str]] = defaultdict(list)  # of the phrases, by their first word
        for phrase in chain(*phrases):
            first, _, rest = phrase.partition(" ")
            self.rest[first].append(rest)

    def __missing__(self, word: str) -> Opening:
        """Work a new word out."""
        if len(self) >= MOST:
            self.clear()
        known = self.rest.get(word)
        found = self[word] = self._worked_out(known) if known else UNKNOWN
        return found

    def _worked_out(self, known: list[str]) -> Opening:
        tails = dict.fromkeys(known, WHOLE)
        alone = tails.pop("", 0)
        for rest in list(tails):
            while rest := rest.rpartition(" ")[0]:
                state = tails.get(rest, 0)
                if state & MORE:
                    break
                tails[rest] = state | MORE
        return bool(alone), tails or None


def find_phrases(openings: Openings, words: list[str]) -> list[tuple[int, int, str]]:
    """The phrases among words, of which the last is END: each with its last and first word, in this order."""
    found = []
    following = islice(words, 1, None)
    for first, ((alone, tails), rest) in enumerate(zip(map(openings.__getitem__, words), following)):  # noqa: B905
        if alone:
            found.append((first, first, words[first]))
        if tails is not None and (state := tails.get(rest)):
            last, phrase = first + 1, f"{words[first]} {rest}"
            while state:
                if state & WHOLE:
                    found.append((last, first, phrase))
                if not state & MORE:
                    break
                last += 1
                word = words[last]
                rest, phrase = f"{rest} {word}", f"{phrase} {word}"
                state = tails.get(rest)
    found.sort()
    return found


class Lexicon(msgspec.Struct):
    """All phrases, and the tables that hits point into."""

    openings: Openings
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
    openings = Openings(own, triggers(), official)
    return Lexicon(openings, Phrases(own, official), sited, broader, _refinements(), _abbreviations())


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


def scan(note: Note) -> tuple[Hits, list[list[Spoken]]]:
    """The hits of a note, within a sentence by their last word; and the triggers of each sentence."""
    table = lexicon()
    phrases = table.phrases
    found: Hits = defaultdict(dict)
    turned: list[list[Spoken]] = [[] for _ in note.sentences]
    number, start, stop = -1, 0, 0  # of the sentence that is read: its first word, and that of the next
    for last, first, key in find_phrases(table.openings, note.words):
        while last >= stop:
            number, start = number + 1, stop
            stop += len(note.sentences[number].words) + 1
        phrase, first, last = phrases[key], first - start, last - start
        if phrase.turn is not None:
            turned[number].append((first - last, first, last, phrase.turn))
        for entry in phrase.entries:
            held = found[entry.kind]
            if number in held:
                held[number].append(Hit(entry, first, last))
            else:
                held[number] = [Hit(entry, first, last)]
    _add_abbreviated(note, found, table.abbreviations)
    return found, turned


def _add_abbreviated(note: Note, found: Hits, known: dict[str, list[Meaning]]) -> None:
    """Those written in capitals, behind the other hits of their sentence."""
    kinds, short = set(), _capitals()
    for number, sentence in enumerate(note.sentences):
        if not short.isdisjoint(sentence.raw):
            for kind, hit in _abbreviated(note, sentence, known):
                found[kind].setdefault(number, []).append(hit)
                kinds.add(kind)
    for kind in kinds:
        found[kind] = dict(sorted(found[kind].items()))


def _abbreviated(note: Note, sentence: Sentence, known: dict[str, list[Meaning]]) -> Iterator[tuple[str, Hit]]:
    """What is written in capitals: R and L, OD and AU, and conditions that the note's other words bear out."""
    shouted = sentence.source[sentence.start : sentence.end].isupper()
    for index, word in enumerate(sentence.raw):
        if side := ABBREVIATED_SIDES.get(word):
            yield "side", Hit(Entry("side", side, 1), index, index)
        for template, borne_out in known.get(word, ()):
            if borne_out is None or (not shouted and _stands(borne_out, note)):
                yield "term", Hit(Entry("term", template, 1), index, index)
                break


def _stands(pattern: re.Pattern[str], note: Note) -> bool:
    return spots_of(note).somewhere(pattern) and any(pattern.search(one.text) for one in note.documents)


@lru_cache(maxsize=1)
def _capitals() -> frozenset[str]:
    return frozenset(lexicon().abbreviations)


def _abbreviations() -> dict[str, list[Meaning]]:
    held: dict[str, list[Meaning]] = {side: [] for side in ABBREVIATED_SIDES}
    for word, template, beside in rows("abbreviations"):
        starts = "|".join(map(re.escape, listed(beside)))
        held.setdefault(word, []).append((template, re.compile(rf"\b(?:{starts})", re.I) if starts else None))
    return held
