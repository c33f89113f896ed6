"""Check any X12 file by SNIP levels: 1 syntax, 2 guide, 3 balances, 4 between segments, 5 outside code sets.

Streaming: findings come as the file is read, in the order of its segments; one claim is held at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from claimwright.findings import Finding
from claimwright.x12.checks.answers import AnswerRules
from claimwright.x12.checks.claims import ClaimRules
from claimwright.x12.checks.envelope import Envelopes
from claimwright.x12.checks.external import JUDGED, check_segment
from claimwright.x12.checks.hierarchy import Hierarchy
from claimwright.x12.checks.known import Known, Texts, texts
from claimwright.x12.checks.payer import PayerChecks, PayerRules
from claimwright.x12.checks.remittance import RemittanceRules
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import NoRules, RawSection, SetRules
from claimwright.x12.checks.standard import check_by_standard
from claimwright.x12.checks.standing import ServicesReviewRules, StatusRules
from claimwright.x12.checks.structure import Structure
from claimwright.x12.grammar import grammar
from claimwright.x12.located import table_for, value, walker
from claimwright.x12.sniff import kind_of_set
from claimwright.x12.stretches import CONTROL, Course, Courses, Stretch, courses, section_name, stretches
from claimwright.x12.tokens import Delimiters, Segment, Source, Tokens
from claimwright.x12.walk import Step

ALL_LEVELS = frozenset({1, 2, 3, 4, 5})
_NAMES_CLAIM = frozenset({"CLM", "CLP", "HL"})  # HL ends what was said of a claim
_MOST = 10_000  # loops of one claim; a guide's claim has a few hundred at most
_KEPT = 50_000  # segments of one loop
_ENDED, _HELD = RawSection("", 0, []), RawSection("held", 0, [])  # nothing follows; the rules hold what does
_RULES: dict[str, type[SetRules]] = {
    "837P": ClaimRules, "837I": ClaimRules, "837D": ClaimRules, "835": RemittanceRules, "999": AnswerRules,
    "277CA": AnswerRules, "270": AnswerRules, "271": AnswerRules,
    "276": StatusRules, "277": StatusRules, "278": ServicesReviewRules,
}  # fmt: skip


def check(
    source: Source, *, file: str = "", snip: Collection[int] = ALL_LEVELS, today: date | None = None,
    payer_rules: PayerRules | None = None,
) -> Iterator[Finding]:  # fmt: skip
    """Every finding of a file. `today` lets dates in the future be seen; without it they are not judged.

    `payer_rules` (SNIP 7) is asked about each claim: see checks/payer.py.
    """
    checker = Checker(Tokens(source), Report(file, {*snip, 7} if payer_rules else snip, today), payer_rules)
    for stretch in stretches(checker.tokens):
        yield from checker.take(stretch)
    yield from checker.end()


class Checker:
    """Drives the checks over one file, stretch by stretch."""

    def __init__(self, tokens: Tokens, report: Report, payer_rules: PayerRules | None = None) -> None:
        self.tokens, self.marks = tokens, Delimiters()
        self.report = report
        self.payer_rules = payer_rules
        self.envelopes = Envelopes(report)
        self.structure: Structure | None = None
        self.courses: Courses | None = None
        self.texts: Texts | None = None
        self.rules: SetRules = NoRules(report)
        self.hierarchy: Hierarchy | None = None
        self.section = RawSection("", 0, [])
        self.gathers = bool(report.levels & {3, 4, 5, 7})
        self.line = 0  # of the segment looked at
        self.cut = False  # whether the last segment, read by itself, has no terminator
        self.stray = False
        self.inside = False  # a set that has no table
        self.due: list[Finding] = []  # in their order

    def take(self, stretch: Stretch) -> Iterable[Finding]:
        """The findings that are due with the next stretch."""
        if self.tokens.problems:
            self._problems()
        if self.cut and stretch.segments[-1][0] not in CONTROL:
            return ()  # half a segment: that the set is not closed says it all
        if self.structure is not None and self.courses is not None and self.marks is self.tokens.delimiters:
            course = self.courses.find(self.structure.state, stretch)
            if course is not None:
                return self._follow(course, stretch)
        self._let_go()
        for self.line, segment in enumerate(stretch.segments, stretch.line):
            self._look(segment)
        del self.section.segments[_KEPT:]
        return self._due(only_if=self.report.crowded)

    def _due(self, only_if: bool = True) -> Iterable[Finding]:
        """What is to be given out now."""
        if only_if:
            self.due += self.report.flush()
        elif not self.due:
            return ()
        found, self.due = self.due, []
        return found

    def end(self) -> Iterable[Finding]:
        """The findings that are due at the end of the file."""
        self._problems()
        if not self.tokens.interchanges:
            self.report.add(1, "no-interchange", "No ISA segment: this is not an X12 file.", line=1, segment="ISA")
        self._let_go()
        self._end_set(cut_short=True)
        self.envelopes.close_interchange_early(self.tokens.line)
        self._problems()
        return self._due()

    # A stretch whose structure is known to be right -----------------------------------------------------------------

    def _follow(self, course: Course, stretch: Stretch) -> Iterable[Finding]:
        """Section by section; only texts that are not known to be good are looked at."""
        assert self.structure and self.texts and self.hierarchy
        line, rows, segments = stretch.line, stretch.rows, stretch.segments
        level = segments[0][0] == "HL"  # which ends what was said of a claim
        claim = value(segments[course.claim_at], 1)[:38] if course.claim_at >= 0 else "" if level else self.report.claim
        known, good = self.texts.of(course)
        doubtful = []
        for at, row in enumerate(rows):
            if row in good[at]:
                continue
            one = known[at]
            if one.match(row) is None or (one.coded and not (one.marks == self.marks and one.has_good_codes(segments[at]))):
                doubtful.append(at)
        if level:
            self.hierarchy.take(segments[0], line)
        if self.rules.hold(stretch, course, not doubtful):
            self.report.claim = "" if level else self.report.claim
            self._hold(course, line, claim)
            return self._due(self.report.crowded)
        self._let_go()
        for name, begin, end, where in course.sections:
            if self.gathers:
                self._next_section(RawSection(name, line + begin, segments[begin:end], where))
            if not begin:
                self.report.claim = "" if level else self.report.claim
                self.structure.follow(course, line, claim)
            if begin == course.claim_at:
                self.report.claim = claim
            while doubtful and doubtful[0] < end:
                at = doubtful.pop(0)
                self._doubt(known[at], rows[at], segments[at], line + at)
        return self._due(self.report.crowded)

    def _hold(self, course: Course, line: int, claim: str) -> None:
        """A stretch that the rules hold as it is; where a subscriber begins, what came before has ended."""
        assert self.structure
        if course.begins != "2000B":
            self.structure.follow(course, line, claim)
        elif self.section is _HELD:
            self.structure.follow(course, line, claim)
            self.due += self.report.flush()
        else:
            self._next_section(_ENDED)
            self.structure.follow(course, line, claim)
            self._next_section(_HELD)
        self.report.claim = claim

    def _let_go(self) -> None:
        """Go on by sections after all."""
        for section in self.rules.let_go():
            self._next_section(section)

    def _doubt(self, known: Known, text: str, segment: Segment, line: int) -> None:
        """A segment in its place, looked at closely."""
        assert self.structure
        before = self.report.count
        flawless = known.flawless(text) or self.structure.elements(known.rule, segment, line, self.marks)
        self._other_separator()
        if known.judged:
            check_segment(segment, line, known.rule.loop.id, self.report, self.marks)
        if flawless and self.report.count == before and known.marks == self.marks:
            known.keep(text, segment)

    # Segment by segment -----------------------------------------------------------------------------------------------

    def _look(self, segment: Segment) -> None:
        """A segment whose place is looked for."""
        line, name = self.line, segment[0]
        if name in CONTROL:
            self._control(name, segment, line)
            self.due += self.report.flush()
        elif self.structure is not None:
            self._inside(segment, line)
        elif self.inside:
            check_by_standard(segment, line, self.report, self.marks)
        elif not self.stray and name not in ("ISB", "ISE"):
            self.stray = True
            self.envelopes.stray(segment, line)

    def _problems(self) -> None:
        while self.tokens.problems:
            problem = self.tokens.problems.popleft()
            self.cut |= problem.code == "unterminated"
            severity = "error" if problem.stops else WARNING
            self.report.add(1, problem.code, problem.message, line=problem.line, severity=severity, claim="")

    def _control(self, name: str, segment: Segment, line: int) -> None:
        envelopes = self.envelopes
        if name != "SE":
            self._end_set(cut_short=True)
            if name != "ST":
                self.report.transaction = self.report.version = ""
        if name == "ISA":
            self.marks = self.tokens.delimiters
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
        report, marks = self.report, self.marks
        report.transaction = grammar(table).transaction if table else kind_of_set(set_id, version) or set_id[:3]
        report.version, report.claim = version[:14], ""
        self.envelopes.open_set(segment, line)
        if not table:
            self.inside = True
            self.envelopes.unknown_version(set_id[:3], version, line)
            return
        self.structure = Structure(walker(table), report, line)
        self.courses, self.texts = courses(table, marks.component), texts(marks, 5 in report.levels)
        self.hierarchy = Hierarchy(report, table)
        self.rules = _RULES.get(table, NoRules)(report) if self.gathers else NoRules(report)
        if self.payer_rules is not None and set_id == "837":
            self.rules = PayerChecks(self.rules, self.payer_rules)
        self.rules.marks = marks
        self.section = RawSection("HEADER", line, [segment])
        self._place(segment, line, self.structure.place(segment, marks.component))

    def _inside(self, segment: Segment, line: int) -> None:
        """One segment of a set, looked at closely."""
        assert self.structure and self.hierarchy
        name = segment[0]
        if name == "HL":
            self.hierarchy.take(segment, line)
        step = self.structure.place(segment, self.marks.component)
        if step.pushes or step.pops:
            self._next_section(RawSection(section_name(step), line, []))
        self.section.add(segment)
        if name in _NAMES_CLAIM:
            self.report.claim = value(segment, 1)[:38] if name != "HL" else ""
        self._place(segment, line, step)
        if self.gathers and name in JUDGED and 5 in self.report.levels:
            check_segment(segment, line, self.section.loop.rstrip("+"), self.report, self.marks)

    def _place(self, segment: Segment, line: int, step: Step) -> None:
        assert self.structure
        self.structure.take(segment, line, self.marks, step)
        self._other_separator()

    def _other_separator(self) -> None:
        """Where the file divides composites by another sign than it declares, which is said once, it is read as it was meant."""
        if self.structure is not None and self.structure.separator:
            self.marks = self.rules.marks = self.marks._replace(component=self.structure.separator)
            self.structure.separator = ""

    def _next_section(self, section: RawSection) -> None:
        if self.rules.take(self.section):
            self.due += self.report.flush()
        if len(self.rules.claim) >= _MOST:
            self.rules.take(RawSection("", 0, []))  # judged as it is, lest one claim without end fill the memory
        self.section = section

    def _end_set(self, cut_short: bool, segment: Segment | None = None) -> None:
        self.inside = False
        if self.structure is None or self.hierarchy is None:
            return
        if segment is not None:
            self._place(segment, self.line, self.structure.place(segment, self.marks.component))
        self.rules.take(self.section)
        if not cut_short:
            self.rules.take(RawSection("", 0, []))  # nothing follows: the last claim can be judged
        self.section = RawSection("", 0, [])
        self.structure.finish(cut_short)
        self.report.claim = ""
        if not cut_short:
            self.hierarchy.finish()
            self.rules.finish()
        self.structure = self.hierarchy = None
        self.rules = NoRules(self.report)
