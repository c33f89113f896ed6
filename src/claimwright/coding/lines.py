"""The lines of a document: each with its section, its label and the problem it begins; those wrapped by width made one again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from claimwright.coding.breaks import continues
from claimwright.coding.headings import detail_labels, headings, known_as, system_labels
from claimwright.coding.model import Document
from claimwright.coding.words import TOKEN

MARKER = re.compile(
    r"[ \t]*(?:#{1,4}[ \t]*)?"
    r"(?:(?P<number>\(?\d{1,2}[.)](?=\s)|#\d{1,2}[.:)]?|#(?=\s*[A-Z]))|(?P<bullet>[-*•·–▪◦o](?=\s)))?[ \t]*"
)
INLINE = re.compile(r"(?<!\S)\(?(\d{1,2})[.)](?=\s+[A-Za-z])")
OF_A_KIND = re.compile(
    r"(?:stage|grade|type|class|category|phase|level|day|week|step|part|group|number|no|than|of|to|is|was|by|x)\s+\Z", re.I
)
BARE = re.compile(r"(\d{1,2})[ \t]+(?=[A-Z])")  # "1 Hypertension": a number without its point, where it is the next
TITLED = re.compile(r"[A-Z][^.;:!?\n\d]{2,45}?[ \t](?:-{1,2}|[–—])[ \t]")
LABEL = re.compile(r"\**(?P<label>[A-Za-z][A-Za-z0-9 /&,'()-]{0,60}+)\**[ \t]*(?P<colon>:)\**")
DASHED = re.compile(
    r"(?:PROCEDURE|Procedure)(?: [Nn]ote| NOTE| performed)?\s+[-–—]\s"
    r"|(?:PROCEDURES?|INFUSION|INJECTIONS?|ADMINISTRATION|TREATMENT|DEBRIDEMENT)"
    r"(?: (?:NOTE|RECORD|LOG|TODAY))?\s*\([^()\n]*\)[,:]?\s"
)  # "Procedure - injection of the left knee", "INFUSION (in clinic), port accessed"
SUMMARY = re.compile(r"\b(?:discharge|death|transfer) (?:summary|note)\b", re.I)
# what a physician did and reports himself: its impression is his judgement
OWN_REPORT = re.compile(
    r"\A[^\n]{0,60}\b(?:colonoscopy|EGD|(?:upper |lower )?endoscop\w+|sigmoidoscopy|cystoscopy|bronchoscopy|hysteroscopy|EMG|NCS"
    r"|electrodiagnos\w+|nerve conduction|polysomno\w+|sleep (?:study|apnea test)|HSAT|EEG|electroencephalogram)\b[^\n]{0,60}$",
    re.I | re.M,
)
READ = re.compile(r"\b(?:read|interp|view|taken|done)", re.I)  # "EKG (my read):" tells who read it
# a judgement without a colon: "Dx - gastritis", "A/P - hypertension", "Dx viral illness"; not "Dx mammogram", "Dx in 2010"
JUDGING = frozenset("ADFIadfi")
JUDGED = re.compile(
    r"(?:(?:final |clinical )?(?:dx|diagnos[ie]s|imp(?:ression)?|assessment|a ?[/&] ?p)[ \t]*(?:[-–—=]+>?|->)"
    r"|(?:final )?dx(?![ \t]+(?:mammo|lap|us\b|ultra|imag|cath|colono|arthro|test|w/|with|by|at|in|of|on|as|age|and|or|code|list"
    r"|was|is|not|confirm|date|since|made|uncertain|unclear|during|after|last|prior|per|from|study)))[ \t]+(?=[A-Za-z])",
    re.I,
)
PROBLEM_SECTIONS = frozenset({"assessment", "plan", "impression"})
STATEMENT_WORDS = 12
DIVIDERS = (",", ")")
# a text by plain letters, each at its place: words stay, dividers are commas, signs and all beyond ASCII a SIGN, the rest blank
SIGN = "?"
FLAT = bytes(
    ord("," if chr(code) in DIVIDERS else SIGN if chr(code) in "+?%" else chr(code) if TOKEN.match(chr(code)) else " ")
    for code in range(128)
).ljust(256)


class Line(msgspec.Struct, gc=False):
    """A line that says something, perhaps of several that were wrapped."""

    start: int
    end: int
    section: str
    item: int
    head: bool  # begins a problem
    statement: bool  # and names it
    label: str
    heading: str


def lines_of(document: Document, flat: str, items: int) -> list[Line]:
    """Lines with their section; a heading changes the section and its rest of line is content."""
    text, found = document.text, list[Line]()
    section, label, item, numbered, indent = _first_section(document), "", -1, False, 0
    plain_heads, title, reported, counted = False, "", False, 0
    scoped = OWN_REPORT.match(text) is not None
    for start, end in _stretches(text):
        mark = MARKER.match(text, start, end) if text[start] == "o" or not text[start].isalpha() else None
        body = mark.end() if mark else start
        if mark and (body >= end or not text[body:end].strip()):
            continue
        named = LABEL.match(text, body, end) if text.find(":", body, end) >= 0 else None
        heading = _heading(text, body, end, named, section, item >= 0)
        if heading:
            title = text[body : heading[1]].strip(" *#:_=").lower()
            section, body = heading
            section = _meant(section, title, document, reported)
            reported = reported or (section == "findings" and not scoped)
            label, item, numbered, plain_heads = "", -1, False, False
            if body >= end or not text[body:end].strip():
                continue
            named = LABEL.match(text, body, end) if text.find(":", body, end) >= 0 else None
        marked_number, bullet = bool(mark and mark["number"]), bool(mark and mark["bullet"])
        counted = 0 if heading else counted
        if section in PROBLEM_SECTIONS and not mark and (bare := _next_number(text, body, end, counted)):
            marked_number, body, counted = True, bare, counted + 1
        depth = len(text[start:body].expandtabs(4)) if bullet or marked_number else 0
        label = named["label"].strip().lower() if named else ""
        head = marked = short = False
        if section in PROBLEM_SECTIONS:
            marked = marked_number or bullet
            detail_label = bool(label) and known_as(label) in detail_labels()
            short = is_short(text, flat, body, end)
            if detail_label:
                head = False
            elif marked_number:
                head = numbered = True
            elif bullet:
                head = not numbered and not plain_heads and (item < 0 or depth <= indent or section != "plan")
            else:
                head = not numbered and (short or item < 0 or (section == "assessment" and _dashed(text, start, body, end)))
                plain_heads = plain_heads or (short and head)
            if numbered and not marked_number and not detail_label and short and bullet is False and not label:
                head = _is_title(text[body:end])
            if head:
                item, indent, items = items, max(depth, 1), items + 1
        found.append(Line(body, end, section, item, head, head and (short or marked), label, title))
    return found


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """The lines that are not blank, those that hold a numbered list cut before each number: "1. HTN 2. T2DM - cont"."""
    end = -1
    for line in text.split("\n"):
        start, end = end + 1, end + 1 + len(line)
        if not line or line.isspace():
            continue
        cuts = _numbers(line) if "2." in line or "2)" in line else ()
        if not cuts:
            yield start, end
            continue
        for cut, stop in zip([0, *cuts], [*cuts, len(line)], strict=True):
            if cut < stop:
                yield start + cut, start + stop


def _numbers(line: str) -> list[int]:
    """Where the numbers of a list within a line stand, if it counts from one and only a heading stands before it."""
    cuts: list[int] = []
    for found in INLINE.finditer(line):
        if int(found[1]) == len(cuts) + 1 and not OF_A_KIND.search(line, 0, found.start()):
            cuts.append(found.start())
    lead = line[: cuts[0]].rstrip() if len(cuts) > 1 else "?"
    return cuts if lead[-1:] in ("", ":", "-") or headings().get(known_as(lead)) in PROBLEM_SECTIONS else []  # "Dx 1. ... 2. ..."


def _meant(section: str, title: str, document: Document, reported: bool) -> str:
    """The section a heading means in this document."""
    if section == "impression" and document.kind not in ("radiology", "laboratory") and not reported:
        return "assessment"  # a clinic note's impression is its judgement
    if title == "course" and SUMMARY.search(document.text, 0, 300):
        return "other"  # of the stay, not of a treatment in the office
    return section


def _next_number(text: str, body: int, end: int, counted: int) -> int:
    """Where the words behind a number without its point begin, if it is the next of a list; else 0."""
    bare = BARE.match(text, body, end)
    return bare.end() if bare and int(bare[1]) == counted + 1 else 0


def _dashed(text: str, start: int, body: int, end: int) -> bool:
    """Whether a long line after a finished one begins with a title and a dash: "Nausea - adverse effect of tamoxifen, ..."."""
    return TITLED.match(text, body, end) is not None and text[:start].rstrip()[-1:] in ("", ".", ":")


def _is_title(line: str) -> bool:
    """A line in a numbered plan that stands alone as another title (Health maintenance)."""
    return line[:1].isupper() and not line.rstrip().endswith((".", ",")) and len(line.split()) <= 4


def _first_section(document: Document) -> str:
    return {"laboratory": "results", "radiology": "findings", "procedure": "procedure"}.get(document.kind, "other")


def _heading(
    text: str, body: int, end: int, found: re.Match[str] | None, section: str, inside_item: bool
) -> tuple[str, int] | None:
    """The section a line, perhaps with a label, opens and where its content begins, if it is a heading."""
    bare = text[body:end].strip().strip("*#_=:- \t")
    kind = headings().get(known_as(bare)) if len(bare) < 60 else None
    if kind and not (bare == "PE" and text[body - 2 : body].strip()):  # a bullet's pulmonary embolism is no examination
        return kind, end
    if not found and (dashed := DASHED.match(text, body, end)):
        return "procedure", dashed.end()
    if text[body] in JUDGING and section not in PROBLEM_SECTIONS and (judged := JUDGED.match(text, body, end)):
        return "assessment", judged.end()
    if found:
        label = found["label"].strip(" *")
        name = known_as(label)
        kind = headings().get(name)
        if not kind and ")" in label and label.find("(") > 0 and not READ.search(label):
            name = known_as(label[: label.index("(")])  # "Exam (focused):"
            kind = headings().get(name)
        inside = section in ("ros", "exam", "vitals") and not label.isupper() and name in system_labels()
        told = inside_item and section in PROBLEM_SECTIONS and not label.isupper() and name in detail_labels()
        inside = inside or (section == "procedure" and kind == "meds" and not label.isupper())
        if kind and not inside and not (told and text[found.end() : end].strip()):
            return kind, found.end()
        if label.isupper() and len(label) > 5 and section not in PROBLEM_SECTIONS and name not in system_labels():
            return "other", found.end()
    return None


def joined(text: str, lines: list[Line]) -> list[Line]:
    """Lines that were wrapped by width become one again."""
    found: list[Line] = []
    for line in lines:
        if found and continues(text, held := found[-1], line):
            found[-1] = Line(held.start, line.end, held.section, held.item, held.head, held.statement, held.label, held.heading)
        else:
            found.append(line)
    return found


def is_short(text: str, flat: str, start: int, end: int) -> bool:
    """Whether TOKEN finds no more words in a stretch of text than a title has."""
    piece = flat[start:end]
    if SIGN in piece:
        return len(TOKEN.findall(text, start, end)) <= STATEMENT_WORDS
    return len(piece.replace(",", " ").split(None, STATEMENT_WORDS)) <= STATEMENT_WORDS
