"""276 and 277 (005010X212): where does this claim stand, and the payer's answer. Amounts in whole cents."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from claimwright.money import Cents
from claimwright.parties import Person, Provider
from claimwright.x12.claim_parts import add_reference
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, set_control, span, text
from claimwright.x12.status_model import (
    REFERENCES,
    AskedClaim,
    LineInquiry,
    LineStatus,
    Receiver,
    Status,
    StatusAnswer,
    StatusCode,
    StatusInquiry,
)
from claimwright.x12.status_reading import read_276, read_277

__all__ = [
    "VERSION", "LineInquiry", "LineStatus", "Receiver", "Status", "StatusAnswer", "StatusCode", "StatusInquiry", "read_276",
    "read_277", "write_276", "write_277",
]  # fmt: skip

VERSION = "005010X212"


def write_276(inquiries: Sequence[StatusInquiry], envelope: Envelope) -> bytes:
    """One 276 file; neighbours that share payer, receiver and BHT03 share a set."""
    return _write("276", "13", "HR", inquiries, envelope)


def write_277(answers: Sequence[StatusAnswer], envelope: Envelope) -> bytes:
    """One 277 file; neighbours that share payer, receiver and BHT03 share a set."""
    return _write("277", "08", "HN", answers, envelope)


def _write(code: str, purpose: str, functional_id: str, claims: Sequence[AskedClaim], envelope: Envelope) -> bytes:
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


def _source(out: SetWriter, claims: Sequence[AskedClaim]) -> None:
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


def _level(one: AskedClaim) -> str:
    return one.level if isinstance(one, StatusAnswer) else "claim"


def _providers(out: SetWriter, claims: Sequence[AskedClaim], parent: int) -> None:
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


def _members(out: SetWriter, claims: Sequence[AskedClaim], parent: int) -> None:
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


def _claim(out: SetWriter, one: AskedClaim) -> None:
    answer = isinstance(one, StatusAnswer)
    out.add("TRN", "2" if answer else "1", text(one.trace))
    if isinstance(one, StatusAnswer):
        _statuses(out, one)
    for qualifier, name in REFERENCES:
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


def _statuses(out: SetWriter, one: AskedClaim) -> None:
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
