"""Short notes for the reader's tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from claimwright.coding.model import Coding, Document, Visit
from claimwright.coding.suggest import suggest

ON = date(2026, 10, 14)


def read_note(text: str, *more: str, **visit: Any) -> Coding:
    """Suggest for a progress note; a text that begins with 1. is its assessment."""
    if text.startswith("1."):
        text = f"ASSESSMENT AND PLAN:\n{text}"
    documents = [Document(kind="progress", text=text), *(Document(kind="procedure", text=one) for one in more)]
    return suggest(documents, Visit(**({"on": ON, "age": 45, "sex": "F"} | visit)))


def diagnoses(text: str, *more: str, **visit: Any) -> list[str]:
    """Suggested diagnoses in order."""
    return [one.code for one in read_note(text, *more, **visit).diagnoses if one.suggested]


def services(text: str, *more: str, **visit: Any) -> list[str]:
    """Suggested services, written 20610-RT or J3301 x4."""
    found = []
    for one in read_note(text, *more, **visit).services:
        if one.suggested:
            found.append("-".join((one.code, *one.modifiers)) + (f" x{one.units}" if one.units != 1 else ""))
    return found
