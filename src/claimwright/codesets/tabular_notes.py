"""What the notes of the tabular list say of codes: which never stand together, and which stands before which."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from claimwright.codesets.icd10cm import categories, dotted, known, lineage, node_of, plain

_CODES_IN_NOTE = re.compile(r"\(([^()]*\d[^()]*)\)")
_SPAN = re.compile(r"([A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?:\.?-(?:([A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?))?)?")
_WITH = re.compile(r",?\s+with (?:final characters )?(?=\.\w)")
_FINALS = re.compile(r"\.(\w+)(?:-\.(\w+))?")


def code_first(code: str) -> tuple[str, ...]:
    """The notes that tell what to code before this one."""
    return tuple(note for node in lineage(code) for note in node.code_first)


def excludes1(code: str) -> tuple[str, ...]:
    """The codes and ranges that an Excludes1 note of the code or of its category says never to report with it."""
    spans = ((dotted(low), dotted(high)) for low, high, _ in _exclusions(plain(code)))
    return tuple(low if low == high else f"{low}-{high}" for low, high in spans)


def codes_in(notes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The codes and ranges (first, last) that notes name; those that depend on a fifth or sixth character are left to people."""
    return tuple(span for note in notes for group in _CODES_IN_NOTE.findall(note) for span in _named(group))


def _named(group: str) -> Iterator[tuple[str, str]]:
    """The codes and ranges of one bracket of a note: "E10-E11 with .42" is E10.42 and E11.42."""
    heads, *finals = _WITH.split(group, maxsplit=1) if "with" in group else (group,)
    spans = [(low, high or low) for low, high in _SPAN.findall(heads)] if "character" not in heads else []
    if not finals:
        yield from spans
        return
    headed = (one for low, high in spans for one in categories() if low <= one <= high)
    ends = _FINALS.findall(finals[0])
    for category in headed:
        below = ((f"{category}.{first}", f"{category}.{last or first}") for first, last in ends)
        yield from (span for span in below if known(span[0]))


def within(code: str, low: str, high: str) -> bool:
    """Whether a code lies in a range of a note, the codes below its ends included."""
    code, low, high = plain(code), plain(low), plain(high)
    return low <= code[: len(low)] and code[: len(high)] <= high


@lru_cache(maxsize=20_000)
def _exclusions(code: str) -> tuple[tuple[str, str, str], ...]:
    """(first, last, the note) of each code or range that the Excludes1 notes of a code and its category name."""
    notes = (note for node in lineage(code) for note in node.excludes1)
    return tuple((low, high, note) for note in notes for low, high in _excluded_by(note))


@lru_cache(maxsize=5_000)
def _excluded_by(note: str) -> tuple[tuple[str, str], ...]:
    """What a note names, without dots; a category's note is that of all its codes."""
    return tuple((plain(low), plain(high)) for low, high in codes_in((note,)))


@lru_cache(maxsize=20_000)
def _by_letter(code: str) -> dict[str, list[tuple[str, str, str]]]:
    """The same by the first letters of what they name, which tell most pairs of codes apart; most codes have their parent's."""
    node = node_of(code)
    if node is None or not node.is_code:
        return {}
    above = _by_letter(node.parent)
    if not node.excludes1:
        return above
    held: dict[str, list[tuple[str, str, str]]] = {}
    for note in node.excludes1:
        for low, high in _excluded_by(note):
            for letter in range(ord(low[0]), ord(high[0]) + 1):
                held.setdefault(chr(letter), []).append((low, high, note))
    for first, named in above.items():
        held.setdefault(first, []).extend(named)
    return held


def excluded_letters(code: str) -> Collection[str]:
    """The first letters of the codes that the Excludes1 notes of a code name."""
    return _by_letter(code)


def excluded_with(code: str, other: str) -> str:
    """The Excludes1 note of `code` that names `other`, or nothing (Guidelines I.A.12.a)."""
    other = plain(other)
    for low, high, note in _by_letter(code).get(other[:1], ()):
        if low <= other[: len(low)] and other[: len(high)] <= high:  # see `within`
            return note
    return ""
