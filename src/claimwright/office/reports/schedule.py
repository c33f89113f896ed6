"""The calendar of a day, by provider."""

from datetime import date, time
from typing import Any

import msgspec

from claimwright.office.records.models import Appointment, Practice, ProviderRecord
from claimwright.office.reports.authorizations import needs

STEP = 5  # minutes a row of the grid
USUAL = (8, 17)  # hours shown at least


class Booked(msgspec.Struct):
    """One visit on the grid."""

    appointment: Any
    encounter: Any
    row: int
    span: int
    eligibility: str  # not asked, asked, active, inactive, rejected, or self-pay
    check: Any
    estimate: Any
    unauthorized: list[str]  # planned services that the plan wants authorized and are not


class Lane(msgspec.Struct):
    provider: Any
    visits: list[Booked]


class Day(msgspec.Struct):
    """The grid: lanes, and the hours it shows."""

    lanes: list[Lane]
    first: int
    last: int

    @property
    def hours(self) -> list[tuple[str, int]]:
        """Each hour with its row; the last closes the grid."""
        return [(f"{hour:02d}:00", (hour - self.first) * 60 // STEP) for hour in range(self.first, self.last + 1)]


def row_of(start: time, first: int) -> int:
    """The grid row of a time of day."""
    return ((start.hour - first) * 60 + start.minute) // STEP


def day(practice: Practice, on: date) -> Day:
    """Every provider's visits on a date."""
    lanes = {provider.pk: Lane(provider, []) for provider in ProviderRecord.objects.filter(practice=practice).order_by("last")}
    rows = (
        Appointment.objects.filter(encounter__practice=practice, encounter__date=on)
        .select_related("encounter__patient", "encounter__location", "encounter__provider")
        .prefetch_related("encounter__checks", "encounter__estimates", "encounter__patient__coverages")
        .order_by("start")
    )
    starts = [appointment.start.hour for appointment in rows]
    first, last = min([USUAL[0], *starts]), max([USUAL[1], *(hour + 1 for hour in starts)])
    lacking = needs(appointment.encounter for appointment in rows if appointment.status == "booked")
    for appointment in rows:
        missing = [need.procedure for need in lacking.get(appointment.encounter_id, ()) if need.missing]
        lanes[appointment.encounter.provider_id].visits.append(booked(appointment, first, missing))
    return Day(list(lanes.values()), first, last)


def booked(appointment: Appointment, first: int, unauthorized: list[str]) -> Booked:
    """A visit with what is known about its coverage and cost."""
    encounter = appointment.encounter
    checks = sorted(encounter.checks.all(), key=lambda check: check.pk)
    estimates = sorted(encounter.estimates.all(), key=lambda estimate: estimate.pk)
    insured = bool(encounter.patient.coverages.all())
    status = checks[-1].status if checks else "not asked" if insured else "self-pay"
    span = max(3, min(36, appointment.minutes // STEP))
    return Booked(
        appointment,
        encounter,
        row_of(appointment.start, first),
        span,
        status,
        checks[-1] if checks else None,
        estimates[-1] if estimates else None,
        unauthorized,
    )
