"""A bank's file of deposits: comma-separated values with a header, or BAI2 (ANSI X9.121, Balance Reporting Specifications).

What a remittance is joined by is the trace number of its electronic payment. Banks give it in the addenda that came with the
payment (TRN*1*trace*originator, CAQH CORE rule 370), in a reference field, or in a column of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from claimwright.money import Cents, cents
from claimwright.parties import Struct

LARGEST: Cents = 100_000_000_00  # more in one deposit is a damaged line
_TRN = re.compile(r"TRN\*1\*([^*~\\/ ]{1,50})|\bTRN:? +(\S{1,50})")
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_COLUMNS = {
    "on": ("date", "posting date", "post date", "posted", "transaction date", "value date"),
    "amount": ("amount", "credit", "credit amount", "deposit"),
    "trace": ("trace", "trace number", "trn", "reference", "bank reference", "reference number"),
    "sender": ("sender", "payer", "originator", "company name", "description", "details", "memo"),
}


class BankFileError(ValueError):
    """Why a bank's file cannot be taken in: names the line, never a person."""


class BankLine(Struct):
    """One deposit."""

    on: date
    trace: str
    amount: Cents
    sender: str = ""


class BankFile(Struct):
    """What a bank's file holds: the deposits, and how many withdrawals were passed over."""

    lines: tuple[BankLine, ...]
    withdrawals: int = 0


def is_bank_file(content: bytes) -> bool:
    """Whether it looks like a bank's file, from its first line."""
    text = content[:2000].decode("latin-1").lstrip("\ufeffï»¿ \r\n")
    if _is_bai2(text):
        return True
    head = text.splitlines()[0] if text else ""
    return "," in head and {"on", "amount"} <= _places(next(csv.reader([head]), [])).keys()


def read_bank_file(content: bytes) -> BankFile:
    """The deposits of a bank's file. Raises BankFileError on a line that cannot be true and on totals that do not agree."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return _read_bai2(text) if _is_bai2(text.lstrip()) else _read_csv(text)


def _is_bai2(text: str) -> bool:
    return text.startswith("01,") and "\n02," in text.replace("\r", "\n")


# --- comma-separated values ---------------------------------------------------------------------------------------------


def _places(header: Sequence[str]) -> dict[str, int]:
    """Where each thing we look for stands in a header."""
    named = {name.strip().lower(): place for place, name in enumerate(header)}
    found = {what: next((named[name] for name in names if name in named), -1) for what, names in _COLUMNS.items()}
    return {what: place for what, place in found.items() if place >= 0}


def _read_csv(text: str) -> BankFile:
    rows = csv.reader(io.StringIO(text))
    places = _places(next(rows, []))
    if not {"on", "amount"} <= places.keys():
        raise BankFileError("The bank file's first line names no date and amount.")
    lines, withdrawals = [], 0
    for row in rows:
        if not any(row):
            continue
        said = {what: row[place].strip() if place < len(row) else "" for what, place in places.items()}
        if not said["amount"] and "credit" in text[:200].lower():  # a withdrawal, in a column of its own
            withdrawals += 1
            continue
        try:
            on, amount = _day(said["on"]), _amount(said["amount"])
        except ValueError:
            raise BankFileError(f"Line {rows.line_num} of the bank file has no date or amount that can be read.") from None
        if amount < 0:  # a fee, a check of ours: it may have no trace
            withdrawals += 1
            continue
        trace = said.get("trace", "") or _trace_in(said.get("sender", ""))
        lines.append(_line(rows.line_num, on, trace, amount, said.get("sender", "")))
    return BankFile(lines=tuple(lines), withdrawals=withdrawals)


def _day(text: str) -> date:
    us = _US_DATE.fullmatch(text)
    return date(int(us[3]), int(us[1]), int(us[2])) if us else date.fromisoformat(text)


def _amount(text: str) -> Cents:
    taken = text.startswith("(") and text.endswith(")")
    amount = cents(text.strip("()").replace("$", "").replace(",", "").strip())
    return -amount if taken else amount


def _line(number: int, on: date, trace: str, amount: Cents, sender: str) -> BankLine:
    if not 0 < len(trace) <= 50 or not trace.isprintable() or abs(amount) > LARGEST:
        raise BankFileError(f"Line {number} of the bank file has no trace number, or an amount, that can be true.")
    return BankLine(on=on, trace=trace, amount=amount, sender=sender[:60])


def _trace_in(text: str) -> str:
    found = _TRN.search(text)
    return (found[1] or found[2]) if found else ""


# --- BAI2 ---------------------------------------------------------------------------------------------------------------


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its line number; what an 88 continues is laid to what it continues."""
    number, fields = 0, list[str]()
    for place, raw in enumerate(text.splitlines(), 1):
        row = raw.strip().removesuffix("/")
        if not row:
            continue
        code, _, rest = row.partition(",")
        if code == "88":
            fields += rest.split(",")
            continue
        if fields:
            yield number, fields
        number, fields = place, row.split(",")
    if fields:
        yield number, fields


def _read_bai2(text: str) -> BankFile:
    lines: list[BankLine] = []
    withdrawals, on, seen = 0, None, 0
    for number, fields in _records(text):
        code = fields[0]
        if code == "02":
            on = _bai_day(number, fields)
            _in_dollars(number, fields, 6)
        elif code == "03":
            seen = _summaries(number, fields)
            _in_dollars(number, fields, 2)
        elif code == "16":
            if on is None:
                raise BankFileError(f"Line {number} of the bank file is a transaction before any group (02) gives its day.")
            amount = _whole(number, _at(fields, 2))
            seen += amount
            if not 100 <= _whole(number, _at(fields, 1)) <= 399:  # 400 to 699 are debits
                withdrawals += 1
                continue
            lines.append(_detail(number, fields, on, amount))
        elif code == "49" and _whole(number, _at(fields, 1)) != seen:
            raise BankFileError(f"The account's total on line {number} of the bank file is not the sum of its amounts.")
    return BankFile(lines=tuple(lines), withdrawals=withdrawals)


def _detail(number: int, fields: list[str], on: date, amount: Cents) -> BankLine:
    """A 16: type, amount, funds type with what belongs to it, the bank's reference, the customer's, text."""
    after = 4 + _width_of_funds(number, fields, 3)
    bank, customer, *words = [*fields[after:], "", ""]
    told = ",".join(words).rstrip(",")
    sender = _TRN.split(told)[0].strip(" *,") or told
    return _line(number, on, _trace_in(told) or bank or customer, amount, sender)


def _summaries(number: int, fields: list[str]) -> Cents:
    """The sum of an account's status and summary amounts: each a type, an amount, a count and a funds type."""
    total, place = 0, 3
    while place < len(fields):
        total += _whole(number, _at(fields, place + 1))
        place += 4 + _width_of_funds(number, fields, place + 3)
    return total


def _width_of_funds(number: int, fields: list[str], place: int) -> int:
    """How many fields a funds type brings: V a day and a time, S three amounts, D a count and so many pairs."""
    funds = _at(fields, place).upper()
    if funds == "D":
        return 1 + 2 * max(_whole(number, _at(fields, place + 1)), 0)
    return {"V": 2, "S": 3}.get(funds, 0)


def _bai_day(number: int, fields: list[str]) -> date:
    try:
        return datetime.strptime(_at(fields, 4), "%y%m%d").date()
    except ValueError:
        raise BankFileError(f"Line {number} of the bank file gives no day that can be read.") from None


def _in_dollars(number: int, fields: list[str], place: int) -> None:
    if _at(fields, place).strip() not in ("", "USD"):
        raise BankFileError(f"Line {number} of the bank file is not in US dollars.")


def _whole(number: int, text: str) -> int:
    digits = text.strip()
    if digits and not re.fullmatch(r"[+-]?\d{1,15}", digits):
        raise BankFileError(f"Line {number} of the bank file has no amount that can be read.")
    return int(digits or 0)


def _at(fields: Sequence[str], place: int) -> str:
    return fields[place] if place < len(fields) else ""
