"""Every file that the payer writes is in order: by our own checker, and by pyx12 where it has the map."""

from __future__ import annotations

import io
import logging

import pytest
from sandbox_office import ANA, GRACE, MARIA, MEDICARE, ON, TED, Office, Visit

from claimwright.parties import Insured
from claimwright.payers.sandbox.model import Behaviour
from claimwright.x12.acknowledgement import read_999
from claimwright.x12.check import check

DOINGS = ("", "reverse", "recoup", "interest", "twice", "unknown_claim", "change_modifier", "deny", "underpay")


def busy_office(visit: Visit, do: str) -> Office:
    """Two months with one behaviour, every kind of answer."""
    doing = [Behaviour(member_id="NL000001", on=ON, do=do, reason="50" if do == "deny" else "", remark="N115")] if do else []  # type: ignore[arg-type]
    office = Office(*doing)
    child = Insured(person=MARIA, member_id="NL000001", relationship="19")
    office.send(
        visit("99213-25 150.00", "20610-RT 180.00"),
        visit("99213 150.00", control="P2", member_id="NL999999"),
        visit("99392-25 170.00", "90471 38.00", control="P3", who=ANA, insured=child),
        visit("80053 25.00", "80048 20.00", "36415 17.00", control="P4", who=TED, member_id="NL000002"),
    )
    office.send(visit("99213 150.00", who=GRACE, member_id="1EG4TE5MK73", payer=MEDICARE, filing_indicator="MB"))
    for who, member_id in ((MARIA, "NL000001"), (TED, "NL000002"), (MARIA, "NL000009"), (MARIA, "12")):
        office.ask(who, member_id)
    office.ask(ANA, "NL000001", insured=child)
    office.wait(60)
    return office


@pytest.mark.parametrize("do", DOINGS)
def test_our_checker_finds_nothing(visit: Visit, do: str) -> None:
    files = [(name, content) for name, content in busy_office(visit, do).files if not name.endswith("csv")]
    found = [(name, one.code, one.element, one.message) for name, content in files for one in check(content, today=ON)]
    assert [one for one in found if one[1] != "date-future"] == []


@pytest.mark.parametrize("do", ["", "reverse", "recoup"])
def test_pyx12_accepts_payments_and_acknowledgements(visit: Visit, do: str, caplog: pytest.LogCaptureFixture) -> None:
    pyx12 = pytest.importorskip("pyx12.x12n_document")
    parameters = pytest.importorskip("pyx12.params").params()
    caplog.set_level(logging.ERROR)
    seen = 0
    for name, content in busy_office(visit, do).files:
        if name.rsplit(".", 1)[1] not in ("835", "999", "277CA"):
            continue
        accepted = pyx12.x12n_document(parameters, io.StringIO(content.decode()), fd_997=None, fd_html=None)
        assert accepted, (name, caplog.text)
        seen += 1
    assert seen >= 6


def test_a_set_with_an_error_is_refused_whole_and_nothing_is_decided(visit: Visit) -> None:
    office = Office()
    name, content = office.batch(visit("99213 150.00"))
    out = office.hand_over((name, content.replace(b"CLM*P1*150", b"CLM*P1*1x0")))
    assert [name.rsplit(".", 1)[1] for name, _ in out] == ["TA1", "999"]
    (ack,) = read_999(out[1][1])
    assert (ack.code, ack.accepted) == ("R", 0)
    assert office.wait(30) == []


def test_what_is_no_x12_is_left_alone() -> None:
    assert Office().hand_over(("note.837", b"not a claim")) == []
