"""The calendar of a day, by provider."""

from datetime import date, time
from typing import Any

import msgspec

from claimwright.office.records.models import Appointment, Practice, ProviderRecord

FIRST_HOUR, LAST_HOUR, STEP = 7, 18, 5  # the grid: rows of five minutes


class Booked(msgspec.Struct):
    """One visit on the grid."""

    appointment: Any
    encounter: Any
    row: int
    span: int
    eligibility: str  # not asked, asked, active, inactive, rejected, or self-pay
    check: Any
    estimate: Any


class Lane(msgspec.Struct):
    provider: Any
    visits: list[Booked]


def row_of(start: time) -> int:
    """The grid row of a time of day, kept inside the grid."""
    minutes = (start.hour - FIRST_HOUR) * 60 + start.minute
    return max(0, min(minutes // STEP, (LAST_HOUR - FIRST_HOUR) * 60 // STEP - 2))


def day(practice: Practice, on: date) -> list[Lane]:
    """Every provider's visits on a date."""
    lanes = {provider.pk: Lane(provider, []) for provider in ProviderRecord.objects.filter(practice=practice).order_by("last")}
    rows = (
        Appointment.objects.filter(encounter__practice=practice, encounter__date=on)
        .select_related("encounter__patient", "encounter__location", "encounter__provider")
        .prefetch_related("encounter__checks", "encounter__estimates", "encounter__patient__coverages")
        .order_by("start")
    )
    for appointment in rows:
        lanes[appointment.encounter.provider_id].visits.append(booked(appointment))
    return list(lanes.values())


def booked(appointment: Appointment) -> Booked:
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
        row_of(appointment.start),
        span,
        status,
        checks[-1] if checks else None,
        estimates[-1] if estimates else None,
    )
