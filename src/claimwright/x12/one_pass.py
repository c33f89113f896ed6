"""One pass over a file of claims: what is wrong with its form and the claims themselves, from the same segments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.findings import Finding
from claimwright.x12.check import ALL_LEVELS, Checker
from claimwright.x12.checks.report import Report
from claimwright.x12.claim_reading import ClaimReader, ReadClaim
from claimwright.x12.stretches import stretches
from claimwright.x12.tokens import Source, Tokens


def check_and_read(source: Source, *, file: str = "", today: date | None = None) -> Iterator[Finding | ReadClaim]:
    """What `check` finds and what `read_837` reads, each in its own order; a claim's findings may come before or after it."""
    tokens = Tokens(source)
    checker, reader = Checker(tokens, Report(file, set(ALL_LEVELS), today)), ClaimReader(tokens)
    for stretch in stretches(tokens):
        yield from checker.take(stretch)
        yield from reader.take(stretch)
    yield from checker.end()
    yield from reader.end()
