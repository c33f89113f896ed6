"""The demo's planted trouble: each by name, with where it shows, so that every stage has work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, Literal

import msgspec

from claimwright.effective import Period
from claimwright.office.demo.chart import note
from claimwright.office.demo.people import Draft
from claimwright.office.demo.plans import BRONZE, CHOICE, GOLD, HMO, PART_B, SILVER, STATE
from claimwright.office.demo.story import StoryService
from claimwright.office.demo.visits import Booking, Diary
from claimwright.parties import Struct
from claimwright.payers.sandbox.model import Behaviour

Do = Literal["underpay", "deny", "reverse", "recoup", "silence", "interest", "change_modifier", "twice", "pend", "unknown_claim"]
Spoil = Callable[[Diary, Booking], None]


class Plant(Struct):
    """One trouble: on which note, under which plans, so many days before today (far, near), and what the payer does."""

    name: str
    shows: str
    notes: tuple[str, ...]
    plans: tuple[str, ...]
    days: tuple[int, int] = (80, 40)
    alone: bool = False  # touches every visit of the patient, so the patient has no other
    held: bool = False  # stays on the worklist of held claims
    do: Do | None = None
    group: str = ""
    reason: str = ""
    remark: str = ""
    procedure: str = ""


_NORTHLAKE: Final = (GOLD, SILVER, BRONZE)
_COMMERCIAL: Final = (*_NORTHLAKE, CHOICE)
_PAYER: Final = "the payer's remittance, in the denials worklist"

PLANTS: Final = (
    # Front desk
    Plant(
        name="expired_coverage",
        shows="the eligibility answer is inactive, and the claim comes back PR-27",
        notes=("sinusitis_maxillary", "reflux_stable", "cystitis", "poison_ivy"),
        plans=(SILVER, BRONZE),
        alone=True,
    ),
    Plant(
        name="coverage_ended_on_file",
        shows="held by the scrubber: the coverage on file ended before the visit",
        notes=("common_cold", "poison_ivy", "conjunctivitis_right"),
        plans=(BRONZE, SILVER),
        alone=True,
        held=True,
    ),
    Plant(
        name="wrong_subscriber_id",
        shows="the eligibility answer and the 277CA say that the subscriber is not found",
        notes=("gout_flare_right", "reflux_stable", "chest_pain_ruled_out"),
        plans=(HMO, CHOICE),
        alone=True,
    ),
    Plant(
        name="malformed_subscriber_id",
        shows="held by the scrubber: the Medicare number has a letter O",
        notes=("atrial_fibrillation_warfarin", "b12_injection", "heart_failure", "hypertension_stable"),
        plans=(PART_B,),
        alone=True,
    ),
    Plant(
        name="sex_conflict",
        shows="held by the scrubber: the patient is registered as a man, the diagnosis is a woman's",
        notes=("iron_deficiency", "pregnancy_test"),
        plans=(STATE, *_COMMERCIAL, HMO),
        alone=True,
        held=True,
    ),
    Plant(
        name="missing_authorization",
        shows="held by the scrubber: the HMO wants an authorisation for the joint injection",
        notes=("knee_injection_right", "shoulder_injection_left"),
        plans=(HMO,),
        held=True,
    ),
    # Coding
    Plant(
        name="unspecified_code",
        shows="the scrubber's advice: the note names the side, the code does not",
        notes=("ankle_sprain_right",),
        plans=(*_COMMERCIAL, STATE, HMO),
    ),
    Plant(
        name="unsupported_diagnosis",
        shows="held by the scrubber: the diagnosis cannot support the service",
        notes=("cerumen_left",),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="unbundled_pair",
        shows="held by the scrubber: plain spirometry is part of the test before and after a bronchodilator",
        notes=("copd_spirometry",),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="missing_modifier_25",
        shows="held by the scrubber: a visit beside an injection without modifier 25",
        notes=("knee_pain_left_hypertension",),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="excess_units",
        shows="held by the scrubber: 40 units of triamcinolone, milligrams taken for units",
        notes=("shoulder_injection_left", "knee_injection_right"),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="age_conflict",
        shows="held by the scrubber: a child's check-up code on an adult",
        notes=("annual_physical_young_adult", "annual_physical_flu"),
        plans=_COMMERCIAL,
        days=(60, 15),
    ),
    # Billing
    Plant(
        name="duplicate_claim",
        shows="the second claim is held by the scrubber as a duplicate",
        notes=("flu_shot_adult", "flu_shot_medicare"),
        plans=(*_COMMERCIAL, HMO, PART_B),
        days=(55, 20),
    ),
    Plant(
        name="late_filing",
        shows="held by the scrubber: the HMO's 90 days are over",
        notes=("hypertension_stable", "common_cold", "strep_throat", "reflux_stable"),
        plans=(HMO,),
        days=(99, 95),
        held=True,
    ),
    # Payers
    Plant(
        name="contract_underpaid",
        shows="posting flags an underpayment: the payer applies last year's fee",
        notes=("palpitations_ecg", "chest_pain_ruled_out", "knee_pain_left_hypertension"),
        plans=(CHOICE,),
    ),
    Plant(
        name="payer_underpays",
        shows="posting flags an underpayment of one claim",
        notes=("migraine", "anxiety", "influenza_a", "hypothyroid_lipids"),
        plans=_NORTHLAKE,
        do="underpay",
    ),
    Plant(
        name="denied_authorization",
        shows=_PAYER,
        notes=("knee_injection_right", "shoulder_injection_left", "copd_spirometry"),
        plans=(HMO,),
        do="deny",
        group="CO",
        reason="197",
    ),
    Plant(
        name="denied_medical_necessity",
        shows=_PAYER,
        notes=("chest_pain_ruled_out", "palpitations_ecg"),
        plans=(*_NORTHLAKE, PART_B),
        do="deny",
        group="CO",
        reason="50",
        remark="N115",
        procedure="93000",
    ),
    Plant(
        name="denied_missing_information",
        shows=_PAYER,
        notes=("laceration_forearm_left", "abscess_thigh_right", "wrist_contusion_left"),
        plans=(*_COMMERCIAL, HMO),
        do="deny",
        group="CO",
        reason="16",
        remark="N706",
    ),
    Plant(
        name="denied_late",
        shows=f"{_PAYER}; the 277CA proves that it was in time",
        notes=("sinusitis_maxillary", "cystitis", "poison_ivy", "common_cold", "strep_throat"),
        plans=(*_NORTHLAKE, HMO),
        do="deny",
        group="CO",
        reason="29",
    ),
    Plant(
        name="denied_coverage_ended",
        shows=_PAYER,
        notes=("telehealth_hypertension", "telehealth_depression", "depression_moderate", "gout_flare_right"),
        plans=(CHOICE, *_NORTHLAKE),
        do="deny",
        group="PR",
        reason="27",
    ),
    Plant(
        name="denied_bundled",
        shows=_PAYER,
        notes=("hypothyroid_lipids", "diabetes_kidney_disease", "heart_failure"),
        plans=(*_COMMERCIAL, HMO, STATE),
        do="deny",
        group="CO",
        reason="97",
        remark="M15",
        procedure="36415",
    ),
    Plant(
        name="denied_other_payer_first",
        shows=_PAYER,
        notes=("otitis_media_right", "strep_throat", "gastroenteritis_child", "conjunctivitis_right", "common_cold"),
        plans=(STATE,),
        do="deny",
        group="CO",
        reason="22",
    ),
    Plant(
        name="denied_too_often",
        shows=_PAYER,
        notes=("medicare_wellness",),
        plans=(PART_B,),
        do="deny",
        group="CO",
        reason="119",
        procedure="G0439",
    ),
    Plant(
        name="denied_not_covered",
        shows="the remittance makes the whole charge the patient's: PR-96",
        notes=("skin_tags",),
        plans=_COMMERCIAL,
        do="deny",
        group="PR",
        reason="96",
        remark="N383",
    ),
    Plant(
        name="reversed_and_corrected",
        shows="a second remittance takes the payment back and pays another amount",
        notes=("diabetes_insulin_obesity", "diabetes_neuropathy", "asthma_exacerbation", "migraine"),
        plans=(*_NORTHLAKE, PART_B),
        days=(85, 55),
        do="reverse",
    ),
    Plant(
        name="recouped",
        shows="a later remittance is smaller by an earlier overpayment (PLB WO)",
        notes=("hypertension_stable", "heart_failure", "b12_injection", "gout_flare_right"),
        plans=(PART_B, *_NORTHLAKE),
        days=(85, 55),
        do="recoup",
    ),
    Plant(
        name="interest_paid",
        shows="the remittance pays interest beside the claim",
        notes=("high_cholesterol_family_history", "anxiety", "smoking_cessation", "conjunctivitis_right"),
        plans=(*_COMMERCIAL, HMO),
        do="interest",
    ),
    Plant(
        name="modifier_changed",
        shows="the remittance names another modifier than was sent; matched by the line's control number",
        notes=("cerumen_left", "wrist_contusion_left", "knee_pain_left_hypertension"),
        plans=(*_NORTHLAKE, PART_B),
        do="change_modifier",
    ),
    Plant(
        name="remittance_twice",
        shows="the same 835 arrives twice and is posted once",
        notes=("plantar_wart", "laceration_forehead_child", "well_child_eczema", "otitis_media_right"),
        plans=(*_NORTHLAKE, HMO),
        do="twice",
    ),
    Plant(
        name="unknown_claim",
        shows="parked: a remittance for a claim that nobody here sent",
        notes=("contraceptive_injection", "new_patient_hay_fever", "conjunctivitis_right"),
        plans=(*_COMMERCIAL, HMO),
        do="unknown_claim",
    ),
    Plant(
        name="silent_payer",
        shows="a claim without any answer, on the overdue list",
        notes=("migraine", "reflux_stable", "depression_moderate", "anxiety"),
        plans=_COMMERCIAL,
        days=(60, 40),
        do="silence",
    ),
    Plant(
        name="pended",
        shows="the 277CA takes it, the payer keeps it pending",
        notes=("new_patient_diabetes", "diabetes_insulin_obesity", "gout_flare_right", "sciatica_left"),
        plans=(*_COMMERCIAL, HMO),
        days=(40, 25),
        do="pend",
    ),
)
TROUBLES: Final = {plant.name: plant.shows for plant in PLANTS}


def plant_all(diary: Diary) -> tuple[Behaviour, ...]:
    """Book a visit for every trouble and spoil it; what the payers will do comes back as behaviours."""
    behaviours = []
    for plant in PLANTS:
        booking = _book(diary, plant)
        if booking is None:
            continue
        booking.trouble.append(plant.name)
        booking.stop = "held" if plant.held else ""
        if plant.alone:
            diary.drafts[booking.who].spoken_for = True
        if plant.name in SPOILS:
            SPOILS[plant.name](diary, booking)
        if plant.do:
            behaviours.append(_behaviour(diary.drafts[booking.who], booking.on, plant))
    return tuple(behaviours)


def _book(diary: Diary, plant: Plant) -> Booking | None:
    for key in plant.notes:
        found = diary.seek(note(key), diary.workdays(*plant.days), lambda draft: draft.plan_id in plant.plans, alone=plant.alone)
        if found:
            return diary.book(found[0], note(key), found[1])
    return None


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
    "unbundled_pair": _unbundled,
    "missing_modifier_25": _without_25,
    "excess_units": _milligrams,
    "age_conflict": lambda diary, booking: _instead(booking, "Z00.00", "Z00.129"),
    "duplicate_claim": _twice,
    "late_filing": _late,
}
