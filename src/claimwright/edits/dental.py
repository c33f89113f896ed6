"""Dental claims (ADA form, 837D): codes, teeth, surfaces and areas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.registry import DENY, REJECT, Problem, edit, on_claim, on_line

DENTAL = frozenset({"dental"})
TOOTH = re.compile(r"[1-9]|[12]\d|3[0-2]|[A-T]|5[1-9]|[67]\d|8[0-2]|[A-T]S")
"""Universal numbers: 1-32 permanent, A-T primary; 51-82 and AS-TS supernumerary."""
AREAS = frozenset({"00", "01", "02", "10", "20", "30", "40"})
SURFACES = frozenset("BDFILMO")
FRONT = frozenset({*(str(number) for number in (*range(6, 12), *range(22, 28))), *"CDEFGHMNOPQR"})
SURFACE_COUNT = {
    "D2140": 1, "D2150": 2, "D2160": 3, "D2161": 4, "D2330": 1, "D2331": 2, "D2332": 3, "D2391": 1, "D2392": 2,
    "D2393": 3, "D2394": 4,
}  # fmt: skip
"""Fillings by number of surfaces; the highest of each kind means so many or more."""
OR_MORE = frozenset({"D2161", "D2394"})


@edit(
    "DEN-CODE",
    REJECT,
    since=date(2003, 10, 16),
    cites="45 CFR 162.1002: CDT; 837D TR3, SV301-2; M51",
    element="SV301-2",
    forms=DENTAL,
)
def code(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A dental service has a code of D and four digits."""
    for line in claim.lines:
        if not re.fullmatch(r"D\d{4}", line.procedure):
            yield on_line(line, f"{line.procedure!r} is not a dental code.", "Correct it: D and four digits.")


@edit("DEN-TOOTH", REJECT, cites="Universal tooth designation; 837D TR3, TOO02; N37, N39", element="TOO02", forms=DENTAL)
def tooth(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A tooth is 1 to 32, A to T, or a supernumerary one."""
    for line in claim.lines:
        for one in line.dental.teeth if line.dental else ():
            if not TOOTH.fullmatch(one.number):
                yield on_line(line, f"There is no tooth {one.number!r}.", "Use 1 to 32, or A to T for a child's tooth.")


@edit("DEN-SURFACE", REJECT, cites="837D TR3, TOO03; N75", element="TOO03-1", forms=DENTAL)
def surface(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Surfaces are B, D, F, I, L, M or O, each once; a front tooth has I and F, a back tooth O and B."""
    for line in claim.lines:
        for one in line.dental.teeth if line.dental else ():
            wrong = set(one.surfaces) - SURFACES or set(one.surfaces) & (set("OB") if one.number in FRONT else set("IF"))
            if wrong or len(set(one.surfaces)) < len(one.surfaces):
                yield on_line(
                    line, f"The surfaces {''.join(one.surfaces)} do not fit tooth {one.number}.", "Correct the surfaces."
                )


@edit("DEN-SURFACE-COUNT", DENY, cites="CDT: fillings by number of surfaces; CARC 16, N75", element="TOO03-1", forms=DENTAL)
def surface_count(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A filling has as many surfaces as its code says."""
    for line in claim.lines:
        wanted = SURFACE_COUNT.get(line.procedure)
        teeth = line.dental.teeth if line.dental else ()
        if wanted is None:
            continue
        counts = [len(one.surfaces) for one in teeth] or [0]
        if any(count < wanted or (count > wanted and line.procedure not in OR_MORE) for count in counts):
            yield on_line(
                line,
                f"{line.procedure} is for {wanted} surface{'s' * (wanted > 1)}, the tooth has {counts[0]}.",
                "Correct one of them.",
            )


@edit("DEN-AREA", REJECT, cites="837D TR3, SV304; N346", element="SV304", forms=DENTAL)
def area(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Areas of the mouth are 00, 01, 02 or the quadrants 10 to 40."""
    for line in claim.lines:
        wrong = set(line.dental.oral_cavity if line.dental else ()) - AREAS
        if wrong:
            yield on_line(line, f"There is no area {min(wrong)!r} of the mouth.", "Use 10, 20, 30, 40 for the quadrants.")


@edit("DEN-QUADRANT", DENY, cites="CDT: scaling by quadrant; CARC 16, N346", element="SV304", forms=DENTAL)
def quadrant(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Scaling and root planing, flap and bone surgery name their quadrant."""
    for line in claim.lines:
        named = line.dental and (line.dental.oral_cavity or line.dental.teeth)
        if re.fullmatch(r"D4(34[12]|24[019]|26[01])", line.procedure) and not named:
            yield on_line(line, f"{line.procedure} is done by quadrant.", "Name the quadrant, or the teeth.")


@edit("DEN-PROSTHESIS", REJECT, cites="837D TR3, SV305 and DTP*441; CARC 16, N41", element="SV305", forms=DENTAL)
def replaced(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A replacement says when the first one was placed."""
    for line in claim.lines:
        if line.dental and line.dental.prosthesis == "R" and line.dental.prior_placement is None:
            yield on_line(line, "A replacement without the day of the first placement.", "Add the day (DTP*441).")


@edit("DEN-BRACES", REJECT, cites="837D TR3, DN1; CARC 16, N41", element="DN101", forms=DENTAL)
def braces(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Orthodontic treatment says how many months it takes and has left."""
    own = claim.dental
    treated = any(re.fullmatch(r"D80[789]0", line.procedure) for line in claim.lines)
    if treated and (own is None or own.orthodontic_months is None):
        yield on_claim("Braces without the months of treatment.", "Add the months in all and those left.")
    elif own and own.orthodontic_months is not None and (own.orthodontic_months_left or 0) > own.orthodontic_months:
        yield on_claim("More months are left than the treatment takes.", "Correct the months.")


DENTALS = (code, tooth, surface, surface_count, area, quadrant, replaced, braces)
