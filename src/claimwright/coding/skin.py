"""Skin: lesions biopsied, excised, shaved and destroyed, by kind, number, size and site."""

from __future__ import annotations

import re
from decimal import Decimal

from claimwright.coding.acts import (
    DONE,
    Act,
    digit_near,
    hits_of,
    lesions,
    number,
    performed,
    place_modifier,
    services,
    side_near,
    words_of,
)
from claimwright.coding.case import Case
from claimwright.coding.lexicon import Hit
from claimwright.coding.model import Evidence
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue
from claimwright.coding.wounds import EXTREME, FACE, LENGTH, centimeters, closure_after_excision

SIZES = tuple(Decimal(edge) for edge in ("0.5", "1", "2", "3", "4"))  # upper edges in centimeters; larger: digit 6
SPECIAL = EXTREME | {"scalp", "heel", "head", "groin", "toenail"}  # with the genitals; the face has codes of its own
WHOLE = cue("skin.whole")
MARGIN_AFTER = re.compile(r"[- ]?(?:(?!(?:with|includ\w+|incl)\b)\w+ )?margins?\b", re.I)
MARGIN_BEFORE = re.compile(r"\bmargins?(?: (?:of|were|was|about))?:? *$", re.I)
CLOSURE_AFTER = re.compile(r"[- ]?(?:\w+ ){0,2}(?:closure|repair|incision|defect|suture line)\b", re.I)
CLOSURE_BEFORE = re.compile(r"\b(?:closure|repair|closed|length|incision|sutured?)\b[^.;]{0,15}$", re.I)
MALIGNANT = ("C43", "C44", "C4A", "D03", "D04")
EXCISION = "CPT excision: benign or malignant, sites, widest diameter with its margins; simple closure is part of it"
SHAVE = "CPT shaving: group of sites and diameter; no closure"
DESTRUCTION = "CPT destruction of a malignant lesion: group of sites and diameter"
BIOPSY = (
    "CPT biopsy: one primary code a day (incisional, punch, tangential, in this order), further lesions as add-ons; NCCI manual 3"
)
# biopsies in the order of the primary code, with the add-on of each (CPT 11102-11107)
BIOPSIES = (
    ("11106", "11107", r"incisional biops"),
    ("11104", "11105", r"punch biops"),
    ("11102", "11103", r"(?:shave|tangential|saucerization) biops"),
)


def biopsies(case: Case) -> list[Act]:
    """Skin biopsies: the deepest kind is the primary code, every further lesion an add-on of its kind."""
    acts: list[Act] = []
    for primary, add_on, noun in BIOPSIES:
        found = [(s, h) for at, s, h in hits_of(case, "service", primary) if performed(case, at, h)]
        if not found:
            continue
        sentence, hit = found[0]
        words, prefixes = [words_of(case, sentence, hit)], services()[primary].prefixes
        count = max(1, lesions(case, noun + r"(?:y|ies)"), _places(case, sentence))
        if not acts:
            acts.append(Act(primary, words, "first skin biopsy", prefixes, rules=[DONE, BIOPSY], kind="procedure"))
            count -= 1
        if count:
            acts.append(
                Act(
                    add_on,
                    words,
                    "each further biopsy of the kind",
                    prefixes,
                    units=count,
                    rules=[DONE, BIOPSY],
                    kind="procedure",
                )
            )
    return acts


PLACES = re.compile(r"\b(?:of|from|at|x|times) (\d|two|three|four|five|six) (?:lesions|sites|places|spots)|\bx ?(\d)\b", re.I)


def _places(case: Case, sentence: Sentence) -> int:
    """Specimens that are numbered or listed: "A. left arm, B. back"."""
    text = case.text(sentence)
    found = re.search(
        r"\b(?:of|from|at|x|times) (\d|two|three|four|five|six) (?:lesions|sites|places|spots)|\bx ?(\d)\b", text, re.I
    )
    return number(found.group(1) or found.group(2)) if found else 0


def excisions(case: Case) -> list[Act]:
    """A lesion cut out, shaved off or curetted: the code follows from its kind, the group of sites and its size."""
    acts: list[Act] = []
    for key, base, rule in (("11400", 11400, EXCISION), ("11300", 11300, SHAVE), ("17260", 17260, DESTRUCTION)):
        done = [(at, s, h) for at, s, h in hits_of(case, "service", key) if performed(case, at, h) and s.section != "exam"]
        lesion = case.known(*services()[key].prefixes)
        if not done or not lesion or (key == "11300" and case.hits("service") and _is_biopsy(case, done[0][1])):
            continue
        at, sentence, hit = next((one for one in done if one[1].section == "procedure"), done[0])
        size = _size(case, sentence.document)
        words = words_of(case, sentence, hit)
        if size is None:
            why = services()[key].label or "lesion removed"
            acts.append(
                Act(str(base), [words], f"{why}; its size is not written", services()[key].prefixes, score=0.4, rules=[rule])
            )
            continue
        if key == "11400" and (soft := _soft_tissue(case, at, sentence, hit, size)):
            acts.append(soft)
            continue
        malignant = key == "11400" and any(c.score >= 0.5 for c in case.known(*MALIGNANT))
        acts.append(_sized(case, at, sentence, hit, base + 200 * malignant, size, rule))
        if key == "11400":
            acts.extend(closure_after_excision(case, acts[-1].site))
    return acts


# soft tissue tumor under the skin, by site: smaller, larger, centimeters from which it is the larger
SOFT_TISSUE = "CPT excision of soft tissue tumors under the skin: by site and greatest diameter"
TUMORS = (
    (("face", "forehead", "cheek", "scalp", "head", "nose", "lip", "eyelid", "ear"), "21011", "21012", "2"),
    (("neck", "chest", "breast"), "21555", "21552", "3"),
    (("back", "upper back", "flank", "lower back"), "21930", "21931", "3"),
    (("shoulder", "axilla"), "23075", "23071", "3"),
    (("upper arm", "elbow", "arm"), "24075", "24071", "3"),
    (("forearm", "wrist"), "25075", "25071", "3"),
    (("hand", "finger", "thumb"), "26115", "26111", "1.5"),
    (("abdomen", "abdominal wall", "groin"), "22902", "22903", "3"),
    (("buttock", "hip", "pelvis"), "27047", "27043", "3"),
    (("thigh", "knee"), "27327", "27337", "3"),
    (("leg", "lower leg", "ankle", "calf"), "27618", "27632", "3"),
    (("foot", "toe", "heel"), "28043", "28039", "1.5"),
)
UNDER = re.compile(r"\bsub-?cutaneous\b(?! (?:sutures?|closure|layer))", re.I)


def _soft_tissue(case: Case, at: int, sentence: Sentence, hit: Hit, size: tuple[Decimal, list[Evidence]]) -> Act | None:
    """A lipoma or another tumor under the skin is no lesion of the skin."""
    lipoma = any(c.score >= 0.5 for c in case.known("D17", "D21"))
    if not lipoma and not (UNDER.search(case.text(sentence)) and re.search(r"tumor|mass|lipoma", case.text(sentence), re.I)):
        return None
    site = _site(case, at, sentence.document)
    row = next((one for one in TUMORS if site in one[0]), None)
    if row is None:
        return None
    code = row[2] if size[0] >= Decimal(row[3]) else row[1]
    why = f"soft tissue tumor under the skin excised, {site}, {size[0].normalize():f} cm"
    words = [words_of(case, sentence, hit), *size[1]]
    return Act(code, words, why, ("D17", "D21", "D48", "D49", "R22"), rules=[DONE, SOFT_TISSUE], site=site, kind="procedure")


def _is_biopsy(case: Case, sentence: Sentence) -> bool:
    return bool(re.search(r"biops", case.text(sentence), re.I))


def _sized(case: Case, at: int, sentence: Sentence, hit: Hit, base: int, size: tuple[Decimal, list[Evidence]], rule: str) -> Act:
    diameter, measured = size
    site = _site(case, at, sentence.document)
    group = 2 if site in FACE else 1 if site in SPECIAL else 0
    if base == 11300:
        code = base + 5 * group + sum(diameter > edge for edge in SIZES[:3])
    else:
        step = sum(diameter > edge for edge in SIZES)
        code = base + (10 if base == 17260 else 20) * group + (6 if step == 5 else step)
    kind = {11300: "shaved off", 17260: "malignant, destroyed", 11400: "benign, excised", 11600: "malignant, excised"}[base]
    why = f"skin lesion {kind}, {diameter.normalize():f} cm, {site or 'trunk, arms or legs'}"
    prefixes = MALIGNANT if base in (11600, 17260) else services()[str(base)].prefixes
    act = Act(str(code), [words_of(case, sentence, hit), *measured], why, prefixes, rules=[DONE, rule], kind="procedure")
    act.site = site
    return act


def _site(case: Case, at: int, document: int) -> str:
    """The place of the lesion: in the sentence, else what the document names most."""
    named = [hit.entry.key for hit in case.reading.hits["site"].get(at, ())]
    if named:
        return named[0]
    counted: dict[str, int] = {}
    for number_of, hit in case.hits("site"):
        sentence = case.reading.note.sentences[number_of]
        if sentence.document == document and sentence.section not in ("ros", "pmh", "fh", "exam"):
            counted[hit.entry.key] = counted.get(hit.entry.key, 0) + 1
    return max(counted, key=lambda site: counted[site]) if counted else ""


def _size(case: Case, document: int) -> tuple[Decimal, list[Evidence]] | None:
    """The widest diameter, with the margin on both sides unless the diameter is said to hold it."""
    width: tuple[Decimal, Evidence, bool] | None = None
    margin: tuple[Decimal, Evidence] | None = None
    for _, sentence, found, words in case.search(LENGTH, "procedure", "assessment", "plan", "exam", "other"):
        text = case.text(sentence)
        if sentence.document != document and sentence.section != "exam":
            continue
        after, before = text[found.end() : found.end() + 25], text[max(0, found.start() - 30) : found.start()]
        value = centimeters(found)
        if CLOSURE_AFTER.match(after) or CLOSURE_BEFORE.search(before):
            continue
        if MARGIN_AFTER.match(after) or MARGIN_BEFORE.search(before):
            margin = margin or (value, words)
            continue
        whole = bool(WHOLE.search(before) or WHOLE.search(after[:20]))
        if width is None or (whole and not width[2]):
            width = (value, words, whole)
    if width is None:
        return None
    value, words, whole = width
    if whole or margin is None:
        return value, [words]
    return value + 2 * margin[0], [words, margin[1]]


def intralesional(case: Case) -> list[Act]:
    """11900 for up to seven lesions injected, 11901 for more."""
    done = [(s, h) for at, s, h in hits_of(case, "service", "11900") if performed(case, at, h)]
    if not done:
        return []
    count = lesions(case, r"lesions?|keloids?|nodules?|cysts?|plaques?|patches")
    code, why = ("11901", "more than seven lesions injected") if count > 7 else ("11900", f"{count} lesion(s) injected")
    return [Act(code, [words_of(case, *done[0])], why, services()["11900"].prefixes, rules=[DONE], kind="procedure")]


def paring(case: Case) -> list[Act]:
    """Corns and calluses pared: one, two to four, more."""
    done = [(s, h) for at, s, h in hits_of(case, "service", "11055") if performed(case, at, h)]
    if not done or not case.main("L84"):
        return []
    count = lesions(case, r"callus(?:es)?|corns?|lesions?|calluses|hyperkeratos[ie]s|pared")
    code = "11055" if count == 1 else "11056" if count <= 4 else "11057"
    rule = "11055 one, 11056 two to four, 11057 more"
    return [
        Act(
            code,
            [words_of(case, *done[0])],
            f"{count} corn(s) or callus(es) pared",
            ("L84",),
            rules=[DONE, rule],
            kind="procedure",
        )
    ]


ALL_TEN = re.compile(
    r"\ball (?:ten|10)\b|\b1 ?(?:-|to|through) ?5 (?:\w+ )?(?:bilateral\w*|both)|\bbilateral\w* (?:toe)?nails 1 ?(?:-|to) ?5",
    re.I,
)


def debrided_nails(case: Case) -> list[Act]:
    """Nails debrided by any method: one to five 11720, six or more 11721, whatever their number once."""
    done = [(s, h) for at, s, h in hits_of(case, "service") if h.entry.key in ("11720", "11721") and performed(case, at, h)]
    if not done:
        return []
    sentence, hit = done[0]
    many = any(h.entry.key == "11721" for _, h in done) or any(ALL_TEN.search(case.text(s)) for s, _ in done)
    count = 10 if many else lesions(case, r"(?:toe)?nails?|onychomycosis")
    code = "11721" if count >= 6 else "11720"
    why = "six or more nails debrided" if count >= 6 else "one to five nails debrided"
    return [Act(code, [words_of(case, sentence, hit)], why, services()["11721"].prefixes, rules=[DONE], kind="procedure")]


def nails(case: Case) -> list[Act]:
    """Nails avulsed: the first, and each further as an add-on; none where the nail root was destroyed in the same nail."""
    done = [(at, s, h) for at, s, h in hits_of(case, "service", "11730") if performed(case, at, h)]
    if not done or any(performed(case, at, h) for at, _, h in hits_of(case, "service", "11750")):
        return []
    at, sentence, hit = done[0]
    side, words = side_near(case, at, hit.first, hit.last), [words_of(case, sentence, hit)]
    count = lesions(case, r"nails?|toenails?")
    prefixes = services()["11730"].prefixes
    modifiers = place_modifier(side, digit_near(case, at))
    acts = [Act("11730", words, "nail avulsed", prefixes, modifiers, rules=[DONE], side=side, kind="procedure")]
    if count > 1:
        acts.append(Act("11732", words, "each further nail avulsed", prefixes, units=count - 1, rules=[DONE], kind="procedure"))
    return acts


CERVIX_BIOPSY, NO_BIOPSY = cue("skin.biopsy_taken"), cue("skin.no_biopsy")
CURETTAGE, NO_CURETTAGE = cue("skin.curettage"), cue("skin.no_curettage")


def colposcopy(case: Case) -> list[Act]:
    """Colposcopy of the cervix with what was taken: biopsy and curettage 57454, biopsy 57455, curettage 57456, neither 57452."""
    done = [(at, s, h) for at, s, h in hits_of(case, "service", "57452") if performed(case, at, h)]
    if not done:
        return []
    _, sentence, hit = done[0]
    for reason in case.known("R87.810", "R87.61"):  # why it was done
        if any(m.assertion in ("affirmed", "hypothetical") for m in reason.mentions):
            reason.score = max(reason.score, 0.8)
    told = " ".join(
        case.text(s) for _, s in case.sentences("procedure", "assessment", "plan", "other") if s.document == sentence.document
    )
    biopsy = CERVIX_BIOPSY.search(told) and not NO_BIOPSY.search(told)
    scraped = CURETTAGE.search(told) and not NO_CURETTAGE.search(told)
    code = "57454" if biopsy and scraped else "57455" if biopsy else "57456" if scraped else "57452"
    taken = " and ".join(name for name, was in (("biopsy", biopsy), ("curettage", scraped)) if was)
    why = "colposcopy of the cervix" + (f" with {taken}" if taken else "")
    return [Act(code, [words_of(case, sentence, hit)], why, services()["57452"].prefixes, rules=[DONE], kind="procedure")]


def destroyed(case: Case) -> list[Act]:
    """Lesions destroyed or tags removed, by kind and count."""
    acts: list[Act] = []
    done = [(at, s, h) for at, s, h in hits_of(case, "service", "17110") if performed(case, at, h)]
    if done:
        _, sentence, hit = done[0]
        words = [words_of(case, sentence, hit)]
        if case.known("L57.0") and any(c.score >= 0.3 for c in case.known("L57.0")):
            count = lesions(case, r"actinic keratos[ie]s|keratos[ie]s|premalignant lesions?|lesions?|spots?|AKs?")
            acts.extend(_keratoses(count, words))
        if any(c.score >= 0.3 for c in case.known("B07", "B08.1", "A63.0")) or (
            not acts and any(c.score >= 0.5 for c in case.known("L82.0"))
        ):
            count = lesions(case, r"warts?|verrucae?|lesions?|molluscum|papules?|keratos[ie]s")
            code = "17111" if count > 14 else "17110"
            why = f"{count} benign lesion{'s' if count > 1 else ''} destroyed"
            acts.append(
                Act(
                    code,
                    words,
                    why,
                    ("B07", "B08.1", "A63", "L82"),
                    rules=[DONE, "17110 once for up to 14 lesions"],
                    kind="procedure",
                )
            )
    tags = [(at, s, h) for at, s, h in hits_of(case, "service", "11200") if performed(case, at, h)]
    if tags:
        _, sentence, hit = tags[0]
        count = lesions(case, r"skin tags?|tags?|acrochordons?|lesions?")
        words = [words_of(case, sentence, hit)]
        acts.append(
            Act("11200", words, f"{count} skin tags removed", ("L91.8",), rules=[DONE, "11200 up to 15"], kind="procedure")
        )
        if count > 15:
            further = -(-(count - 15) // 10)
            acts.append(Act("11201", words, "each further ten", ("L91.8",), units=further, rules=[DONE], kind="procedure"))
    return acts


def _keratoses(count: int, words: list) -> list[Act]:  # type: ignore[type-arg]
    rule = "17000 first, 17003 each of the second to fourteenth, 17004 for 15 or more"
    if count > 14:
        return [Act("17004", words, f"{count} premalignant lesions destroyed", ("L57.0",), rules=[DONE, rule], kind="procedure")]
    acts = [Act("17000", words, "first premalignant lesion destroyed", ("L57.0",), rules=[DONE, rule], kind="procedure")]
    if count > 1:
        acts.append(
            Act("17003", words, f"{count - 1} further lesions", ("L57.0",), units=count - 1, rules=[DONE, rule], kind="procedure")
        )
    return acts
