"""Planting the demo's trouble: a visit for each kind, spoiled in one way, and what the payer will do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import msgspec

from claimwright.effective import Period
from claimwright.office.demo.chart import Note, note
from claimwright.office.demo.people import Draft
from claimwright.office.demo.plants import PLANTS, Plant
from claimwright.office.demo.story import StoryService
from claimwright.office.demo.visits import Booking, Diary
from claimwright.payers.sandbox.model import Behaviour

Spoil = Callable[[Diary, Booking], None]


def plant_all(diary: Diary) -> tuple[Behaviour, ...]:
    """Book a visit for every trouble and spoil it; what the payers will do comes back as behaviours."""
    behaviours = []
    for plant in PLANTS:
        booking = _book(diary, plant)
        if booking is None:
            continue
        booking.trouble.append(plant.name)
        booking.stop = "held" if plant.held else booking.stop
        if plant.alone:
            diary.drafts[booking.who].spoken_for = True
        if plant.name in SPOILS:
            SPOILS[plant.name](diary, booking)
        if plant.do:
            behaviours.append(_behaviour(diary.drafts[booking.who], booking.on, plant))
    return tuple(behaviours)


def _book(diary: Diary, plant: Plant) -> Booking | None:
    for key in plant.notes:
        found = _after(diary, plant, note(key)) if plant.after else _fitting(diary, plant, note(key))
        if found:
            return diary.book(found[0], note(key), found[1], "scheduled" if plant.planned else "")
    return None


def _fitting(diary: Diary, plant: Plant, wanted: Note, days: Sequence[date] = ()) -> tuple[int, date] | None:
    """Whom a note of the plant fits, and when."""
    days = days or diary.workdays(*plant.days)
    return diary.seek(wanted, days, lambda draft: draft.plan_id in plant.plans, alone=plant.alone)


def _after(diary: Diary, plant: Plant, wanted: Note) -> tuple[int, date] | None:
    """The same, a week after a visit by one of the plant's notes, which is booked too."""
    for key in plant.after:
        first = diary.seek(note(key), diary.workdays(*plant.days), lambda draft: _could_have(draft, plant, wanted, diary.today))
        if first is None:
            continue
        who, on = first
        diary.book(who, note(key), on)
        days = [day for day in diary.workdays(*plant.days) if timedelta(7) <= day - on <= timedelta(9)]
        found = diary.seek(wanted, days, lambda draft, of=diary.drafts[who]: draft is of) if days else None  # type: ignore[misc]
        if found:
            return found
    return None


def _could_have(draft: Draft, plant: Plant, wanted: Note, today: date) -> bool:
    person = draft.patient.person
    far, near = (today - timedelta(days=back) for back in plant.days)
    return (
        draft.plan_id in plant.plans
        and person.birth is not None
        and wanted.may_fit(person.sex, person.birth, far, near, draft.plan_kind)
    )


def _behaviour(draft: Draft, on: date, plant: Plant) -> Behaviour:
    assert plant.do is not None
    return Behaviour(
        member_id=draft.member_id,
        on=on,
        do=plant.do,
        group=plant.group,
        reason=plant.reason,
        remark=plant.remark,
        procedure=plant.procedure,
    )


def _expired(diary: Diary, booking: Booking) -> None:
    """The payer knows that the policy ended; the practice was not told."""
    draft = diary.drafts[booking.who]
    ended = Period(start=draft.members[0].period.start, end=booking.on - timedelta(days=19))
    draft.members[0] = msgspec.structs.replace(draft.members[0], period=ended)


def _ended_on_file(diary: Diary, booking: Booking) -> None:
    """Both know; the front desk made the appointment all the same."""
    _expired(diary, booking)
    draft = diary.drafts[booking.who]
    _recover(draft, period=draft.members[0].period)


def _recover(draft: Draft, **changes: object) -> None:
    """Change the first coverage as registered."""
    first, *rest = draft.patient.coverages
    coverages = (msgspec.structs.replace(first, **changes), *rest)
    draft.patient = msgspec.structs.replace(draft.patient, coverages=coverages)


def _register_id(draft: Draft, member_id: str) -> None:
    _recover(draft, insured=msgspec.structs.replace(draft.patient.coverages[0].insured, member_id=member_id))


def _wrong_id(diary: Diary, booking: Booking) -> None:
    """Two neighbouring digits changed places at registration."""
    draft = diary.drafts[booking.who]
    true = draft.member_id
    at = next((i for i in range(len(true) - 1, 1, -1) if true[i] != true[i - 1]), len(true) - 1)
    _register_id(draft, true[: at - 1] + true[at] + true[at - 1] + true[at + 1 :])
    booking.corrected_member_id = true


def _malformed_id(diary: Diary, booking: Booking) -> None:
    """A letter O for a digit, which no Medicare number has."""
    draft = diary.drafts[booking.who]
    _register_id(draft, draft.member_id[:3] + "O" + draft.member_id[4:])
    booking.corrected_member_id = draft.member_id


def _registered_as_man(diary: Diary, booking: Booking) -> None:
    draft = diary.drafts[booking.who]
    person = msgspec.structs.replace(draft.patient.person, sex="M")
    coverages = tuple(
        msgspec.structs.replace(c, insured=msgspec.structs.replace(c.insured, person=person))
        if c.insured.relationship == "18"
        else c
        for c in draft.patient.coverages
    )
    guarantor = person if draft.patient.guarantor.birth == person.birth else draft.patient.guarantor
    draft.patient = msgspec.structs.replace(draft.patient, person=person, coverages=coverages, guarantor=guarantor)


def _coded(booking: Booking, diagnoses: tuple[str, ...], services: tuple[StoryService, ...]) -> None:
    """What the coder entered; the note's own codes are what the biller corrects it to."""
    booking.corrected_diagnoses, booking.corrected_services = booking.note.diagnoses, booking.note.services
    booking.diagnoses, booking.services = diagnoses, services


def _instead(booking: Booking, right: str, wrong: str) -> None:
    """One diagnosis for another, on the visit and on every service."""

    def swap(codes: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(wrong if code == right else code for code in codes)

    services = tuple(msgspec.structs.replace(s, diagnosis_codes=swap(s.diagnosis_codes)) for s in booking.services)
    _coded(booking, swap(booking.diagnoses), services)


def _without_25(diary: Diary, booking: Booking) -> None:
    services = tuple(msgspec.structs.replace(s, modifiers=tuple(m for m in s.modifiers if m != "25")) for s in booking.services)
    _coded(booking, booking.diagnoses, services)


def _milligrams(diary: Diary, booking: Booking) -> None:
    services = tuple(msgspec.structs.replace(s, units=Decimal(40)) if s.procedure == "J3301" else s for s in booking.services)
    _coded(booking, booking.diagnoses, services)


def _unbundled(diary: Diary, booking: Booking) -> None:
    _coded(booking, booking.diagnoses, (*booking.services, StoryService(procedure="94010", diagnosis_codes=("J44.9",))))


def _fingerstick(diary: Diary, booking: Booking) -> None:
    """The fingerstick billed beside its test: Medicare bundles 36416 into every other service (status B)."""
    _coded(
        booking, booking.diagnoses, (*booking.services, StoryService(procedure="36416", diagnosis_codes=booking.diagnoses[:1]))
    )


def _body_mass_first(diary: Diary, booking: Booking) -> None:
    """The body mass index put in front of everything else."""
    codes = sorted(booking.diagnoses, key=lambda code: not code.startswith("Z68"))
    _coded(booking, tuple(codes), booking.services)


def _modified(modifier: str) -> Spoil:
    """The visit of the claim with a modifier that is not for visits."""

    def spoil(diary: Diary, booking: Booking) -> None:
        services = tuple(
            msgspec.structs.replace(s, modifiers=(*s.modifiers, modifier)) if s.procedure.startswith("992") else s
            for s in booking.services
        )
        _coded(booking, booking.diagnoses, services)

    return spoil


def _without_79(diary: Diary, booking: Booking) -> None:
    """The injection says nothing of the operation a week before; 79 would say that it has nothing to do with it."""
    booking.corrected_diagnoses = booking.diagnoses
    booking.corrected_services = tuple(
        msgspec.structs.replace(s, modifiers=("79", *s.modifiers)) if s.procedure == "20610" else s for s in booking.services
    )


def _twice(diary: Diary, booking: Booking) -> None:
    """The same visit entered a second time, at another hour."""
    again = diary.book(booking.who, booking.note, booking.on)
    booking.start, again.start = sorted((booking.start, again.start))
    again.trouble.append("duplicate_claim")
    again.stop = "held"


def _late(diary: Diary, booking: Booking) -> None:
    booking.sent_on = diary.today - timedelta(days=4)


SPOILS: Final[dict[str, Spoil]] = {
    "expired_coverage": _expired,
    "coverage_ended_on_file": _ended_on_file,
    "wrong_subscriber_id": _wrong_id,
    "malformed_subscriber_id": _malformed_id,
    "sex_conflict": _registered_as_man,
    "unspecified_code": lambda diary, booking: _instead(booking, "S93.401A", "S93.409A"),
    "unsupported_diagnosis": lambda diary, booking: _instead(booking, "H61.22", "J06.9"),
    "last_years_code": lambda diary, booking: _instead(booking, "M72.22", "M72.2"),  # FY2027 ICD-10-CM addenda
    "unbundled_pair": _unbundled,
    "never_paid_alone": _fingerstick,
    "missing_modifier_25": _without_25,
    "excess_units": _milligrams,
    "separate_visit_unsaid": _without_25,
    "body_mass_first": _body_mass_first,
    "code_not_complete": lambda diary, booking: _instead(booking, "U09.9", "U09"),
    "second_procedure_in_global": _without_79,
    "reduced_visit": _modified("52"),
    "more_work_on_visit": _modified("22"),
    "procedure_modifier_on_visit": _modified("76"),
    "age_conflict": lambda diary, booking: _instead(booking, "Z00.00", "Z00.129"),
    "duplicate_claim": _twice,
    "late_filing": _late,
}
