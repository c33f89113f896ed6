"""Medical necessity by Medicare's coverage articles, where they are imported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.icd10cm import plain
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import pointed
from claimwright.edits.medicare import MEDICARE
from claimwright.edits.necessity import NOTICE
from claimwright.edits.registry import ANY_FORM, DENY, Problem, edit, on_line


@edit(
    "NEC-ARTICLE",
    DENY,
    since=date(2015, 10, 1),
    cites="The coverage article named; CARC 50, N115",
    element="SV107",
    forms=ANY_FORM,
    needs="filed MA/filed MB/filed 16",
)
def not_in_article(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service that a coverage article speaks of points to a diagnosis which it supports, and to none which it rules out."""
    if claim.filing_indicator not in MEDICARE:
        return
    for line in claim.lines:
        codes = pointed(claim, line.pointers) or [one.code for one in claim.diagnoses]
        articles = tables.coverage(line.procedure, line.first_service) if codes and not NOTICE & set(line.modifiers) else ()
        asked = [one for one in articles if one.supports]
        said = {plain(code) for code in codes}
        if asked and not any(said & one.supports for one in asked):
            yield on_line(
                line,
                f"Article {asked[0].article} does not cover {line.procedure} for {', '.join(codes)}.",
                "Link the diagnosis the note gives as the reason; else tell the patient and bill with GA.",
            )
        for one in articles:
            if out := sorted(said & one.excludes):
                yield on_line(
                    line, f"Article {one.article} rules {line.procedure} out for {out[0]}.", "Link another diagnosis, or use GA."
                )


ARTICLES = (not_in_article,)
