"""Which releases a store has, and which of them are no longer the newest."""

from __future__ import annotations

from datetime import date, timedelta

from claimwright.codesets import starter
from claimwright.codesets.releases import Release
from claimwright.codesets.rhythm import State, due
from claimwright.codesets.starter import LONG_AGO
from claimwright.codesets.store import Store
from claimwright.codesets.tables import TableStatus


def status(store: Store, today: date) -> list[TableStatus]:
    """Every imported release. Only the newest of a table is current, and stale if its publisher has a newer one by `today`."""
    publishers = {row["table"]: row["publisher"] for row in starter.table("publishers").rows}
    newest: dict[str, date] = {}
    for one in store.releases:
        if one.period.start <= today:
            newest[one.table] = max(one.period.start, newest.get(one.table, one.period.start))
    return [
        _told(one, publishers.get(one.table, "not known"), newest.get(one.table), today)
        for one in sorted(store.releases, key=lambda one: (one.table, one.period.start, one.part))
    ]


def _told(one: Release, source: str, newest: date | None, today: date) -> TableStatus:
    newer = _newer(one)
    stale = one.period.start == newest and newer <= today
    state: State = "out of date" if stale else "current"
    if one.period.start > today:
        state = "coming"
    elif one.period.start != newest:
        state = "superseded" if one.period.end is None else "earlier"
    return TableStatus(
        name=f"{one.table} {one.part}".rstrip(),
        source=source,
        version=one.version,
        start=one.period.start,
        end=one.period.end,
        rows=one.rows,
        stale=stale,
        state=state,
        due=newer,
        origin="store",
        file=one.file,
        sha256=one.sha256,
        imported_at=one.imported_at,
    )


def _newer(one: Release) -> date:
    """From when there must be a newer release: its publisher's next one, or the end of its period if that is earlier."""
    undated = one.period.start == LONG_AGO and one.period.end is None  # as old as its import
    newer = due(one.table, date.fromisoformat(one.imported_at[:10]) if undated else one.period.start)
    return min(newer, one.period.end + timedelta(days=1)) if one.period.end else newer
