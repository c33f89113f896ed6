"""The dose of a drug as the note tells it, in the measure of its billing unit."""

from __future__ import annotations

import re
from decimal import Decimal

from claimwright.coding.case import Case
from claimwright.coding.note import Sentence

DOSE = (
    r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s*(million units?|million|mu|units?|u|mcg|micrograms?|mgs?|milligrams?|gms?|g|grams?)\b"
)


def dose_of(text: str, found: re.Match[str] | None, measure: str) -> Decimal | None:
    """The first dose after the drug's name, else before it, in the unit's measure."""
    after = text[found.start() :] if found else text
    match = _first_dose(after) or (_first_dose(text) if found else None)
    if not match:
        return None
    value, unit = Decimal(match.group(1).replace(",", "")), match.group(2).lower()
    scale = {"g": Decimal(1000), "m": Decimal(1)}
    if unit == "mu" or unit.startswith("million"):
        return value * 1_000_000 if measure == "units" else None
    kind = (
        "mcg"
        if unit.startswith(("mcg", "microgram"))
        else "mg"
        if unit.startswith(("mg", "milli"))
        else "g"
        if unit[0] == "g"
        else "units"
    )
    if kind == measure:
        return value
    if kind == "g" and measure == "mg":
        return value * scale["g"]
    if {kind, measure} == {"mg", "mcg"}:
        return value * 1000 if measure == "mcg" else value / 1000
    return None


BARE = re.compile(
    r"(?:[ -](?:acetate|la|depot))? (\d{2,4})(?= ?(?:IM|IV|SQ|SC|subq|inj\w*|intra\w*|into|with|w/|w|and|given)\b| ?[+&,/]|\.?$)",
    re.I,
)


# "0.5 mL Kenalog-40": milligrams in a milliliter, and how many of these
STRENGTH = re.compile(r"\d+$")
MILLILITERS = re.compile(r"(?<![\d.])(\d*\.?\d+) ?(?:ml|cc) (?:of )?$", re.I)
VOLUME_AFTER = re.compile(r",? ?\(?(\d*\.?\d+) ?(?:ml|cc)\b", re.I)


def bare(text: str, found: re.Match[str], measure: str) -> Decimal | None:
    """A dose in milligrams, told as a bare number: "Toradol 60 IM", "depo-medrol 40 + marcaine"."""
    if measure != "mg":
        return None
    strength = STRENGTH.search(found.group())
    if strength and (volume := MILLILITERS.search(text[: found.start()]) or VOLUME_AFTER.match(text, found.end())):
        return Decimal(strength.group()) * Decimal(volume.group(1))
    if told := BARE.match(text, found.end()):
        return Decimal(told.group(1))
    mixed = VOLUME.search(text, found.end(), found.end() + 45)
    return Decimal(mixed.group(1)) * Decimal(mixed.group(2)) if mixed else None


RATE = re.compile(r"\s*(?:/|per) ?(?:m2|m²|sq|kg|ml|cc|h|hr|hour|min)\b|\s*/ ?m\b", re.I)  # 80 mg/m2, 10 mg/mL
NEEDLE = re.compile(r"(?:1[4-9]|2\d|3[0-4]) ?g", re.I)  # a gauge
IN_VIAL = re.compile(r"[ -](?:\w+[- ]){0,2}(?:vials?|ampu?oules?|ampules?|kits?|bottles?)\b", re.I)
TOTAL = re.compile(
    r"\btotal(?: dose| units?)?(?: (?:administered|injected|given|delivered|used))?[:=]?(?: of| was| is)? ?" + DOSE, re.I
)


def _first_dose(text: str) -> re.Match[str] | None:
    """The first dose told that is not only what a vial holds, else that."""
    doses = [one for one in re.finditer(DOSE, text, re.I) if not (RATE.match(text, one.end()) or NEEDLE.fullmatch(one.group()))]
    return next((one for one in doses if not IN_VIAL.match(text, one.end())), doses[0] if doses else None)


VOLUME = re.compile(r"(\d+(?:\.\d+)?) ?mg ?/ ?(?:ml|cc)\b[^.;]{0,15}?\b(\d*\.?\d+) ?(?:ml|cc)\b", re.I)


def total(case: Case, sentence: Sentence) -> Decimal | None:
    """The units of all sites together, where the report of the procedure adds them up."""
    for _, other, found, _ in case.search(TOTAL, "procedure"):
        if other.document == sentence.document and sentence.section == "procedure":
            return dose_of(found.group(), None, "units")
    return None
