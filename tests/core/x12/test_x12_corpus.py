"""Every public sample file: nothing raises, and each verdict is the one settled by hand (tests/data/x12)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from claimwright.x12.check import check
from claimwright.x12.show import sentences, show

ROOT = Path(__file__).parents[3]
CORPUS = ROOT.parent / "shared" / "data" / "x12"
DATA = ROOT / "tests" / "data" / "x12"
VERDICTS = dict(line.split("\t") for line in (DATA / "verdicts.tsv").read_text().splitlines()[1:])
PEERS = [line.split("\t") for line in (DATA / "peers.tsv").read_text().splitlines()[1:]]
REASONS = {line.split("\t")[0] for line in (DATA / "reasons.tsv").read_text().splitlines()[1:]}

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the public sample files (../shared/data/x12) are absent")


def test_every_code_of_a_verdict_has_its_reason():
    assert {code for codes in VERDICTS.values() for code in codes.split()} == REASONS


def test_where_two_checkers_disagree_it_is_settled_who_is_right():
    """What pyx12 and x12sdk said is recorded; `-` where they cannot read the transaction or version."""
    for name, pyx12, x12sdk, own, reason in PEERS:
        assert len({pyx12, x12sdk, own} - {"-"}) == 2, name
        assert own == ("bad" if VERDICTS[name] else "good"), name
        assert len(reason) > 20, name


@needs_corpus
def test_every_file_has_a_verdict():
    files = {str(path.relative_to(CORPUS)) for folder in CORPUS.iterdir() if folder.is_dir() for path in folder.iterdir()}
    assert files == set(VERDICTS)


@needs_corpus
@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_holds_and_the_file_can_be_shown(name):
    content = (CORPUS / name).read_bytes()
    found = list(check(io.BytesIO(content), file=name))
    assert sorted({one.code for one in found if one.severity == "error"}) == VERDICTS[name].split()
    lines = [one.line for one in found]
    assert all(line > 0 for line in lines)
    rows = list(show(content))
    assert rows and list(sentences(rows))
