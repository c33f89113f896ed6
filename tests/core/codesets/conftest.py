"""A store of one's own for each test, and what is needed to fill it."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from claimwright.codesets.building import Builder, Outcome
from claimwright.codesets.importers import Stated, import_file
from claimwright.codesets.store import Store
from claimwright.codesets.stored import StoredTables, stored_tables

DATA = Path(__file__).parents[3] / ".." / "shared" / "data"


class Shelf:
    """A store that files are brought to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def bring(
        self, name: str, content: bytes | str, start: date | None = None, table: str = "", end: date | None = None
    ) -> list[Outcome]:
        """Import a file of that name and content."""
        raw = content if isinstance(content, bytes) else content.encode()
        builder = Builder(self.path)
        try:
            said = Stated(start=start, end=end, table=table)
            return import_file(builder, name, io.BytesIO(raw), imported_at="2026-11-22T09:00:00+00:00", stated=said)
        finally:
            builder.close()

    def bring_file(self, path: Path) -> list[Outcome]:
        """Import a file of the shared data; the test is skipped where it is absent."""
        if not path.exists():
            pytest.skip(f"no ../shared/data/{path.parent.name}/{path.name} on this machine")
        return self.bring(path.name, path.read_bytes())

    def store(self) -> Store:
        """The store, read-only."""
        return Store(self.path)

    def tables(self) -> StoredTables:
        """The edits' tables from it."""
        return stored_tables(self.store())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty one."""
    return Shelf(tmp_path / "codesets.sqlite")


@pytest.fixture
def data() -> Path:
    """The shared data's folder, there or not."""
    return DATA
