"""The small practices that office tests work in."""

from __future__ import annotations

import pytest

from officekit import Office


@pytest.fixture
def office(db: None) -> Office:
    """The small practice."""
    return Office()


@pytest.fixture
def other_office(db: None) -> Office:
    """Another practice, which must never notice."""
    return Office("Birch Clinic", "100000002")
