"""The outbox: work asked for in the same transaction as the change that needs it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from claimwright.office.records.bulk import insert_missing
from claimwright.office.records.exchange import Job
from claimwright.office.records.practice import Practice


def enqueue(practice: Practice, kind: str, asked: Mapping[str, dict[str, Any]]) -> None:
    """Ask for jobs of a kind, each once by its key, with its arguments: the same key again changes nothing."""
    jobs = [(practice.pk, key, kind, json.dumps(arguments)) for key, arguments in asked.items()]
    insert_missing(Job, ("practice", "key", "kind", "arguments"), jobs)
