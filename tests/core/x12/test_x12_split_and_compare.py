"""Parts are whole files and together say what the whole says; two files differ only in what they mean."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from pathlib import Path

import pytest
from typer.testing import CliRunner
from x12_samples import WRITTEN

from claimwright.cli.x12 import app
from claimwright.x12.check import check
from claimwright.x12.compare import Difference, compare, meanings
from claimwright.x12.split import WAYS, split
from claimwright.x12.tokens import Tokens

run = CliRunner()
CORPUS = Path(__file__).parents[4] / "shared" / "data" / "x12"
FILES = sorted(CORPUS.glob("*/*")) if CORPUS.is_dir() else []


def _parts(content: bytes, by: str, **size: int) -> list[bytes]:
    parts: dict[int, bytes] = defaultdict(bytes)
    for chunk in split(content, by, control=500, **size):
        parts[chunk.part] += chunk.content
    return list(parts.values())


def _said(a: bytes, b: bytes) -> list[tuple[str, str, str, str, str]]:
    return [(one.control, one.change, one.what, one.a, one.b) for one in compare(io.BytesIO(a), io.BytesIO(b))]


def _codes(content: bytes) -> list[str]:
    return [one.code for one in check(content)]


# Split ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", WAYS)
@pytest.mark.parametrize("kind", WRITTEN)
def test_parts_are_valid_and_lose_nothing(kind, by):
    whole = WRITTEN[kind]
    try:
        parts = _parts(whole, by, claims=2)
    except ValueError:
        assert by == "claim" and kind in ("835", "277CA", "999", "278", "278R")
        return
    assert all(_codes(part) == [] for part in parts)
    assert _said(whole, b"".join(parts)) == []
    controls = [segment[13] for part in parts for segment in Tokens(part) if segment[0] == "ISA"]
    assert controls == [f"{500 + place:09d}" for place in range(len(parts))]


@pytest.mark.parametrize("kind", ["837P", "837I", "837D", "270", "271", "276", "277"])
def test_by_claim_each_part_holds_one(kind):
    parts = _parts(WRITTEN[kind], "claim")
    assert len(parts) > 1
    for part in parts:
        assert sum(1 for name, _, _ in meanings(io.BytesIO(part)) if name not in ("header", "level")) == 1


def test_by_size_counts_claims_or_bytes():
    assert [part.count(b"CLM*") for part in _parts(WRITTEN["837P"], "size", claims=2)] == [2, 1]
    assert [part.count(b"CLM*") for part in _parts(WRITTEN["837P"], "size", size=1)] == [1, 1, 1]


def test_by_payer_each_part_names_one():
    other = WRITTEN["837P"].replace(b"PI*SBX01", b"PI*OTHER").replace(b"*000000905", b"*000000906").replace(b"PCN", b"QCN")
    both = WRITTEN["837P"] + other
    parts = _parts(both, "payer")
    assert len(parts) == 2 and b"PI*OTHER" not in parts[0] and b"PI*SBX01" not in parts[1]
    assert _said(both, b"".join(parts)) == []


def test_an_835_is_not_split_within_a_payment():
    with pytest.raises(ValueError, match="must add up to BPR02"):
        _parts(WRITTEN["835"], "claim")
    assert len(_parts(WRITTEN["835"], "set")) == 2


def test_a_dash_may_be_a_delimiter():
    whole = WRITTEN["837P"].replace(b":", b"-")
    assert _said(whole, b"".join(_parts(whole, "claim"))) == []


def test_a_subscribers_level_says_that_children_follow_only_where_they_do():
    parts = _parts(WRITTEN["837P"], "claim")
    levels = [[segment[4] for segment in Tokens(part) if segment[0] == "HL"] for part in parts]
    assert levels == [["1", "0"], ["1", "1", "0"], ["1", "0"]]


@pytest.mark.skipif(not FILES, reason="the public sample files (../shared/data/x12) are absent")
def test_the_public_files_come_apart_without_loss_and_without_new_findings():
    split_files = 0
    for path in FILES:
        whole = path.read_bytes()
        for by in ("size", "set"):
            parts = _parts(whole, by, claims=2)
            said = [one for one in meanings(io.BytesIO(whole)) if one[0] != "header"]
            kept = [one for one in meanings(io.BytesIO(b"".join(parts))) if one[0] != "header"]
            assert said == kept, (path.name, by)
            if by == "size" and not any(one.severity == "error" for one in check(whole)):
                assert not [one for part in parts for one in check(part) if one.severity == "error"], (path.name, by)
                split_files += len(parts) > 1
    assert split_files > 5


def test_the_command_writes_parts_and_never_over_another(tmp_path):
    file, out = tmp_path / "week.837", tmp_path / "parts"
    file.write_bytes(WRITTEN["837P"])
    result = run.invoke(app, ["split", str(file), "--by", "payer", "--out", str(out), "--json"])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0 and [Path(row["file"]).name for row in rows] == ["week-0001-SBX01.837"]
    assert rows[0]["claims"] == 3 and rows[0]["bytes"] == (out / "week-0001-SBX01.837").stat().st_size
    again = run.invoke(app, ["split", str(file), "--by", "payer", "--out", str(out)])
    assert again.exit_code == 2 and "exists already" in again.stderr
    assert [one.name for one in out.iterdir()] == ["week-0001-SBX01.837"]


def test_the_command_leaves_nothing_of_a_split_that_cannot_be(tmp_path):
    file, out = tmp_path / "mixed.x12", tmp_path / "parts"
    file.write_bytes(WRITTEN["837P"] + WRITTEN["835"].replace(b"*000000905", b"*000000906"))
    result = run.invoke(app, ["split", str(file), "--by", "claim", "--out", str(out)])
    assert result.exit_code == 2 and "split it by set" in result.stderr and list(out.iterdir()) == []
    assert run.invoke(app, ["split", str(file), "--size", "many", "--out", str(out)]).exit_code == 2


# Compare -------------------------------------------------------------------------------------------------------------


def test_differences_are_told_in_the_fields_words():
    changed = (
        WRITTEN["837P"].replace(b"*210.5*", b"*211.5*").replace(b"HC:87880*40.5", b"HC:87880*41.50").replace(b"M1711", b"M1712")
    )
    assert _said(WRITTEN["837P"], changed) == [
        ("PCN0001", "changed", "principal diagnosis", "M1711", "M1712"),
        ("PCN0002", "changed", "charge", "210.50", "211.50"),
        ("PCN0002", "changed", "line 2: charge", "40.50", "41.50"),
    ]


def test_a_claim_on_one_side_only_is_told_once():
    assert [row[:2] for row in _said(WRITTEN["837P"], WRITTEN["837P"].replace(b"PCN0003", b"PCN0004"))] == [
        ("PCN0003", "only in A"),
        ("PCN0004", "only in B"),
    ]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("837P", b"~\n", b"!"),
        ("837P", b"*", b"|"),
        ("837P", b":", b">"),
        ("837P", b"*000000905", b"*000000077"),
        ("837P", b"*261116*0930*", b"*261201*1111*"),
        ("837P", b"BATCH7", b"BATCH8"),
        ("837P", b"*210.5*", b"*210.50*"),
        ("837P", b"D8*20261102", b"RD8*20261102-20261102"),
        ("835", b"CAS*PR*1*57.6**2*1.7~", b"CAS*PR*2*1.7**1*57.6~"),
        ("835", b"CAS*PR*1*57.6**2*1.7~", b"CAS*PR*2*1.70~\nCAS*PR*1*57.6~"),
        ("835", b"DTM*232*20261102~\nDTM*050*20261105~", b"DTM*050*20261105~\nDTM*232*20261102~"),
    ],
)
def test_what_means_nothing_is_no_difference(kind, old, new):
    changed = WRITTEN[kind].replace(old, new)
    assert changed != WRITTEN[kind] and _said(WRITTEN[kind], changed) == []


def test_the_order_of_claims_and_lines_is_no_difference():
    rows = WRITTEN["837P"].split(b"~\n")
    first, second, end = [
        place for place, row in enumerate(rows) if row[:3] == b"HL*" and row.split(b"*")[3] in (b"22", b"20") and place > 10
    ][:3]
    turned = rows[:first] + rows[second:end] + rows[first:second] + rows[end:]
    assert _said(WRITTEN["837P"], b"~\n".join(turned)) == []
    one = b"LX*1~\nSV1*HC:99213:25*150*UN*1***1:2~\nDTP*472*D8*20261102~\nREF*6R*L000001~\n"
    assert one in WRITTEN["837P"]
    moved = WRITTEN["837P"].replace(one, b"", 1).replace(b"REF*6R*L000002~\n", b"REF*6R*L000002~\n" + one, 1)
    assert _said(WRITTEN["837P"], moved) == []


@pytest.mark.parametrize("kind", [kind for kind in WRITTEN if kind != "TA1"])
def test_any_changed_value_is_seen(kind):
    rows = WRITTEN[kind].split(b"~\n")
    silent = (b"ISA", b"GS*", b"ST*", b"SE*", b"GE*", b"IEA", b"HL*", b"LX*", b"BHT", b"LS*", b"LE*", b"")
    for place, row in enumerate(rows):
        if row[:3] in silent or row[:2] in (b"HL", b""):
            continue
        changed = b"~\n".join([*rows[:place], row + b"9", *rows[place + 1 :]])
        assert _said(WRITTEN[kind], changed), row


def test_sets_without_a_table_are_compared_by_segment():
    old = WRITTEN["837P"].replace(b"005010X222A1", b"004010X098A1")
    said = list(compare(io.BytesIO(old), io.BytesIO(old.replace(b"*210.5*", b"*211.5*"))))
    assert [type(one) for one in said] == [Difference] and said[0].what == "segment CLM"


def test_the_command_says_same_different_or_unreadable(tmp_path):
    a, b = tmp_path / "a.837", tmp_path / "b.837"
    a.write_bytes(WRITTEN["837P"])
    b.write_bytes(WRITTEN["837P"].replace(b"*210.5*", b"*211.5*"))
    assert run.invoke(app, ["diff", str(a), str(a)]).exit_code == 0
    result = run.invoke(app, ["diff", str(a), str(b)])
    assert (result.exit_code, result.stdout) == (1, "claim PCN0002: charge 210.50 -> 211.50\n")
    row = json.loads(run.invoke(app, ["diff", str(a), str(b), "--json"]).stdout)
    assert (row["control_number"], row["what"], row["a"], row["b"]) == ("PCN0002", "charge", "210.50", "211.50")
    assert "210.5" not in run.invoke(app, ["diff", str(a), str(b), "--no-values"]).stdout
    assert run.invoke(app, ["diff", str(a), str(tmp_path / "none")]).exit_code == 2
