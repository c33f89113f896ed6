"""The demo practice, made: the same seed, size and day always give the same story."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta

import msgspec

from claimwright.coverage.model import Authorization
from claimwright.effective import Period
from claimwright.office.demo.chart import note
from claimwright.office.demo.people import Draft, People
from claimwright.office.demo.plans import CONTRACTS, HMO, PAYER_CONTRACTS, PAYERS, PLANS, plan
from claimwright.office.demo.practice import LOCATIONS, LOGINS, PRACTICE, PROVIDERS, SUBMITTER_ID
from claimwright.office.demo.prices import CHARGE_MASTER, labels
from claimwright.office.demo.story import Story, StoryPatient
from claimwright.office.demo.trouble import plant_all
from claimwright.office.demo.visits import (
    FIRST_DAY,
    Booking,
    Diary,
    book_coming,
    book_every_note,
    book_more,
    book_queries,
    book_to_code,
)
from claimwright.pricing.model import Contract

TO_CODE, OPEN_QUERIES, ANSWERED_QUERIES = 7, 3, 2
TODAY_A_PROVIDER, COMING = 6, 10
FEW_CHILDREN = 24  # months: notes of so narrow an age are booked before others take the few children of that age


def build(seed: int = 7, patients: int = 60, today: date = date(2026, 11, 16)) -> Story:
    """The whole demo: people, plans, visits, trouble. Deterministic."""
    chance = random.Random(seed)
    year = Period(start=date((today - timedelta(days=FIRST_DAY)).year, 1, 1), end=date(today.year, 12, 31))
    drafts = People(chance, today, year).make(patients)
    diary = Diary(chance, today, drafts)
    book_every_note(diary, FEW_CHILDREN)
    behaviours = plant_all(diary)
    book_queries(diary, OPEN_QUERIES, ANSWERED_QUERIES)
    book_to_code(diary, TO_CODE)
    book_every_note(diary)
    book_more(diary, patients * 8 // 5)
    book_coming(diary, TODAY_A_PROVIDER, COMING)
    bookings_of = defaultdict(list)
    for booking in diary.bookings:
        bookings_of[booking.who].append(booking)
    for who, draft in enumerate(drafts):
        _authorize(draft, bookings_of[who], year)
        draft.patient = _with_history(draft)
    bookings = sorted(diary.bookings, key=lambda b: (b.on, b.start, b.provider, b.who))
    return Story(
        practice=PRACTICE,
        submitter_id=SUBMITTER_ID,
        locations=LOCATIONS,
        providers=PROVIDERS,
        payers=PAYERS,
        plans=tuple(msgspec.structs.replace(one, period=year) for one in PLANS),
        contracts=tuple(_from(one, year) for one in CONTRACTS),
        payer_contracts=tuple(_from(one, year) for one in PAYER_CONTRACTS),
        charge_master=tuple(msgspec.structs.replace(row, period=year) for row in CHARGE_MASTER),
        labels=labels(),
        patients=tuple(draft.patient for draft in drafts),
        visits=tuple(booking.finished() for booking in bookings),
        members=tuple(member for draft in drafts for member in draft.members),
        behaviours=behaviours,
        logins=LOGINS,
        today=today,
    )


def _from(contract: Contract, year: Period) -> Contract:
    """The contract as signed for the story's year, without end."""
    return msgspec.structs.replace(contract, period=Period(start=year.start))


def _authorize(draft: Draft, bookings: list[Booking], year: Period) -> None:
    """The HMO's authorizations, on file with both sides, for what needs one and was not forgotten."""
    needed = plan(draft.plan_id).authorization_required if draft.plan_id == HMO else frozenset()
    held = []
    for booking in bookings:
        if {"missing_authorization", "authorization_asked"} & set(booking.trouble):
            continue
        for service in booking.services:
            if service.procedure in needed:
                number = f"A{booking.on:%y%m%d}{booking.who:04d}"
                units = max(int(service.units), 1)
                held.append(
                    Authorization(plan_id=draft.plan_id, number=number, procedure=service.procedure, units=units, period=year)
                )
    if held:
        draft.patient = msgspec.structs.replace(draft.patient, authorizations=tuple(held))
        draft.members[0] = msgspec.structs.replace(draft.members[0], authorizations=tuple(held))


def _with_history(draft: Draft) -> StoryPatient:
    """Medical history and therapies as told at registration, in agreement with the patient's notes."""
    told = [note(key) for key in draft.notes]
    history = "; ".join(dict.fromkeys(part for one in told for part in one.history.split("; ") if part))
    therapies = ", ".join(dict.fromkeys(part for one in told for part in one.therapies.split(", ") if part))
    return msgspec.structs.replace(
        draft.patient, history=history or "No lasting illness", therapies=therapies or "No regular medicine"
    )
