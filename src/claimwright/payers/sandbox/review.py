"""278: may this be done? Certified, modified, pended or not, and remembered for the claim that follows.

Reasons are X12's list 886 (services review decision reasons); rejections its data element 901.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Final, NamedTuple

import msgspec

from claimwright.codesets.tables import starter
from claimwright.coverage.model import Authorization, Plan, Rejection
from claimwright.effective import Period
from claimwright.payers.sandbox.members import BAD_FORM, UNKNOWN, WRONG_NAME, find_member, key_of, plans_of
from claimwright.payers.sandbox.model import Behaviour, Book, Member
from claimwright.payers.sandbox.state import Reviewed, State, Work
from claimwright.x12.review_model import Decision, ReviewAnswer, ReviewRequest, ReviewService, ServiceDecision

_HOLDS: Final = timedelta(days=90)  # how long a certification holds
_PENDED: Final = timedelta(days=3)  # when the review that was pended is decided
_MOST: Final = 12  # units that are certified at once
_NOT_NEEDED, _NOT_COVERED, _NOT_NECESSARY, _TOO_MANY = "0H", "0M", "0F", "0L"
_MORE_WANTED, _IN_REVIEW = "0U", "0W"
Posted = tuple[str, str, str]  # who asked, who answers, usage


def answer_review(book: Book, state: State, request: ReviewRequest, posted: Posted, today: date) -> ReviewAnswer:
    """The payer's answer; what it certifies is kept in the state, and what it pends comes up again three days later."""
    plain = _plain(request)
    member = _member(book, request, today)
    if isinstance(member, Rejection):
        return msgspec.structs.replace(plain, rejections=(member,))
    plain = msgspec.structs.replace(
        plain,
        insured=msgspec.structs.replace(member.insured, group_name=""),
        patient=member.patient,
        payer_trace=f"{today:%Y%j}{state.next_control():06d}",
    )
    if request.purpose == "01" or request.certification_type == "3":
        return _cancelled(state, plain, request, member)
    if pended := _pended(book, request):
        number = plain.payer_trace
        state.reviews[number] = Reviewed(request=request, posted=posted, trace=number)
        state.work.append(Work(due=today + _PENDED, do="review", number=number))
        decision = Decision(action="A4", certification_number=number, reasons=(pended,))
        return msgspec.structs.replace(plain, decision=decision, final=False)
    return _decided(book, state, plain, request, member, today)


def due_reviews(book: Book, state: State, today: date) -> list[tuple[date, Posted, ReviewAnswer]]:
    """What was pended and is now decided. What was wanted has not come: without a diagnosis nothing is certified."""
    due = sorted((work for work in state.work if work.do == "review" and work.due <= today), key=lambda work: work.due)
    state.work = [work for work in state.work if work not in due]
    answers = []
    for work in due:
        held = state.reviews.pop(work.number)
        plain = msgspec.structs.replace(_plain(held.request), payer_trace=held.trace)
        member = _member(book, held.request, work.due)
        if isinstance(member, Rejection):
            decided = msgspec.structs.replace(plain, rejections=(member,))
        else:
            decided = _decided(book, state, plain, held.request, member, work.due)
        answers.append((work.due, held.posted, decided))
    return answers


def _plain(request: ReviewRequest) -> ReviewAnswer:
    """What the request said, given back."""
    shared = {name: getattr(request, name) for name in ReviewAnswer.__struct_fields__ if hasattr(request, name)}
    requester = msgspec.structs.replace(request.requester, address=None, phone="")
    return ReviewAnswer(
        **shared
        | {"requester": requester, "services": (), "attachments": (), "message": "", "providers": (), "transports": ()}
        | {"certifications": (), "level_of_service": request.level_of_service}
    )


def _member(book: Book, request: ReviewRequest, today: date) -> Member | Rejection:
    if not plans_of(book, request.umo.payer_id):
        return Rejection(reason="79", follow_up="N", loop="2010A")
    if (
        not book.any_provider
        and request.requester.npi not in book.provider_npis
        and not any(one.provider.npi in book.provider_npis for one in request.providers)
    ):
        return Rejection(reason="51", follow_up="C", loop="2010B")
    on = _first(request, today)
    found = find_member(book, request.umo.payer_id, request.insured.member_id, request.patient, on, insured=request.insured)
    own = request.insured.relationship == "18"
    if isinstance(found, str):
        loop = "2010C" if own or found in (UNKNOWN, BAD_FORM) else "2010D"
        # A dependent's name is told as the patient's.
        return Rejection(reason="65" if found == WRONG_NAME and loop == "2010D" else found, follow_up="C", loop=loop)
    if not found.period.covers(on):
        return Rejection(reason="95", follow_up="N", loop="2010C" if own else "2010D")
    return found


def _first(request: ReviewRequest, today: date) -> date:
    """The first day that something is to be done."""
    days = [one.first_service for one in request.services if one.first_service]
    return min(days, default=request.first_service or request.admitted or today)


def _behaviours(book: Book, request: ReviewRequest, do: str) -> list[Behaviour]:
    on = _first(request, date.min)
    return [one for one in book.behaviours if (one.member_id, one.on, one.do) == (request.insured.member_id, on, do)]


def _pended(book: Book, request: ReviewRequest) -> str:
    """Why the request cannot be decided yet; empty when it can."""
    if not request.diagnoses:
        return _MORE_WANTED
    return _IN_REVIEW if _behaviours(book, request, "pend") else ""


def _cancelled(state: State, plain: ReviewAnswer, request: ReviewRequest, member: Member) -> ReviewAnswer:
    number = request.previous_authorization
    held = state.certified.get(key_of(member), [])
    left = [one for one in held if one.number != number]
    if not number or len(left) == len(held):
        return msgspec.structs.replace(plain, rejections=(Rejection(reason="33", follow_up="C", loop="2000E"),))
    state.certified[key_of(member)] = left
    return msgspec.structs.replace(plain, decision=Decision(action="C", certification_number=number))


class _Verdict(NamedTuple):
    """One service's decision."""

    action: str
    units: int
    reason: str = ""


def _decided(book: Book, state: State, plain: ReviewAnswer, request: ReviewRequest, member: Member, today: date) -> ReviewAnswer:
    """A decision on each service, and one on the whole that follows from them."""
    plan = next(plan for plan in book.plans if plan.plan_id == member.plan_id)
    start = _first(request, today)
    period = Period(start=start, end=min(start + _HOLDS, plan.period.end or date.max))
    verdicts = [_verdict(book, request, one, plan) for one in request.services]
    number = f"PA{today:%y%j}{state.next_control():06d}"
    services = []
    for one, verdict in zip(request.services, verdicts, strict=True):
        given = ""
        if verdict.action in ("A1", "A6"):
            given = _held(state, member, one, verdict.units) or number
            if given == number and one.procedure:
                certified = Authorization(
                    plan_id=plan.plan_id, number=number, procedure=one.procedure, units=verdict.units, period=period
                )
                state.certified.setdefault(key_of(member), []).append(certified)
        services.append(_service(one, verdict, given, period, today))
    decision = _whole(request, services, number)
    certified_now = decision.certified
    return msgspec.structs.replace(
        plain,
        decision=decision,
        issued=today if certified_now else None,
        effective=period.start if certified_now else None,
        effective_through=period.end if certified_now else None,
        expires=period.end if certified_now else None,
        services=tuple(services),
    )


def _verdict(book: Book, request: ReviewRequest, one: ReviewService, plan: Plan) -> _Verdict:
    units = ceil(one.units) if one.units else 1
    if one.procedure in plan.not_covered:
        return _Verdict("A3", units, _NOT_COVERED)
    if any(behaviour.procedure in ("", one.procedure) for behaviour in _behaviours(book, request, "deny")):
        return _Verdict("A3", units, _NOT_NECESSARY)
    if one.procedure and one.procedure not in plan.authorization_required:
        return _Verdict("NA", units, _NOT_NEEDED)
    most = min(_most_a_day(one) * _days(one), _MOST) if one.procedure else units
    return _Verdict("A6", most, _TOO_MANY) if units > most else _Verdict("A1", units)


def _most_a_day(one: ReviewService) -> int:
    limit = starter().unit_limit(one.procedure)
    return limit.units if limit and limit.units else _MOST


def _days(one: ReviewService) -> int:
    if one.first_service is None or one.last_service is None:
        return 1
    return max((one.last_service - one.first_service).days + 1, 1)


def _held(state: State, member: Member, one: ReviewService, units: int) -> str:
    """The number under which the same was certified before, while enough of it is left."""
    for held in state.certified.get(key_of(member), []):
        on = one.first_service
        if held.procedure == one.procedure and (on is None or held.period.covers(on)) and held.units >= units:
            return held.number
    return ""


def _service(one: ReviewService, verdict: _Verdict, number: str, period: Period, today: date) -> ServiceDecision:
    certified = verdict.action in ("A1", "A6")
    return ServiceDecision(
        procedure=one.procedure,
        kind=one.kind,
        qualifier=one.qualifier,
        modifiers=one.modifiers,
        revenue_code=one.revenue_code,
        units=Decimal(verdict.units),
        unit_basis=one.unit_basis,
        first_service=one.first_service,
        last_service=one.last_service,
        trace=one.trace,
        decision=Decision(
            action=verdict.action, certification_number=number, reasons=(verdict.reason,) if verdict.reason else ()
        ),
        issued=today if certified else None,
        effective=period.start if certified else None,
        effective_through=period.end if certified else None,
        expires=period.end if certified else None,
    )


def _whole(request: ReviewRequest, services: Sequence[ServiceDecision], number: str) -> Decision:
    """The event's own decision: what its services have in common, or that they differ."""
    if not services:  # an admission or a referral as such
        if request.diagnoses:
            return Decision(action="A1", certification_number=number)
        return Decision(action="A3", reasons=(_MORE_WANTED,))
    decisions = [one.decision for one in services if one.decision]
    actions = {one.action for one in decisions} - {"NA"}
    action = "NA"
    if actions:
        action = actions.pop() if len(actions) == 1 else "A2" if "A3" in actions else "A6"
    numbers = [one.certification_number for one in decisions if one.certification_number]
    reasons = tuple(dict.fromkeys(reason for one in decisions for reason in one.reasons))
    return Decision(action=action, certification_number=numbers[0] if numbers else "", reasons=reasons[:5])
