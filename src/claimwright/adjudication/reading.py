"""Terms written as TOML: each value is asked for by key, what is wrong is said by file and key, and what nobody asked for too."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from claimwright.effective import Period
from claimwright.money import Cents, cents

Choice = TypeVar("Choice", bound=str)


class NotReadableError(ValueError):
    """A file of terms says something that cannot be meant; the message names the file and the key."""


class Terms:
    """One table of a TOML file. Money is written "1,250.00" or 1250, a share "12.5" or 12.5, both in percent."""

    def __init__(self, values: dict[str, Any], file: str, path: str = "") -> None:
        self.values, self.file, self.path = values, file, path
        self.asked: set[str] = set()

    @classmethod
    def of(cls, text: str, file: str) -> Terms:
        """The whole file."""
        try:
            return cls(tomllib.loads(text, parse_float=Decimal), file)
        except tomllib.TOMLDecodeError as problem:
            raise NotReadableError(f"{file}: not TOML: {problem}") from None

    def wrong(self, key: str, why: str) -> NotReadableError:
        """What to raise when a value cannot be meant."""
        return NotReadableError(f"{self.file}: {f'{self.path}.' if self.path else ''}{key}: {why}")

    def has(self, key: str) -> bool:
        """Whether a key is given."""
        self.asked.add(key)
        return key in self.values

    def text(self, key: str, default: str | None = None) -> str:
        """A text; without a default it must be there."""
        found = self._found(key, default)
        if not isinstance(found, str):
            raise self.wrong(key, "a text is wanted")
        return found

    def choice(self, key: str, choices: Collection[Choice], default: Choice | None = None) -> Choice:
        """One of some words."""
        found = self._found(key, default)
        for one in choices:
            if one == found:
                return one
        raise self.wrong(key, f"{found!r} is none of {', '.join(choices)}")

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        found = self._found(key, default)
        if not isinstance(found, bool):
            raise self.wrong(key, "true or false is wanted")
        return found

    def whole(self, key: str, default: int | None = None, least: int = 0, most: int | None = None) -> int:
        """A whole number."""
        found = self._found(key, default)
        if not isinstance(found, int) or isinstance(found, bool) or found < least or (most is not None and found > most):
            raise self.wrong(key, f"a whole number from {least}{'' if most is None else f' to {most}'} is wanted")
        return found

    def days(self, key: str, default: int, least: int = 0) -> int:
        """A number of days, ten years of them at most."""
        return self.whole(key, default, least, 3650)

    def money(self, key: str, default: Cents | None = None) -> Cents:
        """An amount in dollars, as cents."""
        if not self.has(key) and default is not None:
            return default
        return self._cents(key, self._found(key, None))

    def amounts(self, key: str) -> dict[str, Cents]:
        """A table of amounts."""
        return {name: self._cents(f"{key}.{name}", amount) for name, amount in self._table(key).items()}

    def percent(self, key: str, default: Decimal | None = None) -> Decimal:
        """A share of a hundred, as it is written."""
        if not self.has(key) and default is not None:
            return default
        found = self._found(key, None)
        try:
            if isinstance(found, bool):
                raise InvalidOperation
            percent = Decimal(found)
        except (InvalidOperation, TypeError, ValueError):
            raise self.wrong(key, "a percentage is wanted, such as 12.5") from None
        if not percent.is_finite():
            raise self.wrong(key, "a percentage is wanted, such as 12.5")
        if percent < 0:
            raise self.wrong(key, "a percentage is never negative")
        return percent

    def rate(self, key: str, default: Decimal | None = None) -> Decimal:
        """A percentage, as a fraction."""
        return default if default is not None and not self.has(key) else self.percent(key) / 100

    def day(self, key: str, default: date | None = None) -> date:
        """A date."""
        found = self._found(key, default)
        if type(found) is not date:
            raise self.wrong(key, "a date is wanted, such as 2026-01-31")
        return found

    def period(self) -> Period:
        """`from` and `through`, both days included."""
        period = Period(self.day("from", date(2000, 1, 1)), self.day("through", date.min) if self.has("through") else None)
        if period.end and period.end < period.start:
            raise self.wrong("through", f"the end, {period.end}, is before the beginning, {period.start}")
        return period

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        found = self._found(key, list(default))
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self.wrong(key, "a list of texts is wanted")
        return tuple(found)

    def table(self, key: str) -> Terms:
        """A table inside; an empty one where it is not given."""
        return Terms(self._table(key), self.file, f"{self.path}.{key}" if self.path else key)

    def tables(self, key: str) -> Iterator[Terms]:
        """The tables [[key]]."""
        found = self._found(key, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.wrong(key, f"tables are wanted: [[{key}]]")
        for number, one in enumerate(found, 1):
            yield Terms(one, self.file, f"{self.path}.{key} {number}" if self.path else f"{key} {number}")

    def done(self) -> None:
        """Nothing else may stand here: a misspelled key would be missed silently."""
        if unknown := sorted(set(self.values) - self.asked):
            raise self.wrong(unknown[0], f"not known here; known are {', '.join(sorted(self.asked))}")

    def _found(self, key: str, default: Any) -> Any:
        self.asked.add(key)
        found = self.values.get(key, default)
        if found is None:
            raise self.wrong(key, "missing")
        return found

    def _table(self, key: str) -> dict[str, Any]:
        found = self._found(key, {})
        if not isinstance(found, dict):
            raise self.wrong(key, "a table is wanted")
        return found

    def _cents(self, key: str, found: Any) -> Cents:
        try:
            amount = cents(str(found).replace(",", "").removeprefix("$"))
            if amount < 0:
                raise ValueError
            return amount
        except ValueError:
            raise self.wrong(key, "an amount in dollars is wanted, such as 25.00") from None
