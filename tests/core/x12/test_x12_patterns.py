"""A rule's pattern is never milder than the element checks, and knows the ordinary segment."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from x12_samples import WRITTEN

from claimwright.x12.checks.elements import check_elements
from claimwright.x12.checks.patterns import pattern
from claimwright.x12.grammar import TABLES, Element, Rule, grammar
from claimwright.x12.located import table_for, walker
from claimwright.x12.tokens import Delimiters, Tokens

USUAL = Delimiters()
MARKS = (USUAL, Delimiters("|", ">", "", "\n"), Delimiters("+", "^", "!", "'"), Delimiters("\x1d", "\x1f", "\\", "\x1c"))
RULES = {name: [rule for loop in grammar(name).loops.values() for rule in loop.rules] for name in TABLES}
DAYS = ("20260131", "20260228", "20260229", "20240229", "20260431", "20261301", "18991231", "2026010", "202601011")
DATES = (*DAYS, "20260101-20260102", "20260102-20260101", "20260102-20260102", "20251231-20260101", "20260101-", "202601011230")
OTHERS = ("", " ", "A", "AB", "ABC", " AB", "AB ", "12", "-1", "1.5", ".5", "5.", "1e9", "0930", "2530", "093059", "1",
          "9" * 8, "9" * 18, "9" * 19, "123456789.12", "D8", "RD8", "TM", "DT", "é", "²", "A\tB", "A" * 300)  # fmt: skip


def components(element: Element, marks: Delimiters) -> st.SearchStrategy[str]:
    """What may stand in a composite: mostly in the right order, sometimes too much of it."""
    parts = st.tuples(*(simple(part) for part in element.parts)).map(list)
    shorter = st.builds(lambda given, cut: given[:cut], parts, st.integers(1, len(element.parts) + 1))
    whole = shorter.map(marks.component.join)
    return whole | whole.map(lambda text: text.rstrip(marks.component)) | st.lists(simple(element), max_size=3).map(">".join)


def simple(element: Element) -> st.SearchStrategy[str]:
    fitting = {"DT": DAYS, "DQ": DATES, "TM": ("0930", "2359", "2400", "093059")}.get(
        element.shape.kind, ("1", "12", "AB", "123")
    )
    ordinary = st.sampled_from(sorted(element.codes)) if element.codes else st.sampled_from(fitting)
    likely = ordinary if element.required else (st.just("") | ordinary if element.used else st.just(""))
    return st.integers(0, 11).flatmap(lambda chance: st.sampled_from((*OTHERS, *DATES)) if chance == 0 else likely)


def segments(rule: Rule, marks: Delimiters) -> st.SearchStrategy[str]:
    """A segment of this rule: flawless, or with a flaw or two."""

    def element(one: Element) -> st.SearchStrategy[str]:
        given = components(one, marks) if one.shape.parts and one.used else simple(one)
        if one.shape.repeats:
            given = st.lists(given, max_size=3).map(marks.repetition.join)
        return given

    texts = st.tuples(*(element(one) for one in rule.elements))
    whole = texts.map(lambda given: marks.element.join((rule.id, *given)))
    return whole | whole.map(lambda text: text.rstrip(marks.element)) | whole.map(lambda text: text + marks.element)


@pytest.mark.parametrize("name", TABLES)
def test_what_a_pattern_matches_has_no_flaw(name):
    matched = Counter[str]()

    @settings(max_examples=40, deadline=None)
    @given(st.data())
    def judge(data):
        marks = data.draw(st.sampled_from(MARKS))
        rule = data.draw(st.sampled_from(RULES[name]))
        found = pattern(rule, marks)
        assert found is not None
        for text in data.draw(st.lists(segments(rule, marks), min_size=5, max_size=10)):
            if found.match(text):
                matched["yes"] += 1
                segment = text.split(marks.element)
                assert list(check_elements(rule, segment, marks)) == [], text
                assert len(segment) == 1 or segment[-1], text

    judge()
    assert matched["yes"], "no segment matched, so nothing was proved"


def test_the_ordinary_segment_matches():
    met, matched = 0, 0
    for data in WRITTEN.values():
        walk, group = None, ""
        for segment in Tokens(data):
            group = segment[8] if segment[0] == "GS" else group
            if segment[0] == "ST":
                name = table_for(segment[1], segment[3] if len(segment) > 3 else group)
                walk = walker(name) if name else None
                state = walk.start if walk else None
            if walk and state:
                step = walk.step(state, segment, ":")
                state = step.state
                assert step.rule
                met += 1
                found = pattern(step.rule, USUAL)
                matched += bool(found and found.match("*".join(segment)))
            walk = None if segment[0] == "SE" else walk
    assert met > 400 and matched / met > 0.97


@pytest.mark.parametrize(
    "marks", [Delimiters("*", "A", "^"), Delimiters("*", " ", "^"), Delimiters("-", ":", "^"), Delimiters("*", "*")]
)
def test_odd_delimiters_have_no_pattern(marks):
    assert pattern(RULES["837P"][0], marks) is None


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("DTP*472*D8*20260131", True),
        ("DTP*472*D8*20260431", False),
        ("DTP*472*D8*20260229", False),
        ("DTP*472*RD8*20260131-20260201", True),
        ("DTP*472*RD8*20260131-20260131", True),
        ("DTP*472*RD8*20260131-20260130", False),
        ("DTP*472*D8*20260131*", False),
        ("DTP*472*D8", False),
    ],
)
def test_days_and_periods(text, matches):
    rule = next(rule for rule in grammar("837P").loops["2400"].rules if rule.id == "DTP" and "472" in rule.qualifiers)
    assert bool(re.match(pattern(rule, USUAL) or "", text)) is matches
