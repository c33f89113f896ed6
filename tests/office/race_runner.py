"""Three workers over the same jobs at once; prints how often each job took effect. Run as a script."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

JOBS, WORKERS, TODAY = 60, 3, date(2026, 11, 16)


def prepare() -> None:
    from claimwright.cli.office import migrate
    from claimwright.office.records.models import Practice
    from claimwright.office.records.outbox import enqueue

    migrate()
    place = {"line1": "1 A", "city": "B", "state": "OH", "zip": "43098", "phone": "6145550100"}
    practice = Practice.objects.create(
        name="Race", npi="1234567893", ein="123456789", taxonomy="207Q00000X", submitter_id="RACE", **place
    )
    for number in range(JOBS):
        enqueue(practice, "count", {f"count:{number}": {"n": number}})


def work() -> None:
    from claimwright.office.jobs import worker
    from claimwright.office.records.models import Practice
    from claimwright.office.records.numbers import next_number

    def count(practice: Practice, today: date, arguments: dict[str, Any]) -> None:
        next_number(practice, "counted")  # not idempotent: a job that ran twice would show
        next_number(practice, f"job {arguments['n']}")

    worker.KINDS = {"count": count}
    worker.run_until_idle(Practice.objects.get(npi="1234567893"), TODAY)


def result() -> None:
    from claimwright.office.records.models import ControlNumber, Job

    counted = dict(ControlNumber.objects.filter(practice__npi="1234567893").values_list("kind", "last"))
    done = Job.objects.filter(practice__npi="1234567893", status="done").count()
    print(json.dumps({"counted": counted.pop("counted", 0), "most": max(counted.values(), default=0), "done": done}), flush=True)


def forked(do: Any) -> int:
    child = os.fork()
    if child:
        return child
    try:
        do()
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main(home: Path) -> None:
    from claimwright.cli.office import set_up

    set_up(home, TODAY)
    for step in ([prepare], [work] * WORKERS, [result]):
        children = [forked(do) for do in step]
        if any(os.waitpid(child, 0)[1] for child in children):
            raise SystemExit("a worker failed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
