"""The workbench served from a copy of the demo, and Debian's Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable
from playwright.sync_api import BrowserContext, Page

CHROMIUM = Path(os.environ.get("CLAIMWRIGHT_CHROMIUM", "/usr/bin/chromium"))
PASSWORD = "claimwright-demo"

# Playwright keeps an event loop in this thread; Django's own tests in the same process do not use it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests have a marker, to run without them or them alone."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _lacking() -> str:
    """What this machine lacks to drive a browser, and the remedy; empty when nothing."""
    if not CHROMIUM.exists():
        return f"{CHROMIUM} is absent (apt-get install chromium)"
    node, _ = compute_driver_executable()
    if subprocess.run([node, "--version"], capture_output=True).returncode != 0:
        return "Playwright's driver cannot start (apt-get install libatomic1)"
    return ""


@pytest.fixture(scope="session", autouse=True)
def machine() -> None:
    """Without a browser the tests say so; in CI they must run."""
    if lacking := _lacking():
        if "chromium" in os.environ.get("CLAIMWRIGHT_REQUIRE", ""):
            pytest.fail(lacking)
        pytest.skip(lacking)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's browser; its sandbox does not run as root."""
    return {"executable_path": str(CHROMIUM), "args": ["--no-sandbox"]}


def serve(home: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """`claimwright serve` on a free port, ready to answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CLAIMWRIGHT_", "DJANGO_"))}
    command = [sys.executable, "-m", "claimwright.cli.main", "serve", "--dir", str(home), "--port", str(port)]
    process = subprocess.Popen(command, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(600):  # two minutes, for a machine that does other things too
        try:
            urllib.request.urlopen(f"{address}/accounts/login/", timeout=5)
            return address, process
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None:
                break
            time.sleep(0.2)
    process.kill()
    raise RuntimeError("claimwright serve does not answer")


@pytest.fixture(scope="session")
def workbench(demo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the workbench, on a copy of the demo that these tests may change."""
    home = Path(shutil.copytree(demo_dir, tmp_path_factory.mktemp("served") / "demo"))
    address, process = serve(home)
    yield address
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="session")
def log_in(workbench: str) -> Callable[[BrowserContext, str], Page]:
    """A new page of a context as one of the demo's people, who comes through the login page the first time."""
    kept: dict[str, list[Any]] = {}

    def enter_as(context: BrowserContext, username: str) -> Page:
        context.clear_cookies()
        page = context.new_page()
        page.set_default_timeout(30_000)
        if username in kept:
            context.add_cookies(kept[username])
            page.goto(f"{workbench}/")
            return page
        page.goto(f"{workbench}/accounts/login/")
        page.get_by_label("Login").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url(f"{workbench}/")
        kept[username] = list(context.cookies())
        return page

    return enter_as


@pytest.fixture
def enter(context: BrowserContext, log_in: Callable[[BrowserContext, str], Page]) -> Callable[[str], Page]:
    """Log in as one of the demo's people."""
    return lambda username: log_in(context, username)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The smaller of the two widths that the workbench is drawn for."""
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}}
