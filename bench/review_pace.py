"""How long an encounter with five codes takes to review by keyboard in a real browser, and how much of that is the machine's.

The demo is made, served and opened in Chromium (Playwright). A chart that shows five codes and more is opened; each code is
looked at for a second, as a coder would, and accepted by its number; then the chart is filed with Ctrl+Enter. A person reads
longer than a script: the second for a decision is an assumption (`--pace`), the waits of the page are measured.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

CHROMIUM = Path(os.environ.get("CLAIMWRIGHT_CHROMIUM", "/usr/bin/chromium"))
PASSWORD = "claimwright-demo"  # of the demo's invented people
CODES = 5
SHOWN = ".coded[data-number]"  # in the page's order: what is suggested before what was only considered
PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))"


def serve(home: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """The workbench on a free port, ready to answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "claimwright.cli.main", "serve", "--dir", str(home), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/accounts/login/", timeout=5)
            return address, process
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    process.terminate()
    raise RuntimeError("claimwright serve does not answer")


def log_in(page: Page, address: str) -> None:
    """As the demo's coder."""
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Login").fill("coder")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{address}/")


def charts(page: Page, address: str) -> list[str]:
    """The addresses of the queue's charts."""
    page.goto(f"{address}/coding/")
    found = page.locator("tr a").evaluate_all("links => links.map(one => one.href)")
    return [one for one in dict.fromkeys(found) if "/code" in one or "/coding/" in one]


def waited(page: Page, key: str, ready: str) -> float:
    """Seconds from a key until the page shows what it does and the screen is painted."""
    begun = time.perf_counter()
    page.keyboard.press(key)
    page.wait_for_function(ready)
    page.evaluate(PAINTED)
    return time.perf_counter() - begun


def review(page: Page, address: str, pace: float) -> tuple[float, float, list[float], float, float] | None:
    """Seconds in all, to open, for each code, for the last answer of edits and money, and to file; None if it does not serve."""
    begun = time.perf_counter()
    page.goto(address)
    page.locator("#live dl").wait_for()
    opened = time.perf_counter() - begun
    numbers = page.locator(SHOWN).evaluate_all("rows => rows.map(one => one.dataset.number)")
    if len(numbers) < CODES:
        return None
    keys = []
    for number in numbers[:CODES]:
        time.sleep(pace)
        shown = f"() => document.querySelector('.coded[data-number=\"{number}\"]')?.dataset.decision === 'accepted'"
        keys.append(waited(page, number, shown))
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=10_000) as answer:
        page.keyboard.press(numbers[CODES - 1])  # the last is asked again, so that its answer is surely waited for
        asked = time.perf_counter()
    answer.value.finished()
    tried = time.perf_counter() - asked
    time.sleep(pace)  # a look at what the codes would do
    filing = time.perf_counter()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    filed = time.perf_counter() - filing
    if page.url.rstrip("/") == address.rstrip("/"):
        return None  # a question to the physician is open: it cannot be filed
    return time.perf_counter() - begun, opened, keys, tried, filed


def main() -> int:
    """Measure and print; 2 where there is no browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pace", type=float, default=1.0, help="seconds of looking at each code")
    parser.add_argument("--charts", type=int, default=3, help="how many charts")
    parser.add_argument("--dir", type=Path, help="a demo that is there already; it is changed")
    asked = parser.parse_args()
    console = Console(width=130)
    if not CHROMIUM.exists():
        console.print(f"{CHROMIUM} is absent (apt-get install chromium)")
        return 2
    with tempfile.TemporaryDirectory() as made:
        home = asked.dir or Path(made)
        if asked.dir is None:
            command = [
                sys.executable,
                "-m",
                "claimwright.cli.main",
                "demo",
                "--dir",
                str(home),
                "--today",
                str(date(2026, 11, 16)),
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        address, process = serve(home)
        try:
            measure(console, address, asked.pace, asked.charts)
        finally:
            process.terminate()
            process.wait(timeout=20)
    return 0


def measure(console: Console, address: str, pace: float, wanted: int) -> None:
    """Review charts and print a line for each."""
    columns = ("chart", "in all", "machine", "of it a code", "opening", "a key", "edits and money", "filing")
    table = Table(*columns, title="Five codes by keyboard, seconds")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        log_in(page, address)
        done = 0
        for chart in charts(page, address):
            found = review(page, chart, pace)
            if found is None:
                continue
            done += 1
            whole, opened, keys, tried, filed = found
            machine = opened + sum(keys) + tried + filed
            cells = (whole, machine, machine / CODES, opened, statistics.median(keys), tried, filed)
            table.add_row(str(done), *[f"{cell:.2f}" for cell in cells])
            if done == wanted:
                break
        browser.close()
    console.print(table)
    console.print(
        f"A decision is taken to be {pace:g} s; a coder who reads the note takes longer, and that is not measured here."
    )


if __name__ == "__main__":
    raise SystemExit(main())
