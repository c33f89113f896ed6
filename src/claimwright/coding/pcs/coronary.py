"""Coronary arteries by number: bypass by what feeds them (B3.6b), angioplasty by arteries and stents (B4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.coding.acts import number
from claimwright.coding.model import Evidence
from claimwright.coding.pcs.model import SURGICAL, UNKNOWN, Axis, Built
from claimwright.coding.pcs.reading import Pages, Place

BYPASS = ("cabg", "coronary artery bypass", "coronary artery bypass graft", "coronary artery bypass grafting", "coronary bypass")
ANGIOPLASTY = (
    "percutaneous coronary intervention", "pci", "ptca", "coronary angioplasty", "coronary stent", "coronary stenting",
    "percutaneous transluminal coronary angioplasty", "drug eluting stent", "coronary artery stent",
)  # fmt: skip
ARTERY = re.compile(
    r"(?P<lm>left main)|(?P<lad>\bLAD\b|left anterior descending)|(?P<diag>\bD[12]\b|diagonal)|(?P<lcx>\bLCX?\b|circumflex)"
    r"|(?P<om>\bOM ?[123]?\b|obtuse marginal)|(?P<rca>\bRCA\b|right coronary(?: artery)?)|(?P<pda>\bPDA\b|posterior descending)"
    r"|(?P<plv>\bPLV?B?\b|posterolateral)|(?P<ramus>ramus)",
    re.I,
)
GRAFT = re.compile(
    r"(?P<left_mammary>\bLIMA\b|left internal (?:mammary|thoracic)(?: artery)?)"
    r"|(?P<right_mammary>\bRIMA\b|right internal (?:mammary|thoracic)(?: artery)?)"
    r"|(?P<vein>\bR?SVGs?\b|saphenous vein(?: grafts?)?|vein grafts?)|(?P<radial>radial artery(?: graft)?)",
    re.I,
)
STENTS = re.compile(r"(?P<kind>drug[- ]eluting|\bDES\b|bare[- ]metal|\bBMS\b)", re.I)
COUNT = re.compile(r"\b(\d|one|two|three|four|five|an?)\s+(?:[\w.-]+\s+){0,4}$", re.I)
FEEDS = {"left_mammary": ("Z", "9"), "right_mammary": ("Z", "8"), "vein": ("9", "W"), "radial": ("A", "W")}
SITES = ("0", "1", "2", "3")
ELUTING, BARE = ("4", "5", "6", "7"), ("D", "E", "F", "G")


def coronary(pages: Pages) -> tuple[list[Built], list[Place]]:
    """The codes, and the words they claim."""
    made: list[Built] = []
    taken: list[Place] = []
    for phrases, of in ((BYPASS, _bypass), (ANGIOPLASTY, _angioplasty)):
        places = [place for at in range(len(pages.lines)) for words in phrases for place in pages.find(at, words)]
        done = [place for place in places if pages.done(place)]
        taken += places
        titled = [place for place in done if pages.titled(place.sentence)] or done
        if titled:
            longest = max(titled, key=lambda place: (-place.sentence, place.last - place.first))
            made += of(pages, longest)
    return made, taken


def _texts(pages: Pages, place: Place) -> Iterator[tuple[str, int, int]]:
    """Sentences about the operation: text, start, document."""
    for at in (place.sentence, *pages.around(place.sentence)):
        sentence = pages.sentences[at]
        if sentence.section not in ("preprocedure", "indication", "assessment", "findings"):
            yield pages.case.text(sentence), sentence.start, sentence.document


def _evidence(pages: Pages, found: re.Match[str], start: int, document: int) -> Evidence:
    return pages.case.reading.note.evidence(document, start + found.start(), start + found.end())


def _bypass(pages: Pages, place: Place) -> list[Built]:
    """One code for each kind of vessel that feeds: mammary arteries from where they spring, others from the aorta."""
    feeds: dict[str, tuple[set[str], list[Evidence]]] = {}
    for text, start, document in _texts(pages, place):
        grafts = list(GRAFT.finditer(text))
        for graft, after in zip(grafts, [one.start() for one in grafts[1:]] + [len(text)] * bool(grafts), strict=True):
            kind = str(graft.lastgroup)
            fed = [
                one
                for one in ARTERY.finditer(text, graft.end(), after)
                if re.search(r"\bto\b|[-→>]", text[graft.end() : one.start()])
            ]
            if fed:
                sites, words = feeds.setdefault(kind, (set(), []))
                sites |= {f"{one.lastgroup}{one.group().lower()}" for one in fed}
                words.append(_evidence(pages, graft, start, document))
                words += [_evidence(pages, one, start, document) for one in fed]
        if feeds:
            break  # the first sentence that tells the grafts; the description tells them again
    if not feeds:
        return [
            _one(
                pages,
                place,
                "021",
                (UNKNOWN, "how many arteries each vessel feeds is not told", ()),
                "0",
                UNKNOWN,
                UNKNOWN,
                "B3.6b",
            )
        ]
    made = []
    for kind, (sites, words) in feeds.items():
        device, source = FEEDS[kind]
        body = (SITES[min(len(sites), 4) - 1], f"{len(sites)} site(s) fed by this vessel (B3.6b)", tuple(dict.fromkeys(words)))
        made.append(_one(pages, place, "021", body, "0", device, source, "B3.6b"))
    return made


def _angioplasty(pages: Pages, place: Place) -> list[Built]:
    """How many arteries were treated, and with how many stents of which kind."""
    arteries: dict[str, Evidence] = {}
    device = ""
    stents: list[Evidence] = []
    for text, start, document in _texts(pages, place):
        for one in ARTERY.finditer(text):
            treated = re.search(r"stent|angioplast|PCI|PTCA|balloon|DES\b|intervention", text, re.I)
            if treated and not re.search(r"\bto\b[^.]{0,30}$", text[: one.start()] if GRAFT.search(text) else ""):
                arteries.setdefault(str(one.lastgroup), _evidence(pages, one, start, document))
        found = STENTS.search(text)
        if found and not stents:
            told = COUNT.search(text[: found.start()])
            count = number(told.group(1)) if told and told.group(1).lower() not in ("a", "an") else 1
            device = (ELUTING if re.match(r"drug|des", found["kind"], re.I) else BARE)[min(max(count, 1), 4) - 1]
            stents = [_evidence(pages, found, start, document)]
        if arteries:
            break
    if not device:
        bare = not any("stent" in text.lower() for text, _, _ in _texts(pages, place))
        device = "Z" if bare else UNKNOWN
    body = (
        (SITES[min(len(arteries), 4) - 1], f"{len(arteries)} coronary artery(ies) treated (B4.4)", tuple(arteries.values()))
        if arteries
        else (UNKNOWN, "which coronary arteries were treated is not told", ())
    )
    return [_one(pages, place, "027", body, "3", device, "Z", "B4.4", tuple(stents))]


def _one(
    pages: Pages,
    place: Place,
    stem: str,
    body: tuple[str, str, tuple[Evidence, ...]],
    approach: str,
    device: str,
    qualifier: str,
    rule: str,
    stents: tuple[Evidence, ...] = (),
) -> Built:
    words = pages.evidence(place)
    told = "as told" if UNKNOWN not in (device, qualifier) else "the record does not tell it"
    axes = [Axis(SURGICAL[at], letter, "by what was done (A11)", (words,) if at == 2 else ()) for at, letter in enumerate(stem)]
    axes.append(Axis("body part", *body))
    axes.append(Axis("approach", approach, "the operation is done so by its nature"))
    axes.append(Axis("device", device, told if device == UNKNOWN else "as told", stents))
    axes.append(Axis("qualifier", qualifier, told))
    return Built(tuple(axes), words, "op", f"ICD-10-PCS {rule}", place.sentence)
