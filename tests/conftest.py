"""What tests share: a quick office, and the demo practice run once for all of them."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from xdist.scheduler import LoadScopeScheduling

from commands import migrate, run_claimwright

TODAY = date(2026, 11, 16)
ROOT = Path(__file__).parent.parent

settings.TODAY = TODAY
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]

DATABASE = "claimwright.sqlite3"
BROWSER = "tests/browser/"
LONG = ("tests/office/test_postgresql.py", BROWSER, "tests/office/test_kill.py", "tests/core/edits/test_verdicts_equal_files.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first: the many short modules then fill up the processes until all end together."""
    items.sort(key=lambda item: next((place for place, long in enumerate(LONG) if item.nodeid.startswith(long)), len(LONG)))


class _Modules(LoadScopeScheduling):
    """A module stays in one process, which makes what its tests share once; the browser's modules share the served demo.

    The marker xdist_group would say so too, but xdist 3.8 loses it under pytest 9: every test would go by itself.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return BROWSER if path.startswith(BROWSER) else path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Modules:
    """Hand out modules, in the order that `pytest_collection_modifyitems` gives."""
    config.option.loadscopereorder = False
    return _Modules(config, log)


@pytest.fixture(scope="session", autouse=True)
def _home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The office's folder is a temporary one."""
    settings.HOME = tmp_path_factory.mktemp("office")
    settings.STATIC_ROOT = settings.HOME / "static"
    settings.STATIC_ROOT.mkdir()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what is made once for all test processes."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    base.mkdir(parents=True, exist_ok=True)
    return base


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One of several test processes at a time."""
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def empty_office(shared: Path) -> Path:
    """An office's database without a practice, to copy: every migration takes its time, and runs once."""
    home = shared / "empty"
    with _alone(shared / "empty.lock"):
        if not (home / "made").exists():
            home.mkdir(exist_ok=True)
            migrate(CLAIMWRIGHT_DIR=str(home))
            _checkpoint(home / DATABASE)
            (home / "made").touch()
    return home / DATABASE


@pytest.fixture(scope="session")
def demo_dir(shared: Path) -> Path:
    """The demo's folder, made once for all test processes; never write into it (see `demo_copy`)."""
    home = Path(os.environ.get("CLAIMWRIGHT_TEST_DEMO") or shared / "demo")
    with _alone(shared / "demo.lock"):
        if not (home / "result.json").exists():
            run = run_claimwright("demo", "--json", "--dir", str(home))
            assert run.returncode == 0, run.stderr
            _checkpoint(home / DATABASE)
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
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite the test database is there already, a copy."""
    from django.db import connection

    return django_db_keepdb or connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """The test database begins as a copy of the empty office's."""
    from django.db import connection

    if connection.vendor == "sqlite":
        copy = tmp_path_factory.mktemp("database") / DATABASE
        shutil.copy(request.getfixturevalue("empty_office"), copy)
        connection.settings_dict["TEST"]["NAME"] = str(copy)


@pytest.fixture(scope="session")
def _demo_database(demo_dir: Path, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's database, this process's own."""
    return Path(shutil.copy(demo_dir / DATABASE, tmp_path_factory.mktemp("demo-database")))


@pytest.fixture(scope="module", autouse=True)
def _database_of_the_module(request: pytest.FixtureRequest) -> Iterator[None]:
    """A module that asks for `demo_db` works in the demo's database, and any other where there is no practice but its own."""
    items = (item for item in request.session.items if item.path == request.path)
    if not any("demo_db" in getattr(item, "fixturenames", ()) for item in items):
        yield
        return
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("the demo's tests work in its SQLite database; test_postgresql.py compares the demo on PostgreSQL")
    database = request.getfixturevalue("_demo_database")
    usual = connection.settings_dict["NAME"]
    _work_in(str(database))
    yield
    _work_in(usual)


def _work_in(database: str) -> None:
    """Point Django at another SQLite file."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = database


@pytest.fixture
def demo_db(db: None) -> Any:
    """The demo practice in the test database; what a test changes is taken back after it."""
    from claimwright.office.records.models import Practice

    return Practice.objects.get(submitter_id="MAPLEFALLS01")
