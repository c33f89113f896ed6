"""Keying in a paper remittance, and withdrawing one that was keyed in wrongly."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.claims.states import NEVER_SENT
from claimwright.office.clock import today
from claimwright.office.records.models import ClaimRecord, PayerRecord, Remit
from claimwright.office.reports.claims import find
from claimwright.office.web.access import BILLING, LEAD, looked_at_all, mine, roles
from claimwright.office.web.remittances.paper_form import STATUSES, Paper, PaperLine, blank_claim, read_paper
from claimwright.office.web.shell import do, page
from claimwright.office.workflow import paper_remittance as verbs
from claimwright.remits.rules import default_rules

CHOICES = 8


def _sent(request: HttpRequest):  # type: ignore[no-untyped-def]
    claims = ClaimRecord.objects.filter(practice=request.practice).exclude(state__in=NEVER_SENT)  # type: ignore[attr-defined]
    return claims.select_related("patient__practice", "payer", "coverage").prefetch_related("lines")


@roles(*BILLING)
def paper(request: HttpRequest) -> HttpResponse:
    """Key in a paper remittance: claims are added one by one, and it is kept once it adds up to the cent."""
    if request.method != "POST":
        fresh = Paper({"method": "CHK", "paid_on": today().isoformat()}, [], [("WO", "", ""), ("L6", "", "")], {})
        if number := request.GET.get("claim", ""):
            _add(fresh, list(_sent(request).filter(patient_control_number=number)))
        return _show(request, fresh, judged=False)
    said = read_paper(
        request.POST,
        lambda numbers: {c.patient_control_number: c for c in _sent(request).filter(patient_control_number__in=numbers)},
    )
    act, _, place = request.POST.get("do", "").partition(":")
    if act == "keep":
        if said.sound and said.paid_on is not None:
            payer = said.typed["payer"]
            kept, fine = do(
                request,
                verbs.key_in_remittance,
                at="paper",
                done="Kept. A colleague posts it."
                if request.practice.two_person_posting
                else "Kept. See what it posts, then post it.",
                payer_id=int(payer) if payer.isdigit() else 0,
                trace=said.typed["trace"],
                paid=said.paid,
                paid_on=said.paid_on,
                method=said.typed["method"],
                claims=said.remit_claims(),
                provider_adjustments=said.provider_adjustments(request.practice.npi),
            )
            if fine:
                return redirect("remittance", kept.pk)
        return _show(request, said, judged=True)
    choices = _change(request, said, act, place)
    return _show(request, said, judged=act == "check", choices=choices)


def _change(request: HttpRequest, said: Paper, act: str, place: str) -> list[ClaimRecord]:
    """Add or take out a claim or a line; claims to choose from, where the words fit several."""
    at = int(place) if place.isdigit() else -1
    if act != "check":
        said.fault.pop("find", None)  # that a claim is lacking is told once it is to be kept
    if act == "remove" and 0 <= at < len(said.claims):
        del said.claims[at]
    elif act == "line" and 0 <= at < len(said.claims):
        said.claims[at].lines.append(PaperLine(typed={}))
    elif act == "blank":
        said.claims.append(blank_claim())
    elif act == "choose":
        _add(said, list(_sent(request).filter(pk=at)))
    elif act == "find":
        text = request.POST.get("find", "").strip()
        found = list(_sent(request).filter(find(text)).distinct().order_by("-first_service", "-pk")[:CHOICES]) if text else []
        if len(found) == 1:
            _add(said, found)
        elif not found:
            said.fault["find"] = "No claim has this name or number. Add it as not on file."
        else:
            return found
    return []


def _add(said: Paper, found: list[ClaimRecord]) -> None:
    """The first claim tells whose check it is."""
    if found and not said.claims:
        said.typed["payer"] = str(found[0].payer_id)
    said.claims += [blank_claim(claim) for claim in found]
    if said.claims:
        said.fault.pop("find", None)


def _show(request: HttpRequest, said: Paper, *, judged: bool, choices: list[ClaimRecord] | None = None) -> HttpResponse:
    """The form; what is wrong is told once it was to be kept, or was checked."""
    practice = request.practice  # type: ignore[attr-defined]
    seen = [claim.ours.patient for claim in said.claims if claim.ours] + [one.patient for one in choices or ()]
    looked_at_all(request, {patient.pk: patient for patient in seen}.values(), "paper remittance")
    rules = default_rules().provider_adjustments
    context = {
        "paper": said,
        "judged": judged,
        "choices": choices or [],
        "find": request.POST.get("find", "") if choices or "find" in said.fault else "",
        "payers": PayerRecord.objects.filter(practice=practice).order_by("name"),
        "statuses": STATUSES,
        "reasons": sorted((reason, rule.words) for reason, rule in rules.items()),
        "practice": practice,
        "may_choose": request.role in LEAD,  # type: ignore[attr-defined]
    }
    return page(request, "remittances/paper.html", context)


@require_POST
@roles(*BILLING)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A remittance that was keyed in wrongly counts no more."""
    remit = mine(Remit, request, pk)
    reason = request.POST.get("reason", "")
    _, fine = do(request, verbs.withdraw_paper, at=f"remit-{pk}", done="Withdrawn.", remit_id=remit.pk, reason=reason)
    return redirect("remittances") if fine else redirect("remittance", pk)


@require_POST
@roles(*LEAD)
def two_people(request: HttpRequest) -> HttpResponse:
    """Whether who keys in may not post."""
    on = request.POST.get("on") == "yes"
    told = "From now on another person posts what one keyed in." if on else "Who keys in may post, too."
    do(request, verbs.want_two_people, at="two-people", done=told, on=on)
    return redirect("paper")
