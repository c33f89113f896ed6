"""What claimwright writes, as other people's programs see it."""

from __future__ import annotations

import io
import logging

import pytest
from x12_samples import NO_MONEY, REMITTANCE, WRITTEN

from claimwright.x12.check import check


@pytest.mark.parametrize("kind", WRITTEN)
def test_our_own_check_finds_nothing_in_what_we_write(kind):
    assert [(one.code, one.line, one.message) for one in check(WRITTEN[kind]) if one.severity != "info"] == []


@pytest.mark.parametrize("kind", ["837P", "835", "999", "277CA"])
def test_pyx12_accepts_what_we_write(kind, tmp_path):
    params = pytest.importorskip("pyx12.params").params
    document = pytest.importorskip("pyx12.x12n_document").x12n_document
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    answer, errors = io.StringIO(), io.StringIO()
    path = tmp_path / "written.x12"
    path.write_bytes(WRITTEN[kind])
    accepted = document(params(), str(path), answer, None, fd_json=errors)
    assert accepted, (answer.getvalue(), errors.getvalue())


@pytest.mark.parametrize("kind", ["837P", "835", "270", "271"])
def test_x12sdk_reads_what_we_write(kind, tmp_path):
    reader = pytest.importorskip("x12sdk.io").X12ModelReader
    path = tmp_path / "written.x12"
    path.write_text(WRITTEN[kind].decode().replace("\n", ""))
    with reader(str(path)) as read:
        models = list(read.models())
    assert models


def test_oxedi_counts_the_same_payments_and_has_nothing_to_say():
    result = pytest.importorskip("oxedi").parse(WRITTEN["835"])
    assert list(result.diagnostics) == []
    assert result.count_claims() == sum(len(one.claims) for one in (REMITTANCE, NO_MONEY))
    assert result.sum_payments() * 100 == REMITTANCE.paid + NO_MONEY.paid
