"""What a note's words mean in the official terms: roots, synonyms, abbreviations."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, lru_cache
from typing import NamedTuple

from claimwright.coding.dictionary.spelling import Spelling
from claimwright.coding.dictionary.stems import TOKEN, root
from claimwright.coding.dictionary.tables import lines, rows, word_set

Place = tuple[str, int, int, int]  # a root, the first and last word that say it, how: 0 itself, 1 a synonym, 2 a weak one
Meaning = tuple[tuple[str, int], ...]  # roots and how surely


class Said(NamedTuple):
    """What a word may begin: itself, and phrases by their second root."""

    alone: Meaning
    longer: dict[str, list[tuple[tuple[str, ...], Meaning]]]


class Roots(dict[str, str]):
    """Words as written, to their roots; linking words have none. Remembers every word it is asked."""

    def __missing__(self, word: str) -> str:
        """Work a new word out."""
        found = self[word] = "" if word.lower() in word_set("stop") else root(word)
        return found


ROOTS = Roots()


def roots_of(words: list[str]) -> list[str]:
    """The roots of words, empty for linking words."""
    return list(map(ROOTS.__getitem__, words))


def content(text: str) -> list[str]:
    """The roots of a phrase without its linking words."""
    return [word for word in roots_of(TOKEN.findall(text)) if word]


@lru_cache(maxsize=1)
def phrases() -> dict[str, list[tuple[tuple[str, ...], list[str]]]]:
    """The first root of what is said, to all that may begin with it: its roots, and what the table says it means."""
    found: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {}
    for said, means in rows("synonyms"):
        roots = tuple(content(said))
        found.setdefault(roots[0], []).append((roots, means))
    return found


@cache
def _begun(word: str) -> Said:
    """What may begin with a root that begins something, worked out when a note first has it."""
    alone: dict[str, int] = {}
    longer: dict[str, list[tuple[tuple[str, ...], Meaning]]] = {}
    for roots, means in phrases()[word]:
        meant = _meant(means, roots)
        if len(roots) > 1:
            longer.setdefault(roots[1], []).append((roots, meant))
        else:
            alone = dict((*meant, *alone.items()))
    return Said(tuple(alone.items()), longer)


def _meant(means: list[str], said: tuple[str, ...]) -> Meaning:
    meant: dict[str, int] = {}
    for one in means:
        for word in content(one.strip().removeprefix("~")):
            if word not in said:
                meant[word] = min(meant.get(word, 2), 2 if one.strip().startswith("~") else 1)
    return tuple(meant.items())


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, tuple[Meaning, frozenset[str]]]:
    """An abbreviation as written, to its meaning and the roots of which the note must hold one."""
    found = {}
    for line in lines("abbreviations"):
        short, means, needs = (cell.strip() for cell in line.split("|"))
        found[short] = (_meant(means.split(";"), ()), frozenset(content(needs)))
    return found


def meanings(words: list[str], roots: list[str], note: Callable[[], Collection[str]], spelling: Spelling) -> list[Place]:
    """The roots of a sentence in order, with what they stand for; `note` tells the roots of the whole note."""
    right, plain = spelling.forms, spelling.plain
    known, short = phrases(), abbreviations()
    spoken = [index for index, word in enumerate(roots) if word]
    found: list[Place] = []
    for number, index in enumerate(spoken, 1):
        word = roots[index]
        found.append((word, index, index, 0))
        if words[index] in plain:
            continue
        if word not in right and (meant_word := spelling.nearest(words[index].lower()) or spelling.nearest(word)):
            word = meant_word
            found.append((word, index, index, 1))
        elif word not in known and words[index] not in short:
            plain.add(words[index])
            continue
        if word in known:
            said = _begun(word)
            for other, how in said.alone:
                found.append((other, index, index, how))
            if said.longer and number < len(spoken):
                for key, meant in said.longer.get(roots[spoken[number]], ()):
                    stop = number - 1 + len(key)
                    if len(key) == 2 or tuple(roots[place] for place in spoken[number - 1 : stop]) == key:
                        last = spoken[stop - 1]
                        found += [(other, index, last, how) for other, how in meant]
        held = short.get(words[index])
        if held is not None and (not held[1] or not held[1].isdisjoint(note())):
            found += [(other, index, index, how) for other, how in held[0]]
    return found
