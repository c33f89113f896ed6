"""What signs say beside words: boxes, minus and plus, quotation marks, colons of tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from claimwright.coding.lexicon import Hit
from claimwright.coding.note import Sentence
from claimwright.coding.words import normal

# the box of a template left empty, or a minus before the words; a minus, "no" or "N" behind them, or the box of "no" ticked
UNTICKED = re.compile(
    r"(?:[Øø∅]|(?:^|[\n,;./(:*•-]|[a-z] )[ \t]*(?<!stage )(?<!grade )(?<!type )(?<!class )0"
    r"|\[ ?[-nN]? ?\]|_{2,}|[☐□]|\( ?[nN]? ?\)|\(-\)|[,;(] ?[-–])[ \t]*$"
)
STRUCK = re.compile(
    r"[ \t]*(?:[n0-](?=[ \t]*[;,])|[n0](?=[ \t]*(?:\n|$))|\((?:-|neg(?:ative)?|no|n|0|denie[sd])\)|-ve\b|[-–] ?n\b(?!\w)"
    r"|\.{2,} ?(?:neg|no|none|negative|absent|denie[sd])\b|:? ?y/n[: ]+n(?:o\b|\b)"
    r"| ?\[(?:-|neg|no|n)\]|:? ?\[ ?\] ?y(?:es)? ?\[[xX✓]\] ?n(?:o\b|\b)"
    r"|[-–] ?(?:no|none|neg|nil|absent|denie[sd])(?=[ \t]*(?:$|[.,;|\n]))|[n0-](?=[ \t]*\|)|: ?[-–](?=[ \t]*(?:$|[;,\n]))"
    r"|n(?=[ \t]{2,}\w)"
    r"|[:=?] ?(?:neg|n|no|none|nil|negative|absent|0)\b(?=\s*(?:$|[^\s\w])|\s+[\w /]{2,30}[:=?(]))",  # not "gout: no flares"
    re.I,
)
MINUS = frozenset("-–")
OTHER_PART = re.compile(r"[.;\n+]")
FAR = 140  # characters of a list
JOINS = frozenset(",/ao&")
FIELD = 60  # characters behind the words that tell whether a mark is all that is said of them


# what they end or begin with, and its first letters
TICKS, STRIKES = frozenset("])☐□-–_Øø∅0"), (*"(-–:=?N[0", "n,", "n;", "n\n", "..", "Y/N", "y/n")
STRIKING = frozenset(one[0] for one in STRIKES)


# the end of a list that is denied as a whole: "flu/COVID/RSV neg", "gout, asthma: denied", "gout | asthma - none"
VERDICT = (
    r"(?:all |both |each )?(?:den(?:ied|ies)|neg(?:ative)?|none|no|nil|absent|ruled out|r/?o'?d"
    r"|not (?:present|seen|found|detected))"
)
SLASHED = re.compile(
    r" ?/[ \w'/+-]{1,60}?[ :]+(?:pcr |swabs? |tests? |ag |antigen |panel |x ?\d )?(?:(?:were|was|are|is) )?"
    + VERDICT
    + r"\b(?! for)",
    re.I,
)
LISTED = re.compile(rf"(?:,|/| and| or| &)[ \w'/&,-]{{2,120}}?(?::|=| [-–]) ?(?:were |are )?{VERDICT}[ \t]*(?:$|[.;\n])", re.I)
RELATIVE = (
    r"(?:mom|dad|mother|father|brothers?|bro|sis|sisters?|aunts?|uncles?|cousins?|[pm]g[mf]|parents?|grand\w+|sibs?|siblings?)"
)
OF_KIN = re.compile(  # "gout (F), asthma (MGM)"; "gout: dad and uncle"
    r" ?\((?:F|M|B|S|Fa|Mo|Bro|Sis|MGM|MGF|PGM|PGF|GM|GF|MA|PA|MU|PU|dad|mom|sibs?|[mp]at(?:ernal)? \w+)\)"
    r"|(?::| [-–]) ?(?:(?:and|both|only|&|,|/|maternal|paternal|older|younger|half|twin|\d|x\d|great|step) ?)*"
    rf"{RELATIVE}\b(?:[ ,&/]|and|maternal|paternal|\(?\d+\)?|{RELATIVE})*(?:$|[.;|\n])"
)
OTHERS = frozenset(  # whom a disease before the word makes others: "works with dementia patients"
    ("patients", "pts", "clients", "residents", "victims", "sufferers", "people", "folks", "kids", "units", "ward", "wards")
)


NAMED_AFTER = re.compile(  # "the Heart Failure & COPD Transitional Clinic"
    r"[ ,&/-]+(?:(?:and|of|the|for|&|[A-Z][\w'-]*)[ ,&/-]+){0,5}?(?:Clinic|Center|Centre|Service|Program|Group|Visit|Class|Unit"
    r"|Ward|Society|Day|Week|Month|Institute|Foundation|Suite|Team|Support|Walk|Run|Fund|Fair|Course|Workshop|Seminar|Wing|Floor"
    r"|Building|Association|Alliance|Network|Initiative|Registry|Study|Trial|Lab|Department|Dept|Office|Hotline|Rehab|Camp|House"
    r"|Pathway|Bundle)\b"
)
SENT_FOR = re.compile(  # "anaphylaxis, trouble breathing → 911"
    r"[^.;\n→=>]{0,40}(?:→|[-=]>|=) ?(?:then |to |go |pls )?(?:911|call|come (?:in|back)|return|go to|stop (?:it|drug|med)|rtc"
    r"|seek|(?:ER|ED)\b(?! (?:via|by|now|for|transfer|today|w/)))",
    re.I,
)


def called_after(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a clinic, a class or the like is named after the disease, or the disease is what to seek help for."""
    text = sentence.source
    if text[start].isupper() and text[end : end + 1] in " ,&/-" and NAMED_AFTER.match(text, end, end + FAR):
        return True
    piece = text[end : end + FIELD]
    return ("=" in piece or ">" in piece or "→" in piece) and SENT_FOR.match(text, end, end + FIELD) is not None


def of_others(sentence: Sentence, last: int, end: int) -> bool:
    """Whether a mark behind the words gives a disease to others."""
    if last + 1 < len(sentence.raw) and sentence.raw[last + 1].lower() in OTHERS:
        return sentence.source[end : end + 1] == " "
    return sentence.source[end : end + 3].lstrip()[:1] in KIN_MARKS and OF_KIN.match(sentence.source, end) is not None


KIN_MARKS = frozenset("(:-–")


RUN, END_OF_LINE = re.compile(r"\w ?-[,;]"), re.compile(r" ?-(?:[ \t.]*(?:\n|$)|\.\s)")  # "strep -, flu -"


def _divides(piece: str) -> bool:
    """Whether anything parts a list from its verdict: quicker to ask than to search for both."""
    return ":" in piece or "=" in piece or " -" in piece or " –" in piece


def crossed_out(text: str, start: int, end: int) -> bool:
    """Whether a template's mark at the words says no: "[ ] diabetes", "edema (-)", "asthma: N"."""
    before, after = text[max(0, start - 6) : start].rstrip(), text[end : end + 4].lstrip()
    if text[start - 1 : start] in MINUS and (text[start - 2 : start - 1] == "/" or text[end : end + 2] in ("/-", "/–")):
        return True  # "-gout/-asthma"
    minus_at = text.rfind("(-)", max(0, start - FAR), start)
    if (
        minus_at >= 0
        and not OTHER_PART.search(text, minus_at + 3, start)
        and not text[max(0, minus_at - 3) : minus_at].rstrip(" ")[-1:].isalnum()
    ):
        return True  # "(-) fever, cough"
    if after[:1] in JOINS and (
        (after[0] == "/" and SLASHED.match(text, end, end + FAR))
        or ("\n" not in after and _divides(text[end : end + FAR]) and LISTED.match(text, end, end + FAR))
    ):
        return True
    if after.startswith("-") and RUN.search(text, text.rfind("\n", 0, start) + 1, start) and END_OF_LINE.match(text, end):
        return True
    return bool(
        (before[-1:] in TICKS and UNTICKED.search(text, max(0, start - 6), start))
        or (after[:1] in STRIKING and after.startswith(STRIKES) and STRUCK.match(text, end, end + FIELD))
    )


TOLD_OF = frozenset(map(normal, ("discussed", "reviewed", "explained", "mentioned")))


def warned(sentence: Sentence, drugs: Sequence[Hit], first: int) -> bool:
    """Whether a drug's possible harm was talked about: "lisinopril: cough, angioedema reviewed"."""
    if first == 0:
        return False
    ends = [sentence.span(hit.last, hit.last)[1] for hit in drugs if hit.first == 0]
    return bool(ends) and sentence.source[ends[0] : ends[0] + 1] == ":"


def of_kin(sentence: Sentence) -> bool:
    """Whether a sentence is a line of a family's table: "M: gout", "MA: lupus"."""
    end = sentence.span(0, 0)[1]
    return sentence.source[end : end + 1] == ":"


KIN = frozenset(("M", "F", "MA", "PA", "MU", "PU", "MC", "PC"))  # relatives
SIGNED = re.compile(r"[\s,:;(/][-–] ?$")
PLUS = re.compile(r"(?:^|[\s,:;(/])[-–+][A-Za-z][^\n]*[\s,:;(/][-–+](?=[A-Za-z])|:[ \t]*[-–+] ?[A-Za-z][^\n]*, ?[-–+] ?[A-Za-z]")


SIGNS = frozenset("-– ")


def minus(sentence: Sentence, start: int) -> bool:
    """Whether a minus among the signs of a row says no to a symptom: "-fever +cough", "HEENT: - sore throat, - ear pain"."""
    text = sentence.source
    if sentence.section == "assessment" or not SIGNED.search(text, max(0, start - 3), start):
        return False
    begun = text.rfind("\n", 0, start) + 1
    return PLUS.search(text, begun, sentence.end) is not None


QUOTED = re.compile(r"[\"“]([^\"“”\n]{3,90})[\"”]|(?<!\w)'([^'\n]{3,90})'(?!\w)")


def quoted(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a condition is part of what is cited, such as a title: Handout 'Living with Heart Failure'."""
    text = sentence.source
    line = text[max(0, start - 90) : end + 90]
    if '"' not in line and "'" not in line and "“" not in line:
        return False
    begun, ends = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    for one in QUOTED.finditer(text, begun, ends if ends >= 0 else len(text)):
        if one.start() < start and end < one.end():
            return end - start + 4 < one.end() - one.start()  # not the name of a disease alone
    return False
