"""Services put together: which visit code, which modifiers, and which diagnoses support each."""

from __future__ import annotations

from claimwright.coding.acts import Act
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import in_starter_set, is_symptom, label
from claimwright.coding.em import GUIDE, TIME_GUIDE, level_of
from claimwright.coding.model import EMLevel, Suggestion
from claimwright.coding.tables import word_list
from claimwright.coding.visits import FIRST_WELLNESS, PREVENTIVE, SEPARATE, Kind, changed_problems, preventive_code, problems_of

MODIFIER_25 = "CPT modifier 25: significant, separately identifiable evaluation on the day of another service"
TELEHEALTH = "modifier 95: live audio and video telehealth"
POINTERS = 4  # a service line points to at most four diagnoses (CMS-1500 box 24E)
# services beside which the visit needs 25 (their payment holds an evaluation); tests, films and blood draws do not
NEEDS_25 = (
    "10",
    "11",
    "12",
    "16",
    "17",
    "20",
    "24",
    "25",
    "26",
    "27",
    "28",
    "29",
    "30",
    "46",
    "51",
    "54",
    "56",
    "58",
    "64",
    "65",
    "69",
)
ALSO_25 = frozenset(word_list("also 25"))
SURGICAL = NEEDS_25


def surgical(act: Act) -> bool:
    """A minor procedure: the decision to do it is part of its payment."""
    return act.code.isdigit() and act.code[:2] in SURGICAL and act.code[:3] not in ("364",) and act.code != "51798"


def assemble(case: Case, kind: Kind, acts: list[Act], diagnoses: list[Candidate]) -> list[Suggestion]:
    """All services of the visit in the order of a claim: visits, procedures, drugs, films, tests."""
    order = [c.code for c in diagnoses]
    treated = _treated(acts, order)
    visits = _visits(case, kind, acts, treated, order)
    lines = [*visits, *(_line(case, act, acts, order) for act in sorted(acts, key=_place))]
    return [line for line in lines if line is not None]


def _place(act: Act) -> int:
    if surgical(act):
        return 1
    if act.code[0] == "J":
        return 4
    if act.kind == "imaging":
        return 5
    if act.code.startswith(("8", "364")):
        return 6
    return 2 if act.kind in ("test", "procedure") else 3


def _treated(acts: list[Act], order: list[str]) -> set[str]:
    """Diagnoses that the day's minor procedures treat."""
    return {
        code
        for act in acts
        if surgical(act) and act.score >= 0.5
        for code in _support(act, acts, order)[:1]
        if not _untreated(act)
    }


def _untreated(act: Act) -> bool:
    return act.code.startswith(("29", "51798", "46600"))


# --- the visit


def _visits(case: Case, kind: Kind, acts: list[Act], treated: set[str], order: list[str]) -> list[Suggestion]:
    visits: list[Suggestion] = []
    exam = _preventive(case, kind, acts, order)
    if exam is not None:
        visits.append(exam)
    if kind.nurse and not any(SEPARATE.search(case.text(s)) for _, s in case.sentences("assessment", "plan")):
        return visits
    problems = [c for c in problems_of(case) if c.code in order]
    if exam is not None:
        changed = changed_problems(case)
        problems = [c for c in problems if c in changed]
    remaining = [c for c in problems if c.code not in treated and not _for_counselling(c, acts, problems)]
    separate = any(True for _, s in case.sentences() if SEPARATE.search(case.text(s)) and not _denied(case.text(s)))
    if exam is None and not remaining and problems and separate:
        remaining = problems
    if case.visit.setting not in ("office", "telehealth", "home") or not remaining:
        return visits
    level = level_of(case, treated if exam is None and not separate else set(), {act.code for act in acts})
    visits.append(_office(case, level, acts, remaining if not separate else problems, exam is not None))
    return visits


def _denied(text: str) -> bool:
    import re

    return bool(
        re.search(
            r"\bno (?:separate|significant|other)|not separate|\bnot (?:evaluated|managed)|no \w+ (?:evaluation|visit)",
            text,
            re.I,
        )
    )


def _for_counselling(candidate: Candidate, acts: list[Act], problems: list[Candidate]) -> bool:
    """Tobacco alone, with its own counselling code, is no further visit."""
    return candidate.code.startswith(("F17", "Z72.0")) and any(act.code in ("99406", "99407") for act in acts)


def _office(case: Case, level: EMLevel, acts: list[Act], problems: list[Candidate], with_exam: bool) -> Suggestion:
    new = case.visit.new_patient and not with_exam
    code = str((99200 if new else 99210) + level.level)
    modifiers = []
    rules = [GUIDE] if not level.by_time else [GUIDE, TIME_GUIDE]
    if with_exam or any(_needs_25(act) for act in acts if act.score >= 0.5):
        modifiers.append("25")
        rules.append(MODIFIER_25)
    if case.visit.setting == "telehealth":
        modifiers.append("95")
        rules.append(TELEHEALTH)
    ranked = [c.code for c in problems if not is_symptom(c.code)] + [c.code for c in problems if is_symptom(c.code)]
    links = [c.code for c in problems] if len(problems) <= POINTERS else ranked[:POINTERS]
    weighed = [
        c.code
        for c in case.main("Z79.01", "Z80", "Z82", "Z83", "Z85")
        if any(case.mention_at(m).section == "assessment" for m in c.mentions)
    ]
    links = list(dict.fromkeys([*links, *weighed]))[:POINTERS]
    if level.by_time:
        why = f"{'new' if new else 'established'} patient, {level.by_time} minutes of total time"
    else:
        told = [element.split(":")[0] for element in (level.problems, level.data, level.risk)]
        who = "new" if new else "established"
        why = f"{who} patient; problems {told[0]}, data {told[1]}, risk {told[2]}: two of three decide"
    evidence = tuple(dict.fromkeys(words for _, words in level.facts))[:8]
    return Suggestion(
        system="CPT",
        code=code,
        description=label(code, case.visit.on),
        score=0.84,
        evidence=evidence,
        reason=why,
        modifiers=tuple(modifiers),
        rules=tuple(rules),
        diagnosis_codes=tuple(links),
        level=level,
    )


def _needs_25(act: Act) -> bool:
    return surgical(act) or act.code in ALSO_25


def _preventive(case: Case, kind: Kind, acts: list[Act], order: list[str]) -> Suggestion | None:
    if not kind.preventive or kind.evidence is None:
        return None
    if case.age is None and kind.preventive not in ("wellness", "welcome"):
        return None
    new = case.visit.new_patient
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


# --- everything else


def _support(act: Act, acts: list[Act], order: list[str]) -> list[str]:
    """The diagnoses a service is for, the most fitting first; of the same side where there are two."""
    if act.prefixes == ("*",) or not act.prefixes:
        return _support_of_drug(act, acts, order)
    found: list[str] = []
    for prefix in act.prefixes:
        found.extend(code for code in order if code.startswith(prefix) and code not in found)
    usable = [code for code in found if code[0] not in "VWXY"]
    if usable:
        return usable
    fallback = [code for code in order if code[0] not in "VWXY" and code != "Z23"]
    return fallback[:1]


def _support_of_drug(act: Act, acts: list[Act], order: list[str]) -> list[str]:
    wanted: tuple[str, ...] = ()
    if act.code in ("J7613", "J7620"):
        wanted = ("J45", "J44", "J98", "J21", "J2", "R06", "J")
    elif act.code == "J1050":
        wanted = ("Z30",)
    elif act.code == "J3420":
        wanted = ("D51", "E53", "D5")
    elif act.code == "96372":
        first = next((other for other in acts if other.kind == "drug im"), None)
        return _support_of_drug(first, acts, order) if first else order[:1]
    else:
        carrier = next((other for other in acts if other.code.startswith(("20", "205")) and surgical(other)), None)
        if carrier is not None and act.kind != "drug im":
            return _support(carrier, acts, order)
    for prefix in wanted:
        found = [code for code in order if code.startswith(prefix)]
        if found:
            return found[:1]
    return [code for code in order if code[0] not in "VWXY" and code != "Z23"][:1]


def _drawn_for(case: Case, act: Act, order: list[str]) -> list[str]:
    """Blood is drawn for the problem that the sentence stands under, else for the first-listed diagnosis."""
    words = act.evidence[0]
    place = next((s for _, s in case.sentences() if s.document == words.document and s.start <= words.start < s.end), None)
    item = place.item if place is not None else -1
    own = [c.code for c in case.main() if c.item == item and item >= 0 and c.code in order and c.code[0] not in "ZVWXY"]
    return own or [code for code in order if code[0] not in "VWXY" and code != "Z23"]


def _line(case: Case, act: Act, acts: list[Act], order: list[str]) -> Suggestion | None:
    description = label(act.code, case.visit.on)
    if not description:
        if in_starter_set(act.code):
            return None  # known, and not in force on the date of service
        description = act.reason[:1].upper() + act.reason[1:]  # a code beyond the starter set: said in the words of its reason
    links = _support(act, acts, order)
    if surgical(act) and not any(code.startswith(act.prefixes) for code in order):
        act.score = min(act.score, 0.42)
        act.reason += "; no diagnosis in the record supports it"
    if act.code == "36415":
        links = _drawn_for(case, act, order) or links
    return Suggestion(
        system="HCPCS" if act.code[0].isalpha() else "CPT",
        code=act.code,
        description=description,
        score=act.score,
        evidence=tuple(dict.fromkeys(act.evidence)),
        reason=act.reason,
        modifiers=tuple(dict.fromkeys(act.modifiers)),
        units=act.units,
        rules=tuple(act.rules),
        diagnosis_codes=tuple(links[: 2 if act.code == "85610" else 1]),
        suggested=act.score >= 0.5,
    )
