"""Who may be paid beside the surgeon, by the fee schedule's indicators: assistants, two surgeons, teams."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.procedures import priced
from claimwright.edits.registry import DENY, WARN, Problem, edit, on_line

ASSISTANTS = frozenset({"80", "81", "82", "AS"})
SCHEDULE = "Medicare physician fee schedule"
FROM = date(1992, 1, 1)


@edit(
    "SUR-ASSISTANT",
    DENY,
    since=FROM,
    cites=f"{SCHEDULE}, assistant indicator 1 or 9; CARC 54",
    element="SV101-3",
    needs="-80/-81/-82/-AS",
)
def assistant(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An assistant at surgery is paid only where the fee schedule allows one."""
    for line, found in priced(claim, tables):
        if ASSISTANTS & set(line.modifiers) and found.assistant in {"1", "9"}:
            yield on_line(line, f"No assistant is paid for {line.procedure}.", "Take the assistant's line off.")


@edit(
    "SUR-ASSISTANT-WHY",
    WARN,
    since=FROM,
    cites=f"{SCHEDULE}, assistant indicator 0; CARC 54",
    element="NTE02",
    needs="-80/-81/-82/-AS",
)
def assistant_documented(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Where an assistant is seldom needed, the claim says why one was."""
    for line, found in priced(claim, tables):
        if ASSISTANTS & set(line.modifiers) and found.assistant == "0" and not claim.note.strip():
            yield on_line(line, f"An assistant for {line.procedure} is paid only with a reason.", "Say it in the claim note.")


@edit(
    "SUR-COSURGEONS", DENY, since=FROM, cites=f"{SCHEDULE}, co-surgeon indicator 0 or 9; CARC 54", element="SV101-3", needs="-62"
)
def cosurgeons(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Two surgeons are paid only where the fee schedule allows two."""
    for line, found in priced(claim, tables):
        if "62" in line.modifiers and found.cosurgeons in {"0", "9"}:
            yield on_line(
                line, f"Two surgeons are not paid for {line.procedure}.", "Bill one as surgeon, the other as assistant."
            )


@edit("SUR-TEAM", DENY, since=FROM, cites=f"{SCHEDULE}, team indicator 0 or 9; CARC 54", element="SV101-3", needs="-66")
def team(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A team of surgeons is paid only where the fee schedule allows one."""
    for line, found in priced(claim, tables):
        if "66" in line.modifiers and found.team in {"0", "9"}:
            yield on_line(line, f"A team is not paid for {line.procedure}.", "Take modifier 66 off.")


@edit(
    "SUR-COSURGEONS-WHY",
    WARN,
    since=FROM,
    cites=f"{SCHEDULE}, co-surgeon indicator 1; Claims Processing Manual 12, 40.8; CARC 54",
    element="NTE02",
    needs="-62",
)
def cosurgeons_documented(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Where two surgeons are seldom needed, the claim says why they were."""
    for line, found in priced(claim, tables):
        if "62" in line.modifiers and found.cosurgeons == "1" and not claim.note.strip():
            yield on_line(line, f"Two surgeons for {line.procedure} are paid only with a reason.", "Say it in the claim note.")


@edit(
    "SUR-TEAM-WHY",
    WARN,
    since=FROM,
    cites=f"{SCHEDULE}, team indicator 1 or 2; Claims Processing Manual 12, 40.8; CARC 54",
    element="NTE02",
    needs="-66",
)
def team_documented(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A team of surgeons is paid by report: the claim says why it was needed."""
    for line, found in priced(claim, tables):
        if "66" in line.modifiers and found.team in {"1", "2"} and not claim.note.strip():
            yield on_line(line, f"A team for {line.procedure} is paid only with a report.", "Say why in the claim note.")


SURGEONS = (assistant, assistant_documented, cosurgeons, team, cosurgeons_documented, team_documented)
