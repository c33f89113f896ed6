"""Mistakes in the codes themselves: services told by nothing but their number, and diagnoses that do not fit the patient."""

from __future__ import annotations

from random import Random

from dirty_claims import MISTAKES, PRO, Mistake, Spoilt, add, has, on_first, on_last

from claimwright.claims.model import Claim
from claimwright.codesets.starter import table
from claimwright.edits.scrub import Context

OPERATIONS = next(row["codes"].split() for row in table("unlisted").rows if row["of"] == "digestion")


def unlisted_operation_not_described(claim: Claim, context: Context, rng: Random) -> Spoilt:
    return (on_first(claim, procedure=rng.choice(OPERATIONS), modifiers=()), context) if has(claim, "17110") else None


MISTAKES.append(Mistake("unlisted operation not described", "N350", frozenset({"PX-UNLISTED"}), unlisted_operation_not_described))
add(
    "drug with no code of its own not named",
    "N350",
    "PX-UNLISTED",
    lambda c: on_last(c, procedure="J3490") if c.form == PRO and c.lines[-1].procedure.startswith("J") else None,
)
add(
    "unspecified restoration not described",
    "N350",
    "PX-UNLISTED",
    lambda c: on_first(c, procedure="D2999") if c.lines[0].procedure.startswith("D23") else None,
    "dental",
)
