"""One form for the forms of a medical word: infected, infection, infectious; stenosis, stenoses, stenotic; oedema, edema.

The roots need not be English: they only have to be the same for the official terms and for a note.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from unicodedata import combining, normalize

from claimwright.coding.dictionary.tables import pairs, rows

TOKEN = re.compile(r"[^\W_]+(?:'s)?|[+%]")
_SHORTEST = 4  # letters that must be left of a root


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """The root of a word: its irregular form in the table of roots, else by its ending."""
    word = word.lower().removesuffix("'s")
    if not word.isascii():  # Sjögren, Ménière
        word = "".join(letter for letter in normalize("NFKD", word) if not combining(letter))
    irregular = roots().get(word)
    if irregular is not None:
        return irregular
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    single = _singular(word)
    irregular = roots().get(single)
    return irregular if irregular is not None else _stripped(_american(single))


def _american(word: str) -> str:
    word = word.replace("ae", "e").replace("oe", "e") if len(word) > _SHORTEST else word
    return word[:-3] + "or" if word.endswith("our") and len(word) > _SHORTEST else word.replace("isation", "ization")


def _singular(word: str) -> str:
    for ending, single in _endings("plurals").get(word[-1], ()):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + single
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _stripped(word: str) -> str:
    for ending, instead in _endings("endings").get(word[-1], ()):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - len(instead) * (len(instead) > 1):
            word = word[: -len(ending)] + instead
            break
    return word[:-1] if len(word) > _SHORTEST and word[-1] == word[-2] else word


@cache
def _endings(name: str) -> dict[str, list[tuple[str, str]]]:
    """The rows of a table of endings, in order, by the last letter."""
    held: dict[str, list[tuple[str, str]]] = {}
    for ending, instead in rows(name):
        held.setdefault(ending[-1], []).append((ending, "".join(instead)))
    return held


def roots() -> dict[str, str]:
    """Irregular words and their roots, as the table has them."""
    return pairs("roots")
