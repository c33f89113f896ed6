"""A text as the numbers of BERT's word pieces; `vocab.txt` is the vocabulary of bert-base-uncased (Google, Apache-2.0)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib import resources

START, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
LONGEST = 62  # pieces of a text that are read: far more than a term has
LONGEST_WORD = 100
WORD = re.compile(r"[^\W_]+|[^\w\s]|_")


@cache
def vocabulary() -> dict[str, int]:
    """The pieces, each with its number."""
    text = resources.files(__package__).joinpath("vocab.txt").read_text(encoding="utf-8")
    return {piece: number for number, piece in enumerate(text.split("\n"))}


def numbers(text: str) -> list[int]:
    """The pieces of a text between those that begin and end it."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter))
    held = [number for word in WORD.findall(plain) for number in _pieces(word)]
    known = vocabulary()
    return [known[START], *held[:LONGEST], known[END]]


@lru_cache(maxsize=20_000)
def _pieces(word: str) -> tuple[int, ...]:
    """A word as the longest pieces that it begins with, one after the other."""
    known, found, begin = vocabulary(), [], 0
    while begin < len(word) <= LONGEST_WORD:
        joined = "##" if begin else ""
        end = next((end for end in range(len(word), begin, -1) if joined + word[begin:end] in known), begin)
        if end == begin:
            break
        found.append(known[joined + word[begin:end]])
        begin = end
    return tuple(found) if found and begin == len(word) else (known[UNKNOWN],)
