"""What tests share: a quick office, and the demo practice run once for all of them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from commands import run_claimwright

TODAY = date(2026, 11, 16)
ROOT = Path(__file__).parent.parent

settings.TODAY = TODAY
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The office's folder is a temporary one."""
    settings.HOME = tmp_path_factory.mktemp("office")
    settings.STATIC_ROOT = settings.HOME / "static"
    settings.STATIC_ROOT.mkdir()


@contextmanager
def _alone(path: Path):
    """One of several test processes at a time."""
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def demo_dir(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The demo's folder, made once for all test processes; never write into it (see `demo_copy`)."""
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent
    home = Path(os.environ.get("CLAIMWRIGHT_TEST_DEMO") or base / "demo")
    base.mkdir(parents=True, exist_ok=True)
    with _alone(base / "demo.lock"):
        if not (home / "result.json").exists():
            run = run_claimwright("demo", "--json", "--dir", str(home))
            assert run.returncode == 0, run.stderr
            _checkpoint(home / "claimwright.sqlite3")
            (home / "result.json").write_text(run.stdout)
    return home


def _checkpoint(database: Path) -> None:
    """Bring the write-ahead log into the file, so that copying the file copies everything."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


@pytest.fixture(scope="session")
def demo_result(demo_dir: Path) -> dict[str, Any]:
    """What `claimwright demo --json` said."""
    return json.loads((demo_dir / "result.json").read_text())


@pytest.fixture
def demo_copy(demo_dir: Path, tmp_path: Path) -> Path:
    """The demo's folder, one's own to change."""
    return Path(shutil.copytree(demo_dir, tmp_path / "demo"))


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database; it holds the demo practice when any test of the session asks for `demo_db`."""
    if any("demo_db" in getattr(item, "fixturenames", ()) for item in request.session.items):
        from django.db import connection

        with django_db_blocker.unblock():
            connection.ensure_connection()
            if connection.vendor == "sqlite":
                source = sqlite3.connect(request.getfixturevalue("demo_dir") / "claimwright.sqlite3")
                source.backup(connection.connection)
                source.close()
            else:
                _demo_on_postgresql(request, connection)


def _demo_on_postgresql(request: pytest.FixtureRequest, connection: Any) -> None:
    """Run the demo straight into the test database."""
    at = connection.settings_dict
    address = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    home = request.getfixturevalue("tmp_path_factory").mktemp("postgresql-demo")
    run = run_claimwright("demo", "--json", "--dir", str(home), CLAIMWRIGHT_DATABASE=address)
    assert run.returncode == 0, run.stderr


@pytest.fixture
def demo_db(db: None) -> Any:
    """The demo practice in the test database; what a test changes is taken back after it."""
    from claimwright.office.records.models import Practice

    return Practice.objects.get(submitter_id="MAPLEFALLS01")
