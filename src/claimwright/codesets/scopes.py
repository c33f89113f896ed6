"""What kinds of providers are paid for: by law for Medicare, by the codes' definitions for others."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from claimwright.codesets.code_spans import Spans, among, spans
from claimwright.codesets.starter import row_period, table
from claimwright.effective import Period
from claimwright.parties import Struct


class Scope(Struct):
    """One kind of provider."""

    who: str
    taxonomies: tuple[str, ...]  # how they begin
    for_all: bool  # not for Medicare alone
    only: Spans
    never: Spans
    unless: frozenset[str]  # modifiers of a part that is within the scope
    period: Period
    cites: str

    def leaves_out(self, code: str, modifiers: tuple[str, ...], on: date) -> bool:
        """Whether a service is none of this kind's."""
        if not self.period.covers(on) or not self.unless.isdisjoint(modifiers):
            return False
        return among(code, self.never) or (bool(self.only) and not among(code, self.only))


@lru_cache(maxsize=1024)
def scope_of(taxonomy: str) -> Scope | None:
    """The limits of a taxonomy, if it has any."""
    return next((one for one in _scopes() if taxonomy.startswith(one.taxonomies)), None)


@cache
def _scopes() -> tuple[Scope, ...]:
    return tuple(
        Scope(
            who=row["who"],
            taxonomies=tuple(row["taxonomies"].split()),
            for_all=row["payers"] == "all",
            only=spans(row["only"]),
            never=spans(row["never"]),
            unless=frozenset(row["except"].split()),
            period=row_period(row),
            cites=row["cites"],
        )
        for row in table("scopes").rows
    )
