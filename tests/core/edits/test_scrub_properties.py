"""The scrubber takes any claim: it answers with findings, never with an exception."""

from datetime import date, timedelta
from decimal import Decimal

from edit_bench import claim, context, earlier, findings, replace
from hypothesis import given, settings
from hypothesis import strategies as st

from claimwright.claims.model import ServiceLine
from claimwright.edits.diagnoses import sides_in
from claimwright.edits.scrub import FAILED

CODES = st.sampled_from(
    ["99213", "99203", "20610", "96361", "J3301", "71046", "90471", "G2211", "87880", "99397", "17999", "ZZZZZ", "", "9"]
)
DIAGNOSES = st.lists(
    st.sampled_from(
        ["M17.11", "M17.1", "S93.401", "W19.XXXA", "F02.80", "E11.9", "E10.9", "Z68.32", "O80", "N40.0", "nonsense", ""]
    ),
    max_size=14,
)
MODIFIERS = st.lists(st.sampled_from(["25", "59", "RT", "LT", "50", "26", "TC", "95", "QW", "GY", "x", "CS"]), max_size=5)


@st.composite
def service_lines(draw: st.DrawFn) -> tuple[ServiceLine, ...]:
    made = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        first = draw(st.dates(date(2009, 1, 1), date(2027, 12, 31)))
        made.append(
            ServiceLine(
                number=number,
                procedure=draw(CODES),
                charge=draw(st.integers(-500, 50_000)),
                first_service=first,
                last_service=draw(st.sampled_from([None, first, first + timedelta(days=40), first - timedelta(days=1)])),
                modifiers=tuple(draw(MODIFIERS)),
                units=draw(st.decimals(Decimal(-1), Decimal(99), places=1)),
                pointers=tuple(draw(st.lists(st.integers(-1, 14), max_size=5))),
                place_of_service=draw(st.sampled_from(["", "10", "21", "99", "zz"])),
            )
        )
    return tuple(made)


@settings(max_examples=150, deadline=None)
@given(
    service_lines(),
    DIAGNOSES,
    st.sampled_from(["CI", "MB", "MC", "HM", "??"]),
    st.sampled_from(["professional", "institutional", "dental"]),
)
def test_any_claim_is_answered_with_findings(lines, diagnoses, filing, form):
    spoilt = claim(lines=lines, dx=" ".join(diagnoses), filing=filing, form=form)
    beside = context(history=(earlier(), earlier("A002", do="20610-RT")), batch=(replace(spoilt, patient_control_number="B1"),))
    for finding in findings(spoilt, beside):
        assert finding.message and finding.fix and finding.edit == finding.code != FAILED
        assert 0 <= finding.line <= len(lines)


def test_the_side_is_read_beside_the_body_part():
    note = "Left knee unremarkable. Twisted the right ankle on a step."
    assert sides_in(note, "S93.409A") == ["right"]
    assert sides_in("No injury of either leg.", "S93.409A") == []
