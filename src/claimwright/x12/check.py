"""Check any X12 file by SNIP levels: 1 syntax, 2 guide, 3 balances, 4 between segments, 5 outside code sets.

Streaming: findings come as the file is read, in the order of its segments; one claim is held at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from claimwright.findings import Finding
from claimwright.x12.checks.answers import AnswerRules
from claimwright.x12.checks.claims import ClaimRules
from claimwright.x12.checks.envelope import Envelopes
from claimwright.x12.checks.external import check_segment
from claimwright.x12.checks.hierarchy import Hierarchy
from claimwright.x12.checks.remittance import RemittanceRules
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import NoRules, SetRules
from claimwright.x12.checks.structure import Structure
from claimwright.x12.grammar import grammar
from claimwright.x12.located import Section, table_for, value, walker
from claimwright.x12.sniff import kind_of_set
from claimwright.x12.tokens import Segment, Source, Tokens
from claimwright.x12.walk import Step

ALL_LEVELS = frozenset({1, 2, 3, 4, 5})
_CONTROL = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
_RULES: dict[str, type[SetRules]] = {
    "837P": ClaimRules, "837I": ClaimRules, "837D": ClaimRules, "835": RemittanceRules, "999": AnswerRules,
    "277CA": AnswerRules, "270": AnswerRules, "271": AnswerRules,
}  # fmt: skip


def check(source: Source, *, file: str = "", snip: Collection[int] = ALL_LEVELS, today: date | None = None) -> Iterator[Finding]:
    """Every finding of a file. `today` lets dates in the future be seen; without it they are not judged."""
    checker = _Checker(source, Report(file, snip, today))
    yield from checker.run()


class _Checker:
    """Drives the checks over one file."""

    def __init__(self, source: Source, report: Report) -> None:
        self.tokens = Tokens(source)
        self.report = report
        self.envelopes = Envelopes(report)
        self.structure: Structure | None = None
        self.rules: SetRules = NoRules(report)
        self.hierarchy: Hierarchy | None = None
        self.section = Section("", 0)
        self.clean: set[tuple[object, ...]] = set()
        self.stray = False
        self.inside = False  # a set that has no table

    def run(self) -> Iterator[Finding]:
        """All findings, in order."""
        report, tokens = self.report, self.tokens
        for segment in tokens:
            if tokens.problems:
                self._problems()
            name = segment[0]
            if name in _CONTROL:
                self._control(name, segment, tokens.line)
                yield from report.flush()
            elif self.structure is not None:
                if self._inside(segment, tokens.line):
                    yield from report.flush()
            elif not self.inside and not self.stray and name not in ("ISB", "ISE"):
                self.stray = True
                report.add(1, "segment-stray", "A segment stands outside any transaction set.", line=tokens.line)
        self._problems()
        if not tokens.interchanges:
            report.add(1, "no-interchange", "No ISA segment: this is not an X12 file.", line=1, segment="ISA")
        line = tokens.line
        self._end_set(cut_short=True)
        self.envelopes.close_interchange_early(line)
        self._problems()
        yield from report.flush()

    def _problems(self) -> None:
        while self.tokens.problems:
            problem = self.tokens.problems.popleft()
            severity = "error" if problem.stops else WARNING
            self.report.add(1, problem.code, problem.message, line=problem.line, severity=severity, claim="")

    def _control(self, name: str, segment: Segment, line: int) -> None:
        envelopes = self.envelopes
        if name != "SE":
            self._end_set(cut_short=True)
            if name != "ST":
                self.report.transaction = self.report.version = ""
        if name == "ISA":
            envelopes.open_interchange(segment, line)
        elif name == "GS":
            self.report.version = value(segment, 8)
            envelopes.open_group(segment, line)
        elif name == "ST":
            envelopes.close_set_early(line)
            self._open_set(segment, line)
        elif name == "SE":
            self._end_set(cut_short=False, segment=segment)
            envelopes.close_set(segment, line)
        elif name == "GE":
            envelopes.close_group(segment, line)
        elif name == "IEA":
            envelopes.close_interchange(segment, line)
        else:
            envelopes.acknowledgement(segment, line)
        self.stray = False

    # One set -------------------------------------------------------------------------------------------------------

    def _open_set(self, segment: Segment, line: int) -> None:
        set_id, version = value(segment, 1), value(segment, 3) or value(self.envelopes.group, 8)
        table = table_for(set_id, version)
        report = self.report
        report.transaction = grammar(table).transaction if table else kind_of_set(set_id, version) or set_id[:3]
        report.version, report.claim = version[:14], ""
        self.envelopes.open_set(segment, line)
        if not table:
            self.inside = True
            self.envelopes.unknown_version(set_id[:3], version, line)
            return
        self.structure = Structure(walker(table), report, line)
        self.hierarchy = Hierarchy(report, table)
        self.rules = _RULES.get(table, NoRules)(report) if report.levels & {3, 4, 5} else NoRules(report)
        self.rules.marks = self.tokens.delimiters
        self.section = Section("HEADER", line)
        self._take(segment, line, self.structure.place(segment, self.tokens.delimiters.component))
        self.section.segments.append(segment)

    def _inside(self, segment: Segment, line: int) -> bool:
        """One segment of a set; whether a claim has just been finished."""
        assert self.structure and self.hierarchy
        name = segment[0]
        finished = False
        if name == "HL":
            self.hierarchy.take(segment, line)
        step = self.structure.place(segment, self.tokens.delimiters.component)
        if step.pushes or step.pops:
            loop = step.pushes[-1].id if step.pushes else step.state.loop.id + "+"
            finished = self._next_section(Section(loop, line))
        self.section.segments.append(segment)
        if name in ("CLM", "CLP"):
            self.report.claim = value(segment, 1)[:38]
        elif name == "HL":
            self.report.claim = ""
        self._take(segment, line, step)
        if 5 in self.report.levels:
            check_segment(segment, line, self.section.loop.rstrip("+"), self.report, self.tokens.delimiters)
        return finished

    def _take(self, segment: Segment, line: int, step: Step) -> None:
        assert self.structure
        self.structure.take(segment, line, self.tokens.delimiters, self.clean, step)
        if self.structure.separator:  # said once; from here on the file is read as it was meant
            self.tokens.delimiters = self.tokens.delimiters._replace(component=self.structure.separator)
            self.rules.marks = self.tokens.delimiters
            self.structure.separator = ""

    def _next_section(self, section: Section) -> bool:
        finished = self.rules.take(self.section)
        self.section = section
        return finished

    def _end_set(self, cut_short: bool, segment: Segment | None = None) -> None:
        self.inside = False
        if self.structure is None or self.hierarchy is None:
            return
        if segment is not None:
            self._take(segment, self.tokens.line, self.structure.place(segment, self.tokens.delimiters.component))
        self._next_section(Section("", 0))
        if not cut_short:
            self._next_section(Section("", 0))  # nothing follows: the last claim can be judged
        self.structure.finish(cut_short)
        self.report.claim = ""
        if not cut_short:
            self.hierarchy.finish()
            self.rules.finish()
        self.structure = self.hierarchy = None
        self.rules = NoRules(self.report)
