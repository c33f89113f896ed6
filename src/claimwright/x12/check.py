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
from claimwright.x12.checks.external import JUDGED, check_segment
from claimwright.x12.checks.hierarchy import Hierarchy
from claimwright.x12.checks.payer import PayerChecks, PayerRules
from claimwright.x12.checks.remittance import RemittanceRules
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.checks.rules import NoRules, RawSection, SetRules
from claimwright.x12.checks.shortcuts import NOWHERE, Shortcut, Shortcuts, section_name, shortcuts
from claimwright.x12.checks.standard import check_by_standard
from claimwright.x12.checks.standing import ServicesReviewRules, StatusRules
from claimwright.x12.checks.structure import Frame, Structure
from claimwright.x12.grammar import grammar
from claimwright.x12.located import table_for, value, walker
from claimwright.x12.sniff import kind_of_set
from claimwright.x12.tokens import Segment, Source, Tokens
from claimwright.x12.walk import Step

ALL_LEVELS = frozenset({1, 2, 3, 4, 5})
_CONTROL = frozenset({"ISA", "IEA", "GS", "GE", "ST", "SE", "TA1"})
_NAMES_CLAIM = frozenset({"CLM", "CLP", "HL"})  # HL ends what was said of a claim
_HELD = 10_000  # loops of one claim; a guide's claim has a few hundred at most
_KEPT = 50_000  # segments of one loop
_REMEMBERED = 1000  # segments of a kind, known to hold good codes
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
    checker = _Checker(source, Report(file, {*snip, 7} if payer_rules else snip, today), payer_rules)
    yield from checker.run()


class _Checker:
    """Drives the checks over one file."""

    def __init__(self, source: Source, report: Report, payer_rules: PayerRules | None = None) -> None:
        self.tokens = Tokens(source)
        self.report = report
        self.payer_rules = payer_rules
        self.envelopes = Envelopes(report)
        self.structure: Structure | None = None
        self.frames: list[Frame] = []
        self.table = ""
        self.shortcuts: Shortcuts | None = None
        self.turns = NOWHERE
        self.rules: SetRules = NoRules(report)
        self.hierarchy: Hierarchy | None = None
        self.section = RawSection("", 0, "")
        self.gathers = bool(report.levels & {3, 4, 5, 7})
        self.line = self.looked = 0  # the latest segment looked at closely, and the latest of them within a set
        self.cut = False  # whether the last segment, read by itself, has no terminator
        self.stray = False
        self.inside = False  # a set that has no table

    def run(self) -> Iterator[Finding]:
        """All findings, in order."""
        report, tokens = self.report, self.tokens
        for rows in tokens.batches():
            if tokens.problems:
                self._problems()
            if self.cut and rows and rows[-1].partition(tokens.delimiters.element)[0] not in _CONTROL:
                break  # half a segment: that the set is not closed says it all
            yield from self._batch(rows)
            if report.crowded:
                yield from report.flush()
            del self.section.texts[_KEPT:]
        self._problems()
        if not tokens.interchanges:
            report.add(1, "no-interchange", "No ISA segment: this is not an X12 file.", line=1, segment="ISA")
        self._end_set(cut_short=True)
        self.envelopes.close_interchange_early(tokens.line)
        self._problems()
        yield from report.flush()

    def _batch(self, rows: list[str]) -> Iterator[Finding]:
        """Segment by segment: what a shortcut leads to its place is without flaw, the rest is looked at closely."""
        line, turns, gathers = self.tokens.line - len(rows), self.turns, self.gathers
        frames, keep = self.frames, self.section.texts.append
        for text in rows:
            line += 1
            way = turns.get(text[:3])
            if isinstance(way, tuple):
                way = way[1].get(way[0](text))
            if way is None or way.match(text) is None:
                self.line, self.turns = line, turns
                if self._look(text):
                    yield from self.report.flush()
                turns, frames, keep = self.turns, self.frames, self.section.texts.append
                continue
            finished = False
            if way.moves:
                finished = self._move(way, text, line)
                keep = self.section.texts.append
            rule, frame = way.rule, frames[-1]
            seen = frame.seen
            count = seen.get(rule, 0)
            if count < rule.most:
                seen[rule] = count + 1
                if not count:
                    frame.missing -= rule.required
            elif self.structure is not None:
                self.structure.count(rule, line)
            if gathers:
                keep(text)
                if way.judged is not None and text not in way.judged:
                    self._judge(text, line, way.judged)
            turns = way.then
            if finished:
                yield from self.report.flush()
        self.turns = turns

    def _look(self, text: str) -> bool:
        """A segment that no shortcut leads on; whether findings should be given out now."""
        line, separator = self.line, self.tokens.delimiters.element
        segment = text.split(separator) if text[:3] != "BIN" else text.split(separator, 2)
        name, structure = segment[0], self.structure
        if structure is not None:
            structure.state = self.turns.state
            if line != self.looked + 1:
                structure.settle()  # the segments since were in their place
        self.looked, due = line, name in _CONTROL
        if due:
            self._control(name, segment, text, line)
        elif structure is not None:
            due = self._inside(segment, text, line)
        elif self.inside:
            check_by_standard(segment, line, self.report, self.tokens.delimiters)
        elif not self.stray and name not in ("ISB", "ISE"):
            self.stray = True
            self.envelopes.stray(segment, line)
        self.turns = self.shortcuts.after(self.structure.state) if self.structure and self.shortcuts else NOWHERE
        return due

    def _problems(self) -> None:
        while self.tokens.problems:
            problem = self.tokens.problems.popleft()
            self.cut |= problem.code == "unterminated"
            severity = "error" if problem.stops else WARNING
            self.report.add(1, problem.code, problem.message, line=problem.line, severity=severity, claim="")

    def _control(self, name: str, segment: Segment, text: str, line: int) -> None:
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
            self._open_set(segment, text, line)
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

    def _open_set(self, segment: Segment, text: str, line: int) -> None:
        set_id, version = value(segment, 1), value(segment, 3) or value(self.envelopes.group, 8)
        table = self.table = table_for(set_id, version)
        report, marks = self.report, self.tokens.delimiters
        report.transaction = grammar(table).transaction if table else kind_of_set(set_id, version) or set_id[:3]
        report.version, report.claim = version[:14], ""
        self.envelopes.open_set(segment, line)
        if not table:
            self.inside = True
            self.envelopes.unknown_version(set_id[:3], version, line)
            return
        self.structure = Structure(walker(table), report, line)
        self.shortcuts = shortcuts(table, marks)
        self.frames = self.structure.frames
        self.hierarchy = Hierarchy(report, table)
        self.rules = _RULES.get(table, NoRules)(report) if self.gathers else NoRules(report)
        if self.payer_rules is not None and set_id == "837":
            self.rules = PayerChecks(self.rules, self.payer_rules)
        self.rules.marks = marks
        self.section = RawSection("HEADER", line, marks.element)
        self._take(segment, line, self.structure.place(segment, marks.component))
        self.section.texts.append(text)

    def _move(self, way: Shortcut, text: str, line: int) -> bool:
        """Into another loop by a shortcut; whether a claim has just been finished."""
        assert self.structure and self.hierarchy
        finished = False
        name, separator = way.rule.id, self.tokens.delimiters.element
        if self.gathers:
            if name == "HL":
                self.hierarchy.take(text.split(separator), line)
            finished = self._next_section(way.section, line)
        if name in _NAMES_CLAIM:
            self.report.claim = text.split(separator, 2)[1][:38] if name != "HL" else ""
        self.structure.move(way.pops, way.loop, line)
        return finished

    def _inside(self, segment: Segment, text: str, line: int) -> bool:
        """One segment of a set, looked at closely; whether a claim has just been finished."""
        assert self.structure and self.hierarchy and self.shortcuts
        structure, before, name = self.structure, self.structure.state, segment[0]
        finished = False
        if name == "HL":
            self.hierarchy.take(segment, line)
        step = structure.place(segment, self.tokens.delimiters.component)
        if step.pushes or step.pops:
            finished = self._next_section(section_name(step), line)
        self.section.texts.append(text)
        if name in _NAMES_CLAIM:
            self.report.claim = value(segment, 1)[:38] if name != "HL" else ""
        if self._take(segment, line, step):
            self.shortcuts.learn(before, segment, text, step)
        if self.gathers and name in JUDGED:
            self._judge(text, line)
        return finished

    def _take(self, segment: Segment, line: int, step: Step) -> bool:
        assert self.structure
        flawless = self.structure.take(segment, line, self.tokens.delimiters, step)
        if self.structure.separator:  # said once; from here on the file is read as it was meant
            marks = self.tokens.delimiters = self.tokens.delimiters._replace(component=self.structure.separator)
            self.rules.marks, self.shortcuts = marks, shortcuts(self.table, marks)
            self.structure.separator = ""
        return flawless

    def _judge(self, text: str, line: int, good: set[str] | None = None) -> None:
        """Codes and numbers that other bodies keep; `good` remembers what has been found right."""
        if 5 not in self.report.levels:
            return
        marks, before = self.tokens.delimiters, self.report.count
        check_segment(text.split(marks.element), line, self.section.loop.rstrip("+"), self.report, marks)
        if good is not None and self.report.count == before:
            if len(good) >= _REMEMBERED:
                good.clear()
            good.add(text)

    def _next_section(self, loop: str, line: int) -> bool:
        finished = self.rules.take(self.section)
        if len(self.rules.claim) >= _HELD:
            self.rules.take(RawSection("", 0, ""))  # judged as it is, lest one claim without end fill the memory
        self.section = RawSection(loop, line, self.tokens.delimiters.element)
        return finished

    def _end_set(self, cut_short: bool, segment: Segment | None = None) -> None:
        self.inside = False
        if self.structure is None or self.hierarchy is None:
            return
        if segment is not None:
            self._take(segment, self.line, self.structure.place(segment, self.tokens.delimiters.component))
        self._next_section("", 0)
        if not cut_short:
            self._next_section("", 0)  # nothing follows: the last claim can be judged
        self.structure.finish(cut_short)
        self.report.claim = ""
        if not cut_short:
            self.hierarchy.finish()
            self.rules.finish()
        self.structure = self.hierarchy = self.shortcuts = None
        self.rules, self.frames = NoRules(self.report), []
