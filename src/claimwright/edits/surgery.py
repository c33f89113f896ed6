"""Surgery and what follows it: global days, repeats, shared and stopped work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.others import earlier
from claimwright.edits.procedures import GLOBAL_DAYS, priced
from claimwright.edits.providers import one_specialty, rendering_of
from claimwright.edits.registry import ADVISE, DENY, WARN, Problem, edit, on_line

RETURNS = frozenset({"58", "78", "79"})
REPEATS = frozenset({"76", "77"})
PARTS = frozenset({"54", "55", "56"})


def covering(claim: Claim, line: ServiceLine, context: Context, tables: Tables) -> tuple[Claim, ServiceLine] | None:
    """The patient's earlier procedure by this practice and specialty whose included days cover a line's day, and its claim."""
    for other, done in earlier(claim, context):
        surgery = tables.known_procedure(done.procedure)
        days = GLOBAL_DAYS.get(surgery.global_days, 0) if surgery else 0
        within = days and timedelta(0) < line.first_service - done.first_service <= timedelta(days=days)
        if within and one_specialty(rendering_of(claim, line), rendering_of(other, done)):
            return other, done
    return None


@edit(
    "SUR-GLOBAL",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 40.1 and 40.2; CARC 97",
    element="SV101-3",
    needs="history/batch, procedure",
)
def inside_global(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A procedure within the days included in an earlier one says why it is paid apart."""
    for line, found in priced(claim, tables):
        if found.service_kind != "procedure" or found.global_days not in {"000", "010", "090"} or RETURNS & set(line.modifiers):
            continue
        surgery = covering(claim, line, context, tables)
        if surgery:
            other, done = surgery
            yield on_line(
                line,
                f"{line.procedure} falls within the days included in {done.procedure} of {done.first_service} "
                f"(claim {other.patient_control_number}).",
                "Add 58 (planned or staged), 78 (return to the operating room) or 79 (unrelated), as the note shows.",
            )


@edit(
    "SUR-NOTHING-BEFORE",
    WARN,
    cites="Definitions of modifiers 24, 58, 78 and 79; CARC 4",
    element="SV101-3",
    needs="history, -24/-58/-78/-79",
)
def nothing_before(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A modifier of the days after surgery follows a surgery of this practice."""
    if not context.history:
        return
    for line in claim.lines:
        said = sorted((RETURNS | {"24"}) & set(line.modifiers))
        if said and covering(claim, line, context, tables) is None:
            yield on_line(
                line,
                f"Modifier {said[0]} says that a surgery came before; none of the last days is known.",
                "Take the modifier off, or bill the surgery first.",
            )


@edit(
    "SUR-ON-VISIT",
    DENY,
    cites="Definitions of modifiers 58, 76 to 79: procedures only; CARC 4",
    element="SV101-3",
    needs="visit, -58/-76/-77/-78/-79",
)
def procedure_modifier_on_visit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers 58, 76, 77, 78 and 79 belong on procedures."""
    for line, found in priced(claim, tables):
        wrong = sorted((RETURNS | REPEATS) & set(line.modifiers))
        if wrong and found.is_visit:
            yield on_line(
                line, f"Modifier {wrong[0]} is for procedures, not for visits.", "Use 24 for a visit unrelated to the surgery."
            )


def _first_of_the_day(claim: Claim, line: ServiceLine, context: Context) -> tuple[Claim, ServiceLine] | None:
    """The same procedure of the same day that a repeat repeats: earlier on the claim, or billed before."""
    for other in claim.lines:
        if other is line:
            break
        if (other.procedure, other.first_service) == (line.procedure, line.first_service):
            return claim, other
    found = (
        (of, done)
        for of, done in earlier(claim, context)
        if (done.procedure, done.first_service) == (line.procedure, line.first_service)
    )
    return next(found, None)


@edit("SUR-REPEAT-WHO", DENY, cites="Definitions of modifiers 76 and 77; CARC 4, 18", element="SV101-3", needs="-76/-77")
def repeat_by_whom(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A repeat by the same provider is 76, by another 77."""
    for line in claim.lines:
        said = REPEATS & set(line.modifiers)
        first = _first_of_the_day(claim, line, context) if said else None
        if first is None:
            continue
        same = rendering_of(*first).npi == rendering_of(claim, line).npi
        if said != {"76" if same else "77"}:
            who = "the same provider" if same else "another provider"
            yield on_line(line, f"{line.procedure} was repeated by {who}.", f"Use modifier {'76' if same else '77'}.")


@edit("SUR-REPEAT-ALONE", WARN, cites="Definitions of modifiers 76 and 77; CARC 4", element="SV101-3", needs="-76/-77")
def repeat_of_nothing(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A repeat follows a first time on the same day."""
    for line in claim.lines:
        said = sorted(REPEATS & set(line.modifiers))
        if said and _first_of_the_day(claim, line, context) is None:
            yield on_line(
                line,
                f"Modifier {said[0]} says that {line.procedure} was done again; its first time is not on the claim.",
                "Put the first one before it without the modifier, or take the modifier off.",
            )


@edit(
    "SUR-PARTS",
    DENY,
    since=date(1992, 1, 1),
    cites="Claims Processing Manual 12, 40.2 and 40.4; CARC 4",
    element="SV101-3",
    needs="-54/-55/-56",
)
def parts_of_no_package(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Modifiers 54, 55 and 56 split a procedure that includes care of 10 or 90 days."""
    for line, found in priced(claim, tables):
        wrong = sorted(PARTS & set(line.modifiers))
        if wrong and found.global_days and found.global_days not in GLOBAL_DAYS:
            yield on_line(
                line, f"{line.procedure} includes no days of care to share: modifier {wrong[0]}.", "Take the modifier off."
            )


@edit(
    "SUR-STOPPED",
    DENY,
    cites="Claims Processing Manual 4, 20.6.4: 73 and 74 are the facility's; CARC 4",
    element="SV101-3",
    needs="-73/-74",
)
def stopped_in_facility(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A physician's stopped procedure carries 53, not the facility's 73 or 74."""
    for line in claim.lines:
        wrong = sorted({"73", "74"} & set(line.modifiers))
        if wrong:
            yield on_line(line, f"Modifier {wrong[0]} is for the facility's claim.", "Use 53 on the physician's claim.")


@edit(
    "SUR-STOPPED-VISIT",
    DENY,
    cites="Definitions of modifiers 52 and 53: not on visits; CARC 4",
    element="SV101-3",
    needs="visit, -52/-53",
)
def stopped_visit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """A visit is not reduced or stopped: less of it is a lower level."""
    for line, found in priced(claim, tables):
        wrong = sorted({"52", "53"} & set(line.modifiers))
        if wrong and found.is_visit and found.service_kind == "office":
            yield on_line(line, f"Modifier {wrong[0]} does not go with a visit.", "Use the level that the note supports.")


@edit(
    "SUR-MORE-WORK",
    ADVISE,
    cites="Claims Processing Manual 12, 20.4.6: documentation for modifier 22",
    element="NTE02",
    needs="-22",
)
def more_work_unexplained(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Unusual work says what was unusual."""
    for line in claim.lines:
        if "22" in line.modifiers and not (claim.note.strip() or line.description.strip()):
            yield on_line(
                line, "Modifier 22 asks for more money without a word why.", "Say it in the claim note; keep the report."
            )


@edit(
    "SUR-MORE-WORK-VISIT", DENY, cites="Definition of modifier 22: not on visits; CARC 4", element="SV101-3", needs="visit, -22"
)
def more_work_on_visit(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """More work at a visit is a higher level, not modifier 22."""
    for line, found in priced(claim, tables):
        if "22" in line.modifiers and found.is_visit:
            yield on_line(line, "Modifier 22 does not go with a visit.", "Use the level that the note supports.")


@edit(
    "SUR-TWO-SURGEONS",
    DENY,
    cites="Definitions of modifiers 62, 66, 80, 81, 82 and AS; CARC 4, 54",
    element="SV101-3",
    needs="-62/-66/-80/-81/-82/-AS",
)
def several_surgeons(claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
    """Surgeons' modifiers (assistant, two surgeons, team) belong on surgery."""
    for line, found in priced(claim, tables):
        wrong = sorted({"62", "66", "80", "81", "82", "AS"} & set(line.modifiers))
        if wrong and (found.is_visit or found.service_kind in {"lab", "imaging", "drug", "immunization", "preventive"}):
            yield on_line(line, f"Modifier {wrong[0]} is for surgery, {line.procedure} is none.", "Take the modifier off.")


SURGERY = (
    inside_global,
    nothing_before,
    procedure_modifier_on_visit,
    repeat_by_whom,
    repeat_of_nothing,
    parts_of_no_package,
    stopped_in_facility,
    stopped_visit,
    more_work_unexplained,
    more_work_on_visit,
    several_surgeons,
)
