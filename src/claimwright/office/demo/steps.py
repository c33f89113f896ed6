"""A run that can be killed anywhere: each step is done once, in one transaction with the note that it is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction

from claimwright.office.records.models import DoneStep, Practice


class Steps:
    """The steps of a scripted run that are done, by key, with the row that each made."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.done: dict[str, int | None] = dict(DoneStep.objects.filter(practice=practice).values_list("key", "made"))

    def once(self, key: str, do: Callable[[], Any]) -> int | None:
        """Do a step unless it was done; the primary key of what it made."""
        if key not in self.done:
            with transaction.atomic():
                made = getattr(do(), "pk", None)
                DoneStep.objects.create(practice=self.practice, key=key, made=made)
            self.done[key] = made
        return self.done[key]

    def __contains__(self, key: str) -> bool:
        return key in self.done

    def made(self, key: str) -> int:
        """What a step made. Raises KeyError when it was not done."""
        made = self.done[key]
        if made is None:
            raise KeyError(key)
        return made
