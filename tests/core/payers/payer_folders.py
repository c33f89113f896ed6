"""Folders of claims, the payer run between them, and what it wrote."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox_office import DOCTOR, HOME, NORTH, PRACTICE, Visit
from typer.testing import CliRunner

from claimwright.claims.model import Claim
from claimwright.cli.main import app
from claimwright.parties import Person
from claimwright.remits.model import Remittance
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import write_837p
from claimwright.x12.remittance import read_remittances

DAY = date(2026, 11, 2)
SERVICES = (
    ("99214-25 225.00", "20610-RT 180.00", "J1030 12.50 x2"),
    ("99213 150.00",),
    ("97110 90.00 x4", "97140 55.00 x2"),
    ("71046 62.00", "99215 310.00"),
    ("80053 25.00", "36415 8.00", "85025 18.00", "84443 40.00"),
    ("11200 175.00",),
)


def claims(visit: Visit, count: int) -> list[Claim]:
    """Claims of many members of two kinds, over a week."""
    found = []
    for number in range(count):
        person = Person(last="Doe", first=f"P{'ABCDEFGHIJ'[number % 10]}", birth=date(1970, 1, 1), sex="F", address=HOME)
        medicare = number % 3 == 0
        found.append(
            visit(
                *SERVICES[number % len(SERVICES)],
                control=f"C{number:05d}",
                who=person,
                member_id=f"M{number // 2:05d}",
                on=DAY - timedelta(days=number % 7),
                filing_indicator="MB" if medicare else "12",
                rendering=DOCTOR,
            )
        )
    return found


def envelope(control: int, on: date = DAY) -> Envelope:
    return Envelope(
        sender_id="ELMST", receiver_id="NL01", interchange=control, group=control, created=datetime(on.year, on.month, on.day, 17)
    )


def sent(folder: Path, found: list[Claim], files: int = 3, names: str = "abcdefgh") -> Path:
    folder.mkdir(exist_ok=True)
    part = -(-len(found) // files)
    for place in range(files):
        some = found[place * part : (place + 1) * part]
        content = write_837p(some, envelope(place + 1, DAY + timedelta(days=place)), PRACTICE, NORTH, f"B{place}")
        (folder / f"{names[place]}.837").write_bytes(content)
    return folder


def run(inbox: Path, out: Path, *more: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["payer", "run", "--in", str(inbox), "--out", str(out), *map(str, more)])
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def payments(out: Path) -> list[Remittance]:
    found = []
    for path in sorted(out.glob("*.835")):
        for one in read_remittances(path.read_bytes()):
            assert one.remittance is not None, one.findings
            found.append(one.remittance)
    return found


def truths(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "truth.jsonl").read_text().splitlines()]
