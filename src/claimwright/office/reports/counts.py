"""How much waits in each workbench, for a role."""

from collections.abc import Callable
from datetime import date

from claimwright.office.records.models import Appointment, ClaimRecord, Denial, Encounter, Practice, RemitClaimRow
from claimwright.office.records.practice import Role

LEAD = {Role.MANAGER, Role.ADMINISTRATOR}


def waiting(practice: Practice, role: str, today: date) -> dict[str, int]:
    """Counts by workbench; a role is told only what it can do something about."""
    count: dict[str, int] = {}
    for name, who, rows in WAITING:
        if role in who and (found := rows(practice, today)):
            count[name] = found
    return count


def _visits(practice: Practice, today: date) -> int:
    return Appointment.objects.filter(encounter__practice=practice, encounter__date=today, status="booked").count()


def _to_code(practice: Practice, today: date) -> int:
    return Encounter.objects.filter(practice=practice, state__in=("to code", "query")).count()


def _claims(practice: Practice, today: date) -> int:
    return ClaimRecord.objects.filter(practice=practice, state__in=("held", "rejected", "ready")).count()


def _parked(practice: Practice, today: date) -> int:
    return RemitClaimRow.objects.filter(remit__practice=practice, status="parked").count()


def _denials(practice: Practice, today: date) -> int:
    return Denial.objects.filter(claim__practice=practice, status="open").count()


WAITING: tuple[tuple[str, set[str], Callable[[Practice, date], int]], ...] = (
    ("schedule", {Role.FRONT_DESK} | LEAD, _visits),
    ("coding", {Role.CODER} | LEAD, _to_code),
    ("claims", {Role.BILLER} | LEAD, _claims),
    ("remittances", {Role.BILLER} | LEAD, _parked),
    ("denials", {Role.BILLER} | LEAD, _denials),
)
