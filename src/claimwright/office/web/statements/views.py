"""Statements, patient payments, and the account a guarantor can follow."""

import uuid

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.money import Cents, cents, dollars
from claimwright.office.clock import today
from claimwright.office.records.models import Guarantor, LedgerEvent, Statement
from claimwright.office.reports import statements as reports
from claimwright.office.web.access import BILLING, DESK, LEAD, looked, looked_at_all, mine, roles
from claimwright.office.web.shell import back, do, page, paginate, pdf, refused_at
from claimwright.office.workflow import billing, refunds


@roles(*DESK)
def listing(request: HttpRequest) -> HttpResponse:
    """Guarantors who owe or are owed; with `open` one account beside the list."""
    rows = reports.guarantors(request.practice, today(), request.GET.get("q", ""))
    show = request.GET.get("show", "")
    kept = {"bill": [row for row in rows if row.to_bill], "credit": [row for row in rows if row.balance < 0 or row.held]}.get(
        show, rows
    )
    context = {
        "rows": paginate(request, kept),
        "count": len(rows),
        "owed": sum(row.balance for row in rows if row.balance > 0),
        "to_bill": sum(row.to_bill for row in rows),
        "bill_amount": sum(row.billable for row in rows if row.to_bill),
        "credits": sum(row.balance < 0 or row.held > 0 for row in rows),
        "show": show,
        "last": reports.last_issued(request.practice),
        "may_issue": request.role in BILLING,
    }
    if request.GET.get("open", "").isdigit():
        context |= detail(request, int(request.GET["open"]))
    return page(request, "statements/list.html", context)


def detail(request: HttpRequest, pk: int) -> dict[str, object]:
    """What a guarantor's page shows."""
    guarantor = mine(Guarantor, request, pk)
    for patient in guarantor.patients.select_related("practice"):
        looked(request, patient, "account")
    return {
        "guarantor": guarantor,
        "balance": reports.balance(guarantor),
        "account": reports.account(Q(guarantor=guarantor) | Q(encounter__patient__guarantor=guarantor)),
        "visits": reports.visits_owed(guarantor),
        "issued": guarantor.statements.order_by("-issued_on"),
        "payments": guarantor.payments.order_by("-on", "-id"),
        "pending": reports.insurance_pending(guarantor),
        "family": guarantor.patients.order_by("birth"),
        "may_undo": request.role in LEAD,
        "key": uuid.uuid4().hex,
        "may_issue": request.role in BILLING,
    }


@roles(*DESK)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One guarantor: what is owed and why."""
    return page(request, "statements/account.html", detail(request, pk))


@require_POST
@roles(*BILLING)
def issue(request: HttpRequest) -> HttpResponse:
    """Send statements to the chosen guarantors, or to all who owe and were not told so."""
    chosen = [int(pk) for pk in request.POST.getlist("guarantor") if pk.isdigit()]
    if chosen:
        ids = list(Guarantor.objects.filter(practice=request.practice, pk__in=chosen).values_list("pk", flat=True))
    else:  # exactly those the button counted
        ids = [row.guarantor.pk for row in reports.guarantors(request.practice, today()) if row.to_bill]
    issued, fine = do(request, billing.issue_statements, at="issue", guarantor_ids=ids)
    if fine:
        told = (
            f"{len(issued)} statement{'s' if len(issued) != 1 else ''} issued."
            if issued
            else "Nobody needs a statement: nothing is owed, or insurance is still deciding."
        )
        messages.success(request, told)
    return back(request, "statements")


@roles(*DESK)
def statement_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement as it was sent."""
    statement = mine(Statement.objects.select_related("pdf", "guarantor"), request, pk)
    looked_at_all(request, statement.guarantor.patients.select_related("practice"), "statement")
    if statement.pdf is None:
        return redirect("guarantor", statement.guarantor_id)
    return pdf(bytes(statement.pdf.content), f"statement-{statement.number}.pdf")


def _amount(request: HttpRequest, at: str) -> Cents | None:
    try:
        return cents(request.POST.get("amount", "").strip().lstrip("$").replace(",", ""))
    except ValueError:
        refused_at(request, at, "Give the amount in dollars, like 25 or 25.50.", "amount")
        return None


@require_POST
@roles(*DESK)
def pay(request: HttpRequest, pk: int) -> HttpResponse:
    """Money from a guarantor; the page's own key makes a double click harmless."""
    guarantor = mine(Guarantor, request, pk)
    amount = _amount(request, "pay")
    if amount is not None:
        ahead = min(amount, amount - reports.balance(guarantor))
        kept = f", ${dollars(ahead)} of it more than is owed and held for them" if ahead > 0 else ""
        do(
            request,
            billing.take_payment,
            at="pay",
            done=f"${dollars(amount)} received{kept}.",
            guarantor_id=guarantor.pk,
            amount=amount,
            method=request.POST.get("method", "card"),
            key=request.POST.get("key") or uuid.uuid4().hex,
            reference=request.POST.get("reference", "")[:40],
        )
    return back(request, "guarantor", pk=pk)


@require_POST
@roles(*BILLING)
def refund(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to give back what is held; another person approves it."""
    guarantor = mine(Guarantor, request, pk)
    amount = _amount(request, "refund")
    if amount is not None:
        do(
            request,
            refunds.propose_refund,
            at="refund",
            done=f"A refund of ${dollars(amount)} is proposed. A manager other than you approves it.",
            heap=f"patient:{guarantor.pk}:",
            amount=amount,
            key=request.POST.get("key") or uuid.uuid4().hex,
            reason=request.POST.get("reason", ""),
        )
    return back(request, "guarantor", pk=pk)


@require_POST
@roles(*LEAD)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one posting by a reversal entry."""
    event = mine(LedgerEvent, request, pk)
    do(
        request,
        billing.undo_event,
        at=f"event-{pk}",
        done="Taken back by a reversal entry.",
        event_id=event.pk,
        reason=request.POST.get("reason", ""),
    )
    return back(request, "statements")
