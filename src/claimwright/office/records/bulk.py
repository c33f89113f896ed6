"""Many rows in few statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection
from django.db.models import BooleanField, CharField, ForeignKey, IntegerField, Model, TextField

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
            [(*values, row.pk) for values, row in zip(_values(rows, fields), rows, strict=True)],
        )


def insert_rows(rows: Sequence[Model]) -> None:
    """Add rows of one model; their primary keys are not asked for."""
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[Any] = [field for field in meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    for field in fields:
        if getattr(field, "auto_now_add", False):
            for row in rows:
                field.pre_save(row, True)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})",
            list(_values(rows, fields)),
        )


_AS_IT_IS = (CharField, TextField, IntegerField, BooleanField, ForeignKey)
"""Fields whose values both databases take as they are."""


def _values(rows: Sequence[Model], fields: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The rows' values as the database takes them."""
    each = [attrgetter(field.attname) for field in fields]
    others = [(place, field) for place, field in enumerate(fields) if not isinstance(field, _AS_IT_IS)]
    for row in rows:
        values = [get(row) for get in each]
        for place, field in others:
            values[place] = field.get_db_prep_save(values[place], connection)
        yield values
