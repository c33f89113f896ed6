"""The HL tree (SNIP 4): numbered from 1 without gaps, each under a parent of the right level, children as announced."""

from __future__ import annotations

from claimwright.x12.checks.report import Report
from claimwright.x12.tokens import Segment
from claimwright.x12.values import padded

_PARENT: dict[str, dict[str, tuple[str, ...]]] = {
    "837P": {"22": ("20",), "23": ("22",)},
    "837I": {"22": ("20",), "23": ("22",)},
    "837D": {"22": ("20",), "23": ("22",)},
    "270": {"21": ("20",), "22": ("21",), "23": ("22",)},
    "271": {"21": ("20",), "22": ("21",), "23": ("22",)},
    "276": {"21": ("20",), "19": ("21",), "22": ("19",), "23": ("22",)},
    "277": {"21": ("20",), "19": ("21",), "22": ("19",), "23": ("22",)},
    "277CA": {"21": ("20",), "19": ("21",), "PT": ("19",)},
    "278": {"21": ("20",), "22": ("21",), "23": ("22",), "EV": ("22", "23"), "SS": ("EV",)},
}


class Hierarchy:
    """Follows the levels of one set. Holds only the open path, so that any number of levels fits."""

    def __init__(self, report: Report, table: str) -> None:
        self.report = report
        self.parents = _PARENT.get(table, {})
        # Where a level below is required, its absence is told as a missing loop.
        self.optional = {"22"} if table[:3] in ("837", "270", "276") else set[str]().union(*self.parents.values())
        self.last = 0
        self.path: list[tuple[str, str, str, int, bool, int]] = []  # number, level, HL04, line, has a child, place in the set
        self.renumbered = False

    def take(self, segment: Segment, line: int) -> None:
        """One HL."""
        _, number, parent, level, flag, *_ = segment if len(segment) > 4 else padded(segment, 4)
        self.last += 1
        if number != str(self.last) and not self.renumbered:
            said = f"HL01 must be {self.last}: levels are numbered from 1, one by one."
            self._add("hl-number", said, line, "HL01")
            self.renumbered = True  # the rest follows from the first
        wanted = self.parents.get(level, ())
        while self.path and self.path[-1][1] not in wanted:
            self._close()
        # The top level names no parent: the guide's table says that HL02 is not used there.
        if wanted and not self.path:
            said = f"A level {level} must stand under a level {' or '.join(wanted)}; there is none."
            self._add("hl-parent", said, line, "HL02")
        elif wanted:
            above = self.path[-1]
            if parent != above[0] and parent != str(above[5]):  # its number as it is, or as it should be
                said = f"HL02 must be {above[0][:12]}, the number of the level {above[1]} above it."
                self._add("hl-parent", said, line, "HL02")
            if not above[4]:
                self.path[-1] = (*above[:4], True, above[5])
        self.path.append((number, level, flag, line, False, self.last))

    def _close(self) -> None:
        _, level, flag, line, has_child, _ = self.path.pop()
        if flag == "0" and has_child:
            self._add("hl-child", "HL04 is 0, but levels under it follow.", line, "HL04", "Set HL04 to 1.")
        elif flag == "1" and not has_child and level in self.optional:
            self._add("hl-child", "HL04 is 1, but no level under it follows.", line, "HL04", "Set HL04 to 0.")

    def finish(self) -> None:
        """The set has ended."""
        while self.path:
            self._close()

    def _add(self, code: str, said: str, line: int, element: str, fix: str = "") -> None:
        self.report.add(4, code, said, line=line, segment="HL", element=element, fix=fix, claim="")
