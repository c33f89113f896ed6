"""The one place that asks what day it is."""

from datetime import date

from django.conf import settings


def today() -> date:
    """The practice's day: the demo's fixed day where one is set, else the calendar's."""
    return settings.TODAY or date.today()
