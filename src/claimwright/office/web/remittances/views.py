"""Remittances: what was paid, what was posted and why, what waits, what the bank says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.office.records.models import ClaimRecord, Patient, Remit, RemitClaimRow
from claimwright.office.reports import claims as claim_reports
from claimwright.office.reports import remittances as reports
from claimwright.office.web.access import BILLING, looked_at_all, mine, roles
from claimwright.office.web.shell import back, do, page, paginate, refused_at
from claimwright.office.workflow import posting, receiving

LARGEST_FILE = 50 * 1024 * 1024


@roles(*BILLING)
def listing(request: HttpRequest) -> HttpResponse:
    """Payments, newest first; with `open` one of them beside the list."""
    status = request.GET.get("status", "")
    context = {
        "rows": paginate(request, reports.listed(request.practice, status)),
        "figures": reports.figures(request.practice),
        "waiting": reports.parked(request.practice).count(),
        "asked": status,
    }
    chosen = request.GET.get("open", "")
    if chosen.isdigit():
        context |= detail(request, int(chosen))
    return page(request, "remittances/list.html", context)


def detail(request: HttpRequest, pk: int) -> dict[str, object]:
    """What a remittance's page shows."""
    remit = mine(Remit.objects.select_related("payer", "file", "deposit"), request, pk)
    claims = reports.claims_of(remit)
    seen = Patient.objects.filter(claims__remit_rows__remit=remit).select_related("practice").distinct()
    looked_at_all(request, seen, "remittance")
    return {
        "remit": remit,
        "claims": claims,
        "adjustments": remit.content.get("provider_adjustments", []),
        "claims_paid": sum(shown.said.paid for shown in claims),
        "accounts": reports.posted_by_account(remit),
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
    do(request, posting.post_remittance, at=f"remit-{pk}", done="Posted.", remit_id=remit.pk)
    return back(request, "remittance", pk=pk)


@roles(*BILLING)
def parked(request: HttpRequest) -> HttpResponse:
    """Decisions that wait for a person."""
    rows = reports.parked(request.practice)
    return page(request, "remittances/parked.html", {"rows": paginate(request, rows), "amount": sum(row.paid for row in rows)})


@roles(*BILLING)
def parked_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One parked decision and the claims it may belong to."""
    row = mine(RemitClaimRow.objects.select_related("remit__payer"), request, pk, practice="remit__practice")
    text = request.GET.get("q", "").strip()
    return page(
        request,
        "remittances/match.html",
        {"row": row, "shown": reports.shown(row), "text": text, "candidates": reports.candidates(row, text)},
    )


@require_POST
@roles(*BILLING)
def match(request: HttpRequest, pk: int) -> HttpResponse:
    """This decision belongs to that claim."""
    row = mine(RemitClaimRow, request, pk, practice="remit__practice")
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
    return redirect("remittance", row.remit_id) if fine else redirect("parked", pk)


@roles(*BILLING)
def deposits(request: HttpRequest) -> HttpResponse:
    """The bank's lines beside the payers' remittances."""
    lines, awaited, sums = reports.deposits(request.practice)
    return page(request, "remittances/deposits.html", {"lines": paginate(request, lines), "awaited": awaited, "sums": sums})


@require_POST
@roles(*BILLING)
def reconcile(request: HttpRequest) -> HttpResponse:
    """Match the bank's lines with remittances by trace number and amount."""
    do(request, posting.reconcile_deposits, at="reconcile", done="Reconciled what agrees to the cent.")
    return redirect("deposits")


@roles(*BILLING)
def underpayments(request: HttpRequest) -> HttpResponse:
    """Lines allowed below the contract."""
    rows = claim_reports.underpaid(request.practice)
    context = {
        "rows": paginate(request, rows),
        "by_payer": claim_reports.payers_short(rows),
        "short": sum(row["short"] for row in rows),
    }
    return page(request, "remittances/underpayments.html", context)


@roles(*BILLING)
def upload(request: HttpRequest) -> HttpResponse:
    """Take in a file by hand; the same file twice changes nothing."""
    given = request.FILES.get("file")
    if request.method == "POST" and given is None:
        refused_at(request, "upload", "Choose a file first.")
    elif given is not None and given.size > LARGEST_FILE:
        refused_at(request, "upload", "The file is larger than 50 MB.")
    elif given is not None:
        received, fine = do(request, receiving.receive_file, at="upload", name=given.name[:120], content=given.read())
        if fine:
            told = f"Parked: {received.reason}" if received.status == "parked" else f"Read as {received.kind}."
            told += " Its payments are posted within seconds." if received.kind == "835" and received.status != "parked" else ""
            messages.success(request, told)
            return redirect("file", received.pk)
    return page(request, "remittances/upload.html")
