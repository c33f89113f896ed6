"""What a note's words mean in the official terms: roots, synonyms, abbreviations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from claimwright.coding.dictionary.stems import TOKEN, root
from claimwright.coding.dictionary.tables import rows, word_set

Place = tuple[str, int, int, int]  # a root, the first and last word that say it, whether in other words


@lru_cache(maxsize=1)
def phrases() -> dict[str, list[tuple[tuple[str, ...], list[tuple[str, ...]]]]]:
    """The first root of what is said -> (all its roots, its meanings), longest first."""
    found: dict[str, list[tuple[tuple[str, ...], list[tuple[str, ...]]]]] = {}
    for said, means in rows("synonyms"):
        key = tuple(root(word) for word in TOKEN.findall(said))
        meaning = [tuple(root(word) for word in TOKEN.findall(one)) for one in means]
        found.setdefault(key[0], []).append((key, meaning))
    for held in found.values():
        held.sort(key=lambda one: -len(one[0]))
    return found


def meanings(text: str, spans: Sequence[tuple[int, int]]) -> list[Place]:
    """The roots of a sentence in order, with those that its synonyms stand for; linking words are left out."""
    silent = word_set("stop")
    known = phrases()
    words = [root(text[start:end]) for start, end in spans]
    found: list[Place] = []
    for index, word in enumerate(words):
        if word not in silent:
            found.append((word, index, index, 0))
        for key, means in known.get(word, ()):
            size = len(key)
            if size == 1 or tuple(words[index : index + size]) == key:
                found += ((other, index, index + size - 1, 1) for meaning in means for other in meaning if other != word)
    return found
