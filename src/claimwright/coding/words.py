"""Words with their places: tokens that remember the characters they came from."""

from __future__ import annotations

import re
from functools import lru_cache

TOKEN = re.compile(r"\w+|[+?%]")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """One form for a word and its plural, the same for note and table: allergies, allergy; knees, knee."""
    word = word.lower()
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def normal(text: str) -> str:
    """A phrase as the automaton knows it: stems with one space between."""
    return " ".join(stem(found.group()) for found in TOKEN.finditer(text))
