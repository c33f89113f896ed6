"""Procedures and tests done in the office, from the table of services and the rules of each family."""

from __future__ import annotations

import re

from claimwright.coding.acts import (
    DONE,
    ELSEWHERE,
    HERE,
    NEVER,
    PERFORMED,
    Act,
    Service,
    digit_near,
    happened,
    hits_of,
    lesions,
    performed,
    place_modifier,
    services,
    side_modifier,
    side_near,
    unread,
    words_of,
)
from claimwright.coding.case import Case
from claimwright.coding.describe import waived
from claimwright.coding.em_families import is_medicare, setting_of
from claimwright.coding.lexicon import Hit
from claimwright.coding.note import Sentence
from claimwright.coding.settled import CONTAINS, READ_HERE
from claimwright.coding.tables import cue

QW = "CLIA-waived test: modifier QW (CMS list of waived tests)"
RESULT = cue("procedures.result")
INTERPRETED, BESIDE = cue("procedures.interpreted"), cue("procedures.beside")
SENT_OUT = re.compile(r"\b(?:sent (?:to|out)|send[- ]out|reference lab\w*|outside lab\w*|state lab\w*|will be sent)\b", re.I)
INTERPRETATION = re.compile(r"interp(?:retation)?\s*:", re.I)
REVIEWED = re.compile(r"\breviewed\b", re.I)
ONSITE = re.compile(
    r"\b(?:in[- ](?:the )?(?:office|clinic|house)|point[- ]of[- ]care|poct?|finger ?-?stick|dipstick|rapid"
    r"|performed|done|obtained|here)\b",
    re.I,
)
SIDED = {"sided procedure", "digit procedure"}
CARRIED_OUT = re.compile(
    r"\b(?:performed|done|obtained|completed|carried out|underwent|taken|placed|applied|fitted)\b", re.I
)  # more than looked at
TO_COME = re.compile(r"\b(?:will|order\w*|going to|schedul\w*|refer\w*|repeat|obtain|recommend\w*)\b", re.I)
BY_EYE = re.compile(r"\bmanual(?:ly)?\b|\bnon-?automated\b|\bvisual(?:ly)?\b|\bby eye\b", re.I)
SAMPLED = ("10005", "10021", "55700", "56605", "57500", "58100")
REPORTED_BACK, PACKS = cue("procedures.reported_back"), re.compile(r"\d ?ppd\b|\bsmok|\bcig", re.I)  # a day
# the test before it has its own result: "flu swab neg, COVID antigen pos"
AFTER_RESULT = re.compile(r"\b(?:neg(?:ative)?|pos(?:itive)?|normal)\s*[,/;]\s*(?:and |& )?[^,;/]{0,20}$", re.I)
BEFORE_NAME = re.compile(r"\b(?:neg(?:ative)?|non-?reactive)\s+(?:\w+\s+){0,1}$", re.I)  # "neg UPT", "negative rapid strep"
STUDIED = re.compile(
    r"^[^.;:\n]{0,45}:|^[^.;\n]{0,60}\b(?:my (?:read|interp\w*)|my supervision|read by me|interpreted by me)\b", re.I
)  # its findings follow
VESSELS = re.compile(r"\bABIs?\b|\bwaveforms?\b|\bTBI\b|\bsegmental\b|\bankle\b", re.I)
PLAIN = {"procedure", "office test", "bedside test", "study", *SIDED}
DATED = re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b(?! ?(?:hpf|lpf|min))|\b(?:19|20)\d\d\b|\bhome\b|\b(?:was|last)\b", re.I)


def from_table(case: Case) -> list[Act]:
    """Services that one phrase and its standing decide."""
    acts: dict[str, Act] = {}
    for at, sentence, hit in hits_of(case, "service"):
        service = services()[hit.entry.key]
        if service.kind not in PLAIN or service.code in acts or (hit.entry.own and _inside_longer(case, at, hit)):
            continue
        bedside = service.kind == "bedside test" and _at_bedside(case, at, sentence, hit)
        tested = service.kind in ("office test", "bedside test")
        if service.kind == "study" and not _studied_here(case, at, sentence, hit):
            continue
        reported = service.kind == "study" and _interpreted(case, at, sentence, hit)
        after = tested and AFTER_RESULT.search(case.text(sentence)[: sentence.places[hit.first][0] - sentence.start])
        result = tested and BEFORE_NAME.search(case.text(sentence)[: sentence.places[hit.first][0] - sentence.start])
        ignored = ("negated",) if after or result else ()
        if (
            not (reported or bedside or (service.kind == "study" and _said_done(case, at, hit)))
            and not performed(case, at, hit, here=tested, ignored=ignored)
            and not ((not tested or sentence.section == "procedure" or _rapid(case, sentence, hit)) and performed(case, at, hit))
        ):
            continue
        if _passed_over(case, at, sentence, service, tested):
            continue
        if service.code == "87220" and case.known("N76", "B37.3", "A59", "N89") and not case.known("B35", "B36", "L"):
            service = services()["87210"]  # of vaginal secretions: a smear, no tissue
        if service.code == "76817" and case.known("D25", "N8", "N92", "N93", "N94", "N95") and not case.known("O", "Z34", "Z3A"):
            service = services()["76830"]  # of a woman who is not pregnant
        if service.code == "81003" and BY_EYE.search(case.text(sentence)):
            service = services()["81002"]
        act = Act(
            service.code,
            [words_of(case, sentence, hit)],
            service.label or "done in this visit",
            service.prefixes,
            rules=[DONE],
            kind=service.kind,
            sure=not hit.entry.own,
        )
        if service.kind in SIDED:
            act.side = side_near(case, at, hit.first, hit.last)
            act.modifiers = place_modifier(act.side, digit_near(case, at) if _on_a_digit(case, service) else "")
        acts[service.code] = act
    for larger, smaller in CONTAINS.items():
        if larger in acts:
            for code in smaller:
                acts.pop(code, None)
    for act in acts.values():
        mark_waived(case, act)
    return list(acts.values())


def _passed_over(case: Case, at: int, sentence: Sentence, service: Service, tested: bool) -> bool:
    """A result of another day that was looked at, a specimen sent away, what pathology said, packs a day."""
    text = case.text(sentence)
    if tested and (
        (REVIEWED.search(text) and not ONSITE.search(text)) or SENT_OUT.search(text) or not _has_result(case, at, sentence)
    ):
        return True
    if service.code in SAMPLED and REPORTED_BACK.search(text):
        return True
    if service.code == "51798" and VESSELS.search(text):
        return True  # pulse volumes of a limb
    if service.code == "86580" and PACKS.search(text):
        return True
    return service.code == "36415" and not _drawn_here(case, sentence)


def _studied_here(case: Case, at: int, sentence: Sentence, hit: Hit) -> bool:
    """A study of its own day is told in its own report, or with words that it was done here today."""
    if _said_done(case, at, hit) or _interpreted(case, at, sentence, hit):
        return True
    if sentence.section == "procedure" or case.reading.note.documents[sentence.document].kind == "procedure":
        return bool(
            PERFORMED.search(case.text(sentence)) or PERFORMED.search(sentence.heading) or sentence.section == "procedure"
        )
    text = case.text(sentence)
    told = CARRIED_OUT.search(text) or STUDIED.match(text[sentence.places[hit.last][1] - sentence.start :])
    return performed(case, at, hit, here=True) and bool(told) and not TO_COME.search(text)


def _said_done(case: Case, at: int, hit: Hit) -> bool:
    """Whether the wording itself tells that it was done; a hospital's studies are its own."""
    if hit.entry.own or setting_of(case) in ("emergency", "inpatient") or not performed(case, at, hit):
        return False
    text = case.text(case.reading.note.sentences[at])
    return not REVIEWED.search(text) or bool(ONSITE.search(text))


def _interpreted(case: Case, at: int, sentence: Sentence, hit: Hit) -> bool:
    """Whether the sentence is the writer's interpretation of a study: "HVF 24-2 OU: arcuate defect. Interp: mild progression"."""
    if sentence.section in NEVER or not INTERPRETATION.match(case.text(sentence).strip()):
        return False
    return happened(hit.first, hit.last, case.reading.scopes[at])


def _at_bedside(case: Case, at: int, sentence: Sentence, hit: Hit) -> bool:
    """A test that is only done beside the patient, with its result: "PVR 68 mL", "wet prep: clue cells"."""
    if (
        sentence.section in NEVER
        or sentence.section in ("hpi", "cc")
        or not happened(hit.first, hit.last, case.reading.scopes[at])
    ):
        return False
    text = case.text(sentence)
    if words_of(case, sentence, hit).text.lower().startswith(("pregnan", "random", "fasting", "monospot")):
        return False  # as well of a laboratory, or at home
    near = text[sentence.places[hit.last][1] - sentence.start :][:60]
    return bool(BESIDE.match(near)) and not (ELSEWHERE.search(text) or DATED.search(text) or TO_COME.search(text))


def _on_a_digit(case: Case, service: Service) -> bool:
    return service.kind == "digit procedure" or (service.code == "20550" and bool(case.main("M65.3")))


def mark_waived(case: Case, act: Act) -> None:
    """QW on a waived test."""
    if waived(act.code, case.visit.on):
        act.modifiers.append("QW")
        act.rules.append(QW)


def _inside_longer(case: Case, at: int, hit: Hit) -> bool:
    """Part of a longer phrase of another service: 'hemoglobin' in 'hemoglobin A1c'."""
    return any(
        other.entry.key != hit.entry.key
        and other.first <= hit.first
        and hit.last <= other.last
        and other.last - other.first > hit.last - hit.first
        for other in case.reading.hits["service"][at]
    )


def _rapid(case: Case, sentence: Sentence, hit: Hit) -> bool:
    return "rapid" in case.text(sentence).lower() or bool(HERE.search(sentence.heading))


def _has_result(case: Case, at: int, sentence: Sentence) -> bool:
    """A result stands in the sentence, or the sentence after it."""
    if RESULT.search(case.text(sentence)) or PERFORMED.search(case.text(sentence)):
        return True
    following = case.reading.note.sentences[at + 1 : at + 2]
    return any(RESULT.search(case.text(other)) for other in following)


def _drawn_here(case: Case, sentence: Sentence) -> bool:
    text = case.text(sentence)
    return bool(HERE.search(text) or HERE.search(sentence.heading) or re.search(r"venipuncture|drawn", text, re.I))


def ecg(case: Case) -> list[Act]:
    """93000 needs tracing, interpretation and report, here."""
    done = [
        (s, h)
        for at, s, h in hits_of(case, "service", "93000")
        if _traced_here(case, at, s) and (performed(case, at, h) or _read_here(case, at, s, h))
    ]
    if not done:
        return []
    sentence, hit = done[0]
    texts = " ".join(case.text(s) for _, s in case.sentences() if s.section not in ("fh", "pmh", "instructions"))
    read_by = INTERPRETED.search(texts) or READ_HERE.search(texts)
    service = services()["93000"]
    if not read_by:
        return [
            Act(
                "93005",
                [words_of(case, sentence, hit)],
                "tracing without an interpretation in the record",
                service.prefixes,
                score=0.45,
            )
        ]
    return [
        Act(
            "93000",
            [words_of(case, sentence, hit)],
            "electrocardiogram with interpretation, done here",
            service.prefixes,
            rules=[DONE],
            kind="test",
        )
    ]


def _read_here(case: Case, at: int, sentence: Sentence, hit: Hit) -> bool:
    """Whether the sentence says that the writer read it himself."""
    told = sentence.section not in NEVER and READ_HERE.search(case.text(sentence))
    return bool(told) and happened(hit.first, hit.last, case.reading.scopes[at])


def _traced_here(case: Case, at: int, sentence: Sentence) -> bool:
    if sentence.section == "procedure" or case.has(HERE, at) or HERE.search(sentence.heading):
        return True
    return setting_of(case) == "emergency" and case.has(READ_HERE, at)


def screening(case: Case) -> list[Act]:
    """Scored questionnaires and screening tests of hearing and sight."""
    acts: dict[str, Act] = {}
    for at, sentence, hit in hits_of(case, "service"):
        service = services()[hit.entry.key]
        if (
            service.kind not in ("screening", "screening test", "risk form")
            or (
                service.kind == "risk form" and is_medicare(case)  # part of the yearly wellness visit
            )
            or (sentence.section in ("pmh", "fh", "sh", "instructions") and unread(case, sentence))
        ):
            continue
        text = case.text(sentence)
        tested = (
            service.kind == "screening test" and case.known("Z00.12") and happened(hit.first, hit.last, case.reading.scopes[at])
        )
        if not (tested or performed(case, at, hit)) or re.search(
            r"\brepeat\b|\bnot repeated\b|\bnext\b|\blast\b|\bwas \d+\b(?!\))", text, re.I
        ):
            continue
        if service.kind == "screening" and not re.search(r"\d|passed|no concern|normal|negative|low risk", text, re.I):
            continue
        if service.kind == "screening" and not re.search(
            r"\b(?:score[ds]?|complet\w+|filled|administered|recorded|total|today|passed|=|result)\b|:\s*\d|\b\d+\s*(?:/|of|point)|\b(?:(?:phq|gad)-?[79]|epds|edinburgh|phq-?a|scared|mdq|asrs|gds|psc-?17|pcl-?5)\s+\d",
            text,
            re.I,
        ):
            continue
        if service.kind == "screening test" and not (
            case.known("Z00.12", "Z02") or "screen" in (text + sentence.heading).lower()
        ):
            continue
        if service.kind == "screening test" and not re.search(
            r"\b(?:pass\w*|refer(?:red)?|20/\d+|\d+ ?d[bB]|hz|audiomet\w+|snellen|chart|pure[- ]tone)\b", text, re.I
        ):
            continue
        code = "96161" if service.code == "96127" and _of_the_mother(case, hit, sentence, text) else service.code
        if code in acts:
            if hit.entry.words and code in ("96127", "96110") and _other_instrument(case, acts[code], sentence, hit):
                acts[code].units += 1
            continue
        prefixes = services()[code].prefixes
        why = "scored and recorded in this visit"
        acts[code] = Act(code, [words_of(case, sentence, hit)], why, prefixes, rules=[DONE], kind="screening")
        if code == "96127" and RATERS.search(text):
            acts[code].units += 1
    _medicare_depression(case, acts)
    for code in ("92551", "99173"):
        if code in acts and case.age is not None and case.age > 21:
            acts.pop(code)
    return list(acts.values())


RATERS = cue("procedures.raters")
MOTHERS = re.compile(r"\b(?:mom|mother|maternal|caregiver|parental)\b", re.I)


def _of_the_mother(case: Case, hit: Hit, sentence: Sentence, text: str) -> bool:
    """The mother's questionnaire at her infant's visit is the infant's service (CPT 96161)."""
    name = words_of(case, sentence, hit).text.lower()
    return case.age is not None and case.age <= 1 and (name.startswith(("epds", "edinb")) or bool(MOTHERS.search(text)))


DEPRESSION = re.compile(r"\bdepression screen\w*[^.;]*\b(\d{1,2})[- ]min|\bphq[^.;]*\b(\d{1,2})[- ]min", re.I)
SCREENED = "HCPCS G0444: annual depression screening of 5 to 15 minutes; Medicare Claims Processing Manual 18, 190"


def _medicare_depression(case: Case, acts: dict[str, Act]) -> None:
    """Medicare's yearly screening for depression has a code of its own, where its minutes are written."""
    if "96127" not in acts or case.main("F32", "F33") or not is_medicare(case):  # of the known depressed it is monitoring
        return
    for _, _, found, words in case.search(DEPRESSION):
        if int(found.group(1) or found.group(2)) >= 5:
            acts.pop("96127")
            acts["G0444"] = Act("G0444", [words], "depression screening, minutes written", ("Z13.31",), rules=[DONE, SCREENED])
            return


def _other_instrument(case: Case, act: Act, sentence: Sentence, hit: Hit) -> bool:
    word = words_of(case, sentence, hit)
    same = {evidence.text.lower()[:3] for evidence in act.evidence}
    if word.text.lower()[:3] in same:
        return False
    act.evidence.append(word)
    return True


BOTH_EARS = re.compile(r"\b(?:bilat\w*|both|AU|b/l|(?:same|repeated|likewise)\b[^.\n]{0,30}\b(?:L|R|left|right))\b", re.I)


def cerumen(case: Case) -> list[Act]:
    """Impacted wax: 69210 with instruments, 69209 by flushing alone; one side each."""
    took = cue("procedures.took_wax")
    tools = re.compile(r"\b(?:curett\w*|forceps|suction\w*|instrument\w*|alligators?|loop|spoon|hook)\b", re.I)
    for at, sentence, hit in hits_of(case, "service", "69210"):
        text = case.text(sentence)
        near = " ".join(
            case.text(s)
            for _, s in case.sentences()
            if s.document == sentence.document and s.section in ("procedure", "assessment", "plan", "other", "exam")
        )
        if not took.search(text) or not performed(case, at, hit) or not case.known("H61.2"):
            continue
        side = side_near(case, at, hit.first, hit.last)
        if side in ("right", "left") and case.main("H61.23") and BOTH_EARS.search(near):
            side = "both"
        with_tools = tools.search(near)
        code = "69210" if with_tools else "69209"
        why = "impacted wax removed with instruments" if with_tools else "impacted wax flushed out, no instrument documented"
        modifiers = side_modifier(side)
        return [Act(code, [words_of(case, sentence, hit)], why, ("H61.2",), modifiers, rules=[DONE], side=side, kind="procedure")]
    return []


def trigger_points(case: Case) -> list[Act]:
    """20552 for one or two muscles, 20553 for three or more."""
    for at, sentence, hit in hits_of(case, "service", "20552"):
        if performed(case, at, hit):
            count = lesions(case, r"muscles?|trigger points?|TPIs?")
            code = "20553" if count >= 3 else "20552"
            return [
                Act(
                    code,
                    [words_of(case, sentence, hit)],
                    f"{count} muscle(s) injected",
                    ("M79", "M62", "M54"),
                    rules=[DONE],
                    kind="procedure",
                )
            ]
    return []


def cauterized(case: Case) -> list[Act]:
    """Silver nitrate to granulation tissue or an umbilical granuloma."""
    done = [(s, h) for at, s, h in hits_of(case, "service", "17250") if performed(case, at, h)]
    done = [(s, h) for s, h in done if re.search(r"silver nitrate|cauter", case.text(s), re.I)]
    if not done:
        return []
    service = services()["17250"]
    return [Act("17250", [words_of(case, *done[0])], service.label, service.prefixes, rules=[DONE], kind="procedure")]
