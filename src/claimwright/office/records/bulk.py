"""Many rows in few statements, without a model object for each."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection
from django.db.models import (
    BooleanField,
    CharField,
    Field,
    ForeignKey,
    ForeignObject,
    IntegerField,
    JSONField,
    Lookup,
    Model,
    TextField,
)
from django.utils import timezone

T = TypeVar("T")
TOGETHER = 5000
"""Values in one statement: both databases take more (SQLite 32,766, PostgreSQL 65,535), but no faster."""
IN_A_STATEMENT = 100
"""Rows that SQLite is given at once."""


def in_parts(values: Iterable[T], size: int = TOGETHER) -> Iterator[list[T]]:
    """The values, so many at a time."""
    whole = list(values)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


class Many:
    """Any number of values to look for in one parameter: `filter(pk__among=Many(numbers))`."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = list(values)


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup):  # type: ignore[type-arg]
    """Whether a column is one of many values, whatever their number. As `in`, but the values are not handled one by one."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        told = many(self.rhs.values) if type(self.rhs) is Many else self.rhs  # else they are told later: `asked`
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s::{_kind(self.lhs.target)}[])", [*params, told]
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, told]


def many(values: Iterable[Any]) -> str:
    """Values as the one parameter that `among` looks in."""
    return _array(values) if connection.vendor == "postgresql" else json.dumps(list(values), default=str)


def update_rows(rows: Sequence[Model], names: Collection[str]) -> None:
    """Write the named fields of rows of one model."""
    if rows and names:
        fields: list[Any] = [rows[0]._meta.get_field(name) for name in names]
        _update(type(rows[0]), fields, [(*said, row.pk) for said, row in zip(_values(rows, fields), rows, strict=True)])


def update(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the named fields of rows, each given as their values and its primary key (as for `insert`)."""
    rows = list(rows)
    if rows:
        _update(model, [model._meta.get_field(name) for name in names], rows)


def _update(model: type[Model], fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    key: Any = model._meta.pk
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # one statement: each by itself would be planned by itself
            columns = ", ".join(f"{quote(field.column)} = told.{quote(field.column)}" for field in fields)
            told = ", ".join(quote(field.column) for field in (*fields, key))
            kinds = ", ".join(f"%s::{_kind(field)}[]" for field in (*fields, key))
            columns_of = zip((*fields, key), zip(*rows, strict=True), strict=True)
            cursor.execute(
                f"UPDATE {table} SET {columns} FROM unnest({kinds}) AS told ({told}) "
                f"WHERE {table}.{quote(key.column)} = told.{quote(key.column)}",
                [list(values) if isinstance(field, JSONField) else _array(values) for field, values in columns_of],
            )
            return
        columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        cursor.executemany(f"UPDATE {table} SET {columns} WHERE {quote(key.column)} = %s", rows)


def _array(values: Iterable[Any]) -> str:
    """Values as PostgreSQL reads an array: the driver would look at each of them several times."""
    values = list(values)
    kinds = set(map(type, values))
    if kinds == {int}:
        return f"{{{str(values)[1:-1]}}}"
    if kinds == {str} and not _needs_care("".join(values)):
        return '{"' + '","'.join(values) + '"}'
    said = ("NULL" if one is None else _quoted(one) if isinstance(one, str) else str(one) for one in values)
    return "{" + ",".join(said) + "}"


def _needs_care(text: str) -> bool:
    return '"' in text or "\\" in text


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _kind(field: Any) -> str:
    """A column's type on PostgreSQL without its length, which the column itself insists on."""
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection)).partition("(")[0]


def insert_rows(rows: Sequence[Model]) -> None:
    """Add rows of one model; their primary keys are not asked for."""
    if not rows:
        return
    fields: list[Any] = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    for field in fields:
        if getattr(field, "auto_now_add", False):
            for row in rows:
                field.pre_save(row, True)
    _insert(type(rows[0]), fields, list(_values(rows, fields)))


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows of one model, each as the values of the named fields; the others are as they begin.

    A foreign key is a primary key, JSON its text.
    """
    rows = list(rows)
    if rows:
        _insert(model, *_whole(model, names, rows))


def insert_missing(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    """Add those rows, given as for `insert`, that are not there yet by a name which may be there once only.

    The primary keys of those that were added.
    """
    rows = list(rows)
    if not rows:
        return []
    fields, whole = _whole(model, names, rows)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    found: list[int] = []
    with connection.cursor() as cursor:
        for some in in_parts(whole, IN_A_STATEMENT):
            cursor.execute(
                f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {', '.join([one] * len(some))} "
                f"ON CONFLICT DO NOTHING RETURNING {quote(model._meta.pk.column)}",  # type: ignore[union-attr]
                list(chain.from_iterable(some)),
            )
            found += [pk for (pk,) in cursor.fetchall()]
    return found


def _whole(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[list[Any], Sequence[Sequence[Any]]]:
    """The fields of a model with the values of all of them, those that are not named as they begin."""
    meta = model._meta
    named: list[Any] = [meta.get_field(name) for name in names]
    rest: list[Any] = [field for field in meta.concrete_fields if not field.primary_key and field not in named]
    begin = [timezone.now() if getattr(field, "auto_now_add", False) else field.get_default() for field in rest]
    same = [field.get_db_prep_save(value, connection) for field, value in zip(rest, begin, strict=True)]
    others = [place for place, field in enumerate(named) if not isinstance(field, (*_AS_IT_IS, JSONField))]
    if others:
        rows = [list(row) for row in rows]
        for place in others:
            kept = {value: named[place].get_db_prep_save(value, connection) for value in {row[place] for row in rows}}
            for row in rows:
                row[place] = kept[row[place]]  # type: ignore[index]
    return [*named, *rest], [(*row, *same) for row in rows] if same else rows


def _insert(model: type[Model], fields: Sequence[Any], rows: Sequence[Sequence[Any]]) -> None:
    """PostgreSQL takes them as one COPY; for SQLite a statement has many rows, or its triggers would begin anew for each."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        into, one = f"INSERT INTO {table} ({columns}) VALUES ", f"({', '.join('?' * len(fields))})"
        for some in in_parts(rows, IN_A_STATEMENT):  # past Django's cursor, which would look for %s in thousands of signs
            sqlite3.Cursor.execute(cursor.cursor, into + ", ".join([one] * len(some)), list(chain.from_iterable(some)))


_AS_IT_IS = (CharField, TextField, IntegerField, BooleanField, ForeignKey)
"""Fields whose values both databases take as they are."""


def _values(rows: Sequence[Model], fields: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The rows' values as the database takes them."""
    each = attrgetter(*(field.attname for field in fields))
    others = [(place, field) for place, field in enumerate(fields) if not isinstance(field, _AS_IT_IS)]
    for row in rows:
        values = [each(row)] if len(fields) == 1 else list(each(row))
        for place, field in others:
            values[place] = field.get_db_prep_save(values[place], connection)
        yield values
