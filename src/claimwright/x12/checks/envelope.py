"""The envelopes (SNIP 1): ISA with IEA, GS with GE, ST with SE; counts and control numbers."""

from __future__ import annotations

import re

from claimwright.x12.checks.controls import Controls
from claimwright.x12.checks.elements import is_date, is_time
from claimwright.x12.checks.report import INFO, WARNING, Report
from claimwright.x12.located import value
from claimwright.x12.tokens import Segment

_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})
GROUPS = {
    "270": "HS", "271": "HB", "275": "PI", "276": "HR", "277": "HN", "278": "HI", "820": "RA", "834": "BE", "835": "HP",
    "837": "HC", "997": "FA", "999": "FA",
}  # fmt: skip


class Envelopes:
    """Follows the envelopes of a file."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.interchange: Segment = []
        self.group: Segment = []
        self.set: Segment = []
        self.set_line = self.group_line = self.interchange_line = 0
        self.groups = self.sets = 0
        self._group_controls = Controls()
        self._set_controls = Controls()
        self._kinds_told: set[str] = set()  # of the sets that do not belong in this group
        self._interchange_controls = Controls()
        self._good_controls = [True, True, True]  # whether ISA13, GS06 and ST02 can be compared with their trailers
        # A group without GS, a set without ST: said already, their trailers are no second finding.
        self._headless = [False, False]

    # Opening -------------------------------------------------------------------------------------------------------

    def open_interchange(self, segment: Segment, line: int) -> None:
        """ISA: sixteen elements of fixed width."""
        self.close_interchange_early(line)
        self.interchange, self.interchange_line, self.groups = segment, line, 0
        self._group_controls = Controls()
        self._good_controls[0] = len(segment) == 17 and segment[13].isdecimal()
        report = self.report
        if len(segment) != 17:
            report.add(1, "isa-elements", f"ISA has {len(segment) - 1} elements; it must have 16.", line=line, segment="ISA")
            return
        for place, width in enumerate(_WIDTHS, 1):
            if len(segment[place]) != width:
                said = f"ISA{place:02d} is {len(segment[place])} long; it must have {width} characters."
                report.add(1, "isa-width", said, line=line, segment="ISA", element=f"ISA{place:02d}", fix="Pad it to its width.")
                self._good_controls[0] &= place != 13
                return
        flaws = (
            (segment[1] not in ("00", "03"), "ISA01", "is not 00 or 03"),
            (segment[3] not in ("00", "01"), "ISA03", "is not 00 or 01"),
            (segment[5] not in _QUALIFIERS, "ISA05", "is not a known qualifier"),
            (segment[7] not in _QUALIFIERS, "ISA07", "is not a known qualifier"),
            (not is_date("20" + segment[9]), "ISA09", "is not a date (YYMMDD)"),
            (not is_time(segment[10]), "ISA10", "is not a time (HHMM)"),
            (not re.fullmatch(r"00\d{3}", segment[12]), "ISA12", "is not a version"),
            (not segment[13].isdecimal(), "ISA13", "is not a number of nine digits"),
            (segment[14] not in ("0", "1"), "ISA14", "is not 0 or 1"),
            (segment[15] not in ("P", "T"), "ISA15", "is not P or T"),
        )
        for bad, element, said in flaws:
            if bad:
                report.add(1, "isa-value", f"{element} {said}.", line=line, segment="ISA", element=element)
        if self._interchange_controls.add(segment[13]):
            self._repeated("interchange-control-repeated", "ISA13", "interchange", line, "ISA")

    def open_group(self, segment: Segment, line: int) -> None:
        """GS."""
        self.close_group_early(line)
        self.group, self.group_line, self.sets = segment, line, 0
        self._set_controls = Controls()
        self._kinds_told = set()
        self.groups += 1
        self._good_controls[1] = len(segment) == 9 and segment[6].isdecimal() and len(segment[6]) <= 9
        report = self.report
        if len(segment) != 9:
            report.add(1, "gs-elements", f"GS has {len(segment) - 1} elements; it must have 8.", line=line, segment="GS")
            return
        flaws = (
            (not 2 <= len(segment[2]) <= 15, "GS02", "must have 2 to 15 characters"),
            (not 2 <= len(segment[3]) <= 15, "GS03", "must have 2 to 15 characters"),
            (not is_date(segment[4]), "GS04", "is not a date (CCYYMMDD)"),
            (not is_time(segment[5]), "GS05", "is not a time (HHMM)"),
            (not (segment[6].isdecimal() and len(segment[6]) <= 9), "GS06", "is not a number of at most nine digits"),
            (segment[7] != "X", "GS07", "is not X"),
        )
        for bad, element, said in flaws:
            if bad:
                report.add(1, "gs-value", f"{element} {said}.", line=line, segment="GS", element=element)
        if self._group_controls.add(segment[6]):
            self._repeated("group-control-repeated", "GS06", "group", line, "GS")

    def open_set(self, segment: Segment, line: int) -> None:
        """ST."""
        self.set, self.set_line = segment, line
        self._headless[1] = False
        self.sets += 1
        report = self.report
        set_id, control, version = (value(segment, place) for place in (1, 2, 3))
        self._good_controls[2] = 4 <= len(control) <= 9
        if not self.group and not self._headless[0]:
            report.add(
                1, "st-outside", "ST stands outside a group (GS is missing).", line=line, segment="ST", fix="Add GS and GE."
            )
            self._headless[0] = True
            self.groups += 1
        used = self._set_controls.add(control)
        if not self._good_controls[2]:
            report.add(1, "st-control", "ST02 must have 4 to 9 characters.", line=line, segment="ST", element="ST02")
        elif used:
            self._repeated("set-control-repeated", "ST02", "transaction set", line, "ST")
        expected = GROUPS.get(set_id)
        if self.group and expected and value(self.group, 1) != expected and expected not in self._kinds_told:
            self._kinds_told.add(expected)
            said = f"GS01 is {value(self.group, 1)!r:.6}; a {set_id} belongs in a group {expected}."
            report.add(1, "group-kind", said, line=self.group_line, segment="GS", element="GS01")
        if version and self.group and not version.startswith(value(self.group, 8)):
            said = "ST03 and GS08 name different versions."
            report.add(1, "version-differs", said, line=line, segment="ST", element="ST03")

    def stray(self, segment: Segment, line: int) -> None:
        """A segment outside any set; in a group it may well be one whose ST is missing, and SE is then no second finding."""
        name = segment[0]
        shown = name if name.isascii() and name.isalnum() and len(name) <= 3 else ""
        said = f"{shown or 'A segment'} stands outside any transaction set (ST is missing before it)."
        self.report.add(1, "segment-stray", said, line=line, segment=shown)
        self._headless[1] = bool(self.group)

    def _repeated(self, code: str, element: str, what: str, line: int, segment: str) -> None:
        said = f"{element} was used before: the {what}'s control number must be unique."
        self.report.add(1, code, said, line=line, segment=segment, element=element)

    # Closing -------------------------------------------------------------------------------------------------------

    def close_set(self, segment: Segment, line: int) -> None:
        """SE: the count of segments and the control number of ST."""
        if not self.set:
            if self._headless[1]:
                self.sets += 1  # what began without ST is a set all the same
            else:
                self.report.add(1, "se-outside", "SE without ST.", line=line, segment="SE")
            self._headless[1] = False
            return
        self._count(segment, line, "SE", line - self.set_line + 1, "segment", " from ST through SE")
        if self._good_controls[2]:
            self._control(segment, line, "SE", "ST02", value(self.set, 2))
        self.set = []

    def close_group(self, segment: Segment, line: int) -> None:
        """GE: the count of sets and the control number of GS."""
        self.close_set_early(line)
        self._headless[1] = False
        if not self.group:
            if not self._headless[0]:
                self.report.add(1, "ge-outside", "GE without GS.", line=line, segment="GE")
            self._headless[0] = False
            return
        self._count(segment, line, "GE", self.sets, "transaction set")
        if self._good_controls[1]:
            self._control(segment, line, "GE", "GS06", value(self.group, 6))
        self.group = []

    def close_interchange(self, segment: Segment, line: int) -> None:
        """IEA: the count of groups and the control number of ISA."""
        self.close_group_early(line)
        if not self.interchange:
            self.report.add(1, "iea-outside", "IEA without ISA.", line=line, segment="IEA")
            return
        self._count(segment, line, "IEA", self.groups, "group")
        if self._good_controls[0]:
            self._control(segment, line, "IEA", "ISA13", value(self.interchange, 13))
        self.interchange = []

    def _count(self, segment: Segment, line: int, name: str, counted: int, what: str, where: str = "") -> None:
        said = value(segment, 1)
        if not said.isdecimal() or int(said[:12]) != counted:
            shown = said if said.isdecimal() and len(said) < 10 else "no number"
            there = f"there is 1 {what}" if counted == 1 else f"there are {counted} {what}s"
            message = f"{name}01 says {shown}; {there}{where}."
            self.report.add(
                1, "count-wrong", message, line=line, segment=name, element=f"{name}01", fix=f"Set {name}01 to {counted}."
            )

    def _control(self, segment: Segment, line: int, name: str, opener: str, expected: str) -> None:
        if value(segment, 2) != expected:
            message = f"{name}02 differs from {opener}."
            self.report.add(1, "control-differs", message, line=line, segment=name, element=f"{name}02")

    def close_set_early(self, line: int) -> bool:
        """Whether a set was still open, which is then a finding."""
        if not self.set:
            return False
        self.report.add(1, "se-missing", "The transaction set is not closed: SE is missing.", line=line, segment="SE")
        self.set = []
        return True

    def close_group_early(self, line: int) -> None:
        """A group still open where another thing begins or the file ends; an open set inside says it already."""
        if self.group and not self.close_set_early(line):
            self.report.add(1, "ge-missing", "The group is not closed: GE is missing.", line=line, segment="GE")
        self.group = []

    def close_interchange_early(self, line: int) -> None:
        """An interchange still open; an open group inside says it already."""
        if not self.interchange:
            return
        if self.group:
            self.close_group_early(line)
        else:
            self.report.add(1, "iea-missing", "The interchange is not closed: IEA is missing.", line=line, segment="IEA")
        self.interchange = []

    def acknowledgement(self, segment: Segment, line: int) -> None:
        """A TA1: its own few elements."""
        code, note = value(segment, 4), value(segment, 5)
        good = (
            value(segment, 1).isdecimal(),
            is_date("20" + value(segment, 2)),
            is_time(value(segment, 3)),
            code in ("A", "E", "R"),
            re.fullmatch(r"0([0-2]\d|3[01])", note) is not None,
        )
        if all(good) and (code == "A") != (note == "000"):
            said = "TA105 gives a fault, but TA104 accepts." if code == "A" else "TA104 names an error, but TA105 is 000 (none)."
            self.report.add(1, "ta1-disagrees", said, line=line, segment="TA1", element="TA105")
        for place, one in enumerate(good, 1):
            if not one:
                element = f"TA1{place:02d}"
                self.report.add(1, "ta1-value", f"{element} is not valid.", line=line, segment="TA1", element=element)

    def unknown_version(self, set_id: str, version: str, line: int) -> None:
        """Say honestly what was not looked at."""
        if version.startswith("004010"):
            said = f"{set_id} {version[:14]}: version 4010 was superseded by 5010 in 2012; checked as an envelope only."
            self.report.add(1, "version-superseded", said, line=line, severity=WARNING, segment="ST")
        elif set_id in GROUPS:
            shown = version[:14] if re.fullmatch(r"[0-9A-Z]{1,14}", version) else "(none)"
            looked = "only its envelope and each segment by itself are" if shown.startswith("005010") else "only its envelope is"
            said = f"{set_id} version {shown}: its guide is not checked, {looked}."
            self.report.add(1, "version-not-checked", said, line=line, severity=INFO, segment="ST")
        else:
            said = "This transaction set is none that health care uses; checked as an envelope only."
            self.report.add(1, "set-unknown", said, line=line, severity=WARNING, segment="ST")
