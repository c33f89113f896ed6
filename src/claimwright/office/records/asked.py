"""Questions that every payment asks with other numbers: Django makes their SQL once, for that takes longer than the answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

from claimwright.office.records.bulk import Many, many

M = TypeVar("M", bound=Model)


class _Open(Many):
    """Values that are told when it is asked, by their place."""

    def __init__(self, place: int) -> None:
        super().__init__(())
        self.place = place


def asked(make: Callable[..., QuerySet[Any]]) -> Callable[..., Iterator[tuple[Any, ...]]]:
    """A question for values (`values_list`) as a function that asks it.

    What is looked for `among` many is given in order and may differ each time; what is given by name is part of the SQL.
    """
    made: dict[tuple[Hashable, ...], tuple[Any, str, tuple[Any, ...]]] = {}

    def ask(*values: Iterable[Any], **fixed: Hashable) -> Iterator[tuple[Any, ...]]:
        key = (connection.vendor, *fixed.values())
        if key not in made:
            compiler = make(*map(_Open, range(len(values))), **fixed).query.get_compiler(DEFAULT_DB_ALIAS)
            made[key] = compiler, *compiler.as_sql()
        compiler, sql, params = made[key]
        with connection.cursor() as cursor:
            cursor.execute(sql, [many(values[one.place]) if isinstance(one, _Open) else one for one in params])
            rows = cursor.fetchall()
        return iter(compiler.results_iter([rows], tuple_expected=True))

    return ask


def asked_rows(model: type[M], make: Callable[..., QuerySet[M]], *without: str) -> Callable[..., Iterator[M]]:
    """The same for whole rows. `without`: large columns that are read only if somebody asks for them."""
    names = tuple(field.attname for field in model._meta.concrete_fields if field.name not in without)
    told = frozenset(names)
    ask = asked(lambda *values, **fixed: make(*values, **fixed).values_list(*names))
    return lambda *values, **fixed: (model.from_db(DEFAULT_DB_ALIAS, told, row) for row in ask(*values, **fixed))
