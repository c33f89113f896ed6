"""What shows beside the codes while they are being decided: edits and money, the tabular list, risk and DRG."""

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from claimwright.codesets import icd10cm
from claimwright.office.clock import today
from claimwright.office.records.models import Encounter
from claimwright.office.reports import panels
from claimwright.office.web.access import CODING, mine, roles
from claimwright.office.web.coding.views import posted_codes
from claimwright.office.workflow import drafts
from claimwright.office.workflow.coding import DIAGNOSIS

TRIED = ("accepted", "open")


@require_POST
@roles(*CODING)
def try_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Edits, expected payment and audit of the codes on the page, decided or still as suggested. Keeps nothing."""
    encounter = mine(Encounter, request, pk)
    problems, countable = _problems(request)
    if not countable:
        return render(request, "coding/_live.html", {"problems": problems})
    codes = posted_codes(request, TRIED)
    draft = drafts.try_codes(
        practice=request.practice,  # type: ignore[attr-defined]
        by=request.user,  # type: ignore[arg-type]
        today=today(),
        encounter_id=encounter.pk,
        codes=codes,
    )
    differing = [line for line in draft.audit.lines if line.verdict != "agrees"] if draft.audit else []
    return render(request, "coding/_live.html", {"draft": draft, "differing": differing, "problems": problems})


def _problems(request: HttpRequest) -> tuple[list[str], bool]:
    """What stands wrong in the fields of the codes that are tried, all at once; and whether the rest can be tried so."""
    said = request.POST
    names = ("system", "code", "units", "dx", "decision")
    columns = [said.getlist(name) for name in names]
    quantities = said.getlist("ndc_quantity") or [""] * len(columns[0])
    rows = [row for row in zip(*columns, quantities, strict=True) if row[4] in TRIED]
    diagnoses = {code.upper() for system, code, *_ in rows if system == DIAGNOSIS}
    problems, countable = [], True
    for system, code, units, pointers, _, quantity in rows:
        for name, text in (("units", units or "1"), ("quantity of the drug", quantity)):
            if text.strip() and not _above_zero(text):
                problems.append(f"{code}: {name} must be a number above zero, not “{text[:12]}”.")
                countable = False
        missing = [one for one in pointers.upper().split() if one not in diagnoses] if system != DIAGNOSIS else []
        if missing:
            told = ", ".join(missing[:4])
            problems.append(f"{code} is supported by {told[:40]}, which is not among the diagnoses to be charged.")
    return problems, countable


def _above_zero(text: str) -> bool:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return False
    return number.is_finite() and 0 < number < 100_000


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
