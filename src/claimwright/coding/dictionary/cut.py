"""The words and sentences of many texts at once, as `search.find` cuts one: numpy looks at all letters together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

WORD, SIGN, MARK, BLANK, END = 1, 2, 4, 8, 16  # letters of words; signs, words by themselves; MARK before BLANK ends a sentence


def _kind(letter: str) -> int:
    if letter in "+%;\n":
        return SIGN if letter in "+%" else END | BLANK * letter.isspace()
    return WORD if letter.isalnum() else MARK if letter in ".!?" else BLANK if letter.isspace() else 0


_KINDS = np.array([_kind(chr(number)) for number in range(128)], dtype=np.uint8)


def letters_of(text: str) -> np.ndarray:
    """The numbers of a text's letters."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def kinds_of(text: str, letters: np.ndarray, known: np.ndarray, kind: Callable[[str], int]) -> np.ndarray:
    """The kind of each letter of a text, those of ASCII as known."""
    kinds = known[np.minimum(letters, 127)]
    if not text.isascii():
        others = np.flatnonzero(letters > 127)
        kinds[others] = [kind(text[place]) for place in others.tolist()]
    return np.asarray(kinds)


def written(letters: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> list[str]:
    """The words that begin and end there, in order: their letters with a blank between, split."""
    if not len(begins):
        return []
    sizes = ends - begins
    stops = np.cumsum(sizes)
    place = np.arange(stops[-1]) + np.repeat(begins - (stops - sizes), sizes)
    apart = np.insert(letters[place], stops[:-1], ord(" "))
    return apart.tobytes().decode("utf-32-le", "surrogatepass").split(" ")


def cut(texts: Sequence[str]) -> Iterator[tuple[list[str], list[int], list[int], list[int]]]:
    """Of each text the words, the characters at which they begin and end, and before which of them sentences begin, and all."""
    every = "\n".join(texts) + "\n"
    letters = letters_of(every)
    kinds = kinds_of(every, letters, _KINDS, _kind)
    begins, ends = _words(every, letters, kinds)
    stops = np.flatnonzero((kinds & END > 0) | ((kinds & MARK > 0) & (np.append(kinds[1:], BLANK) & BLANK > 0)))
    start = np.cumsum([0, *(len(one) + 1 for one in texts)])
    first = np.searchsorted(begins, start)
    sentence = np.searchsorted(stops, begins)
    new = np.flatnonzero(np.diff(sentence, prepend=-1))
    of = np.searchsorted(new, first).tolist()
    words = written(letters, begins, ends)
    for number, place in enumerate(start[:-1].tolist()):
        one, other = int(first[number]), int(first[number + 1])
        cuts = [*(new[of[number] : of[number + 1]] - one).tolist(), other - one]
        yield words[one:other], (begins[one:other] - place).tolist(), (ends[one:other] - place).tolist(), cuts


def _words(text: str, letters: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    said = kinds & (WORD | SIGN)
    border = (said[1:] != said[:-1]) | (said[1:] == SIGN)
    begins = np.flatnonzero((said > 0) & np.append(True, border))
    ends = np.flatnonzero((said > 0) & np.append(border, True)) + 1
    owning = np.flatnonzero((letters[1:-1] == ord("'")) & (letters[2:] == ord("s")) & (said[:-2] == WORD)) + 1
    taken = 0
    dropped = []
    for place in owning.tolist():  # a word's 's belongs to it
        if place - 1 < taken:  # the s before is one itself
            continue
        taken = place + 2
        number = int(np.searchsorted(begins, place))
        ends[number - 1] = taken
        if ends[number] > taken:
            begins[number] = taken
        else:
            dropped.append(number)
    return np.delete(begins, dropped), np.delete(ends, dropped)
