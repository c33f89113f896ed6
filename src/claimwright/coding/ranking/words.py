"""A text as roots of words with their places, its sentences, and how far back the last word of doubt stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from string import ascii_lowercase, ascii_uppercase, digits
from threading import Lock
from typing import Any, ClassVar, NamedTuple

import msgspec
import numpy as np

from claimwright.coding.dictionary.cut import kinds_of, letters_of, written
from claimwright.coding.dictionary.stems import root

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


class Vocabulary(dict[str, int]):
    """Words as written, to numbers; their roots, and what askers told of each root."""

    current: ClassVar[Vocabulary]

    def __init__(self) -> None:
        """Without words."""
        super().__init__()
        self.roots: list[str] = []
        self._told: dict[object, np.ndarray] = {}
        self._adding = Lock()

    def __missing__(self, word: str) -> int:
        """Number a new word."""
        with self._adding:
            number = len(self.roots)
            self.roots.append(root(word))
            self[word] = number
        return number

    def told(self, asker: object, of: Callable[[str], Any], dtype: Any = np.int64) -> np.ndarray:
        """What an asker knows of each root; it is asked once."""
        held = self._told.get(asker, np.zeros(0, dtype=dtype))
        if len(held) < len(self.roots):
            held = np.append(held, np.array(list(map(of, self.roots[len(held) :])), dtype=dtype))
            self._told[asker] = held
        return held


MOST_WORDS = 50_000  # of a vocabulary: more than a language has
Vocabulary.current = Vocabulary()


class Text(msgspec.Struct):
    """Words of a text as written and as roots, in order, the characters each stands at, and its sentence."""

    content: str
    written: list[str]
    words: list[str]
    begins: np.ndarray  # a word's first character
    ends: np.ndarray  # and the one behind it
    sentences: np.ndarray  # a word's sentence
    lines: int  # sentences that have words
    numbers: np.ndarray  # of the words in the vocabulary
    vocabulary: Vocabulary

    def told(self, asker: object, of: Callable[[str], Any], dtype: Any = np.int64) -> np.ndarray:
        """What an asker knows of each word by its root."""
        return np.asarray(self.vocabulary.told(asker, of, dtype)[self.numbers])


def read(content: str) -> Text:
    """Words and sentences of a text."""
    letters = letters_of(content)
    kinds = kinds_of(content, letters, _KINDS, _kind)
    begins, ends = _places(kinds)
    words = written(letters, begins, ends)
    sentence = np.searchsorted(_breaks(letters, kinds), begins)
    new = np.diff(sentence, prepend=-1) != 0
    if len(Vocabulary.current) > MOST_WORDS:
        Vocabulary.current = Vocabulary()
    vocabulary = Vocabulary.current
    numbers = list(map(vocabulary.__getitem__, words))
    roots = list(map(vocabulary.roots.__getitem__, numbers))
    held = np.array(numbers, dtype=np.int64)
    return Text(content, words, roots, begins, ends, np.cumsum(new) - 1, int(new.sum()), held, vocabulary)


LETTER, DIGIT, SIGN, BLANK = 1, 2, 3, 4  # a word is a stretch of letters or of digits, or a sign


def _kind(letter: str) -> int:
    if letter.isspace():
        return BLANK
    return SIGN if letter in "+%" else DIGIT if letter.isdecimal() else LETTER if letter.isalnum() else 0


_KINDS = np.array([_kind(chr(number)) for number in range(128)], dtype=np.uint8)


def _places(kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the words of a text begin and end."""
    if not len(kinds):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    border = (kinds[1:] != kinds[:-1]) | (kinds[1:] == SIGN)
    said = (kinds > 0) & (kinds != BLANK)
    return np.flatnonzero(said & np.append(True, border)), np.flatnonzero(said & np.append(border, True)) + 1


def _among(letters: str) -> np.ndarray:
    found = np.zeros(128, dtype=bool)
    found[list(map(ord, letters))] = True
    return found


_CLOSING, _STOPPING = _among(ascii_lowercase + digits + ")]%"), _among(".!?;")
_OPENING = _among(ascii_uppercase + "(")


def _breaks(letters: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Where sentences end: at a line's end, and at blanks between a stop and a capital letter."""
    plain, blank = np.minimum(letters, 127), kinds == BLANK
    first = np.flatnonzero(blank[2:] & _STOPPING[plain[1:-1]] & _CLOSING[plain[:-2]]) + 2
    said = np.flatnonzero(~blank)
    after = np.searchsorted(said, first)
    first, after = first[after < len(said)], after[after < len(said)]
    return np.union1d(np.flatnonzero(letters == ord("\n")), first[_OPENING[plain[said[after]]]])


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


_MARK = _among(MARKS)


def edges(text: Text) -> np.ndarray:
    """For each word, whether what it belongs to may begin with it and whether it may end with it."""
    silent = text.told(STOP, STOP.__contains__, bool)
    mark = _MARK[np.minimum(letters_of(text.content + MARKS[0])[text.ends], 127)]
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
    kind = text.told("cue", lambda word: _CUES.get(word, -1))
    said = np.flatnonzero(kind >= 0)
    last[kind[said], said] = said
    np.maximum.accumulate(last, axis=1, out=last)
    first = np.zeros(count, dtype=np.int32)
    if count:
        starts = np.flatnonzero(np.diff(text.sentences, prepend=-1))
        first = np.repeat(starts, np.diff(np.append(starts, count))).astype(np.int32)
    distance = np.arange(count, dtype=np.int32) - last
    return np.where((last >= first) & (distance < FAR), distance, FAR)
