"""The demo practice's days, from the first visit to today: nothing but workflow verbs, files, and the payer's answers.

Each step is done once and remembered with what it did, so that a run killed anywhere goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from claimwright.office.demo.backoffice import BackOffice
from claimwright.office.demo.cast import build
from claimwright.office.demo.figures import figures
from claimwright.office.demo.frontdesk import FrontDesk
from claimwright.office.demo.giveback import give_back
from claimwright.office.demo.opening import PASSWORD, open_practice, payer_book
from claimwright.office.demo.papers import print_samples
from claimwright.office.demo.steps import Steps
from claimwright.office.demo.story import Story
from claimwright.office.exchange.sandbox import open_payer, run_payer
from claimwright.office.jobs.exchange import receive_waiting, send_pending
from claimwright.office.jobs.worker import run_until_idle
from claimwright.office.records.models import Practice, User

__all__ = ["PASSWORD", "run_demo"]

Progress = Callable[[int, int, str], None]
BOOKED_AHEAD = 7  # days


def run_demo(home: Path, seed: int, patients: int, today: date, progress: Progress | None = None) -> dict[str, Any]:
    """Run the practice's days into a folder; the figures of `claimwright demo --json`."""
    started = perf_counter()
    story = build(seed, patients, today)
    practice = open_practice(story)
    book = payer_book(story, seed)
    open_payer(home, book)
    days = Days(practice, story, home, seed)
    first = min(visit.on for visit in story.visits) - timedelta(days=BOOKED_AHEAD)
    total = (today - first).days + 1
    for number in range(total):
        day = first + timedelta(days=number)
        if progress:
            progress(number, total, f"{day:%B} {day.day}")
        days.run(day)
    print_samples(practice, home)
    return figures(practice, story, days.steps, book, home, started)


class Days:
    """One practice's days, each run once."""

    def __init__(self, practice: Practice, story: Story, home: Path, seed: int) -> None:
        self.practice, self.home = practice, home
        self.steps = Steps(practice)
        people = {
            user.membership.role: user for user in User.objects.filter(membership__practice=practice).select_related("membership")
        }
        self.front = FrontDesk(practice, story, self.steps, people)
        self.back = BackOffice(practice, story, self.steps, people, Random(seed))

    def run(self, day: date) -> None:
        """The day as a practice lives it: book, verify, estimate, see patients, code, bill, and read what came."""
        if f"day:{day}" in self.steps:
            return
        self.front.book(day)
        self.front.verify(day)
        self.front.authorize(day)
        self._exchange(day)
        self.front.estimate(day)
        self.front.see_patients(day)
        self.back.code(day)
        self.back.claim(day)
        self.back.mend(day)
        self.back.submit(day)
        self.back.ask_payers(day)
        self._exchange(day)
        self.back.follow_up(day)
        self.back.bill_patients(day)
        give_back(self.back, day)
        self._exchange(day, pays=False)
        self.steps.once(f"day:{day}", lambda: None)

    def _exchange(self, day: date, pays: bool = True) -> None:
        """Files out, the payer's day, files in, and the jobs they bring; until nothing more is said."""
        asked = False
        while True:
            sent = send_pending(self.practice, self.home)
            if pays and (sent or not asked):
                run_payer(self.home, day)
                asked = True
            received = receive_waiting(self.practice, self.home, day)
            jobs = run_until_idle(self.practice, day)
            if not received and not jobs:
                return
