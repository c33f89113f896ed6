"""Settings: the practice's own claim rules, written, tried out and kept."""

import difflib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.office.clock import today
from claimwright.office.records.models import PracticeRules
from claimwright.office.web.access import BILLING, LEAD, mine, roles
from claimwright.office.web.shell import do, page
from claimwright.office.workflow import rules as workflow

FIRST = """\
rules {name} version 1

# A rule says what to look for, what to do about it, and the cases that prove it.
rule PREVENTIVE-25
  each line
  when procedure is 99202..99215
  and  other procedure is 99381..99397
  and  modifier is not 25
  then deny "An office visit beside a preventive visit needs modifier 25."
  fix  "Add modifier 25 if the visit was significant and separate, or drop it."
  finds  line 99213, line 99396
  passes line 99213 25, line 99396
"""


@roles(*BILLING)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force; a post keeps a new version."""
    practice, latest = request.practice, workflow.latest(request.practice)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    if request.method == "POST" and request.role in LEAD:
        _, fine = do(
            request, workflow.keep_rules, at="rules", done="The rules are in force.", text=text, note=request.POST.get("note", "")
        )
        if fine:
            return redirect("rules")
    first = FIRST.format(name="".join(c for c in practice.name.split()[0].upper() if c.isalnum()) or "OWN")
    context = {
        "latest": latest,
        "text": text or (latest.text if latest else first),
        "note": request.POST.get("note", ""),
        "versions": practice.rules.select_related("made_by")[:50],
        "may_keep": request.role in LEAD,
    }
    return page(request, "settings/rules.html", context)


@require_POST
@roles(*BILLING)
def try_out(request: HttpRequest) -> HttpResponse:
    """What the text would have found, without keeping it."""
    text = request.POST.get("text", "").replace("\r\n", "\n")
    return page(request, "settings/_rules_tried.html", {"tried": workflow.try_out(request.practice, today(), text)})


@roles(*BILLING)
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """A version: its text as a file, or what it changed."""
    row = mine(PracticeRules, request, pk)
    if "file" in request.GET:
        headers = {"Content-Disposition": f'attachment; filename="rules-{row.version}.txt"'}
        return HttpResponse(row.text, content_type="text/plain; charset=utf-8", headers=headers)
    before = PracticeRules.objects.filter(practice=request.practice, version=row.version - 1).first()
    rows = difflib.unified_diff((before.text if before else "").splitlines(), row.text.splitlines(), lineterm="", n=2)
    return page(request, "settings/rules_version.html", {"row": row, "rows": list(rows)[2:]})
