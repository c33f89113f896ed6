"""The visit's own code: by level, by time, preventive or none, with its modifiers and diagnoses."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from claimwright.codesets import procedures
from claimwright.coding.acts import Act, surgical
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import is_symptom, label
from claimwright.coding.em import GUIDE, TIME_GUIDE, level_of
from claimwright.coding.em_data import data
from claimwright.coding.em_families import (
    code_of,
    consultation,
    families,
    family_of,
    is_medicare,
    modifiers_of,
    says_new,
    setting_of,
    tells_a_visit,
    title_of,
)
from claimwright.coding.em_problems import suspected_threat
from claimwright.coding.em_time import aftercare, continuing, instead, prolonged, rounds_after_own_operation
from claimwright.coding.eye import COMPREHENSIVE, comprehensive
from claimwright.coding.model import EMLevel, Suggestion
from claimwright.coding.tables import cue, word_list
from claimwright.coding.visits import (
    FIRST_WELLNESS,
    PREVENTIVE,
    SEPARATE,
    Kind,
    changed_problems,
    preventive_code,
    problem_sentences,
    problems_of,
)

MODIFIER_25 = "CPT modifier 25: significant, separately identifiable evaluation on the day of another service"
MODIFIER_57 = "CPT modifier 57: the visit at which a major procedure (90 days' follow-up) was decided"
NURSE = "CPT 99211: a visit without the physician, by staff; Medicare Claims Processing Manual 12, 30.6.4"
ADMITTING = "modifier AI: the admitting physician of record; Medicare Claims Processing Manual 12, 30.6.9.1"
BESIDE = "NCCI policy manual, chapter 1, D: the decision for a minor procedure is part of it; work beyond it is shown here"
PSYCHOTHERAPY = ("90832", "90834", "90837", "90791", "90792", "99483", "93793")  # no visit beside them
THERAPIST = re.compile(r"\b(?:physical|occupational) therap\w+|\b(?:PT|OT) (?:daily|progress|treatment|note|visit)", re.I)
CONTRACEPTIVE = ("58300", "58301", "11981", "11982", "11983")
SCHEDULED = re.compile(
    r"\b(?:suture|staple) removal|\b(?:wound|abscess|packing) (?:re-?check|check|removal)|\bscheduled\b|\bre-?check visit", re.I
)
EYES = {"office new": "92004", "office established": "92014"}
# nails and calluses, and the diseases for which these are cut by a physician
FOOT_CARE = ("11719", "11720", "11721", "11055", "11056", "11057")
AT_RISK = ("E08", "E09", "E10", "E11", "E13", "I70", "I73", "G60", "G62", "G63", "L84", "B35.1", "L60", "Z79")
POINTERS = 4  # a service line points to at most four diagnoses (CMS-1500 box 24E)
ALSO_25 = frozenset(word_list("also 25"))
MATERNITY = re.compile(
    r"\bglobal (?:ob|obstetric\w*|maternity|prenatal|antepartum)\b|\b(?:ob|obstetric\w*|maternity) (?:global|package)\b", re.I
)
OTHER_CARE, CARED = cue("em.other_care"), cue("visits.cared")
NOT_SEPARATE = re.compile(
    r"\bno (?:separate|significant|other)|not separate|\bnot (?:evaluated|managed)|no \w+ (?:evaluation|visit)", re.I
)


def visits(case: Case, kind: Kind, acts: list[Act], treated: set[str], order: list[str]) -> tuple[list[Suggestion], list[Act]]:
    """The visit lines, and what time or a continuing relation adds to them."""
    if not tells_a_visit(case) or _maternity_package(case) or rounds_after_own_operation(case):
        return [], []
    found: list[Suggestion] = []
    exam = _preventive(case, kind, acts, order)
    if exam is not None:
        found.append(exam)
    if kind.nurse and not any(True for _ in case.search(SEPARATE, "assessment", "plan")):
        return found, _nurse(case, acts, order)
    treated = {code for code in treated if not (code.startswith(SYSTEMIC) and _drug_changed(case))}
    problems = sorted((c for c in problems_of(case) if c.code in order), key=lambda c: order.index(c.code))
    if exam is not None:
        changed = changed_problems(case)
        problems = [c for c in problems if c in changed and case.told(problem_sentences(case, c)).says(CARED)]
    apart = any(act.code in PSYCHOTHERAPY or (act.kind == "therapy" and THERAPIST.search(title_of(case))) for act in acts)
    if apart and not _separate(case):
        return found, []
    setting = setting_of(case)
    family = family_of(case, setting) if exam is None or setting != "office" else "office established"
    remaining = [
        c for c in problems if c.code not in treated and not (_for_counselling(c, acts, problems) or _asked_before(c, acts))
    ]
    if any(act.code in FOOT_CARE for act in acts):
        remaining = [c for c in remaining if not (c.code.startswith(AT_RISK) and not _cared_for(case, c))]
    if any(act.code == "67028" for act in acts):
        remaining = [c for c in remaining if not (c.code.startswith(RETINA) and not _cared_for(case, c))]
    separate = bool(problems) and _separate(case)
    own = any(not _asked_before(c, acts) for c in problems)
    beyond = exam is None and not remaining and own and not separate and _more_than_the_procedure(case, acts)
    if exam is None and not remaining and (separate or beyond):
        remaining = problems
    by_day = family in ("discharge", "nursing discharge") or (setting == "inpatient" and case.main("Z38"))
    if not remaining and not by_day and (problems or exam is not None or not suspected_threat(case)):
        return found, aftercare(case) if exam is None else []
    all_of_it = exam is not None or separate or beyond
    timed = family if family in families() else "office established"
    level = level_of(case, set() if all_of_it else treated, {act.code for act in acts}, timed)
    other = instead(case, setting, family, level) if exam is None else []
    for act in other:
        if not act.code.startswith("99024") and any(needs_25(done) for done in acts if done.score >= 0.5):
            act.modifiers = [*act.modifiers, "25"]
            act.rules = [*act.rules, MODIFIER_25]
    if other or family not in families():
        return found, other
    line = _by_level(case, setting, family, level, acts, remaining if not separate else problems, exam is not None, beyond)
    more = [*prolonged(case, family, level), *continuing(case, family, list(line.modifiers))]
    asked = _consulted(case, family, level, line)
    return [*found, line, *asked], more


def _maternity_package(case: Case) -> bool:
    """CPT maternity care: visits before and after a delivery are in its one payment, where its record or the note says so."""
    return bool(case.main("Z37")) or (bool(case.main("O", "Z34", "Z39")) and any(True for _ in case.search(MATERNITY)))


JOINTS = ("2055", "206")  # injections, before which a film of the day is weighed with what else to do


def _separate(case: Case) -> bool:
    return any(not NOT_SEPARATE.search(case.text(s)) for _, s, _, _ in case.search(SEPARATE))


def _more_than_the_procedure(case: Case, acts: list[Act]) -> bool:
    """Beside the procedure a test of another day is weighed, and other care is given or the patient is new."""
    weighed = data(case, {act.code for act in acts}).facts
    if setting_of(case) == "emergency" and not any(True for _ in case.search(SCHEDULED, "cc", "hpi")):
        return True  # every patient who comes is examined for an emergency (42 CFR 489.24)
    unknown = case.visit.new_patient
    imaged = any(act.kind == "imaging" and act.score >= 0.5 for act in acts) and any(act.code.startswith(JOINTS) for act in acts)
    shown = bool(weighed) or (imaged and not any(True for _ in case.search(SCHEDULED, "cc", "hpi")))
    other = unknown or any(True for _ in case.search(OTHER_CARE, "assessment", "plan"))
    return (shown and other) or (unknown and any(True for _ in case.search(OTHER_CARE, "assessment", "plan")))


HOLDING = ("963", "964", "9046", "9047", "90480", "G000", "9511", "36415", "93793", "94640", "96523", "99195")


def _nurse(case: Case, acts: list[Act], order: list[str]) -> list[Act]:
    """99211, unless an injection or another service of the day already holds the nurse's work."""
    if any(act.code.startswith(HOLDING) or surgical(act) for act in acts):
        return []
    checked = next((words for *_, words in case.search(cue("visits.nurse_care"))), None)
    if checked is None or not order:
        return []
    return [Act("99211", [checked], "visit with the nurse alone", ("*",), rules=[NURSE], kind="visit", score=0.7)]


RETINA = ("H34", "H35", "H36", "E08.3", "E09.3", "E10.3", "E11.3", "E13.3", "Z96.1", "Z79")  # looked at before the injection
# diseases of the whole body, whose drugs are another matter than a joint that is injected
SYSTEMIC = ("M05", "M06", "M10", "M1A", "M32", "M45", "L40")
DRUG_CHANGED = re.compile(
    r"\b(?:increas\w*|start\w*|add\w*|switch\w*|rais\w*|resum\w*|change\w*|\u2191)\W+(?:\w+\W+){0,2}?(?:allopurinol|febuxostat|uloric"
    r"|colchicine|colcrys|probenecid|methotrexate|MTX|leflunomide|hydroxychloroquine|HCQ|plaquenil|sulfasalazine|prednisone|adalimumab"
    r"|humira|etanercept|enbrel|biologic|tofacitinib|upadacitinib)\b",
    re.I,
)


def _drug_changed(case: Case) -> bool:
    return any(True for _ in case.search(DRUG_CHANGED, "assessment", "plan"))


def _cared_for(case: Case, candidate: Candidate) -> bool:
    """Whether a drug is told with the problem, or it has got worse."""
    numbers = problem_sentences(case, candidate)
    drugs = case.reading.hits["drug"]
    return any(number in drugs for number in numbers) or case.told(numbers).says(cue("em.worsening"))


def _asked_before(candidate: Candidate, acts: list[Act]) -> bool:
    """A pregnancy test asked before a contraceptive is put in is a condition of the procedure, no problem of its own."""
    return candidate.code.startswith(("Z32", "Z30")) and any(act.code in CONTRACEPTIVE for act in acts)


def _for_counselling(candidate: Candidate, acts: list[Act], problems: list[Candidate]) -> bool:
    """Tobacco alone, with its own counselling code, is no further visit."""
    return candidate.code.startswith(("F17", "Z72.0")) and any(act.code in ("99406", "99407") for act in acts)


def _by_level(
    case: Case,
    setting: str,
    family: str,
    level: EMLevel,
    acts: list[Act],
    problems: list[Candidate],
    with_exam: bool,
    beyond: bool,
) -> Suggestion:
    code = code_of(family, level.level)
    modifiers, rules = [], [GUIDE if not level.by_time else TIME_GUIDE, families()[family].cites]
    eyes = comprehensive(case) if family in EYES and case.main("H", "E10", "E11", "Z01.0", "E13", "Z79.89") else None
    if eyes is not None:
        code, rules = EYES[family], [COMPREHENSIVE]
    if level.by_time:
        rules.insert(0, GUIDE)
    if any(_major(act.code, case.visit.on) for act in acts if act.score >= 0.5):
        modifiers.append("57")
        rules.append(MODIFIER_57)
    elif with_exam or any(needs_25(act) for act in acts if act.score >= 0.5):
        modifiers.append("25")
        rules.append(MODIFIER_25)
        if beyond:
            rules.append(BESIDE)
    if family in ("hospital initial", "nursing initial") and is_medicare(case):
        modifiers.append("AI")
        rules.append(ADMITTING)
    held, why_held = modifiers_of(case, setting)
    modifiers += held
    rules += why_held
    facts = [eyes] if eyes is not None else [words for _, words in level.facts]
    return Suggestion(
        system="CPT",
        code=code,
        description=label(code, case.visit.on)
        or ("Eye examination, comprehensive" if eyes else f"{family[:1].upper()}{family[1:]} visit"),
        score=0.84 if not beyond else 0.62,
        evidence=tuple(dict.fromkeys(facts))[:8],
        reason="comprehensive examination of the eyes" if eyes is not None else _why(family, level),
        modifiers=tuple(modifiers),
        rules=tuple(dict.fromkeys(rules)),
        diagnosis_codes=tuple(_pointers(case, problems)),
        level=None if eyes is not None else level,
    )


@lru_cache(maxsize=1_000)
def _major(code: str, on: date) -> bool:
    """Ninety days of follow-up belong to it (MPFS global days)."""
    found = procedures.procedure(code, on)
    return found is not None and found.global_days == "090"


def _why(family: str, level: EMLevel) -> str:
    who = {"office new": "new patient", "office established": "established patient"}.get(family, family)
    if level.by_time:
        return f"{who}, {level.by_time} minutes of total time"
    told = [element.split(":")[0] for element in (level.problems, level.data, level.risk)]
    return f"{who}; problems {told[0]}, data {told[1]}, risk {told[2]}: two of three decide"


def _pointers(case: Case, problems: list[Candidate]) -> list[str]:
    ranked = [c.code for c in problems if not is_symptom(c.code)] + [c.code for c in problems if is_symptom(c.code)]
    kept = [c.code for c in problems] if len(problems) <= POINTERS else ranked[:POINTERS]
    links = [c.code for c in problems if c.code in kept]  # as the claim lists them (OCG IV.G)
    weighed = [
        c.code
        for c in case.main("Z79.01", "Z80", "Z82", "Z83", "Z85")
        if any(case.mention_at(m).section == "assessment" for m in c.mentions)
    ]
    return list(dict.fromkeys([*links, *weighed]))[:POINTERS]


def needs_25(act: Act) -> bool:
    """Whether the payment of a service holds an evaluation, so that a visit beside it needs 25."""
    return surgical(act) or act.code in ALSO_25


def _consulted(case: Case, family: str, level: EMLevel, line: Suggestion) -> list[Suggestion]:
    """The consultation code, shown below the threshold: only some payers take it."""
    found = consultation(case, family, level)
    if found is None:
        return []
    code, words = found
    return [
        Suggestion(
            system="CPT",
            code=code,
            description=label(code, case.visit.on) or "Consultation",
            score=0.4,
            evidence=(words,),
            reason=f"not suggested: in the place of {line.code} where the payer takes consultation codes; Medicare does not",
            rules=(families()["consultation office"].cites,),
            diagnosis_codes=line.diagnosis_codes,
            suggested=False,
        )
    ]


def _preventive(case: Case, kind: Kind, acts: list[Act], order: list[str]) -> Suggestion | None:
    if not kind.preventive or kind.evidence is None:
        return None
    if case.age is None and kind.preventive not in ("wellness", "welcome"):
        return None
    new = case.visit.new_patient or says_new(case)
    if kind.preventive == "wellness":
        first = any(True for _ in case.search(FIRST_WELLNESS))
        code, why = ("G0438", "first Medicare wellness visit") if first else ("G0439", "later Medicare wellness visit")
    elif kind.preventive == "welcome":
        code, why = "G0402", "Welcome to Medicare visit"
    else:
        code = preventive_code(case.age or 0, new)
        why = f"routine examination, {'new' if new else 'established'} patient, age {case.age}"
    vaccines = any(act.code in ("90460", "90471", "90473", "90480") for act in acts)
    procedures = any(surgical(act) for act in acts)
    modifiers = ("25",) if vaccines or procedures else ()
    rules = (PREVENTIVE, *((MODIFIER_25,) if modifiers else ()))
    links = tuple(one for one in order if one.startswith(("Z00", "Z01.4", "Z02")))[:1] or tuple(order[:1])
    return Suggestion(
        system="HCPCS" if code[0] == "G" else "CPT",
        code=code,
        description=label(code, case.visit.on),
        score=0.93,
        evidence=(kind.evidence,),
        reason=why,
        modifiers=modifiers,
        rules=rules,
        diagnosis_codes=links,
    )
