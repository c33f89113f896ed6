"""Where sentences and lines end: not at the period of an abbreviation, nor where a line was wrapped by width."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimwright.coding.lines import Line

SHORTENED = re.compile(
    r"\b(?:[a-z]|dr|mr|mrs|ms|vs|approx|no|st|pt|e\.g|i\.e|[bt]\.i\.d|q\.i\.d|p\.r\.n|p\.o|fig|poss|prob|susp|quest|dec|incl|coord)\.$",
    re.I,
)
SHORTENED_ENDS = frozenset(("mrs", "rox", "fig", "oss", "rob", "usp", "est", "dec", "ncl", "ord"))  # of three letters and more
INITIAL = re.compile(r"\b[A-Za-z]\.$")  # a letter before a small letter or a figure: "p. 3", but not "influenza A. No"
ENDED = ".!?:;"  # a line that ends with one of these goes no further
NARROW = 40  # no line was wrapped at fewer characters: a shorter one ended, as those of a list do
WIDE = 70  # a line of so many was wrapped where the next goes on in small letters
JOINING = (
    r"(?:with|without|and|or|of|in|on|at|to|from|for|by|due|secondary|status|s/p|as|the|an?|after|since|not|that|which|who|but)"
)
# a line too short to be wrapped, neither heading nor title, that ends without a mark, and the next that begins anew
RAGGED = re.compile(r"^[ \t]*(?![\s*•#-]|\d+[.)])(?=[^\n]{0,54}$)[^\n]*\w[ \t]+[^\n]*[^\s.!?:;,/&+-][ \t]*\n[A-Z\d]", re.M)
LINKS, OPEN = re.compile(JOINING + r"\b"), re.compile(rf"(?:\b{JOINING}|[,/&+-])$", re.I)


def continues(text: str, held: Line, line: Line) -> bool:
    """Whether a line goes on with what the one before it holds."""
    if text[held.end - 1] in ENDED:
        return False
    between = text[held.end : line.start]
    if held.section != line.section or between.count("\n") != 1 or between.strip():
        return False
    last, first = text[held.end - 1 : held.end].strip() or text[held.start : held.end].rstrip()[-1:], text[line.start]
    if last in ENDED:
        return False
    begun = max(held.start, text.rfind("\n", held.start, held.end) + 1)
    wide = held.end - begun
    linked = LINKS.match(text, line.start, line.end) or OPEN.search(text[begun : held.end].rstrip())
    if first.islower() and (linked or ((wide >= WIDE or wide >= NARROW) and not _ragged(text, held.start, line.start))):
        return True
    return wide >= 55 and not line.head and not _ragged(text, held.start, line.start, several=True)


def _ragged(text: str, first: int, second: int, *, several: bool = False) -> bool:
    """Whether lines around end where they want to: some stops without a mark though more would have stood on it.

    So do all if one is far longer than the others, for which the `several` lines of a paragraph are asked.
    """
    begun, end = text.rfind("\n\n", 0, first) + 1, text.find("\n\n", second)
    end = end if end >= 0 else len(text)
    if RAGGED.search(text, begun, end) is not None:
        return True
    lines = text[begun:end].strip("\n").split("\n")
    longest = max(map(len, lines))
    if several and sum(len(one) >= longest - UNEVEN for one in lines) < 2:
        return True
    return any(
        a[-1:].isalnum() and len(a) + 1 + len(b.split(None, 1)[0]) <= longest
        for a, b in pairwise(map(str.rstrip, lines))
        if b and b[0].isalnum()
    )


UNEVEN = 20  # characters by which wrapped lines differ at most


def abbreviates(text: str, start: int, end: int) -> bool:
    """Whether the period that ends here belongs to the word before it."""
    last = text[end - 4 : end - 1]
    if (last.isalpha() and last.lower() not in SHORTENED_ENDS) or not SHORTENED.search(text, start, end):
        return False
    return not (INITIAL.search(text, start, end) and text[end : end + 2].strip()[:1].isupper())
