"""How often the code that a coder expects comes first, and among five, in the search for diagnoses; and how long it takes.

`python bench/code_search.py [STORE]`: the questions of tests/data/coding/searches*.txt, CPU time each; beside it the search over
titles alone (with a store: and its Alphabetic Index), which is what a word index gives without the reader and the dictionary;
and, where the extra `embed` is installed and its terms are laid ready (`claimwright codesets embed`), the search by meaning too.
Then the CPU time of `claimwright codesets find` as a command of its own, median of 5, and of `--help`.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.cli.meaning import file
from claimwright.codesets import alphabetic
from claimwright.codesets.store import Store
from claimwright.coding import embedding, lookup

ON = date(2026, 11, 2)
ASKED = sorted((Path(__file__).parents[1] / "tests" / "data" / "coding").glob("searches*.txt"))


def measured(rows: list[tuple[str, list[str]]], search: Callable[[str], list[str]]) -> tuple[str, ...]:
    """First, among five, and the milliseconds: median, 95 of 100, most."""
    search("sprain")
    first = five = 0
    times = []
    for asked, wanted in rows:
        begun = time.process_time()
        got = search(asked)[:5]
        times.append((time.process_time() - begun) * 1000)
        first += bool(got) and got[0] in wanted
        five += bool(set(got) & set(wanted))
    spread = statistics.quantiles(times, n=20)
    shown = f"{statistics.median(times):.1f}", f"{spread[-1]:.1f}", f"{max(times):.1f}"
    return f"{first / len(rows):.1%}", f"{five / len(rows):.1%}", *shown


def command(*arguments: str) -> float:
    """The CPU seconds of a whole process, median of 5."""
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "claimwright.cli.main", *arguments], stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(times)


def meaning() -> embedding.Nearest | None:
    """What finds near terms, where it is there."""
    try:
        return embedding.Nearest(embedding.packaged(), file(None).read_bytes())
    except (embedding.NoModel, embedding.NotLaid, OSError) as why:
        print(f"search by meaning is not measured: {why}", file=sys.stderr)
        return None


def main() -> None:
    """Print the table."""
    near = meaning()
    finder = alphabetic.Finder(Store(Path(sys.argv[1]))) if len(sys.argv) > 1 else None
    parts: dict[str, list[tuple[str, list[str]]]] = {}
    for line in (line for path in ASKED for line in path.read_text(encoding="utf-8").splitlines()[1:]):
        if line.startswith("# --- "):
            part = parts.setdefault(line[6:], [])
        else:
            asked, wanted = line.split(" | ")
            part.append((asked, wanted.split()))
    table = Table("questions", "search", "first", "in five", "ms", "95%", "most", title="searching diagnoses by words")
    for name, rows in parts.items():
        whole = f"{name} ({len(rows)})"
        table.add_row(whole, "all", *measured(rows, lambda asked: [one.code.code for one in lookup.search(asked, ON, finder)]))
        if near is not None:
            found = measured(rows, lambda asked: [one.code.code for one in lookup.search(asked, ON, finder, near=near)])
            table.add_row("", "and meaning", *found)
        words = "titles" if finder is None else "titles and index"
        table.add_row("", words, *measured(rows, lambda asked: [one.code for one, _ in alphabetic.diagnoses(asked, ON, finder)]))
    Console(width=140).print(table)
    for arguments in (("codesets", "find", "diabetic", "foot", "ulcer"), ("--help",), ("scrub", "--help")):
        print(f"claimwright {' '.join(arguments)}: {command(*arguments):.2f} s of CPU")


if __name__ == "__main__":
    main()
