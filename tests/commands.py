"""The command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys


def run_claimwright(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLAIMWRIGHT_", "DJANGO_"))}
    command = [sys.executable, "-m", "claimwright.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**kept, **environment}, timeout=300, check=False)
