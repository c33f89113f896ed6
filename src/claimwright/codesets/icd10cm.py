"""ICD-10-CM by date of service: what a code means, whether it may be billed, and what its notes say.

The tabular list is that of April 2026 (FY2026); `icd10cm_changes.csv` tells what began and ended from October 2022 (FY2023)
to October 2026 (FY2027). Codes are written with their dot; every look-up takes them either way.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cache, lru_cache
from zlib import crc32

from claimwright.codesets import tabular
from claimwright.codesets.starter import row_period, table
from claimwright.codesets.words import WordIndex, packed
from claimwright.effective import Period
from claimwright.parties import Struct

BEGAN = date(2015, 10, 1)
"""ICD-10-CM replaced ICD-9-CM for services from this day (45 CFR 162.1002)."""

HELD_SINCE = date(2022, 10, 1)
"""Beginnings and endings are held from this day (FY2023): of a code older than that the first day is not known."""
PACKAGED_UNTIL = date(2026, 9, 30)
"""The end of the fiscal year whose tabular list is in the package."""

WORDS = tabular.DATA.joinpath("icd10cm_words.txt")
"""The index of words where it was laid ready, as `python -m claimwright.codesets.tabular` does."""

_SHAPE = re.compile(r"[A-Z][0-9A-Z]{2,6}")  # since October 2026 the second character may be a letter (QA0)
_START = re.compile(r"(?=.*\d)[A-Za-z][0-9A-Za-z]{2}(\.?[0-9A-Za-z]{0,4})?")


class IcdCode(Struct):
    """A code in one period of its life. `chapter` is the chapter's number, 1 to 22.

    A period that starts before `HELD_SINCE` does so in name only: it says that the code is at least that old.
    """

    code: str
    description: str
    billable: bool
    period: Period
    chapter: str = ""
    parent: str = ""

    @property
    def begins(self) -> date | None:
        """The day the code began, or None where it is only known to be valid at least since `HELD_SINCE`."""
        return self.period.start if self.period.start >= HELD_SINCE else None


@lru_cache(1 << 16)
def plain(code: str) -> str:
    """A code without its dot, in capitals."""
    return code.replace(".", "").strip().upper()


def dotted(code: str) -> str:
    """A code with its dot."""
    code = plain(code)
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


@cache
def _nodes() -> dict[str, tabular.Node]:
    collecting = gc.isenabled()
    gc.disable()  # half a million small objects that all stay: collecting among them doubles the time to load
    try:
        return tabular.nodes()
    finally:
        if collecting:
            gc.enable()


@cache
def _changes() -> dict[str, tuple[tuple[Period, bool, str], ...]]:
    found: dict[str, list[tuple[Period, bool, str]]] = {}
    for row in table("icd10cm_changes").rows:
        found.setdefault(row["code"], []).append((row_period(row), row["billable"] == "1", row["description"]))
    return {code: tuple(lives) for code, lives in found.items()}


def _stem(code: str) -> tabular.Node | None:
    """The node of a code that needs a 7th character, for a full seven-character code."""
    if len(code) != 7:
        return None
    for length in range(6, 2, -1):
        node = _nodes().get(code[:length])
        if node is not None:
            return node if set(code[length:6]) <= {"X"} and code[6] in node.sevenths else None
    return None


def node_of(code: str) -> tabular.Node | None:
    """The tabular entry that carries a code's notes: its own, or that of the code before its 7th character."""
    code = plain(code)
    node = _nodes().get(code)
    if node is not None and node.is_code:
        return node
    return _stem(code) or (_nodes().get(_parent(code)) if code in _changes() else None)


def _parent(code: str) -> str:
    node = _nodes().get(code)
    if node is not None:
        return node.parent
    return next((code[:length] for length in range(len(code) - 1, 2, -1) if code[:length] in _nodes()), "")


def lookup(code: str, on: date) -> IcdCode | None:
    """The code in force on a date, with or without its dot; None if there is none."""
    return next((one for one in _lives(plain(code)) if one.period.covers(on)), None)


@lru_cache(maxsize=16_384)
def _lives(code: str) -> tuple[IcdCode, ...]:
    """What a code was in each of its periods; nothing where it is none."""
    if not _SHAPE.fullmatch(code):
        return ()
    node = _nodes().get(code) if _is_code(code) else None
    stem = None if node else _stem(code)
    lives = _changes().get(code)
    if lives is None and node is None and stem is None:
        return ()
    return tuple(
        IcdCode(
            code=dotted(code),
            description=description or _description(code, node, stem),
            billable=may_bill,
            period=Period(max(period.start, BEGAN), period.end),
            chapter=node.chapter if node else _chapter(code),
            parent=dotted(_parent(code)),
        )
        for period, may_bill, description in lives or ((Period(BEGAN), _complete(node), ""),)
        if period.end is None or period.end >= BEGAN
    )


def _is_code(code: str) -> bool:
    node = _nodes().get(code)
    return node is not None and node.is_code


def _complete(node: tabular.Node | None) -> bool:
    return node is None or not (node.children or node.sevenths)


def _description(code: str, node: tabular.Node | None, stem: tabular.Node | None) -> str:
    if node is not None:
        return node.description
    if stem is not None:
        return f"{stem.description}, {stem.sevenths[code[6]]}"
    return next(description for _, _, description in _changes()[code][::-1] if description)


def _chapter(code: str) -> str:
    parent = _nodes().get(_parent(code))
    return parent.chapter if parent else ""


def billable(code: str, on: date) -> bool:
    """Whether a claim may carry the code on a date: valid then, and complete."""
    found = lookup(code, on)
    return found is not None and found.billable


def known(code: str) -> bool:
    """Whether the code exists in any year we have."""
    code = plain(code)
    return _is_code(code) or code in _changes() or _stem(code) is not None


def life(code: str) -> str:
    """When a code that is not in force all the time began and ended ("began 2024-10-01"), or nothing."""
    said = []
    for period, may_bill, _ in _changes().get(plain(code), ()):
        if may_bill and period.start >= HELD_SINCE:
            said.append(f"began {period.start}")
        if may_bill and period.end:
            said.append(f"ended {period.end}")
    return ", ".join(said)


def children(code: str, on: date) -> list[IcdCode]:
    """The codes one level below, in force on a date."""
    code = plain(code)
    node = _nodes().get(code)
    below = [*node.children, *(full for full, _ in tabular.full_codes(node))] if node else []
    below += [one for one in _changed_below().get(code, ()) if one not in below]
    found = (lookup(one, on) for one in sorted(below))
    return [one for one in found if one is not None]


@cache
def _changed_below() -> dict[str, list[str]]:
    """The codes that are only in the list of changes, by their parent: the nearest shorter code of either list."""
    found: dict[str, list[str]] = {}
    for code in filter(_only_changed, _changes()):
        shorter = (code[:length] for length in range(len(code) - 1, 2, -1))
        parent = next((one for one in shorter if one in _nodes() or one in _changes()), "")
        found.setdefault(parent, []).append(code)
    return found


def lineage(code: str) -> Iterator[tabular.Node]:
    """The entry of a code and its ancestors, nearest first, up to its category."""
    node = node_of(code)
    while node is not None and node.is_code:
        yield node
        node = _nodes().get(node.parent)


def listed(on: date) -> list[IcdCode]:
    """Every code and heading in force on a date, in order."""
    stems = {code for node in _nodes().values() if node.is_code for code, _ in tabular.full_codes(node)}
    codes = {code for code, node in _nodes().items() if node.is_code} | stems | set(_changes())
    found = (lookup(code, on) for code in sorted(codes))
    return [one for one in found if one is not None]


@cache
def categories() -> tuple[str, ...]:
    """Every category of three characters of the tabular list, in order."""
    return tuple(sorted(code for code in _nodes() if len(code) == 3 and _is_code(code)))


def needs_seventh(code: str) -> bool:
    """Whether the code is not complete without a 7th character."""
    node = _nodes().get(plain(code))
    return node is not None and node.is_code and bool(node.sevenths)


def sevenths(code: str) -> dict[str, str]:
    """The 7th characters to choose from, with their meaning."""
    node = _nodes().get(plain(code))
    return dict(node.sevenths) if node else {}


def is_manifestation(code: str) -> bool:
    """Whether the code is a manifestation of a disease coded elsewhere, never first-listed (Guidelines I.A.13)."""
    return any(
        "diseases classified elsewhere" in node.description and "as the cause" not in node.description for node in lineage(code)
    )


def is_external_cause(code: str) -> bool:
    """Whether the code says how it happened (chapter 20), never first-listed (Guidelines I.C.20.a.6)."""
    return plain(code)[:1] in {"V", "W", "X", "Y"}


def _only_changed(code: str) -> bool:
    """Whether the tabular list has no entry of its own for a code of the list of changes."""
    return code in _changes() and code not in _nodes() and _stem(code) is None


_SIDES = (("bilateral", "B"), ("right", "R"), ("left", "L"))


@lru_cache(maxsize=20_000)
def laterality(code: str) -> str:
    """The side a code names: R, L, B (both), U (a side could be named and is not), or nothing."""
    description = latest(code)
    side = _side(description)
    if side or "unspecified" not in description.lower():
        return side
    node = node_of(code)
    parent = _nodes().get(node.parent) if node and not _only_changed(plain(code)) else node
    beside = [*(parent.children if parent else ()), *_changed_beside().get(plain(code)[:-1], ())]
    told = " ".join(map(latest, beside)).lower()
    if not ("right" in told and "left" in told) and "bilateral" not in told:
        return ""  # quick to tell of most
    sides = {"right", "left", "unilateral", "bilateral"}.intersection(re.findall(r"\w+", told))
    return "U" if {"right", "left"} <= sides or {"unilateral", "bilateral"} <= sides else ""  # a left ventricle is no side


@cache
def _changed_beside() -> dict[str, list[str]]:
    """The codes of the list of changes by all their characters but the last."""
    found: dict[str, list[str]] = {}
    for code in _changes():
        found.setdefault(code[:-1], []).append(code)
    return found


def latest(code: str) -> str:
    """The newest description of a code, without its 7th character's."""
    for _, _, description in reversed(_changes().get(plain(code), ())):
        if description:
            return description
    node = node_of(code)
    return node.description if node else ""


def _side(description: str) -> str:
    described = re.findall(r"[a-z]+", description.lower())
    return next((side for word, side in _SIDES if word in described), "")


_OF_ENCOUNTER = frozenset({"initial", "subsequent", "sequela", "encounter"})
_SIDE_WORDS = frozenset({"right", "left", "bilateral", "r", "l", "bilat", "both"})


@cache
def _index() -> WordIndex:
    usual = frozenset(plain(row["code"]) for row in table("icd10cm_common").rows)
    with suppress(FileNotFoundError):  # never laid ready
        made_of, _, index = WORDS.read_text(encoding="utf-8").partition("\n")
        if made_of == _made_of():
            return WordIndex(index, usual)
    return WordIndex(packed(_searchable()), usual)


def index_to_lay() -> str:
    """The index of words behind a line that tells what it was made of: of anything else it is old."""
    return f"{_made_of()}\n{packed(_searchable())}"


def _made_of() -> str:
    changes = tabular.DATA.joinpath("icd10cm_changes.csv").read_bytes()
    return f"{tabular.source(tabular.data_file())}, changes {crc32(changes):08x}"


def _searchable() -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in _nodes().values():
        if node.is_code and not node.children:
            above = _nodes()[node.parent]
            yield node.code, (node.description, *node.inclusions, *above.inclusions)
    for code, lives in _changes().items():
        description = lives[-1][2]
        if description and lives[-1][1] and code not in _nodes():
            yield code, (description,)


def is_start(text: str) -> bool:
    """Whether a question is a code or the start of one, not words."""
    return _START.fullmatch(text.strip()) is not None


def search(text: str, on: date, limit: int = 20) -> list[IcdCode]:
    """Codes that may be billed on a date, by words (synonyms and misspellings forgiven) or by the start of a code."""
    text = text.strip()
    starting = _by_start(plain(text), on, limit) if _START.fullmatch(text) else []
    if starting:
        return starting
    codes = (full(code, text) for code in _index().search(_asked(text), limit * 2))
    found = (lookup(code, on) for code in codes)
    return [one for one in found if one is not None and one.billable][:limit]


def knows(word: str) -> bool:
    """Whether some title or note has a word, or one that begins with it."""
    return _index().knows(word)


def spelled(text: str) -> str:
    """Words with their likely typing errors mended."""
    return _index().spelled(text)


def _asked(text: str) -> str:
    """The question without the words that choose a 7th character, sides last, so that phrases stand together."""
    asked = [word for word in re.findall(r"[^\s,;]+", text.lower()) if word not in _OF_ENCOUNTER]
    return " ".join(sorted(asked, key=lambda word: word in _SIDE_WORDS))


def _by_start(start: str, on: date, limit: int) -> list[IcdCode]:
    """Complete codes that begin so; the code itself, if it is not complete, leads to those below it."""
    starts = sorted({code for code in (*_nodes(), *_changes()) if code.startswith(start) and "-" not in code})
    stem = _stem(start) or next((node for node in (_nodes().get(start.rstrip("X")[:6]),) if node and node.sevenths), None)
    full = [one for node in map(_nodes().get, starts) if node for one, _ in tabular.full_codes(node)]
    if stem is not None:
        full += [one for one, _ in tabular.full_codes(stem) if one.startswith(start)]
    found = (lookup(code, on) for code in sorted({*starts, *full}))
    return [one for one in found if one is not None and one.billable][:limit]


def full(code: str, text: str) -> str:
    """A code that needs a 7th character, made full: by what was asked, else the first (initial) encounter."""
    code = plain(code)
    node = _nodes().get(code)
    if node is None or not node.sevenths:
        return code
    asked = text.lower()
    words = {"D": "subsequent", "S": "sequela"}
    chosen = next((one for one, word in words.items() if word in asked and one in node.sevenths), next(iter(node.sevenths)))
    return code.ljust(6, "X") + chosen
