"""How often the coder codes what a sentence denies, doubts, fears or tells of others, and misses what is plainly said.

Sentences are put together at random, from a fixed seed: conditions of the lexicon, alone and in lists, in the wordings of the
table `false_codes.txt`, in several places of a note. `false` counts the notes in which a condition is coded that must not be;
`missed` those in which one is not coded that must. Both are counted by wording, the worst first.

    python bench/false_codes.py [--notes 6000] [--seed 1] [--show 20]
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest
from claimwright.coding.tables import listed, rows

VISIT = Visit(on=date(2026, 10, 14), age=50)
WORDINGS = Path(__file__).with_name("false_codes.txt")
PLACES = {
    "in the assessment": "ASSESSMENT AND PLAN:\n1. Hypertension. {told} Continue lisinopril.",
    "a line of its own": "ASSESSMENT AND PLAN:\n1. Hypertension. Continue lisinopril.\n{told}",
    "under a bullet": "ASSESSMENT/PLAN:\n# Hypertension\n- continue lisinopril\n- {told}\n- return in 3 months",
    "a problem of its own": "ASSESSMENT:\n1. Hypertension\n2. {told}",
    "first": "A/P: {told} Hypertension, stable on lisinopril.",
    "in the history": "HPI: Here for blood pressure. {told}\n\nASSESSMENT:\n1. Hypertension",
    "without headings": "Here for hypertension. {told} Continue lisinopril.",
}
PLAIN = {name: PLACES[name] for name in ("a problem of its own", "first")}


def wordings() -> Iterator[tuple[str, str]]:
    """Each wording with its kind; {it} is one condition, {or} and {and} a list, {list} one without a joining word."""
    for line in WORDINGS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            kind, wording = line.split(" | ", 1)
            yield kind.strip(), wording.replace("\\n", "\n")


def coded(text: str) -> list[str]:
    """The suggested diagnoses of a note."""
    found = suggest([Document(kind="progress", text=text)], VISIT)
    return [one.code for one in found.diagnoses if one.suggested]


def conditions() -> dict[str, tuple[str, ...]]:
    """Phrases of the lexicon with the categories they are coded to, where they stand alone as a problem."""
    held: dict[str, tuple[str, ...]] = {}
    for code, phrases in rows("conditions"):
        if code[0] == "Z" or code.startswith("I1"):
            continue
        for phrase in listed(phrases):
            if phrase.replace(" ", "").isalpha() and len(phrase) > 4:
                categories = tuple({one[:3] for one in coded(f"ASSESSMENT:\n1. {phrase.capitalize()}")})
                if code[:3] in categories:
                    held[phrase] = categories
    return held


def joined(chosen: list[str], word: str) -> str:
    """A list as sentences write it: "a", "a or b", "a, b, or c"."""
    if not word or len(chosen) < 2:
        return ", ".join(chosen)
    return f" {word} ".join(chosen) if len(chosen) == 2 else f"{', '.join(chosen[:-1])}, {word} {chosen[-1]}"


def told(wording: str, chosen: list[str], word: str) -> str:
    """A wording with its conditions."""
    single = iter(chosen)
    while "{it}" in wording:
        wording = wording.replace("{it}", next(single), 1)
    for slot, joining in (("{or}", "or"), ("{and}", "and"), ("{any}", word), ("{list}", "")):
        wording = wording.replace(slot, joined(chosen, joining))
    return wording[0].upper() + wording[1:]


def main() -> None:
    """Put the sentences together, count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=6_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=20, help="how many of the worst wordings to print")
    given = parser.parse_args()
    chance = random.Random(given.seed)  # the same notes every time
    known = conditions()
    names = sorted(known)
    said = list(wordings())
    asked, wrong, examples = Counter[str](), Counter[str](), defaultdict[str, list[str]](list)
    kinds, bad = Counter[str](), Counter[str]()
    for number in range(given.notes):
        kind, wording = said[number % len(said)]
        chosen = chance.sample(names, wording.count("{it}") or chance.choice((1, 2, 2, 3, 3, 4)))
        place, carrier = chance.choice(list((PLAIN if kind == "said" else PLACES).items()))
        if ":\n" in wording or wording.startswith("§"):  # has headings of its own
            place, carrier = "headed", "HPI: Here for blood pressure.\n\n{told}\n\nASSESSMENT:\n1. Hypertension"
        text = carrier.replace("{told}", told(wording.lstrip("§"), chosen, chance.choice(("or", "and", ""))))
        found = {one[:3] for one in coded(text)}
        if kind == "said":
            failed = [one for one in chosen if found.isdisjoint(known[one])]
        else:
            failed = [one for one in chosen if not found.isdisjoint(known[one])]
        asked[wording] += 1
        kinds[kind] += 1
        if failed:
            wrong[wording] += 1
            bad[kind] += 1
            examples[wording].append(f"{failed[0]} [{place}]: {text!r}")
    console = Console(width=130)
    table = Table("wordings", "notes", "false or missed", "%", title=f"{len(names)} conditions, {len(said)} wordings")
    for kind in kinds:
        what = "missed" if kind == "said" else "false"
        table.add_row(kind, str(kinds[kind]), f"{bad[kind]} {what}", f"{100 * bad[kind] / kinds[kind]:.2f}")
    console.print(table)
    for wording, count in wrong.most_common(given.show):
        console.print(f"{count}/{asked[wording]} {wording!r}", markup=False, highlight=False)
        for one in examples[wording][:3]:
            console.print("     " + one, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
