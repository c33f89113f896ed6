"""The day by provider; book, verify, estimate, check in."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from claimwright.charges.model import CodedService
from claimwright.codesets import procedures
from claimwright.money import dollars
from claimwright.office.clock import today
from claimwright.office.records.models import Appointment, Encounter, Estimate
from claimwright.office.reports import authorizations
from claimwright.office.reports import patients as patient_reports
from claimwright.office.reports import schedule as reports
from claimwright.office.web.access import CODER, DESK, FRONT_DESK, LEAD, looked, mine, roles
from claimwright.office.web.schedule.forms import BookForm, NoteForm
from claimwright.office.web.shell import back, do, page, pdf, refused_at
from claimwright.office.workflow import coding, eligibility, estimation, registration

VISITS = Encounter.objects.select_related("patient__guarantor", "provider", "location", "appointment")


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return today()


@roles(*DESK)
def day(request: HttpRequest) -> HttpResponse:
    """One day's visits, a column a provider."""
    on = _day(request.GET.get("day"))
    grid = reports.day(request.practice, on)
    visits = [visit for lane in grid.lanes for visit in lane.visits]
    context = {
        "on": on,
        "lanes": grid.lanes,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "hours": grid.hours,
        "count": sum(visit.appointment.status != "cancelled" for visit in visits),
        "unverified": sum(
            visit.eligibility in ("not asked", "inactive", "rejected") and visit.appointment.status == "booked"
            for visit in visits
        ),
    }
    return page(request, "schedule/day.html", context)


@roles(FRONT_DESK, *LEAD)
def book(request: HttpRequest) -> HttpResponse:
    """Give a patient a time."""
    initial = {"patient": request.GET.get("patient"), "on": _day(request.GET.get("day")), "minutes": 20}
    form = BookForm(request.practice, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        chosen = {f"{name}_id": asked.pop(name).pk for name in ("patient", "provider", "location")}
        booked, fine = do(request, registration.schedule_visit, at="book", done="The visit is booked.", **chosen, **asked)
        if fine:
            return redirect("visit", booked.pk)
    return page(request, "schedule/book.html", {"form": form})


@roles(*DESK, CODER)
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """One visit: what is known of its coverage, cost and course."""
    encounter = mine(VISITS, request, pk)
    looked(request, encounter.patient, "visit")
    appointment = Appointment.objects.filter(encounter=encounter).first()
    checks = list(encounter.checks.select_related("coverage__plan__payer").order_by("-id"))
    estimates = list(encounter.estimates.order_by("-id"))
    paid = list(encounter.patient.guarantor.payments.filter(reference=f"visit {encounter.number}").order_by("id"))
    copay = next((found["Copay"] for row in checks if "Copay" in (found := patient_reports.summary(row))), "")
    context = {
        "encounter": encounter,
        "appointment": appointment,
        "coverages": patient_reports.coverages(encounter.patient),
        "checks": checks,
        "waiting": [row.pk for row in checks if row.status == "asked"],
        "estimates": estimates,
        "needs": authorizations.needs([encounter]).get(encounter.pk, []),
        "copay": copay,
        "paid": paid,
        "due": ""
        if paid
        else copay.lstrip("$") or (dollars(estimates[0].patient_owes) if estimates and estimates[0].patient_owes else ""),
        "key": uuid.uuid4().hex,
        "claims": encounter.claims.select_related("payer").order_by("id"),
        "documents": encounter.documents.all(),
        "form": NoteForm(),
    }
    return page(request, "schedule/visit.html", context)


@require_POST
@roles(FRONT_DESK, *LEAD)
def check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The patient is here."""
    encounter = mine(Encounter, request, pk)
    do(request, registration.check_in, at=f"visit-{pk}", done="Checked in.", encounter_id=encounter.pk)
    return back(request, "visit", pk=pk)


@require_POST
@roles(FRONT_DESK, *LEAD)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """The visit will not happen."""
    encounter = mine(Encounter, request, pk)
    do(request, registration.cancel_visit, at=f"visit-{pk}", done="The visit is cancelled.", encounter_id=encounter.pk)
    return back(request, "visit", pk=pk)


@require_POST
@roles(*DESK)
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the payers of this visit's coverages."""
    encounter = mine(VISITS, request, pk)
    covers = [
        row
        for row in patient_reports.coverages(encounter.patient)
        if row.start <= encounter.date and (row.end is None or row.end >= encounter.date)
    ]
    covers = covers or list(patient_reports.coverages(encounter.patient))[:1]
    for coverage in covers:
        do(
            request,
            eligibility.verify_coverage,
            at=f"visit-{pk}",
            done=f"Asked {coverage.plan.payer}.",
            coverage_id=coverage.pk,
            encounter_id=pk,
        )
    return back(request, "visit", pk=pk)


@require_POST
@roles(*DESK)
def verify_day(request: HttpRequest) -> HttpResponse:
    """Ask the payers of every visit of a day that is not known to be covered."""
    on = _day(request.POST.get("day"))
    asked = 0
    for lane in reports.day(request.practice, on).lanes:
        for booked in lane.visits:
            coverage = booked.encounter.patient.coverages.first()
            if coverage and booked.eligibility in ("not asked", "inactive", "rejected"):
                _, fine = do(
                    request,
                    eligibility.verify_coverage,
                    at="verify-day",
                    coverage_id=coverage.pk,
                    encounter_id=booked.encounter.pk,
                )
                asked += fine
    return back(request, "schedule")


@require_POST
@roles(*LEAD, CODER, FRONT_DESK)
def add_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note or report with the visit; codes are suggested at once."""
    encounter = mine(Encounter, request, pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        _, fine = do(
            request, coding.add_document, at="note", done="Kept with the visit.", encounter_id=encounter.pk, **form.cleaned_data
        )
        if fine:
            do(request, coding.suggest_codes, at="note", encounter_id=encounter.pk)
    return back(request, "visit", pk=pk)


@roles(*DESK)
def estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """What the patient will owe, by line, with the reasons."""
    encounter = mine(VISITS, request, pk)
    if request.method == "POST":
        typed = request.POST.get("services", "")
        services, unknown = _services(typed, encounter)
        if unknown:
            refused_at(request, "services", f"Not a procedure code in force on that day: {', '.join(unknown)}.")
            return redirect(f"{reverse('estimate', args=[pk])}?{urlencode({'services': typed})}")
        do(request, estimation.estimate_visit, at="estimate", encounter_id=pk, services=services or None)
        return redirect("estimate", pk)
    looked(request, encounter.patient, "estimate")
    rows = list(encounter.estimates.order_by("-id"))
    chosen = next((row for row in rows if str(row.pk) == request.GET.get("made")), rows[0] if rows else None)
    return page(
        request,
        "schedule/estimate.html",
        {"encounter": encounter, "estimate": chosen, "content": estimation.content_of_estimate(chosen) if chosen else None},
    )


def _services(text: str, encounter: Encounter) -> tuple[list[CodedService], list[str]]:
    """ "99213 36415x2 20610-RT" as services, and the words that are none."""
    found, unknown = [], []
    for word in text.replace(",", " ").split():
        code, _, count = word.upper().partition("X")
        code, *modifiers = code.split("-")
        if procedures.procedure(code, encounter.date):
            units = Decimal(count) if count.isdigit() else Decimal(1)
            found.append(
                CodedService(procedure=code, modifiers=tuple(modifiers), units=units, diagnosis_codes=(), on=encounter.date)
            )
        else:
            unknown.append(word)
    return found, unknown


@roles(*DESK)
def estimate_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The estimate to hand out."""
    row = mine(Estimate, request, pk, practice="encounter__practice")
    looked(request, row.encounter.patient, "estimate")
    return pdf(estimation.estimate_pdf_bytes(row.pk, practice=request.practice), f"estimate-{row.pk}.pdf")
