"""The code sets that the office works with: the starter set, or an imported store laid over it (`CLAIMWRIGHT_STORE`)."""

from __future__ import annotations

import os
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from claimwright.codesets import tables as starting
from claimwright.codesets.store import NotAStore, Store
from claimwright.codesets.stored import stored_tables
from claimwright.codesets.stored_status import status as stored_status
from claimwright.codesets.tables import Tables, TableStatus
from claimwright.pricing.stored import fees_of
from claimwright.pricing.tables import Fees

if TYPE_CHECKING:
    from claimwright.coding.embedding import Nearest


def tables() -> Tables:
    """What the edits look up. A store that was imported into since is opened anew."""
    store = _store()
    return _laid_over(store) if store else starting.starter()


def fees() -> Fees:
    """What prices look up: the fee tables of the same store."""
    return fees_of(tables())


def status(today: date) -> list[TableStatus]:
    """Every table that answers, with its source, version and period."""
    store = _store()
    return stored_status(store, today) if store else starting.status(today)


@lru_cache(maxsize=1)
def near() -> Nearest | None:
    """What finds diagnoses by meaning, where `claimwright codesets embed` laid their terms ready."""
    if not settings.CODESETS_MEANING:
        return None
    from claimwright.coding import embedding  # with numpy, which who has no such file need not load

    path = Path(settings.CODESETS_MEANING)
    try:
        return embedding.Nearest(embedding.packaged(), path.read_bytes())
    except (OSError, embedding.NoModel, embedding.NotLaid) as problem:
        said = f"CLAIMWRIGHT_MEANING={path}: {problem}. Make it with `claimwright codesets embed`, or unset it."
        raise ImproperlyConfigured(said) from problem


def _store() -> Store | None:
    if not settings.CODESETS_STORE:
        return None
    path = Path(settings.CODESETS_STORE)
    try:
        changed = path.stat().st_mtime_ns
        return _opened(path, changed, os.getpid())  # a connection does not survive a fork
    except (OSError, NotAStore) as problem:
        said = f"CLAIMWRIGHT_STORE={path} cannot be read ({problem}). Make it with `claimwright codesets import`, or unset it."
        raise ImproperlyConfigured(said) from problem


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int, process: int) -> Store:
    return Store(path)


@lru_cache(maxsize=1)
def _laid_over(store: Store) -> Tables:
    return stored_tables(store)
