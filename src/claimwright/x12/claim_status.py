"""276 and 277 (005010X212): where does this claim stand, and the payer's answer. Amounts in whole cents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

from claimwright.money import Cents
from claimwright.parties import Payer, Person, Provider, Struct
from claimwright.x12.claim_parts import add_reference
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, span, text
from claimwright.x12.located import Place, Section, part, sections, value
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.values import UnreadableError, amount, date8, dates, person, provider, quantity, reference

VERSION = "005010X212"


class Receiver(Struct):
    """Who asks and gets the answer: the practice, its billing service or clearinghouse, by the number the payer gave it."""

    name: str
    identifier: str  # NM109 with 46, the electronic transmitter's number
    first: str = ""
    middle: str = ""
    person: bool = False


class StatusCode(Struct):
    """One status: category and code (X12 lists 507 and 508), and the entity that it speaks of."""

    category: str  # A acknowledged, P pending, F finalized, R more information wanted, D and E not answered
    code: str
    entity: str = ""
    code_list: str = ""  # RX where the code is NCPDP's


class Status(Struct):
    """One STC: up to three codes, and the money and dates that go with them."""

    codes: tuple[StatusCode, ...]
    effective: date | None = None
    charge: Cents | None = None
    paid: Cents | None = None
    finalized: date | None = None  # adjudication was finished
    paid_on: date | None = None
    check_number: str = ""  # or the transfer's trace number


class LineInquiry(Struct):
    """One service line asked about."""

    procedure: str
    charge: Cents | None = None
    units: Decimal | None = None
    first_service: date | None = None
    last_service: date | None = None
    qualifier: str = "HC"  # SVC01-1: HC HCPCS and CPT, AD dental, NU revenue code, N4 drug ...
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""
    control_number: str = ""  # of the line, REF FJ


class LineStatus(LineInquiry):
    """What is said of one service line."""

    statuses: tuple[Status, ...] = ()
    paid: Cents | None = None


class _Claim(Struct):
    """What names a claim, in the question and in the answer."""

    payer: Payer
    receiver: Receiver
    trace: str  # TRN02: the asker's own number, which the answer gives back
    provider: Provider | None = None  # None in answers that stop at the receiver
    other_provider: Provider | None = None  # the provider's second identity, in the same loop
    subscriber: Person | None = None
    member_id: str = ""
    dependent: Person | None = None  # None: the subscriber is the patient
    reference: str = ""  # BHT03
    payer_control_number: str = ""
    bill_type: str = ""
    patient_control_number: str = ""
    prescription_number: str = ""
    clearinghouse_number: str = ""
    first_service: date | None = None
    last_service: date | None = None

    @property
    def patient(self) -> Person | None:
        """The dependent, or the subscriber."""
        return self.dependent or self.subscriber


class StatusInquiry(_Claim):
    """A 276: where does this claim stand?"""

    charge: Cents | None = None
    group_number: str = ""
    location: str = ""  # REF LU: the payer's application or location
    lines: tuple[LineInquiry, ...] = ()


class StatusAnswer(_Claim):
    """A 277: the payer's word on one claim, or, when `level` is receiver or provider, on all that was asked there."""

    statuses: tuple[Status, ...] = ()
    level: Literal["claim", "provider", "receiver"] = "claim"
    voucher: str = ""
    lines: tuple[LineStatus, ...] = ()

    @property
    def category(self) -> str:
        """The first status's category; empty where there is none."""
        return next((code.category for one in self.statuses for code in one.codes), "")

    @property
    def charge(self) -> Cents | None:
        """What was billed, as the payer has it."""
        return next((one.charge for one in self.statuses if one.charge is not None), None)

    @property
    def paid(self) -> Cents | None:
        """What was paid."""
        return next((one.paid for one in self.statuses if one.paid is not None), None)


_REFERENCES = (
    ("1K", "payer_control_number"), ("BLT", "bill_type"), ("LU", "location"), ("6P", "group_number"),
    ("EJ", "patient_control_number"), ("XZ", "prescription_number"), ("VV", "voucher"), ("D9", "clearinghouse_number"),
)  # fmt: skip


# Writing -------------------------------------------------------------------------------------------------------------


def write_276(inquiries: Sequence[StatusInquiry], envelope: Envelope) -> bytes:
    """One 276 file; neighbours that share payer, receiver and BHT03 share a set."""
    return _write("276", "13", "HR", inquiries, envelope)


def write_277(answers: Sequence[StatusAnswer], envelope: Envelope) -> bytes:
    """One 277 file; neighbours that share payer, receiver and BHT03 share a set."""
    return _write("277", "08", "HN", answers, envelope)


def _write(code: str, purpose: str, functional_id: str, claims: Sequence[_Claim], envelope: Envelope) -> bytes:
    sets = []
    created = envelope.created
    for place, (_, group) in enumerate(groupby(claims, key=lambda one: (one.payer, one.receiver, one.reference))):
        same = list(group)
        out = SetWriter(code, set_control(envelope, place), VERSION)
        head = text(same[0].reference) or text(same[0].trace)
        out.add("BHT", "0010", purpose, head, day(created.date()), created.strftime("%H%M"), "DG" if code == "277" else "")
        _source(out, same)
        sets.append(out)
    return interchange(envelope, functional_id, VERSION, sets)


def _source(out: SetWriter, claims: Sequence[_Claim]) -> None:
    payer, receiver = claims[0].payer, claims[0].receiver
    top = out.level("20", None, True)
    out.add("NM1", "PR", "2", text(payer.name), "", "", "", "", "PI", text(payer.payer_id))
    if payer.phone and isinstance(claims[0], StatusAnswer):
        out.add("PER", "IC", "", "TE", payer.phone)
    for whole, group in groupby(claims, key=lambda one: _level(one) == "receiver"):
        same = list(group)
        for one in same if whole else same[:1]:
            level = out.level("21", top, not whole)
            names = (text(receiver.name), text(receiver.first), text(receiver.middle))
            out.add("NM1", "41", "1" if receiver.person else "2", *names, "", "", "46", text(receiver.identifier))
            if whole:
                out.add("TRN", "2", text(one.trace))
                _statuses(out, one)
        if not whole:
            _providers(out, same, level)


def _level(one: _Claim) -> str:
    return one.level if isinstance(one, StatusAnswer) else "claim"


def _providers(out: SetWriter, claims: Sequence[_Claim], parent: int) -> None:
    for (first, second, whole), group in groupby(
        claims, key=lambda one: (one.provider, one.other_provider, _level(one) == "provider")
    ):
        same = list(group)
        for one in same if whole else same[:1]:
            level = out.level("19", parent, not whole)
            for each in (first, second):
                if each is not None:
                    _provider(out, each)
            if whole:
                out.add("TRN", "1", text(one.trace))
                _statuses(out, one)
        if not whole:
            _members(out, same, level)


def _provider(out: SetWriter, one: Provider) -> None:
    given = (text(one.first), text(one.middle)) if one.person else ("", "")
    qualifier, identifier = ("XX", one.npi) if one.npi else ("FI", one.ein)
    out.add("NM1", "1P", "1" if one.person else "2", text(one.name), *given, "", "", qualifier, identifier)


def _members(out: SetWriter, claims: Sequence[_Claim], parent: int) -> None:
    """Subscribers, each with own claims or with dependents who have them."""
    asking = isinstance(claims[0], StatusInquiry)
    for (subscriber, member_id, own), group in groupby(
        claims, key=lambda one: (one.subscriber, one.member_id, one.dependent is None)
    ):
        level = out.level("22", parent, not own)
        who = subscriber or Person(last="", first="")
        if asking and own:
            _demographics(out, who)
        names = (text(who.last), text(who.first), text(who.middle), "", text(who.suffix))
        out.add("NM1", "IL", "1", *names, "MI", text(member_id))
        if own:
            for one in group:
                _claim(out, one)
            continue
        for dependent, theirs in groupby(group, key=lambda one: one.dependent):
            assert dependent is not None
            out.level("23", level, None)
            if asking:
                _demographics(out, dependent)
            names = (text(dependent.last), text(dependent.first), text(dependent.middle), "", text(dependent.suffix))
            out.add("NM1", "QC", "1", *names)
            for one in theirs:
                _claim(out, one)


def _demographics(out: SetWriter, who: Person) -> None:
    if who.birth:
        out.add("DMG", "D8", day(who.birth), who.sex if who.sex in "FM" else "")


def _claim(out: SetWriter, one: _Claim) -> None:
    answer = isinstance(one, StatusAnswer)
    out.add("TRN", "2" if answer else "1", text(one.trace))
    if isinstance(one, StatusAnswer):
        _statuses(out, one)
    for qualifier, name in _REFERENCES:
        add_reference(out, qualifier, getattr(one, name, ""))
    if isinstance(one, StatusInquiry) and one.charge is not None:
        out.add("AMT", "T3", money(one.charge))
    if one.first_service:
        out.add("DTP", "472", *span(one.first_service, one.last_service))
    for line in one.lines if isinstance(one, StatusAnswer | StatusInquiry) else ():
        _line(out, line)


def _line(out: SetWriter, line: LineInquiry) -> None:
    code = (line.qualifier, text(line.procedure), *line.modifiers[:4])
    units = "" if line.units is None else number(line.units)
    paid = _optional(line.paid) if isinstance(line, LineStatus) else ""
    out.add("SVC", code, _optional(line.charge), paid, text(line.revenue_code), "", "", units)
    if isinstance(line, LineStatus):
        for one in line.statuses:
            _status(out, one)
    add_reference(out, "FJ", line.control_number)
    if line.first_service:
        out.add("DTP", "472", *span(line.first_service, line.last_service))


def _statuses(out: SetWriter, one: _Claim) -> None:
    for status in one.statuses if isinstance(one, StatusAnswer) else ():
        _status(out, status)


def _status(out: SetWriter, one: Status) -> None:
    first, second, third = [(code.category, code.code, code.entity, code.code_list) for code in one.codes] + [()] * (
        3 - len(one.codes)
    )
    out.add(
        "STC", first, day(one.effective), "", _optional(one.charge), _optional(one.paid), day(one.finalized), "",
        day(one.paid_on), text(one.check_number), second, third,
    )  # fmt: skip


def _optional(cents: Cents | None) -> str:
    return "" if cents is None else money(cents)


# Reading -------------------------------------------------------------------------------------------------------------


def read_276(source: Source) -> Iterator[StatusInquiry]:
    """Every claim that a 276 file asks about. What of it is no amount or date is left out: the check says so."""
    for levels in _claims(source, "276"):
        rows = levels.claim
        lines = tuple(LineInquiry(**levels.line(one)) for one in levels.lines)
        yield StatusInquiry(
            **levels.common(), **_referred(rows, StatusInquiry), charge=_amount(rows.first("AMT"), 2), lines=lines
        )


def read_277(source: Source) -> Iterator[StatusAnswer]:
    """Every answer of a 277 file, in its order, whether it speaks of a claim, a provider or all that was asked."""
    for levels in _claims(source, "277"):
        rows = levels.claim
        lines = tuple(
            LineStatus(**levels.line(one), statuses=levels.statuses(one), paid=_amount(one.first("SVC"), 3))
            for one in levels.lines
        )
        level: Literal["claim", "provider", "receiver"] = "claim"
        if rows.loop in ("2200B", "2200C"):
            level = "receiver" if rows.loop == "2200B" else "provider"
        yield StatusAnswer(
            **levels.common(), **_referred(rows, StatusAnswer), statuses=levels.statuses(rows), level=level, lines=lines
        )


def _amount(segment: Segment, place: int) -> Cents | None:
    try:
        return amount(segment, place) if value(segment, place) else None
    except UnreadableError:
        return None


def _referred(rows: Section, kind: type[_Claim]) -> dict[str, Any]:
    known = kind.__struct_fields__
    return {name: found for qualifier, name in _REFERENCES if name in known and (found := reference(rows, qualifier))}


class _Levels:
    """What has been read of a set on the way to one claim."""

    def __init__(self, place: Place, header: Section) -> None:
        self.separator = place.tokens.delimiters.component
        self.reference = value(header.first("BHT"), 3)
        self.held: dict[str, list[Section]] = {}
        self.claim = Section("", 0)
        self.lines: list[Section] = []

    def first(self, loop: str) -> Section:
        return self.held.get(loop, [Section(loop, 0)])[0]

    def common(self) -> dict[str, Any]:
        """Who is spoken of, and what a claim's loop says of itself."""
        payer, receiver = self.first("2100A"), self.first("2100B").first("NM1")
        providers = [_identified(one) for one in self.held.get("2100C", [])]
        phones = [value(row, 4) for row in payer.all("PER") if value(row, 3) == "TE"]
        begins, ends = dates(value(self.claim.first("DTP", "472"), 3))
        return {
            "payer": Payer(
                name=value(payer.first("NM1"), 3), payer_id=value(payer.first("NM1"), 9), phone=phones[0] if phones else ""
            ),
            "receiver": Receiver(
                name=value(receiver, 3),
                identifier=value(receiver, 9),
                first=value(receiver, 4),
                middle=value(receiver, 5),
                person=value(receiver, 2) == "1",
            ),
            "trace": value(self.claim.first("TRN"), 2),
            "provider": providers[0] if providers else None,
            "other_provider": providers[1] if len(providers) > 1 else None,
            "subscriber": self._member("D"),
            "member_id": value(self.first("2100D").first("NM1"), 9),
            "dependent": self._member("E"),
            "reference": self.reference,
            "first_service": begins,
            "last_service": ends,
        }

    def _member(self, rank: str) -> Person | None:
        """NM1 with the birth date, which stands at the level, before the name."""
        if f"2100{rank}" not in self.held:
            return None
        whole = Section("", 0)
        whole.segments = [*self.first(f"2100{rank}").segments, *self.first(f"2000{rank}").segments]
        return person(whole)

    def line(self, section: Section) -> dict[str, Any]:
        """What a service line says of itself."""
        row = section.first("SVC")
        code = [part(value(row, 1), at, self.separator) for at in range(1, 7)]
        begins, ends = dates(value(section.first("DTP", "472"), 3))
        return {
            "procedure": code[1],
            "qualifier": code[0],
            "modifiers": tuple(one for one in code[2:] if one),
            "charge": _amount(row, 2),
            "units": quantity(value(row, 7)),
            "revenue_code": value(row, 4),
            "control_number": reference(section, "FJ"),
            "first_service": begins,
            "last_service": ends,
        }

    def statuses(self, section: Section) -> tuple[Status, ...]:
        """Every STC of a loop."""
        return tuple(
            Status(
                codes=tuple(self._code(value(row, at)) for at in (1, 10, 11) if value(row, at)),
                effective=date8(value(row, 2)),
                charge=_amount(row, 4),
                paid=_amount(row, 5),
                finalized=date8(value(row, 6)),
                paid_on=date8(value(row, 8)),
                check_number=value(row, 9),
            )
            for row in section.all("STC")
        )

    def _code(self, composite: str) -> StatusCode:
        category, code, entity, code_list = (part(composite, at, self.separator) for at in (1, 2, 3, 4))
        return StatusCode(category=category, code=code, entity=entity, code_list=code_list)


def _identified(section: Section) -> Provider:
    """A service provider with its NPI or its tax number."""
    name = section.first("NM1")
    found = provider(section)
    if value(name, 8) != "FI":
        return found
    return Provider(npi="", name=found.name, first=found.first, middle=found.middle, person=found.person, ein=value(name, 9))


_TRACED = frozenset({"2200B", "2200C", "2200D", "2200E"})


def _claims(source: Source, transaction: str) -> Iterator[_Levels]:
    """The levels as they stand at the end of each claim's loop, or of a status that stands for all under it."""
    levels: _Levels | None = None
    for place, section in sections(source, frozenset({transaction})):
        loop = section.loop.rstrip("+")
        if loop == "HEADER":
            levels = _Levels(place, section)
            continue
        if levels is None:
            continue
        if section.loop.endswith("+"):
            levels.held.get(loop, [section])[-1].segments += section.segments
            continue
        if loop[:4] in ("2210", "2220"):
            levels.lines.append(section)
            continue
        if levels.claim.loop:
            yield levels
            levels.claim = Section("", 0)
        if loop.startswith("2000"):
            levels.held = {name: one for name, one in levels.held.items() if name[4] < loop[4]}
        if loop in _TRACED:
            levels.claim, levels.lines = section, []
        else:
            levels.held.setdefault(loop, []).append(section)
