"""Mention mode on the CodiEsp development cases: codes, order, evidence, chances, codes never seen, speed and size.

The ranker was fitted on the training cases; a code is suggested where it is rather right than wrong by its own chance.
The thresholds of the auto lane and of new codes were chosen on these development cases, so their figures are a little kind. What
the auto lane covers is counted of all suggestions, right and wrong. The test cases are not read. Exit 2
where the corpus is absent.
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from claimwright.coding import dictionary, ranking
from claimwright.coding.model import Suggestion
from claimwright.coding.ranking import model as ranking_model
from claimwright.coding.ranking.model import EDITION

CORPUS = Path(__file__).parents[1] / ".." / "shared" / "data" / "notes" / "codiesp"
ROOM = Path(ranking.__file__).parents[1]
WORDS = 400  # of a note, for the speed
LOAD = """
import time
start = time.process_time()
from claimwright.coding import ranking
from claimwright.coding.model import Document
ranking.mentioned([Document(kind="progress", text="Pain.")])
print(time.process_time() - start)
"""


def cases(part: str) -> list[dict[str, Any]]:
    """The cases of a part of the corpus."""
    path = CORPUS / f"{part}.jsonl.gz"
    if not path.is_file():
        print(f"codiesp: the corpus is not here ({part}.jsonl.gz in shared/data/notes/codiesp)", file=sys.stderr)
        raise SystemExit(2)
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def f1(right: int, said: int, given: int) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * right / (said + given) if said + given else 0.0


def micro(pairs: Sequence[tuple[set[str], set[str]]]) -> tuple[float, float, float]:
    """F1, precision and recall of (said, given) over all cases."""
    right = sum(len(said & given) for said, given in pairs)
    said, given = sum(len(said) for said, _ in pairs), sum(len(given) for _, given in pairs)
    return f1(right, said, given), right / max(1, said), right / max(1, given)


def average_precision(order: Sequence[str], given: set[str]) -> float:
    """Of one case's ranking."""
    hits, total = 0, 0.0
    for rank, code in enumerate(order, 1):
        if code in given:
            hits += 1
            total += hits / rank
    return total / len(given)


def in_gold_sentence(one: Suggestion, case: dict[str, Any]) -> bool:
    """Whether the first evidence lies in a sentence in which the annotators found the code."""
    if not one.evidence:
        return False
    starts = [0]
    for sentence in case["sentences"]:
        starts.append(starts[-1] + len(sentence) + 1)
    lines = {line for code, held in case["mentions"][1] if dotted(code) == one.code for line in held}
    return bisect_right(starts, one.evidence[0].start) - 1 in lines


def dotted(code: str) -> str:
    """A code with its dot."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def cpu(run: Callable[[], object], times: int = 5) -> float:
    """Median CPU seconds of a run."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def goals(
    said: Sequence[tuple[Suggestion, ...]], dev: Sequence[dict[str, Any]], seen: set[str]
) -> Iterator[tuple[str, float, str]]:
    """(figure, value, goal)."""
    given = [set(case["dx"]) for case in dev]
    suggested = [{one.code for one in ranked if one.suggested} for ranked in said]
    score, precision, recall = micro(list(zip(suggested, given, strict=True)))
    yield "exact F1", score, "0.66, aim 0.72"
    yield "  precision", precision, ""
    yield "  recall", recall, ""
    yield (
        "three-character F1",
        micro([({c[:3] for c in s}, {c[:3] for c in g}) for s, g in zip(suggested, given, strict=True)])[0],
        "0.73",
    )
    orders = [[one.code for one in ranked] for ranked in said]
    yield "MAP", statistics.mean(average_precision(o, g) for o, g in zip(orders, given, strict=True)), "0.64"
    for top, goal in ((25, "0.72"), (50, "0.80")):
        yield f"recall@{top}", micro([(set(o[:top]), g) for o, g in zip(orders, given, strict=True)])[2], goal
    hits = [
        in_gold_sentence(one, case)
        for ranked, case, held in zip(said, dev, given, strict=True)
        for one in ranked
        if one.suggested and one.code in held
    ]
    yield "evidence in a gold sentence", statistics.mean(hits), "0.95"
    unseen = micro([(s - seen, g - seen) for s, g in zip(suggested, given, strict=True)])
    yield "unseen codes: recall", unseen[2], "0.25"
    yield "unseen codes: precision", unseen[1], "0.60"
    everything = [one for ranked in said for one in ranked if one.suggested]
    auto = [one.code in held for ranked, held in zip(said, given, strict=True) for one in ranked if one.auto]
    yield "auto lane: right", statistics.mean(auto) if auto else 0.0, "0.95"
    yield "auto lane: of all suggestions", len(auto) / max(1, len(everything)), "0.40"
    official = [
        {dictionary.padded(one.code) for one in dictionary.choose(dictionary.find(case["text"], EDITION))} for case in dev
    ]
    yield "official terms alone, no labels: F1", micro(list(zip(official, given, strict=True)))[0], "0.42"


def reliability(said: Sequence[tuple[Suggestion, ...]], dev: Sequence[dict[str, Any]]) -> Table:
    """Chances told against how many were right."""
    table = Table("chance told", "codes", "mean chance", "right", title="Are the chances true?", title_justify="left")
    for step in range(10):
        held = [
            (one.score, one.code in case["dx"])
            for ranked, case in zip(said, dev, strict=True)
            for one in ranked
            if step <= one.score * 10 < step + 1 or (step == 9 and one.score >= 1)
        ]
        if held:
            mean, right = statistics.mean(score for score, _ in held), statistics.mean(hit for _, hit in held)
            table.add_row(f"{step / 10:.1f}-{step / 10 + 0.1:.1f}", f"{len(held):,}", f"{mean:.3f}", f"{right:.3f}")
    return table


def sources(said: Sequence[tuple[Suggestion, ...]], dev: Sequence[dict[str, Any]]) -> Table:
    """What the suggestions rest on."""
    table = Table("rests on", "suggested", "right", "share right", title="What the suggestions rest on", title_justify="left")
    counted: dict[str, list[bool]] = {}
    for ranked, case in zip(said, dev, strict=True):
        for one in ranked:
            if one.suggested:
                learned, official = "learned" in one.reason, "official" in one.reason
                kind = {(1, 1): "both", (1, 0): "learned terms alone", (0, 1): "official terms alone", (0, 0): "the whole text"}
                counted.setdefault(kind[learned, official], []).append(one.code in case["dx"])
    for kind, hits in sorted(counted.items(), key=lambda item: -len(item[1])):
        table.add_row(kind, f"{len(hits):,}", f"{sum(hits):,}", f"{statistics.mean(hits):.3f}")
    return table


def notes_of(dev: Sequence[dict[str, Any]]) -> list[str]:
    """The cases' text cut into notes of WORDS words at a sentence's end."""
    notes: list[str] = []
    held: list[str] = []
    count = 0
    for case in dev:
        for sentence in case["sentences"]:
            held.append(sentence)
            count += len(sentence.split())
            if count >= WORDS:
                notes.append("\n".join(held))
                held, count = [], 0
    return notes


def main() -> None:
    """Print the tables."""
    train, dev = cases("train"), cases("dev")
    seen = {code for case in train for code in case["dx"]}
    said = list(ranking.mentioned_each(case["text"] for case in dev))
    console = Console(width=110)
    table = Table(
        "figure", "value", "goal", title=f"CodiEsp, {len(dev)} development cases, machine-translated", title_justify="left"
    )
    for name, value, goal in goals(said, dev, seen):
        table.add_row(name, f"{value:.4f}", goal)
    console.print(table, reliability(said, dev), sources(said, dev))
    notes = notes_of(dev)
    taken = cpu(lambda: list(ranking.mentioned_each(notes)))
    speed = Table("cost", "value", "goal", title="Speed and size (CPU time, median of 5)", title_justify="left")
    speed.add_row(f"notes of {WORDS} words a second, one after the other in groups", f"{len(notes) / taken:.0f}", "300")
    finding = cpu(lambda: [dictionary.find_each(group, EDITION) for group in ranking_model.batches(notes)])
    speed.add_row("  the official terms' part of the time", f"{finding / taken:.0%}", "")
    load = float(subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True).stdout)
    speed.add_row("load and first note, seconds", f"{load:.2f}", "1")
    for part in ("ranking/data", "dictionary/data", "tables"):
        size = sum(path.stat().st_size for path in (ROOM / part).iterdir() if path.is_file())
        speed.add_row(f"package data, MB: {part}", f"{size / 1e6:.1f}", "")
    console.print(speed)
    if ranking_model.ranker().settings.dictionary != ranking_model.dictionary_mark():
        console.print("The dictionary's tables have changed since the ranker was fitted: fit it anew for its best.")


if __name__ == "__main__":
    main()
