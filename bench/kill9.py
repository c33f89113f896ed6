"""kill -9 at random moments while claims are sent and remittances posted: nothing lost, nothing double, the ledger sums to zero.

`python bench/kill9.py [--times 1000] [--seed 9]`: half of the kills on SQLite, half on PostgreSQL. Exit 1 when a run ended
otherwise than it does in peace.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from many_claims import postgresql
from rich.console import Console
from rich.table import Table

RUNNER = Path(__file__).parents[1] / "tests" / "office" / "kill_runner.py"


def killed(address: str, seed: int, times: int, table: Table) -> bool:
    """So many kills on one database; whether all ended as in peace."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kill9-") as base:
        command = [sys.executable, str(RUNNER), base, str(seed), str(times)]
        done = subprocess.run(
            command, env={**os.environ, "CLAIMWRIGHT_DATABASE": address}, stdout=subprocess.PIPE, text=True, check=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    right = found["same"] and found["killed"] == times and not found["sum"] and not found["left"]
    name = "PostgreSQL" if address else "SQLite"
    same = "all as in peace" if found["same"] else "not the same"
    numbers = (found["waiting"], found["sent"], found["killed"], found["runs"])
    table.add_row(name, *map(str, numbers), same, str(found["sum"]), f"{time.perf_counter() - begun:,.0f}")
    return bool(right)


def main() -> None:
    """Kill and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=1000, help="kills, half on each database")
    options.add_argument("--seed", type=int, default=9)
    told = options.parse_args()
    times, seed = told.times, told.seed
    table = Table("database", "remittances", "claims sent", "kills", "whole runs", "books, files, jobs, claims", "sum", "seconds")
    right = [killed("", seed, times - times // 2, table)]
    with postgresql() as address:
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE killed")
        own = f"{address.rpartition('/')[0]}/killed"
        right.append(killed(own, seed + 1, times // 2, table))
    Console(width=130).print(table)
    raise SystemExit(not all(right))


if __name__ == "__main__":
    main()
