"""Where an ambulance came from and where it went: two letters in a modifier's place (Claims Processing Manual 15, 30)."""

from __future__ import annotations

import re

_RIDE = re.compile(r"A0\d{3}")
_FROM_TO = re.compile(r"[DEGHIJNPRS][DEGHIJNPRSX]")
"""D clinic, E custodial home, G and J dialysis, H hospital, I transfer, N nursing facility, P office, R home, S scene.

X, a physician's office on the way to the hospital, is never where a ride began.
"""


def of_a_trip(procedure: str, modifier: str) -> bool:
    """Whether a modifier is the origin and destination of an ambulance's or another ride's line, in no list of modifiers."""
    return _FROM_TO.fullmatch(modifier) is not None and _RIDE.fullmatch(procedure) is not None
