"""Blocks and ablations of the nerves of spinal joints, by region, joint and side; what reports of recordings tell."""

from __future__ import annotations

import re

from claimwright.coding.acts import DONE, Act, hits_of, performed, words_of
from claimwright.coding.case import Case
from claimwright.coding.em_families import title_of

RULE = "CPT 64490-64495, 64633-64636: by the joint, whatever the number of nerves; both sides of a joint with modifier 50"
ABLATED = re.compile(r"\b(?:RFA|radio-?frequency|ablat\w+|rhizotomy|neurotomy|RFTC)\b", re.I)
BRANCHES = re.compile(r"\b(?:medial branch\w*|MBBs?|MBs?|branches|dorsal ram\w+)\b", re.I)
JOINT = re.compile(r"\b([CTL])(\d{1,2}) ?[-/] ?(?:([CTLS])?(\d{1,2}))\b")
LEVEL = re.compile(r"\b([CTLS])(\d{1,2})\b")
BOTH = re.compile(r"\b(?:bilat\w*|both|b/l|left and right|right and left)\b", re.I)
SIDE = re.compile(r"\b(?:(R|right|rt)|(L|left|lt))\b(?! ?\d)", re.I)
# region -> codes of the first, second and third joint blocked; of the first joint ablated and each further
BLOCKS = {"lumbar": ("64493", "64494", "64495"), "cervical": ("64490", "64491", "64492")}
ABLATIONS = {"lumbar": ("64635", "64636"), "cervical": ("64633", "64634")}
PREFIXES = ("M47", "M54", "M53", "M51", "M50", "M48", "M96", "G89")


def facets(case: Case) -> list[Act]:
    """Joints blocked or ablated: as told, else one less than the nerves (two nerves serve a joint)."""
    for at, sentence, hit in hits_of(case, "service", "64493"):
        if not performed(case, at, hit):
            continue
        note = case.reading.note
        line = " ".join(case.text(one) for one in note.sentences[at : at + 3] if one.section == sentence.section)
        joints, region = _joints(line)
        if not joints:
            continue
        ablated = ABLATED.search(line) is not None and "diagnostic" not in line.lower()
        codes = ABLATIONS[region] if ablated else BLOCKS[region]
        side = "50" if BOTH.search(line) else ""
        if not side and (told := SIDE.search(line)):
            side = "RT" if told.group(1) else "LT"
        what = "joint nerves ablated" if ablated else "joint nerves blocked"
        words, modifiers = [words_of(case, sentence, hit)], [side] if side else []
        count = min(joints, 3) if not ablated else joints
        acts = []
        for place, code in enumerate(codes[: count if not ablated else min(count, 2)]):
            units = count - 1 if ablated and place else 1
            why = f"{region} {what}, joint {place + 1}"
            acts.append(
                Act(code, words, why, PREFIXES, list(modifiers), units=units, rules=[DONE, RULE], kind="procedure", sure=True)
            )
        return acts
    return []


def _joints(text: str) -> tuple[int, str]:
    """How many joints, and the region."""
    named = {(one[1].upper(), int(one[2])) for one in JOINT.finditer(text)}
    levels = {(one[1].upper(), int(one[2])) for one in LEVEL.finditer(text)}
    region = "cervical" if any(letter in "CT" for letter, _ in levels | named) else "lumbar"
    spans = [one for one in JOINT.finditer(text) if int(one[4]) - int(one[2]) > 1 and (one[3] or one[1]) == one[1]]
    if BRANCHES.search(text) and spans:  # "L3-5 medial branches": three nerves, two joints
        return int(spans[0][4]) - int(spans[0][2]), region
    if named and ("facet" in text.lower() or not BRANCHES.search(text)):
        return len(named), region
    nerves = len(levels) + (1 if re.search(r"\bsacral ala\b|\bS1\b", text) and not any(one == ("S", 1) for one in levels) else 0)
    return (max(1, nerves - 1) if levels else 0), region


SLEEP = re.compile(r"\b(?:polysomno\w+|PSG|sleep (?:study|apnea test\w*|test)|HSAT|HST)\b", re.I)
BRAIN = re.compile(r"\b(?:EEG|electroencephalogra\w+)\b", re.I)
REPORTED = re.compile(r"\b(?:report|interpretation|study|test)\b", re.I)
AT_HOME = re.compile(r"\b(?:home|HSAT|HST|watch-?pat|unattended|type (?:3|III|4|IV))\b", re.I)
ARTERIAL, TITRATED = re.compile(r"\b(?:watch-?pat|PAT)\b", re.I), re.compile(r"\bsplit[- ]?night\b|\btitrat(?:ion|ed)\b", re.I)
DROWSY, LONG = re.compile(r"\bdrows\w*", re.I), re.compile(r"\b(\d{2,3}) ?-?min", re.I)
STUDIED = "CPT 95800-95811, 95812-95819: by what was recorded"


def recordings(case: Case) -> list[Act]:
    """A sleep study or a tracing of the brain that its own report tells."""
    title = title_of(case)
    if not REPORTED.search(title) or not case.reading.note.documents:
        return []
    text = case.reading.note.documents[0].text
    found = SLEEP.search(title)
    if found is not None:
        titrated = TITRATED.search(text) is not None
        code = ("95800" if ARTERIAL.search(text) else "95806") if AT_HOME.search(text) else "95811" if titrated else "95810"
        prefixes: tuple[str, ...] = ("G47", "R06", "R40", "R53")
        why = "sleep recorded and read"
    else:
        found = BRAIN.search(title)
        if found is None:
            return []
        long = LONG.search(text)
        minutes = int(long.group(1)) if long else 0
        code = (
            "95813"
            if minutes > 60
            else "95812"
            if minutes > 40
            else "95816"
            if DROWSY.search(text) and "sleep" not in text
            else "95819"
        )
        prefixes, why = ("G40", "R56", "R55", "G93", "R41", "R40"), "tracing of the brain recorded and read"
    words = case.reading.note.evidence(0, text.find(found.group()), text.find(found.group()) + len(found.group()))
    return [Act(code, [words], why, prefixes, rules=[DONE, STUDIED], kind="study", score=0.8)]


# what botulinum toxin is injected for: its code by the diagnosis (CPT chemodenervation)
TOXINS = ("J0585", "J0586", "J0587", "J0588", "J0589")
MUSCLES = (
    (("G24.3",), "64616", "neck muscles"),
    (("G24.5", "G51.3", "G24.4"), "64612", "muscles of the facial nerve"),
    (("K11.7",), "64611", "salivary glands"),
    (("R61", "L74"), "64650", "sweat glands of the armpits"),
    (("N32.81", "N31", "N39.41"), "52287", "bladder wall"),
    (("J38.5",), "64617", "larynx"),
    (("G81", "G80", "I69", "G82", "R25.2", "M62.4", "G24"), "64642", "muscles of a limb"),
)
GUIDED = re.compile(r"\bEMG[- ]?(?:guid\w+|control|needle)|\b(?:under|with) EMG\b", re.I)


def chemodenervation(case: Case, acts: list[Act]) -> list[Act]:
    """Where the toxin went, by what it is for."""
    toxin = next((act for act in acts if act.code in TOXINS), None)
    if toxin is None or any(act.code == "64615" for act in acts) or case.main("G43"):
        return []
    for prefixes, code, where in MUSCLES:
        if case.known(*prefixes):
            found = [
                Act(
                    code,
                    list(toxin.evidence),
                    f"botulinum toxin into {where}",
                    prefixes,
                    rules=[DONE],
                    kind="procedure",
                    sure=True,
                )
            ]
            guided = next((words for *_, words in case.search(GUIDED)), None)
            if guided is not None and code != "52287":
                found.append(Act("95874", [guided], "guided by the muscle's signals", prefixes, rules=[DONE], kind="study"))
            return found
    return []


STAGES = re.compile(r"\b(\d|one|two|three|four|five) stages?\b|\bstages?:? ?(?:x ?)?(\d)\b|\bstage (I{1,3}V?|IV|V)\b", re.I)
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
MOHS = "CPT 17311-17314: head, neck, hands, feet and genitals, or elsewhere; each further stage beside the first"


def mohs_stages(case: Case, acts: list[Act]) -> list[Act]:
    """Each further stage of Mohs surgery, and its code for trunk, arms and legs."""
    first = next((act for act in acts if act.code == "17311"), None)
    if first is None:
        return []
    counts = [0]
    for _, _, found, _ in case.search(STAGES):
        word = (found[1] or found[2] or found[3]).lower()
        counts.append(
            ROMAN.get(word, 0) or (int(word) if word.isdigit() else ("one", "two", "three", "four", "five").index(word) + 1)
        )
    limbs = any(c.code.startswith(("C44.5", "C44.6", "C44.7", "D04.5", "D04.6", "D04.7")) for c in case.main())
    if limbs:
        first.code = "17313"
    more = max(counts) - 1
    code = "17314" if limbs else "17312"
    return (
        [Act(code, list(first.evidence), "each further stage", first.prefixes, units=more, rules=[DONE, MOHS], kind="procedure")]
        if more > 0
        else []
    )
