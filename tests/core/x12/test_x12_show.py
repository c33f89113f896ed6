"""What a file says is shown in its order, set by set, without holding the file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from x12_samples import WRITTEN

from claimwright.x12.show import sentences, show

BLOCK = 4096


class Counted:
    """A source handed out in blocks, counting those that were asked for."""

    def __init__(self, content: bytes) -> None:
        self.content, self.blocks = content, 0

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self.content), BLOCK):
            self.blocks += 1
            yield self.content[start : start + BLOCK]


@pytest.mark.parametrize("kind", WRITTEN)
def test_every_kind_is_shown_the_same_from_bytes_and_from_small_blocks(kind: str) -> None:
    content = WRITTEN[kind]
    rows = list(show(content))
    assert rows and not any(row["kind"] == "segment" for row in rows)
    assert list(show(content[start : start + 7] for start in range(0, len(content), 7))) == rows
    assert all(gist and gist != "read" for _, _, gist in sentences(rows))


def test_rows_come_in_the_files_order_with_their_place_in_it() -> None:
    content = WRITTEN["TA1"] + WRITTEN["837P"] + WRITTEN["276"] + WRITTEN["835"]
    rows = list(show(content))
    kinds = [row["kind"] for row in rows]
    assert kinds[:6] == ["interchange acknowledgement", *["claim"] * 3, *["status inquiry"] * 2][:6]
    segments = [part for part in content.split(b"~\n") if part]
    for row in rows:
        if row["kind"] == "claim":
            assert segments[row["line"] - 1].startswith(b"CLM*" + row["control_number"].encode())


def test_the_first_row_comes_before_the_file_is_read() -> None:
    many = Counted(WRITTEN["837P"] * 800)
    assert next(show(many))["control_number"] == "PCN0001"
    assert many.blocks < len(many.content) // BLOCK // 4


def test_sets_that_have_no_typed_form_are_shown_as_segments_with_their_envelopes_and_the_others_are_not() -> None:
    old = WRITTEN["270"].replace(b"005010X279A1", b"004010X092A1")
    rows = list(show(old + WRITTEN["271"]))
    segments = [row["segment"][0] for row in rows if row["kind"] == "segment"]
    assert segments[:4] == ["ISA", "GS", "ST", "BHT"] and segments[-3:] == ["SE", "GE", "IEA"]
    assert [row["line"] for row in rows if row["kind"] == "segment"] == list(range(1, len(segments) + 1))
    assert [row["kind"] for row in rows if row["kind"] != "segment"][:2] == ["eligibility", "benefit"]


def test_a_set_of_which_its_reader_makes_nothing_is_shown_as_segments() -> None:
    content = WRITTEN["276"]
    head = content[: content.index(b"HL*1")]
    tail = b"SE*3*0001~\nGE*1*17~\nIEA*1*000000905~\n"
    assert [row["segment"][0] for row in show(head + tail)] == ["ISA", "GS", "ST", "BHT", "SE"]
    assert [row["segment"][0] for row in show(head[: head.index(b"ST*")])] == ["ISA", "GS"]
    assert list(show(b"no X12 at all")) == []


def test_claim_status_and_reviews_read_as_a_sentence() -> None:
    said = {kind: [gist for _, _, gist in sentences(show(WRITTEN[kind]))] for kind in ("276", "277", "278", "278R")}
    assert said["277"][0] == "paid, 6.80 of 330.00, on 2026-11-15 by EFT20261115001 (F1:65), SANDBOX HEALTH"
    assert said["277"][1].startswith("not found (A4:35")
    assert said["278"][0] == "services review asked of SANDBOX HEALTH for 2026-12-07: 27447 x 1, 97110 x 12"
    assert said["278R"][0].startswith(
        "certified with changes by SANDBOX HEALTH, number AUTH778, until 2027-02-28; 27447 x 1 certified"
    )
    assert said["278R"][1] == "rejected by SANDBOX HEALTH: 67"
    assert said["276"][0] == "where does the claim of 330.00 for 2026-11-02 stand? asked of SANDBOX HEALTH"
