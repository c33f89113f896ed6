"""Evaluations and treatments of a discipline: psychiatric, cognitive, osteopathic; and anticoagulation clinics."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, NEVER, Act, happened, hits_of, performed, services, words_of
from claimwright.coding.case import Case
from claimwright.coding.em_families import title_of
from claimwright.coding.tables import cue

PSYCHIATRIC = "CPT psychiatric diagnostic evaluation: 90792 with medical services, 90791 without; no visit code beside it"
COGNITIVE = "CPT 99483: assessment of cognition and function with a written care plan, by its elements; no visit code beside it"
BODY_REGIONS = "CPT osteopathic manipulation: 98925 one to two body regions, then a code for each two more"
WARFARIN = "CPT 93793: new INR reviewed, instructions given, dose adjusted where needed; no visit code beside it"
PLANNED_CARE = re.compile(r"\bcare plan\b", re.I)
MEDICAL = re.compile(r"\bwith medical services|\bmedical (?:services|evaluation)|\bE/M components?\b", re.I)
REGIONS = (
    ("head", "cranial"),
    ("cervical", "c-spine"),
    ("thoracic", "t-spine"),
    ("lumbar", "l-spine"),
    ("sacral", "sacrum"),
    ("pelvic", "pelvis", "innominate"),
    ("lower extremit", "leg"),
    ("upper extremit", "arm"),
    ("rib",),
    ("abdom",),
)

CLINIC = cue("evaluations.clinic")


def psychiatric(case: Case) -> list[Act]:
    """90792 where drugs are prescribed or medical services told, else 90791; the title says that it was this visit."""
    for at, sentence, hit in hits_of(case, "service", "90791"):
        own = sentence.start < 200 or performed(case, at, hit)
        if not own or sentence.section in NEVER or not happened(hit.first, hit.last, case.reading.scopes[at]):
            continue
        prescribes = any(
            case.reading.note.sentences[one].section in ("assessment", "plan", "other") for one, _ in case.hits("drug")
        )
        told = prescribes or any(True for _ in case.search(MEDICAL))
        code = "90792" if told else "90791"
        why = "psychiatric diagnostic evaluation" + (" with medical services" if told else "")
        return [Act(code, [words_of(case, sentence, hit)], why, ("F", "Z"), rules=[PSYCHIATRIC], kind="evaluation")]
    return []


def cognitive(case: Case) -> list[Act]:
    """99483 where the assessment and its care plan are told."""
    for at, sentence, hit in hits_of(case, "service", "99483"):
        if performed(case, at, hit) and any(True for _ in case.search(PLANNED_CARE)):
            service, words = services()["99483"], [words_of(case, sentence, hit)]
            return [Act("99483", words, service.label, service.prefixes, rules=[COGNITIVE], kind="evaluation")]
    return []


def osteopathic(case: Case) -> list[Act]:
    """Osteopathic manipulation by the number of body regions."""
    for at, sentence, hit in hits_of(case, "service", "98925"):
        if not performed(case, at, hit):
            continue
        text = " ".join(case.text(s) for s in case.reading.note.sentences[at : at + 2]).lower()
        regions = sum(any(name in text for name in names) for names in REGIONS)
        code = f"989{25 + min(4, max(0, regions - 1) // 2)}"
        service, words = services()["98925"], [words_of(case, sentence, hit)]
        why = f"osteopathic manipulation, {max(1, regions)} body region(s)"
        return [Act(code, words, why, service.prefixes, rules=[DONE, BODY_REGIONS], kind="procedure")]
    return []


def anticoagulation(case: Case) -> list[Act]:
    """93793 in an anticoagulation clinic or by its nurse or pharmacist, with the INR and what to take."""
    hits = hits_of(case, "service", "93793")
    if not hits or not (CLINIC.search(title_of(case)) or any(True for _ in case.search(CLINIC))):
        return []
    for at, sentence, hit in hits:
        if not hit.entry.own and sentence.section not in NEVER and happened(hit.first, hit.last, case.reading.scopes[at]):
            words = [words_of(case, sentence, hit)]
            return [
                Act(
                    "93793",
                    words,
                    "INR reviewed and warfarin dosed",
                    ("Z79.01", "Z51.81", "I"),
                    rules=[WARFARIN],
                    kind="evaluation",
                )
            ]
    return []
