"""Credit balances and refunds: whose money it is, by when it goes back, and the steps it takes."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.money import dollars
from claimwright.office.clock import today
from claimwright.office.records.models import Refund
from claimwright.office.reports import credits as reports
from claimwright.office.web.access import BILLING, LEAD, looked_at_all, mine, roles
from claimwright.office.web.money.amounts import amount_of, day_of
from claimwright.office.web.shell import back, do, page, paginate, refused_at
from claimwright.office.workflow import refunds as verbs

SOON = 14  # days: from then on the law's clock is shown as urgent


@roles(*BILLING)
def listing(request: HttpRequest) -> HttpResponse:
    """Every credit balance, the least time left first."""
    found = reports.credits(request.practice, today())
    whose = request.GET.get("to", "")
    rows = [row for row in found if not whose or (row.clock is not None if whose == "law" else row.owed_to == whose)]
    shown = paginate(request, rows)
    looked_at_all(request, {row.claim.patient for row in shown if row.claim}, "credit balances")
    context = {
        "rows": shown,
        "whose": whose,
        "count": len(found),
        "total": sum(row.amount for row in found),
        "to_payers": sum(row.amount for row in found if row.owed_to == "payer"),
        "to_patients": sum(row.amount for row in found if row.owed_to == "patient"),
        "clocked": [row for row in found if row.clock],
        "soon": SOON,
        "moving": reports.refunds(request.practice, "moving").count(),
        "key": uuid.uuid4().hex,
    }
    return page(request, "money/credits.html", context)


@roles(*BILLING)
def refunds(request: HttpRequest) -> HttpResponse:
    """Refunds on their way, and those that are over."""
    status = request.GET.get("status", "moving")
    rows = reports.refunds(request.practice, status)
    context = {
        "rows": paginate(request, rows),
        "status": status,
        "amount": sum(row.amount for row in rows),
        "count": len(rows),
        "credits": len(reports.credits(request.practice, today())),
        "moving": reports.refunds(request.practice, "moving").count(),
        "may_approve": request.role in LEAD,
        "soon": SOON,
    }
    return page(request, "money/refunds.html", context)


@require_POST
@roles(*BILLING)
def review(request: HttpRequest) -> HttpResponse:
    """When it was identified, and whether it is being looked into."""
    heap = request.POST.get("heap", "")
    at = f"credit-{_anchor(heap)}"
    try:
        identified = day_of(request, "identified_on")
        begun, concluded = day_of(request, "investigated_from"), day_of(request, "concluded_on")
    except ValueError:
        identified = None
    if identified is None:
        refused_at(request, at, "Give the day it was identified.", "identified_on")
        return back(request, "credits")
    do(
        request,
        verbs.review_credit,
        at=at,
        done="Kept; the days left follow from it.",
        heap=heap,
        identified_on=identified,
        investigated_from=begun,
        concluded_on=concluded,
        note=request.POST.get("note", ""),
    )
    return back(request, "credits")


def _anchor(heap: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in heap)


@require_POST
@roles(*BILLING)
def propose(request: HttpRequest) -> HttpResponse:
    """Money is to go back; another person approves it. The page's own key makes a double click harmless."""
    heap = request.POST.get("heap", "")
    at = f"credit-{_anchor(heap)}"
    amount = amount_of(request, at)
    if amount is not None:
        _, fine = do(
            request,
            verbs.propose_refund,
            at=at,
            done=f"A refund of ${dollars(amount)} is proposed. A manager other than you approves it.",
            heap=heap,
            amount=amount,
            reason=request.POST.get("reason", ""),
            key=request.POST.get("key") or uuid.uuid4().hex,
        )
        if fine:
            return back(request, "refunds")
    return back(request, "credits")


@require_POST
@roles(*LEAD)
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person agrees."""
    refund = mine(Refund, request, pk)
    done = f"${dollars(refund.amount)} is set aside and waits to be paid out."
    do(request, verbs.approve_refund, at=f"refund-{pk}", done=done, refund_id=pk)
    return back(request, "refunds")


@require_POST
@roles(*BILLING)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """It goes out: by check, by card, or the payer takes it."""
    refund = mine(Refund, request, pk)
    method = request.POST.get("method", "")
    _, fine = do(
        request, verbs.issue_refund, at=f"refund-{pk}", refund_id=pk, method=method, reference=request.POST.get("reference", "")
    )
    if fine:
        how = "left to the payer to take" if method == "recoupment" else f"paid out by {method}"
        messages.success(request, f"${dollars(refund.amount)} {how}.")
    return back(request, "refunds")


@require_POST
@roles(*LEAD)
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not go back."""
    mine(Refund, request, pk)
    do(request, verbs.decline_refund, at=f"refund-{pk}", done="Declined.", refund_id=pk, reason=request.POST.get("reason", ""))
    return redirect("refunds")


@require_POST
@roles(*LEAD)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Taken back by reversal entries."""
    mine(Refund, request, pk)
    done = "Taken back by reversal entries; the credit stands again."
    do(request, verbs.cancel_refund, at=f"refund-{pk}", done=done, refund_id=pk, reason=request.POST.get("reason", ""))
    return redirect("refunds")
