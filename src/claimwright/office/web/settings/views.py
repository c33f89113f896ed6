"""Settings: the practice, its payers and prices, people and tokens, code sets, files."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.office import codes
from claimwright.office.clock import today
from claimwright.office.records.models import (
    ApiToken,
    ContractRecord,
    File,
    Location,
    Membership,
    PayerRecord,
    PriceRow,
    ProviderRecord,
    Remit,
)
from claimwright.office.records.practice import Role
from claimwright.office.reports import files as file_reports
from claimwright.office.web.access import ADMINISTRATOR, BILLING, EVERYONE, LEAD, looked_at_all, mine, roles
from claimwright.office.web.shell import do, page, paginate
from claimwright.office.workflow import people


@roles(*LEAD)
def practice(request: HttpRequest) -> HttpResponse:
    """The practice, its locations and providers."""
    context = {
        "practice": request.practice,
        "locations": Location.objects.filter(practice=request.practice).order_by("name"),
        "providers": ProviderRecord.objects.filter(practice=request.practice).order_by("last"),
    }
    return page(request, "settings/practice.html", context)


@roles(*LEAD)
def payers(request: HttpRequest) -> HttpResponse:
    """Whom we bill, what their plans promise, and what they agreed to pay."""
    context = {
        "payers": PayerRecord.objects.filter(practice=request.practice).prefetch_related("plans").order_by("name"),
        "contracts": ContractRecord.objects.filter(practice=request.practice)
        .select_related("payer")
        .order_by("payer__name", "start"),
    }
    return page(request, "settings/payers.html", context)


@roles(*LEAD)
def prices(request: HttpRequest) -> HttpResponse:
    """The charge master."""
    rows = PriceRow.objects.filter(practice=request.practice).order_by("procedure", "modifier", "start")
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(procedure__istartswith=text) | rows.filter(label__icontains=text)
    return page(request, "settings/prices.html", {"rows": paginate(request, rows)})


@roles(ADMINISTRATOR)
def users(request: HttpRequest) -> HttpResponse:
    """Who works here, in which role; a post adds someone."""
    said = request.POST
    if request.method == "POST":
        names = ("username", "first", "last", "role", "password")
        _, fine = do(
            request, people.add_person, at="person", done="The account is made.", **{name: said.get(name, "") for name in names}
        )
        if fine:
            return redirect("users")
    rows = Membership.objects.filter(practice=request.practice).select_related("user").prefetch_related("user__api_tokens")
    context = {"rows": rows.order_by("user__last_name", "user__username"), "roles": Role.choices, "said": said}
    return page(request, "settings/users.html", context)


@require_POST
@roles(ADMINISTRATOR)
def change_user(request: HttpRequest, pk: int) -> HttpResponse:
    """Another role, or a closed account."""
    person = mine(Membership, request, pk)
    role, active = request.POST.get("role", ""), request.POST.get("active") == "on"
    do(request, people.change_person, at=f"person-{pk}", done="Changed.", membership_id=person.pk, role=role, active=active)
    return redirect("users")


@roles(*EVERYONE)
def tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens; a new one is shown once."""
    shown = None
    asked = request.POST.get("key", "")
    if asked and request.session.get("token_key") == asked:
        return redirect("tokens")  # the page was loaded again: one press, one token
    if request.method == "POST":
        request.session["token_key"] = asked
        shown, _ = do(request, people.make_token, at="token", label=request.POST.get("label", ""))
    rows = ApiToken.objects.filter(user=request.user).order_by("-id")
    response = page(request, "settings/tokens.html", {"rows": rows, "shown": shown, "key": uuid.uuid4().hex})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@roles(*EVERYONE)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    token = mine(ApiToken, request, pk, practice="user__membership__practice")
    do(request, people.revoke_token, at="token", done="The token is revoked.", token_id=token.pk)
    return redirect("tokens" if token.user_id == request.user.pk or request.role != ADMINISTRATOR else "users")


@roles(*LEAD)
def codesets(request: HttpRequest) -> HttpResponse:
    """Which tables are in use: source, version, period, whether they are stale."""
    return page(request, "settings/codesets.html", {"rows": codes.status(today())})


@roles(*BILLING)
def files(request: HttpRequest) -> HttpResponse:
    """Every file in and out."""
    direction, kind = request.GET.get("direction", ""), request.GET.get("kind", "")
    kinds = File.objects.filter(practice=request.practice).values_list("kind", flat=True).distinct().order_by("kind")
    rows = paginate(request, file_reports.listed(request.practice, direction, kind))
    return page(request, "settings/files.html", {"rows": rows, "kinds": list(kinds), "direction": direction, "kind": kind})


@roles(*BILLING)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file, segment by segment."""
    found = mine(File.objects.select_related("answers"), request, pk)
    text = found.kind != "pdf"
    looked_at_all(request, file_reports.patients_in(found).select_related("practice"), "file")
    context = {
        "file": found,
        "segments": file_reports.segments(bytes(found.content)) if text else [],
        "size": len(found.content),
        "limit": file_reports.LIMIT,
        "answered": found.answered_by.defer("content"),
        "payments": Remit.objects.filter(file=found).select_related("payer").order_by("pk")[:100],
        "claims": found.claims.select_related("patient", "payer")[:100],
    }
    return page(request, "settings/file.html", context)


@roles(*BILLING)
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it came or went."""
    found = mine(File, request, pk)
    looked_at_all(request, file_reports.patients_in(found).select_related("practice"), "file")
    kind = "application/pdf" if found.kind == "pdf" else "text/plain; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.content), content_type=kind, headers=headers)
