"""Where findings are gathered: filtered by SNIP level, named by claim, given out in the order of the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from operator import attrgetter

from claimwright.findings import Finding

ERROR, WARNING, INFO = "error", "warning", "info"
_CROWD = 1000
_LINE = attrgetter("line")


class Report:
    """The findings of a file in the making. `transaction`, `version` and `claim` name what is being looked at."""

    def __init__(self, file: str, levels: Collection[int], today: date | None) -> None:
        self.file, self.levels, self.today = file, frozenset(levels), today
        self.transaction = ""
        self.version = ""
        self.claim = ""
        self.count = 0  # of all findings so far
        self._found: list[Finding] = []
        self._wrong: set[tuple[int, str]] = set()  # elements that an error was told of: what follows from it is not told

    def add(
        self, level: int, code: str, message: str, *, line: int, severity: str = ERROR, loop: str = "", segment: str = "",
        element: str = "", fix: str = "", claim: str | None = None,
    ) -> None:  # fmt: skip
        """Note one finding, unless its SNIP level was not asked for. Messages hold codes, never values that name a person."""
        if level not in self.levels:
            return
        self.count += 1
        if element and self._told(line, element, severity):
            return
        self._found.append(
            Finding(
                code=code,
                severity=severity,
                message=message,
                fix=fix or _fix(code, segment, element),
                file=self.file,
                transaction=self.transaction,
                version=self.version,
                claim=self.claim if claim is None else claim,
                line=line,
                loop=loop,
                segment=segment,
                element=element,
                snip=level,
            )
        )

    def _told(self, line: int, element: str, severity: str) -> bool:
        """Whether an error was told of this element, or of the composite or a component of it."""
        wrong = self._wrong
        if not wrong and severity != ERROR:
            return False
        whole = element.partition("-")[0]
        if (line, element) in wrong or (line, whole) in wrong or (element == whole and (line, whole + "-") in wrong):
            return True
        if severity == ERROR:
            wrong.add((line, element))
            if element != whole:
                wrong.add((line, whole + "-"))
        return False

    @property
    def crowded(self) -> bool:
        """Whether so much was found that it must be given out, lest it fill the memory."""
        return len(self._found) >= _CROWD

    def flush(self) -> Iterator[Finding]:
        """What was found since the last time, by line."""
        if not self._found:
            return iter(())
        found, self._found = self._found, []
        self._wrong.clear()
        if len(found) > 1:
            found.sort(key=_LINE)
        return iter(found)


@lru_cache(maxsize=4096)
def _fix(code: str, segment: str, element: str) -> str:
    return _fixes().get(code, "").format(segment=segment, element=element or segment)


@cache
def _fixes() -> dict[str, str]:
    """How to mend what a code finds, where the check has said nothing better."""
    text = resources.files("claimwright.x12").joinpath("tables", "fixes.txt").read_text("utf-8")
    lines = (line.partition("  ") for line in text.splitlines() if not line.startswith("#"))
    return {code: fix for code, _, fix in lines}
