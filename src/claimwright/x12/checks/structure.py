"""A set against its guide (SNIP 2): which segments and loops must be there, how often, and in which order.

One cause gives one finding: what follows from a segment out of place is not reported again.
"""

from __future__ import annotations

from claimwright.x12.checks.elements import check_elements
from claimwright.x12.checks.report import WARNING, Report
from claimwright.x12.grammar import Loop, Rule, segment_shapes
from claimwright.x12.located import value
from claimwright.x12.stretches import Course, Open
from claimwright.x12.tokens import Delimiters, Segment
from claimwright.x12.walk import FITS, HEADLESS, MISPLACED, MISQUALIFIED, State, Step, Walker

_CONTINUES = frozenset(
    {"N3", "N4", "PER", "DMG", "PRV", "REF", "DTP", "DTM", "N2", "AMT", "QTY", "CAS", "SVC", "SV1", "SV2", "SBR", "PAT", "INS"}
)
# What receivers read past: it is against the guide, but nothing is refused for it.
_MILD = frozenset({"trailing-separator", "element-unused"})
_OPENERS = frozenset({"HL", "NM1", "N1", "CLM", "LX", "CLP", "SVC", "SBR", "EB", "EQ", "TRN", "AK2", "IK3"})
_NONE: frozenset[str] = frozenset()


class Frame:
    """One loop being read: how often each of its segments and child loops was seen."""

    __slots__ = ("blurred", "claim", "line", "loop", "missing", "seen")

    def __init__(self, loop: Loop, line: int, claim: str, missing: int, seen: dict[Rule | Loop, int]) -> None:
        self.loop, self.line, self.seen = loop, line, seen
        self.claim = claim  # by the time a loop is left, another claim may have begun
        self.missing = missing  # required parts not seen yet, or more: a quick way to know that nothing is missing
        self.blurred = _NONE  # segments in trouble here: their absence is no second finding


class Structure:
    """Walks one set."""

    def __init__(self, walker: Walker, report: Report, line: int) -> None:
        self.walker, self.report = walker, report
        self.state: State = walker.start
        self.frames = [Frame(walker.grammar.root, line, "", walker.grammar.root.needs, {})]
        self._open: tuple[Open, ...] = ()  # the loops within these, as the latest stretch has left them
        self._opened = 0  # its first line
        self._claims, self._claim_at = ("", ""), 0  # the claim before it and that within it, and where that begins
        self._lacks = False  # whether one of them lacks something
        self._lost = ""  # the segment that found no place; those after it that find none either are its followers
        self._misplaced = ""
        self.separator = ""  # the component separator that the file really uses, where ISA16 says another

    def place(self, segment: Segment, component: str) -> Step:
        """Where the next segment belongs, by what has been seen so far."""
        self._unfold()
        step = self.walker.step(self.state, segment, component)
        if step.trouble in (MISQUALIFIED, HEADLESS):
            chosen = next((one for one in (step, *step.others) if self._room(one)), None)
            if chosen is None or self._lost:
                return Step(None, self.state, trouble=MISPLACED)
            return chosen
        if step.trouble == MISPLACED and step.rule is not None and self._begins_again(step, step.rule):
            begun = self.walker.state(step.state.path, step.rule.order)
            return step._replace(state=begun, pops=step.pops + 1, pushes=(step.rule.loop,), trouble=HEADLESS)
        return step

    def _begins_again(self, step: Step, rule: Rule) -> bool:
        """Whether a second segment that must follow a loop's first shows that the loop's first was left out."""
        seen = self.frames[-1 - step.pops].seen
        return rule.loop.most > 1 and rule in rule.loop.rules[1:2] and rule.required and seen.get(rule, 0) >= rule.most

    def _room(self, step: Step) -> bool:
        """Whether a guess at a segment's place does not make it one too many."""
        frame = self.frames[-1 - step.pops]
        if step.pushes:
            return frame.seen.get(step.pushes[0], 0) < step.pushes[0].most
        return step.rule is not None and frame.seen.get(step.rule, 0) < step.rule.most

    def take(self, segment: Segment, line: int, marks: Delimiters, step: Step) -> bool:
        """Take the next segment to its place and report what is wrong with it; whether nothing is wrong within it."""
        rule = step.rule
        if rule is None or (step.trouble == MISPLACED and self._lost in _OPENERS and segment[0] in _CONTINUES):
            self._homeless(segment, line, step)
            return False
        if step.trouble == FITS:
            self.settle()
        self.state = step.state
        self._leave_loops(step.pops)
        if step.pushes:
            self._enter(step.pushes[-1], line)
            self.frames.append(Frame(step.pushes[-1], line, self.report.claim, step.pushes[-1].needs, {}))
        if step.trouble == MISPLACED:
            self._out_of_order(rule, segment, line)
        frame = self.frames[-1]
        if step.trouble == HEADLESS:
            self._headless(frame, segment, line)
        self._count(rule, line)
        if step.trouble == MISQUALIFIED:
            frame.blurred |= {rule.id}
            if step.pushes and len(self.frames) > 1:
                self.frames[-2].blurred |= {rule.id}
        return self.elements(rule, segment, line, marks)

    def settle(self) -> None:
        """A segment has found its place: what was lost before it does not concern what comes after."""
        self._lost = self._misplaced = ""

    def _leave_loops(self, pops: int) -> None:
        for _ in range(pops):
            frame = self.frames.pop()
            if frame.missing:
                self._leave(frame)

    def _enter(self, loop: Loop, line: int) -> None:
        """One more of this loop in the one being read."""
        parent = self.frames[-1]
        count = parent.seen[loop] = parent.seen.get(loop, 0) + 1
        if count == 1:
            parent.missing -= loop.required
        elif count == loop.most + 1:
            said = f"Loop {loop.label} ({loop.name.lower()}) occurs more than {_times(loop.most)} here."
            self._add(2, "loop-repeats", said, line, loop, loop.rules[0].id)

    def follow(self, course: Course, line: int, claim: str) -> None:
        """Take a whole stretch whose structure is right; `line` is its first segment's, `claim` the one it comes to."""
        self._lost = self._misplaced = ""
        self.state, pops = course.state, course.pops
        if pops < len(self._open) or self._lacks:
            self._unfold()
        if pops > len(self._open):
            self._leave_loops(pops - len(self._open))
        self._enter(course.open[0].loop, line)
        self._open, self._opened, self._lacks = course.open, line, course.lacks
        self._claims, self._claim_at = (self.report.claim, claim), course.claim_at

    def _unfold(self) -> None:
        """Count on by frames in the loops that the latest stretch has left open."""
        for loop, begins, missing, seen in self._open:
            claim = self._claims[begins >= self._claim_at]
            self.frames.append(Frame(loop, self._opened + begins, claim, missing, seen.copy()))
        self._open, self._lacks = (), False

    def _count(self, rule: Rule, line: int) -> None:
        """One more segment of this rule in the loop being read."""
        frame = self.frames[-1]
        count = frame.seen[rule] = frame.seen.get(rule, 0) + 1
        if count == 1:
            frame.missing -= rule.required
        if count == rule.most + 1:
            self._add(2, "segment-repeats", f"{rule.id} occurs more than {_times(rule.most)} here.", line, rule.loop, rule.id)

    def _headless(self, frame: Frame, segment: Segment, line: int) -> None:
        opener = frame.loop.rules[0]
        frame.seen[opener] = 1
        codes = f" ({' or '.join(sorted(opener.qualifiers)[:4])})" if opener.qualifiers else ""
        loop = f"loop {frame.loop.label} ({frame.loop.name.lower()})"
        said = f"{opener.id}{codes}, which begins {loop}, is missing before {segment[0]}."
        self._add(2, "segment-missing", said, line, frame.loop, opener.id)

    def elements(self, rule: Rule, segment: Segment, line: int, marks: Delimiters) -> bool:
        """Report what is wrong within a segment that is in its place; whether nothing is."""
        flaws = list(check_elements(rule, segment, marks))
        trailing = len(segment) > 1 and not segment[-1]
        if trailing:
            said = f"{segment[0]} ends in an empty element."
            fix = "Cut separators at the end."
            self._add(1, "trailing-separator", said, line, rule.loop, segment[0], severity=WARNING, fix=fix)
        for flaw in flaws[:1] if segment[0] == "HI" else flaws:  # a badly divided HI is wrong in many places for one reason
            self.separator = flaw.meant or self.separator
            severity = WARNING if flaw.code in _MILD else "error"
            self._add(flaw.level, flaw.code, flaw.message, line, rule.loop, segment[0], flaw.element, severity, flaw.fix)
        return not (flaws or trailing)

    def _homeless(self, segment: Segment, line: int, step: Step) -> None:
        """A segment that has no place: unknown, or not here."""
        name = segment[0]
        meant = name.upper()
        for frame in self.frames if meant in segment_shapes() else ():
            frame.blurred |= {meant}
        follows = self._lost and (name in _CONTINUES or self._lost in _OPENERS)
        if not self._lost or self._lost not in _OPENERS:
            self._lost = meant
        if follows:
            return
        shown = name if name.isascii() and name.isalnum() and len(name) <= 3 else "this"
        if step.trouble == MISPLACED:
            qualifier, known = value(segment, 1), self.walker.known.get(name, _NONE)
            which = f"{shown} with {qualifier!r}" if 0 < len(qualifier) <= 3 and qualifier.isalnum() else shown
            if known and qualifier not in known and name not in ("HL", "HI"):
                said = f"{which} is not used in this transaction."
                self._add(2, "code-invalid", said, line, self.frames[-1].loop, name[:3], f"{name}01")
            else:
                self._add(2, "segment-unexpected", f"{which} is not expected here.", line, self.frames[-1].loop, name[:3])
        elif name in segment_shapes():
            self._add(2, "segment-unused", f"{shown} is not used in this transaction.", line, self.frames[-1].loop, name[:3])
        else:
            self._add(1, "segment-unknown", f"{shown} is not a segment of these guides.", line, self.frames[-1].loop, name[:3])

    def _out_of_order(self, rule: Rule, segment: Segment, line: int) -> None:
        key = f"{rule.loop.id}{rule.id}"
        if self._misplaced == rule.loop.id and self.frames[-1].seen:
            return
        self._misplaced = rule.loop.id
        where = f" of loop {rule.loop.label}" if rule.loop.label else ""
        said = f"{segment[0]}{where} comes too late: it is out of order."
        if key not in self.frames[0].blurred:
            self._add(2, "segment-order", said, line, rule.loop, segment[0])
        self.frames[0].blurred |= {key}

    def _leave(self, frame: Frame) -> None:
        """A loop ends: whatever it requires must have been there."""
        loop = frame.loop
        for rule in loop.rules:
            if rule.required and rule not in frame.seen and rule.id not in frame.blurred:
                codes = f" ({' or '.join(sorted(rule.qualifiers)[:4])})" if rule.qualifiers else ""
                where = f" in loop {loop.label} ({loop.name.lower()})" if loop.label else ""
                said = f"{rule.id}{codes} is required{where} and is missing."
                self._add(2, "segment-missing", said, frame.line, loop, rule.id, claim=frame.claim)
        for child in loop.children:
            if child.required and child not in frame.seen and child.rules[0].id not in frame.blurred:
                if child.id == "TRAILER":
                    continue
                said = f"Loop {child.label or child.id} ({child.name.lower()}) is required and is missing."
                self._add(2, "loop-missing", said, frame.line, child, child.rules[0].id, claim=frame.claim)

    def finish(self, cut_short: bool) -> None:
        """The set ends; one that was cut short misses what it misses for that one reason."""
        self._unfold()
        while self.frames:
            frame = self.frames.pop()
            if not cut_short:
                self._leave(frame)

    def _add(
        self, level: int, code: str, said: str, line: int, loop: Loop, segment: str, element: str = "",
        severity: str = "error", fix: str = "", claim: str | None = None,
    ) -> None:  # fmt: skip
        self.report.add(
            level, code, said, line=line, loop=loop.label, segment=segment, element=element, severity=severity, fix=fix,
            claim=claim,
        )  # fmt: skip


def _times(count: int) -> str:
    return f"{count} time{'s' * (count > 1)}"
