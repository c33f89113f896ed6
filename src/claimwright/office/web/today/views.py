"""Today: the role's worklist."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from claimwright.office.clock import move_on, today
from claimwright.office.reports import worklist
from claimwright.office.web.access import BILLING, EVERYONE, roles
from claimwright.office.web.shell import page
from claimwright.office.web.templatetags.workbench import day as in_words

PLACES = {
    "visit": ("visit", True),
    "encounter": ("code", True),
    "claim": ("claim", True),
    "denial": ("denial", True),
    "parked": ("parked", True),
    "remit": ("remittance", True),
    "ready": ("claims", "?state=ready"),
    "underpaid": ("underpayments", ""),
    "deposits": ("deposits", ""),
    "credit": ("credits", "?to=law"),
    "refund": ("refunds", "#refund-{pk}"),
    "statements": ("statements", "?show=bill"),
}
KINDS = {
    "visit": "Visits",
    "encounter": "Charts",
    "claim": "Claims",
    "denial": "Denials",
    "parked": "Parked money",
    "remit": "Paper",
    "ready": "Batches",
    "underpaid": "Underpayments",
    "deposits": "Deposits",
    "credit": "Credits",
    "refund": "Refunds",
    "statements": "Statements",
}
ASKING = ("Ask the payer", "Ask again")


def address(item: worklist.Work) -> str:
    """Where a piece of work is done."""
    name, rest = PLACES[item.kind]
    return reverse(name, args=[item.pk]) if rest is True else reverse(name) + str(rest).format(pk=item.pk)


@roles(*EVERYONE)
def today_page(request: HttpRequest) -> HttpResponse:
    """What to do next."""
    work = worklist.work_for(request.practice, request.role, today())
    kinds = {kind: sum(item.kind == kind for item in work) for kind in KINDS}
    asked = request.GET.get("kind", "")
    shown = [item for item in work if not asked or item.kind == asked]
    context = {
        "rows": [(item, address(item), (item.due - today()).days if item.due else None) for item in shown],
        "kinds": [(kind, KINDS[kind], count) for kind, count in kinds.items() if count],
        "asked": asked,
        "count": len(work),
        "ask": [item.pk for item in shown if item.step in ASKING] if request.role in BILLING else [],
        "amount": sum(item.amount or 0 for item in shown),
        "movable": settings.TODAY is not None and request.role in BILLING,
        "week": sum(1 for item in work if item.due and (item.due - today()).days <= 7),
    }
    return page(request, "today/today.html", context)


@require_POST
@roles(*BILLING)
def next_day(request: HttpRequest) -> HttpResponse:
    """A demo's next day: the sandbox payer works and answers."""
    if settings.TODAY is not None:
        messages.success(request, f"It is {in_words(move_on())} now. What payers answer today arrives within seconds.")
    return redirect("today")
