"""The demo's diary: who comes when, for what, with which note."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Literal

from claimwright.coding.model import Document
from claimwright.office.demo.chart import Note, at_odds, note, notes
from claimwright.office.demo.people import Draft
from claimwright.office.demo.practice import HOME_OF_PROVIDER, PROVIDERS
from claimwright.office.demo.story import StoryService, StoryVisit

Stop = Literal["", "scheduled", "to code", "query", "held"]
FIRST_DAY, LAST_DAY = 100, 3  # finished visits lie between so many days before today
_OPENING, _SLOTS, _MINUTES = 8 * 60, 27, 20  # 8:00, so many visits a provider and day, of so many minutes
_LOOK = 120
_LUNCH = (12, 13, 14)  # slots from 12:00 to 13:00


@dataclass
class Booking:
    """A visit while the story is being made."""

    who: int
    note: Note
    on: date
    provider: int
    start: time
    documents: tuple[Document, ...]
    diagnoses: tuple[str, ...]
    services: tuple[StoryService, ...]
    stop: Stop = ""
    trouble: list[str] = field(default_factory=list)
    query: str = ""
    query_answer: str = ""
    sent_on: date | None = None
    corrected_diagnoses: tuple[str, ...] = ()
    corrected_services: tuple[StoryService, ...] = ()
    corrected_member_id: str = ""

    def finished(self) -> StoryVisit:
        """The visit as the story tells it."""
        return StoryVisit(
            patient=self.who,
            provider=self.provider,
            location=HOME_OF_PROVIDER[self.provider],
            on=self.on,
            start=self.start,
            reason=self.note.reason,
            documents=self.documents,
            diagnoses=self.diagnoses,
            services=self.services,
            setting=self.note.setting,
            new_patient=self.note.new_patient,
            stop=self.stop,
            trouble=tuple(self.trouble),
            query=self.query,
            query_answer=self.query_answer,
            sent_on=self.sent_on,
            note=self.note.key,
            corrected_diagnoses=self.corrected_diagnoses,
            corrected_services=self.corrected_services,
            corrected_member_id=self.corrected_member_id,
        )


class Diary:
    """Books visits so that notes fit patients, days are working days and no provider sees two patients at once."""

    def __init__(self, chance: random.Random, today: date, drafts: Sequence[Draft]) -> None:
        self.chance = chance
        self.today = today
        self.drafts = drafts
        self.bookings: list[Booking] = []
        self._of: dict[int, list[Booking]] = defaultdict(list)
        self._taken: dict[tuple[int, date], set[int]] = defaultdict(set)
        self._cards: set[tuple[str, date]] = set()  # a payer's misbehaviour is keyed by card and day

    def workdays(self, far: int, near: int) -> list[date]:
        """Monday to Friday from so many days before today to so many (negative: after)."""
        days = (self.today - timedelta(days=back) for back in range(far, near - 1, -1))
        return [day for day in days if day.weekday() < 5]

    def seek(
        self,
        wanted: Note,
        days: Sequence[date],
        where: Callable[[Draft], bool] = lambda draft: True,
        alone: bool = False,
    ) -> tuple[int, date] | None:
        """A patient whom the note fits, least seen so far, and a day. `alone`: one who has no other visit."""
        found = [who for who, draft in enumerate(self.drafts) if not draft.spoken_for and where(draft)]
        if alone:
            found = [who for who in found if not self._of[who]]
        self.chance.shuffle(found)
        while found:  # a look at some, then at the others: thousands of patients need no full search
            some, found = found[:_LOOK], found[_LOOK:]
            for who in sorted(some, key=lambda who: len(self._of[who])):
                open_days = [day for day in days if self._open(who, wanted, day)] if self._may(who, wanted, days) else []
                if open_days:
                    return who, self.chance.choice(open_days)
        return None

    def book(self, who: int, wanted: Note, on: date, stop: Stop = "", provider: int | None = None) -> Booking:
        """Write the visit into the diary."""
        draft = self.drafts[who]
        seen_by = draft.patient.provider if provider is None else provider
        person = draft.members[0].patient if draft.members else draft.patient.person
        assert person.birth is not None
        planned = stop == "scheduled"
        booking = Booking(
            who=who,
            note=wanted,
            on=on,
            provider=seen_by,
            start=self._slot(seen_by, on),
            documents=() if planned else wanted.documents(person.sex, person.birth, on),
            diagnoses=wanted.diagnoses,
            services=wanted.services,
            stop=stop,
        )
        self.bookings.append(booking)
        self._of[who].append(booking)
        self._cards.add((draft.member_id, on))
        draft.notes.append(wanted.key)
        return booking

    def fill(self, wanted: Note, days: Sequence[date], stop: Stop = "") -> Booking | None:
        """Book the note for whoever fits; None when nobody does."""
        found = self.seek(wanted, days)
        return self.book(found[0], wanted, found[1], stop) if found else None

    def _may(self, who: int, wanted: Note, days: Sequence[date]) -> bool:
        draft, person = self.drafts[who], self.drafts[who].patient.person
        assert person.birth is not None
        return bool(days) and wanted.may_fit(person.sex, person.birth, days[0], days[-1], draft.plan_kind)

    def _open(self, who: int, wanted: Note, day: date) -> bool:
        draft, person = self.drafts[who], self.drafts[who].patient.person
        assert person.birth is not None
        if not wanted.fits(person.sex, person.birth, day, draft.plan_kind):
            return False
        if draft.member_id and (draft.member_id, day) in self._cards:
            return False
        if wanted.new_patient and any(other.on <= day for other in self._of[who]):
            return False
        return all(
            abs((other.on - day).days) >= 6
            and other.note.key != wanted.key
            and not (other.note.new_patient and other.on >= day)
            and not at_odds(other.note, wanted)
            for other in self._of[who]
        )

    def _slot(self, provider: int, on: date) -> time:
        """A free time; a day that is full begins again (only practices of many thousands)."""
        taken = self._taken[provider, on]
        free = [slot for slot in range(_SLOTS) if slot not in taken and slot not in _LUNCH] or list(range(_SLOTS))
        slot = self.chance.choice(free)
        taken.add(slot)
        minutes = _OPENING + slot * _MINUTES
        return time(minutes // 60, minutes % 60)


def book_every_note(diary: Diary, widest: int = 1300) -> None:
    """Each note that nobody has yet, once; of those that fit an age span of so many months at most."""
    used = {booking.note.key for booking in diary.bookings}
    days = diary.workdays(FIRST_DAY, LAST_DAY)
    left = [one for one in notes() if one.key not in used and one.months[1] - one.months[0] <= widest]
    diary.chance.shuffle(left)
    for one in sorted(left, key=lambda one: -sum(at_odds(one, other) for other in notes())):  # the hardest to place first
        diary.fill(one, days)


def book_more(diary: Diary, visits: int) -> None:
    """Finished visits until there are so many."""
    days = diary.workdays(FIRST_DAY, LAST_DAY)
    refused = 0
    while len(diary.bookings) < visits and refused < 400:
        refused += diary.fill(diary.chance.choice(notes()), days) is None


def book_to_code(diary: Diary, visits: int) -> None:
    """Visits of the last days whose notes wait for the coder."""
    days = diary.workdays(LAST_DAY + 2, 1)
    for one in _some(diary, visits * 3):
        if sum(b.stop == "to code" for b in diary.bookings) >= visits:
            return
        diary.fill(one, days, "to code")


# Questions that a coder asks without leading, and the physician's answer (AHIMA/ACDIS, compliant query practice).
QUERIES = {
    "diabetes_neuropathy": (
        "The note lists medicine for blood pressure and a blood pressure of 130/78. Please document the condition being treated "
        "with lisinopril and its status at this visit, if clinically appropriate.",
        "Essential hypertension, at goal on lisinopril, as stated under assessment 3.",
    ),
    "ankle_sprain_right": (
        "The assessment names a sprain of the right ankle; the exam describes tenderness along the lateral ligaments. Can the "
        "ligament be specified further, or can it not be determined?",
        "It cannot be determined clinically which ligament is involved.",
    ),
    "otitis_media_right": (
        "Please clarify whether this episode of otitis media is a first, recurrent or chronic one, or "
        "other, based on your judgment.",
        "Acute first episode this year, not recurrent.",
    ),
    "iron_deficiency": (
        "The laboratory shows hemoglobin 9.4 and ferritin 5. Please document the type and the cause of the anemia, if known, or "
        "state that it is undetermined.",
        "Iron deficiency anemia due to chronic menstrual blood loss.",
    ),
    "asthma_exacerbation": (
        "Asthma is documented with wheezing and a nebulizer treatment. Please document the severity and "
        "the current status of the asthma.",
        "Moderate persistent asthma with acute exacerbation.",
    ),
    "palpitations_ecg": (
        "The plan mentions atrial fibrillation, hyperthyroidism and anemia. Please state which diagnoses were established at "
        "this visit and which remain under evaluation.",
        "None established; palpitations under evaluation.",
    ),
    "depression_moderate": (
        "Please document the episode and the severity of the depression treated at this visit, based on your clinical judgment.",
        "Recurrent major depressive disorder, current episode moderate.",
    ),
}


def book_queries(diary: Diary, still_open: int, answered: int) -> None:
    """Visits with a question to the physician: some wait for the answer, some have it."""
    asked = 0
    for key in QUERIES:
        waits = asked < still_open
        days = diary.workdays(9, 2) if waits else diary.workdays(60, 20)
        booking = diary.fill(note(key), days, "query" if waits else "")
        if booking:
            asked += 1
            booking.query, answer = QUERIES[key]
            booking.query_answer = "" if waits else answer
        if asked >= still_open + answered:
            return


def book_coming(diary: Diary, a_provider: int, later: int) -> None:
    """Today's full calendar, and some visits of the next days."""
    for provider in range(len(PROVIDERS)):
        for one in _some(diary, a_provider * 4):
            found = diary.seek(one, [diary.today], lambda draft, seen=provider: draft.patient.provider == seen)  # type: ignore[misc]
            if found:
                diary.book(found[0], one, diary.today, "scheduled")
            if sum(b.on == diary.today and b.provider == provider for b in diary.bookings) >= a_provider:
                break
    days = diary.workdays(-1, -5)
    for one in _some(diary, later * 2):
        if sum(b.on > diary.today for b in diary.bookings) >= later:
            return
        diary.fill(one, days, "scheduled")


def _some(diary: Diary, many: int) -> list[Note]:
    """Notes in any order, an office's mix: few of the youngest."""
    return [diary.chance.choice(notes()) for _ in range(many)]
