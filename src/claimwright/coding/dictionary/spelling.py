"""Misspelled long words: those of the official terms that are one letter away."""

from __future__ import annotations

from collections import defaultdict
from string import ascii_lowercase

HALF = 4  # letters: half of the shortest word
SHORTEST = 8  # letters; shorter words are too often another word


class Spelling:
    """Words by their first and their last half: one wrong letter leaves one of them whole."""

    def __init__(self, forms: dict[str, str]) -> None:
        """The forms that are spelled right, each with its root; a root is a form of itself."""
        self.forms = forms
        self.long: defaultdict[str, list[str]] = defaultdict(list)  # of them, by first letter, when the first is asked for
        self.halves: dict[str, dict[str, list[str]]] = {}  # first letters that were asked for, to halves, to their forms
        self.known: dict[str, str] = {}
        self.plain: set[str] = set()  # words as written that stand for nothing but themselves, as texts have them

    def nearest(self, word: str) -> str:
        """The root of the word that was meant, or nothing: it begins with the same letter and only one is near."""
        if word not in self.known:
            self.known[word] = self._nearest(word) if len(word) >= SHORTEST and word.isascii() and word.isalpha() else ""
        return self.known[word]

    def _nearest(self, word: str) -> str:
        halves = self.halves.get(word[0]) or self._halved(word[0])
        near = (*halves.get("<" + word[:HALF], ()), *halves.get(word[-HALF:] + ">", ()))
        found = {self.forms[one] for one in near if one_letter_off(word, one)}
        return found.pop() if len(found) == 1 else ""

    def index(self) -> None:
        """Do for all first letters what is else done for those that are asked for."""
        for letter in ascii_lowercase:
            self._halved(letter)

    def _halved(self, letter: str) -> dict[str, list[str]]:
        if not self.long:
            for one in self.forms:
                if len(one) >= SHORTEST - 1:
                    self.long[one[0]].append(one)
        halves: dict[str, list[str]] = {}
        self.halves[letter] = halves
        for one in filter(str.isalpha, self.long[letter]):
            halves.setdefault("<" + one[:HALF], []).append(one)
            halves.setdefault(one[-HALF:] + ">", []).append(one)
        return halves


def one_letter_off(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing, too many, or two neighbours have changed places."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    if len(rest) == len(others):
        return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    return rest[1:] == others or rest == others[1:]
