"""Words with their places: tokens that remember the characters they came from."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, normalize

from claimwright.coding.tables import rows

TOKEN = re.compile(r"\w+|[+?%]")


def stem(word: str) -> str:
    """One form for a word and its plural, without accents, the same for note and table: allergies, allergy; knees, knee."""
    word = word.lower()
    if not word.isascii():  # Ménière is Meniere
        word = "".join(letter for letter in normalize("NFKD", word) if not combining(letter))
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=1)
def shorthand() -> dict[str, str]:
    """What charts shorten, to the whole word: fx, fracture."""
    return {stem(short): word for short, word in rows("shorthand")}


class Stems(dict[str, str]):
    """Words as written, to their stems. Remembers as many as a language has, and starts anew when there are more."""

    def __missing__(self, word: str) -> str:
        """Work a new word out."""
        if len(self) >= MOST:
            self.clear()
        found = stem(word)
        found = self[word] = shorthand().get(found, found)
        return found


MOST = 50_000
STEMS = Stems()


def normal(text: str) -> str:
    """A phrase as the automaton knows it: stems with one space between."""
    return " ".join(map(STEMS.__getitem__, TOKEN.findall(text)))
