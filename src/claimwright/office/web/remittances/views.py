"""Remittances: what was paid, what posts and why, what was posted, and undoing it."""

import hashlib
from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.money import dollars
from claimwright.office.clock import today
from claimwright.office.records.models import ClaimRecord, File, Patient, Remit, RemitClaimRow
from claimwright.office.records.remittances import remittances
from claimwright.office.reports import remittance_review as review
from claimwright.office.reports import remittances as reports
from claimwright.office.web.access import BILLING, looked_at_all, mine, roles
from claimwright.office.web.shell import back, do, page, paginate, refused_at
from claimwright.office.workflow import posting, receiving
from claimwright.office.workflow import undo as undoing
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.posting_rules import posting_rules

LARGEST_FILE = 50 * 1024 * 1024
MOST_AT_ONCE = 100


@roles(*BILLING)
def listing(request: HttpRequest) -> HttpResponse:
    """Payments, newest first; with `open` one of them beside the list."""
    context = {
        "rows": paginate(request, reports.listed(request.practice, request.GET)),
        "figures": reports.figures(request.practice),
        "payers": reports.payers_of(request.practice),
        "asked": {name: request.GET.get(name, "") for name in ("status", "bank", "payer", "source", "q", "sort")},
    }
    chosen = request.GET.get("open", "")
    if chosen.isdigit():
        context |= detail(request, int(chosen))
    return page(request, "remittances/list.html", context)


@require_POST
@roles(*BILLING)
def post_many(request: HttpRequest) -> HttpResponse:
    """Post what is certain of the payments ticked, or of all that are new; one refused stops no other."""
    chosen = [int(pk) for pk in request.POST.getlist("remit") if pk.isdigit()]
    rows = Remit.objects.filter(practice=request.practice).order_by("paid_on", "id")
    rows = rows.filter(pk__in=chosen) if chosen else rows.filter(status="new")
    done, lines, refused = 0, 0, ""
    for pk, before in list(rows.values_list("pk", "lines_posted")[:MOST_AT_ONCE]):
        try:
            remit = posting.post_remittance(practice=request.practice, by=request.user, today=today(), remit_id=pk)
        except Refused as refusal:
            refused = refusal.message
            continue
        done, lines = done + 1, lines + remit.lines_posted - before
    if refused:
        refused_at(request, "post-many", refused)
    if done:
        messages.success(request, f"{lines} line{'' if lines == 1 else 's'} of {done} payment{'' if done == 1 else 's'} posted.")
    elif not refused:
        refused_at(request, "post-many", "Nothing is new: tick the payments to try again.")
    return back(request, "remittances")


def detail(request: HttpRequest, pk: int) -> dict[str, object]:
    """What a remittance's page shows: the plan of what is not posted, and what is in the books."""
    remit = mine(Remit.objects.select_related("payer", "deposit", "keyed_by", "practice"), request, pk)
    show = request.GET.get("show", "")
    rows = paginate(request, review.rows_of(remit, show))
    fresh = remit.status == "new" or remit.claims.filter(status="new").exists()
    plan = posting.plan_remittance(request.practice, remit) if fresh else None
    rules = posting_rules(request.practice, remit.payer, remittances([remit.pk])[remit.pk])
    shown = [row.pk for row in rows]
    claims = ClaimRecord.objects.filter(Q(remit_rows__in=shown) | Q(remit_parts__row__in=shown))
    seen = Patient.objects.filter(pk__in=claims.values("patient")).select_related("practice")
    looked_at_all(request, seen, "remittance")
    decisions = review.decisions(remit, list(rows), plan)
    totals = review.totals(remit)
    return {
        "remit": remit,
        "decisions": decisions,
        "notice": "" if any(one.reason == remit.reason for one in decisions) else remit.reason,
        "clps": rows,
        "show": show,
        "totals": totals,
        "plan": plan,
        "planned": review.planned_sums(plan) if plan else None,
        "beside": review.beside(remit, plan, rules.provider_adjustments),
        "claims_paid": sum(one["paid"] for one in totals.values()),
        "claims_said": sum(one["count"] for one in totals.values()),
        "accounts": review.posted_by_account(remit),
        "taken_back": review.taken_back(remit),
        "may_post": not (request.practice.two_person_posting and remit.keyed_by_id == request.user.pk),
    }


@roles(*BILLING)
def remittance(request: HttpRequest, pk: int) -> HttpResponse:
    """One payment, claim by claim, line by line."""
    return page(request, "remittances/remittance.html", detail(request, pk))


@require_POST
@roles(*BILLING)
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Post what is certain, park the rest."""
    remit = mine(Remit, request, pk)
    before = remit.lines_posted
    posted, fine = do(request, posting.post_remittance, at=f"remit-{pk}", remit_id=remit.pk)
    if fine:
        lines, parked = posted.lines_posted - before, posted.claims.filter(status="parked").count()
        waits = f" {parked} wait{'s' if parked == 1 else ''} for a person." if parked else ""
        messages.success(request, f"{lines} line{'' if lines == 1 else 's'} posted.{waits}")
    return back(request, "remittance", pk=pk)


@require_POST
@roles(*BILLING)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the whole payment out of the books by reversal entries."""
    remit = mine(Remit, request, pk)
    do(
        request,
        undoing.undo_remittance,
        at=f"remit-{pk}",
        done="Undone by reversal entries; nothing of it posts until you say so.",
        remit_id=remit.pk,
        reason=request.POST.get("reason", ""),
    )
    _tell_what_stays(request, remit.claims.all())
    return back(request, "remittance", pk=pk)


def _tell_what_stays(request: HttpRequest, rows: Iterable[RemitClaimRow]) -> None:
    for row in rows:
        if row.next_step.startswith(undoing.NOT_TAKEN_BACK):
            messages.warning(request, row.next_step)


@require_POST
@roles(*BILLING)
def undo_one(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one decision out of the books by a reversal entry."""
    row = mine(RemitClaimRow, request, pk, practice="remit__practice")
    do(
        request,
        undoing.undo_posting,
        at=f"decision-{pk}",
        done=f"${dollars(row.paid)} undone by a reversal entry.",
        remit_claim_id=row.pk,
        reason=request.POST.get("reason", ""),
    )
    _tell_what_stays(request, row.remit.claims.filter(pk=pk))
    return back(request, "remittance", pk=row.remit_id)


@require_POST
@roles(*BILLING)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a decision that was undone once more, as it was."""
    row = mine(RemitClaimRow, request, pk, practice="remit__practice")
    do(request, undoing.post_again, at=f"decision-{pk}", done="Posted again.", remit_claim_id=row.pk)
    return back(request, "remittance", pk=row.remit_id)


@roles(*BILLING)
def upload(request: HttpRequest) -> HttpResponse:
    """Take in a file by hand; the same file twice changes nothing."""
    given = request.FILES.get("file")
    if request.method == "POST" and given is None:
        refused_at(request, "upload", "Choose a file first.")
    elif given is not None and given.size > LARGEST_FILE:
        refused_at(request, "upload", "The file is larger than 50 MB.")
    elif given is not None:
        content = given.read()
        digest = hashlib.sha256(content).hexdigest()
        known = File.objects.filter(practice=request.practice, direction="in", digest=digest, status="read").exists()
        received, fine = do(request, receiving.receive_file, at="upload", name=given.name[:120], content=content)
        if fine:
            messages.success(request, _what_came(received, known=known))
            return _where_it_went(received)
    return page(request, "remittances/upload.html")


def _what_came(received: File, *, known: bool) -> str:
    if received.status == "parked":
        return f"Parked: {received.reason}"
    if known:
        return "This file was here already: nothing changes."
    return f"Read as {received.kind}.{' Its payments are posted within seconds.' if received.kind == '835' else ''}"


def _where_it_went(received: File) -> HttpResponse:
    """To the payment that a file told of, to the list where it told of several, to the deposits; else to the file itself."""
    if received.status == "read" and received.kind == "bank":
        return redirect("deposits")
    told = list(received.remit_set.values_list("pk", flat=True)[:2]) if received.status == "read" else []
    if len(told) == 1:
        return redirect("remittance", told[0])
    return redirect("remittances") if told else redirect("file", received.pk)
