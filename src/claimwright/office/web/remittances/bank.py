"""Deposits: the bank's lines beside the payers' remittances, and what of the money is not applied yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.office.clock import today
from claimwright.office.records.models import Deposit, Remit
from claimwright.office.reports import deposits as reports
from claimwright.office.web.access import BILLING, mine, roles
from claimwright.office.web.shell import back, do, page, paginate
from claimwright.office.workflow import deposits as verbs
from claimwright.office.workflow import posting

LISTS = {
    "alone": reports.alone,
    "awaited": reports.awaited,
    "unapplied": reports.unapplied,
    "joined": reports.joined,
    "aside": reports.aside,
}
_WAITING = (("alone", "alone_count"), ("unapplied", "unapplied_count"), ("awaited", "awaited_count"))


@roles(*BILLING)
def deposits(request: HttpRequest) -> HttpResponse:
    """One list at a time: alone in the bank, awaited from payers, not applied, joined, put aside."""
    figures = reports.figures(request.practice, today())
    show = request.GET.get("show", "")
    if show not in LISTS:
        show = next((name for name, count in _WAITING if figures[count]), "joined")
    rows = paginate(request, LISTS[show](request.practice))
    return page(request, "remittances/deposits.html", {"rows": rows, "show": show, "figures": figures})


@roles(*BILLING)
def deposit(request: HttpRequest, pk: int) -> HttpResponse:
    """One line of the bank and the payments that it may be."""
    row = mine(Deposit.objects.select_related("remit__payer", "file", "said_by", "practice"), request, pk)
    found = reports.remits_for(row, request.GET) if row.remit_id is None and not row.aside else []
    return page(request, "remittances/deposit.html", {"row": row, "candidates": found, "text": request.GET.get("q", "")})


@require_POST
@roles(*BILLING)
def reconcile(request: HttpRequest) -> HttpResponse:
    """Match the bank's lines with remittances by trace number and amount."""
    do(request, posting.reconcile_deposits, at="reconcile", done="Reconciled what agrees to the cent.")
    return redirect("deposits")


@require_POST
@roles(*BILLING)
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """This line is that payment's money."""
    row = mine(Deposit, request, pk)
    chosen = request.POST.get("remit", "")
    remit = mine(Remit, request, int(chosen) if chosen.isdigit() else 0)
    _, fine = do(
        request,
        verbs.join_deposit,
        at=f"deposit-{pk}",
        done="Joined.",
        deposit_id=row.pk,
        remit_id=remit.pk,
        reason=request.POST.get("reason", ""),
    )
    return back(request, "deposits") if fine else redirect("deposit", pk)


@require_POST
@roles(*BILLING)
def part(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line and its payment apart again."""
    row = mine(Deposit, request, pk)
    reason = request.POST.get("reason", "")
    do(request, verbs.part_deposit, at=f"deposit-{pk}", done="Taken apart.", deposit_id=row.pk, reason=reason)
    return redirect("deposit", pk)


@require_POST
@roles(*BILLING)
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """No payment of a payer belongs to this line."""
    row = mine(Deposit, request, pk)
    reason = request.POST.get("reason", "")
    _, fine = do(request, verbs.set_deposit_aside, at=f"deposit-{pk}", done="Put aside.", deposit_id=row.pk, reason=reason)
    return redirect("deposits") if fine else redirect("deposit", pk)
