"""Django's SQLite, where whoever waits to write asks again every millisecond.

SQLite itself asks at longer and longer intervals, up to a tenth of a second. Between two payments that a worker posts the file is
free for a millisecond: who asks so seldom waits until the worker has nothing left to do, or gives up.
"""

from __future__ import annotations

import sqlite3
import time

from django.db.backends.sqlite3 import base

AGAIN = 0.001
"""Seconds from one question to the next."""


class DatabaseWrapper(base.DatabaseWrapper):
    """The database in one file, with one writer at a time."""

    def _start_transaction_under_autocommit(self) -> None:
        seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        until = time.monotonic() + seconds
        with self.wrap_database_errors:
            self.connection.execute("PRAGMA busy_timeout = 0")
            try:
                while not self._begun(until):
                    time.sleep(AGAIN)
            finally:
                self.connection.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")

    def _begun(self, until: float) -> bool:
        try:
            self.connection.execute(f"BEGIN {self.transaction_mode or ''}")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            return False
        return True
