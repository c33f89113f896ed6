"""How far headings and labels hold: "FHx: lupus (aunt)" says nothing of the next line, "Ruled out:" all of the list below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimwright.coding.lines import Line

# sections opened with words on the same line -> what their next lines have; a short line without stands outside all sections
INLINE = {
    "fh": re.compile(
        r"\b(?:mother|father|mom|dad|parents?|[pm]g[mf]|sib(?:ling)?s?|brothers?|bro|sis(?:ters?)?|aunts?|uncles?|cousins?"
        r"|grand\w+|maternal|paternal|sons?|daughters?|twin|relatives?|famil(?:y|ial)|deceased|alive|died|hx|no|neg\w*|none"
        r"|denies|non-?contrib\w*|unknown|adopted|both|side|children|kids)\b",
        re.I,
    ),
    "psh": re.compile(
        r"\b(?:(?:19|20)\d\d|\w+(?:ectomy|plasty|otomy|ostomy|scopy|pexy|rrhaphy|desis)|repairs?|replacement|surger\w+|removal"
        r"|s/p|status|c-?sections?|cesarean|ccy|appy|tah|bso|cabg|orif|tka|tha|release|fusion|stents?|implants?|ablation|cataracts?"
        r"|tonsils?|wisdom|tubes|graft|bypass|none|no|neg\w*|denies|ago)\b|'\d\d\b",
        re.I,
    ),
    "instructions": re.compile(
        r"\b(?:if|call|returns?|rtc|seek|go|take|use|avoid|keep|no|not|do|drink|eat|rest|follow|f/?u|ed|er|911|watch|monitor|may"
        r"|continue|apply|wash|stop|start|wear|clean|elevate|ice|patient|pt|parents?|mom|dad|discussed|understand\w*|given|until"
        r"|signs?|precautions?|sooner|prn|days?|weeks?|hours?)\b|\d",
        re.I,
    ),
    "pmh": re.compile(r"(?!\s*[A-Z][^.:,;\n]{2,50}? [-–] [a-z])", re.I),
}
# how an examination begins that no heading opens: "VA cc OD 20/20", "BP 130/80"; what it follows were histories
EXAMINED = re.compile(
    r"(?:V[Aa](?: ?(?:sc|cc|ph))?(?: ?D)?[ :]+(?:OD|OS|OU|R|L|20/|CF|\d)"
    r"|IOP\b|T(?:a|app|ono\w*)\b|SLE\b|DFE\b|CVF\b|EOM|Pupils?\b|PERRL"
    r"|Ant(?:erior)? seg|BP:? ?\d|VSS?\b|Vitals?\b|T:? ?\d\d|Gen(?:eral)?:|GEN(?:ERAL)?:|HEENT)"
)
BEFORE_AND_AFTER = re.compile(r"(?:pre|post)[- /]?(?:(?:and|&|/)[- ]?)?(?:post|op|proc)", re.I)  # the diagnosis of a procedure
TOLD = 6  # words of a line below it that tells how it was done
HISTORIES = frozenset(("pmh", "psh", "fh", "sh", "meds", "allergies"))
SHORT = 70  # characters of a line that may be a diagnosis with its plan
LABEL = 45  # of a line that may be all label
GOVERNING = re.compile(
    r"(?:(?P<negatives>(?:pertinent )?neg(?:ative)?s?(?: for)?|(?:patient |pt )?den(?:ies|ied)(?: the following)?"
    r"|(?:conditions |diagnoses )?(?:considered (?:and|but) )?(?:ruled out|excluded|unlikely)|r/?o'?d"
    r"|(?:not|never) (?:present|found|had)|absent|no (?:evidence|history|signs) of|(?:felt |considered )unlikely)"
    r"|(?P<doubts>(?:working |the )?(?:differential|ddx|dd)(?: diagnos[ei]s| considerations)?(?: includes?)?"
    r"|(?:to )?rule[- ]outs?|r/o|(?:(?:also )?consider(?:ed|ing)?|suspected|possible|other|alternative)(?: diagnos[ei]s)?"
    r"|(?:diagnostic |other )?considerations|possibilities|under consideration|diagnoses (?:considered|to consider)"
    r"|to consider))[^\w]*$",
    re.I,
)


def release(text: str, lines: Sequence[Line]) -> None:
    """Give lines that a heading or a label above them holds no longer, or holds without being a heading, their section."""
    inline, let_go, before = "", False, ""
    for line in lines:
        section = line.section
        if section not in INLINE:
            inline, before = "", section
            continue
        lead = _lead(text, line)
        headed = any(map(str.isalpha, lead))
        if section != before or headed:  # a heading, perhaps with words behind it
            inline, let_go = section if headed else "", False
        elif inline:
            let_go = let_go or _stands_apart(text, line, lead, inline)
            line.section = "other" if let_go else section
        before = section
    _examine(text, lines)
    for line, section in _listed(text, lines):
        line.section, line.item, line.head, line.statement = section, -1, False, False


def _examine(text: str, lines: Sequence[Line]) -> None:
    """Let no history go on over an examination that begins a line of its own, up to the next heading."""
    heading = None
    inline, ended, before = False, False, ""
    for line in lines:
        if line.section == "indication":
            headed = line.heading != before or any(map(str.isalpha, _lead(text, line)))
            inline = any(map(str.isalpha, _lead(text, line))) if headed else inline
            ended = not headed and (ended or not text[line.start].islower())
            before = line.heading
            if inline and ended:
                line.section = "other"
            continue
        before = ""
        if (
            line.section == "assessment"
            and BEFORE_AND_AFTER.match(line.heading)
            and not _lead(text, line).strip(" -*#•0123456789.)")
        ):
            if len(text[line.start : line.end].split()) > TOLD:
                line.section, line.item, line.head, line.statement = "procedure", -1, False, False
            continue
        if line.section not in HISTORIES:
            continue
        if line.heading != heading:
            heading = line.heading if EXAMINED.match(text, line.start) and not _lead(text, line).strip() else None
        if heading is not None:
            line.section = "exam"


def _lead(text: str, line: Line) -> str:
    """What stands before the words of a line: blanks, a marker, a heading."""
    return text[text.rfind("\n", 0, line.start) + 1 : line.start]


def _stands_apart(text: str, line: Line, lead: str, section: str) -> bool:
    return (
        not lead
        and line.end - line.start <= SHORT
        and text[line.start].isupper()
        and INLINE[section].search(text, line.start, line.end) is None
    )


def _listed(text: str, lines: Sequence[Line]) -> Iterator[tuple[Line, str]]:
    """The lines of lists under a heading or label: those with the marker of the first, up to an empty line."""
    section, marker, end, heading = "", "", 0, ""
    for line in lines:
        if line.heading != heading:
            heading, section, marker = line.heading, "", FIRST
            if len(heading) <= LABEL and (found := GOVERNING.match(heading)):
                section, end = found.lastgroup or "", max(text.rfind(":", 0, line.start), 0)
        if section:
            mark = re.sub(r"\d+", "", _lead(text, line))
            marker = mark if marker == FIRST else marker
            if mark == marker and text.count("\n", end, line.start) <= 1:
                yield line, section
                end = line.end
                continue
            section = ""
        if line.end - line.start <= LABEL and (found := GOVERNING.match(text, line.start, line.end)):
            section, marker, end = found.lastgroup or "", FIRST, line.end


FIRST = "any"  # marker of the first line of a list
