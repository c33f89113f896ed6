"""Money as work: parked decisions, short payments, unexplained deposits, refunds, credits with a day set by law."""

from datetime import date, timedelta

from django.db.models import Count, Sum

from claimwright.money import dollars
from claimwright.office.records.models import Practice, Refund, Remit, RemitClaimRow
from claimwright.office.reports import claims as claim_reports
from claimwright.office.reports import credits, deposits, underpayments
from claimwright.office.reports.work import Work


def parked_money(practice: Practice, today: date) -> list[Work]:
    """Parts of remittances that matched nothing."""
    rows = RemitClaimRow.objects.filter(remit__practice=practice, status="parked").select_related("remit__payer")
    return [
        Work(
            "parked",
            row.pk,
            "remittances",
            f"{row.remit.payer or 'Unknown payer'} · {row.patient_control_number}",
            row.reason,
            "Match it",
            row.paid or row.charge,
            row.remit.paid_on + timedelta(days=14),
            "posting",
        )
        for row in rows
    ]


def paper_to_post(practice: Practice, today: date) -> list[Work]:
    """Remittances keyed in from paper: a person looks at the plan and posts them."""
    rows = Remit.objects.filter(practice=practice, status="new", keyed_by__isnull=False).select_related("payer", "keyed_by")
    return [
        Work(
            "remit",
            row.pk,
            "remittances",
            f"{row.payer or 'Unknown payer'} · {row.trace}",
            f"keyed in by {row.keyed_by.get_full_name() or row.keyed_by.username}, not posted yet",
            "Look and post",
            row.paid,
            row.paid_on + timedelta(days=14),
            "posting",
        )
        for row in rows.defer("content")
        if row.keyed_by
    ]


def short_paid(practice: Practice, today: date) -> list[Work]:
    """What payers allowed below contract, by payer."""
    return [
        Work(
            "underpaid",
            0,
            "scale",
            f"{name} paid below contract",
            f"{count} line{'s' if count != 1 else ''}, ${dollars(short)} short",
            "See the lines",
            short,
        )
        for name, count, short in underpayments.payers_short(practice)
    ]


def money_left_over(practice: Practice, today: date) -> list[Work]:
    """What stands open with a payer and nothing asks for any more."""
    return [
        Work(
            "claim",
            claim.pk,
            "scale",
            f"{claim.patient} · {claim.payer}",
            f"the claim is {claim.state}, but money is still open and nothing asks for it",
            "Decide",
            amount,
        )
        for claim, amount in claim_reports.left_over(practice)
    ]


def money_unmatched(practice: Practice, today: date) -> list[Work]:
    """Bank lines without a remittance, but for those that were put aside."""
    open_lines = deposits.alone(practice).order_by().aggregate(n=Count("id"), total=Sum("amount"))
    if not open_lines["n"]:
        return []
    plural = "s have" if open_lines["n"] != 1 else " has"
    return [
        Work(
            "deposits",
            0,
            "bank",
            f"{open_lines['n']} deposit{plural} no remittance",
            "the bank shows money no payer has explained",
            "Reconcile",
            open_lines["total"],
        )
    ]


def refunds_to_approve(practice: Practice, today: date) -> list[Work]:
    """Refunds that wait for a second person."""
    return [
        _refund(row, f"{row.reason}; {_who(row)} proposed it on {row.proposed_on}, another person approves it", "Approve it")
        for row in credits.refunds(practice, "proposed")
    ]


def refunds_to_pay_out(practice: Practice, today: date) -> list[Work]:
    """Refunds that were approved, and whose money has not gone back yet."""
    rows = credits.refunds(practice, "approved")
    return [_refund(row, f"{row.reason}; approved on {row.approved_on}, not paid out yet", "Pay it out") for row in rows]


def _who(row: Refund) -> str:
    return (row.proposed_by.get_full_name() or row.proposed_by.username) if row.proposed_by else "the system"


def _refund(row: Refund, why: str, step: str) -> Work:
    whose = row.payer or row.guarantor
    return Work("refund", row.pk, "bank", f"Refund to {whose}", why, step, row.amount, row.return_by, "return")


def credits_by_law(practice: Practice, today: date) -> list[Work]:
    """Credits of Medicare and Medicaid that nobody has proposed to give back: their 60 days run."""
    return [
        Work(
            "credit",
            0,
            "clock",
            f"{row.whose} is owed money back",
            f"{row.why}; {row.law}, identified on {row.clock.identified}",
            "Propose a refund",
            row.free,
            row.clock.return_by,
            "return",
        )
        for row in credits.credits(practice, today)
        if row.clock and row.clock.in_look_back and row.free > 0
    ]
