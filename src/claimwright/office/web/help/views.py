"""The command palette and the keys."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from claimwright.office.clock import today
from claimwright.office.reports import search
from claimwright.office.web.access import BILLING, CODING, DESK, EVERYONE, FRONT_DESK, LEAD, roles
from claimwright.office.web.shell import page

PAGES = (
    ("Today", "today", EVERYONE),
    ("Schedule", "schedule", DESK),
    ("Book a visit", "book", (FRONT_DESK, *LEAD)),
    ("Patients", "patients", EVERYONE),
    ("Register a patient", "register", DESK),
    ("Coding", "coding", CODING),
    ("Claims", "claims", CODING),
    ("Held claims", "held", CODING),
    ("Remittances", "remittances", BILLING),
    ("Parked remittances", "parked-list", BILLING),
    ("Deposits", "deposits", BILLING),
    ("Key in a paper remittance", "paper", BILLING),
    ("Underpayments", "underpayments", BILLING),
    ("Credit balances", "credits", BILLING),
    ("Refunds", "refunds", BILLING),
    ("Upload a file", "upload", BILLING),
    ("Denials", "denials", BILLING),
    ("Statements", "statements", DESK),
    ("Reports", "reports", BILLING),
    ("Ledger", "ledger", BILLING),
    ("Ledger entries", "ledger-entries", BILLING),
    ("Periods: close a month", "periods", BILLING),
    ("Settings", "settings", LEAD),
    ("Files", "files", BILLING),
    ("Charge master", "prices", LEAD),
    ("Payers, plans and contracts", "payers", LEAD),
    ("Code sets", "codesets", LEAD),
    ("My API tokens", "tokens", EVERYONE),
    ("Keys", "keys", EVERYONE),
)


@roles(*EVERYONE)
def palette(request: HttpRequest) -> HttpResponse:
    """Patients, claims, payers, codes, pages that match."""
    text = request.GET.get("q", "").strip()
    may = {"patient": EVERYONE, "claim": CODING, "remit": BILLING, "payer": CODING}
    kinds = frozenset(kind for kind, who in may.items() if request.role in who)
    pages = [(label, reverse(name)) for label, name, who in PAGES if request.role in who and text.lower() in label.lower()]
    groups = search.find(request.practice, text, today(), kinds)
    shown = {name: [(row, _address(row)) for row in rows] for name, rows in groups.items()}
    return render(request, "help/_palette.html", {"groups": shown, "pages": pages[:8], "text": text})


def _address(row: search.Found) -> str:
    """Where a match leads."""
    if row.kind == "patient":
        return reverse("patient", args=[row.pk])
    if row.kind == "claim":
        return reverse("claim", args=[row.pk])
    if row.kind == "remit":
        return reverse("remittance", args=[row.pk])
    if row.kind == "payer":
        return f"{reverse('claims')}?payer={row.pk}"
    return f"{reverse('code-page', args=[row.pk])}"


@roles(*EVERYONE)
def keys(request: HttpRequest) -> HttpResponse:
    """Every key of the workbench."""
    return page(request, "help/keys.html")


@roles(*EVERYONE)
def code(request: HttpRequest, code: str) -> HttpResponse:
    """One code on a day: its words, what it excludes, its price here."""
    from claimwright.codesets import icd10cm, procedures, tabular_notes
    from claimwright.office.records.models import PriceRow

    found, service = icd10cm.lookup(code, today()), procedures.procedure(code, today())
    context = {"code": code, "icd": found, "service": service, "children": [], "excluded": [], "prices": []}
    if found:
        context |= {"children": icd10cm.children(code, today()), "excluded": tabular_notes.excludes1(code)}
    if service:
        context["prices"] = PriceRow.objects.filter(practice=request.practice, procedure=code).order_by("start")
    return page(request, "help/code.html", context, status=200 if found or service else 404)
