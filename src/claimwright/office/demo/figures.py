"""The demo's figures, counted from the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.models import Count, Sum

from claimwright.office.records.models import ClaimEvent, ClaimRecord, Denial, Encounter, Practice, Remit, Statement
from claimwright.office.reports.totals import totals

CODED = ("coded", "billed", "closed")


def figures(practice: Practice, home: Path, seconds: float) -> dict[str, Any]:
    """The document of `claimwright demo --json`. Money in cents; `files` are paths under the folder.

    charges + credits = payments + adjustments + ar_insurance + ar_patient: charges as billed, payments received less
    refunds, adjustments as they lower what is owed, A/R as owed to the practice, credits as held for payers and patients
    (with interest received).
    """
    encounters = Encounter.objects.filter(practice=practice).exclude(state="cancelled")
    claims = ClaimRecord.objects.filter(practice=practice)
    remits = Remit.objects.filter(practice=practice)
    posted = remits.aggregate(lines=Sum("lines_posted"), untouched=Sum("lines_untouched"))
    denials = Denial.objects.filter(claim__practice=practice)
    return {
        "encounters": encounters.count(),
        "coded": encounters.filter(state__in=CODED).count(),
        "claims": claims.count(),
        "scrub_held": _claims_with(practice, kind="held"),
        "submitted": claims.filter(sent_on__isnull=False).count(),
        "accepted_999": _claims_with(practice, kind="999"),
        "accepted_277ca": _claims_with(practice, kind="277ca"),
        "remits": remits.count(),
        "lines_posted": posted["lines"] or 0,
        "lines_posted_untouched": posted["untouched"] or 0,
        "denied_lines": denials.aggregate(lines=Count("line", distinct=True))["lines"],
        "secondary_claims": claims.filter(primary_claim__isnull=False).count(),
        "statements": Statement.objects.filter(practice=practice).count(),
        **totals(practice),
        "seconds": round(seconds, 1),
        "files": files(home),
    }


def _claims_with(practice: Practice, kind: str) -> int:
    """How many claims something happened to; for acknowledgements, what was refused does not count."""
    events = ClaimEvent.objects.filter(claim__practice=practice, kind=kind).exclude(state="rejected")
    return events.values("claim").distinct().count()


def files(home: Path) -> list[str]:
    """Every file that came, went or was printed."""
    places = [home / "outbox", home / "inbox", home / "inbox" / "read", home / "pdf"]
    found = [path for place in places if place.is_dir() for path in place.iterdir() if path.is_file()]
    return sorted(path.relative_to(home).as_posix() for path in found if not path.name.startswith("."))
