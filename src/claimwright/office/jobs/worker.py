"""Take due jobs one by one: at least once they are tried, exactly once they take effect.

A job's effect and its mark of being done are one transaction. On PostgreSQL the row stays locked while the job runs and
other workers skip it (SKIP LOCKED); on SQLite the transaction is the only writer (BEGIN IMMEDIATE). A worker that dies
leaves nothing behind: the lock goes with it, and the job is due again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from claimwright.claims.states import READY
from claimwright.office.jobs.turns import in_turns
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import update
from claimwright.office.records.models import Job, Practice
from claimwright.office.workflow.claims import build_secondary
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.laying import Laid, lay_ahead
from claimwright.office.workflow.posting import post_remittance
from claimwright.office.workflow.submission import submit_batch

ATTEMPTS = 3
log = logging.getLogger(__name__)


def run_until_idle(practice: Practice, today: date, processes: int = 1) -> int:
    """Run every due job of a practice, and those that they ask for; how many took effect. A failing job stops no other."""

    def ahead(job: tuple[int, str, dict[str, Any]]) -> dict[str, Any]:
        return _made_ready(job[1], practice, today, job[2])

    def then(job: tuple[int, str, dict[str, Any]], ready: dict[str, Any]) -> bool:
        return run(job[0], practice, today, **ready)

    done, tried = 0, 0
    while True:
        due = Job.objects.filter(practice=practice, status="due", pk__gt=tried).order_by("pk")
        jobs = list(due.values_list("pk", "kind", "arguments"))
        if not jobs:
            return done
        tried = jobs[-1][0]
        done += in_turns(jobs, ahead, then, processes)


def _made_ready(kind: str, practice: Practice, today: date, arguments: dict[str, Any]) -> dict[str, Any]:
    """What a job of this kind can find out before its turn to write."""
    if kind not in AHEAD:
        return {}
    try:
        return AHEAD[kind](practice, today, arguments)
    except Exception:  # in its turn it is found out again, and told
        return {}


def run(job_id: int, practice: Practice, today: date, **ahead: Any) -> bool:
    """Run one job if nobody else does; whether it took effect. `ahead`: what it found out before."""
    try:
        with transaction.atomic():
            for kind, arguments, attempts in _free([job_id]):
                KINDS[kind](practice, today, arguments, **ahead)
                update(Job, ("status", "error", "attempts"), [("done", "", attempts + 1, job_id)])
                return True
    except Exception as problem:
        _failed(job_id, problem)
    return False


_free = asked(
    lambda jobs: (
        Job.objects.select_for_update(skip_locked=True)
        .filter(pk__among=jobs, status="due")
        .values_list("kind", "arguments", "attempts")
    )
)


def _failed(job_id: int, problem: Exception) -> None:
    """Keep why, in words without anyone's data; after a few attempts the job waits for a person."""
    words = problem.message if isinstance(problem, Refused) else type(problem).__name__
    job = Job.objects.get(pk=job_id)
    job.error, job.attempts = words[:300], job.attempts + 1
    if job.attempts >= ATTEMPTS or isinstance(problem, Refused):
        job.status = "failed"
    job.save(update_fields=["error", "status", "attempts"])
    if not isinstance(problem, Refused):
        log.error("Job %s (%s) failed: %s", job.pk, job.kind, words, exc_info=problem)


def _post(practice: Practice, today: date, arguments: dict[str, Any], laid: Laid | None = None) -> None:
    post_remittance(practice=practice, by=None, today=today, remit_id=arguments["remit_id"], laid=laid)


def _lay(practice: Practice, today: date, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"laid": lay_ahead(practice, arguments["remit_id"], today)}


def _secondary(practice: Practice, today: date, arguments: dict[str, Any]) -> None:
    """Build the claim to the next payer, and send it when no edit stops it."""
    claim = build_secondary(practice=practice, by=None, today=today, claim_id=arguments["claim_id"])
    if claim.state == READY:
        submit_batch(practice=practice, by=None, today=today, claim_ids=[claim.pk])


KINDS: dict[str, Callable[..., None]] = {"post remittance": _post, "secondary claim": _secondary}
AHEAD: dict[str, Callable[[Practice, date, dict[str, Any]], dict[str, Any]]] = {"post remittance": _lay}
