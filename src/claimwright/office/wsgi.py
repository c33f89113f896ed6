"""For gunicorn. What takes a second the first time is read once, before the workers part, so that nobody waits for it."""

import os
from datetime import date

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claimwright.office.settings")
application = get_wsgi_application()


def warm() -> None:
    """The addresses with their views, the search for codes with the reader of notes, and the tables of the edits."""
    from django.urls import get_resolver

    from claimwright.codesets import procedures
    from claimwright.coding import lookup
    from claimwright.coding.ready import prepare
    from claimwright.office.codes import near, tables

    get_resolver().url_patterns  # noqa: B018
    lookup.search("sprain", date.today(), limit=1, near=near())
    procedures.search("visit", date.today(), limit=1)
    tables()
    prepare()  # last, as it keeps the collector of garbage, and so the workers' own copies, off all that was loaded


warm()
