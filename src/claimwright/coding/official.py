"""Terms of the official tabular list, as the table `official` carries them; run this module to make it anew.

Source: package simple_icd_10_cm (CMS/NCHS ICD-10-CM tabular, April 2026), public domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from claimwright.coding.tables import word_list
from claimwright.coding.words import normal

SUFFIX = re.compile(r",? ?initial encounter( for closed fracture)?$")
VAGUE = re.compile(r"\b(?:other|unspecified|nec|nos|elsewhere|not otherwise|classified|encounter for|sequela)\b", re.I)
TRAILING = re.compile(r"(?:,? (?:unspecified|not otherwise specified|nos|uncomplicated)|, initial encounter)$", re.I)
BRACKET = re.compile(r"\[[^]]*\]")
WORDS = range(2, 10)
TOO_LOOSE = frozenset(normal(word) for word in word_list("too loose"))  # named in vaccines, or nothing without a site
HABIT = re.compile(r"^F1\d\.90$")  # use without a disorder is no diagnosis (OCG I.C.5.b.3)
ONE_WORD = re.compile(r"^[A-NQ]\d")  # a single word names a disease; elsewhere (burn, fall, cough) it is too loose


def entries() -> Iterator[tuple[str, str]]:
    """(normalised term, code or template with # for the encounter), first come first served."""
    import simple_icd_10_cm as tabular

    taken: set[str] = set()
    for code in tabular.get_all_codes(True):
        if code[0] in "VWXY" or not tabular.is_leaf(code):
            continue
        description = tabular.get_description(code)
        template = code
        if len(code) == 8 and code[0] in "STM" and tabular.get_seven_chr_def(code, True):
            if not SUFFIX.search(description):
                continue
            description, template = SUFFIX.sub("", description), code[:-1] + "#"
        for term in (description, *_inclusions(tabular, code)):
            phrase = normal(TRAILING.sub("", TRAILING.sub("", BRACKET.sub(" ", term).strip())))
            if _useful(phrase, code) and phrase not in taken:
                taken.add(phrase)
                yield phrase, template


def _inclusions(tabular: object, code: str) -> list[str]:
    return [term for term in tabular.get_inclusion_term(code) if "(" not in term]  # type: ignore[attr-defined]


def _useful(phrase: str, code: str) -> bool:
    count = len(phrase.split())
    if VAGUE.search(phrase) or not phrase or phrase in TOO_LOOSE or HABIT.match(code):
        return False
    return count in WORDS or (count == 1 and len(phrase) > 5 and bool(ONE_WORD.match(code)))


def main() -> None:
    """Print the table."""
    print("# code | normalised term; made by `python -m claimwright.coding.official` from ICD-10-CM April 2026 (public domain)")
    for phrase, template in entries():
        print(f"{template}|{phrase}")


if __name__ == "__main__":
    main()
