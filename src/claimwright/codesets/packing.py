"""Pack millions of procedure pairs: five characters are a number below 2**26, and a column-1 code has one sorted block."""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate


def number(code: str) -> int:
    """A five-character procedure code as a number that sorts as the code does. Raises ValueError for anything else."""
    if len(code) != 5 or not (code.isascii() and code.isalnum()):
        raise ValueError(code)
    return int(code, 36)


class Block:
    """The column-2 codes of one column-1 code, sorted, each with the number of its terms."""

    __slots__ = ("codes", "terms")

    def __init__(self, codes: array[int], terms: array[int]) -> None:
        """Both arrays have the same length."""
        self.codes = codes
        self.terms = terms

    def find(self, code: int) -> array[int]:
        """The numbers of the terms of a column-2 code: none, one, or several where the pair ended and came again."""
        low = bisect_left(self.codes, code)
        return self.terms[low : bisect_right(self.codes, code, low)]


def pack(entries: array[int]) -> bytes:
    """Entries (column-2 number << 32 | terms) to a block, small on disk. Codes are kept as steps, which compress well."""
    ordered = sorted(entries)
    codes = [entry >> 32 for entry in ordered]
    steps = array("I", (code - before for before, code in zip([0, *codes], codes, strict=False)))
    terms = array("I", (entry & 0xFFFFFFFF for entry in ordered))
    return zlib.compress(_planes(steps) + _planes(terms), 6)


def unpack(block: bytes) -> Block:
    """A block as it was packed."""
    raw = zlib.decompress(block)
    half = len(raw) // 2
    codes, terms = _unplaned(raw[:half]), _unplaned(raw[half:])
    return Block(array("I", accumulate(codes)), terms)


def pack_numbers(numbers: array[int]) -> bytes:
    """Rising numbers, small on disk."""
    return zlib.compress(_planes(array("I", (after - before for before, after in zip([0, *numbers], numbers, strict=False)))))


def unpack_numbers(packed: bytes) -> array[int]:
    """Rising numbers as they were packed."""
    return array("I", accumulate(_unplaned(zlib.decompress(packed))))


def _planes(values: array[int]) -> bytes:
    """All first bytes, then all second bytes, ...: numbers of one size compress half as large that way."""
    if sys.byteorder == "big":
        values = array("I", values)
        values.byteswap()
    raw = values.tobytes()
    return b"".join(raw[place::4] for place in range(4))


def _unplaned(raw: bytes) -> array[int]:
    count = len(raw) // 4
    mixed = bytearray(len(raw))
    for place in range(4):
        mixed[place::4] = raw[place * count : (place + 1) * count]
    values = array("I")
    values.frombytes(bytes(mixed))
    if sys.byteorder == "big":
        values.byteswap()
    return values
