"""A text as roots of words with their places, its sentences, and how far back the last word of doubt stands."""

from __future__ import annotations

import re

import msgspec
import numpy as np

from claimwright.coding.dictionary.stems import root

TOKEN = re.compile(r"[^\W\d_]+|\d+|[+%]")
BREAK = re.compile(r"\n+|(?<=[a-z0-9)\]%][.!?;])\s+(?=[A-Z(])")
MARKS = (",", ".", ";", ":", ")", "(", "")
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


def read(content: str) -> Text:
    """Words and sentences of a text."""
    words: list[str] = []
    places: list[tuple[int, int]] = []
    sizes: list[int] = []
    bounds: list[tuple[int, int]] = []
    start = 0
    for stop in (*BREAK.finditer(content), None):
        end = stop.start() if stop else len(content)
        found = [(root(one.group()), one.span()) for one in TOKEN.finditer(content, start, end)]
        if found:
            words.extend(word for word, _ in found)
            places.extend(place for _, place in found)
            sizes.append(len(found))
            bounds.append((start, end))
        start = stop.end() if stop else end
    return Text(content, words, places, np.repeat(np.arange(len(sizes)), sizes), bounds)


def edges(text: Text) -> np.ndarray:
    """For each word, whether what it belongs to may begin with it and whether it may end with it."""
    silent = np.array([word in STOP for word in text.words], dtype=bool)
    content = text.content
    mark = np.array([content[end : end + 1] in MARKS for _, end in text.places], dtype=bool)
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
    for index, word in enumerate(text.words):
        kind = _CUES.get(word)
        if kind is not None:
            last[kind, index] = index
    np.maximum.accumulate(last, axis=1, out=last)
    first = np.zeros(count, dtype=np.int32)
    if count:
        starts = np.flatnonzero(np.diff(text.sentences, prepend=-1))
        first = np.repeat(starts, np.diff(np.append(starts, count))).astype(np.int32)
    distance = np.arange(count, dtype=np.int32) - last
    return np.where((last >= first) & (distance < FAR), distance, FAR)
