"""The second look: audit samples and blind coding, questions and their turnaround, choices as training data."""

import secrets
from datetime import date

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.office.clock import today
from claimwright.office.records.models import AuditChart
from claimwright.office.reports import coders
from claimwright.office.web.access import CODING, LEAD, looked, mine, roles
from claimwright.office.web.shell import do, page, paginate, refused_at
from claimwright.office.workflow import audits as verbs


@roles(*CODING)
def questions(request: HttpRequest) -> HttpResponse:
    """Questions to physicians: asked, answered, how many days."""
    rows = list(coders.questions(request.practice))  # type: ignore[attr-defined]
    for row in rows:
        row.overdue = coders.overdue(row, today())
        row.days = (row.answered_on - row.asked_on).days if row.answered_on else None
    context = {"rows": paginate(request, rows), "told": coders.turnaround(rows, today()), "limit": coders.ANSWER_DAYS}
    return page(request, "coding/questions.html", context)


@roles(*CODING)
def audits(request: HttpRequest) -> HttpResponse:
    """Charts to code a second time; for managers also the draw and how coders agree."""
    charts = AuditChart.objects.filter(sample__practice=request.practice)  # type: ignore[attr-defined]
    charts = charts.select_related("sample", "encounter", "coder", "auditor")
    lead = request.role in LEAD  # type: ignore[attr-defined]
    context = {
        "rows": paginate(request, charts.filter(done_on=None).exclude(coder=request.user)),
        "lead": lead,
        "done": charts.exclude(done_on=None).order_by("-done_on", "-id")[:50] if lead else (),
        "agreement": coders.agreement(charts) if lead else (),
        "month": today().replace(day=1),
    }
    return page(request, "coding/audits.html", context)


@require_POST
@roles(*LEAD)
def draw(request: HttpRequest) -> HttpResponse:
    """Draw a sample."""
    said = request.POST
    try:
        start, end = date.fromisoformat(said.get("start", "")), date.fromisoformat(said.get("end", ""))
        per_coder, seed = int(said.get("per_coder", "")), int(said.get("seed") or secrets.randbelow(10**6))
    except ValueError:
        refused_at(request, "draw", "The period is two dates, the rest are numbers.")
        return redirect("audits")
    asked = {"start": start, "end": end, "per_coder": per_coder, "seed": abs(seed) % 10**9}
    do(request, verbs.draw_sample, at="draw", done="Drawn.", **asked)
    return redirect("audits")


@roles(*CODING)
def blind(request: HttpRequest, pk: int) -> HttpResponse:
    """A chart's note alone, to be coded without seeing what the first coder chose."""
    charts = AuditChart.objects.select_related("encounter__patient", "encounter__provider", "coder")
    chart = mine(charts, request, pk, practice="sample__practice")
    if request.method == "POST":
        _, fine = do(request, verbs.code_blind, at="blind", done="Kept.", chart_id=pk, codes=request.POST.get("codes", ""))
        return redirect("audits") if fine else redirect("audit-chart", pk)
    looked(request, chart.encounter.patient, "chart")
    own = chart.coder_id == request.user.pk
    return page(request, "coding/blind.html", {"chart": chart, "encounter": chart.encounter, "own": own})


@require_POST
@roles(*LEAD)
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The coders' choices as JSON lines, to train on this machine. Logged for every patient in it."""
    lines, _ = do(request, verbs.export_choices, at="export")
    name = f"coding-choices-{today():%Y%m%d}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(b"".join(lines), content_type="application/x-ndjson", headers=headers)
