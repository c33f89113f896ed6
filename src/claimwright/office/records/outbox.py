"""The outbox: work asked for in the same transaction as the change that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from claimwright.office.records.exchange import Job
from claimwright.office.records.practice import Practice


def enqueue(practice: Practice, kind: str, key: str, arguments: dict[str, Any]) -> Job:
    """Ask for a job once: the same key again changes nothing."""
    job, _ = Job.objects.get_or_create(practice=practice, key=key, defaults={"kind": kind, "arguments": arguments})
    return job


def enqueue_all(practice: Practice, kind: str, asked: Mapping[str, dict[str, Any]]) -> None:
    """Ask for several jobs of a kind, each by its key with its arguments."""
    jobs = [Job(practice=practice, key=key, kind=kind, arguments=arguments) for key, arguments in asked.items()]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)
