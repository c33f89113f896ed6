"""Injuries and burns: what is coded beside what, and in which order (Guidelines I.C.19.b, I.C.19.d)."""

from __future__ import annotations

import re

from claimwright.codesets import icd10cm
from claimwright.coding.candidates import Candidate
from claimwright.coding.case import Case
from claimwright.coding.lexicon import lexicon

SUPERFICIAL = "ICD-10-CM OCG I.C.19.b.1 (a superficial injury of the same site is not coded)"
EXTENT = "ICD-10-CM OCG I.C.19.d.6 (extent of body surface, T31)"
ONE_SITE = "ICD-10-CM OCG I.C.19.d.2 (burns of the same site and side: the highest degree alone)"
DEGREE = "ICD-10-CM OCG I.C.19.d.1 (the highest degree first)"
UNSPECIFIED = ("S09.90", "S89.9", "S99.91", "S99.92", "S69.9", "S49.9", "T14.90", "T14.8")
SURFACE = re.compile(
    r"\b(\d{1,2})\s*(?:%|percent)\s*(?:of\s+)?(?:the\s+)?(?:total\s+)?(?:body surface(?: area)?|TBSA|BSA)"
    r"|\b(?:TBSA|BSA)\b[^.;]{0,15}?\b(\d{1,2})\s*(?:%|percent)",
    re.I,
)
THIRD = re.compile(r"\b(\d{1,2})\s*(?:%|percent)\s*(?:of it |is |was )?(?:third|3rd|full)[- ]", re.I)
BURNS = ("T20", "T21", "T22", "T23", "T24", "T25")


# a bone that broke for want of strength -> its code in M80, and the fractures that are coded so (I.C.13.d.2)
FRAGILE = "ICD-10-CM OCG I.C.13.d.2 (a fracture by a minor fall that would not break a healthy bone: M80)"
OF_BONES = (
    ("M80.05", ("S72",)),
    ("M80.08", ("S22.0", "S32.0")),
    ("M80.03", ("S52",)),
    ("M80.02", ("S42.2", "S42.3")),
    ("M80.06", ("S82.1", "S82.2", "S82.4")),
    ("M80.07", ("S82.5", "S82.6", "S82.8", "S92")),
    ("M80.0A", ("S32.3", "S32.4", "S32.5", "S32.6", "S32.8")),
)


SO_CALLED = re.compile(r"(?<!no )(?<!not )(?<!non)\b(?:fragility|osteoporotic)\b(?! (?:risk|score|screen))", re.I)


def fragile(case: Case) -> None:
    """A fracture that the record calls osteoporotic or a fragility fracture is one of the bone's disease, not an injury."""
    weak = [c for c in case.known("M80") if any(m.assertion == "affirmed" for m in c.mentions)]
    if not weak:
        for template, fractures in OF_BONES:
            for broken in case.main(*fractures):
                if any(SO_CALLED.search(case.text(case.mention_at(m))) for m in broken.mentions):
                    case.replace(broken, _of_bone(template, broken.code), "the record calls it a fracture of weak bone", FRAGILE)
        return
    for template, fractures in OF_BONES:
        for broken in case.main(*fractures):
            named = next((c for c in weak if c.code.startswith((template, "M80.00"))), None)
            if named is None:
                continue
            code = _of_bone(template, broken.code)
            case.replace(broken, code, "the record calls it a fracture of weak bone", FRAGILE, because=[named])
            for other in (*weak, *case.main("M81")):
                if other.code != code:
                    case.drop(other, f"{code} says it more exactly")


def _of_bone(template: str, code: str) -> str:
    side = {"R": "1", "L": "2"}.get(icd10cm.laterality(code), "9")
    return f"{template}X{code[-1]}" if template[-1] in "8A" else f"{template}{side}{code[-1]}"


def injuries(case: Case) -> None:
    """Drop what a graver injury of the same site covers, say how far burns reach, put the gravest first."""
    found = case.main("S", "T")
    if not found:
        return
    exact = [c for c in found if not c.code.startswith(UNSPECIFIED)]
    for candidate in case.main(*UNSPECIFIED) if exact else ():
        if candidate.code.startswith("S09.90") and _judged_apart(case, candidate, exact):
            continue
        case.drop(candidate, f"the injury is specified: {exact[0].code}")
    for candidate in case.main("S"):
        graver = next((c for c in exact if c.main and not superficial(c.code) and _same_site(candidate, c)), None)
        if superficial(candidate.code) and graver is not None:
            candidate.rules.append(SUPERFICIAL)
            case.drop(candidate, f"superficial beside {graver.code} of the same site")
    for bite in [c for c in case.main("S") if _wound_kind(c.code) == "5"]:
        for other in case.main(bite.code[:5]):
            if _wound_kind(other.code) in ("1", "3") and other.code[6:] == bite.code[6:]:
                case.drop(other, f"{bite.code} says how the wound came")
    for candidate in case.main("Z48.0") if any(c.code[-1] == "A" and _wound_kind(c.code) for c in found) else ():
        case.drop(candidate, "the wound was closed only now: stitches come out later")
    _burns(case)


def _judged_apart(case: Case, hurt: Candidate, exact: list[Candidate]) -> bool:
    """A head injury that is a diagnosis of its own beside wounds or bruises: evaluated for what may lie below them."""
    titles = {m.sentence for m in hurt.mentions if case.mention_at(m).statement}
    others = {m.sentence for c in exact for m in c.mentions}
    return bool(titles - others) and not any(c.code.startswith(("S06", "S02")) for c in exact)


def _wound_kind(code: str) -> str:
    """Laceration 1, puncture 3, bite 5 of an open wound's code, else nothing."""
    return code[5:6] if code[0] == "S" and code[2] == "1" else ""


def superficial(code: str) -> bool:
    """Abrasions, contusions, blisters, insect bites: categories S00, S10 ... S90."""
    return code[0] == "S" and code[2] == "0"


def _same_site(one: Candidate, other: Candidate) -> bool:
    return any(_covers(a.site, b.site) and (a.side == b.side or not a.side) for a in one.mentions for b in other.mentions)


def _covers(site: str, other: str) -> bool:
    """Whether two sites are one, or one lies in the other."""
    broader = lexicon().broader
    return bool(site and other) and (site == other or broader.get(site) == other or broader.get(other) == site)


def _burns(case: Case) -> None:
    burns = case.main(*BURNS)
    if not burns:
        return
    for burn in burns:
        graver = next((c for c in burns if c is not burn and not c.dropped and _of_graver(burn.code, c.code)), None)
        if graver is not None:
            burn.rules.append(ONE_SITE)
            case.drop(burn, f"{graver.code} is the burn of this site and side")
    burns = [c for c in burns if not c.dropped]
    lead = min(c.order for c in burns)
    for place, burn in enumerate(sorted(burns, key=lambda c: (-degree(c.code), c.order))):
        burn.order = lead + place * 0.0001
        if len(burns) > 1:
            burn.rules.append(DEGREE)
    for _, _, found, words in case.search(SURFACE):
        surface = int(found.group(1) or found.group(2))
        third = next((int(one.group(1)) for _, _, one, _ in case.search(THIRD)), 0)
        code = "T31.0" if surface < 10 else f"T31.{surface // 10}{min(third, surface) // 10}"
        case.add(code, [words], 0.85, lead + 0.01, f"{surface} percent of the body surface", EXTENT)
        return


def _of_graver(code: str, other: str) -> bool:
    """Whether a burn says less of a site and side than another: a lower degree, or neither degree nor exact site."""
    if code[:3] != other[:3] or icd10cm.laterality(code) != icd10cm.laterality(other):
        return False
    if code[5] == other[5]:
        return degree(code) < degree(other)
    return code[5] == "0" and degree(code) in (0, degree(other))  # "hand burns" beside the back of the hand


def degree(code: str) -> int:
    """1 to 3 for a burn whose degree is named, from its fifth character; 0 else."""
    return int(code[4]) if code.startswith(BURNS) and code[4] in "123" else 0


def gravity(code: str) -> int:
    """Where an injury stands among injuries: 0 before 1, superficial ones last (I.C.19.b)."""
    return int(superficial(code))
