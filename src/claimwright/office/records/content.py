"""Core structs in and out of JSON columns."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

T = TypeVar("T")


def pack(value: Any) -> Any:
    """A core struct as plain JSON values."""
    return msgspec.to_builtins(value)


def pack_text(value: Any) -> str:
    """A core struct as JSON text, for `bulk.insert`."""
    return _encoder.encode(value).decode()


def unpack(content: Any, type: type[T]) -> T:
    """Plain JSON values back to a core struct. Raises msgspec.ValidationError when they are not one."""
    return msgspec.convert(content, type)


def unpack_text(text: str, type: type[T]) -> T:
    """JSON text to a core struct; what it does not have is passed over."""
    return _decoder(type).decode(text)


def texts(rows: QuerySet[Any]) -> dict[int, str]:
    """The contents of rows by their primary keys, as the database has them."""
    return dict(rows.values_list("pk", Cast("content", TextField())))


def contents(rows: QuerySet[Any], type: type[T]) -> dict[int, T]:
    """The contents of rows by their primary keys."""
    return {pk: unpack_text(text, type) for pk, text in texts(rows).items()}


_encoder = msgspec.json.Encoder()


@cache
def _decoder(type: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(type)
