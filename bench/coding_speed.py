"""How many notes a second the coder reads in us-billing mode on one core, how long it takes to load, and how big its data is.

CPU time (process_time), for notes of 400 words, read as `claimwright code` reads a folder: some side by side. A practice's
folder holds a different note each time, so the figure that counts is that of notes read for the first time, in a process that
has loaded its tables and read others: of three such the median. It is told for the annotated US visits (the demonstration's
notes where they are absent), of which there are few, so that after
twenty others much of their vocabulary is still new, and for the case reports of CodiEsp after a hundred others, as a long run
has it. Rounds over the same visits (the median of five) tell what would be left if nothing were new: of a text or a sentence
only its vocabulary is remembered (words, headings, codes). A visit read alone, as the workbench asks, takes longer. Other work
on the machine slows CPU time too, so the same run times a fixed loop of plain Python beside it, the best of all rounds tells
what the machine gives when it is left alone, and the number of calls a note does not vary at all.
"""

from __future__ import annotations

import cProfile
import gzip
import json
import pstats
import resource
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.coding.model import Document, Visit
from claimwright.coding.ready import prepare
from claimwright.coding.suggest import suggest, suggest_each

ROOT = Path(__file__).parents[1]
NOTES = ROOT / ".." / "shared" / "data" / "notes"
PACKAGE = ROOT / "src" / "claimwright" / "coding"
ROUNDS, WORDS, PROCESSES = 5, 400, 3
VISITS, REPORTS = "aci_bench", "codiesp"
WARMING = {VISITS: 20, REPORTS: 100}  # notes read before those that are timed
PARTS = {VISITS: (("train", "valid"), "note"), REPORTS: (("train", "dev"), "text")}
VISIT = Visit(on=date(2026, 11, 2))
LOAD = """
import sys
import time
text = sys.stdin.read()
begun = time.process_time()
from datetime import date
from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest
suggest([Document(kind="progress", text=text)], Visit(on=date(2026, 11, 2)))
print(time.process_time() - begun)
"""


def texts(corpus: str) -> list[str]:
    """The notes to read, each once."""
    parts, field = PARTS[corpus]
    if (NOTES / corpus).exists():
        found = []
        for part in parts:
            with gzip.open(NOTES / corpus / f"{part}.jsonl.gz", "rt", encoding="utf-8") as stream:
                found += [json.loads(line)[field] for line in stream]
        return list(dict.fromkeys(found))
    if corpus == REPORTS:
        return []
    from claimwright.office.demo.chart import notes

    return list(dict.fromkeys(document.text for note in notes() for document in note.sample()[0]))


def count(found: list[str]) -> float:
    """How many notes of 400 words the notes are."""
    return sum(len(text.split()) for text in found) / WORDS


def first_time(corpus: str) -> float:
    """CPU seconds a note of 400 words that a process reads for the first time: the median of some processes."""
    asked = [sys.executable, "-P", __file__, corpus]
    return statistics.median(float(subprocess.run(asked, capture_output=True, check=True).stdout) for _ in range(PROCESSES))


def read_first(corpus: str) -> float:
    """The same in this process."""
    found, warming = texts(corpus), WARMING[corpus]
    prepare()  # as the workbench does, and the command with a folder of many notes
    read_all(found[:warming])
    return read_all(found[warming:]) / count(found[warming:])


def read_all(found: list[str]) -> float:
    """One round: its CPU seconds."""
    return timed(lambda: deque(suggest_each(map(asked, found)), 0))


def asked(text: str) -> tuple[list[Document], Visit]:
    """A note as the coder takes it."""
    return [Document(kind="progress", text=text)], VISIT


def read_alone(found: list[str]) -> list[float]:
    """The CPU seconds of each note, read one after another."""
    return [timed(partial(suggest, *asked(text))) for text in found]


def plain_loop() -> None:
    """A million steps of plain Python: what the machine gives at this moment."""
    total = 0
    for step in range(1_000_000):
        total += step & 7


def timed(work: Callable[[], object]) -> float:
    """CPU seconds of a call."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def calls(found: list[str]) -> int:
    """Calls of functions, Python's and C's, in one round."""
    profile = cProfile.Profile()
    profile.runcall(read_all, found)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def main() -> None:
    """Measure and print."""
    found, reports = texts(VISITS), texts(REPORTS)
    fresh = first_time(VISITS)
    rounds, alone, loops = [], [], []
    prepare()
    read_all(found)
    for _ in range(ROUNDS):
        loops.append(timed(plain_loop))
        rounds.append(read_all(found))
        alone.append(read_alone(found))
    each = statistics.median(rounds) / count(found)
    best = min(rounds) / count(found)
    single = statistics.median(map(sum, alone)) / count(found)
    longest = max(map(min, zip(*alone, strict=True)))
    loop = statistics.median(loops)
    asked = [sys.executable, "-c", LOAD]
    load = statistics.median(
        float(subprocess.run(asked, input=found[0], capture_output=True, text=True, check=True).stdout) for _ in range(PROCESSES)
    )
    data = sum(path.stat().st_size for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc"))
    table = Table(
        "measure",
        "value",
        title=f"us-billing mode, {len(found)} visits of {sum(map(len, map(str.split, found))) / len(found):.0f} words",
    )
    if reports:
        report = first_time(REPORTS)
        left = len(reports) - WARMING[REPORTS]
        table.add_row(f"notes of {WORDS} words a second, {left} case reports read for the first time", f"{1 / report:.0f}")
        table.add_row("such a note, in thousand steps of plain Python", f"{report / loop * 1000:.0f}")
    table.add_row(f"{len(found) - WARMING[VISITS]} visits read for the first time, a second", f"{1 / fresh:.0f}")
    table.add_row("the same visits again and again", f"{1 / each:.0f}")
    table.add_row("again and again, the best round", f"{1 / best:.0f}")
    table.add_row(f"milliseconds a visit of {WORDS} words, first time", f"{fresh * 1000:.2f}")
    table.add_row("again and again", f"{each * 1000:.2f}")
    table.add_row("again and again, each alone", f"{single * 1000:.2f}")
    table.add_row("the longest of them, alone, ms", f"{longest * 1000:.1f}")
    table.add_row(f"calls a visit of {WORDS} words, again", f"{calls(found) / count(found):.0f}")
    table.add_row("a million steps of plain Python, ms", f"{loop * 1000:.1f}")
    table.add_row("a visit again, in thousand steps of plain Python", f"{each / loop * 1000:.0f}")
    table.add_row("import, load and first note, CPU s", f"{load:.2f}")
    table.add_row("package data, MB", f"{data / 1e6:.1f}")
    table.add_row("peak memory of this process, MB", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")
    Console(width=90).print(table)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(read_first(sys.argv[1]))
    else:
        main()
