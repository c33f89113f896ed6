"""What docs/howto/x12.md tells a developer runs as it stands there."""

from __future__ import annotations

import importlib
import re
from datetime import datetime
from pathlib import Path

from x12_samples import WRITTEN

from claimwright.parties import Payer, Provider
from claimwright.x12.check import check
from claimwright.x12.envelope import Envelope
from claimwright.x12.functional import read_999

HOWTO = (Path(__file__).parents[3] / "docs" / "howto" / "x12.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", HOWTO, re.DOTALL)


def given() -> dict[str, object]:
    """What the snippets take for granted."""
    return {
        "data": WRITTEN["837P"],
        "envelope": Envelope(
            sender_id="LAKESIDE", receiver_id="SBX01", interchange=12, group=12, created=datetime(2026, 11, 16, 8)
        ),
        "practice": Provider(npi="1234567893", name="LAKESIDE", phone="5125550100"),
        "payer": Payer(name="SANDBOX", payer_id="SBX01"),
    }


def test_ten_lines_read_check_acknowledge_and_write():
    names = given()
    exec(BLOCKS[0], names)
    assert names["claims"] and names["findings"] == []
    assert [ack.accepted for ack in read_999(names["answer"])] == [True]
    assert [one for one in check(names["content"]) if one.severity == "error"] == []


def test_an_element_is_changed_and_every_other_byte_kept():
    names = given()
    exec(BLOCKS[1], names)
    before, after = WRITTEN["837P"].split(b"~"), names["changed"].split(b"~")
    assert {one for one, other in zip(before, after, strict=True) if one != other} == {
        one for one in before if one.strip().startswith(b"CLM")
    }


def test_every_reader_and_writer_of_the_table_exists():
    for row in HOWTO.splitlines():
        for module, name in re.findall(r"`([a-z_]+)\.([A-Za-z_0-9]+)`", row) if row.startswith("|") else ():
            if module not in ("claims", "remits"):
                assert hasattr(importlib.import_module(f"claimwright.x12.{module}"), name), f"{module}.{name}"
