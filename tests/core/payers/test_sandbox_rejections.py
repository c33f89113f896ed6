"""Why a 271 refuses a member: the codes are those that the guide lists for the loop they stand in.

x12sdk allows in 2100C and 2100D only what X279 lists for the requester (2100B): it refuses 71, 72, 73 and 75, which the
guide, and CORE's rule on error codes (258), want there. We keep to the guide; x12sdk is asked where it has the right list.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from sandbox_office import ANA, MARIA, NORTH, ON, Office

from claimwright.parties import Insured, Person
from claimwright.x12.check import check

CHILD = Insured(person=MARIA, member_id="NL000001", relationship="19")


@pytest.mark.parametrize(
    ("who", "member_id", "insured", "expected"),
    [
        (MARIA, "NL000009", None, ("75", "2100C")),
        (MARIA, "12", None, ("72", "2100C")),
        (msgspec.structs.replace(MARIA, birth=date(1971, 1, 1)), "NL000001", None, ("71", "2100C")),
        (msgspec.structs.replace(MARIA, last="No"), "NL000001", None, ("73", "2100C")),
        (msgspec.structs.replace(ANA, birth=date(2011, 1, 1)), "NL000001", CHILD, ("71", "2100D")),
        (msgspec.structs.replace(ANA, last="No"), "NL000001", CHILD, ("65", "2100D")),
    ],
)
def test_a_member_is_refused_with_a_code_of_its_loop(
    who: Person, member_id: str, insured: Insured | None, expected: tuple[str, str]
) -> None:
    office = Office()
    answer = office.ask(who, member_id, insured=insured)
    assert [(one.reason, one.loop) for one in answer.rejections] == [expected]
    assert [one.message for one in check(office.files[-1][1], today=ON)] == []


@pytest.mark.parametrize(("missing", "expected"), [("provider_npis", "51"), ("plans", "79")])
def test_x12sdk_agrees_on_what_is_refused_above_the_member(missing: str, expected: str, tmp_path: Path) -> None:
    reader = pytest.importorskip("x12sdk.io").X12ModelReader
    office = Office()
    office.book = msgspec.structs.replace(office.book, **{missing: frozenset() if missing == "provider_npis" else ()})
    answer = office.ask(MARIA, "NL000001")
    assert [one.reason for one in answer.rejections] == [expected] and answer.payer.payer_id == NORTH.payer_id
    path = tmp_path / "answer.271"
    path.write_text(office.files[-1][1].decode().replace("\n", ""))
    with reader(str(path)) as read:
        assert len(list(read.models())) == 1
