"""Reading beside whoever writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Within it the database is read as it stood at one instant, beside whoever writes; in a transaction, as that sees it."""
    own: Any = connection
    if own.in_atomic_block:
        yield
    elif own.vendor == "postgresql":
        with transaction.atomic():
            with own.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        own.ensure_connection()  # which sets how transactions begin
        mode, own.transaction_mode = own.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            own.transaction_mode = mode
