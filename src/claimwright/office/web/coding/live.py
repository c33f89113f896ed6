"""What shows beside the codes while they are being decided: edits and money, the tabular list, risk and DRG."""

from decimal import InvalidOperation

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_POST

from claimwright.codesets import icd10cm
from claimwright.office.clock import today
from claimwright.office.records.models import Encounter
from claimwright.office.reports import panels
from claimwright.office.web.access import CODING, mine, roles
from claimwright.office.web.coding.views import posted_codes
from claimwright.office.workflow import drafts


@require_POST
@roles(*CODING)
def try_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Edits, expected payment and audit of the codes on the page, decided or still as suggested. Keeps nothing."""
    encounter = mine(Encounter, request, pk)
    try:
        codes = posted_codes(request, ("accepted", "open"))
    except (ValueError, InvalidOperation):
        return HttpResponseBadRequest("Units and quantities are numbers.")
    draft = drafts.try_codes(
        practice=request.practice,  # type: ignore[attr-defined]
        by=request.user,  # type: ignore[arg-type]
        today=today(),
        encounter_id=encounter.pk,
        codes=codes,
    )
    differing = [line for line in draft.audit.lines if line.verdict != "agrees"] if draft.audit else []
    return render(request, "coding/_live.html", {"draft": draft, "differing": differing})


@roles(*CODING)
def tabular(request: HttpRequest, pk: int) -> HttpResponse:
    """The tabular list around one diagnosis: notes from the code up to its category, 7th characters, codes below."""
    encounter = mine(Encounter, request, pk)
    code = request.GET.get("code", "")[:8]
    context = {
        "code": code,
        "known": icd10cm.lookup(code, encounter.date),
        "steps": panels.tabular(code),
        "sevenths": panels.sevenths(code, encounter.date),
        "below": icd10cm.children(code, encounter.date),
    }
    return render(request, "coding/_tabular.html", context)


@roles(*CODING)
def risk(request: HttpRequest, pk: int) -> HttpResponse:
    """HCCs with what the record does about each; for a hospital stay the DRG and what moved it."""
    encounter = mine(Encounter.objects.select_related("patient"), request, pk)
    return render(request, "coding/_risk.html", {"review": panels.risk(encounter), "grouping": panels.drg(encounter)})
