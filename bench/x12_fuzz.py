"""Everything that reads X12 from outside, over mutated files: no crash, nothing that takes over a second, memory bounded.

    python bench/x12_fuzz.py --cases 2000000 --seed 1 --processes 1
    python bench/x12_fuzz.py --seed 1 --case 4711      one case again, with its traceback

A case is made from the seed and its number alone. It is checked, and in turn by its number shown, read by its readers,
acknowledged or written back; `--whole` does all of that with each case. Each of these may take a second of processor
time: a busy machine is no failure.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "core" / "x12"))

from x12_mutations import mutated, steps, use  # noqa: E402
from x12_samples import WRITTEN  # noqa: E402

CORPUS = ROOT.parent / "shared" / "data" / "x12"
SMALL_FILE = 2500  # bytes; small files, so that many cases are feasible
LARGE_SHARE = 0.002
LIMIT = 1.0  # seconds of processor time


class TooSlowError(BaseException):
    """A case took longer than it may; not an Exception, so that nobody catches it."""


def seeds() -> list[tuple[str, bytes]]:
    """Small files, good and bad."""
    found = [(f"sample {name}", data) for name, data in WRITTEN.items()]
    if CORPUS.is_dir():
        files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and 200 < path.stat().st_size < SMALL_FILE)
        found += [(path.name, path.read_bytes()) for path in files]
    return found


def case(files: list[tuple[str, bytes]], seed: int, number: int) -> tuple[str, str, bytes]:
    """What was done, to which file, and what came of it."""
    rng = random.Random(f"{seed}:{number}")
    name, data = files[rng.randrange(len(files))]
    done, result = mutated(data, rng, LARGE_SHARE)
    return done, name, result


def too_slow(signum: int, frame: FrameType | None) -> None:
    """The alarm."""
    raise TooSlowError


class Tally:
    """What came of some cases."""

    def __init__(self) -> None:
        self.cases, self.given = Counter[str](), Counter[str]()
        self.seconds: dict[str, float] = defaultdict(float)
        self.slowest: dict[str, tuple[float, int]] = {}
        self.failed: list[tuple[int, str, str, str]] = []
        self.memory = 0

    def add(self, other: Tally) -> None:
        """Another process's tally."""
        self.cases += other.cases
        self.given += other.given
        for done, seconds in other.seconds.items():
            self.seconds[done] += seconds
            self.slowest[done] = max(self.slowest.get(done, (0.0, 0)), other.slowest[done])
        self.failed += other.failed
        self.memory = max(self.memory, other.memory)


def chosen(data: bytes, number: int, whole: bool) -> list[Callable[[], int]]:
    """What is done with a case: the check, and one of the others in turn; or all."""
    first, *others = steps(data)
    return [first, *(others if whole else others[number % len(others) :][:1])]


def run(seed: int, numbers: Iterable[int], told: int, whole: bool) -> Tally:
    """Run cases one by one; progress every `told` cases."""
    signal.signal(signal.SIGVTALRM, too_slow)
    files, tally = seeds(), Tally()
    for data in WRITTEN.values():
        use(data)  # code lists are loaded once, which is no case's fault
    started = time.perf_counter()
    for at, number in enumerate(numbers, 1):
        done, name, data = case(files, seed, number)
        before = time.process_time()
        try:
            for step in chosen(data, number, whole):
                signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
                tally.given[done] += step()
        except TooSlowError:
            tally.failed.append((number, done, name, f"more than {LIMIT} s on {len(data)} bytes"))
        except Exception as error:  # whatever it is, it is what we look for
            tally.failed.append((number, done, name, f"{type(error).__name__}: {error}"[:200]))
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        taken = time.process_time() - before
        tally.cases[done] += 1
        tally.seconds[done] += taken
        tally.slowest[done] = max(tally.slowest.get(done, (0.0, 0)), (taken, number))
        if at % told == 0:
            tally.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            rate = at / (time.perf_counter() - started)
            print(f"{at} cases, {len(tally.failed)} failed, {rate:.0f} a second, {tally.memory} MB at most", flush=True)
            for failure in tally.failed[-5:]:
                print("  ", failure, flush=True)
    tally.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return tally


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--case", type=int, help="one case only")
    parser.add_argument("--told", type=int, default=20_000, help="cases between two lines of progress")
    parser.add_argument("--whole", action="store_true", help="everything with each case")
    asked = parser.parse_args()
    if asked.case is not None:
        done, name, data = case(seeds(), asked.seed, asked.case)
        print(f"case {asked.case} of seed {asked.seed}: {done} of {name}, {len(data)} bytes, {data[:400]!r}")
        before = time.process_time()
        print(f"given {[step() for step in steps(data)]}, {time.process_time() - before:.3f} s")
        return
    tally = Tally()
    numbers = [range(asked.first + at, asked.first + asked.cases, asked.processes) for at in range(asked.processes)]
    started = time.perf_counter()
    if asked.processes == 1:
        tally = run(asked.seed, numbers[0], asked.told, asked.whole)
    else:
        with multiprocessing.Pool(asked.processes) as pool:
            for part in pool.starmap(run, [(asked.seed, one, asked.told, asked.whole) for one in numbers]):
                tally.add(part)
    table = Table(
        title=f"{asked.cases} mutated files, seed {asked.seed}; {time.perf_counter() - started:.0f} s, {tally.memory} MB"
    )
    for heading in ("what was done", "cases", "given", "mean ms", "slowest ms", "its number", "failed"):
        table.add_column(heading, justify="left" if heading == "what was done" else "right")
    for done, count in sorted(tally.cases.items()):
        slowest, number = tally.slowest[done]
        failed = sum(one[1] == done for one in tally.failed)
        mean = tally.seconds[done] / count
        table.add_row(
            done, str(count), str(tally.given[done]), f"{mean * 1e3:.1f}", f"{slowest * 1e3:.0f}", str(number), str(failed)
        )
    Console(width=110).print(table)
    for failure in tally.failed[:50]:
        print(*failure)
    sys.exit(bool(tally.failed))


if __name__ == "__main__":
    main()
