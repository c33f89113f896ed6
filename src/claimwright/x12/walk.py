"""Where each segment belongs: a grammar compiled, as it is walked, into a table of states."""

from __future__ import annotations

from typing import NamedTuple

from claimwright.x12.grammar import QUALIFIER_AT, Grammar, Loop, Rule
from claimwright.x12.tokens import Segment

FITS, MISPLACED, MISQUALIFIED, HEADLESS, UNKNOWN = "", "misplaced", "misqualified", "headless", "unknown"

_BEGINS = frozenset({"TRN"})  # first segments that are as good as required: a question or an answer without number is none


class Step(NamedTuple):
    """One segment's place: leave `pops` loops, enter `pushes`, then it is `rule`."""

    rule: Rule | None
    state: State
    pops: int = 0
    pushes: tuple[Loop, ...] = ()
    trouble: str = FITS
    others: tuple[Step, ...] = ()  # where the trouble leaves a choice


class State:
    """A path of loops and how far the innermost has come; its steps are worked out once and kept."""

    __slots__ = ("loop", "order", "path", "steps")

    def __init__(self, path: tuple[Loop, ...], order: int) -> None:
        self.path, self.order, self.loop = path, order, path[-1]
        self.steps: dict[tuple[str, str], Step] = {}


class Walker:
    """Finds the loop of each segment of a set. Shared between sets: it holds no set's data."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.known = grammar.known
        self._states: dict[tuple[tuple[str, ...], int], State] = {}
        self.start = self.state((grammar.root,), 0)

    def step(self, state: State, segment: Segment, component: str) -> Step:
        """The place of the next segment; a state is never lost, whatever comes."""
        key = self.key(segment, component)
        found = state.steps.get(key)
        if found is None:
            found = state.steps[key] = self._find(state, *key)
        return found

    def key(self, segment: Segment, component: str) -> tuple[str, str]:
        """What decides where a segment goes: its name and, if the guide uses it there, its qualifier."""
        name = segment[0]
        qualifiers = self.known.get(name)
        if not qualifiers:
            return (name, "") if qualifiers is not None else ("", "")
        at = QUALIFIER_AT.get(name, 1)
        value = segment[at] if at < len(segment) else ""
        if name == "HI":
            value = value.partition(component)[0]
        return name, value if value in qualifiers else ""

    def state(self, path: tuple[Loop, ...], order: int) -> State:
        """The state of a path of loops at a place in the innermost; always the same object."""
        key = (tuple(loop.id for loop in path), order)
        if key not in self._states:
            self._states[key] = State(path, order)
        return self._states[key]

    def _find(self, state: State, name: str, qualifier: str) -> Step:
        if not name:
            return Step(None, state, trouble=UNKNOWN)
        forward = self._search(state, name, qualifier, backward=False)
        if forward is not None:
            return forward
        backward = self._search(state, name, qualifier, backward=True)
        if backward is not None:
            return backward._replace(trouble=MISPLACED)
        near = [*self._near(state, name), *self._headless(state, name, qualifier)]
        if not near:
            return Step(None, state, trouble=MISPLACED)
        return near[0]._replace(others=tuple(near[1:]))

    def _search(self, state: State, name: str, qualifier: str, backward: bool) -> Step | None:
        """The first place that fits, from the innermost loop outwards."""
        order = state.order
        for depth in range(len(state.path) - 1, -1, -1):
            loop = state.path[depth]
            pops = len(state.path) - 1 - depth
            fitting = [rule for rule in loop.rules if _fits(rule, name, qualifier) and (rule.order < order) is backward]
            fitting = [rule for rule in fitting if depth == 0 or rule is not loop.rules[0]]
            if fitting:
                rule = max(fitting, key=lambda one: bool(one.qualifiers))
                kept = max(rule.order, order) if backward else rule.order
                return Step(rule, self.state(state.path[: depth + 1], kept), pops)
            for child in loop.children:
                opener = child.rules[0]
                if _fits(opener, name, qualifier) and (loop.orders[child.id] < order) is backward:
                    path = (*state.path[: depth + 1], child)
                    return Step(opener, self.state(path, opener.order), pops, (child,))
            if depth:
                order = state.path[depth - 1].orders[loop.id]
        return None

    def _near(self, state: State, name: str) -> list[Step]:
        """A segment whose qualifier fits nowhere: taken for one of its kind that may come here, required ones first."""
        found: list[Step] = []
        order = state.order
        for depth in range(len(state.path) - 1, -1, -1):
            loop = state.path[depth]
            pops = len(state.path) - 1 - depth
            own = [rule for rule in loop.rules[0 if not depth else 1 :] if rule.id == name and rule.order >= order]
            for rule in sorted(own, key=lambda one: not one.required):
                found.append(Step(rule, self.state(state.path[: depth + 1], rule.order), pops, trouble=MISQUALIFIED))
            for child in loop.children:
                if child.rules[0].id == name and (child.required or not depth) and loop.orders[child.id] >= order:
                    found.append(self._into(state, depth, child, child.rules[0], MISQUALIFIED))
            if depth:
                order = state.path[depth - 1].orders[loop.id]
        return found

    def _headless(self, state: State, name: str, qualifier: str) -> list[Step]:
        """A segment of a loop whose first segment is missing: the loop is taken to have begun, a required one first."""
        found: list[Step] = []
        order = state.order
        for depth in range(len(state.path) - 1, -1, -1):
            loop = state.path[depth]
            for child in sorted(loop.children, key=lambda one: not one.required):
                if (child.required or child.rules[0].id in _BEGINS) and loop.orders[child.id] >= order:
                    found += [
                        self._into(state, depth, child, rule, HEADLESS)
                        for rule in child.rules[1:]
                        if _fits(rule, name, qualifier) and (rule.required or not child.required)
                    ]
            if depth:
                order = state.path[depth - 1].orders[loop.id]
        return found

    def _into(self, state: State, depth: int, child: Loop, rule: Rule, trouble: str) -> Step:
        path = (*state.path[: depth + 1], child)
        return Step(rule, self.state(path, rule.order), len(state.path) - 1 - depth, (child,), trouble)


def _fits(rule: Rule, name: str, qualifier: str) -> bool:
    return rule.id == name and (not rule.qualifiers or qualifier in rule.qualifiers)
