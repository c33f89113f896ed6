"""Importers of the official files, one small module each; a file is told by its content, not by its name.

A module of this folder lists its layouts in LAYOUTS; that is all it takes to add the next.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import BinaryIO

from claimwright.codesets.building import Builder, Outcome, unchanged
from claimwright.codesets.importers.layout import Context, Layout, Stated
from claimwright.codesets.importers.source import Member, Refused, members
from claimwright.codesets.releases import Contents

__all__ = ["Context", "Layout", "Refused", "Stated", "import_file", "layouts"]


@cache
def layouts() -> tuple[Layout, ...]:
    """Every layout that can be read, the more particular ones first."""
    found: list[Layout] = []
    for module in pkgutil.iter_modules(__path__):
        found += getattr(import_module(f"{__name__}.{module.name}"), "LAYOUTS", ())
    return tuple(sorted(found, key=lambda one: one.order))


def import_file(
    builder: Builder,
    name: str,
    stream: BinaryIO,
    *,
    imported_at: str,
    stated: Stated | None = None,
    counted: Callable[[int], None] = lambda rows: None,
) -> list[Outcome]:
    """Import one file (plain, gzip or zip) into the store, whole or not at all.

    `stated` is what the user says of a file that does not say it itself. Raises Refused with the reason.
    """
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    stated = stated or Stated()
    held = unchanged(builder.releases(), sha256)
    if held and not stated.given:
        return held
    context = Context(stated=stated, builder=builder)
    read = _contents(name, stream, context)
    return builder.add(read, file=name, sha256=sha256, imported_at=imported_at, counted=counted)


def _contents(name: str, stream: BinaryIO, context: Context) -> Iterator[Contents]:
    """The tables of all members that are recognised; a file with none is refused."""
    found = [(member, layout) for member in members(name, stream) if (layout := _layout(member)) is not None]
    if not found:
        raise Refused("its content is none of the files that can be imported (claimwright codesets import --list)")
    needless = {other for _, layout in found for other in layout.instead_of}
    whole = [(member, layout) for member, layout in found if layout.name not in needless]
    read: set[tuple[str, str, str]] = set()
    for member, layout in sorted(whole, key=lambda one: one[1].order):
        for contents in _read(member, layout, context, "" if member.name == name else f"{member.name}: "):
            release = (contents.table, contents.version, contents.part)
            if release not in read:  # CMS puts one table into an archive in several formats
                read.add(release)
                yield contents


def _read(member: Member, layout: Layout, context: Context, where: str) -> Iterator[Contents]:
    try:
        yield from layout.read(member, context)
    except Refused as why:
        raise Refused(f"{where}{layout.title}: {why}") from None


def _layout(member: Member) -> Layout | None:
    return next((one for one in layouts() if one.recognises(member)), None)
