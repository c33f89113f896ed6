"""How the suggested codes of real US visit notes agree with a coder's: first-listed, diagnoses, E/M with its elements, services.

The annotation is tests/data/coding (its README says who made it and what optional means: neither for nor against).
The texts stay outside the repository. The chances behind the auto lane were counted on the training part, so only
`--part valid` is unseen by them. `--part train|valid` takes one part, `--errors` lists every miss and false code.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from claimwright.coding.model import Coding, Document, Suggestion, Visit
from claimwright.coding.suggest import suggest

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "data" / "coding" / "aci_bench.jsonl"
TEXTS = ROOT / ".." / "shared" / "data" / "notes" / "aci_bench"
PARTS = ("train", "valid")
ON = date(2026, 11, 2)
VISIT_CODE = re.compile(r"992(0[2-5]|1[1-5])|993(8[1-7]|9[1-7])|99024|9928[1-5]")
ELEMENTS = ("problems", "data", "risk")
RANK = {"minimal": 1, "low": 2, "limited": 2, "moderate": 3, "high": 4, "extensive": 4}

Row = dict[str, Any]


@dataclass
class Agreement:
    """Codes found, wrongly suggested and missed."""

    found: int = 0
    false: int = 0
    missed: int = 0

    def add(self, suggested: set[str], required: set[str], optional: set[str]) -> None:
        """Count a note; an optional code is nothing gained when suggested and nothing lost when not."""
        self.found += len(suggested & required)
        self.false += len(suggested - required - optional)
        self.missed += len(required - suggested)

    def row(self) -> tuple[str, str, str]:
        """Precision, recall and F1 in percent, with the counts."""
        precision = self.found / max(1, self.found + self.false)
        recall = self.found / max(1, self.found + self.missed)
        f1 = 2 * self.found / max(1, 2 * self.found + self.false + self.missed)
        counts = f"{self.found} found, {self.false} false, {self.missed} missed"
        return f"{f1:.1%}", f"{precision:.1%} / {recall:.1%}", counts


@dataclass
class Score:
    """Everything counted over the notes."""

    notes: int = 0
    first: int = 0
    first_category: int = 0
    visit: int = 0
    visit_near: int = 0
    leveled: int = 0  # notes whose visit code rests on medical decision making
    elements: Counter[str] = field(default_factory=Counter)
    exact: Agreement = field(default_factory=Agreement)
    category: Agreement = field(default_factory=Agreement)
    services: Agreement = field(default_factory=Agreement)
    in_full: int = 0  # services found with their modifiers and units
    suggested: int = 0  # diagnoses
    auto: Agreement = field(default_factory=Agreement)  # those that need no second look
    auto_all: int = 0
    proven: int = 0  # right diagnoses whose words overlap the annotator's
    proofs: int = 0


def texts(part: str) -> dict[str, str]:
    """The notes of a part by id."""
    with gzip.open(TEXTS / f"{part}.jsonl.gz", "rt", encoding="utf-8", newline="") as stream:
        return {row["id"]: row["note"] for row in map(json.loads, stream)}


def codes(rows: Iterable[Row], required: bool, cut: Callable[[str], str] = str) -> set[str]:
    """The annotated codes that are required, or optional."""
    return {cut(row["code"]) for row in rows if row["required"] is required}


def overlaps(one: Suggestion, spans: Sequence[Sequence[int]]) -> bool:
    """Whether a suggestion's words meet one of the annotator's."""
    return any(proof.start < end and start < proof.end for proof in one.evidence for start, end in spans)


def near(one: str, other: str) -> bool:
    """Visit codes of one family no more than a level apart."""
    return bool(one) and one[:4] == other[:4] and abs(int(one[4]) - int(other[4])) <= 1


def split(coding: Coding) -> tuple[list[Suggestion], Suggestion | None, list[Suggestion]]:
    """The suggested diagnoses, the visit code and the other services."""
    services = [one for one in coding.services if one.suggested]
    visits = [one for one in services if VISIT_CODE.fullmatch(one.code)]
    preventive = [one for one in visits if one.code.startswith("993")]
    main = next(iter(preventive or visits), None)
    rest = [one for one in services if not VISIT_CODE.fullmatch(one.code)]
    return [one for one in coding.diagnoses if one.suggested], main, rest


def count(score: Score, gold: Row, coding: Coding) -> None:
    """Add a note."""
    diagnoses, visit, services = split(coding)
    score.notes += 1
    first = diagnoses[0].code if diagnoses else ""
    score.first += first == gold["dx"][0]["code"]
    score.first_category += first[:3] == gold["dx"][0]["code"][:3]
    count_codes(score, gold, diagnoses, services)
    if gold["em"]:
        code = visit.code if visit else ""
        score.visit += code == gold["em"]["code"]
        score.visit_near += near(code, gold["em"]["code"])
        if gold["em"]["code"].startswith("992"):
            score.leveled += 1
            for name in ELEMENTS:
                told = getattr(visit.level, name) if visit and visit.level else ""
                score.elements[name] += RANK.get(told.partition(":")[0].strip(), 0) == RANK[gold["em"][name]]


def count_codes(score: Score, gold: Row, diagnoses: list[Suggestion], services: list[Suggestion]) -> None:
    """Add a note's diagnoses with their proof, and its services."""
    for agreement, cut in ((score.exact, str), (score.category, lambda code: code[:3])):
        agreement.add({cut(one.code) for one in diagnoses}, codes(gold["dx"], True, cut), codes(gold["dx"], False, cut))
    sure = {one.code for one in diagnoses if one.auto}
    score.suggested, score.auto_all = score.suggested + len(diagnoses), score.auto_all + len(sure)
    score.auto.add(sure, codes(gold["dx"], True), codes(gold["dx"], False))
    spans = {row["code"]: row["spans"] for row in gold["dx"] if row["required"]}
    right = [one for one in diagnoses if one.code in spans]
    score.proofs += len(right)
    score.proven += sum(overlaps(one, spans[one.code]) for one in right)
    done = [row for row in gold["services"] if not VISIT_CODE.fullmatch(row["code"])]
    score.services.add({one.code for one in services}, codes(done, True), codes(done, False))
    whole = {(row["code"], tuple(row["modifiers"]), row["units"]) for row in done if row["required"]}
    score.in_full += len({(one.code, one.modifiers, one.units) for one in services} & whole)


def errors(console: Console, gold: Row, coding: Coding, note: str) -> None:
    """What was missed and what is false in a note, with its words (on the terminal only)."""
    diagnoses, visit, services = split(coding)
    lines = []
    if not diagnoses or diagnoses[0].code != gold["dx"][0]["code"]:
        lines.append(f"first-listed {gold['dx'][0]['code']}, suggested {diagnoses[0].code if diagnoses else 'none'}")
    for rows, suggested in ((gold["dx"], diagnoses), (gold["services"], services)):
        told = {one.code for one in suggested}
        for row in rows:
            if row["required"] and row["code"] not in told:
                words = " | ".join(f"[{start}:{end}] {note[start:end]}" for start, end in row["spans"])
                lines.append(f"missed {row['code']} ({row.get('rule', '')}) {words}")
        for one in suggested:
            if one.code not in {row["code"] for row in rows}:
                words = " | ".join(f"[{proof.start}:{proof.end}] {proof.text}" for proof in one.evidence)
                lines.append(f"false {one.code} {words}")
    if gold["em"] and (visit is None or visit.code != gold["em"]["code"]):
        wanted = ", ".join(f"{name} {gold['em'][name]}" for name in ELEMENTS)
        lines.append(f"visit {gold['em']['code']} ({wanted}), suggested {visit.code if visit else 'none'}")
        if visit and visit.level:
            lines.extend(f"  {name}: {getattr(visit.level, name)}" for name in ELEMENTS)
    if lines:
        console.print(f"[bold]{gold['id']}[/]")
        for line in lines:
            console.print("  " + escape(" ".join(line.split())), soft_wrap=True)


def table(score: Score, title: str) -> Table:
    """The figures."""
    made = Table("measure", "F1 or share", "precision / recall", "counts", title=title)
    made.add_row("diagnoses, exact", *score.exact.row())
    made.add_row("diagnoses, three characters", *score.category.row())
    made.add_row("services done (visit codes apart)", *score.services.row())

    def share(name: str, right: int, of: int) -> None:
        made.add_row(name, f"{right / max(1, of):.1%}", "", f"{right} of {of}")

    share("services found with modifiers and units", score.in_full, score.services.found)
    share("auto lane: right (optional codes apart)", score.auto.found, score.auto.found + score.auto.false)
    share("auto lane: of all suggested diagnoses", score.auto_all, score.suggested)
    share("first-listed diagnosis, exact", score.first, score.notes)
    share("first-listed diagnosis, three characters", score.first_category, score.notes)
    share("right diagnoses whose words overlap the annotator's", score.proven, score.proofs)
    share("visit code, exact", score.visit, score.notes)
    share("visit code, within one level", score.visit_near, score.notes)
    for name in ELEMENTS:
        share(f"element {name}", score.elements[name], score.leveled)
    return made


def main() -> int:
    """Measure and print; 2 where the texts are not at hand."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only one part")
    parser.add_argument("--errors", action="store_true", help="list per note what was missed and what is false")
    asked = parser.parse_args()
    console = Console(width=130)
    parts = (asked.part,) if asked.part else PARTS
    if not all((TEXTS / f"{part}.jsonl.gz").is_file() for part in parts):
        console.print(
            "The ACI-Bench notes are not here: put train.jsonl.gz and valid.jsonl.gz into ../shared/data/notes/aci_bench"
        )
        return 2
    notes = {key: note for part in parts for key, note in texts(part).items()}
    score = Score()
    for gold in map(json.loads, GOLD.read_text(encoding="utf-8").splitlines()):
        if gold["id"] not in notes:
            continue
        visit = Visit(on=ON, new_patient=gold["new_patient"], setting=gold["setting"])
        coding = suggest([Document(kind="progress", text=notes[gold["id"]])], visit)
        count(score, gold, coding)
        if asked.errors:
            errors(console, gold, coding, notes[gold["id"]])
    console.print(table(score, f"{score.notes} US office visits ({', '.join(parts)})"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
