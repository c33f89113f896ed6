"""Forms within notes: only what is ticked, or answered yes, is read. Texts keep their length, so that places stay true.

What a form leaves open, answers with no, or answers in columns whose heading does not say which is yes, is blanked out.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

import msgspec

MARKS = "☐☑☒✓✔"
# what forms have behind these signs: each by itself, as a pattern that begins with one letter is sought quickest
MARKED = {
    "[": re.compile(r"\[[ \t]*[xXyYnN?✓✔☑☒]?[ \t]*\]"),
    "(": re.compile(r"\((?: ?[xX✓✔]? ?\)|check|select|mark|circle|tick)"),
    "_": re.compile(r"_[xX✓✔]_"),
}
ENDS = tuple(f"{before}{said}" for before in " :\t/" for said in ("Y", "N", "Yes", "No", "yes", "no", "YES", "NO", "X", "x"))
LAST = "YNSOXynsox "  # letters that ENDS end in, and a blank
BOX = re.compile(
    r"(?P<on>\[[ \t]*[xXyY✓✔☑☒][ \t]*\]|(?<![^\s:])\([ \t]*[xX✓✔][ \t]*\)(?=\s|$)|[☑☒✓✔]|(?<!\w)_{1,3}[xX✓✔]_{1,3}(?!\w))"
    r"|\[[ \t]*[nN?]?[ \t]*\]|(?<![^\s:])\([ \t]*\)(?=\s|$)|☐|(?:(?<=^)|(?<=\n))_{2,5}(?=[ \t]+[A-Za-z])"
)
ASKED = re.compile(r"\((?:check|select|mark|circle|tick)\b[^)\n]{0,40}\)([ \t]*:)?", re.I)
COLUMNS = re.compile(
    r"\b(?P<one>yes|y|no|n)\b[ \t|/]+\b(?P<two>yes|y|no|n)\b[ \t]*(?:\b(?:unknown|unk|n/?a|comments?)\b[ \t]*)*$", re.I
)
ANSWER = re.compile(
    r"^(?P<label>[ \t]*[A-Za-z][\w ,/()'-]{1,60}?)(?:[ \t]*[:=][ \t]*|[ \t]{2,}|\t+)"
    r"(?P<said>[YN]|[Yy]es|YES|[Nn]o|NO)[ \t]*$"
)
OPEN = re.compile(r"(?:[:\t ]|^)(?:Y ?/ ?N|[Yy]es ?/ ?[Nn]o|YES ?/ ?NO)[ \t]*$")
CROSS = re.compile(r"[ \t]{2,}(?P<cross>[xX✓✔])[ \t]*$")
MARKER = re.compile(r"[ \t]*(?:[-*•]|\d{1,2}[.)])?[ \t]*$")
SENTENCE = re.compile(r"(?<!\d)[.;][ \t]+(?=[A-Z\[(☐☑☒✓✔_])")
YES, NO = re.compile(r"\W*(?:yes|y)\W*$", re.I), re.compile(r"\W*(?:no|n)\W*$", re.I)


class _Header(msgspec.Struct):
    """Columns of answers: the place in the line where each stands."""

    yes: int
    no: int


def answered(text: str) -> str:
    """The text with all that its forms do not tick or answer with yes blanked out; of the same length."""
    if not _is_form(text):
        return text
    header: _Header | None = None
    table: tuple[str, ...] = ()
    lines = []
    for line in text.split("\n"):
        read = ASKED.sub(_bare_heading, line)
        if read.count("|") > 1 or (table and "|" in read):
            table, read = _row(read, table)
            lines.append(read)
            continue
        table = ()
        columns = COLUMNS.search(read)
        if columns and columns["one"][0].lower() != columns["two"][0].lower() and not BOX.search(read) and not OPEN.search(read):
            yes, no = columns.span("one"), columns.span("two")
            if columns["one"][0].lower() == "n":
                yes, no = no, yes
            header = _Header(sum(yes) // 2, sum(no) // 2)
            read = read[: columns.start()] + " " * (len(read) - columns.start())
        elif read.strip():
            read = _line(read, header)
        lines.append(read)
    return "\n".join(lines)


def _row(line: str, header: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """A row of a table drawn with bars: its header, and the row without what its cells deny or leave open."""
    bars = [-1, *(at for at, mark in enumerate(line) if mark == "|"), len(line)]
    places = [(before + 1, after) for before, after in pairwise(bars)]
    cells = tuple(line[start:end].strip().lower() for start, end in places)
    heads = tuple("yes" if HEAD_YES.fullmatch(one) else "no" if HEAD_NO.fullmatch(one) else "" for one in cells)
    if "yes" in heads and "no" in heads:
        return heads, " " * len(line)
    ticked = {header[at] for at, cell in enumerate(cells) if at < len(header) and header[at] and TICKED.fullmatch(cell)}
    kept = list(line)
    for at, (start, end) in enumerate(places):
        after = cells[at + 1] if at + 1 < len(cells) else ""
        denied = NO_CELL.fullmatch(after) is not None and not any(header) and not NO_CELL.fullmatch(cells[at])
        if denied or (any(header) and at < len(header) and not header[at] and ticked != {"yes"}):
            kept[start:end] = " " * (end - start)
    return header, "".join(kept)


HEAD_YES = re.compile(r"(?:yes|y|pos(?:itive)?|present|\+|has|reports?|endorses)\W*")
HEAD_NO = re.compile(r"(?:no|n|neg(?:ative)?|absent|-|denies|none)\W*")
TICKED = re.compile(r"\W*(?:[xX✓✔☑☒*]|yes|y|\+|\(x\))\W*", re.I)
NO_CELL = re.compile(r"(?:no|n|neg(?:ative)?|absent|denie[sd]|none|-|–|\(-\)|0|nil|not (?:present|seen|found)|ruled out)", re.I)


def _is_form(text: str) -> bool:
    """Whether a form may stand in the text: quick, as hardly any note has one."""
    if "|" in text or any(sign in text and pattern.search(text) for sign, pattern in MARKED.items()):
        return True
    if not text.isascii() and any(mark in text for mark in MARKS):
        return True
    return any(line[-1:] in LAST and line.rstrip().endswith(ENDS) for line in text.split("\n"))


def _bare_heading(found: re.Match[str]) -> str:
    """A heading loses what to do: "Diagnosis (check all that apply):" is "Diagnosis:"."""
    return ":".ljust(len(found.group()))


def _line(line: str, header: _Header | None) -> str:
    box = BOX.search(line) or OPEN.search(line)
    if box:  # sentences before the form stay
        ends = [end.end() for end in SENTENCE.finditer(line, 0, box.start() + 1)]
        said, form = (line[: ends[-1]], line[ends[-1] :]) if ends else ("", line)
        boxes = list(BOX.finditer(form))
        return said + (_boxed(form, boxes, header) if boxes else " " * len(form))
    answer = ANSWER.match(line)
    if answer:
        return line[: answer.start("said")].ljust(len(line)) if answer["said"][0] in "yY" else " " * len(line)
    crossed = CROSS.search(line) if header else None
    if crossed and header:
        at = crossed.start("cross")
        return line[:at].ljust(len(line)) if abs(at - header.yes) < abs(at - header.no) else " " * len(line)
    return line


def _boxed(line: str, boxes: list[re.Match[str]], header: _Header | None) -> str:
    """A line with boxes: they stand before their options, behind them, or in columns."""
    label = line[: boxes[0].start()]
    ends = [box.start() for box in boxes[1:]] + [len(line)]
    after = [line[box.end() : end] for box, end in zip(boxes, ends, strict=True)]
    if not any(part.strip() for part in after):
        return _columns(line, label, boxes, header)
    answers = [_answer(part) for part in after]
    if label.strip() and any(answers) and not MARKER.fullmatch(label):
        yes = any(box["on"] and answer == "yes" for box, answer in zip(boxes, answers, strict=True))
        no = any(box["on"] and answer == "no" for box, answer in zip(boxes, answers, strict=True))
        return label.ljust(len(line)) if yes and not no else " " * len(line)
    if not after[-1].strip() and label.strip() and not MARKER.fullmatch(label):
        return _behind(line, boxes)
    kept = list(label.ljust(len(line)))
    for box, end in zip(boxes, ends, strict=True):
        if box["on"]:
            kept[box.end() : end] = line[box.end() : end]
            first = not label.strip() and box is boxes[0]
            parted = any(mark.strip() for mark in kept[len(label) : box.start()])
            kept[box.start()] = "-" if first else ";" if parted else " "
    told = "".join(kept)
    return told if any(box["on"] for box in boxes) or ":" in label else " " * len(line)


def _answer(part: str) -> Literal["yes", "no", ""]:
    return "yes" if YES.match(part) and part.strip() else "no" if NO.match(part) and part.strip() else ""


def _columns(line: str, label: str, boxes: list[re.Match[str]], header: _Header | None) -> str:
    """Boxes alone behind a label: one is a tick; of two the heading must say which is yes."""
    ticked = [number for number, box in enumerate(boxes) if box["on"]]
    first_is_yes = header is not None and header.yes < header.no
    right = [0] if len(boxes) == 1 or first_is_yes else [1]
    known = len(boxes) == 1 or header is not None
    return label.ljust(len(line)) if known and ticked == right else " " * len(line)


def _behind(line: str, boxes: list[re.Match[str]]) -> str:
    """Each box behind its option: "Mild [ ]  Severe [x]"."""
    kept, start = [" "] * len(line), 0
    for box in boxes:
        if box["on"]:
            kept[start : box.start()] = line[start : box.start()]
        start = box.end()
    return "".join(kept)
