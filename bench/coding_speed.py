"""How many notes a second the coder reads in us-billing mode on one core, how long it takes to load, and how big its data is.

CPU time (process_time) over the annotated US visits (the demonstration's notes where they are absent), for notes of 400 words. A
user's notes are read once, so the figure that counts is that of notes read for the first time, in a process that has read twenty
others; it pays for all tables and wordings that are laid when a note first needs them. Rounds over the same notes (the median of
five) tell what a long run comes near to: of a text or a sentence only its vocabulary is remembered (words, headings, codes).
Other work on the machine slows CPU time too, so the same run times a fixed loop of plain Python beside it, the best time of each
note over all rounds tells what the machine gives when it is left alone, and the number of calls a note does not vary at all.
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
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest

ROOT = Path(__file__).parents[1]
TEXTS = ROOT / ".." / "shared" / "data" / "notes" / "aci_bench"
PACKAGE = ROOT / "src" / "claimwright" / "coding"
ROUNDS, WORDS, WARMING = 5, 400, 20
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


def texts() -> list[str]:
    """The notes to read."""
    if TEXTS.exists():
        found = []
        for part in ("train", "valid"):
            with gzip.open(TEXTS / f"{part}.jsonl.gz", "rt", encoding="utf-8") as stream:
                found += [json.loads(line)["note"] for line in stream]
        return found
    from claimwright.office.demo.chart import notes

    return [document.text for note in notes() for document in note.sample()[0]]


def read_all(found: list[str]) -> list[float]:
    """One round: the CPU seconds of each note."""
    return [timed(partial(suggest, [Document(kind="progress", text=text)], VISIT)) for text in found]


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
    found = list(dict.fromkeys(texts()))
    words = sum(len(text.split()) for text in found)
    read_all(found[:WARMING])
    fresh = sum(read_all(found[WARMING:])) / sum(len(text.split()) for text in found[WARMING:]) * WORDS
    rounds, loops = [], []
    for _ in range(ROUNDS):
        loops.append(timed(plain_loop))
        rounds.append(read_all(found))
    each = statistics.median(map(sum, rounds)) / words * WORDS
    best = sum(map(min, zip(*rounds, strict=True))) / words * WORDS
    loop = statistics.median(loops)
    load = float(subprocess.run([sys.executable, "-c", LOAD], input=found[0], capture_output=True, text=True, check=True).stdout)
    data = sum(path.stat().st_size for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc"))
    table = Table("measure", "value", title=f"us-billing mode, {len(found)} notes of {words / len(found):.0f} words on average")
    table.add_row(f"notes of {WORDS} words a second, read for the first time ({len(found) - WARMING} notes)", f"{1 / fresh:.0f}")
    table.add_row("the same notes again and again", f"{1 / each:.0f}")
    table.add_row("again and again, at the best time of each note", f"{1 / best:.0f}")
    table.add_row(f"milliseconds a note of {WORDS} words, first time", f"{fresh * 1000:.2f}")
    table.add_row("again and again", f"{each * 1000:.2f}")
    table.add_row(f"calls a note of {WORDS} words, again", f"{calls(found) / words * WORDS:.0f}")
    table.add_row("a million steps of plain Python, ms", f"{loop * 1000:.1f}")
    table.add_row("a note again, in thousand steps of plain Python", f"{each / loop * 1000:.0f}")
    table.add_row("import, load and first note, CPU s", f"{load:.2f}")
    table.add_row("package data, MB", f"{data / 1e6:.1f}")
    table.add_row("peak memory of this process, MB", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}")
    Console(width=90).print(table)


if __name__ == "__main__":
    main()
