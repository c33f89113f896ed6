"""270 to 271: is this person covered, and what is left of the benefits?"""

from __future__ import annotations

import msgspec

from claimwright.coverage.benefits import benefits_of
from claimwright.coverage.model import Benefit, EligibilityAnswer, EligibilityInquiry, Rejection
from claimwright.payers.sandbox.members import BAD_FORM, UNKNOWN, WRONG_NAME, find_member, plans_of, used_by
from claimwright.payers.sandbox.model import Book, Member
from claimwright.payers.sandbox.state import State


def answer_inquiry(book: Book, state: State, inquiry: EligibilityInquiry) -> EligibilityAnswer:
    """The payer's answer about one person on one day."""
    plain = EligibilityAnswer(
        payer=inquiry.payer,
        provider=inquiry.provider,
        insured=inquiry.insured,
        patient=inquiry.patient,
        trace=inquiry.trace,
        on=inquiry.on,
    )
    person_loop = "2100C" if inquiry.insured.relationship == "18" else "2100D"
    if not plans_of(book, inquiry.payer.payer_id):
        return _rejected(plain, "79", "2100A")
    if not book.any_provider and inquiry.provider.npi not in book.provider_npis:
        return _rejected(plain, "51", "2100B")
    found = find_member(
        book, inquiry.payer.payer_id, inquiry.insured.member_id, inquiry.patient, inquiry.on, insured=inquiry.insured
    )
    if isinstance(found, str):
        loop = "2100C" if found in (BAD_FORM, UNKNOWN) else person_loop
        # A dependent's name is told as the patient's (X279, 2100D AAA03).
        return _rejected(plain, "65" if found == WRONG_NAME and loop == "2100D" else found, loop)
    return _benefits(book, state, plain, found)


def _benefits(book: Book, state: State, plain: EligibilityAnswer, member: Member) -> EligibilityAnswer:
    plan = next(plan for plan in book.plans if plan.plan_id == member.plan_id)
    in_force = plan.period.covers(plain.on) and member.period.covers(plain.on)
    if in_force:
        benefits = benefits_of(plan, used_by(state, member))
    else:
        benefits = (Benefit(information="6", service_types=("30",), coverage_level="IND", plan_name=plan.name),)
    return msgspec.structs.replace(
        plain,
        insured=member.insured,
        patient=member.patient,
        benefits=benefits,
        plan_period=member.period,
        plan_name=plan.name,
    )


def _rejected(plain: EligibilityAnswer, reason: str, loop: str) -> EligibilityAnswer:
    follow_up = "C" if loop in ("2100C", "2100D") else "N"
    return msgspec.structs.replace(plain, rejections=(Rejection(reason=reason, follow_up=follow_up, loop=loop),))
