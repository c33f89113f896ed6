"""Claims: worklists, the claim's page, and its verbs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.claims.forms.cms1500 import cms1500_pdf
from claimwright.money import cents, dollars
from claimwright.office.clock import today
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, PayerRecord
from claimwright.office.reports import claims as reports
from claimwright.office.reports import coding
from claimwright.office.reports.answers import WHAT_TO_DO
from claimwright.office.web.access import BILLING, CODER, CODING, LEAD, looked, mine, roles
from claimwright.office.web.claims.held import with_offers
from claimwright.office.web.shell import back, do, page, paginate, pdf, refused_at
from claimwright.office.workflow import billing, status_inquiry, submission, undone
from claimwright.office.workflow import claims as verbs

CLAIMS = ClaimRecord.objects.select_related(
    "patient__guarantor",
    "payer",
    "coverage__plan",
    "encounter__provider",
    "encounter__location",
    "replaces",
    "primary_claim",
    "file",
)


@roles(*CODING)
def listing(request: HttpRequest) -> HttpResponse:
    """The claims that the address asks for; with `open` one of them beside the list."""
    claims = reports.listed(request.practice, request.GET, today())
    chosen = request.GET.get("open", "")
    context = {
        "rows": paginate(request, claims),
        "sums": reports.totals(claims),
        "states": reports.by_state(request.practice),
        "payers": PayerRecord.objects.filter(practice=request.practice).order_by("name"),
        "overdue": reports.overdue(request.practice, today()).count(),
        "asked": request.GET,
        "current": request.GET.get("state")
        or request.GET.get("work")
        or ("" if any(request.GET.get(word) for word in reports.NARROW) else "open"),
        "special": {
            name: request.GET[name] for name in ("aged", "clean", "denied", "category", "decided") if request.GET.get(name)
        },
    }
    if chosen.isdigit():
        context |= detail(request, mine(CLAIMS, request, int(chosen)))
    return page(request, "claims/list.html", context)


def detail(request: HttpRequest, record: ClaimRecord) -> dict[str, Any]:
    """What a claim's page shows."""
    looked(request, record.patient, "claim")
    lines, total = reports.lines(record)
    heard = record.inquiries.last()
    return {
        "claim": record,
        "lines": lines,
        "total": total,
        "said": record.content,
        "findings": with_offers(request, record, list(record.findings.order_by("line", "id"))),
        "events": record.events.select_related("file", "by"),
        "denials": record.denials.select_related("line", "owner").order_by("deadline"),
        "next_step": reports.next_step(record, total),
        "heard": heard,
        "heard_step": WHAT_TO_DO.get(heard.status, "") if heard else "",
        "deadline": reports.filing_deadline(record),
        "later": record.replaced_by.first(),
        "secondaries": record.secondaries.select_related("payer"),
        "ahead": coding.next_chart(request.practice, record.encounter_id) if request.role == CODER else None,
    }


@roles(*CODING)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim, one page."""
    return page(request, "claims/claim.html", detail(request, mine(CLAIMS, request, pk)))


@require_POST
@roles(*BILLING)
def submit(request: HttpRequest) -> HttpResponse:
    """Send the chosen claims, or all that are ready: one file a payer."""
    chosen = [int(pk) for pk in request.POST.getlist("claim") if pk.isdigit()]
    ids = (
        list(ClaimRecord.objects.filter(practice=request.practice, pk__in=chosen).values_list("pk", flat=True))
        if chosen
        else None
    )
    files, fine = do(request, submission.submit_batch, at="submit", claim_ids=ids)
    if fine:
        messages.success(
            request, f"Sent in {len(files)} file{'s' if len(files) != 1 else ''}; the payers' answers arrive by themselves."
        )
    return back(request, "claims")


@require_POST
@roles(*BILLING)
def ask_payers(request: HttpRequest) -> HttpResponse:
    """Ask where the chosen claims stand, or all that the list showed and a payer still has: one file a payer."""
    chosen = [int(pk) for pk in request.POST.getlist("claim") if pk.isdigit()]
    if chosen:
        rows = ClaimRecord.objects.filter(practice=request.practice, pk__in=chosen)
    else:
        rows = reports.listed(request.practice, request.POST, today()).filter(state__in=status_inquiry.ASKABLE)
    ids = list(rows.values_list("pk", flat=True))
    at = f"claim-{ids[0]}" if len(ids) == 1 and chosen else "ask-payers"
    files, fine = do(request, status_inquiry.ask_status, at=at, claim_ids=ids)
    if fine:
        payers = f"{len(files)} payers" if len(files) != 1 else "the payer"
        messages.success(request, f"Asked {payers}; what they answer shows on the claims by itself.")
    return back(request, "claims")


@require_POST
@roles(*BILLING)
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a claim that the payer does not know for not arrived, and check it for sending again."""
    record = mine(ClaimRecord, request, pk)
    done = "Taken up again. It leaves with the next batch when no edit holds it."
    do(request, status_inquiry.take_up_again, at=f"claim-{pk}", claim_id=record.pk, done=done)
    return back(request, "claim", pk=pk)


@roles(*CODING)
def ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """Every ledger entry behind the claim's figures, with the file it came from."""
    record = mine(CLAIMS, request, pk)
    looked(request, record.patient, "claim ledger")
    entries = reports.ledger_of(record)
    return page(
        request, "claims/ledger.html", {"claim": record, "entries": entries, "sum": sum(entry.amount for entry in entries)}
    )


@require_POST
@roles(*CODING)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it again, mended."""
    record = mine(ClaimRecord, request, pk)
    fresh, fine = do(
        request,
        verbs.correct_claim,
        at=f"claim-{pk}",
        claim_id=record.pk,
        reason=request.POST.get("reason", ""),
        done="The corrected claim is built and checked.",
    )
    return redirect("claim", fresh.pk) if fine else back(request, "claim", pk=pk)


@require_POST
@roles(*BILLING)
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the claim back."""
    record = mine(ClaimRecord, request, pk)
    fresh, fine = do(
        request, verbs.void_claim, at=f"claim-{pk}", claim_id=record.pk, reason=request.POST.get("reason", ""), done="Voided."
    )
    return redirect("claim", fresh.pk) if fine else back(request, "claim", pk=pk)


@require_POST
@roles(*BILLING)
def secondary(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry the decided claim to the next payer."""
    record = mine(ClaimRecord, request, pk)
    fresh, fine = do(request, verbs.build_secondary, at=f"claim-{pk}", claim_id=record.pk)
    return redirect("claim", fresh.pk) if fine else back(request, "claim", pk=pk)


@require_POST
@roles(*BILLING)
def seen_to(request: HttpRequest, pk: int) -> HttpResponse:
    """What an undone posting left to do about the claim is done."""
    record = mine(ClaimRecord, request, pk)
    note = request.POST.get("note", "")
    do(request, undone.seen_to, at=f"claim-{pk}", claim_id=record.pk, note=note, done="Seen to.")
    return back(request, "claim", pk=pk)


@require_POST
@roles(*LEAD)
def write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up an amount, with the reason; it can be undone by a reversal entry."""
    record = mine(ClaimRecord, request, pk)
    try:
        amount = cents(request.POST.get("amount", "").strip().lstrip("$").replace(",", ""))
    except ValueError:
        refused_at(request, f"claim-{pk}", "Give the amount in dollars, like 12.50.", "amount")
        return back(request, "claim", pk=pk)
    done = f"${dollars(amount)} written off."
    do(
        request,
        billing.write_off,
        at=f"claim-{pk}",
        claim_id=record.pk,
        amount=amount,
        reason=request.POST.get("reason", ""),
        done=done,
    )
    return back(request, "claim", pk=pk)


@roles(*CODING)
def cms1500(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper form, from the same data as the 837."""
    record = mine(CLAIMS, request, pk)
    looked(request, record.patient, "CMS-1500")
    return pdf(cms1500_pdf(claim_of(record)), f"cms1500-{record.patient_control_number}.pdf")
