"""Denials: the worklist, one denial, what to do about it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.office.clock import today
from claimwright.office.records.models import Denial, Membership
from claimwright.office.reports import claims as claim_reports
from claimwright.office.reports import denials as reports
from claimwright.office.web.access import BILLING, LEAD, looked, mine, roles
from claimwright.office.web.shell import back, do, page, paginate, refused_at
from claimwright.office.workflow import followup

DENIALS = Denial.objects.select_related(
    "claim__patient", "claim__payer", "claim__encounter__provider", "claim__practice", "line", "owner", "remit__file"
)
STATUSES = ("open", "appealed", "corrected", "won", "lost", "written off", "billed", "taken back")
ONLY_LEAD = {"write off"}
DONE = {
    "correct": "The corrected claim is built and checked.",
    "appeal": "Appealed; print the letter.",
    "write off": "Written off.",
    "bill patient": "Moved to the patient's account.",
    "call": "The call is noted.",
}


@roles(*BILLING)
def listing(request: HttpRequest) -> HttpResponse:
    """Denials, soonest deadline first; with `open` one of them beside the list."""
    rows = reports.listed(request.practice, request.GET)
    counts = {row["status"]: row for row in reports.by_status(request.practice)}
    status = request.GET.get("status", "open")
    context = {
        "rows": paginate(request, rows),
        "statuses": [(name, counts[name]) for name in STATUSES if name in counts],
        "asked": request.GET,
        "status": status,
        "causes": reports.by_category(request.practice, status),
        "amount": sum(row.amount for row in rows),
        "count": len(rows),
    }
    if request.GET.get("open", "").isdigit():
        context |= detail(request, int(request.GET["open"]))
    return page(request, "denials/list.html", context)


def detail(request: HttpRequest, pk: int) -> dict[str, object]:
    """What a denial's page shows."""
    denial = mine(DENIALS, request, pk, practice="claim__practice")
    looked(request, denial.claim.patient, "denial")
    lines, total = claim_reports.lines(denial.claim)
    return {
        "denial": denial,
        "claim": denial.claim,
        "lines": lines,
        "total": total,
        "appeal_by": followup.appeal_by(denial),
        "days": (denial.deadline - today()).days,
        "may_write_off": request.role in LEAD,
        "people": Membership.objects.filter(practice=request.practice).select_related("user"),
        "others": denial.claim.denials.exclude(pk=pk).select_related("line"),
        "workable": denial.status in ("open", "appealed"),
        "letter": denial.claim.events.filter(key=f"appeal:{pk}", file__isnull=False).first(),
    }


@roles(*BILLING)
def denial(request: HttpRequest, pk: int) -> HttpResponse:
    """One denial."""
    return page(request, "denials/denial.html", detail(request, pk))


@require_POST
@roles(*BILLING)
def work(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct, appeal, write off, bill the patient, or note a call."""
    denial = mine(DENIALS, request, pk, practice="claim__practice")
    action = request.POST.get("action", "")
    if action in ONLY_LEAD and request.role not in LEAD:
        refused_at(request, f"denial-{pk}", "Only a manager writes money off. Ask one, or choose another step.")
        return back(request, "denial", pk=pk)
    _, fine = do(
        request,
        followup.work_denial,
        at=f"denial-{pk}",
        done=DONE.get(action, ""),
        denial_id=pk,
        action=action,
        note=request.POST.get("note", ""),
    )
    if fine and action == "correct" and (fresh := denial.claim.replaced_by.order_by("-id").first()):
        return redirect("claim", fresh.pk)
    return back(request, "denial", pk=pk)


@require_POST
@roles(*BILLING)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Who works it."""
    denial = mine(Denial, request, pk, practice="claim__practice")
    owner = request.POST.get("owner", "")
    do(request, followup.assign_denial, at=f"denial-{pk}", denial_id=denial.pk, owner_id=int(owner) if owner.isdigit() else None)
    return back(request, "denial", pk=pk)
