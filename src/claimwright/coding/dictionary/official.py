"""Read the official lists as terms: for a code, the words that must be said and those that may be said besides."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice, product
from typing import BinaryIO, NamedTuple

from claimwright.codesets.tabular import Node
from claimwright.coding.dictionary.stems import TOKEN, root
from claimwright.coding.dictionary.tables import word_set

VARIANTS = 8  # readings of one term's alternatives
FOLLOWED = 30  # entries under the target of a "see"
BRACKETS = re.compile(r"\(([^)]*)\)|\[[^]]*\]")
ABSENT = re.compile(
    r",? ?(?:without|not elsewhere classified|not specified as|not otherwise specified|unspecified as|not)\b"
    r"(?:(?! (?:of|in|at|on|with)\b)[^,;])*",
    re.I,
)
VAGUE_PLACE = re.compile(
    r"\bunspecified (?:part|site|location|multiple|lobe|segment|quadrant|side|degree)\b(?: of)?"
    r"|\bunspecified whether\b[^,]*|, normal vision \w+ eye|\bunqualified\b"
    r"|\bdue to unspecified occlusion or stenosis\b",
    re.I,
)
MANIFESTATION = re.compile(r"\b(?:in|as the causes? of) (?:other )?(?:\w+ ){0,4}classified elsewhere\b", re.I)
WHOLE = re.compile(r"\b(\d+)\.0-\1\.9, adult")  # body mass index 27.0-27.9
OTHER = re.compile(r"\bother\b|\belsewhere\b|\bNEC\b", re.I)  # also the manifestations of diseases classified elsewhere
UNSPECIFIED = re.compile(r"\bunspecified\b|\bnot otherwise specified\b|\bNOS\b", re.I)
EPONYM = re.compile(r"\w's\b")


class Term(NamedTuple):
    """A term of the official lists; `words` are roots in the list's order."""

    code: str
    source: str
    words: tuple[str, ...]
    optional: tuple[str, ...] = ()


class Book:
    """The tabular list, and how a code that is not complete is completed."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        """Nodes by dotless code."""
        self.nodes = nodes
        self.kept: dict[str, list[tuple[str, tuple[str, ...]]]] = {}

    def completed(self, code: str) -> list[tuple[str, tuple[str, ...]]]:
        """The complete codes under one, each with the words that choose it; the default needs none."""
        code = code.replace(".", "").strip(" -")
        if code not in self.kept:
            self.kept[code] = list(self._completed(code))
        return self.kept[code]

    def _completed(self, code: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        node = self.nodes.get(code)
        if node is None or not node.is_code:
            return
        leaves = list(self.leaves(node))
        known = set(roots(node.description))
        chosen: list[tuple[str, tuple[str, ...]]] = []
        for leaf in leaves:
            extra = tuple(word for word in reading(leaf.description) if word not in known)
            if not extra and OTHER.search(leaf.description) and len(leaves) > 1:
                continue
            chosen.append((leaf.code, extra))
        chosen.sort(key=lambda one: (len(one[1]), not UNSPECIFIED.search(self.nodes[one[0]].description), one[0][-1] not in "90"))
        if chosen and chosen[0][1]:
            default = [code for code, _ in chosen if UNSPECIFIED.search(self.nodes[code].description)][:1]
            chosen = [*((code, ()) for code in default), *(one for one in chosen if one[0] not in default)]
        for chosen_code, extra in chosen:
            yield dotted(chosen_code), extra

    def leaves(self, node: Node) -> Iterator[Node]:
        """The codes that are complete but for a 7th character."""
        if not node.children:
            yield node
        for child in node.children:
            yield from self.leaves(self.nodes[child])


def dotted(code: str) -> str:
    """A code with its dot."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def roots(text: str) -> list[str]:
    """All roots of a text that say something."""
    silent = word_set("stop") | word_set("vague")
    found = (word.lower() for word in TOKEN.findall(text))
    return [root(word) for word in found if word not in silent]


def reading(text: str) -> tuple[str, ...]:
    """What a title asks to be said."""
    return tuple(dict.fromkeys(roots(_plain(text))))


def _plain(text: str) -> str:
    text = WHOLE.sub(r"\1", text)
    for unsaid in (MANIFESTATION, ABSENT, VAGUE_PLACE):
        text = unsaid.sub(" ", text)
    return text


def alternatives(text: str) -> list[tuple[str, ...]]:
    """The readings of a title with "or", "and/or": a word or the word before it."""
    plain = _plain(BRACKETS.sub(" ", text))
    parts = re.split(r"(?<=\w) (?:or|and/or) (?=\w)", plain)
    if len(parts) == 1 or len(parts) > 4:
        return [reading(plain)]
    readings = {reading(" ".join(parts)): None}
    for left_out in range(len(parts)):
        words = [part.split() for part in parts]
        if left_out < len(parts) - 1:
            words[left_out] = words[left_out][:-1]
        else:
            words[left_out] = words[left_out][1:]
        readings[reading(" ".join(word for part in words for word in part))] = None
    return list(readings)


def optional_words(text: str) -> tuple[str, ...]:
    """The words in brackets."""
    inside = " ".join(found.group(1) or "" for found in BRACKETS.finditer(text))
    return tuple(dict.fromkeys(word for word in roots(inside) if len(word) > 1))


def relaxed(words: tuple[str, ...], text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Essential words, and those that a name needs not: Crohn's disease is also Crohn's."""
    if EPONYM.search(text) and len(words) > 1:
        spare = tuple(word for word in words if word in ("disease", "disorder", "syndrome", "condition"))
        return tuple(word for word in words if word not in spare), spare
    return words, ()


def tabular_terms(book: Book) -> Iterator[Term]:
    """Titles and inclusion terms of the tabular list; a heading's stand for its default code."""
    for node in list(book.nodes.values()):
        if not node.is_code:
            continue
        for text, source in ((node.description, "t"), *((term, "n") for term in node.inclusions)):
            spare = optional_words(text)
            for words in alternatives(text):
                essential, more = relaxed(words, text)
                yield from _of_node(book, node, source, essential, (*spare, *more), text)


def _of_node(book: Book, node: Node, source: str, words: tuple[str, ...], spare: tuple[str, ...], text: str) -> Iterator[Term]:
    if not node.children:
        kind = "o" if source == "t" and (OTHER.search(text) or _silent(text)) else source
        yield Term(dotted(node.code), kind, words, spare)
        return
    for code, extra in book.completed(node.code)[:1]:  # those below have titles of their own
        if not extra:
            yield Term(code, "h" if source == "t" else source, words, spare)


def _silent(text: str) -> bool:
    """Whether a title tells of something absent that a note would not mention."""
    return bool(ABSENT.search(text)) and not UNSPECIFIED.search(text)


class Entry:
    """An entry of the Alphabetic Index and those below it."""

    def __init__(self, title: str, spare: str = "", code: str = "", see: str = "") -> None:
        """As the index has them."""
        self.title, self.spare, self.code, self.see = title, spare, code, see
        self.below: list[Entry] = []

    def names(self) -> list[tuple[str, ...]]:
        """The readings of its title: "heart, cardiac" is one, "limb or leg" two."""
        text = re.sub(r"\b(?:NEC|NOS|by site|specified (?:site|type|organ))\b.*", " ", self.title)
        first, *others = (part.strip() for part in BRACKETS.sub(" ", text).split(","))
        kept = [first]
        for other in others:
            if not _same(first, other):
                kept.append(other)
        return alternatives(" ".join(kept))


def _same(first: str, other: str) -> bool:
    """Whether a second word only repeats the first in another form."""
    one, two = roots(first), roots(other)
    return len(two) <= len(one) and all(any(word[:4] == held[:4] for held in one) for word in two)


def index_terms(stream: BinaryIO, book: Book) -> Iterator[Term]:
    """The Alphabetic Index as the flattened file has it: level, term, see, see also, modifiers that may be missing, code."""
    top = Entry("")
    path = [top]
    for row in csv.DictReader(io.TextIOWrapper(stream, encoding="utf-8", newline="")):
        level = int(row["Level"])
        entry = Entry(row["Term"], row["NonEssModif"], row["Code"], row["See"] or row["SeeAlso"])
        del path[level + 1 :]
        path[-1].below.append(entry)
        path.append(entry)
    yield from _walked(top, [()], (), book, "i", top)


def _walked(
    entry: Entry, said: list[tuple[str, ...]], spare: tuple[str, ...], book: Book, source: str, top: Entry
) -> Iterator[Term]:
    for child in entry.below:
        names = child.names()
        here = [(*before, *own) for before, own in islice(product(said, names), VARIANTS)]
        modifiers = (*spare, *optional_words(child.spare), *optional_words(child.title))
        kind = source if any(names) else "o"  # "specified NEC", "due to": nothing of its own is said
        if child.code:
            yield from _completed_terms(child, here, modifiers, book, kind)
        if child.see and source == "i":
            target = _target(top, child.see)
            if target is not None and target is not child:
                if target.code:
                    yield from _completed_terms(target, here, (), book, "s")
                if _size(target) <= FOLLOWED:
                    yield from _walked(target, here, (), book, "s", top)
        yield from _walked(child, here, () if source == "s" else modifiers, book, source, top)


def _completed_terms(
    entry: Entry, said: list[tuple[str, ...]], spare: tuple[str, ...], book: Book, source: str
) -> Iterator[Term]:
    most = 1 if source == "s" else 2  # the titles of the codes below say the rest
    for code, extra in book.completed(entry.code.split()[0]):
        for words in said if len(extra) <= most else ():
            full = tuple(dict.fromkeys((*words, *extra)))
            essential, more = relaxed(full, " ".join((entry.title,)))
            yield Term(code, source, essential, tuple(dict.fromkeys(word for word in (*spare, *more) if word not in essential)))


def _size(entry: Entry) -> int:
    return sum(1 + _size(child) for child in entry.below)


def _target(top: Entry, see: str) -> Entry | None:
    """The entry that a "see" names, if every part of it is found."""
    mains = _mains(top)
    first, *rest = (part.strip() for part in BRACKETS.sub(" ", see).split(","))
    if "by " in see or first.lower() == "condition":
        return None
    found = mains.get(" ".join(roots(first)), [])
    for part in rest:
        wanted = set(roots(part))
        if wanted:
            found = [child for entry in found for child in entry.below if wanted == set(child.names()[0])]
    return found[0] if found else None


@lru_cache(maxsize=1)
def _mains(top: Entry) -> dict[str, list[Entry]]:
    mains: dict[str, list[Entry]] = {}
    for entry in top.below:
        for name in entry.names():
            mains.setdefault(" ".join(name), []).append(entry)
    return mains


def _xml(element: ET.Element) -> Iterator[tuple[ET.Element, Entry]]:
    """Entries of an official XML index, with their element; children by `_xml` again."""
    for child in element:
        if child.tag in ("mainTerm", "term"):
            title = child.find("title")
            spare = " ".join(one.text or "" for one in title.iter("nemod")) if title is not None else ""
            text = (title.text or "") + " ".join(one.tail or "" for one in title) if title is not None else ""
            yield (
                child,
                Entry(text, spare, child.findtext("code", ""), child.findtext("see", "") or child.findtext("seeAlso", "")),
            )


def _tree(element: ET.Element, into: Entry) -> Entry:
    for child, entry in _xml(element):
        into.below.append(_tree(child, entry))
    return into


def cause_terms(stream: BinaryIO, book: Book) -> Iterator[Term]:
    """The index of external causes."""
    top = Entry("")
    for letter in ET.parse(stream).getroot().iter("letter"):
        _tree(letter, top)
    yield from _walked(top, [()], (), book, "e", top)


BEHAVIOURS = {"2": ("malignant", "neoplasm"), "3": ("metastasis",), "4": ("situ",), "5": ("benign", "neoplasm")}
BEHAVIOURS |= {"6": ("uncertain", "neoplasm"), "7": ("neoplasm",)}


def neoplasm_terms(stream: BinaryIO, book: Book) -> Iterator[Term]:
    """The table of neoplasms: a site and a behaviour."""
    main = next(ET.parse(stream).getroot().iter("mainTerm"))
    yield from _sites(main, [()], (), book)


def _sites(element: ET.Element, said: list[tuple[str, ...]], spare: tuple[str, ...], book: Book) -> Iterator[Term]:
    for cell in element.findall("cell"):
        behaviour = BEHAVIOURS.get(cell.get("col", ""))
        if behaviour and cell.text and cell.text[0].isalpha():
            for code, extra in book.completed(cell.text):
                for words in said:
                    yield Term(code, "m", tuple(dict.fromkeys((*behaviour, *words, *extra))), spare)
    for child, entry in _xml(element):
        names = entry.names()
        here = [(*before, *own) for before, own in islice(product(said, names), VARIANTS)]
        yield from _sites(child, here, (*spare, *optional_words(entry.spare)), book)


EFFECTS = {"2": ("poisoning",), "6": ("adverse",)}


def drug_terms(stream: BinaryIO, book: Book) -> Iterator[Term]:
    """The table of drugs and chemicals: a substance and an effect."""
    root_element = ET.parse(stream).getroot()
    for letter in root_element.iter("letter"):
        yield from _substances(letter, [()], book)


def _substances(element: ET.Element, said: list[tuple[str, ...]], book: Book) -> Iterator[Term]:
    for child, entry in _xml(element):
        here = [(*before, *own) for before, own in islice(product(said, entry.names()), VARIANTS)]
        for cell in child.findall("cell"):
            effect = EFFECTS.get(cell.get("col", ""))
            if effect and cell.text and cell.text[0].isalpha():
                for code, extra in book.completed(cell.text):
                    if not extra:
                        for words in here:
                            yield Term(code, "d", tuple(dict.fromkeys((*effect, *words))))
        yield from _substances(child, here, book)


READERS: dict[str, tuple[str, Callable[[BinaryIO, Book], Iterator[Term]]]] = {
    "index": ("the Alphabetic Index of April 2025", index_terms),
    "neoplasms": ("the neoplasm table of April 2026", neoplasm_terms),
    "causes": ("the index of external causes of April 2026", cause_terms),
    "drugs": ("the drug table of April 2026", drug_terms),
}
