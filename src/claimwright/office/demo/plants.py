"""The catalogue of the demo's planted trouble: each by name, with where it shows, so that every stage has work."""

from __future__ import annotations

from typing import Final, Literal

from claimwright.office.demo.plans import BRONZE, CHOICE, GOLD, HMO, PART_B, SILVER, STATE
from claimwright.parties import Struct

Do = Literal["underpay", "deny", "reverse", "recoup", "silence", "interest", "change_modifier", "twice", "pend", "unknown_claim"]


class Plant(Struct):
    """One trouble: on which note, under which plans, so many days before today (far, near), and what the payer does."""

    name: str
    shows: str
    notes: tuple[str, ...]
    plans: tuple[str, ...]
    days: tuple[int, int] = (80, 40)
    after: tuple[str, ...] = ()  # notes of a visit of the same patient a week before
    alone: bool = False  # touches every visit of the patient, so the patient has no other
    edit: str = ""  # the edit that must hold the claim; of several, one
    planned: bool = False  # a visit still to come
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
        edit="COV-DATES",
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
        edit="ID-MBI",
        notes=("atrial_fibrillation_warfarin", "b12_injection", "heart_failure", "hypertension_stable"),
        plans=(PART_B,),
        alone=True,
    ),
    Plant(
        name="sex_conflict",
        shows="held by the scrubber: the patient is registered as a man, the diagnosis is a woman's",
        edit="DX-SEX",
        notes=("iron_deficiency", "pregnancy_test"),
        plans=(STATE, *_COMMERCIAL, HMO),
        alone=True,
        held=True,
    ),
    Plant(
        name="missing_authorization",
        shows="held by the scrubber: the HMO wants an authorization for the joint injection",
        edit="AUTH-MISSING",
        notes=("knee_injection_right", "shoulder_injection_left"),
        plans=(HMO,),
        alone=True,  # another visit's authorization would serve
        held=True,
    ),
    Plant(
        name="authorization_asked",
        shows="the HMO is asked to authorize what is planned for a visit to come, and answers (278)",
        notes=("knee_injection_right", "shoulder_injection_left", "copd_spirometry", "skin_tags"),
        plans=(HMO,),
        days=(-1, -5),
        planned=True,
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
        edit="NEC-REQUIRED",
        notes=("cerumen_left",),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="unbundled_pair",
        shows="held by the scrubber: plain spirometry is part of the test before and after a bronchodilator",
        edit="NCCI-NEVER",
        notes=("copd_spirometry",),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="missing_modifier_25",
        shows="held by the scrubber: a visit beside an injection without modifier 25",
        edit="MOD-25",
        notes=("knee_pain_left_hypertension",),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="excess_units",
        shows="held by the scrubber: 40 units of triamcinolone, milligrams taken for units",
        edit="MUE-DAY-CLINICAL",
        notes=("shoulder_injection_left", "knee_injection_right"),
        plans=(SILVER,),
        days=(85, 62),
    ),
    Plant(
        name="age_conflict",
        shows="held by the scrubber: a child's check-up code on an adult",
        edit="DX-AGE",
        notes=("annual_physical_young_adult", "annual_physical_flu"),
        plans=_COMMERCIAL,
        days=(60, 15),
    ),
    Plant(
        name="last_years_code",
        shows="held by the scrubber: from October 2026 the code names the foot, the coder used the old one",
        edit="DX-SPECIFIC",
        notes=("heel_pain_left",),
        plans=(*_COMMERCIAL, STATE, HMO, PART_B),
        days=(40, 12),
    ),
    Plant(
        name="separate_visit_unsaid",
        shows="held by the scrubber with a safe fix: append 25, with the note's words for a visit apart from the injection",
        edit="MOD-25",
        notes=("knee_pain_left_hypertension",),
        plans=(*_COMMERCIAL, PART_B),
        days=(30, 6),
        held=True,
    ),
    Plant(
        name="body_mass_first",
        shows="held by the scrubber with a safe fix: the diagnoses reordered, the obesity before its body mass index",
        edit="DX-BMI",
        notes=("diabetes_insulin_obesity",),
        plans=(*_COMMERCIAL, PART_B, STATE, HMO),
        days=(30, 6),
        held=True,
    ),
    Plant(
        name="code_not_complete",
        shows="held by the scrubber with a safe fix: the only complete code instead of its heading",
        edit="DX-SPECIFIC",
        notes=("long_covid_fatigue",),
        plans=(*_COMMERCIAL, PART_B, STATE, HMO),
        days=(30, 6),
        held=True,
    ),
    Plant(
        name="second_procedure_in_global",
        shows="held by the scrubber: an injection within the ten days included in an earlier procedure, without 79",
        edit="SUR-GLOBAL",
        notes=("knee_injection_right", "shoulder_injection_left"),
        after=("actinic_keratoses", "abscess_thigh_right", "plantar_wart", "skin_tags"),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="reduced_visit",
        shows="held by the scrubber: modifier 52 on a visit that was short",
        edit="SUR-STOPPED-VISIT",
        notes=("common_cold", "conjunctivitis_right", "poison_ivy", "reflux_stable", "hypertension_stable"),
        plans=(*_COMMERCIAL, STATE),
    ),
    Plant(
        name="more_work_on_visit",
        shows="held by the scrubber: modifier 22 on a visit that was long",
        edit="SUR-MORE-WORK-VISIT",
        notes=("depression_moderate", "migraine", "anxiety", "gout_flare_right", "hypertension_kidney_disease"),
        plans=(*_COMMERCIAL, PART_B),
    ),
    Plant(
        name="procedure_modifier_on_visit",
        shows="held by the scrubber: modifier 76, of a repeated procedure, on a visit",
        edit="SUR-ON-VISIT",
        notes=("sinusitis_maxillary", "otitis_media_right", "cystitis", "strep_throat", "enlarged_prostate"),
        plans=(*_COMMERCIAL, PART_B, STATE),
    ),
    # Billing
    Plant(
        name="duplicate_claim",
        shows="the second claim is held by the scrubber as a duplicate",
        edit="DUP-BATCH DUP-HISTORY",
        notes=("flu_shot_adult", "flu_shot_medicare"),
        plans=(*_COMMERCIAL, HMO, PART_B),
        days=(55, 20),
    ),
    Plant(
        name="late_filing",
        shows="held by the scrubber: the HMO's 90 days are over",
        edit="DT-TIMELY",
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
        name="never_paid_alone",
        shows=f"{_PAYER}; the line comes off and the claim goes again with frequency 7",
        notes=("high_cholesterol_family_history", "diabetes_insulin_obesity", "diabetes_neuropathy"),
        plans=_NORTHLAKE,
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
        shows="a claim without any answer, on the overdue list; the payer, asked where it is (276), has no such claim (277)",
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
        days=(24, 12),
        do="pend",
    ),
)
TROUBLES: Final = {plant.name: plant.shows for plant in PLANTS}
