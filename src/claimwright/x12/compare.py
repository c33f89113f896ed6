"""Two files by what they mean: claims, payments, inquiries and statuses matched by their number, whatever their order.

Not compared, because it means nothing: envelopes with their numbers and dates, BHT03 to BHT05, HL and LX numbers, line breaks,
delimiters, trailing separators, zeros that change no number, adjustments spread otherwise over CAS segments.
Memory: about 300 bytes a claim, whatever its size. Claims that differ are held two thousand at a time; each two thousand cost
another pass over both files.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from hashlib import blake2b
from itertools import chain, zip_longest
from typing import BinaryIO

from claimwright.parties import Struct
from claimwright.x12.document import read
from claimwright.x12.facts import Facts, facts, line_controls
from claimwright.x12.units import Unit, units

TOGETHER = 2_000  # claims that differ, held at a time
CHANGED, ONLY_A, ONLY_B = "changed", "only in A", "only in B"
_HEADERS = {"835": "payment"}


class Difference(Struct):
    """One thing that the files say otherwise, in the field's words. Values are the files' own, PHI among them."""

    kind: str  # claim, payment, payment claim, status, eligibility, header, set ...
    control: str
    change: str  # changed, only in A, only in B
    what: str = ""
    a: str = ""
    b: str = ""
    line_a: int = 0  # segment numbers in the files
    line_b: int = 0


Key = tuple[str, str]


def compare(a: BinaryIO, b: BinaryIO) -> Iterator[Difference]:
    """Every difference in meaning between two files that can be read twice; none if they mean the same."""
    first, second = _fingerprints(a), _fingerprints(b)
    left, right = _unmatched(first, second), _unmatched(second, first)
    different = list(dict.fromkeys((*left, *right)))
    for start in range(0, len(different), TOGETHER):
        keys = frozenset(different[start : start + TOGETHER])
        ours, theirs = _gather(a, keys, left), _gather(b, keys, right)
        for key in different[start : start + TOGETHER]:
            for one, other in _pairs(ours[key], theirs[key]):
                yield from _differences(key, one, other)


def meanings(source: BinaryIO) -> list[tuple[str, str, bytes]]:
    """What a file holds, sorted: (kind, number, digest of the meaning). Files with equal lists mean the same."""
    return sorted((*key, _digest(facts(unit))) for key, unit in _units(source))


def _units(source: BinaryIO) -> Iterator[tuple[Key, Unit]]:
    source.seek(0)
    headers: set[bytes] = set()
    for unit in units(read(source)):
        kind, control = unit.kind, unit.control
        if kind == "header":
            kind = _HEADERS.get(unit.where.transaction, kind)
            if kind == "header":
                control = unit.where.transaction
                digest = _digest(facts(unit))
                if digest in headers:
                    continue  # the same sender, receiver and purpose: said once, however many sets there are
                headers.add(digest)
        elif kind == "set":
            control = unit.where.transaction
        elif kind == "interchange":
            kind, control = unit.own[0].segment[0], unit.own[0].element(1)
        yield (kind, control), unit


def _digest(said: Facts) -> bytes:
    whole = blake2b(digest_size=16)
    for key in sorted(said):
        whole.update("\x1f".join((*key, said[key].value, "\x1e")).encode("utf-8", "surrogatepass"))
    return whole.digest()


def _fingerprint(unit: Unit) -> bytes:
    """Equal only for equal meanings, and quick; what differs here is looked at closely."""
    if unit.kind == "header":
        return _digest(facts(unit))
    whole = blake2b(digest_size=16)
    for piece in chain(*(level.pieces for level in unit.levels), unit.own):
        if piece.segment[0] not in ("HL", "LX"):
            text = "\x1f".join(piece.segment)
            whole.update((text.replace(piece.marks.component, "\x1d") + "\x1e").encode("utf-8", "surrogatepass"))
    return whole.digest()


def _fingerprints(source: BinaryIO) -> dict[Key, list[bytes]]:
    found: dict[Key, list[bytes]] = defaultdict(list)
    for key, unit in _units(source):
        found[key].append(_fingerprint(unit))
    return found


def _unmatched(ours: dict[Key, list[bytes]], theirs: dict[Key, list[bytes]]) -> dict[Key, list[bytes]]:
    """What only one side has, number by number."""
    result = {}
    for key, prints in ours.items():
        left = Counter(prints) - Counter(theirs.get(key, ()))
        if left:
            result[key] = list(left.elements())
    return result


def _gather(source: BinaryIO, keys: frozenset[Key], wanted: dict[Key, list[bytes]]) -> dict[Key, list[Unit]]:
    """The units that were left unmatched."""
    found: dict[Key, list[Unit]] = defaultdict(list)
    open_ = {key: list(wanted.get(key, ())) for key in keys}
    for key, unit in _units(source):
        if open_.get(key):
            mark = _fingerprint(unit)
            if mark in open_[key]:
                open_[key].remove(mark)
                found[key].append(unit)
    return found


def _pairs(ours: list[Unit], theirs: list[Unit]) -> Iterator[tuple[Unit | None, Unit | None]]:
    """Units of one number side by side, without those that mean the same after all."""
    left, right = ([(_digest(facts(unit)), unit) for unit in side] for side in (ours, theirs))
    same = Counter(digest for digest, _ in left) & Counter(digest for digest, _ in right)
    for side in (left, right):
        gone = Counter(same)
        for row in list(side):
            if gone[row[0]]:
                gone[row[0]] -= 1
                side.remove(row)
    yield from zip_longest((unit for _, unit in left), (unit for _, unit in right))


def _differences(key: Key, one: Unit | None, other: Unit | None) -> Iterator[Difference]:
    kind, control = key
    if one is None or other is None:
        unit = one or other
        assert unit is not None
        line = (unit.own or unit.header)[0].line
        if one is not None:
            yield Difference(kind=kind, control=control, change=ONLY_A, line_a=line)
        else:
            yield Difference(kind=kind, control=control, change=ONLY_B, line_b=line)
        return
    if kind == "set" and one.where.grammar is None and len(one.own) + len(other.own) <= 5_000:
        yield from _by_segments(key, one, other)
        return
    by_control = sorted(line_controls(one)) == sorted(line_controls(other))
    ours, theirs = facts(one, by_control), facts(other, by_control)
    for place in dict.fromkeys((*ours, *theirs)):
        mine, yours = ours.get(place), theirs.get(place)
        if mine is None or yours is None or mine.value != yours.value:
            said = mine or yours
            assert said is not None
            yield Difference(
                kind=kind, control=control, change=CHANGED, what=said.words,
                a=mine.value if mine else "", b=yours.value if yours else "",
                line_a=mine.line if mine else 0, line_b=yours.line if yours else 0,
            )  # fmt: skip


def _by_segments(key: Key, one: Unit, other: Unit) -> Iterator[Difference]:
    """Two sets of a kind without a table: what was put in, taken out or put otherwise, in their order."""
    ours, theirs = ([(piece.segment, piece.line) for piece in unit.own] for unit in (one, other))
    matcher = SequenceMatcher(None, [tuple(row) for row, _ in ours], [tuple(row) for row, _ in theirs], autojunk=False)
    for what, a, a_end, b, b_end in matcher.get_opcodes():
        if what == "equal":
            continue
        for (mine, line_a), (yours, line_b) in zip_longest(ours[a:a_end], theirs[b:b_end], fillvalue=([], 0)):
            name = (mine or yours)[0]
            yield Difference(
                kind=key[0], control=key[1], change=CHANGED, what=f"segment {name}", a=" ".join(mine), b=" ".join(yours),
                line_a=line_a, line_b=line_b,
            )  # fmt: skip
