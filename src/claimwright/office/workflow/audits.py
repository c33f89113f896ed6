"""A second coder looks: charts drawn by a seed, coded blind; and every choice as training data that stays here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

import msgspec
from django.db import transaction

from claimwright.coding.audit import read_charged
from claimwright.office.records.models import (
    AccessLog,
    AuditChart,
    AuditSample,
    CodingChoice,
    Encounter,
    Practice,
    User,
)
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.trail import changed, find, touched

MOST = 100  # charts of one coder in one sample
CODED = ("coded", "billed", "closed")


@transaction.atomic
def draw_sample(
    *, practice: Practice, by: User | None, today: date, start: date, end: date, per_coder: int, seed: int
) -> AuditSample:
    """Draw so many of each coder's coded charts of a period; the same seed over the same charts draws the same."""
    if end < start:
        raise Refused("The period ends before it begins.")
    if not 1 <= per_coder <= MOST:
        raise Refused(f"Draw between 1 and {MOST} charts of each coder.")
    pools: dict[User, list[Encounter]] = {}
    rows = Encounter.objects.filter(practice=practice, state__in=CODED, date__range=(start, end)).order_by("pk")
    for encounter in rows.prefetch_related("codes__by"):
        coders = [row.by for row in encounter.codes.all() if row.by is not None]
        if coders:
            pools.setdefault(coders[0], []).append(encounter)
    if not pools:
        raise Refused("No chart was coded by hand in this period.")
    sample = AuditSample.objects.create(
        practice=practice, start=start, end=end, per_coder=per_coder, seed=seed, drawn_by=by, drawn_on=today
    )
    for coder, pool in sorted(pools.items(), key=lambda held: held[0].pk):
        chance = random.Random(f"{seed}:{coder.pk}")
        for encounter in chance.sample(pool, min(per_coder, len(pool))):
            AuditChart.objects.create(sample=sample, encounter=encounter, coder=coder, first=written(encounter))
    return sample


def written(encounter: Encounter) -> list[str]:
    """The codes of a chart as they are written in an audit: M17.11, 99213-25, J3301x4."""
    found = []
    for row in encounter.codes.all():
        word = "-".join((row.code, *row.modifiers.split()))
        found.append(word if row.units == 1 else f"{word}x{int(row.units)}")
    return found


@transaction.atomic
def code_blind(*, practice: Practice, by: User | None, today: date, chart_id: int, codes: str) -> AuditChart:
    """Keep the second coder's codes. Whoever coded the chart never audits it."""
    chart = find(AuditChart, practice, chart_id, "encounter__patient", path="sample__practice")
    if by is None or chart.coder_id == by.pk:
        raise Refused("You coded this chart: somebody else audits it.")
    if chart.done_on is not None:
        raise Refused("This chart was audited already.")
    services, diagnoses, strange = read_charged(codes.replace(",", " ").split())
    if strange:
        raise Refused(f"Not a code: {strange[0][:12]}. Write them as M17.11, 99213-25 or J3301x4.")
    if not services or not diagnoses:
        raise Refused("At least one diagnosis and one service are needed.")
    changed(chart, auditor=by, second=[*diagnoses, *map(str, services)], done_on=today)
    touched(practice, by, chart.encounter.patient, "chart audited")
    return chart


@transaction.atomic
def export_choices(*, practice: Practice, by: User | None, today: date) -> Iterator[bytes]:
    """Every choice as a line of JSON with the documents it rests on: for training on this machine; the export is logged."""
    rows = CodingChoice.objects.filter(encounter__practice=practice).select_related("encounter__patient")
    patients = {row.encounter.patient for row in rows}
    AccessLog.objects.bulk_create(
        AccessLog(practice=practice, user=by, patient=patient, what="coding choices exported") for patient in patients
    )
    return (_line(row) for row in rows.prefetch_related("encounter__documents"))


def _line(row: CodingChoice) -> bytes:
    said = {
        "encounter": row.encounter.number,
        "date": row.encounter.date,
        "choice": row.choice,
        "system": row.system,
        "code": row.code,
        "modifiers": row.modifiers.split(),
        "units": str(row.units.normalize()),
        "position": row.position,
        "instead_of": row.instead_of,
        "reason": row.reason,
        "by": row.by_id,
        "at": row.at,
        "evidence": row.evidence,
        "documents": [document.text for document in row.encounter.documents.all()],
    }
    return msgspec.json.encode(said) + b"\n"
