"""Services put together: which visit code, which modifiers, and which diagnoses support each."""

from __future__ import annotations

from functools import lru_cache

from claimwright.coding.acts import Act, surgical
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.describe import in_starter_set, label
from claimwright.coding.em_families import modifiers_of, setting_of
from claimwright.coding.em_visit import visits
from claimwright.coding.model import Suggestion
from claimwright.coding.tables import listed, rows
from claimwright.coding.visits import Kind

PREVENTIVE = "modifier 33 on the planning of advance care beside a yearly wellness visit: no share of the patient's; MLN 909289"


def assemble(case: Case, kind: Kind, acts: list[Act], diagnoses: list[Candidate]) -> list[Suggestion]:
    """All services of the visit in the order of a claim: visits, procedures, drugs, films, tests."""
    order = [c.code for c in diagnoses]
    found, more = visits(case, kind, acts, _treated(case, acts, order), order)
    if any(line.code in ("G0402", "G0438") for line in found):
        acts = [
            act for act in acts if act.code != "G0444"
        ]  # within the first wellness visit (Medicare Claims Processing Manual 18)
    how, why = modifiers_of(case, setting_of(case))
    if any(line.code in ("G0438", "G0439") for line in found):
        for act in acts:
            if act.code in ("99497", "99498"):
                act.modifiers, act.rules = [*act.modifiers, "33"], [*act.rules, PREVENTIVE]
    for act in acts:
        if act.kind == "counselling":
            act.modifiers, act.rules = [*act.modifiers, *how], [*act.rules, *why]
    lines = [*found, *(_line(case, act, acts, order) for act in sorted([*more, *acts], key=_place))]
    return [line for line in lines if line is not None]


def _place(act: Act) -> int:
    if act.kind.startswith("visit"):
        return 0
    if surgical(act):
        return 1
    if act.code[0] == "J":
        return 4
    if act.kind == "imaging":
        return 5
    if act.code.startswith(("8", "364")):
        return 6
    return 2 if act.kind in ("test", "procedure") else 3


# what a scope was passed for and what it found belong to it, as do all wounds to their repair
# an ulcer's care and what the ulcer comes from
WOUND_CARE = ("11042", "11043", "11044", "97597", "97605", "97606", "29580", "29581")
WOUNDS = (
    "L97",
    "L89",
    "L98.4",
    "I83.0",
    "I83.2",
    "I87",
    "I70.2",
    *(f"E{kind}.{how}" for kind in ("08", "09", "10", "11", "13") for how in (4, 5, 6)),
)
WHOLE = ("43", "45", "G01", "12", "13", "5745")


def _treated(case: Case, acts: list[Act], order: list[str]) -> set[str]:
    """Diagnoses that the day's minor procedures treat."""
    wound = {code for code in order if code.startswith(WOUNDS)} if any(act.code.startswith(WOUND_CARE) for act in acts) else set()
    return wound | {
        code
        for act in acts
        if surgical(act) and act.score >= 0.5
        for code in _support(case, act, acts, order)[: None if act.code.startswith(WHOLE) else 1]
        if not act.code.startswith(("29", "46600"))
    }


def _support(case: Case, act: Act, acts: list[Act], order: list[str]) -> list[str]:
    """The diagnoses a service is for, the most fitting first; of the same side where there are two."""
    if act.prefixes == ("*",) or not act.prefixes:
        return _support_of_drug(case, act, acts, order)
    found: list[str] = []
    for prefix in act.prefixes:
        found.extend(code for code in order if code.startswith(prefix) and code not in found)
    usable = [code for code in found if code[0] not in "VWXY"]
    if usable:
        return usable
    fallback = [code for code in order if code[0] not in "VWXY" and code != "Z23"]
    return fallback[:1]


def _support_of_drug(case: Case, act: Act, acts: list[Act], order: list[str]) -> list[str]:
    """What a drug treats, or what those treat that an injection or infusion brings in."""
    if act.kind == "admin":
        words = set(act.evidence)
        brought = [other for other in acts if other.kind.startswith("drug") and words.intersection(other.evidence)]
        each = [code for other in brought for code in _support_of_drug(case, other, acts, order)]
        chemo = [code for code in order if code.startswith("Z51.1")] if act.code.startswith("964") else []
        return list(dict.fromkeys([*chemo, *each])) or order[:1]
    carrier = next((other for other in acts if other.code.startswith(("20", "205")) and surgical(other)), None)
    if carrier is not None and act.kind != "drug im" and not act.route:
        return _support(case, carrier, acts, order)
    own = _of_problem(case, act, order)
    wanted = _treats(act.code)
    fitting = [code for code in own if code.startswith(wanted)] if wanted else own
    for prefix in wanted:
        fitting += [code for code in order if code.startswith(prefix)]
    return (fitting or own or [code for code in order if code[0] not in "VWXY" and code != "Z23"])[:1]


@lru_cache(maxsize=500)
def _treats(code: str) -> tuple[str, ...]:
    """What a drug is for; the row that names it before one for all that begin so."""
    named = [
        (one, tuple(listed(prefixes))) for codes, prefixes in rows("treats") for one in listed(codes) if code.startswith(one)
    ]
    return max(named, key=lambda row: len(row[0]), default=("", ()))[1]


def _of_problem(case: Case, act: Act, order: list[str]) -> list[str]:
    """The diagnoses of the problem under which the words of a service stand."""
    words = act.evidence[0]
    place = next((s for _, s in case.sentences() if s.document == words.document and s.start <= words.start < s.end), None)
    item = place.item if place is not None else -1
    return [c.code for c in case.main() if c.item == item and item >= 0 and c.code in order and c.code[0] not in "ZVWXY"]


def _drawn_for(case: Case, act: Act, order: list[str]) -> list[str]:
    """Blood is drawn for the problem that the sentence stands under, else for the first-listed diagnosis."""
    own = _of_problem(case, act, order)
    return own or [code for code in order if code[0] not in "VWXY" and code != "Z23"]


def _reported(case: Case, act: Act) -> bool:
    """Whether its words stand in the report of a procedure."""
    words = act.evidence[0]
    return any(s.document == words.document and s.start <= words.start < s.end for _, s in case.sentences("procedure"))


def _line(case: Case, act: Act, acts: list[Act], order: list[str]) -> Suggestion | None:
    description = label(act.code, case.visit.on)
    if not description:
        if in_starter_set(act.code):
            return None  # known, and not in force on the date of service
        description = act.reason[:1].upper() + act.reason[1:]  # a code beyond the starter set: said in the words of its reason
    links = _support(case, act, acts, order)
    if surgical(act) and act.prefixes != ("*",) and not any(code.startswith(act.prefixes) for code in order):
        act.score = min(act.score, 0.55 if act.code[:3] != "206" and (act.sure or _reported(case, act)) else 0.42)
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
        diagnosis_codes=tuple(links[: 4 if act.kind == "admin" else 2 if act.code == "85610" else 1]),
        suggested=act.score >= 0.5,
    )
