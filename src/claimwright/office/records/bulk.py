"""Many rows in few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

T = TypeVar("T")
TOGETHER = 5000
"""Values in one statement: both databases take more (SQLite 32,766, PostgreSQL 65,535), but no faster."""


def in_parts(values: Iterable[T], size: int = TOGETHER) -> Iterator[list[T]]:
    """The values, so many at a time."""
    whole = list(values)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


def update_rows(rows: Sequence[Model], names: Collection[str]) -> None:
    """Write the named fields of rows of one model."""
    if not rows or not names:
        return
    meta = rows[0]._meta
    fields: list[Any] = [meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(meta.db_table)} SET {columns} WHERE {quote(str(meta.pk and meta.pk.column))} = %s",
            [[*(field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields), row.pk] for row in rows],
        )


def insert_rows(rows: Sequence[Model]) -> None:
    """Add rows of one model; their primary keys are not asked for."""
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})",
            [[field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields] for row in rows],
        )
