"""Words as three characters each, so that an automaton over words has few branches at every step."""

from __future__ import annotations

SIZE = 3  # characters of a word
UNKNOWN = "\x01" * SIZE  # a word that no phrase has
EDGE = "\x02" * SIZE  # a border that no phrase crosses
FIRST, BASE = 60, 40


class Letters(dict[str, str]):
    """Words to their characters; a new word gets the next. Each of the three places has characters of its own."""

    def __missing__(self, word: str) -> str:
        """Number it."""
        above, last = divmod(len(self), BASE)
        first, second = divmod(above, BASE)
        letters = self[word] = chr(FIRST + 2 * BASE + first) + chr(FIRST + second) + chr(FIRST + BASE + last)
        return letters

    def of(self, phrase: str) -> str:
        """The characters of a phrase, words with a space between."""
        return "".join(map(self.__getitem__, phrase.split(" ")))
