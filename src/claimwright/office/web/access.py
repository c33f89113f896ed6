"""Who may see what: every view names its roles; another practice's record does not exist."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_required
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from claimwright.office.records.models import AccessLog, Patient
from claimwright.office.records.practice import Role

FRONT_DESK, CODER, BILLER = Role.FRONT_DESK.value, Role.CODER.value, Role.BILLER.value
MANAGER, ADMINISTRATOR = Role.MANAGER.value, Role.ADMINISTRATOR.value
LEAD = (MANAGER, ADMINISTRATOR)
EVERYONE = (FRONT_DESK, CODER, BILLER, *LEAD)
DESK = (FRONT_DESK, BILLER, *LEAD)  # schedule, registration, patient money
CODING = (CODER, BILLER, *LEAD)  # the chart and its codes; billers mend claims there
BILLING = (BILLER, *LEAD)

View = Callable[..., HttpResponse]
M = TypeVar("M", bound=Model)


def roles(*allowed: str) -> Callable[[View], View]:
    """Only these roles, logged in, inside their own practice (`request.practice`, `request.role`)."""

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            membership = getattr(request.user, "membership", None)
            if membership is None or membership.role not in allowed:
                return refuse(request, allowed)
            request.practice, request.role = membership.practice, membership.role  # type: ignore[attr-defined]
            answer = view(request, *args, **kwargs)
            answer.setdefault("Cache-Control", "no-store")  # a shared desk's browser keeps no patient's page
            return answer

        checked.roles = allowed  # type: ignore[attr-defined]
        return checked

    return decorate


def refuse(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """403, in plain words."""
    words = [Role(role).label.lower() for role in allowed]
    return render(request, "refused.html", {"allowed": words, "layout": "base.html"}, status=403)


def mine(records: type[M] | QuerySet[M], request: HttpRequest, pk: int, *, practice: str = "practice") -> M:
    """The record, if it is this practice's; else 404. `practice` is the lookup from the record to its practice."""
    return get_object_or_404(records, pk=pk, **{practice: request.practice})  # type: ignore[attr-defined]


def looked_at_all(request: HttpRequest, patients: Iterable[Patient], what: str) -> None:
    """Keep that this user saw several patients' data in one paper."""
    rows = [AccessLog(practice=one.practice, user=request.user, patient=one, what=what) for one in patients]
    AccessLog.objects.bulk_create(rows)


def looked(request: HttpRequest, patient: Patient, what: str) -> None:
    """Keep that this user saw this patient's record (45 CFR 164.312(b))."""
    AccessLog.objects.create(practice=patient.practice, user=request.user, patient=patient, what=what)
