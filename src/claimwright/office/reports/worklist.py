"""Today: what to do next, most urgent and most valuable first, and why it is there."""

from datetime import date, timedelta

from django.db.models import Count, Q, Sum

from claimwright.office.records.models import (
    Appointment,
    ClaimInquiry,
    ClaimRecord,
    Denial,
    Encounter,
    PhysicianQuery,
    Practice,
    PriceRow,
)
from claimwright.office.records.practice import Role
from claimwright.office.reports import authorizations, money_work
from claimwright.office.reports import claims as claim_reports
from claimwright.office.reports import statements as statement_reports
from claimwright.office.reports.answers import WHAT_TO_DO, heard
from claimwright.office.reports.work import Work

LIMIT = 200


def work_for(practice: Practice, role: str, today: date) -> list[Work]:
    """The role's worklist in order."""
    found: list[Work] = []
    for sources, who in SOURCES:
        if role in who or role in (Role.MANAGER, Role.ADMINISTRATOR):
            found += [item for source in sources for item in source(practice, today)]
    return sorted(found, key=lambda item: item.rank(today))[:LIMIT]


def visits_to_prepare(practice: Practice, today: date) -> list[Work]:
    """Visits of the next days whose insurance is not known to be in force."""
    soon = (
        Appointment.objects.filter(
            encounter__practice=practice, encounter__date__range=(today, today + timedelta(days=4)), status="booked"
        )
        .select_related("encounter__patient", "encounter__provider")
        .prefetch_related("encounter__checks", "encounter__estimates", "encounter__patient__coverages")
    )
    found = []
    for visit in soon:
        encounter = visit.encounter
        checks = sorted(encounter.checks.all(), key=lambda check: check.pk)
        status = checks[-1].status if checks else "not asked"
        if not encounter.patient.coverages.all() or status == "active":
            continue
        why = {
            "asked": "eligibility was asked, no answer yet",
            "inactive": "the payer says the coverage is not in force",
            "rejected": f"the payer could not answer: {checks[-1].message}" if checks else "",
        }.get(status, "eligibility has not been asked")
        owed = [estimate.patient_owes for estimate in encounter.estimates.all()]
        found.append(
            Work(
                "visit",
                encounter.pk,
                "shield",
                f"{encounter.patient} · {encounter.reason}",
                why,
                "Verify coverage",
                owed[-1] if owed else None,
                encounter.date,
                f"visit {visit.start:%H:%M}",
            )
        )
    return found


def visits_to_authorize(practice: Practice, today: date) -> list[Work]:
    """Visits to come whose planned services the plan wants authorized, and are not."""
    return [
        Work(
            "visit",
            encounter.pk,
            "shield",
            f"{encounter.patient} · {encounter.reason}",
            "; ".join(f"{need.procedure} needs an authorization: {need.message or need.state}" for need in lacking),
            "Ask for authorization",
            None,
            encounter.date,
            "visit",
        )
        for encounter, lacking in authorizations.to_come(practice, today)
    ]


def charts_to_code(practice: Practice, today: date) -> list[Work]:
    """Visits whose note waits for codes; the amount is what the suggested services would be charged."""
    current = PriceRow.objects.filter(Q(end=None) | Q(end__gte=today), practice=practice, modifier="", start__lte=today)
    prices = dict(current.order_by("start").values_list("procedure", "price"))
    rows = (
        Encounter.objects.filter(practice=practice, state__in=("to code", "query"))
        .select_related("patient", "provider")
        .prefetch_related("suggestions", "queries")
    )
    found = []
    for encounter in rows:
        asked = list(encounter.queries.all())
        if any(not query.answer for query in asked):
            continue
        worth = sum(prices.get(row.code, 0) for row in encounter.suggestions.all() if row.content.get("suggested", True))
        why = "the physician has answered" if asked else f"note waits for {(today - encounter.date).days} d"
        found.append(
            Work(
                "encounter",
                encounter.pk,
                "coding",
                f"{encounter.patient} · {encounter.reason}",
                why,
                "Code the visit",
                worth or None,
                encounter.date + timedelta(days=5),
                "coding",
            )
        )
    return found


def unanswered_queries(practice: Practice, today: date) -> list[Work]:
    """Questions the physician has not answered."""
    rows = PhysicianQuery.objects.filter(encounter__practice=practice, answer="", encounter__state="query")
    return [
        Work(
            "encounter",
            query.encounter_id,
            "question",
            f"{query.encounter.patient} · {query.topic}",
            f"asked {(today - query.asked_on).days} d ago, no answer from {query.encounter.provider}",
            "See the question",
            None,
            query.asked_on + timedelta(days=7),
            "answer",
        )
        for query in rows.select_related("encounter__patient", "encounter__provider")
    ]


def claims_to_mend(practice: Practice, today: date) -> list[Work]:
    """Held and rejected claims, with the plan's last day to file."""
    rows = ClaimRecord.objects.filter(practice=practice, state__in=("held", "rejected"))
    found = []
    for claim in rows.select_related("patient", "payer", "coverage__plan").prefetch_related("findings", "events"):
        if claim.state == "held":
            stops = [row.message for row in claim.findings.all() if row.severity in ("reject", "deny")]
            why = claim.follow_up or (stops[0] if stops else "held")
            why += f" (and {len(stops) - 1} more)" if len(stops) > 1 else ""
        else:
            said = [event.text for event in claim.events.all() if event.state == "rejected"]
            why = said[-1] if said else "the payer rejected it"
        found.append(
            Work(
                "claim",
                claim.pk,
                "claims",
                f"{claim.patient} · {claim.payer}",
                why,
                "Mend the claim",
                claim.charge,
                claim_reports.filing_deadline(claim),
                "timely filing",
            )
        )
    return found


def undone_beneath(practice: Practice, today: date) -> list[Work]:
    """Claims that have left and rest on what was undone since, or have it hanging on them."""
    rows = ClaimRecord.objects.filter(practice=practice).exclude(follow_up="").exclude(state__in=("held", "rejected"))
    return [
        Work(
            "claim",
            claim.pk,
            "clock",
            f"{claim.patient} · {claim.payer}",
            claim.follow_up,
            "Void or correct it" if claim.primary_claim_id else "See to what was left",
            claim.charge,
            today,
            "undone",
        )
        for claim in rows.select_related("patient", "payer")
    ]


def ready_to_send(practice: Practice, today: date) -> list[Work]:
    """The batch that may go."""
    ready = ClaimRecord.objects.filter(practice=practice, state="ready").aggregate(n=Count("id"), total=Sum("charge"))
    if not ready["n"]:
        return []
    return [
        Work(
            "ready",
            0,
            "send",
            f"{ready['n']} claims are ready" if ready["n"] != 1 else "1 claim is ready",
            "passed every edit",
            "Send the batch",
            ready["total"],
            today,
            "sending",
        )
    ]


def no_answer(practice: Practice, today: date) -> list[Work]:
    """Claims the payer has not decided in its time, with what it said when asked; and answers that want something done."""
    late = claim_reports.overdue(practice, today)
    told = ClaimInquiry.objects.filter(claim__practice=practice, status__in=WHAT_TO_DO).values("claim")
    waiting = ClaimRecord.objects.filter(practice=practice, state__in=claim_reports.WAITING_FOR_PAYER)
    rows = waiting.filter(Q(pk__in=late.values("pk")) | Q(pk__in=told)).select_related("patient", "payer")
    overdue = set(late.values_list("pk", flat=True))
    found = []
    for claim in rows.prefetch_related("inquiries"):
        answers = list(claim.inquiries.all())
        last = answers[-1] if answers else None
        if claim.pk not in overdue and (last is None or last.status not in WHAT_TO_DO):
            continue
        why, step = heard(claim, last, today)
        due = claim.sent_on + timedelta(days=claim.payer.answer_days) if claim.pk in overdue and claim.sent_on else today
        found.append(
            Work("claim", claim.pk, "clock", f"{claim.patient} · {claim.payer}", why, step, claim.charge, due, "answer"),
        )
    return found


def denials_to_work(practice: Practice, today: date) -> list[Work]:
    """Open denials by deadline."""
    rows = Denial.objects.filter(claim__practice=practice, status="open").select_related("claim__patient", "claim__payer")
    return [
        Work(
            "denial",
            row.pk,
            "denials",
            f"{row.claim.patient} · {row.claim.payer}",
            f"{row.words} ({row.group}·{row.reason})",
            row.action.capitalize(),
            row.amount,
            row.deadline,
            {"appeal": "appeal", "correct": "correction", "call": "call"}.get(row.action, "decision"),
        )
        for row in rows
    ]


def patients_to_bill(practice: Practice, today: date) -> list[Work]:
    """Guarantors who owe and have not been billed."""
    due = [row for row in statement_reports.guarantors(practice, today) if row.to_bill]
    if not due:
        return []
    total = sum(row.billable for row in due)
    return [
        Work(
            "statements",
            0,
            "statements",
            f"{len(due)} guarantor{'s' if len(due) != 1 else ''} can be billed",
            "insurance has decided, no statement yet",
            "Issue statements",
            total,
            today + timedelta(days=7),
            "billing",
        )
    ]


def claims_awaiting_filing(practice: Practice, today: date) -> int:
    """How many unsent claims reach their filing limit within a week."""
    unsent = ClaimRecord.objects.filter(Q(state__in=("draft", "held", "ready", "rejected")), practice=practice)
    return sum((claim_reports.filing_deadline(claim) - today).days <= 7 for claim in unsent.select_related("coverage__plan"))


SOURCES = (
    ((visits_to_prepare, visits_to_authorize), {Role.FRONT_DESK}),
    ((charts_to_code, unanswered_queries), {Role.CODER}),
    (
        (
            claims_to_mend,
            undone_beneath,
            ready_to_send,
            no_answer,
            money_work.parked_money,
            money_work.paper_to_post,
            denials_to_work,
        ),
        {Role.BILLER},
    ),
    ((money_work.short_paid, money_work.money_left_over, money_work.money_unmatched), {Role.BILLER}),
    ((money_work.credits_by_law, money_work.refunds_to_pay_out), {Role.BILLER}),
    ((money_work.refunds_to_approve,), set()),  # a manager's
    ((patients_to_bill,), {Role.BILLER, Role.FRONT_DESK}),
)
