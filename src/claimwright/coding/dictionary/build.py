"""Compile the official terms into the table `terms`: by two of a term's words, all terms that hold both.

Sources, all United States public domain (CDC/NCHS, CMS): the ICD-10-CM tabular list that the package simple-icd-10-cm
carries (titles, inclusion terms); the Alphabetic Index, the tables of neoplasms and drugs and the index of external
causes, whose files are given by path. What is kept is facts in our own form: the roots of a term's words and its code.

    python -m claimwright.coding.dictionary.build --index INDEX.csv.gz --neoplasms N.xml.gz --causes E.xml.gz --drugs D.xml.gz
"""

from __future__ import annotations

import argparse
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from claimwright.codesets import tabular
from claimwright.coding.dictionary import official
from claimwright.coding.dictionary.official import Term
from claimwright.coding.dictionary.synonyms import content
from claimwright.coding.dictionary.tables import rows
from claimwright.coding.dictionary.terms import places_of

LONGEST = 10  # essential words; longer titles are not said in one sentence
SHORTEST = 4  # letters of a term of one word
SPARE = 8  # words in brackets that are kept
SIDES = {"r": "right", "l": "left", "b": "bilateral"}
HEADER = """\
# the words that find a term (its two rarest, or its only one) <tab> terms, each: code[/side and last character for it], sources,
#   essential words (words that may be said besides)
# sources: t title, h heading whose default the code is, o other or not elsewhere classified, n inclusion term, i index entry,
#   s cross-reference, m neoplasm table, d drug table, e external causes
# made by `python -m claimwright.coding.dictionary.build` from {editions}; United States public domain (CDC/NCHS, CMS)
"""


def table(terms: Iterator[Term]) -> dict[str, list[str]]:
    """Lines of the table: anchor to terms."""
    merged: dict[tuple[str, frozenset[str]], Term] = {}
    for term in terms:
        if not term.words or len(term.words) > LONGEST or (len(term.words) == 1 and len(term.words[0]) < SHORTEST):
            continue
        term = term._replace(words=tuple(dict.fromkeys(term.words)), optional=term.optional[:SPARE])
        key = (term.code, frozenset(term.words))
        held = merged.get(key)
        if held is None:
            merged[key] = term
        else:
            sources = "".join(dict.fromkeys(held.source + term.source))
            optional = tuple(dict.fromkeys((*held.optional, *term.optional)))
            merged[key] = Term(held.code, sources, held.words, optional)
    generic = {frozenset(content(word)) for _, words in rows("generic") for word in words}
    merged = {key: term for key, term in merged.items() if key[1] not in generic}
    kept = list(_sided(_needed(merged.values())))
    frequency = Counter(word for term in kept for word in set(term.words))
    found: dict[str, list[str]] = {}
    for term in kept:
        anchor = " ".join(sorted(sorted(term.words, key=lambda word: (frequency[word], word))[:2]))
        besides = f" ({' '.join(term.optional)})" if term.optional else ""
        found.setdefault(anchor, []).append(f"{term.code} {term.source} {' '.join(term.words)}{besides}")
    return found


def _needed(terms: Iterable[Term]) -> Iterator[Term]:
    """Without cross-references that say no more than a shorter term of their code."""
    held = list(terms)
    by_code: dict[str, list[frozenset[str]]] = {}
    for term in held:
        by_code.setdefault(term.code, []).append(frozenset(term.words))
    for term in held:
        said = frozenset(term.words)
        if term.source != "s" or not any(other < said for other in by_code[term.code]):
            yield term


def _sided(terms: Iterable[Term]) -> Iterator[Term]:
    """One term where a right, a left and an unsided code differ in their last character: S72.009/r1l2."""
    groups: dict[tuple[str, frozenset[str]], dict[str, Term]] = {}
    for term in terms:
        side = next((letter for letter, word in SIDES.items() if word in term.words), "")
        unsided_words = frozenset(term.words) - {SIDES.get(side, "")}
        groups.setdefault((term.code[:-1], unsided_words), {}).setdefault(side, term)
        if groups[term.code[:-1], unsided_words][side] is not term:
            yield term
    for group in groups.values():
        unsided = group.get("")
        if unsided is None or len(group) == 1:
            yield from group.values()
            continue
        sides = "".join(side + term.code[-1] for side, term in sorted(group.items()) if side)
        sources = "".join(dict.fromkeys(letter for term in group.values() for letter in term.source))
        yield Term(f"{unsided.code}/{sides}", sources, unsided.words, unsided.optional)


def main() -> None:
    """Write the table of terms, and where its lines begin, into the package's data."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("index", "neoplasms", "causes", "drugs"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data" / "terms.txt")
    given = parser.parse_args()
    with tabular.data_file().open("rb") as stream:
        nodes = tabular.read(stream)
    book = official.Book(nodes)
    editions = ["the tabular list of April 2026"]

    def terms() -> Iterator[Term]:
        yield from official.tabular_terms(book)
        for name, path in vars(given).items():
            if name in official.READERS and path is not None:
                title, reader = official.READERS[name]
                editions.append(title)
                with gzip.open(path, "rb") as packed:
                    yield from reader(packed, book)

    found = table(terms())
    lines = [f"{anchor}\t{';'.join(found[anchor])}" for anchor in sorted(found)]
    text = HEADER.format(editions=", ".join(editions)) + "\n".join(lines) + "\n"
    given.out.write_text(text, encoding="utf-8")
    given.out.with_name("places.txt").write_text(places_of(given.out.read_bytes()), encoding="utf-8")
    print(f"{sum(map(len, found.values()))} terms, {len(found)} anchors, {len(text) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
