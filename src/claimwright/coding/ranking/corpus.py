"""Annotated cases as the learner needs them: words, the lines they stand in, named places and codes."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np

from claimwright.coding.ranking.words import Text, read

ORIGINAL = re.compile(r"[^\W\d_]+|\d+")
LINKING = frozenset(
    ("de", "del", "la", "el", "los", "las", "y", "con", "en", "a", "por", "al", "un", "una", "o", "sin", "e", "que", "su", "se")
)


class Named(msgspec.Struct):
    """Words that an annotator took for a code; the original's words as one key."""

    first: int
    last: int
    code: str
    original: str
    words: tuple[int, ...] = ()  # those of them that say it, where others stand between


class Case(msgspec.Struct):
    """One annotated text."""

    name: str
    text: Text
    lines: list[int]  # of each word
    codes: frozenset[str]
    where: dict[str, frozenset[int]]  # the lines each code was found in
    named: list[Named]
    unplaced: list[tuple[str, str]]  # the original's key, code: named, but the translation lost the words


def dotted(code: str) -> str:
    """A code with its dot."""
    return code if "." in code or len(code) <= 3 else f"{code[:3]}.{code[3:]}"


def case(row: dict[str, Any]) -> Case:
    """A row of the corpus file."""
    text = read(row["text"])
    starts = [0]
    for sentence in row["sentences"]:
        starts.append(starts[-1] + len(sentence) + 1)
    mentions, where = row["mentions"]
    found_in: dict[str, set[int]] = {}
    for code, held_lines in where:  # a code comes once for each of its mentions
        found_in.setdefault(dotted(code), set()).update(held_lines)
    named: list[Named] = []
    unplaced: list[tuple[str, str]] = []
    for one in mentions:
        code, key = dotted(one["code"]), original_key(one["es"])
        begin = starts[one["sent"]] + one["start"] if one.get("text") else 0
        end = starts[one["sent"]] + one["end"] if one.get("text") else 0
        held = np.flatnonzero((text.begins < end) & (text.ends > begin)).tolist()
        if held:
            named.append(Named(held[0], held[-1], code, key))
        else:
            unplaced.append((key, code))
    return Case(
        row["id"],
        text,
        [bisect_right(starts, start) - 1 for start in text.begins.tolist()],
        frozenset(row["dx"]),
        {code: frozenset(lines) for code, lines in found_in.items()},
        named,
        unplaced,
    )


def original_key(words: str) -> str:
    """The original's words without order, number and gender."""
    return " ".join(sorted({_stem(word) for word in ORIGINAL.findall(words.lower()) if word not in LINKING}))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    word = plain_letters(word)
    if len(word) > 5 and word.endswith("es"):
        return word[:-2]
    if len(word) > 4 and word.endswith("s"):
        word = word[:-1]
    return word[:-1] if len(word) > 4 and word[-1] in "aoe" else word


def plain_letters(word: str) -> str:
    """Without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))
