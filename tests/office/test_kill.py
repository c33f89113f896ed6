"""kill -9 while remittances are posted: fifty times at random, and the books are as if nothing had happened."""

import json
import subprocess
import sys
from pathlib import Path


def test_fifty_kills_while_posting_lose_nothing_and_double_nothing(tmp_path):
    script = Path(__file__).with_name("kill_runner.py")
    run = subprocess.run(
        [sys.executable, str(script), str(tmp_path), "20261116", "50"], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["killed"] == 50
    assert found["same"], run.stderr[-2000:]
    assert (found["sum"], found["left"]) == (0, 0)
    assert found["waiting"] >= 10  # there was something to post
