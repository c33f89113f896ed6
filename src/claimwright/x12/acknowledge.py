"""Answer a received file as its receiver would: TA1 for the envelope, 999 for each group, from the same check everybody runs.

What of a check refuses what is a table (tables/answers.txt). Nothing that is itself an answer (999, TA1) is acknowledged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from typing import BinaryIO, TypeVar

import msgspec

from claimwright.findings import Finding
from claimwright.x12.check import check
from claimwright.x12.checks.envelope import GROUPS
from claimwright.x12.checks.payer import PayerRules
from claimwright.x12.envelope import Envelope, text
from claimwright.x12.functional import FunctionalAck, SetAck, Ta1, may_be_copied, write_999, write_ta1
from claimwright.x12.located import value
from claimwright.x12.outline import GroupPlace, InterchangePlace, Route, SetPlace, outline
from claimwright.x12.tokens import Tokens
from claimwright.x12.verdicts import answers_to, holds_code, place_of

Again = bytes | BinaryIO  # read more than once: bytes, or a stream that can be wound back
MOST_ERRORS = 1000  # that a 999 tells of one set; more help nobody, and memory stays bounded
_NAMED = frozenset({"270", "271", "276", "277", "278", "820", "834", "835", "837"})  # sets that AK201 can name (X231)
_NAMED_GROUPS = frozenset({"BE", "HB", "HC", "HI", "HN", "HP", "HR", "HS", "RA"})  # groups that AK101 can name
_UNTOLD = frozenset(
    {"se-missing", "ge-missing", "iea-missing", "version-not-checked", "version-superseded"}
)  # seen in the outline


class SetVerdict(msgspec.Struct):
    """What was found about one set."""

    place: SetPlace
    refused: bool = False
    noted: bool = False
    reasons: frozenset[str] = frozenset()
    errors: tuple[Finding, ...] = ()  # in the codes of a 999, counted from ST
    copies: tuple[tuple[int, str], ...] = ()  # wrong codes, by the place of their error among the errors


class GroupVerdict(msgspec.Struct):
    """What was found about one group."""

    place: GroupPlace
    sets: list[SetVerdict]
    reasons: set[str] = msgspec.field(default_factory=set)


class InterchangeVerdict(msgspec.Struct):
    """What was found about one interchange; a note refuses it."""

    place: InterchangePlace
    groups: list[GroupVerdict]
    note: str = ""

    @property
    def asked(self) -> bool:
        """Whether the sender wants a TA1; one that only answers is not answered."""
        return value(self.place.header, 14) == "1" and (bool(self.groups) or not self.place.answers)


class Blame(msgspec.Struct, frozen=True):
    """Why a claim is refused: a finding of SNIP 3 to 7, short."""

    line: int
    claim: str
    answers: tuple[str, ...]
    message: str


class Receipt(msgspec.Struct):
    """Everything that is to be answered about a file."""

    interchanges: list[InterchangeVerdict]
    blames: list[Blame]  # by line
    unsaid: int = 0  # errors of SNIP 3 to 7 in sets that hold no claims: no acknowledgement can tell them

    def ta1s(self) -> Iterator[tuple[Route, Ta1]]:
        """A TA1 for each interchange that asks for one or is refused."""
        for one in self.interchanges:
            if one.note or one.asked:
                yield one.place.route(), _ta1(one)

    def groups(self) -> Iterator[tuple[Route, FunctionalAck]]:
        """The acknowledgement of each group of the interchanges that were taken; none for a 999, nor for what it cannot name."""
        for one in self.interchanges:
            for group in one.groups if not one.note else ():
                if value(group.place.header, 1) in _NAMED_GROUPS:
                    yield one.place.route(group.place), _functional(group)

    def accepted_sets(self) -> dict[int, Route]:
        """The line of each ST whose set was accepted, with who sent it."""
        taken = [
            (group, one.place.route(group.place))
            for one in self.interchanges
            if not one.note
            for group in one.groups
            if not group.reasons
        ]
        return {member.place.first: route for group, route in taken for member in group.sets if not member.refused}


def acknowledge(source: bytes, today: date, *, snip: Collection[int] = (1, 2)) -> tuple[Ta1 | None, FunctionalAck]:
    """What a receiver answers: a TA1 where the sender asked for one (ISA14) or the envelope is wrong, and a 999.

    The 999 is of the file's first group; `acknowledgements` answers files with several.
    """
    ta1, groups = acknowledgements(source, today, snip=snip)
    empty = FunctionalAck(group_control="", functional_id="", version="", code="R", included=0, received=0, accepted=0)
    return ta1, groups[0] if groups else empty


def acknowledgements(source: Again, today: date, *, snip: Collection[int] = (1, 2)) -> tuple[Ta1 | None, list[FunctionalAck]]:
    """The first TA1, if one is due, and a 999 for each group."""
    receipt = receive(source, today, snip=snip)
    if not receipt.interchanges:
        return Ta1(interchange="", accepted=False, code="R", note="022"), []
    return next((ta1 for _, ta1 in receipt.ta1s()), None), [ack for _, ack in receipt.groups()]


def ta1_file(receipt: Receipt, envelope: Callable[[Route], Envelope]) -> bytes:
    """Every TA1 that is due, each in its own interchange; `envelope` gives each the next control numbers."""
    return b"".join(write_ta1(ta1, envelope(route)) for route, ta1 in receipt.ta1s())


def functional_file(receipt: Receipt, envelope: Callable[[Route], Envelope]) -> bytes:
    """The 999s: one interchange for each sender, a set in it for each group."""
    by_route: dict[Route, list[FunctionalAck]] = {}
    for route, ack in receipt.groups():
        by_route.setdefault(route, []).append(ack)
    return b"".join(write_999(acks, envelope(route)) for route, acks in by_route.items())


def wound_back(source: Again) -> Again:
    """The source from its start."""
    if not isinstance(source, bytes):
        source.seek(0)
    return source


# Receiving -----------------------------------------------------------------------------------------------------------


def receive(
    source: Again, today: date, *, snip: Collection[int] = (1, 2, 3, 4, 5), payer_rules: PayerRules | None = None
) -> Receipt:
    """Check a file and decide what is refused. Reads it two or three times, a claim at a time."""
    return decide(source, check(wound_back(source), snip={1, *snip}, today=today, payer_rules=payer_rules))


def decide(source: Again, findings: Iterable[Finding]) -> Receipt:
    """What a check's findings refuse. For who has checked the file already, or with rules of their own."""
    docket = _Docket(outline(wound_back(source)))
    source = wound_back(source)
    for finding in findings:
        docket.take(finding)
    docket.copy_codes(source)
    docket.blames.sort(key=lambda one: one.line)
    return Receipt(docket.interchanges, docket.blames, docket.unsaid)


class _Docket:
    """Brings each finding to the interchange, group, set or claim that it is about."""

    def __init__(self, places: list[InterchangePlace]) -> None:
        self.interchanges = [_opened(one) for one in places]
        self.blames: list[Blame] = []
        self.unsaid = 0
        self.wanted: dict[int, list[tuple[SetVerdict, int, int, int]]] = {}  # codes to be copied, by line
        self._starts = [one.place.first for one in self.interchanges]
        self._groups = [group for one in self.interchanges for group in one.groups]
        self._group_starts = [one.place.first for one in self._groups]
        self._sets = [member for group in self._groups for member in group.sets]
        self._set_starts = [one.place.first for one in self._sets]

    def take(self, finding: Finding) -> None:
        """Note one finding."""
        if finding.severity == "info" or finding.code in _UNTOLD:
            return
        kind, _, code = (answers := answers_to(finding))[0].partition(":")
        line, error = finding.line, finding.severity == "error"
        if kind == "TA1":
            self._refuse(line, code, error)
        elif kind == "AK9":
            group = _at(self._groups, self._group_starts, line)
            if group is not None and error:
                group.reasons.add(code)
        elif kind in ("IK3", "IK4", "IK5"):
            self._take_form(finding, kind, code)
        elif error and not self._of_claims(line):
            self.unsaid += 1
        elif error:
            self.blames.append(Blame(line, finding.claim, answers, finding.message))

    def _of_claims(self, line: int) -> bool:
        member = _at(self._sets, self._set_starts, line)
        return member is not None and member.place.set_id == "837"

    def _refuse(self, line: int, note: str, error: bool) -> None:
        interchange = _at(self.interchanges, self._starts, line)
        if interchange is not None and error:
            interchange.note = interchange.note or note

    def _take_form(self, finding: Finding, kind: str, code: str) -> None:
        """A finding about the form of a set: refused for an error, taken with a note for a warning."""
        line, error = finding.line, finding.severity == "error"
        member = _at(self._sets, self._set_starts, line)
        if member is None or line > member.place.last:
            self._refuse(line, "024", error)
            return
        member.noted = True
        member.refused = member.refused or error
        member.reasons |= {code if kind == "IK5" else "5" if finding.snip == 1 else "I5"}
        if kind == "IK5" or len(member.errors) >= MOST_ERRORS:
            return
        place, component = place_of(finding)
        if kind == "IK4" and not place:
            kind, code = "IK3", "8"
        element = f"{finding.segment}{place:02d}{f'-{component}' if component else ''}" if kind == "IK4" else ""
        if code == "7" and kind == "IK4" and holds_code(finding.segment, place, component):
            self.wanted.setdefault(line, []).append((member, len(member.errors), place, component))
        told = msgspec.structs.replace(
            finding, code=f"{kind}:{code}", line=line - member.place.first + 1, element=element,
            segment=_segment_name(finding.segment), fix="", file="", transaction="", version="", snip=0,
        )  # fmt: skip
        member.errors += (told,)

    def copy_codes(self, source: Again) -> None:
        """Fetch the wrong codes from the file."""
        if not self.wanted:
            return
        tokens, last = Tokens(source), max(self.wanted)
        for rows in tokens.batches():
            marks, line = tokens.delimiters, tokens.line - len(rows)
            for at in range(line + 1, tokens.line + 1):
                for member, place, element, component in self.wanted.get(at, ()):
                    whole = value(rows[at - line - 1].split(marks.element), element)
                    parts = whole.split(marks.component) if component else [whole]
                    copy = parts[component - 1] if component and component <= len(parts) else parts[0]
                    if copy and may_be_copied(copy):
                        member.copies += ((place, copy),)
            if tokens.line >= last:
                return


_Verdict = TypeVar("_Verdict")


def _at(verdicts: list[_Verdict], starts: list[int], line: int) -> _Verdict | None:
    """The last that begins at this line or before."""
    place = bisect_right(starts, line)
    return verdicts[place - 1] if place else None


def _opened(place: InterchangePlace) -> InterchangeVerdict:
    """An interchange with what its outline alone shows to be wrong."""
    groups = []
    for group in place.groups:
        members = [SetVerdict(one) for one in group.sets]
        for one in members:
            if not one.place.closed:
                one.refused, one.reasons = True, frozenset({"2"})
            if not one.place.table:
                one.refused = True
                one.reasons |= {"I6" if one.place.set_id in GROUPS else "1"}
        verdict = GroupVerdict(group, members)
        if not group.closed:
            verdict.reasons.add("3")
        if members and not any(one.place.table for one in members):
            verdict.reasons.add("2" if any(one.place.set_id in GROUPS for one in members) else "1")
        groups.append(verdict)
    header = place.header
    note = "" if place.closed else "023"
    if any(value(one.header, 1) not in GROUPS.values() for one in place.groups):
        note = note or "024"
    if not value(header, 6).strip() or not value(header, 8).strip():
        note = note or ("008" if value(header, 6).strip() else "006")
    return InterchangeVerdict(place, groups, note)


def _segment_name(text: str) -> str:
    """A segment identifier as IK301 can hold it."""
    return text if re.fullmatch(r"[A-Z][A-Z0-9]{1,2}", text) else "ZZZ"


# Answering -----------------------------------------------------------------------------------------------------------


def _ta1(one: InterchangeVerdict) -> Ta1:
    header = one.place.header
    try:
        received = datetime.strptime(value(header, 9) + value(header, 10), "%y%m%d%H%M")
    except ValueError:
        received = None
    control = value(header, 13)
    control = control if re.fullmatch(r"[0-9]{1,9}", control) else "0"
    return Ta1(
        interchange=f"{control:0>9}",
        accepted=not one.note,
        code="R" if one.note else "A",
        note=one.note or "000",
        received=received,
    )


def _functional(group: GroupVerdict) -> FunctionalAck:
    header, reasons = group.place.header, sorted(group.reasons)
    told = [one for one in group.sets if one.place.set_id in _NAMED and (not reasons or one.refused)]
    accepted = 0 if reasons else sum(not one.refused for one in group.sets)
    received, said = len(group.sets), group.place.included
    if reasons or not accepted:
        code = "R"
    elif accepted < received:
        code = "P"
    else:
        code = "E" if any(one.noted for one in group.sets) else "A"
    return FunctionalAck(
        group_control=value(header, 6),
        functional_id=value(header, 1),
        version=value(header, 8)[:12],
        code=code,
        included=int(said) if re.fullmatch(r"[0-9]{1,6}", said) else received,
        received=received,
        accepted=accepted,
        sets=tuple(_answer(header, one) for one in told),
        reasons=tuple(reasons)[:5],
    )


def _answer(group: list[str], one: SetVerdict) -> SetAck:
    place, copies = one.place, dict(one.copies)
    return SetAck(
        group=value(group, 6),
        set_id=place.set_id,
        set_control=f"{text(place.control):0>4}"[:9],
        version=place.version[:35],
        accepted=not one.refused,
        code="R" if one.refused else "E" if one.noted else "A",
        errors=one.errors,
        reasons=tuple(sorted(one.reasons))[:5],
        copies=tuple(copies.get(at, "") for at in range(len(one.errors))) if copies else (),
    )
