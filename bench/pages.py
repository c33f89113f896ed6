"""The workbench's pages with the demo loaded: milliseconds in the server, median of 5, as the manager. Runs the demo first."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from claimwright.cli.office import migrate, set_up

DAY = date(2026, 11, 16)


def main(home: Path) -> None:
    """Measure and print."""
    set_up(home, DAY)
    migrate()
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from claimwright.office.demo.run import run_demo
    from claimwright.office.records.models import ClaimRecord, Denial, Encounter, Guarantor, Patient, Remit, User

    (home / "static").mkdir(exist_ok=True)
    begun = time.perf_counter()
    run_demo(home, 1, 64, DAY, None)
    demo = time.perf_counter() - begun

    def first(model: type) -> int:
        return int(model.objects.order_by("pk").values_list("pk", flat=True)[0])  # type: ignore[attr-defined]

    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(User.objects.get(username="manager"), backend="allauth.account.auth_backends.AuthenticationBackend")
    lists = (
        "today",
        "schedule",
        "patients",
        "coding",
        "claims",
        "held",
        "remittances",
        "denials",
        "statements",
        "reports",
        "payers",
    )
    records = {"patient": Patient, "code": Encounter, "claim": ClaimRecord, "remittance": Remit, "denial": Denial}
    addresses = [reverse(name) for name in lists]
    addresses += [reverse(name, args=[first(model)]) for name, model in {**records, "guarantor": Guarantor}.items()]
    table = Table(title=f"{ClaimRecord.objects.count()} claims; the demo's days took {demo:.0f} s")
    table.add_column("page")
    table.add_column("ms", justify="right")
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        taken = []
        for _ in range(5):
            start = time.perf_counter()
            client.get(address)
            taken.append(time.perf_counter() - start)
        table.add_row(address, f"{statistics.median(taken) * 1000:.0f}")
    Console(width=100).print(table)


if len(sys.argv) > 1:
    main(Path(sys.argv[1]))
else:
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
