"""The books: balances as of any instant, opened into entries and events; and the periods that are closed."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from claimwright.ledger.chart import chart
from claimwright.office.clock import today
from claimwright.office.records.models import LedgerEvent, Patient, PayerRecord, PeriodClose, ProviderRecord
from claimwright.office.reports import ledger as reports
from claimwright.office.reports import periods as period_reports
from claimwright.office.web.access import BILLING, LEAD, looked_at_all, mine, roles
from claimwright.office.web.money.amounts import day_of
from claimwright.office.web.shell import PAGE_SIZE, back, do, page, paginate, refused_at
from claimwright.office.web.templatetags.workbench import day
from claimwright.office.workflow import periods as verbs


def _asking(request: HttpRequest, want: reports.Asked) -> dict[str, object]:
    """What both ledger pages show of the question."""
    practice = request.practice
    return {
        "want": want,
        "accounts": chart().values(),
        "payers": PayerRecord.objects.filter(practice=practice).order_by("name"),
        "providers": ProviderRecord.objects.filter(practice=practice).order_by("last"),
        "known_words": f"{day(localtime(want.known))}, {localtime(want.known):%H:%M}" if want.known else "",
        "carried": [(name, value) for name, value in request.GET.items() if name in ("patient", "guarantor", "claim", "line")],
    }


@roles(*BILLING)
def balances(request: HttpRequest) -> HttpResponse:
    """Balances by account, payer, provider or patient, as of any day and instant."""
    want = reports.asked(request.practice, request.GET)
    by = request.GET.get("by", "account")
    by = by if by in reports.BY else "account"
    rows = reports.by_account(request.practice, want) if by == "account" else reports.by_party(request.practice, want, by)
    shown = paginate(request, rows)
    if by == "patient":
        numbers = [int(row.key) for row in shown if row.key.isdigit()]
        looked_at_all(request, Patient.objects.filter(pk__in=numbers).select_related("practice"), "ledger")
    context = {
        **_asking(request, want),
        "by": by,
        "rows": shown,
        "columns": list(reports.COLUMNS),
        "together": reports.together(rows) if rows else [],
        "sum": sum(row.sum for row in rows),
        "whole": not {name for name, _, _ in want.words} - {"from", "to"},
    }
    return page(request, "money/ledger.html", context)


@roles(*BILLING)
def entries(request: HttpRequest) -> HttpResponse:
    """The entries behind a balance, newest first, each with what stood after it."""
    want = reports.asked(request.practice, request.GET)
    rows, figures = reports.entries(request.practice, want), reports.figures(request.practice, want)
    pages = Paginator(rows, PAGE_SIZE)
    pages.count = figures["entries"]
    shown = pages.get_page(request.GET.get("page"))
    on_page = reports.opened(shown.object_list)
    newer = reports.newer_than(rows, max(shown.start_index() - 1, 0))
    looked_at_all(request, {row.patient for row in on_page if row.patient}, "ledger")
    context = {
        **_asking(request, want),
        "rows": shown,
        "lines": reports.running(on_page, newer, figures["total"] or 0),
        "total": figures["total"] or 0,
        "count": figures["entries"],
    }
    return page(request, "money/entries.html", context)


@roles(*BILLING)
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: its entries, which sum to zero, and everything it came from."""
    rows = LedgerEvent.objects.select_related("by", "remit__payer", "remit__file", "undoes")
    row = mine(rows.defer("remit__content", "remit__file__content"), request, pk)
    groups = reports.event_lines(row)
    claims = reports.claims_of(row)
    looked_at_all(request, {entry.patient for _, found, _ in groups for entry in found if entry.patient}, "ledger")
    context = {
        "event": row,
        "groups": groups,
        "claims": claims,
        "sum": sum(total for _, _, total in groups),
        "undone": LedgerEvent.objects.filter(undoes=row).first(),
    }
    return page(request, "money/event.html", context)


@roles(*BILLING)
def periods(request: HttpRequest) -> HttpResponse:
    """The books month by month, and what is closed."""
    months = period_reports.months(request.practice, today())
    context = {
        "months": months,
        "columns": list(reports.COLUMNS),
        "next": next((month for month in months if month.next), None),
        "through": period_reports.closed_through(request.practice),
        "closings": period_reports.closings(request.practice),
        "may_close": request.role in LEAD,
    }
    return page(request, "money/periods.html", context)


@require_POST
@roles(*LEAD)
def close(request: HttpRequest) -> HttpResponse:
    """Nothing more is dated up to this day."""
    try:
        through = day_of(request, "through")
    except ValueError:
        through = None
    if through is None:
        refused_at(request, "period", "Give the last day of the period, like 2026-10-31.")
    else:
        done = f"The books are closed through {day(through)}."
        do(request, verbs.close_period, at="period", done=done, through=through, note=request.POST.get("note", ""))
    return back(request, "periods")


@require_POST
@roles(*LEAD)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the last closed period again."""
    row = mine(PeriodClose, request, pk)
    done = f"The period through {day(row.through)} is open again."
    do(request, verbs.reopen_period, at="period", done=done, close_id=pk, reason=request.POST.get("reason", ""))
    return back(request, "periods")
