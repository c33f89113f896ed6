"""Every PDF: a typst template from the package, and values as JSON. No system font or library is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from claimwright.parties import Address


def pdf(template: str, values: Mapping[str, Any]) -> bytes:
    """Set `values` (JSON-able) in a template, named by its place in the package: `statements/statement.typ`.

    The same values give the same bytes. Raises RuntimeError, naming the template, when it does not compile.
    """
    import typst

    source = f"{_text('typeset.typ')}\n{_text(template)}".encode()
    try:
        made: bytes = typst.compile(source, sys_inputs={"values": json.dumps(values)}, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise RuntimeError(f"typeset: {template}: {error.message}") from None
    return made


@lru_cache
def _text(name: str) -> str:
    """A template's own text."""
    return files("claimwright").joinpath(name).read_text(encoding="utf-8")


def address_lines(address: Address | None) -> list[str]:
    """An address as on an envelope."""
    if address is None:
        return []
    code = address.zip if len(address.zip) != 9 else f"{address.zip[:5]}-{address.zip[5:]}"
    return [line for line in (address.line1, address.line2, f"{address.city}, {address.state} {code}".strip(", ")) if line]


def phone(number: str) -> str:
    """Ten digits as people write them."""
    return f"({number[:3]}) {number[3:6]}-{number[6:]}" if len(number) == 10 and number.isdigit() else number


def day(value: date) -> str:
    """A date as people write it: Nov 16, 2026."""
    return f"{value:%b} {value.day}, {value.year}"
