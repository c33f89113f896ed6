"""The ledger as lines of text: CSV, JSON lines and a journal that beancount reads; event by event, so of any length."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final, Literal

import msgspec

from claimwright.ledger.chart import ChartAccount, chart
from claimwright.ledger.model import Entry, Event
from claimwright.money import Cents

Format = Literal["csv", "beancount", "json"]

COLUMNS: Final = (
    "on", "posted_at", "key", "kind", "account", "name", "amount",
    "claim", "line", "patient", "guarantor", "payer", "provider", "memo",
)  # fmt: skip
_CALCULATES = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for a formula at the start of a cell
_BEGINNING = date(1970, 1, 1)


def csv_lines(events: Iterable[Event]) -> Iterator[str]:
    """A header and a line for each entry. Amounts in dollars, debit positive."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")

    def line(cells: Iterable[object]) -> str:
        text.seek(0)
        text.truncate()
        writer.writerow(cells)
        return text.getvalue()

    yield line(COLUMNS)
    for event in events:
        for entry in event.entries:
            memo = entry.memo or event.memo
            said = (event.key, event.kind, entry.account, chart()[entry.account].name)
            whom = (entry.claim, entry.line, entry.patient or "", entry.guarantor or "", entry.payer, entry.provider, memo)
            posted = event.at.isoformat() if event.at else ""
            yield line([event.on, posted, *map(_cell, said), _decimal(entry.amount), *map(_cell, whom)])


def _cell(said: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{said}" if isinstance(said, str) and said.startswith(_CALCULATES) else said


def json_lines(events: Iterable[Event]) -> Iterator[str]:
    """A JSON object for each event. Amounts in cents."""
    for event in events:
        yield msgspec.json.encode(event).decode() + "\n"


def beancount_lines(events: Iterable[Event]) -> Iterator[str]:
    """A journal: the accounts, then a transaction for each event."""
    yield 'option "title" "Patient accounts"\noption "operating_currency" "USD"\n\n'
    for account in chart().values():
        yield f'{_BEGINNING:%Y-%m-%d} open {account.journal} USD\n  name: "{_text(account.name)}"\n'
    for event in events:
        yield _transaction(event, chart())


def _transaction(event: Event, accounts: dict[str, ChartAccount]) -> str:
    made = [f'\n{event.on:%Y-%m-%d} * "{_text(event.kind)}" "{_text(event.memo)}"\n  key: "{_text(event.key)}"\n']
    if event.at:
        made.append(f'  posted: "{event.at.isoformat()}"\n')
    for entry in event.entries:
        made.append(f"  {accounts[entry.account].journal}  {_decimal(entry.amount)} USD\n")
        made += [f'    {name}: "{_text(said)}"\n' for name, said in _whom(entry)]
    return "".join(made)


def _whom(entry: Entry) -> Iterator[tuple[str, str]]:
    for name in ("claim", "line", "patient", "guarantor", "payer", "provider", "memo"):
        said = getattr(entry, name)
        if said:
            yield name, str(said)


def _text(said: str) -> str:
    """Inside the quotes of a journal."""
    return "".join(one if one.isprintable() else " " for one in said).replace("\\", "\\\\").replace('"', '\\"')


def _decimal(amount: Cents) -> str:
    """Cents as dollars for machines: -1234.50."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"


WRITERS: Final[dict[Format, Callable[[Iterable[Event]], Iterator[str]]]] = {
    "csv": csv_lines,
    "json": json_lines,
    "beancount": beancount_lines,
}
