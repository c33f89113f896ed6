"""Core structs in and out of JSON columns."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def pack(value: Any) -> Any:
    """A core struct as plain JSON values."""
    return msgspec.to_builtins(value)


def unpack(content: Any, type: type[T]) -> T:
    """Plain JSON values back to a core struct. Raises msgspec.ValidationError when they are not one."""
    return msgspec.convert(content, type)
