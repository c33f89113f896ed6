"""What the office gives to take along: splint and cast material, braces and boots (HCPCS A, L and Q4 codes)."""

from __future__ import annotations

import re

from claimwright.coding.acts import Act, document_side, side_modifier
from claimwright.coding.case import Case
from claimwright.coding.em_families import setting_of

MATERIAL = (
    "HCPCS Q4005-Q4048: the material of a cast or splint, beside its application (Medicare Claims Processing Manual 20, 170)"
)
ORTHOSIS = "HCPCS: a brace fitted and given in the office is supplied by it"
# a cast or splint put on -> the adult plaster's code; then follow fiberglass, a child's (to ten years) plaster and fiberglass
OF_PLASTER = {
    **{"29065": 4005, "29075": 4009, "29085": 4013, "29105": 4017, "29125": 4021, "29126": 4021},
    **{"29345": 4029, "29355": 4029, "29405": 4037, "29425": 4037, "29505": 4041, "29515": 4045},
}
CHILD = 10  # years, the last of a child's material
FIBERGLASS, PLASTER = re.compile(r"\bfiber ?glass|\bortho-?glass", re.I), re.compile(r"\bplaster\b", re.I)
GIVEN = re.compile(
    r"\b(?:dispens\w+|fitted|supplied|issued|(?:our|office|clinic) (?:own )?(?:stock|supply|supplies)|DME)\b", re.I
)
NOT_HERE = re.compile(
    r"\b(?:pharmacy|drug ?store|order\w*|will|prescri\w+|rx for|refer\w*|continu\w+|wears|wearing|already|ED|ER|hospital"
    r"|urgent care|outside|purchase|buy|if|orthotist|declin\w+)\b",
    re.I,
)
# off-the-shelf where the note does not say that it was molded: the exact before the general
BRACES = (
    (re.compile(r"\bthumb spica\b[^.;]{0,20}\b(?:brace|splint|orthosis)|\bthumb (?:brace|orthosis)", re.I), "L3809", "M S6"),
    (re.compile(r"\b(?:cock-?up|wrist) (?:wrist )?(?:splint|brace|orthosis)", re.I), "L3908", "G56 S63 S62 M"),
    (
        re.compile(r"\b(?:pneumatic|air) (?:walking |walker )?boot|\bpneumatic (?:cam )?walker|\baircast boot", re.I),
        "L4361",
        "S8 S9 M",
    ),
    (re.compile(r"\b(?:cam|walking|walker|fracture) (?:walker )?boot|\bcam walker", re.I), "L4387", "S8 S9 M"),
    (re.compile(r"\b(?:stirrup|air ?cast|air stirrup)\b", re.I), "L4350", "S93 S8"),
    (re.compile(r"\blace-?up ankle|\bankle (?:brace|support|orthosis)|\bASO\b", re.I), "L1902", "S93 M25 S8"),
    (re.compile(r"\bknee immobili[sz]er", re.I), "L1830", "S83 S82 M"),
    (re.compile(r"\bhinged knee (?:brace|orthosis|sleeve)", re.I), "L1812", "M17 S83 M"),
    (re.compile(r"\b(?:post-?op|surgical|hard-?soled?|postoperative) shoe", re.I), "L3260", "S9 M"),
    (re.compile(r"\bnight splint", re.I), "L4397", "M72 M67 M76 M77"),
    (re.compile(r"\bcrutches\b", re.I), "E0114", "S8 S9 M"),
    (re.compile(r"\bsling\b", re.I), "A4565", "S4 S5 M"),
)
WITHOUT_SIDE = ("E0114", "A4565")
BRACE_WORDS = re.compile(
    r"\b(?:splint|brace|orthosis|boot|walker|stirrup|air ?cast|aso|immobili[sz]er|shoe|crutches|sling|lace-?up)", re.I
)


def supplies(case: Case, acts: list[Act]) -> list[Act]:
    """Material and braces given in an office; what a hospital gives is the hospital's."""
    if setting_of(case) != "office":
        return []
    return [*_material(case, acts), *_braces(case)]


def _material(case: Case, acts: list[Act]) -> list[Act]:
    found = []
    for act in acts:
        base = OF_PLASTER.get(act.code)
        if base is None or act.score < 0.5:
            continue
        words = act.evidence[0]
        near = case.reading.note.documents[words.document].text[max(0, words.start - 80) : words.end + 80]
        glass = FIBERGLASS.search(near) is not None
        if not glass and not PLASTER.search(near):
            continue
        code = f"Q{base + glass + 2 * (case.age is not None and case.age <= CHILD)}"
        found.append(Act(code, [words], "material of the cast or splint", act.prefixes, rules=[MATERIAL], kind="supply"))
    return found


def _braces(case: Case) -> list[Act]:
    found: dict[str, Act] = {}
    for at, sentence, _, _ in case.search(BRACE_WORDS, "plan", "assessment", "procedure", "other", "orders", "instructions"):
        text = case.text(sentence)
        if not GIVEN.search(text) or NOT_HERE.search(text):
            continue
        for pattern, code, prefixes in BRACES:
            told = pattern.search(text)
            if told is None:
                continue
            if code in found:
                break  # the exact one before the general
            start = sentence.start + told.start()
            words = case.reading.note.evidence(sentence.document, start, start + len(told[0]))
            sides = [hit.entry.key for hit in case.reading.hits["side"].get(at, ())]
            side = sides[0] if sides else document_side(case, sentence.document)
            modifiers = [] if code in WITHOUT_SIDE else side_modifier(side)
            why = "fitted and given in the office"
            found[code] = Act(code, [words], why, tuple(prefixes.split()), modifiers, rules=[ORTHOSIS], kind="supply")
            break
    return list(found.values())
