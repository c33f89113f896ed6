"""A text as roots of words with their places, its sentences, and how far back the last word of doubt stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from claimwright.coding.dictionary.stems import root

BREAK = re.compile(r"\n+|(?<=[a-z0-9)\]%][.!?;])\s+(?=[A-Z(])")
MARKS = ",.;:)("
FAR = 12  # words after which a cue no longer counts

# words that change what is said of the finding behind them, a few forms each; the model learns what they do to a code
CUES = {
    "negation": "no not without denies denied negative absence absent nor never rule ruled discarded excluded free",
    "relative": "father mother brother sister son daughter family familial relatives parents aunt uncle grandmother grandfather",
    "past": "history previous previously past prior antecedent antecedents background ago former personal underwent operated",
    "doubt": "suspected suspicion possible probable compatible suggestive suggesting differential versus if risk prevent avoid",
}
LINKING = (
    "a an the of in on at to with and or for by from his her its their was were is are been be has have had as that this"
    " which who it he she they after before due secondary presented showed revealed diagnosed patient history during"
)
STOP = frozenset(root(word) for word in LINKING.split())


class Text(msgspec.Struct):
    """Words of a text as written and as roots, in order, the characters each stands at, and its sentence."""

    content: str
    written: list[str]
    words: list[str]
    begins: np.ndarray  # a word's first character
    ends: np.ndarray  # and the one behind it
    sentences: np.ndarray  # a word's sentence
    bounds: list[tuple[int, int]]  # characters of each sentence


class _Roots(dict[str, str]):
    """Words as written, to their roots; starts anew when there are more than a language has."""

    def __missing__(self, word: str) -> str:
        """Work a new word out."""
        if len(self) >= MOST_ROOTS:
            self.clear()
        found = self[word] = root(word)
        return found


MOST_ROOTS = 50_000
_ROOTS = _Roots()


def read(content: str) -> Text:
    """Words and sentences of a text."""
    begins, ends = _places(content)  # no word crosses a break, which is all blanks
    written = list(map(content.__getitem__, map(slice, begins.tolist(), ends.tolist())))
    cuts = [0, *(place for one in BREAK.finditer(content) for place in one.span()), len(content)]
    sizes = np.diff(np.searchsorted(begins, cuts[::2]), append=len(written))
    bounds = [(start, end) for start, end, size in zip(cuts[::2], cuts[1::2], sizes.tolist(), strict=True) if size]
    sizes = sizes[sizes > 0]
    words = list(map(_ROOTS.__getitem__, written))
    return Text(content, written, words, begins, ends, np.repeat(np.arange(len(sizes)), sizes), bounds)


LETTER, DIGIT, SIGN = 1, 2, 3  # a word is a stretch of letters or of digits, or a sign


def _kind(letter: str) -> int:
    return SIGN if letter in "+%" else DIGIT if letter.isdecimal() else LETTER if letter.isalnum() else 0


_KINDS = np.array([_kind(chr(number)) for number in range(128)], dtype=np.uint8)


def _letters(content: str) -> np.ndarray:
    return np.frombuffer(content.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _places(content: str) -> tuple[np.ndarray, np.ndarray]:
    """Where the words of a text begin and end."""
    letters = _letters(content)
    kinds = _KINDS[np.minimum(letters, 127)]
    if not content.isascii():
        (others,) = np.nonzero(letters > 127)
        kinds[others] = [_kind(content[place]) for place in others.tolist()]
    if not len(kinds):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    border = (kinds[1:] != kinds[:-1]) | (kinds[1:] == SIGN)
    said = kinds > 0
    return np.flatnonzero(said & np.append(True, border)), np.flatnonzero(said & np.append(border, True)) + 1


class Notes(NamedTuple):
    """Texts read as one, which is faster: words and sentences count on from one to the next."""

    text: Text
    begin: np.ndarray  # the character at which each begins
    start: np.ndarray  # the words before each, and how many all are

    @property
    def note(self) -> np.ndarray:
        """A word's note."""
        return np.repeat(np.arange(len(self.begin)), np.diff(self.start))


def alone(text: Text) -> Notes:
    """One text."""
    return Notes(text, np.zeros(1, dtype=np.int64), np.array((0, len(text.words))))


def read_all(contents: Sequence[str]) -> Notes:
    """Several texts; a line's end keeps their sentences apart."""
    text = read("\n".join(contents))
    begin = np.cumsum([0, *(len(one) + 1 for one in contents)])
    return Notes(text, begin[:-1], np.searchsorted(text.begins, begin))


_MARK = np.zeros(128, dtype=bool)
_MARK[list(map(ord, MARKS))] = True


def edges(text: Text) -> np.ndarray:
    """For each word, whether what it belongs to may begin with it and whether it may end with it."""
    silent = np.array(list(map(STOP.__contains__, text.words)), dtype=bool)
    mark = _MARK[np.minimum(_letters(text.content + MARKS[0])[text.ends], 127)]
    last = np.diff(text.sentences, append=-1) != 0
    ends = mark | last | np.append(silent[1:], True)[: len(silent)]
    begins = np.append(True, mark | last | silent)[: len(silent)]
    return np.array((begins, ends))


def surface(text: Text, first: int, last: int) -> str:
    """The words [first, last] as they stand in the text, in small letters."""
    return " ".join(text.written[first : last + 1]).lower()


_CUES = {root(word): kind for kind, line in enumerate(CUES.values()) for word in line.split()}


def cue_distances(text: Text) -> np.ndarray:
    """For each kind of cue and each word: words since the last such cue in the sentence, FAR if there is none near."""
    count = len(text.words)
    last = np.full((len(CUES), count), -FAR, dtype=np.int32)
    for index, kind in enumerate(map(_CUES.get, text.words)):
        if kind is not None:
            last[kind, index] = index
    np.maximum.accumulate(last, axis=1, out=last)
    first = np.zeros(count, dtype=np.int32)
    if count:
        starts = np.flatnonzero(np.diff(text.sentences, prepend=-1))
        first = np.repeat(starts, np.diff(np.append(starts, count))).astype(np.int32)
    distance = np.arange(count, dtype=np.int32) - last
    return np.where((last >= first) & (distance < FAR), distance, FAR)
