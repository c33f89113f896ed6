"""Samples of what is printed: a CMS-1500 for each payer, and some estimates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from claimwright.claims.forms.cms1500 import cms1500_pdf
from claimwright.office.exchange import folder
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, Estimate, Practice
from claimwright.office.workflow.estimation import estimate_pdf_bytes

SAMPLES = 6


def print_samples(practice: Practice, home: Path) -> None:
    """Print what is not printed yet; names hold numbers only."""
    place = folder.documents(home)
    seen: set[int] = set()
    for claim in ClaimRecord.objects.filter(practice=practice, sent_on__isnull=False).order_by("pk"):
        if claim.payer_id in seen:
            continue
        seen.add(claim.payer_id)
        _print(place, f"cms1500-{claim.patient_control_number}.pdf", partial(cms1500_pdf, claim_of(claim)))
    for estimate in Estimate.objects.filter(encounter__practice=practice).order_by("-patient_owes", "pk")[:SAMPLES]:
        name = f"estimate-{estimate.encounter.number}.pdf"
        _print(place, name, partial(estimate_pdf_bytes, estimate.pk, practice=practice))


def _print(place: Path, name: str, make: Callable[[], bytes]) -> None:
    if not (place / name).exists():
        folder.write(place, name, make())
