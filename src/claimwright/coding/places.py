"""Where a mention stands, and how far that makes it a diagnosis of this visit (Guidelines IV.G, IV.J)."""

from __future__ import annotations

import re

from claimwright.coding.describe import chronic, is_symptom, past
from claimwright.coding.headings import detail_labels
from claimwright.coding.lines import STATEMENT_WORDS
from claimwright.coding.mentions import REPORT, Mention, Reading, begins
from claimwright.coding.note import Sentence
from claimwright.coding.tables import cue
from claimwright.coding.words import normal

# where a mention stands -> how far it is a diagnosis of this visit (assessment and plan decide: Guidelines IV.G, IV.J)
WEIGHT = {
    "statement": 0.92,
    "opening": 0.66,  # a later sentence that begins with the diagnosis: "Former smoker, quit in 2018."
    "assessment": 0.70,
    "detail": 0.38,
    "talk": 0.10,  # a later sentence that begins with it and neither leaves it at that nor says how it is
    "plan title": 0.80,
    "plan": 0.36,
    "preprocedure": 0.62,
    "impression": 0.40,
    "procedure": 0.36,
    "cc": 0.40,
    "hpi": 0.35,
    "indication": 0.35,
    "findings": 0.30,
    "results": 0.28,
    "exam": 0.25,
    "pmh": 0.20,
    "meds": 0.15,
    "sh": 0.15,
    "vitals": 0.15,
    "ros": 0.12,
}
WITHOUT_ASSESSMENT = {
    "hpi": 0.62,
    "cc": 0.62,
    "indication": 0.58,
    "preprocedure": 0.75,
    "procedure": 0.5,
    "impression": 0.62,
    "other": 0.56,
}


def weight_of(reading: Reading, mention: Mention, decided: bool, place: str) -> tuple[float, str]:
    """How far a mention at a place (`place_of`) is a diagnosis of this visit, 0 to 1, and the place in words."""
    sentence = reading.sentence(mention)
    weight = WEIGHT.get(place, 0.2)
    if place == "preprocedure" and decided and is_symptom(mention.template):
        weight = UNDECIDED  # what it proved to be is told after the procedure
    if not decided:
        if place != "pmh" and not (sentence.section in TALE and reading.note.has("impression")):
            weight = max(weight, WITHOUT_ASSESSMENT.get(sentence.section, 0.0))
        if weight < WITHOUT_ASSESSMENT["other"] and _stands_alone(sentence, mention):
            weight = WITHOUT_ASSESSMENT["other"]
    if place in ("assessment", "opening", "detail", "plan") and is_symptom(mention.template):
        weight -= 0.24 if place == "assessment" and titled(reading) else 0.16  # titles say what became of the complaint
    if mention.assertion == "historical" and place != "statement" and not _told_past(mention, sentence, decided):
        weight -= 0.25
    if (
        mention.template.startswith("Z")
        and place in ("assessment", "detail", "plan")
        and not mention.template.startswith(LASTING_STATUS)
    ):
        weight -= 0.08
    if not mention.own:
        weight -= 0.04
    behind = sentence.source.find("not ", mention.evidence.end, sentence.end) if weight > UNTOUCHED else -1
    if behind >= 0 and NOT_TODAY.search(sentence.source, behind, sentence.end):
        weight = UNTOUCHED
    return max(0.05, weight), PLACES.get(place, "elsewhere in the note")


UNTOUCHED = 0.3
UNDECIDED = 0.45
NOT_TODAY = re.compile(
    r"\bnot (?:addressed|discussed|evaluated|assessed|managed)(?: (?:today|here|in this visit|this visit))?\b", re.I
)
TALE = frozenset(("other", "hpi", "cc"))  # where the story is told
PAST = frozenset(("PMH", "PMHX", "PMHx", "PSH", "PSHx"))  # a line that begins so without a colon is the history
SWALLOWING = frozenset(("ros", "vitals", "exam", "allergies", "immunization", "results"))


def _stands_alone(sentence: Sentence, mention: Mention) -> bool:
    """Whether a line begins with a disease in a note without an assessment: "ROS: no fever\\nAcute bronchitis - fluids"."""
    if sentence.section not in SWALLOWING or mention.first > 1 or is_symptom(mention.template) or mention.template[0] == "Z":
        return False
    before = sentence.source[: sentence.start].rstrip(" \t*-•")
    return before.endswith("\n") and len(sentence.words) <= STATEMENT_WORDS


def _told_past(mention: Mention, sentence: Sentence, decided: bool) -> bool:
    """Whether a line of a note without an assessment says just that a cancer is past: "Hx uterine ca" (OCG I.C.2.m)."""
    return (
        not decided
        and sentence.section == "other"
        and mention.template[0] == "C"
        and mention.first == 1
        and bool(past(mention.template))
    )


def titled(reading: Reading) -> bool:
    """Whether the assessment names its problems in titles of their own; worked out once."""
    if reading.titled is None:
        told = (reading.sentence(one) for one in reading.mentions if one.assertion in ("affirmed", "uncertain"))
        reading.titled = any(one.statement and one.section == "assessment" for one in told)
    return reading.titled


LASTING_STATUS = ("Z79", "Z85", "Z86", "Z87", "Z90", "Z94", "Z95", "Z96", "Z99")
PLACES = {
    "statement": "assessed in this visit",
    "opening": "named in the assessment",
    "assessment": "told in the assessment",
    "detail": "mentioned under another problem",
    "plan title": "heads a part of the plan",
    "talk": "talked about under another problem",
    "plan": "mentioned in the plan",
    "preprocedure": "diagnosis of the procedure",
    "impression": "impression of a report",
    "procedure": "mentioned in the procedure note",
    "cc": "reason for the visit",
    "hpi": "history of present illness",
    "pmh": "past history",
    "results": "results",
    "exam": "examination",
    "ros": "review of systems",
}


TOPIC = re.compile(
    r"^\W*(?:regarding|concerning|as for|for|in terms of|with (?:regards?|respect) to|in regards? to|with)"
    r"\W+(?:his|her|the|your|their)\W+(?:\w+\W+){0,2}?$",
    re.I,
)
TREATED_FOR = re.compile(
    r"\b(?:(?:is|remains|stays|now) on [\w ]{3,40}|prescri\w+|start\w*|initiat\w+|continu\w+|refill\w*|increas\w+|begin"
    r"|take|taking)\b[^.;]*\bfor (?:his |her |the )?$",
    re.I,
)


def _topic(sentence: Sentence, mention: Mention, text: str) -> bool:
    """The sentence turns to this problem, or treats it: "Regarding her diabetes, she ...", "prescribed for gastritis"."""
    before = text[sentence.start : mention.evidence.start]
    if TOPIC.match(before) and text[mention.evidence.end : mention.evidence.end + 1] in (",", ":"):
        return True
    near = before[-9:].lower()
    if "for " in near and mention.template[0] != "R" and HERE_FOR.search(before):
        return True
    joined = "for " in near or "on " in near  # as both of the following end
    if is_symptom(mention.template):
        return joined and bool(FOLLOWED.search(before))
    if joined and (TREATED_FOR.search(before) or FOLLOWED.search(before)):
        return True
    return chronic(mention.template) and bool(CAUSE.search(before))


# what the pathologist found: "Addendum: pathology = tubular adenoma"
PROVED = re.compile(
    r"\b(?:path(?:ology)?|histology|cytology|bx|biopsy)\b\W*(?:(?:is|was|came|back|returned|final|results?|report|read|as|showed|shows|showing"
    r"|revealed|reveals|confirmed|confirms|c/w|consistent|with)\b\W*){0,4}$",
    re.I,
)


def _proved(sentence: Sentence, mention: Mention) -> bool:
    return mention.template[0] in "CD" and PROVED.search(sentence.source, sentence.start, mention.evidence.start) is not None


CAUSE = re.compile(
    r"\b(?:exacerbation of|flare(?:-up)? of|decompensation of|due to|secondary to|caused by"
    r"|consistent with (?:an? )?exacerbation of|(?:pain|symptoms?) (?:is|are|comes?) from)"
    r"\s+(?:his|her|the|their|an?|known|chronic)?\s*(?:chronic )?$",
    re.I,
)
HERE_FOR = re.compile(
    r"\b(?:here|seen|presents?|comes|came|visit)(?: in)?(?: today| now| only| again| just| also)? for (?:his |her |the )?$", re.I
)
FOLLOWED = re.compile(r"\b(?:order|obtain|repeat|schedul|refer)\w*[^.;]*\b(?:follow up on|for) (?:his|her|the) $", re.I)


STANDS = cue("places.stands")
GONE = cue("places.gone")


LISTS = re.compile(r"diagnos|^(?:principal|primary|secondary)\b|\bdx\b|^(?:clinical )?imp(?:ression)?\b(?!.*plan)")


def _plain(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """Whether a later sentence that begins with a condition just names it, or says how it is or what is done for it.

    "Obesity." and "Gout, stable on allopurinol" are stated; "Lupus is her fear" is talk (OCG IV.J).
    """
    if LISTS.search(sentence.heading):
        return True  # a list of diagnoses
    rest = sentence.source[mention.evidence.end : sentence.end].strip(" .,;:)")
    if not rest or mention.template[0] == "Z":
        return True
    drug = any(hit.first == mention.last + 1 for hit in reading.hits["drug"].get(mention.sentence, ()))
    return (drug or bool(STANDS.search(rest))) and not GONE.search(rest)


def _unnamed(reading: Reading, item: int) -> str:
    """How a title names no disease: a "label" ("CV:", "Vertigo: BPPV"), "denied" ("No DVT. Sprain"), "silent" ("Sent here.")."""
    held = reading.unnamed.get(item)
    if held is None:
        title = next(number for number in reading.note.of_item(item) if reading.note.sentences[number].statement)
        told = [one for one in reading.mentions if one.sentence == title and not one.template.startswith(REASONS)]
        sentence = reading.note.sentences[title]
        labels = sentence.source[sentence.end : sentence.end + 1] == ":"
        begun = any(
            one.first == 0 and one.trigger.category in DENIED for one in reading.scopes[title].placed
        )  # "No fracture. Sprain"
        most = LABEL_WORDS if told else REPORT
        if labels and len(sentence.words) <= most and all(is_symptom(one.template) for one in told):
            held = "label"
        elif (told or begun) and all(one.assertion in DENIED for one in told):
            held = "denied"
        else:
            held = "" if told else "silent"
        reading.unnamed[item] = held
    return held


REASONS = ("Z00", "Z01", "Z02", "Z08", "Z09", "Z11", "Z12", "Z13", "Z71")  # why one comes, rather than what one has
SPOKEN_OF = cue("places.spoken_of")
LABEL_WORDS = 3
DENIED = frozenset(("negated", "family", "hypothetical", "resolved"))


def _details(sentence: Sentence) -> bool:
    """Whether a label says that the line tells about its problem."""
    return bool(sentence.label) and normal(sentence.label) in detail_labels()


CONCLUDING = cue("places.concluding")
TELLING = frozenset(("assessment", "plan"))


def _concludes(sentence: Sentence, mention: Mention) -> bool:
    """Whether a label in the midst of the text gives the diagnosis: "Final dx: gastritis", "Imp - PVD, right eye"."""
    return bool(CONCLUDING.match(sentence.source[sentence.start : mention.evidence.start]))


# what to come back for, told without "if" or "for": "Return numbness, fever"
WARNED = re.compile(
    r"\W*(?:return|rted|call|come back|er|ed|911)\b(?!\W+(?:visit|patient|to|today|here|w|with|in|on|call)\b)", re.I
)


def place_of(reading: Reading, mention: Mention) -> str:
    """Where a mention stands: the section, and in assessment and plan what part of a problem."""
    sentence = reading.sentence(mention)
    if mention.first and is_symptom(mention.template) and WARNED.match(sentence.source, sentence.start, sentence.end):
        return "instructions"
    if sentence.section == "assessment" and sentence.statement:
        return "statement"
    if sentence.section in TELLING and len(sentence.words) <= STATEMENT_WORDS and _concludes(sentence, mention):
        return "statement"
    if sentence.section == "assessment":
        lasting = mention.template[0] != "Z" or mention.template.startswith(LASTING_STATUS)
        if sentence.told and lasting and begins(sentence, mention.first):
            unnamed = _unnamed(reading, sentence.item)
            spoken_of = unnamed == "silent" and SPOKEN_OF.match(sentence.source, mention.evidence.end, sentence.end)
            if unnamed and not spoken_of:
                return "opening"
            if not sentence.label:
                return "opening" if _plain(reading, sentence, mention) else "talk"
        if _topic(sentence, mention, reading.note.documents[sentence.document].text) or _proved(sentence, mention):
            return "opening"
        listed = sentence.told and len(sentence.words) <= STATEMENT_WORDS and LISTS.search(sentence.heading)
        if listed and (begins(sentence, mention.first) or (lasting and not is_symptom(mention.template))):
            return "opening"
        if sentence.told and lasting and not _details(sentence) and _unnamed(reading, sentence.item):
            return "assessment"
        return "detail" if sentence.told else "assessment"
    if sentence.section == "plan":
        covers = (mention.last - mention.first + 1) / max(1, len(sentence.words))
        if sentence.statement and covers >= 0.5:
            return "plan title"
        return "opening" if _topic(sentence, mention, reading.note.documents[sentence.document].text) else "plan"
    if (sentence.section in TALE or sentence.section == "indication") and not PAST.isdisjoint(sentence.raw[: mention.first]):
        return "pmh"
    return sentence.section
