"""ICD-10-CM codes on a day, for claims and for services reviews (SNIP 5)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from claimwright.x12.checks.report import Report
from claimwright.x12.checks.rules import SetRules, line_of
from claimwright.x12.located import Section, value
from claimwright.x12.values import date8

ICD10_BEGAN = date(2015, 10, 1)  # 45 CFR 162.1002(c)
ICD10 = re.compile(r"[A-Z][0-9A-Z]{2}[0-9A-Z]{0,4}")  # since October 2026 the second character may be a letter (QA0)


@lru_cache(maxsize=8192)  # a practice's diagnoses and days are few
def icd10_flaw(code: str, on: date) -> tuple[str, str] | None:
    """What is wrong with a code (sent without its dot) on a day: the finding's code, and what follows the element's name."""
    if not ICD10.fullmatch(code):
        return "diagnosis-invalid", "does not have the form of an ICD-10-CM code."
    from claimwright.codesets import icd10cm  # loads the whole classification, so only where something needs it

    found = icd10cm.lookup(code, on)
    if found is None:
        return "diagnosis-invalid", f"is not an ICD-10-CM code on {on}."
    if not found.billable:
        return "diagnosis-incomplete", "is a category, not a billable code: it needs more characters."
    return None


class ReviewRules(SetRules):
    """A 278: diagnoses by the day it was made (BHT04)."""

    def __init__(self, report: Report) -> None:
        super().__init__(report)
        self.made: date | None = None

    def take(self, section: Section) -> bool:
        self.made = date8(value(section.first("BHT"), 4)) or self.made
        for at, segment in enumerate(section.all("HI")):
            for place, composite in enumerate(segment[1:], 1):
                qualifier, code, *_ = [*composite.split(self.marks.component), ""]
                wrong = icd10_flaw(code, self.made) if self.made and qualifier in ("ABK", "ABF", "ABJ") and code else None
                if wrong:
                    element, line = f"HI{place:02d}-2", line_of(section, "HI", at)
                    said, loop = f"{element} {wrong[1]}", section.loop.rstrip("+").partition("-")[0]
                    self.report.add(5, wrong[0], said, line=line, loop=loop, segment="HI", element=element)
        return section.loop.startswith("2000E")
