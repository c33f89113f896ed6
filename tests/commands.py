"""The command line in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

OFFICE = Path(__file__).parent / "office"


def _environment(given: dict[str, str]) -> dict[str, str]:
    """The process's own, without what points at another office."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLAIMWRIGHT_", "DJANGO_"))}
    return {**kept, **given}


def run_claimwright(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    command = [sys.executable, "-m", "claimwright.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=_environment(environment), timeout=600, check=False)


def migrate(**environment: str) -> None:
    """Lay an office's tables, in a process of its own."""
    settings = {"DJANGO_SETTINGS_MODULE": "claimwright.office.settings"}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--no-input", "--skip-checks"]
    subprocess.run(command, env=_environment(settings | environment), timeout=600, check=True)


def race(home: Path, **environment: str) -> dict[str, Any]:
    """Three workers over the same jobs at once (see race_runner.py)."""
    command = [sys.executable, str(OFFICE / "race_runner.py"), str(home)]
    run = subprocess.run(command, capture_output=True, text=True, env=_environment(environment), timeout=120, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found
