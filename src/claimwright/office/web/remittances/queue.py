"""Decisions that wait for a person: find the claim, see what differs, match it, owe it back, or put it aside."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.money import dollars
from claimwright.office.records.models import ClaimRecord, RemitClaimRow
from claimwright.office.reports import remittances as reports
from claimwright.office.web.access import BILLING, looked_at_all, mine, roles
from claimwright.office.web.shell import back, do, page, paginate
from claimwright.office.workflow import posting
from claimwright.office.workflow.candidates import candidates

SHOWN = 8


@roles(*BILLING)
def parked(request: HttpRequest) -> HttpResponse:
    """Decisions that wait for a person, by why they wait."""
    rows = paginate(request, reports.parked(request.practice, request.GET))
    context = {
        "rows": rows,
        "holds": reports.holds(request.practice),
        "figures": reports.figures(request.practice),
        "payers": reports.payers_of(request.practice),
        "asked": {name: request.GET.get(name, "") for name in ("why", "payer", "q", "sort")},
        "oldest": reports.parked(request.practice).values_list("remit__paid_on", flat=True).first(),
    }
    return page(request, "remittances/parked.html", context)


@roles(*BILLING)
def parked_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One parked decision and the claims it may belong to, side by side with it."""
    row = mine(RemitClaimRow.objects.select_related("remit__payer", "remit__practice"), request, pk, practice="remit__practice")
    text = request.GET.get("q", "").strip()
    said = reports.shown(row)
    found = candidates(row, reports.likely(row, text))[:SHOWN] if row.status == "parked" else []
    looked_at_all(request, {one.claim.patient_id: one.claim.patient for one in found}.values(), "claims to match")
    context = {
        "row": row,
        "shown": said,
        "text": text,
        "candidates": [(one, reports.facts(said, one.claim)) for one in found],
        "next": reports.next_parked(row),
    }
    return page(request, "remittances/match.html", context)


def _onward(row: RemitClaimRow) -> HttpResponse:
    """To the next decision that waits, else to the payment."""
    after = reports.next_parked(row)
    return redirect("parked", after.pk) if after else redirect("remittance", row.remit_id)


@require_POST
@roles(*BILLING)
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """This decision belongs to that claim."""
    row = mine(RemitClaimRow.objects.select_related("remit__practice"), request, pk, practice="remit__practice")
    chosen = request.POST.get("claim", "")
    claim = mine(ClaimRecord, request, int(chosen) if chosen.isdigit() else 0)
    _, fine = do(
        request,
        posting.match_remit_claim,
        at=f"parked-{pk}",
        done=f"Posted to {claim.patient_control_number}.",
        remit_claim_id=row.pk,
        claim_id=claim.pk,
        despite=request.POST.get("despite", ""),
    )
    if not fine:
        return back(request, "parked", pk=pk)
    return _onward(row) if request.POST.get("onward") else redirect("remittance", row.remit_id)


@require_POST
@roles(*BILLING)
def owe(request: HttpRequest, pk: int) -> HttpResponse:
    """The payer gets this money back."""
    row = mine(RemitClaimRow.objects.select_related("remit__practice"), request, pk, practice="remit__practice")
    _, fine = do(
        request,
        posting.owe_back,
        at=f"parked-{pk}",
        done=f"${dollars(row.paid)} stands as owed back to the payer.",
        remit_claim_id=row.pk,
        reason=request.POST.get("reason", ""),
    )
    return _onward(row) if fine else redirect("parked", pk)


@require_POST
@roles(*BILLING)
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing is to be done about it."""
    row = mine(RemitClaimRow.objects.select_related("remit__practice"), request, pk, practice="remit__practice")
    _, fine = do(request, posting.put_aside, at=f"parked-{pk}", remit_claim_id=row.pk, reason=request.POST.get("reason", ""))
    if fine:
        messages.success(request, "Put aside with its reason.")
    return _onward(row) if fine else redirect("parked", pk)
