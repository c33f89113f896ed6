"""What a note's words mean in the official terms: roots, synonyms, abbreviations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache

from claimwright.coding.dictionary.stems import TOKEN, root
from claimwright.coding.dictionary.tables import lines, rows, word_set

Place = tuple[str, int, int, int]  # a root, the first and last word that say it, how: 0 itself, 1 a synonym, 2 a weak one
Meaning = tuple[tuple[str, ...], tuple[tuple[str, int], ...]]  # what is said, what it means and how surely


def content(text: str) -> list[str]:
    """The roots of a phrase without its linking words."""
    silent = word_set("stop")
    return [root(word) for word in TOKEN.findall(text.lower()) if word not in silent]


@lru_cache(maxsize=1)
def phrases() -> dict[str, list[Meaning]]:
    """The first root of what is said, to all that may begin with it."""
    found: dict[str, list[Meaning]] = {}
    for said, means in rows("synonyms"):
        key = tuple(content(said))
        found.setdefault(key[0], []).append((key, _meant(means, key)))
    return found


def _meant(means: list[str], said: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    meant: dict[str, int] = {}
    for one in means:
        for word in content(one.removeprefix("~")):
            if word not in said:
                meant[word] = min(meant.get(word, 2), 2 if one.startswith("~") else 1)
    return tuple(meant.items())


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, tuple[tuple[tuple[str, int], ...], frozenset[str]]]:
    """An abbreviation as written, to its meaning and the roots of which the note must hold one."""
    found = {}
    for line in lines("abbreviations"):
        short, means, needs = (cell.strip() for cell in line.split("|"))
        found[short] = (_meant(means.split(";"), ()), frozenset(content(needs)))
    return found


def meanings(text: str, spans: Sequence[tuple[int, int]], note: Collection[str]) -> list[Place]:
    """The roots of a sentence in order, with what they stand for; `note` holds the words of the whole note."""
    silent = word_set("stop")
    known, short = phrases(), abbreviations()
    words: list[str] = []
    where: list[int] = []
    found: list[Place] = []
    for index, (start, end) in enumerate(spans):
        word = text[start:end]
        if word.lower() not in silent:
            words.append(root(word))
            where.append(index)
    for number, word in enumerate(words):
        index = where[number]
        found.append((word, index, index, 0))
        for key, meant in known.get(word, ()):
            size = len(key)
            if size == 1 or tuple(words[number : number + size]) == key:
                last = where[number + size - 1]
                found += [(other, index, last, how) for other, how in meant]
        start, end = spans[index]
        if end - start < 7 and (held := short.get(text[start:end])) and (not held[1] or not held[1].isdisjoint(note)):
            found += [(other, index, index, how) for other, how in held[0]]
    return found
