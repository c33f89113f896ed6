"""What every view needs: a page or its fragment, a verb and its answer, a list in pages."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from claimwright.office.clock import today
from claimwright.office.workflow.errors import Refused

PAGE_SIZE = 50
LONGEST_KEPT = 4000  # letters of a field
_SECRET = re.compile("csrf|password|secret|token|key")


def page(request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """The page, or for HTMX only its content."""
    htmx = bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
    layout = "fragment.html" if htmx else "base.html"
    return render(request, template, {"layout": layout, "today": today(), **(context or {})}, status=status)


def paginate(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any]) -> Page[Any]:
    """The page of a list that the address asks for."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def do(request: HttpRequest, verb: Callable[..., Any], *, at: str, done: str = "", **arguments: Any) -> tuple[Any, bool]:
    """Ask the workflow for a verb; its refusal is shown beside the action named `at`. Returns (result, it was done)."""
    try:
        result = verb(practice=request.practice, by=request.user, today=today(), **arguments)  # type: ignore[attr-defined]
    except Refused as refusal:
        refused_at(request, at, str(refusal))
        return None, False
    if done:
        messages.success(request, done)
    return result, True


def refused_at(request: HttpRequest, at: str, words: str, field: str = "") -> None:
    """Remember a refusal, and what was typed, until the page that holds its action is shown. `field`: the one that is wrong."""
    typed = {
        name: said for name, said in request.POST.lists() if not _SECRET.search(name) and sum(map(len, said)) <= LONGEST_KEPT
    }
    refused = {"words": words, "action": request.path, "field": field, "typed": typed}
    request.session["refused"] = {at: refused}  # the last one only: what was typed is not to lie about


def back(request: HttpRequest, otherwise: str, **kwargs: Any) -> HttpResponseRedirect:
    """To the page the form came from (`next`), if it is ours, or else to a named page."""
    target = request.POST.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect(otherwise, **kwargs)


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF, shown in the browser. The name carries numbers, never names of people."""
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
