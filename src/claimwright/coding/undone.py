"""What an operation will leave is no status yet: "decision for total knee arthroplasty", "pacemaker planned" (OCG I.C.21.c.3)."""

from __future__ import annotations

import re

from claimwright.coding.mentions import Reading

STATUSES = ("Z89", "Z90", "Z93", "Z94", "Z95", "Z96", "Z97", "Z98")
TO_COME = re.compile(
    r"\b(?:decision|decid\w+|elect(?:s|ed|ing)?|wants?|wish(?:es)?|would like|desires?|agree\w*|consent\w*|proceed\w*"
    r"|plan(?:s|ned|ning)?|candidate|schedul\w+|book\w+|await\w*|needs?|recommend\w*|consider\w*|discuss\w*|refer\w*"
    r"|evaluat\w+ for|undergo|offer\w*|opt(?:s|ed)? for|indicated|listed for|requir\w*|pre-?op\w*|prior to|before|will"
    r"|interested in|declin\w+|hold off on|upcoming|future|pending)\b[^.;]{0,50}$",
    re.I,
)
DONE = re.compile(
    r"\b(?:s/p|status post|after|following|since|history of|hx(?: of)?|h/o|prior|previous|post|(?<!proceed )(?<!proceeding )with"
    r"|has|had|have|known|due to|her|his|their)\W+(?:\w+\W+){0,3}$",
    re.I,
)
AHEAD = re.compile(
    r"\W*(?:\w+\W+){0,2}?(?:(?:is|was|are|has been|to be) )?(?:planned|scheduled|recommended|booked|considered|offered|advised"
    r"|indicated|pending|requested|deferred|declined|postponed|tomorrow|next (?:week|month|year)|candidate|evaluation|referral"
    r"|to be (?:done|performed))\b",
    re.I,
)
ELECTIVE = re.compile(r"\belective(?:ly)?\W+(?:\w+\W+){0,3}$", re.I)
PERFORMED = re.compile(
    r"\b(?:underwent|ago|done|performed|completed|pod|post-?op\w*|today|yesterday|last|(?:19|20)\d\d|on \d[\d/]+|recover\w*)\b",
    re.I,
)


def undone(reading: Reading) -> None:
    """Take a status for what is to come where the words before or behind it say that it is not there yet."""
    for mention in reading.mentions:
        if mention.assertion not in ("affirmed", "historical") or not mention.template.startswith(STATUSES):
            continue
        sentence = reading.sentence(mention)
        before = sentence.source[sentence.start : mention.evidence.start]
        if DONE.search(before):
            continue
        ahead = TO_COME.search(before) or AHEAD.match(sentence.source, mention.evidence.end, sentence.end)
        if ahead or (ELECTIVE.search(before) and not PERFORMED.search(sentence.source, sentence.start, sentence.end)):
            mention.assertion = "hypothetical"
