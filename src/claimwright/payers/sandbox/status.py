"""276 to 277: where a claim stands with this payer. Amounts in cents. Codes: X12's lists 507 (category) and 508 (status)."""

from __future__ import annotations

from datetime import date

import msgspec

from claimwright.adjudication.model import Determination, LineDetermination
from claimwright.payers.sandbox.habits import behaviours
from claimwright.payers.sandbox.members import BAD_FORM, UNKNOWN, WRONG_BIRTH, WRONG_NAME, find_member, key_of, payer_of, plans_of
from claimwright.payers.sandbox.model import Book, Member
from claimwright.payers.sandbox.state import State, Taken
from claimwright.remits.model import RemitLine
from claimwright.x12.claim_status import LineStatus, Status, StatusAnswer, StatusCode, StatusInquiry

# Why the question cannot be answered: who was asked about is not whom the payer knows.
_MISMATCH = {
    UNKNOWN: ("D0", "33", ""),
    BAD_FORM: ("E0", "164", "IL"),
    WRONG_BIRTH: ("E0", "158", "QC"),
    WRONG_NAME: ("E0", "125", "QC"),
}
# What a denial's adjustment reason (CARC) is in the status list.
_DENIED = {
    "18": "54", "22": "171", "26": "88", "27": "88", "31": "88", "29": "718", "50": "287", "97": "735", "236": "735",
    "151": "259", "222": "259", "197": "84", "198": "84", "16": "21",
}  # fmt: skip
_OTHERWISE_DENIED = "585"


def answer_status(book: Book, state: State, inquiry: StatusInquiry, today: date) -> list[StatusAnswer]:
    """The payer's answers: one for each claim that fits the question, or one that says why there is none."""
    refused = _refused(book, inquiry)
    if refused:
        return [_said(inquiry, today, refused)]
    assert inquiry.patient is not None
    on = inquiry.first_service or today
    member = find_member(book, inquiry.payer.payer_id, inquiry.member_id, inquiry.patient, on)
    if isinstance(member, str):
        return [_said(inquiry, today, _MISMATCH[member])]
    found = [taken for taken in _claims_of(book, state, inquiry, member) if _fits(taken, inquiry)]
    if not found:
        return [_said(inquiry, today, ("A4", "35", ""))]
    return [_about(book, state, inquiry, taken, member) for taken in found]


def _refused(book: Book, inquiry: StatusInquiry) -> tuple[str, str, str] | None:
    if not plans_of(book, inquiry.payer.payer_id):
        return "D0", "116", "PR"
    if inquiry.provider is None or not (book.any_provider or inquiry.provider.npi in book.provider_npis):
        return "E0", "562", "1P"
    if not inquiry.member_id or inquiry.patient is None:
        return "E0", "164", "IL"
    return None


def _said(inquiry: StatusInquiry, today: date, code: tuple[str, str, str]) -> StatusAnswer:
    """A status without a claim, with what the inquiry said of it given back."""
    category, status, entity = code
    return StatusAnswer(
        payer=inquiry.payer,
        receiver=inquiry.receiver,
        provider=inquiry.provider,
        other_provider=inquiry.other_provider,
        subscriber=inquiry.subscriber,
        member_id=inquiry.member_id,
        dependent=inquiry.dependent,
        trace=inquiry.trace,
        statuses=(_status(category, status, today, entity),),
        payer_control_number=inquiry.payer_control_number,
        patient_control_number=inquiry.patient_control_number,
        first_service=inquiry.first_service,
        last_service=inquiry.last_service,
    )


def _status(category: str, code: str, on: date, entity: str = "") -> Status:
    return Status(codes=(StatusCode(category=category, code=code, entity=entity),), effective=on)


def _claims_of(book: Book, state: State, inquiry: StatusInquiry, member: Member) -> list[Taken]:
    """The member's claims. Where anybody is a member, the plan and the year follow from the claim: its number finds it too."""
    if not book.any_member:
        return list(state.of_member(key_of(member)))
    named = state.claims.get(inquiry.payer_control_number) if inquiry.payer_control_number else None
    plans = plans_of(book, inquiry.payer.payer_id)
    as_member = (msgspec.structs.replace(member, plan_id=plan_id, period=plan.period) for plan_id, plan in plans.items())
    return [named] if named else [taken for one in as_member for taken in state.of_member(key_of(one))]


def _fits(taken: Taken, inquiry: StatusInquiry) -> bool:
    """Whether a claim is the one asked about: by its numbers where they are given, else by charge and dates."""
    claim = taken.claim
    assert inquiry.provider is not None
    if claim.billing.npi != inquiry.provider.npi:
        return False
    if inquiry.payer_control_number:
        return taken.number == inquiry.payer_control_number
    if inquiry.patient_control_number and claim.patient_control_number != inquiry.patient_control_number:
        return False
    if inquiry.charge is not None and claim.charge != inquiry.charge:
        return False
    if inquiry.first_service is None:
        return True
    last = inquiry.last_service or inquiry.first_service
    return claim.first_service <= last and inquiry.first_service <= (claim.last_service or claim.first_service)


def _about(book: Book, state: State, inquiry: StatusInquiry, taken: Taken, member: Member) -> StatusAnswer:
    claim, found = taken.claim, taken.determination
    own = member.insured.relationship == "18"
    return StatusAnswer(
        payer=payer_of(book, claim.payer),
        receiver=inquiry.receiver,
        provider=inquiry.provider,
        other_provider=inquiry.other_provider,
        subscriber=member.insured.person,
        member_id=member.insured.member_id,
        dependent=None if own else member.patient,
        trace=inquiry.trace,
        statuses=(_standing(book, state, taken),),
        payer_control_number=taken.number,
        patient_control_number=claim.patient_control_number,
        first_service=claim.first_service,
        last_service=claim.last_service,
        lines=_lines(taken, found) if found and not taken.withdrawn else (),
    )


def _standing(book: Book, state: State, taken: Taken) -> Status:
    """The claim's status, with what was billed and, once decided, what was paid, when and by which payment."""
    found, claim = taken.determination, taken.claim
    if found is None or taken.paid_on is None:
        if taken.withdrawn or not state.waits(taken.number):  # a void, or a claim that another one replaced before it was decided
            category, code = "F4", "101"
        else:
            category, code = ("P2", "46") if behaviours(book, claim, "pend") else ("P1", "20")
        return Status(codes=(StatusCode(category=category, code=code),), effective=taken.received, charge=claim.charge, paid=None)
    paid = taken.remitted.paid if taken.remitted else found.paid
    codes = _decided(found, paid)
    if taken.withdrawn:
        codes, paid = (StatusCode(category="F4", code="101"),), 0
    return Status(
        codes=codes,
        effective=taken.paid_on,
        charge=claim.charge,
        paid=paid,
        finalized=taken.paid_on,
        paid_on=taken.paid_on if paid else None,
        check_number=taken.trace if paid else "",
    )


def _decided(found: Determination, paid: int) -> tuple[StatusCode, ...]:
    if paid > 0:
        return (StatusCode(category="F1", code="65"),)
    if found.denied or all(line.denied for line in found.lines):
        reason = found.reason or next((_reason(line) for line in found.lines), "")
        code = _DENIED.get(reason, _OTHERWISE_DENIED)
        return (StatusCode(category="F2", code=code, entity="QC" if code == "88" else ""),)
    return (StatusCode(category="F0", code="104"),)  # adjudicated, all of it the patient's part


def _reason(line: LineDetermination) -> str:
    """The first reason that is not the patient's part."""
    return next((one.reason for one in line.adjustments if one.group != "PR"), "")


def _lines(taken: Taken, found: Determination) -> tuple[LineStatus, ...]:
    decided = {line.number: line for line in found.lines}
    remitted = taken.remitted.lines if taken.remitted else ()
    assert taken.paid_on is not None
    return tuple(
        _line(line, decided[own.number], taken.paid_on)
        for own, line in zip(taken.claim.lines, remitted, strict=False)
        if own.number in decided
    )


def _line(line: RemitLine, found: LineDetermination, on: date) -> LineStatus:
    if found.denied:
        category, code = "F2", _DENIED.get(_reason(found), _OTHERWISE_DENIED)
    else:
        category, code = ("F1", "65") if line.paid > 0 else ("F0", "104")
    return LineStatus(
        procedure=line.procedure,
        modifiers=line.modifiers,
        charge=line.charge,
        paid=line.paid,
        units=line.units,
        first_service=line.first_service,
        last_service=line.last_service,
        control_number=line.control_number,
        statuses=(_status(category, code, on, "QC" if code == "88" else ""),),
    )
