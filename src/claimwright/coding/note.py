"""The reader: documents into sections, problems and sentences, each with its exact place in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from claimwright.coding.assertion import governs
from claimwright.coding.boxes import answered
from claimwright.coding.breaks import abbreviates
from claimwright.coding.hold import release
from claimwright.coding.lines import FLAT, SIGN, Line, is_short, joined, lines_of
from claimwright.coding.model import Document, Evidence
from claimwright.coding.words import STEMS, TOKEN

if TYPE_CHECKING:
    from claimwright.coding.gates import Spots

BREAK = re.compile(r"[.!?;](?:(?<=;)|(?<![\s(,]\?)(?=[\s\"')\]]|$))")  # first a set, to be quick; not in "? gout"
DIVIDING = frozenset(",) —")  # last characters of a word that is divided from the next
DIVIDED = re.compile(rf"(?:{TOKEN.pattern})(?:[,)—]| [-–—] )?")  # a dash between blanks divides as a comma does
CLAUSE = re.compile(r":(?=\s)(?!\s*(?:no|none|negative|denie[sd]|absent|n/a)\W*$)|\s[-–—]+\s|\s->\s")
END = "\n"  # between the words of sentences, where these stand in one list


class Sentence(msgspec.Struct, gc=False):
    """A stretch of text that says one thing. `words` are stems, `places` their offsets."""

    source: str  # the whole document
    flat: str  # the same by plain letters, see FLAT
    document: int
    start: int
    end: int
    section: str
    item: int  # the problem it belongs to, -1 outside assessment and plan
    statement: bool  # names the problem
    told: bool  # tells about a problem that a statement before it named
    label: str
    heading: str  # the words that opened the section
    raw: list[str]  # the words as written
    words: list[str]
    commas: Sequence[int]  # words that a comma or a closing bracket follows at once
    spans: Sequence[tuple[int, int]] = ()  # see `places`

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words [first, last] begin and end: quicker than all `places` for a few words."""
        piece = self.flat[self.start : self.end]
        if self.spans or SIGN in piece:
            return self.places[first][0], self.places[last][1]
        piece = piece.replace(",", " ")
        start = self.end - len(piece.split(None, first)[first])
        return start, (start if first == last else self.end - len(piece.split(None, last)[last])) + len(self.raw[last])

    @property
    def places(self) -> Sequence[tuple[int, int]]:
        """Offsets of the words; most sentences are never asked."""
        if not self.spans:
            find, at, spans = self.source.find, self.start, []
            for word in self.raw:
                at = find(word, at)
                spans.append((at, at := at + len(word)))
            self.spans = spans
        return self.spans


class Note(msgspec.Struct):
    """Everything read of an encounter's documents."""

    documents: tuple[Document, ...]
    sentences: list[Sentence]
    words: list[str]  # of all sentences, each followed by END
    items: dict[int, list[int]] = {}  # see `of_item`
    sections: dict[tuple[str, ...], list[int]] = {}  # see `within`
    by_section: dict[str, list[int]] = {}
    vocabulary: set[str] = set()  # see `said`
    spanish: bool | None = None  # see the module `language`
    spots: Spots | None = None  # see `gates.spots_of`

    @property
    def said(self) -> set[str]:
        """The words, each once."""
        if not self.vocabulary:
            self.vocabulary.update(self.words)
        return self.vocabulary

    def of_item(self, item: int) -> list[int]:
        """Numbers of the sentences of a problem."""
        if not self.items:
            for number, sentence in enumerate(self.sentences):
                self.items.setdefault(sentence.item, []).append(number)
        return self.items.get(item, [])

    def within(self, *sections: str) -> list[int]:
        """Numbers of the sentences in any of some sections."""
        held = self.sections.get(sections)
        if held is None:
            if not self.by_section:
                for number, sentence in enumerate(self.sentences):
                    self.by_section.setdefault(sentence.section, []).append(number)
            lists = [numbers for one in set(sections) if (numbers := self.by_section.get(one))]
            held = self.sections[sections] = lists[0] if len(lists) == 1 else sorted(chain.from_iterable(lists))
        return held

    def evidence(self, document: int, start: int, end: int) -> Evidence:
        """The words at a place; text[start:end] is the evidence's text by construction."""
        return Evidence(start=start, end=end, text=self.documents[document].text[start:end], document=document)

    def has(self, *sections: str) -> bool:
        """Whether any sentence lies in one of the sections."""
        return bool(self.within(*sections))


def read(documents: Sequence[Document]) -> Note:
    """Split all documents; items are numbered through the whole encounter."""
    sentences: list[Sentence] = []
    items = 0
    for index, given in enumerate(documents):
        text = answered(given.text)
        document = given if text is given.text else msgspec.structs.replace(given, text=text)
        flat = document.text.replace(" - ", ",  ").encode("ascii", "replace").translate(FLAT).decode("ascii")
        lines = lines_of(document, flat, items)
        items = max([items, *[line.item + 1 for line in lines]])
        release(document.text, lines)
        named = -1
        for line in joined(document.text, lines):
            sentences += _sentences(document.text, flat, index, line, named == line.item >= 0)
            named = line.item if line.statement else named
    return Note(documents=tuple(documents), sentences=sentences, words=_understood(sentences))


def _understood(sentences: list[Sentence]) -> list[str]:
    """The stems of all words, which each sentence is given; looked up together, as that is quicker."""
    written: list[str] = []
    for sentence in sentences:
        written += sentence.raw
        written.append(END)
    words = list(map(STEMS.__getitem__, written))
    start = 0
    for sentence in sentences:
        stop = start + len(sentence.raw)
        sentence.words = words[start:stop]
        start = stop + 1
    return words


def _sentences(text: str, flat: str, document: int, line: Line, told: bool) -> list[Sentence]:
    statement, found = line.statement, list[Sentence]()
    for start, end in _pieces(text, line):
        if line.head and start == line.start and not statement:
            statement = is_short(text, flat, start, end)
        raw, commas = _words(text, flat, start, end)
        found.append(
            Sentence(
                text,
                flat,
                document,
                start,
                end,
                line.section,
                line.item,
                statement,
                told and not statement,
                line.label,
                line.heading,
                raw,
                raw,  # until `_understood`
                commas,
            )
        )
        told, statement = told or statement, False
    return found


def _pieces(text: str, line: Line) -> list[tuple[int, int]]:
    """Sentence bounds; the first clause of a problem stands apart, as it names the problem."""
    start, found = line.start, list[tuple[int, int]]()
    if line.head:
        clause = CLAUSE.search(text, start, line.end)
        stop = BREAK.search(text, start, line.end)
        named = clause and (not stop or clause.start() < stop.start()) and clause.start() > start
        if clause and named and not governs(text[start : clause.start()]):
            found.append((start, clause.start()))
            start = clause.end()
    for mark in BREAK.finditer(text, start, line.end):
        end = mark.end()
        if text[end - 1] == "." and abbreviates(text, max(start, end - 8), end):
            continue
        if end > start:
            found.append((start, end))
            start = end
    if start < line.end:
        found.append((start, line.end))
    return found


def _words(text: str, flat: str, start: int, end: int) -> tuple[list[str], Sequence[int]]:
    """Words, and which of them a comma or a closing bracket follows at once, be it right behind the sentence."""
    end += flat[end : end + 1] == ","
    piece = flat[start:end]
    if SIGN in piece:
        found = DIVIDED.findall(text, start, end)
    elif "," not in piece:
        return piece.split(), ()
    else:
        found = piece.replace(",", ", ").split()
        if "," in found:  # that follows no word
            found = [token for token in found if token != ","]
    commas = [index for index, token in enumerate(found) if token[-1] in DIVIDING]
    for index in commas:
        found[index] = found[index].rstrip(",) -–—")
    return found, commas
