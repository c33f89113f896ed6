"""Ask the payer whether it covers a patient (270), and read what it answers (271)."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from claimwright.coverage.benefits import APART, summarize
from claimwright.coverage.model import Accumulators, EligibilityAnswer, EligibilityInquiry, Plan
from claimwright.money import Cents, dollars
from claimwright.office.records.content import pack, unpack
from claimwright.office.records.convert import billing_provider, insured_of, payer_of, person_of
from claimwright.office.records.models import CoverageRecord, EligibilityCheck, Encounter, File, Practice, User
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import control_number, envelope_to, keep_file
from claimwright.office.workflow.trail import changed, find, touched
from claimwright.x12.eligibility import write_270


@transaction.atomic
def verify_coverage(
    *, practice: Practice, by: User | None, today: date, coverage_id: int, encounter_id: int | None = None
) -> EligibilityCheck:
    """Write a 270 for a coverage, about the day of a visit or today; its answer comes as a file."""
    related = ("patient__practice", "plan__payer")
    coverage = find(CoverageRecord, practice, coverage_id, *related, path="patient__practice")
    encounter = find(Encounter, practice, encounter_id) if encounter_id else None
    if coverage.plan.kind == "SELF_PAY":
        raise Refused("The patient pays for themselves; there is no payer to ask.")
    if encounter is not None and encounter.patient_id != coverage.patient_id:
        raise Refused("The visit is another patient's.")
    payer = coverage.plan.payer
    trace = f"{practice.pk}E{next_number(practice, 'inquiry'):08d}"
    inquiry = EligibilityInquiry(
        payer=payer_of(payer),
        provider=billing_provider(practice),
        insured=insured_of(coverage),
        patient=person_of(coverage.patient),
        on=encounter.date if encounter else today,
        trace=trace,
    )
    envelope = envelope_to(practice, payer, today)
    number = control_number(envelope)
    file = keep_file(
        practice,
        direction="out",
        kind="270",
        name=f"{payer.payer_id}-{number}.270",
        content=write_270([inquiry], envelope),
        today=today,
        control_number=number,
    )
    check = EligibilityCheck.objects.create(coverage=coverage, encounter=encounter, trace=trace, asked_on=today, file=file)
    touched(practice, by, coverage.patient, "coverage verified")
    return check


def take_answer(practice: Practice, answer: EligibilityAnswer, file: File, today: date) -> EligibilityCheck | None:
    """Keep a payer's answer with the question that it answers; None when nobody asked."""
    check = EligibilityCheck.objects.filter(coverage__patient__practice=practice, trace=answer.trace).first()
    if check is None:
        return None
    if answer.rejections:
        status = "rejected"
    else:
        status = "active" if answer.active else "inactive"
    changed(check, answered_on=today, status=status, answer=pack(answer), message=in_words(answer)[:200])
    if file.answers_id is None and check.file is not None:
        changed(file, answers=check.file)
    return check


def in_words(answer: EligibilityAnswer) -> str:
    """What a payer answered, in one line for the front desk."""
    summary = summarize(answer)
    said = [summary.message]
    if summary.copay is not None:
        said.append(f"Copay ${dollars(summary.copay)}.")
    if summary.deductible_left is not None:
        said.append(f"Deductible left ${dollars(summary.deductible_left)}.")
    if summary.out_of_pocket_left is not None:
        said.append(f"Out of pocket left ${dollars(summary.out_of_pocket_left)}.")
    if summary.next_step:
        said.append(summary.next_step)
    return " ".join(said)


def used_by(plan: Plan, coverage: CoverageRecord, on: date) -> tuple[Accumulators, str]:
    """What the member had used of the plan year by the payer's last answer, and where that is known from."""
    checks = coverage.checks.filter(status="active", answer__isnull=False, asked_on__lte=on).order_by("-asked_on", "-pk")
    check = checks.first()
    if check is None or check.asked_on.year != on.year:
        return Accumulators(), "Nothing is known to be used of this plan year; verify the coverage for a better estimate."
    answer = unpack(check.answer, EligibilityAnswer)

    def used(limit: Cents, left: Cents | None) -> Cents:
        return max(limit - left, 0) if limit and left is not None else 0

    left = summarize(answer)
    known = Accumulators(
        deductible=used(plan.deductible, left.deductible_left),
        family_deductible=used(plan.family_deductible, left.family_deductible_left),
        out_of_pocket=used(plan.out_of_pocket_max, left.out_of_pocket_left),
        apart={
            f"{tier.name}:{name}": amount
            for tier in plan.tiers
            if tier.separate and tier.outside
            for information, level, most, name in APART
            if (amount := used(tier.most(most, plan), answer.left(information, level, outside=True)))
        },
    )
    return known, f"As the payer answered on {check.answered_on:%a} {check.answered_on.day} {check.answered_on:%b %Y}."
