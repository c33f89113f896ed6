"""On SQLite who waits to write has its turn between two transactions of a busy worker."""

import sqlite3
import time
from pathlib import Path
from threading import Thread

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

pytestmark = pytest.mark.django_db  # else no connection is let through


def connection(file: Path, timeout: float) -> BaseDatabaseWrapper:
    options = {"transaction_mode": "IMMEDIATE", "timeout": timeout}
    made = ConnectionHandler({"default": {"ENGINE": "claimwright.office.sqlite", "NAME": file, "OPTIONS": options}})["default"]
    made.ensure_connection()
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "office.sqlite3"
    with sqlite3.connect(found) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE told (said TEXT)")
    return found


def worked(file: Path, times: int) -> None:
    """A worker's transactions, one at once after the other."""
    own = sqlite3.connect(file, isolation_level=None)
    for _ in range(times):
        own.execute("BEGIN IMMEDIATE")
        own.execute("INSERT INTO told VALUES ('worker')")
        time.sleep(0.03)
        own.execute("COMMIT")
        time.sleep(0.004)
    own.close()


def test_who_waits_writes_before_the_worker_is_done(file: Path) -> None:
    ours = connection(file, timeout=20)
    worker = Thread(target=worked, args=(file, 60))
    worker.start()
    try:
        time.sleep(0.1)
        ours.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        (before,) = ours.connection.execute("SELECT COUNT(*) FROM told").fetchone()
        ours.commit()
        assert 0 < before < 60
    finally:
        worker.join()
        ours.close()


def test_who_waits_too_long_is_told(file: Path) -> None:
    holder = sqlite3.connect(file, isolation_level=None)
    ours = connection(file, timeout=0.05)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        ours.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    holder.execute("COMMIT")
    assert ours.connection.execute("PRAGMA busy_timeout").fetchone() == (50,)
    ours.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    ours.rollback()
    ours.close()
    holder.close()
