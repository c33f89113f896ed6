"""The demo's figures, counted from the database."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

from django.db.models import Count, Sum

from claimwright.office.demo.firstpass import first_pass
from claimwright.office.demo.plants import PLANTS
from claimwright.office.demo.steps import Steps
from claimwright.office.demo.story import Story
from claimwright.office.records.models import ClaimEvent, ClaimRecord, Denial, Encounter, Practice, Remit, Statement
from claimwright.office.reports.totals import totals
from claimwright.payers.sandbox.model import Book

CODED = ("coded", "billed", "closed")


def figures(practice: Practice, story: Story, steps: Steps, book: Book, home: Path, started: float) -> dict[str, Any]:
    """The document of `claimwright demo --json`. Money in cents; `files` are paths under the folder; `started`: perf_counter.

    charges + credits = payments + adjustments + ar_insurance + ar_patient: charges as billed, payments received less
    refunds, adjustments as they lower what is owed, A/R as owed to the practice, credits as held for payers and patients
    (with interest received).
    """
    encounters = Encounter.objects.filter(practice=practice).exclude(state="cancelled")
    claims = ClaimRecord.objects.filter(practice=practice)
    remits = Remit.objects.filter(practice=practice)
    posted = remits.aggregate(lines=Sum("lines_posted"), untouched=Sum("lines_untouched"))
    planted = planted_mistakes(practice, story, steps)
    compared = first_pass(practice, story, book, steps)
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
        "mistakes_planted": len(planted),
        "mistakes_held": sum(bool(one["held_by"]) for one in planted),
        "mistakes": planted,
        "first_pass": compared,
        "seconds": round(perf_counter() - started, 1),
        "files": files(home),
    }


def planted_mistakes(practice: Practice, story: Story, steps: Steps) -> list[dict[str, Any]]:
    """Every mistake that was planted for an edit to hold, with the edits that did; of a pair of duplicates, the one held."""
    found = []
    for plant in PLANTS:
        numbers = [n for n, visit in enumerate(story.visits) if plant.edit and plant.name in visit.trouble]
        claims = ClaimRecord.objects.filter(practice=practice, pk__in=[steps.done.get(f"claim:{n}") for n in numbers])
        if not claims:
            continue
        event = ClaimEvent.objects.filter(claim__in=claims, kind="held").select_related("claim").first()
        claim = event.claim if event else claims[0]
        found.append(
            {
                "mistake": plant.name,
                "claim": claim.patient_control_number,
                "held_by": event.edits.split() if event else [],
                "held_on": event.on.isoformat() if event else "",
                "charge": event.charge if event else claim.charge,
                "now": claim.state,
            }
        )
    return found


def _claims_with(practice: Practice, kind: str) -> int:
    """How many claims something happened to; for acknowledgements, what was refused does not count."""
    events = ClaimEvent.objects.filter(claim__practice=practice, kind=kind).exclude(state="rejected")
    return events.values("claim").distinct().count()


def files(home: Path) -> list[str]:
    """Every file that came, went or was printed."""
    places = [home / "outbox", home / "inbox", home / "inbox" / "read", home / "pdf"]
    found = [path for place in places if place.is_dir() for path in place.iterdir() if path.is_file()]
    return sorted(path.relative_to(home).as_posix() for path in found if not path.name.startswith("."))
