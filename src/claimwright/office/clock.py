"""The one place that asks what day it is."""

from datetime import date, timedelta

from django.conf import settings


def today() -> date:
    """The calendar's day; in a demo its own, which a person may move on."""
    if settings.TODAY is None:
        return date.today()
    moved = settings.HOME / "day"
    return date.fromisoformat(moved.read_text()) if moved.exists() else settings.TODAY


def move_on() -> date:
    """Let a demo's next day begin. A real office cannot: its day is the calendar's."""
    if settings.TODAY is None:
        raise RuntimeError("clock: only a demo's day can be moved")
    tomorrow = today() + timedelta(days=1)
    (settings.HOME / "day").write_text(tomorrow.isoformat())
    return tomorrow
