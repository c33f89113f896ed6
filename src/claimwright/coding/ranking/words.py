"""A text as roots of words with their places, its sentences, and how far back the last word of doubt stands."""

from __future__ import annotations

import re
from itertools import pairwise

import msgspec
import numpy as np

from claimwright.coding.dictionary.stems import root

TOKEN = re.compile(r"[^\W\d_]+|\d+|[+%]")
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
    """Roots of a text in order, the characters each came from, and the sentence it stands in."""

    content: str
    words: list[str]
    places: list[tuple[int, int]]
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
    places = [one.span() for one in TOKEN.finditer(content)]  # no word crosses a break, which is all blanks
    words = list(map(_ROOTS.__getitem__, TOKEN.findall(content)))
    cuts = [0, *(place for one in BREAK.finditer(content) for place in one.span()), len(content)]
    first = np.searchsorted(np.array([start for start, _ in places], dtype=np.int64), cuts[::2]).tolist()
    sizes = [after - before for before, after in pairwise((*first, len(places)))]
    bounds = [(start, end) for start, end, size in zip(cuts[::2], cuts[1::2], sizes, strict=True) if size]
    sizes = [size for size in sizes if size]
    return Text(content, words, places, np.repeat(np.arange(len(sizes)), sizes), bounds)


_MARK = np.zeros(128, dtype=bool)
_MARK[list(map(ord, MARKS))] = True


def edges(text: Text) -> np.ndarray:
    """For each word, whether what it belongs to may begin with it and whether it may end with it."""
    silent = np.array(list(map(STOP.__contains__, text.words)), dtype=bool)
    letters = np.frombuffer((text.content + MARKS[0]).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    mark = _MARK[np.minimum(letters[[end for _, end in text.places]], 127)]
    last = np.diff(text.sentences, append=-1) != 0
    ends = mark | last | np.append(silent[1:], True)[: len(silent)]
    begins = np.append(True, mark | last | silent)[: len(silent)]
    return np.array((begins, ends))


def surface(text: Text, first: int, last: int) -> str:
    """The words [first, last] as they stand in the text, in small letters."""
    return " ".join(text.content[start:end].lower() for start, end in text.places[first : last + 1])


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
