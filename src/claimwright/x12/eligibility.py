"""270 and 271 (005010X279A1): who asks, about whom, and what the payer answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from claimwright.coverage.model import Benefit, EligibilityAnswer, EligibilityInquiry, Rejection
from claimwright.effective import Period
from claimwright.findings import Finding
from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.x12.claim_parts import add_address, add_person, add_provider, add_taxonomy
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, repeated, set_control, text
from claimwright.x12.located import Place, Section, sections, value
from claimwright.x12.tokens import Source
from claimwright.x12.values import UnreadableError, amount, date8, dates, person, provider, quantity

VERSION = "005010X279A1"
# "Other" is G8 on claims and 34 (other adult) in an inquiry (X279, 2100D INS02).
_TO_INQUIRY = {"G8": "34", "20": "34", "21": "34", "39": "34", "40": "34", "53": "34"}

Member = EligibilityInquiry | EligibilityAnswer


# Writing -------------------------------------------------------------------------------------------------------------


def write_270(inquiries: Sequence[EligibilityInquiry], envelope: Envelope) -> bytes:
    """One 270 file; neighbours that ask the same payer for the same provider share a set."""
    sets = []
    groups = groupby(inquiries, key=lambda one: (one.payer, one.provider))
    for place, (_, asked) in enumerate(groups):
        same = list(asked)
        out = _begin("270", "13", same[0], envelope, place)
        receiver = _source_and_receiver(out, same[0], {})
        for one in same:
            _inquiry(out, one, receiver)
        sets.append(out)
    return interchange(envelope, "HS", VERSION, sets)


def write_271(answers: Sequence[EligibilityAnswer], envelope: Envelope) -> bytes:
    """One 271 file, a set for each answer."""
    sets = []
    for place, answer in enumerate(answers):
        out = _begin("271", "11", answer, envelope, place)
        refused: dict[str, list[Rejection]] = {}
        for one in answer.rejections:
            default = "2100C" if _is_subscriber(answer) else "2100D"
            refused.setdefault(one.loop or default, []).append(one)
        receiver = _source_and_receiver(out, answer, refused)
        _answer(out, answer, receiver, refused)
        sets.append(out)
    return interchange(envelope, "HB", VERSION, sets)


def _is_subscriber(one: Member) -> bool:
    return one.insured.relationship == "18"


def _begin(code: str, purpose: str, first: Member, envelope: Envelope, place: int) -> SetWriter:
    out = SetWriter(code, set_control(envelope, place), VERSION)
    created = envelope.created
    out.add("BHT", "0022", purpose, text(first.trace), day(created.date()), created.strftime("%H%M"))
    return out


def _source_and_receiver(out: SetWriter, one: Member, refused: dict[str, list[Rejection]]) -> int:
    source = out.level("20", None, True)
    _rejections(out, refused.get("2000A", ()))
    out.add("NM1", "PR", "2", text(one.payer.name), "", "", "", "", "PI", text(one.payer.payer_id))
    _rejections(out, refused.get("2100A", ()))
    receiver = out.level("21", source, True)
    add_provider(out, "1P", one.provider)
    _rejections(out, refused.get("2100B", ()))
    add_taxonomy(out, "BI", one.provider)
    return receiver


def _rejections(out: SetWriter, rejections: Iterable[Rejection]) -> None:
    for one in rejections:
        out.add("AAA", "N", "", one.reason, one.follow_up)


def _trace(out: SetWriter, kind: str, one: Member) -> None:
    # TRN03 names who gave the trace: 9 and nine characters of the provider's number (X279, 2000C TRN03).
    out.add("TRN", kind, text(one.trace), f"9{(one.provider.npi or '0'):0<9.9}")


def _member(out: SetWriter, kind: str, one: Member, receiver: int, refused: dict[str, list[Rejection]]) -> None:
    """The subscriber's level and, for a dependent, the dependent's."""
    own = _is_subscriber(one)
    subscriber = out.level("22", receiver, not own)
    if own:
        _trace(out, kind, one)
    who = one.patient if own else one.insured.person
    add_person(out, "IL", who, "MI", one.insured.member_id)
    if one.insured.group_number:
        out.add("REF", "6P", text(one.insured.group_number), text(one.insured.group_name))
    _demographics(out, who, refused.get("2100C", ()))
    if not own:
        out.level("23", subscriber, False)
        _trace(out, kind, one)
        add_person(out, "03", one.patient)
        _demographics(out, one.patient, refused.get("2100D", ()))
        code = one.insured.relationship
        out.add("INS", "N", _TO_INQUIRY.get(code, code) if kind == "1" else ("G8" if code in _TO_INQUIRY else code))


def _demographics(out: SetWriter, who: Person, refused: Iterable[Rejection]) -> None:
    add_address(out, who.address)
    _rejections(out, refused)
    if who.birth:
        out.add("DMG", "D8", day(who.birth), who.sex if who.sex in "FM" else "")


def _inquiry(out: SetWriter, one: EligibilityInquiry, receiver: int) -> None:
    _member(out, "1", one, receiver, {})
    out.add("DTP", "291", "D8", day(one.on))
    for service_type in one.service_types:
        out.add("EQ", service_type)


def _answer(out: SetWriter, one: EligibilityAnswer, receiver: int, refused: dict[str, list[Rejection]]) -> None:
    _member(out, "2", one, receiver, refused)
    out.add("DTP", "291", "D8", day(one.on))
    if one.plan_period:
        out.add("DTP", "346", "D8", day(one.plan_period.start))
        if one.plan_period.end:
            out.add("DTP", "347", "D8", day(one.plan_period.end))
    named = any(benefit.plan_name for benefit in one.benefits)
    for place, benefit in enumerate(one.benefits):
        _benefit(out, benefit, "" if named or place else one.plan_name)


def _benefit(out: SetWriter, one: Benefit, plan_name: str) -> None:
    out.add(
        "EB", one.information, one.coverage_level, repeated(one.service_types), one.insurance_type,
        text(one.plan_name or plan_name), one.period, "" if one.amount is None else money(one.amount),
        "" if one.percent is None else number(one.percent), "", "", one.authorization, one.in_network,
    )  # fmt: skip
    for start in range(0, len(one.message), 264):
        out.add("MSG", text(one.message[start : start + 264]))


# Reading -------------------------------------------------------------------------------------------------------------


def read_270(source: Source, findings: list[Finding] | None = None) -> Iterator[EligibilityInquiry]:
    """Every inquiry of a 270 file: one for each subscriber or dependent that is asked about. `findings` gains what is cut off."""
    for member in _members(source, "270", findings):
        yield member.inquiry()


def read_271(source: Source, findings: list[Finding] | None = None) -> Iterator[EligibilityAnswer]:
    """Every answer of a 271 file. An answer without a subscriber (the payer refused all) is returned with its rejections.

    `findings` gains what is cut off: of the answer before a break, benefits may be missing.
    """
    for member in _members(source, "271", findings):
        yield member.answer()


class _Levels:
    """What has been read of a set on the way to one member."""

    def __init__(self, place: Place, created: date | None) -> None:
        self.place, self.created = place, created
        self.separator = place.tokens.delimiters.repetition or "\x00"
        self.held: dict[str, Section] = {}
        self.benefits: list[Section] = []
        self.answered = False

    def section(self, loop: str) -> Section:
        return self.held.get(loop, Section(loop, 0))

    def _common(self) -> dict[str, Any]:
        payer, dependent = self.section("2100A").first("NM1"), "2000D" in self.held
        own = "D" if dependent else "C"
        subscriber, patient = self.section("2100C"), self.section("2100" + own)
        relationship = value(self.section("2100D").first("INS"), 2) or "G8" if dependent else "18"
        group = next((row for row in subscriber.all("REF") if value(row, 1) in ("6P", "1L")), [])
        who = person(subscriber)
        on, _ = dates(value(patient.first("DTP", "291", "472", "307"), 3))
        if on is None and self.benefits:
            on, _ = dates(value(self.benefits[0].first("DTP", "291", "472", "307"), 3))
        return {
            "payer": Payer(name=value(payer, 3), payer_id=value(payer, 9)),
            "provider": self._provider(),
            "insured": Insured(
                person=who,
                member_id=value(subscriber.first("NM1"), 9),
                relationship="G8" if relationship == "34" else relationship,
                group_number=value(group, 2),
                group_name=value(group, 3),
            ),
            "patient": person(patient) if dependent else who,
            "on": on or self.created or date(1900, 1, 1),
            "trace": self._trace(own),
        }

    def _trace(self, own: str) -> str:
        """Our own trace number: TRN01 is 1 in an inquiry, 2 (given back) in an answer."""
        rows = self.section("2000" + own).all("TRN") or self.section("2000C").all("TRN")
        best = next((row for row in rows if value(row, 1) == "2"), rows[0] if rows else [])
        return value(best, 2)

    def _provider(self) -> Provider:
        return provider(self.section("2100B"))

    def inquiry(self) -> EligibilityInquiry:
        asked = [code for one in self.benefits for row in one.all("EQ") for code in value(row, 1).split(self.separator) if code]
        return EligibilityInquiry(**self._common(), service_types=tuple(asked))

    def answer(self) -> EligibilityAnswer:
        benefits = tuple(benefit for one in self.benefits if (benefit := self._benefit(one)))
        names = [one.plan_name for one in benefits if one.plan_name]
        return EligibilityAnswer(
            **self._common(),
            benefits=benefits,
            rejections=tuple(self._rejections()),
            plan_period=self._plan_period(),
            plan_name=names[0] if names else "",
        )

    def _rejections(self) -> Iterator[Rejection]:
        for loop, section in [*self.held.items(), *((one.loop, one) for one in self.benefits)]:
            for row in section.all("AAA"):
                yield Rejection(reason=value(row, 3), follow_up=value(row, 4), loop=loop)

    def _plan_period(self) -> Period | None:
        section = self.section("2100D") if "2000D" in self.held else self.section("2100C")
        begins = date8(value(section.first("DTP", "346", "356"), 3))
        ends = date8(value(section.first("DTP", "347", "357"), 3))
        if begins is None:
            spans = [row for row in section.all("DTP") if value(row, 2) == "RD8" and value(row, 1) in ("291", "307")]
            begins, ends = dates(value(spans[0], 3)) if spans else (None, None)
        return Period(start=begins, end=ends) if begins else None

    def _benefit(self, section: Section) -> Benefit | None:
        row = section.first("EB")
        if not row:
            return None
        try:
            sum_of_money = amount(row, 7) if value(row, 7) else None
        except UnreadableError:
            sum_of_money = None  # an amount that is none: the check says so, the other benefits hold
        return Benefit(
            information=value(row, 1),
            coverage_level=value(row, 2),
            service_types=tuple(code for code in value(row, 3).split(self.separator) if code),
            insurance_type=value(row, 4),
            plan_name=value(row, 5),
            period=value(row, 6),
            amount=sum_of_money,
            percent=quantity(value(row, 8)),
            authorization=value(row, 11),
            in_network=value(row, 12),
            message="".join(value(one, 1) for one in section.all("MSG")),
        )


def _members(source: Source, transaction: str, findings: list[Finding] | None) -> Iterator[_Levels]:
    """Each subscriber or dependent that is asked or told about, when its level ends."""
    levels: _Levels | None = None
    for place, section in sections(source, frozenset({transaction}), findings):
        loop = section.loop
        if loop == "HEADER":
            bht = section.first("BHT")
            levels = _Levels(place, date8(value(bht, 4)))
            continue
        if levels is None:
            continue
        ends = loop in ("2000A", "2000B", "2000C", "2000D", "SE")
        if ends and _complete(levels, loop, transaction) and not (section.cut and _says_nothing(levels, transaction)):
            yield levels
            levels.answered = True
        if loop == "SE":
            levels = None
        elif loop.endswith("+"):
            home = [*levels.held.values(), *levels.benefits]
            match = next((one for one in reversed(home) if one.loop == loop[:-1]), None)
            if match is not None:
                match.segments += section.segments
        elif loop in ("2110C", "2110D"):
            levels.benefits.append(section)
        elif not loop.startswith(("2115", "2120", "TRAILER")) and "-" not in loop:
            if loop.startswith("2000"):
                levels.held = {name: one for name, one in levels.held.items() if name[4] < loop[4]}
                levels.benefits, levels.answered = [], False
            levels.held[loop] = section


def _complete(levels: _Levels, then: str, transaction: str) -> bool:
    """Whether what is held is a member of its own: not a subscriber whose dependent follows, not an empty level."""
    if levels.answered or "2000A" not in levels.held:
        return False
    if then == "2000D" and "2000D" not in levels.held:  # the first dependent of a subscriber
        return bool(levels.benefits or levels.section("2000C").first("TRN"))
    if "2000C" in levels.held:
        return True
    refused = any(one.first("AAA") for one in levels.held.values())
    return transaction == "271" and refused and then in ("2000A", "SE")


def _says_nothing(levels: _Levels, transaction: str) -> bool:
    """Whether a member before a break has no name yet or, in an answer, neither benefit nor refusal: that is not "none"."""
    named = ("2100D" if "2000D" in levels.held else "2100C") in levels.held
    if transaction == "270":
        return not named
    refused = any(one.first("AAA") for one in levels.held.values())
    return not refused and not (named and levels.benefits)
