"""Patients: list, register, the record, coverages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from claimwright.office.clock import today
from claimwright.office.records.models import CoverageRecord, EligibilityCheck, Encounter, Patient
from claimwright.office.reports import authorizations as authorization_reports
from claimwright.office.reports import money, statements
from claimwright.office.reports import patients as reports
from claimwright.office.web.access import DESK, EVERYONE, looked, mine, roles
from claimwright.office.web.patients.forms import (
    CASE,
    AskForm,
    AuthorizationForm,
    CorrectForm,
    CoverageForm,
    HomeForm,
    PatientForm,
    PersonForm,
    ReferralForm,
)
from claimwright.office.web.shell import back, do, page, paginate, refused_at
from claimwright.office.web.templatetags.workbench import day
from claimwright.office.workflow import authorizations, eligibility, registration

COVERAGES = CoverageRecord.objects.select_related("patient", "plan__payer")


@roles(*EVERYONE)
def listing(request: HttpRequest) -> HttpResponse:
    """Everyone registered here."""
    rows = reports.listed(request.practice, request.GET.get("q", ""), request.GET.get("sort", ""))
    return page(request, "patients/list.html", {"rows": paginate(request, rows)})


@roles(*EVERYONE)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One patient; that it was looked at is kept."""
    patient = mine(Patient.objects.select_related("guarantor", "primary_provider", "location", "practice"), request, pk)
    looked(request, patient, "record")
    visits = list(reports.visits(patient))
    coverages = [(row, row.asked[0] if row.asked else None) for row in reports.coverages(patient)]
    context = {
        "patient": patient,
        "coverages": coverages,
        "waiting": [check.pk for _, check in coverages if check and check.status == "asked"],
        "authorizations": patient.authorizations.select_related("plan"),
        "requests": authorization_reports.requests(patient),
        "visits": [(visit, found) for visit, found in zip(visits, _money(visits), strict=True)],
        "account": statements.account(Q(encounter__patient=patient)),
        "balance": statements.balance(patient.guarantor),
        "statements": patient.guarantor.statements.order_by("-issued_on")[:12],
        "seen": reports.who_looked(patient),
    }
    return page(request, "patients/record.html", context)


def _money(visits: list) -> list:  # type: ignore[type-arg]
    found = money.by_encounter(visit.pk for visit in visits)
    return [found.get(visit.pk) for visit in visits]


@roles(*DESK)
def register(request: HttpRequest) -> HttpResponse:
    """A new patient, who pays, and the first coverage if there is one."""
    said = request.POST or None
    person = PatientForm(said, prefix="patient", initial={"state": request.practice.state})
    home = HomeForm(request.practice, said, prefix="home")
    other = PersonForm(
        said if said and said.get("home-payer") == "other" else None, prefix="guarantor", use_required_attribute=False
    )
    if said and person.is_valid() and home.is_valid() and (home.cleaned_data["payer"] != "other" or other.is_valid()):
        chosen = home.cleaned_data
        patient, fine = do(
            request,
            registration.register_patient,
            at="register",
            done="Registered. Add the coverage from the card next.",
            person=person.person(),
            guarantor=other.person() if chosen["payer"] == "other" else None,
            guarantor_id=chosen["known"].pk if chosen["payer"] == "known" else None,
            provider_id=chosen["provider"].pk if chosen["provider"] else None,
            location_id=chosen["location"].pk if chosen["location"] else None,
            namesake=chosen["namesake"],
            **{name: person.cleaned_data[name] for name in ("email", "history", "therapies")},
        )
        if fine:
            return redirect("add-coverage", patient.pk)
    return page(request, "patients/register.html", {"person": person, "home": home, "other": other})


@roles(*DESK)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the patient's own facts."""
    patient = mine(Patient, request, pk)
    looked(request, patient, "record to correct")
    form = PatientForm(
        request.POST or None, prefix="patient", initial={name: getattr(patient, name) for name in PatientForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        other = {name: form.cleaned_data[name] for name in ("email", "history", "therapies")}
        _, fine = do(
            request, registration.correct_patient, at="edit", done="Corrected.", patient_id=pk, person=form.person(), **other
        )
        if fine:
            return redirect("patient", pk)
    return page(request, "patients/edit.html", {"patient": patient, "form": form})


@roles(*DESK)
def add_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """A coverage from the card."""
    patient = mine(Patient.objects.select_related("guarantor"), request, pk)
    said = request.POST or None
    form = CoverageForm(
        request.practice, said, prefix="coverage", initial={"order": patient.coverages.count() + 1, "relationship": "18"}
    )
    needs_subscriber = bool(said and said.get("coverage-relationship") != "18")
    guess = {name: getattr(patient.guarantor, name) for name in PersonForm.base_fields}
    subscriber = PersonForm(said if needs_subscriber else None, prefix="subscriber", initial=guess, use_required_attribute=False)
    if said and form.is_valid() and (not needs_subscriber or subscriber.is_valid()):
        chosen = form.cleaned_data
        _, fine = do(
            request,
            registration.add_coverage,
            at="coverage",
            done="Coverage added.",
            patient_id=pk,
            plan_id=chosen["plan"].pk,
            insured=form.insured(patient, subscriber.person() if needs_subscriber else None),
            **{name: chosen[name] for name in ("order", "start", "end", "referral_number", *CASE)},
        )
        if fine:
            return redirect("patient", pk)
    return page(request, "patients/coverage.html", {"patient": patient, "form": form, "subscriber": subscriber})


@roles(*DESK)
def correct_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend what was taken down wrongly."""
    coverage = mine(COVERAGES, request, pk, practice="patient__practice")
    looked(request, coverage.patient, "coverage")
    form = CorrectForm(request.POST or None, initial={name: getattr(coverage, name) for name in CorrectForm.base_fields})
    if request.method == "POST" and form.is_valid():
        done = "Corrected. Claims that have not left take it up when they are checked again."
        _, fine = do(
            request,
            registration.correct_coverage,
            at="coverage",
            done=done,
            coverage_id=pk,
            reopen=form.cleaned_data["end"] is None,
            **form.cleaned_data,
        )
        if fine:
            return back(request, "patient", pk=coverage.patient_id)
    return page(request, "patients/correct.html", {"coverage": coverage, "patient": coverage.patient, "form": form})


@require_POST
@roles(*DESK)
def end_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """The coverage's last day."""
    coverage = mine(COVERAGES, request, pk, practice="patient__practice")
    try:
        end = date.fromisoformat(request.POST.get("end", ""))
    except ValueError:
        refused_at(request, f"coverage-{pk}", "Give the last day in force.", "end")
    else:
        done = f"The coverage ends on {day(end)}."
        do(request, registration.end_coverage, at=f"coverage-{pk}", done=done, coverage_id=pk, end=end)
    return back(request, "patient", pk=coverage.patient_id)


@require_POST
@roles(*DESK)
def verify_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the payer whether the coverage is in force."""
    coverage = mine(COVERAGES, request, pk, practice="patient__practice")
    do(
        request,
        eligibility.verify_coverage,
        at=f"coverage-{pk}",
        done=f"Asked {coverage.plan.payer}.",
        coverage_id=pk,
        encounter_id=None,
    )
    return back(request, "patient", pk=coverage.patient_id)


@roles(*DESK)
def asked(request: HttpRequest) -> HttpResponse:
    """Whether the questions to payers named by `check` still wait; once one is answered the page is shown anew. Says no PHI."""
    numbers = [int(one) for one in request.GET.getlist("check") if one.isdigit()]
    checks = EligibilityCheck.objects.filter(pk__in=numbers, coverage__patient__practice=request.practice)  # type: ignore[attr-defined]
    answered = checks.exclude(status="asked").exists()
    return HttpResponse(headers={"HX-Refresh": "true"} if answered else {})


@roles(*DESK)
def add_authorization(request: HttpRequest, pk: int) -> HttpResponse:
    """A payer's prior authorization."""
    return _keep_paper(request, pk, "authorization", AuthorizationForm, "plan", registration.add_authorization)


@roles(*DESK)
def add_referral(request: HttpRequest, pk: int) -> HttpResponse:
    """A referral, whose visits are counted down."""
    return _keep_paper(request, pk, "referral", ReferralForm, "coverage", authorizations.add_referral)


def _keep_paper(
    request: HttpRequest, pk: int, kind: str, form_of: Callable[..., Form], rests_on: str, verb: Callable[..., Any]
) -> HttpResponse:
    """Record an authorization or a referral; `rests_on`: the field with the plan or coverage that it is for."""
    patient = mine(Patient, request, pk)
    form = form_of(patient, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        said[f"{rests_on}_id"] = said.pop(rests_on).pk
        done = f"The {kind} {said['number']} is kept; claims carry its number."
        _, fine = do(request, verb, at=kind, done=done, patient_id=pk, **said)
        if fine:
            return redirect("patient", pk)
    return page(request, f"patients/{kind}.html", {"patient": patient, "form": form})


@roles(*DESK)
def ask_authorization(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a payer to authorize services beforehand; `visit` fills in what is planned for one."""
    patient = mine(Patient, request, pk)
    asked_for = request.GET.get("visit", "")
    visit = patient.encounters.filter(pk=int(asked_for)).first() if asked_for.isdigit() else None
    form = AskForm(patient, request.POST or None, initial=_planned(visit))
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        coverage, provider = said.pop("coverage"), said.pop("provider")
        _, fine = do(
            request,
            authorizations.request_authorization,
            at="authorization",
            done=f"Asked {coverage.plan.payer}; the answer shows with the patient's authorizations.",
            patient_id=pk,
            coverage_id=coverage.pk,
            provider_id=provider.pk if provider else None,
            encounter_id=visit.pk if visit else None,
            **said,
        )
        if fine:
            return redirect("visit", visit.pk) if visit else redirect("patient", pk)
    return page(request, "patients/ask_authorization.html", {"patient": patient, "form": form, "visit": visit})


def _planned(visit: Encounter | None) -> dict[str, object]:
    """What a visit says of itself, for the form."""
    if visit is None:
        return {"start": today(), "end": today() + timedelta(days=30)}
    lacking = authorization_reports.needs([visit]).get(visit.pk, [])
    return {
        "coverage": lacking[0].coverage.pk if lacking else None,
        "services": " ".join(need.procedure for need in lacking if need.missing),
        "diagnoses": " ".join(authorization_reports.reasons(visit)),
        "start": visit.date,
        "end": visit.date,
        "place": "10" if visit.setting == "telehealth" else "11",
        "provider": visit.provider_id,
    }
