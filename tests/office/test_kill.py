"""kill -9 while claims are sent and remittances posted, at random: the books are as if nothing had happened.

A part of what `bench/kill9.py` does a thousand times; on PostgreSQL in test_postgresql.py.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path


def test_kills_while_sending_and_posting_lose_nothing_and_double_nothing(tmp_path, empty_office):
    script = Path(__file__).with_name("kill_runner.py")
    (tmp_path / "work").mkdir()
    shutil.copy(empty_office, tmp_path / "work")
    run = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "20261116", "12"], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["killed"] == 12
    assert found["same"], run.stderr[-2000:]
    assert (found["sum"], found["left"]) == (0, 0)
    assert found["waiting"] >= 10 and found["sent"] >= 10  # there was something to send and to post
