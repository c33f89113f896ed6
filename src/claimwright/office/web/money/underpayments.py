"""Underpayments: every line short of its contract, the working in place, dispute, accept, assign."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from claimwright.office.records.models import Membership, Patient, PayerRecord
from claimwright.office.reports import underpayments as reports
from claimwright.office.web.access import BILLING, LEAD, looked_at_all, mine, roles
from claimwright.office.web.money.amounts import amount_of, chosen
from claimwright.office.web.shell import back, do, page, paginate, refused_at
from claimwright.office.workflow import underpayments as verbs


@roles(*BILLING)
def listing(request: HttpRequest) -> HttpResponse:
    """The worklist by payer and contract, most money first."""
    rows = reports.listed(request.practice, request.GET)
    shown = paginate(request, rows)
    groups, on_page = reports.grouped(rows, shown.object_list)  # a group that goes on to the next page says its whole sum
    seen = Patient.objects.filter(claims__underpaid_lines__in=[row.pk for row in shown.object_list]).distinct()
    looked_at_all(request, seen.select_related("practice"), "underpayments")
    counts = reports.counts(request.practice)
    status = request.GET.get("status", "open")
    context = {
        "rows": shown,
        "groups": on_page,
        "payers": sorted({(group.payer_pk, group.payer) for group in groups}, key=lambda one: one[1]),
        "short": sum(group.short for group in groups),
        "counts": [(name, counts[name]) for name in reports.STATUSES],
        "recovered": counts["recovered"]["amount"],
        "status": status if status in reports.STATUSES else "open",
        "within": reports.within_tolerance(request.practice),
        "people": Membership.objects.filter(practice=request.practice).select_related("user"),
        "all_payers": PayerRecord.objects.filter(practice=request.practice).order_by("name"),
        "may_set": request.role in LEAD,
    }
    return page(request, "money/underpayments.html", context)


@require_POST
@roles(*BILLING)
def work(request: HttpRequest) -> HttpResponse:
    """Dispute, accept, take up again, or give to someone what was ticked."""
    ids, action, note = chosen(request), request.POST.get("action", ""), request.POST.get("note", "")
    count = f"{len(ids)} line{'s' if len(ids) != 1 else ''}"
    if action == "dispute":
        letters, fine = do(request, verbs.dispute, at="underpaid", ids=ids, note=note)
        if fine:
            many = f"{len(letters)} letters are" if len(letters) != 1 else "The letter is"
            messages.success(request, f"{many} made and kept with the claim{'s' if len(letters) != 1 else ''}: print and send.")
    elif action == "accept":
        do(request, verbs.accept, at="underpaid", done=f"{count} accepted.", ids=ids, reason=note)
    elif action == "again":
        do(request, verbs.work_again, at="underpaid", done=f"{count} back on the worklist.", ids=ids)
    elif action == "assign":
        owner = request.POST.get("owner", "")
        given = int(owner) if owner.isdigit() else None
        do(request, verbs.assign, at="underpaid", done=f"{count} assigned.", ids=ids, owner_id=given)
    else:
        refused_at(request, "underpaid", "Choose what to do with the lines.")
    return back(request, "underpayments")


@require_POST
@roles(*LEAD)
def tolerance(request: HttpRequest) -> HttpResponse:
    """How much a line may fall short: for all payers, or for one."""
    said = request.POST.get("payer", "")
    payer = mine(PayerRecord, request, int(said)) if said.isdigit() else None
    empty = payer is not None and not request.POST.get("amount", "").strip()
    amount = None if empty else amount_of(request, "tolerance")
    if empty or amount is not None:
        whom = payer.name if payer else "all payers"
        done = f"The tolerance for {whom} is kept."
        do(request, verbs.set_tolerance, at="tolerance", done=done, amount=amount, payer_id=payer.pk if payer else None)
    return back(request, "underpayments")
