"""What only Medicare asks: therapy plans, waivers, chiropractic, wasted drugs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from claimwright.claims.model import Claim
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.place import AFAR, place_of
from claimwright.edits.providers import rendering_of
from claimwright.edits.registry import ADVISE, DENY, REJECT, WARN, Problem, edit, on_line

MEDICARE = frozenset({"MA", "MB", "16"})
PLANS = {"GP": "physical therapy", "GO": "occupational therapy", "GN": "speech-language pathology"}
ALWAYS_THERAPY = re.compile(
    r"92507|92508|9252[1-6]|9701[268]|9702[2468]|9703[2-69]|9711[02369]|97124|97139|97140|97150|9716[1-8]|97530|9753[3579]|97542|"
    r"9775[05]|9776[0-3]|97799|G0283"
)
"""Therapy whoever does it (Claims Processing Manual 5, 20: always-therapy codes)."""
THERAPISTS = ("2251", "225X", "235Z")
"""Taxonomies of physical, occupational and speech therapists."""
WAIVERS = frozenset({"GA", "GX", "GY", "GZ"})


@edit("MCR-THERAPY-PLAN", DENY, cites="Claims Processing Manual 5, 20.1; CARC 4, N519", element="SV101-3", needs="therapy")
def therapy_plan(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Therapy for a Medicare patient says under which plan of care it was given."""
    for line in claim.lines:
        asked = claim.filing_indicator in MEDICARE and ALWAYS_THERAPY.fullmatch(line.procedure)
        if asked and not PLANS.keys() & set(line.modifiers):
            yield on_line(line, f"{line.procedure} is therapy without its plan of care.", "Add GP, GO or GN.")


@edit(
    "MCR-THERAPY-ONE",
    REJECT,
    cites="Claims Processing Manual 5, 20.1: one plan a line; N519",
    element="SV101-3",
    needs="-GP/-GO/-GN",
)
def one_plan(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A line of therapy is of one discipline."""
    for line in claim.lines:
        said = sorted(PLANS.keys() & set(line.modifiers))
        if len(said) > 1:
            yield on_line(line, f"Modifiers {' and '.join(said)} name two plans of care.", "Keep the one it was done under.")


@edit(
    "MCR-ASSISTANT",
    REJECT,
    since=date(2020, 1, 1),
    cites="Claims Processing Manual 5, 20.1: CQ with GP, CO with GO",
    element="SV101-3",
    needs="-CQ/-CO",
)
def assistant(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """An assistant's modifier goes with that of the assistant's discipline."""
    for line in claim.lines:
        for one, needs in (("CQ", "GP"), ("CO", "GO")):
            if one in line.modifiers and needs not in line.modifiers:
                yield on_line(line, f"Modifier {one} stands without {needs}.", f"Add {needs}, or correct {one}.")


@edit(
    "MCR-CHIROPRACTIC",
    DENY,
    since=date(2004, 10, 1),
    cites="Benefit Policy Manual 15, 240.1.3: active treatment carries AT; CARC 50",
    element="SV101-3",
    needs="chiropractic",
)
def chiropractic(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Medicare pays for the spine's manipulation only as active treatment."""
    for line in claim.lines:
        asked = claim.filing_indicator in MEDICARE and re.fullmatch(r"9894[0-2]", line.procedure)
        if asked and not {"AT", "GA", "GY", "GZ"} & set(line.modifiers):
            yield on_line(
                line,
                f"{line.procedure} does not say that it was active treatment.",
                "Add AT; maintenance is not covered (GA, GZ).",
            )


@edit(
    "MCR-WAIVER-OTHER",
    WARN,
    cites="Claims Processing Manual 30, 50: the notice is Medicare's",
    element="SV101-3",
    needs="-GA/-GX/-GY/-GZ",
)
def waiver_elsewhere(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers of Medicare's notice to the patient go to Medicare, or after it to the next payer."""
    medicare_first = any(other.filing_indicator in MEDICARE for other in claim.other_payers)
    for line in claim.lines:
        said = sorted(WAIVERS & set(line.modifiers))
        if said and claim.filing_indicator not in MEDICARE and not medicare_first:
            yield on_line(line, f"Modifier {said[0]} means a Medicare notice.", "Take it off; use the payer's own waiver.")


@edit(
    "MCR-WAIVER-AGAINST",
    REJECT,
    since=date(2010, 4, 1),
    cites="Claims Processing Manual 30, 50.2: GX not with GA or GZ",
    element="SV101-3",
    needs="-GX",
)
def waivers_against(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A notice is either required or voluntary."""
    for line in claim.lines:
        if "GX" in line.modifiers and {"GA", "GZ"} & set(line.modifiers):
            yield on_line(line, "GX (voluntary notice) stands beside GA or GZ.", "Keep the one that was signed.")


@edit(
    "MCR-NO-NOTICE",
    ADVISE,
    since=date(2011, 7, 1),
    cites="Claims Processing Manual 30, 50: GZ is denied and the patient owes nothing; CARC 50",
    element="SV101-3",
    needs="-GZ",
)
def no_notice(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """GZ gives the charge away: it is denied, and the patient may not be billed."""
    for line in claim.lines:
        if "GZ" in line.modifiers:
            yield on_line(
                line, "GZ is always denied, and without a signed notice nobody owes it.", "If a notice was signed, use GA."
            )


@edit(
    "DRUG-WASTE-ALONE",
    DENY,
    since=date(2017, 1, 1),
    cites="Claims Processing Manual 17, 40.1: JW beside the dose given; CARC 4",
    element="SV101-3",
    needs="-JW",
)
def waste_alone(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Wasted drug stands beside the same drug given."""
    for line in claim.lines:
        given = (one for one in claim.lines if one.procedure == line.procedure and "JW" not in one.modifiers)
        if "JW" in line.modifiers and not any(given):
            yield on_line(
                line, f"{line.procedure} is billed as wasted only.", "Put the dose given on a line of its own without JW."
            )


@edit(
    "MCR-TELEHEALTH-PLACE",
    WARN,
    since=date(2020, 3, 1),
    until=date(2023, 12, 31),
    cites="Telehealth of the public health emergency: 85 FR 19230 (April 6, 2020), kept through 2023 by 87 FR 69404; CARC 4, 5",
    element="SV105",
    needs="filed MB, at 02/at 10",
)
def telehealth_of_the_emergency(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """From March 2020 through 2023 Medicare's telehealth had the place of a visit in person, and modifier 95."""
    for line in claim.lines:
        place = place_of(claim, line)
        if claim.filing_indicator == "MB" and place in AFAR:
            yield on_line(
                line,
                f"Until the end of 2023 Medicare pays {line.procedure} less at place of service {place}, or not at all.",
                "Use the place of a visit in person (11 for the office) and modifier 95.",
            )


@edit(
    "MCR-NOTICE-EXCLUDED",
    WARN,
    since=date(2011, 4, 1),
    cites="Claims Processing Manual 30, 50 and 60: GY or GX for what is never covered; CARC 96",
    element="SV101-3",
    needs="filed MB, -GA/-GZ, status N",
)
def notice_of_excluded(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A service that Medicare never covers goes with GY or GX, not with the notice of one that it might cover."""
    for line in claim.lines:
        found = tables.procedure(line.procedure, line.first_service)
        said = sorted({"GA", "GZ"} & set(line.modifiers))
        if claim.filing_indicator == "MB" and said and found and found.status == "N":
            yield on_line(
                line,
                f"Medicare never covers {line.procedure}: {said[0]} is not for that.",
                "Use GY, with GX if a notice was signed.",
            )


@edit(
    "MCR-HOSPITAL-PART",
    DENY,
    since=date(1992, 1, 1),
    cites="Medicare physician fee schedule, PC/TC indicators 3, 5 and 7; Claims Processing Manual 12, 20.4; CARC 5, 58",
    element="SV105",
    needs="filed MB, hospital's part, at 19/at 21/at 22/at 23",
)
def part_of_the_hospital(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """What is the hospital's own (tests' technical part, help to a physician, therapy) is not paid to the practice there."""
    for line in claim.lines:
        found = tables.procedure(line.procedure, line.first_service)
        place = line.place_of_service or claim.place_of_service
        asked = claim.filing_indicator == "MB" and place in {"19", "21", "22", "23"}
        own = {"3", "5", "7"} if rendering_of(claim, line).taxonomy.startswith(THERAPISTS) else {"3", "5"}
        if asked and found and found.pc_tc in own:
            yield on_line(
                line,
                f"{line.procedure} at place of service {place} is paid to the hospital.",
                "Take it off, or correct the place.",
            )


@edit(
    "MCR-SKILLED-NURSING",
    DENY,
    since=date(1998, 7, 1),
    cites="Social Security Act 1862(a)(18); Claims Processing Manual 6, 20.1.1; CARC 109, N106",
    element="SV105",
    needs="filed MB, at 31, two parts/whole test/technical only/therapy",
)
def part_of_the_stay(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """In a covered stay of skilled nursing tests' technical parts and therapy are billed by the facility."""
    for line in claim.lines:
        if claim.filing_indicator != "MB" or place_of(claim, line) != "31":
            continue
        found = tables.procedure(line.procedure, line.first_service)
        technical = found is not None and (found.pc_tc in {"3", "4"} or (found.pc_tc == "1" and "26" not in line.modifiers))
        if technical or ALWAYS_THERAPY.fullmatch(line.procedure):
            yield on_line(
                line,
                f"{line.procedure} at place of service 31 is part of the stay, which the facility bills.",
                "Bill the facility; Medicare pays the practice the professional part only (26).",
            )


@edit(
    "MCR-REFERRED-TEST",
    DENY,
    since=date(1984, 7, 1),
    cites="Social Security Act 1833(h)(5)(A); Claims Processing Manual 16, 40.1: 90 is a laboratory's; CARC 16, MA120",
    element="SV101-3",
    needs="filed MB, -90",
)
def sent_out(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A test that another laboratory ran is billed to Medicare by that laboratory, not by the practice."""
    for line in claim.lines:
        laboratory = claim.billing.taxonomy.startswith(("291", "293"))
        if claim.filing_indicator == "MB" and "90" in line.modifiers and claim.billing.taxonomy and not laboratory:
            yield on_line(
                line, f"{line.procedure} was sent out (90); Medicare pays the laboratory that ran it.", "Take the line off."
            )


MEDICARE_EDITS = (
    sent_out,
    telehealth_of_the_emergency,
    notice_of_excluded,
    part_of_the_hospital,
    part_of_the_stay,
    therapy_plan,
    one_plan,
    assistant,
    chiropractic,
    waiver_elsewhere,
    waivers_against,
    no_notice,
    waste_alone,
)
