"""Answer a received 837 as its receiver would: TA1 for the envelope, 999 for each set, from the same check everybody runs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import msgspec

from claimwright.findings import Finding
from claimwright.x12.acknowledgement import FunctionalAck, SetAck, Ta1
from claimwright.x12.check import check
from claimwright.x12.located import value
from claimwright.x12.tokens import Segment, Tokens

# Our codes as the 999 says them (X231: IK304 and IK403).
_SEGMENT = {
    "segment-unknown": "1", "segment-unexpected": "2", "segment-missing": "3", "loop-missing": "3", "loop-repeats": "4",
    "segment-repeats": "5", "segment-unused": "6", "segment-order": "7", "trailing-separator": "8", "elements-too-many": "8",
}  # fmt: skip
_ELEMENT = {
    "element-missing": "1", "element-condition": "2", "components-too-many": "13", "component-unexpected": "13",
    "element-short": "4", "element-long": "5", "number-invalid": "6", "character-invalid": "6", "code-invalid": "7",
    "date-invalid": "8", "time-invalid": "9", "element-excluded": "10", "element-repeats": "12", "element-unused": "I10",
}  # fmt: skip
# What makes an interchange fail, as TA105 says it (Interchange Acknowledgement, data element I18).
_TA1 = {
    "isa-elements": "022", "isa-width": "022", "isa-value": "022", "iea-missing": "023", "control-differs": "001",
    "count-wrong": "021", "no-interchange": "022", "endless": "003", "ge-missing": "024",
}  # fmt: skip
_TA1_VALUE = {
    "ISA01": "010", "ISA03": "012", "ISA05": "005", "ISA07": "007", "ISA09": "014", "ISA10": "015", "ISA12": "017",
    "ISA13": "018", "ISA14": "019", "ISA15": "020",
}  # fmt: skip


def acknowledge(source: bytes, today: date, *, snip: Collection[int] = (1, 2)) -> tuple[Ta1 | None, FunctionalAck]:
    """What a receiver answers: a TA1 where the sender asked for one (ISA14) or the envelope is wrong, and a 999.

    The 999 is of the file's first group; `acknowledgements` answers files with several.
    """
    ta1, groups = acknowledgements(source, today, snip=snip)
    empty = FunctionalAck(group_control="", functional_id="", version="", code="R", included=0, received=0, accepted=0)
    return ta1, groups[0] if groups else empty


def acknowledgements(source: bytes, today: date, *, snip: Collection[int] = (1, 2)) -> tuple[Ta1 | None, list[FunctionalAck]]:
    """The TA1, if one is due, and a 999 for each group."""
    findings = [one for one in check(source, snip=snip, today=today) if one.severity != "info"]
    sets = _sets(source)
    ta1 = _interchange(source, findings)
    if ta1 is not None and not ta1.accepted:
        return ta1, []
    return ta1, [_group(group, members, findings) for group, members in sets]


class _Set(msgspec.Struct):
    """A set's place in the file."""

    header: Segment
    first: int
    last: int


def _sets(source: bytes) -> list[tuple[Segment, list[_Set]]]:
    groups: list[tuple[Segment, list[_Set]]] = []
    tokens = Tokens(source)
    for segment in tokens:
        if segment[0] == "GS":
            groups.append((segment, []))
        elif segment[0] == "ST" and groups:
            groups[-1][1].append(_Set(segment, tokens.line, tokens.line))
        elif groups and groups[-1][1] and segment[0] not in ("GE", "IEA", "ISA"):
            groups[-1][1][-1].last = tokens.line
    return groups


def _interchange(source: bytes, findings: list[Finding]) -> Ta1 | None:
    first = next(iter(Tokens(source)), [])
    bad = next((one for one in findings if one.segment in ("ISA", "IEA") and one.severity == "error"), None)
    if bad is None and value(first, 14) != "1":
        return None
    try:
        received = datetime.strptime(value(first, 9) + value(first, 10), "%y%m%d%H%M")
    except ValueError:
        received = None
    note = "000" if bad is None else _TA1_VALUE.get(bad.element) or _TA1.get(bad.code, "024")
    code = "A" if bad is None else "R"
    return Ta1(interchange=value(first, 13), accepted=bad is None, code=code, note=note, received=received)


def _group(group: Segment, members: list[_Set], findings: list[Finding]) -> FunctionalAck:
    answers = tuple(_answer(group, one, findings) for one in members)
    accepted = sum(one.accepted for one in answers)
    wrong = [one for one in findings if one.segment in ("GS", "GE") and one.severity == "error"]
    reasons = tuple(sorted({{"count-wrong": "5", "control-differs": "4", "ge-missing": "3"}.get(one.code, "1") for one in wrong}))
    clean = not reasons and all(one.code == "A" for one in answers)
    code = "A" if clean else "R" if not accepted else "P" if accepted < len(answers) else "E"
    return FunctionalAck(
        group_control=value(group, 6),
        functional_id=value(group, 1),
        version=value(group, 8),
        code=code,
        included=len(members),
        received=len(members),
        accepted=accepted,
        sets=answers,
        reasons=reasons[:5],
    )


def _answer(group: Segment, one: _Set, findings: list[Finding]) -> SetAck:
    """One set's answer: refused for an error, taken with a note for a warning."""
    own = [
        finding for finding in findings if one.first <= finding.line <= one.last and finding.segment not in ("GS", "GE", "IEA")
    ]
    errors = tuple(_error(finding, one.first) for finding in own if finding.segment not in ("ST", "SE") or finding.element)
    refused = any(finding.severity == "error" for finding in own)
    reasons: set[str] = set()
    for finding in own:
        reasons.add({"se-missing": "2", "control-differs": "3", "count-wrong": "4", "st-control": "7"}.get(finding.code, "5"))
    return SetAck(
        group=value(group, 6),
        set_id=value(one.header, 1),
        set_control=value(one.header, 2),
        version=value(one.header, 3),
        accepted=not refused,
        code="R" if refused else "E" if own else "A",
        errors=errors,
        reasons=tuple(sorted(reasons))[:5],
    )


def _error(finding: Finding, first: int) -> Finding:
    """A finding as a 999 says it: counted from ST, in its codes."""
    if finding.code in _ELEMENT and finding.element:
        code = f"IK4:{_ELEMENT[finding.code]}"
    elif finding.element and finding.code not in _SEGMENT:
        code = "IK4:I12"
    else:
        code = f"IK3:{_SEGMENT.get(finding.code, '8')}"
    kept = finding.element if code.startswith("IK4") else ""
    line = finding.line - first + 1
    return msgspec.structs.replace(finding, code=code, line=line, element=kept, fix="", file="", transaction="", version="")
