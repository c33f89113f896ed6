"""What is read can be written back byte for byte, and changed in one place without touching another."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_x12_fuzz import MUTATIONS
from x12_samples import WRITTEN

from claimwright.x12.check import check
from claimwright.x12.document import read, recounted, write
from claimwright.x12.tokens import Tokens

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "x12"
FILES = sorted(CORPUS.glob("*/*")) if CORPUS.is_dir() else []
FLAT = {kind: content.replace(b"\n", b"") for kind, content in WRITTEN.items()}


def _codes(content: bytes) -> list[tuple[int, str]]:
    return [(one.line, one.code) for one in check(content)]


@pytest.mark.skipif(not FILES, reason="the public sample files (../shared/data/x12) are absent")
def test_every_public_file_is_written_back_to_the_byte():
    for path in FILES:
        content = path.read_bytes()
        pieces = list(read(content))
        assert write(pieces) == content, path.name
        assert [piece.segment for piece in pieces if piece.segment] == list(Tokens(content)), path.name


@pytest.mark.parametrize("name", WRITTEN)
def test_a_harmed_file_is_written_back_to_the_byte(name):
    rng = random.Random(name)
    for number in range(80):
        harmed = MUTATIONS[number % len(MUTATIONS)](WRITTEN[name], rng)
        assert write(read(harmed)) == harmed


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(sorted(FLAT)),
    st.lists(st.sampled_from("*:^~|>!\\%}{`=;$_@\x1c\x1d\x05"), min_size=4, max_size=4, unique=True),
    st.sampled_from(["", "\n", "\r"]),
    st.sampled_from(["", "\n", "\r\n", " \n"]),
    st.sampled_from([b"", b"\xef\xbb\xbf", b"\r\n\r\n"]),
    st.sampled_from([b"", b"\x1a", b"\n\nthank you\n"]),
)
def test_any_legal_delimiters_breaks_and_edges_come_back(kind, marks, line_end, breaks, before, after):
    marks[3] = terminator = line_end or marks[3]
    table = str.maketrans(dict(zip("*:^~", marks, strict=True)))
    text = FLAT[kind].decode()
    if any(mark in text for mark in marks if mark not in "*:^~\n\r"):
        return
    content = before + text.translate(table).replace(terminator, terminator + breaks).encode() + after
    both = content + WRITTEN["837P"]
    pieces = list(read(both))
    assert write(pieces) == both
    assert [piece.segment for piece in pieces if piece.segment] == list(Tokens(both))
    rewritten = write(p.with_segment([*p.segment, "X"]).with_segment(p.segment) if p.segment else p for p in pieces)
    assert rewritten == both or terminator in "\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_keep_their_encoding_also_beside_a_change(encoding):
    content = WRITTEN["837P"].decode().replace("LOPEZ", "NÚÑEZ").encode(encoding)
    changed = [p.with_element(4, "ZOË") if p.element(3) == "NÚÑEZ" else p for p in read(content)]
    assert write(changed) == WRITTEN["837P"].decode().replace("LOPEZ*MARIA", "NÚÑEZ*ZOË").replace(
        "LOPEZ*TOMAS", "NÚÑEZ*ZOË"
    ).encode(encoding)


def test_each_segment_knows_its_loop_and_set():
    loops = {(piece.segment[0], piece.loop) for piece in read(WRITTEN["837P"]) if piece.segment}
    assert {("CLM", "2300"), ("SV1", "2400"), ("SBR", "2000B"), ("ISA", "")} <= loops
    claim = next(piece for piece in read(WRITTEN["837P"]) if piece.element(1) == "PCN0001")
    assert (claim.where.transaction, claim.begins, claim.element(5, 2)) == ("837P", True, "B")


def test_a_changed_element_changes_nothing_else():
    content = WRITTEN["837P"]
    changed = write(p.with_element(5, "22", component=1) if p.segment[:2] == ["CLM", "PCN0001"] else p for p in read(content))
    assert changed == content.replace(b"CLM*PCN0001*330***11:B:1", b"CLM*PCN0001*330***22:B:1")


def test_counts_are_set_right_where_segments_went_or_came():
    content = WRITTEN["837P"]
    assert write(recounted(read(content))) == content
    kept = [piece for piece in read(content) if piece.segment[:2] != ["REF", "6R"]]
    assert "count-wrong" in {code for _, code in _codes(write(kept))}
    assert _codes(write(recounted(kept))) == []
    grown = []
    for piece in read(content):
        grown.append(piece)
        if piece.segment[:1] == ["CLM"]:
            grown.append(piece.with_segment(["DTP", "454", "D8", "20261030"]))
    assert _codes(write(recounted(grown))) == []


def test_a_value_that_holds_a_delimiter_is_refused_without_naming_it():
    claim = next(piece for piece in read(WRITTEN["837P"]) if piece.segment[0] == "CLM")
    with pytest.raises(ValueError, match="CLM01: a value may not hold") as refused:
        claim.with_element(1, "SECRET*1")
    assert "SECRET" not in str(refused.value)
