"""Files as they really come: marks, line breaks, delimiters, junk."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from x12_samples import WRITTEN

from claimwright.x12.tokens import BLOCK, Tokens

FILE = WRITTEN["837P"]
PLAIN = list(Tokens(FILE))


def _flat(data: bytes) -> bytes:
    return data.replace(b"\n", b"")


@pytest.mark.parametrize(
    "changed",
    [
        FILE,
        _flat(FILE),
        b"\xef\xbb\xbf" + FILE,
        b"\r\n\r\n" + FILE.replace(b"\n", b"\r\n") + b"\x1a",
        _flat(FILE).replace(b"~", b"\n"),
        _flat(FILE).replace(b"~", b"\r\n"),
        _flat(FILE).replace(b"~", b"\r"),
        _flat(FILE).replace(b"*", b"|").replace(b"~", b"\x1c"),
        b"\n".join(_flat(FILE)[i : i + 80] for i in range(0, len(FILE), 80)),
        _flat(FILE)[:-1],
    ],
    ids=[
        "as is",
        "one line",
        "byte-order mark",
        "CRLF",
        "LF ends",
        "CRLF ends",
        "CR ends",
        "others",
        "wrapped at 80",
        "no last end",
    ],
)
def test_the_same_segments_whatever_the_dress(changed):
    assert list(Tokens(changed)) == PLAIN or [s[:11] for s in Tokens(changed)] == [s[:11] for s in PLAIN]


def test_streams_and_blocks_read_like_bytes():
    assert list(Tokens(io.BytesIO(FILE))) == PLAIN
    assert list(Tokens(FILE[i : i + 7] for i in range(0, len(FILE), 7))) == PLAIN


def test_each_interchange_brings_its_own_delimiters():
    other = _flat(WRITTEN["835"]).replace(b"*", b"|").replace(b"~", b"!")
    tokens = Tokens(FILE + b"\r\n" + other)
    names = [segment[0] for segment in tokens]
    assert names.count("ISA") == 2 and names.count("IEA") == 2
    assert tokens.delimiters.element == "|"
    assert not tokens.problems


def test_utf8_and_latin1_names_are_read():
    for encoding in ("utf-8", "latin-1"):
        data = FILE.decode().replace("LOPEZ", "NÚÑEZ").encode(encoding)
        assert any("NÚÑEZ" in segment for segment in Tokens(data))


def test_junk_is_skipped_and_told():
    tokens = Tokens(b"dear sir,\n" + FILE + b"thanks")
    assert list(tokens) == PLAIN
    assert [problem.code for problem in tokens.problems] == ["junk", "junk"]


def test_binary_data_is_counted_not_split():
    inside = b"MSH|^~\\&|A~B*C\r\n"
    data = _flat(FILE).replace(b"HL*1**20*1~", b"BIN*%d*%s~HL*1**20*1~" % (len(inside), inside), 1)
    segments = list(Tokens(data))
    assert ["BIN", str(len(inside)), inside.decode()] in segments
    assert len(segments) == len(PLAIN) + 1


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"ISA", b"ISA*00*", b"\x00\xff" * 500, b"ISA" * 4000, b"PK\x03\x04" + bytes(range(256)) * 50]
)
def test_anything_at_all_ends_without_an_exception(data):
    list(Tokens(data))


def test_a_large_file_is_read_in_little_memory():
    claim = FILE[FILE.index(b"HL*1*") : FILE.index(b"SE*")]

    def big():
        yield FILE[: FILE.index(b"HL*1*")]
        for _ in range(2000):
            yield claim
        yield FILE[FILE.index(b"SE*") :]

    tracemalloc.start()
    count = sum(1 for _ in Tokens(big()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 2000 * claim.count(b"~")
    assert peak < 24 * BLOCK
